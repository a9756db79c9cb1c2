"""The last resort: SymPy's integrator and summation, in a process that is ended when it takes long.

A general integrator is known to return wrong values without a word, so that what it finds is held
against quadrature at more points than the result of any other road, before the engine does so once
more at its own.
"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import islice
from resource import RUSAGE_CHILDREN, getrusage

from sympy import (
    Add,
    Dummy,
    Expr,
    I,
    Integral,
    Limit,
    Mul,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    count_ops,
    exp,
    expand_mul,
    gamma,
    integrate,
    log,
    loggamma,
    meijerg,
    nan,
    oo,
    summation,
    zoo,
)
from sympy.core.function import AppliedUndef

from symfisher.declaration import Family
from symfisher.errors import DerivationError
from symfisher.expectation.truth import (
    ENOUGH_DIGITS,
    Truth,
    hessian_of,
    mass_is_one,
    score_of,
)
from symfisher.formula import Step
from symfisher.numerics.points import sample_points
from symfisher.process import Send, run_limited

# Seconds of processor time for all failures on one family together: what it can do at all it mostly
# does at once, and a family without closed form has to pay this before it is told so.
BUDGET = 0.8
_LEAST = 0.02  # seconds: with less left it is not asked any more
_WALL = 8  # times as many seconds by the clock, for a busy machine
_LARGEST = 150  # operations in an integrand
_CHECKS, _CANDIDATES = 6, 24
_UNFINISHED = (Integral, Sum, Limit, Piecewise, meijerg, AppliedUndef, Dummy)


def frame(family: Family) -> IntegratorFrame | None:
    """The family for the general integrator; None where its density is too long for it."""
    return IntegratorFrame(family) if count_ops(family.log_density) <= _LARGEST else None


class IntegratorFrame:
    """Expectations that a general integrator closes within a small budget."""

    name = "general integrator"

    def __init__(self, family: Family) -> None:
        self.family = family
        self.steps: list[Step] = []
        self._left = BUDGET
        self._found: dict[Expr, Expr | None] = {}

    def score_mean(self) -> None:
        """Nothing: no form of the matrix needs it."""

    def outer_product(self) -> Mapping[tuple[int, int], Expr | None]:
        score = score_of(self.family)
        return _Entries(self, [[a * b for b in score] for a in score])

    def negative_hessian(self) -> Mapping[tuple[int, int], Expr | None]:
        return _Entries(self, [[-entry for entry in row] for row in hessian_of(self.family)])

    def expect(self, integrand: Expr) -> Expr | None:
        """E[integrand], an integrand in the family's own symbols; None where it is not found."""
        known = {*self.family.variables, *self.family.domains}
        if not integrand.free_symbols <= known or count_ops(integrand) > _LARGEST:
            return None
        if integrand not in self._found:
            self._found[integrand] = self._integral(integrand)
        return self._found[integrand]

    def _integral(self, integrand: Expr) -> Expr | None:
        before = _seconds_of_children()
        value = self._in_time(integrand)
        if value is None or not self._agrees(integrand, value):
            self._left -= _seconds_of_children() - before
            return None
        why = "Integrate; the value agrees with quadrature at nine points."
        self.steps.append(Step(self.name, why, integrand, value))
        return value

    def _in_time(self, integrand: Expr) -> Expr | None:
        """What the integrator returns in the time that is left, where it is finished."""
        if self._left < _LEAST:
            return None
        returned: list[Expr] = []

        def work(send: Send) -> None:
            signal.setitimer(signal.ITIMER_PROF, self._left)  # SIGPROF ends the process
            send(integrated(self.family, integrand))

        with contextlib.suppress(DerivationError):  # it took too long or gave up
            run_limited(work, returned.append, _WALL * self._left, quiet=True)
        return returned[0] if returned and is_finished(returned[0], self.family) else None

    def _agrees(self, integrand: Expr, value: Expr) -> bool:
        nothing: list[dict[Symbol, Rational]] = [{} for _ in self._truth.points]
        return self._truth.digits(integrand, value, nothing) >= ENOUGH_DIGITS

    @cached_property
    def _truth(self) -> Truth:
        candidates = sample_points(self.family, _CANDIDATES, seed=29)
        healthy = (p for p in candidates if mass_is_one(self.family, p))
        return Truth(self.family, list(islice(healthy, _CHECKS)))


class _Entries(Mapping[tuple[int, int], Expr | None]):
    """A matrix of expectations, each looked for when it is asked."""

    def __init__(self, integrals: IntegratorFrame, integrands: Sequence[Sequence[Expr]]) -> None:
        self.integrals = integrals
        self.integrands = integrands

    def __getitem__(self, place: tuple[int, int]) -> Expr | None:
        return self.integrals.expect(self.integrands[place[0]][place[1]])

    def __iter__(self):  # type: ignore[no-untyped-def]
        size = range(len(self.integrands))
        return iter((i, j) for i in size for j in size)

    def __len__(self) -> int:
        return len(self.integrands) ** 2


def integrated(family: Family, integrand: Expr) -> Expr:
    """The sum or integral of integrand and density, the variable declared last first."""
    value = integrand * density(family.log_density)
    for variable, support in zip(reversed(family.variables), reversed(family.supports)):
        limits = (variable, support.lower, support.upper)
        if support.discrete:
            value = _first_case(summation(value, limits))
        else:
            value = _first_case(integrate(value, limits, conds="none"))
    return value


def density(log_density: Expr) -> Expr:
    """exp(log_density) with its powers and gamma functions as such, as integrators know them."""
    terms = Add.make_args(expand_mul(log_density))
    return Mul(*(_exponential(*term.as_independent(log, loggamma)) for term in terms))


def _exponential(factor: Expr, rest: Expr) -> Expr:
    if isinstance(rest, log):
        return rest.args[0] ** factor
    return gamma(rest.args[0]) ** factor if isinstance(rest, loggamma) else exp(factor * rest)


def _first_case(value: Expr) -> Expr:
    """The value without its condition: whether that holds is for quadrature to say."""
    return value.args[0][0] if isinstance(value, Piecewise) else value


def is_finished(value: Expr, family: Family) -> bool:
    """Whether it is an expression in the parameters, with nothing left to be done."""
    parameters = set(family.domains)
    return (
        value.free_symbols <= parameters
        and not value.has(*_UNFINISHED)
        and not value.has(I, nan, zoo, oo)
    )


def _seconds_of_children() -> float:
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
