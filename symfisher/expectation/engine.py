"""The expectation engine: roads tried in order, each result held against quadrature.

``engine(family)`` gives E[score], both forms of the Fisher matrix and E[g] of any integrand.  What
a road returns counts only after it has agreed with quadrature at generic points of the parameter
domain; what no road closes stays an unevaluated ``Expectation``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from itertools import islice
from typing import Any, Protocol

from sympy import Expr, Gt, ImmutableDenseMatrix, Piecewise, Rational, Sum, Symbol, oo
from sympy.core.relational import Relational

from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.errors import DerivationError
from symfisher.expectation.boundary import (
    Kink,
    MovingEnd,
    moving_ends,
    moving_kinks,
    regular_conditions,
)
from symfisher.expectation.budget import ROAD_SECONDS, SHORTENING_SECONDS, within
from symfisher.expectation.fingerprint import Fingerprint
from symfisher.expectation.roads import roads
from symfisher.expectation.truth import (
    ENOUGH_DIGITS,
    Truth,
    can_judge,
    hessian_of,
    score_of,
)
from symfisher.formula import Expectation, Status, Step
from symfisher.numerics.points import sample_points

POINTS = 3
_CANDIDATES = 24

Entry = tuple[Expr | None, float, tuple[Step, ...]]
_FORMS = {"outer_product", "negative_hessian"}
_INFORMATION_EQUALITY = Step(
    "information equality",
    "Derivatives may be taken under the integral here, so E[score score^T] = -E[Hessian].",
)


class Frame(Protocol):
    """A family rewritten so that expectations are linear algebra or a table."""

    name: str
    steps: list[Step]

    def score_mean(self) -> list[Expr] | None: ...
    def outer_product(self) -> Any: ...
    def negative_hessian(self) -> Any: ...
    def expect(self, integrand: Expr) -> Expr | None: ...


@dataclass(frozen=True)
class Expected:
    """An expectation with its standing: ``digits`` is the worst agreement with quadrature."""

    expr: Any
    status: Status
    digits: float | None
    steps: tuple[Step, ...] = ()
    notes: tuple[str, ...] = ()


@lru_cache(maxsize=64)
def engine(family: Family) -> Engine:
    """The engine of a canonical family, with everything that it has found so far."""
    if family.is_indexed:
        from symfisher.expectation.indexed.engine import IndexedEngine

        return IndexedEngine(family)
    return Engine(family)


class Branch:
    """A family whose support has one form on the whole parameter domain."""

    def __init__(self, family: Family) -> None:
        self.family = family

    @cached_property
    def ends(self) -> tuple[MovingEnd, ...]:
        return moving_ends(self.family, self._any_fingerprint)

    @cached_property
    def kinks(self) -> tuple[Kink, ...]:
        return moving_kinks(self.family)

    @property
    def support_fixed(self) -> bool:
        return not self.ends

    @cached_property
    def conditions(self) -> tuple[Relational, ...]:
        """On the parameters, for the density to vanish fast enough at a moving end."""
        return regular_conditions(self.ends, self.family, self._any_fingerprint)

    @cached_property
    def _any_fingerprint(self) -> Fingerprint:
        return Fingerprint(sample_points(self.family, 2, seed=11))

    @cached_property
    def points(self) -> list[dict[Symbol, Rational]]:
        """Generic points at which the conditions hold and quadrature is fit to judge."""
        fitting = sample_points(self.family.restricted(self.conditions), _CANDIDATES, seed=3)
        healthy = (p for p in fitting if can_judge(self.family, p))
        kept = list(islice(healthy, POINTS))
        return kept if len(kept) == POINTS else fitting[:POINTS]

    @cached_property
    def truth(self) -> Truth:
        return Truth(self.family, self.points)

    @cached_property
    def fingerprint(self) -> Fingerprint:
        return Fingerprint(self.points[:2])

    def frames(self) -> Iterator[Frame]:
        """The roads that apply, each built when the ones before it were not enough."""
        for road in roads():
            frame = self._built(road)
            if frame is not None:
                yield frame

    def _built(self, road: Callable[[Branch], Frame | None]) -> Frame | None:
        if road not in self._made:
            self._made[road] = within(ROAD_SECONDS, lambda: road(self), None)
        return self._made[road]

    @cached_property
    def _made(self) -> dict[Any, Frame | None]:
        return {}

    @property
    def _wanted(self) -> list[tuple[int, int]]:
        k = len(self.family.parameters)
        return [(i, j) for i in range(k) for j in range(i, k)]

    def entries(self, quantity: str) -> dict[tuple[int, int], Entry]:
        """Every entry of a symmetric matrix: by a road, or from the other form's entry."""
        found = self._by_roads(quantity)
        if len(found) < len(self._wanted) and self.support_fixed and not self.kinks:
            found = {**self._by_information_equality(quantity, found), **found}
        return {pair: found.get(pair, (None, 0.0, ())) for pair in self._wanted}

    def _by_information_equality(
        self, quantity: str, found: Mapping[tuple[int, int], Entry]
    ) -> dict[tuple[int, int], Entry]:
        """E[s_i s_j] = -E[H_ij], which counts where quadrature finds the two the same."""
        (other,) = _FORMS - {quantity}
        more = {}
        for (i, j), (closed, _, steps) in self._by_roads(other).items():
            digits = -1.0 if (i, j) in found else self.truth.entry_digits(quantity, i, j, closed)
            if digits >= ENOUGH_DIGITS:
                more[i, j] = (closed, digits, (*steps, _INFORMATION_EQUALITY))
        return more

    def _by_roads(self, quantity: str) -> dict[tuple[int, int], Entry]:
        """The entries that a road closes truthfully, each by the first that does."""
        if quantity not in self._found:
            self._found[quantity] = self._along_roads(quantity)
        return self._found[quantity]

    @cached_property
    def _found(self) -> dict[str, dict[tuple[int, int], Entry]]:
        return {}

    def _along_roads(self, quantity: str) -> dict[tuple[int, int], Entry]:
        found: dict[tuple[int, int], Entry] = {}
        wanted = self._wanted
        for frame in self.frames():
            matrix = within(ROAD_SECONDS, getattr(frame, quantity), None)
            for i, j in wanted:
                if (i, j) not in found and matrix is not None and matrix[i, j] is not None:
                    entry = self._accepted(quantity, i, j, matrix[i, j], frame)
                    if entry is not None:
                        found[i, j] = entry
            if len(found) == len(wanted):
                break
        return found

    def _accepted(self, quantity: str, i: int, j: int, raw: Expr, frame: Frame) -> Entry | None:
        closed = self._short(raw)
        digits = self.truth.entry_digits(quantity, i, j, closed)
        if digits < ENOUGH_DIGITS and closed != raw:
            closed, digits = raw, self.truth.entry_digits(quantity, i, j, raw)
        return (closed, digits, tuple(frame.steps)) if digits >= ENOUGH_DIGITS else None

    def _short(self, raw: Expr) -> Expr:
        """The textbook form; a value met before (the other road's) is written as it was then."""
        key = self.truth.closed_values.key(raw)
        if key is None:
            return within(SHORTENING_SECONDS, lambda: tidy(raw), raw)
        if key not in self._shortest:
            self._shortest[key] = within(SHORTENING_SECONDS, lambda: tidy(raw), raw)
        return self._shortest[key]

    @cached_property
    def _shortest(self) -> dict[tuple[str, ...], Expr]:
        return {}


class Engine:
    """E[score], E[score score^T], -E[Hessian] and E[g] of one family."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self.branches = tuple(Branch(case) for case in family.cases)

    @property
    def witnesses(self) -> tuple[Branch, ...]:
        """The branches of ordinary families at which quadrature looks."""
        return self.branches

    # -- the family's symbols and a branch's, which know the sign of one parameter more -----------

    def _inward(self, branch: Branch) -> dict[Symbol, Symbol]:
        return {a: b for a, b in self._twins(branch) if a != b}

    def _outward(self, branch: Branch) -> dict[Symbol, Symbol]:
        return {b: a for a, b in self._twins(branch) if a != b}

    def _twins(self, branch: Branch) -> Iterator[tuple[Symbol, Symbol]]:
        return zip(self.family.parameters, branch.family.parameters, strict=True)

    # -- matrices ---------------------------------------------------------------------------------

    @cached_property
    def outer_product(self) -> Expected:
        """E[score score^T], k x k; the shorter integrals of the other form go first."""
        _ = self.negative_hessian
        return self._matrix("outer_product")

    @cached_property
    def negative_hessian(self) -> Expected:
        """-E[Hessian], k x k, the Hessian taken where it exists."""
        return self._matrix("negative_hessian")

    def _matrix(self, quantity: str) -> Expected:
        k = len(self.family.parameters)
        tables = [branch.entries(quantity) for branch in self.branches]
        merged: dict[tuple[int, int], Expr] = {}
        digits, status, steps = 16.0, Status.CLOSED, dict[Step, None]()
        for pair in tables[0]:
            expr, agreed, used = self._merged(quantity, pair, [t[pair] for t in tables])
            merged[pair] = expr
            digits = min(digits, agreed)
            status = _worse(status, status_of(expr))
            steps.update(dict.fromkeys(used))
        matrix = ImmutableDenseMatrix(k, k, lambda i, j: merged[min(i, j), max(i, j)])
        return Expected(matrix, status, digits if digits > 0 else None, tuple(steps))

    def _merged(self, quantity: str, pair: tuple[int, int], entries: Sequence[Entry]) -> Entry:
        """One expression for all branches: the first branch's where it holds on the others."""
        found = []
        for branch, (expr, digits, steps) in zip(self.branches, entries, strict=True):
            if expr is None:
                return self._unevaluated(quantity, pair), 0.0, ()
            found.append((expr.xreplace(self._outward(branch)), digits, steps))
        first, digits, steps = found[0]
        for branch in self.branches[1:]:
            agreed = branch.truth.entry_digits(
                quantity, *pair, first.xreplace(self._inward(branch))
            )
            if agreed < ENOUGH_DIGITS:
                return self._by_cases([f[0] for f in found]), min(f[1] for f in found), steps
            digits = min(digits, agreed)
        return first, digits, steps

    def _by_cases(self, values: Sequence[Expr]) -> Expr:
        (split,) = [
            p
            for p, q in zip(self.family.parameters, self.branches[0].family.parameters, strict=True)
            if p != q
        ]
        return Piecewise((values[0], Gt(split, 0)), (values[1], True))

    def _unevaluated(self, quantity: str, pair: tuple[int, int]) -> Expr:
        i, j = pair
        if quantity == "outer_product":
            score = score_of(self.family)
            return Expectation.under(self.family, score[i] * score[j])
        return Expectation.under(self.family, -hessian_of(self.family)[i][j])

    # -- the score's mean -------------------------------------------------------------------------

    def score_mean_is_zero(self) -> bool:
        """Whether quadrature finds E[score] = 0 at every point of every branch."""
        return all(
            abs(mean) <= 1e-5 * scale
            for branch in self.witnesses
            for moments in branch.truth.moments
            for mean, scale in zip(moments.score_mean, moments.scale.diagonal() ** 0.5, strict=True)
        )

    @cached_property
    def conditions(self) -> tuple[Relational, ...]:
        """On the parameters, in the family's own symbols."""
        found = dict.fromkeys(
            c.xreplace(self._outward(branch)) for branch in self.branches for c in branch.conditions
        )
        return tuple(found)

    # -- general expectations ---------------------------------------------------------------------

    def expect(
        self,
        integrand: Expr,
        extra: Mapping[Symbol, Domain] | None = None,
        conditions: Sequence[Relational] = (),
        *,
        short: bool = True,
    ) -> Expected:
        """E[integrand] under the family.

        ``extra`` gives further symbols and where they live, ``conditions`` what is known to hold
        between them and the parameters.  What is only a part of something else need not be
        ``short``.
        """
        extra = dict(extra or {})
        if len(self.branches) > 1:
            return Expected(Expectation.under(self.family, integrand), Status.QUADRATURE, None)
        (branch,) = self.branches
        values = further_points(branch, extra, conditions)
        for symbol in extra:
            branch.fingerprint.know(symbol, [v[symbol] for v in values[:2]])
        for frame in branch.frames():
            raw = within(ROAD_SECONDS, partial(frame.expect, integrand), None)
            if raw is None:
                continue
            for closed in dict.fromkeys((tidy(raw), raw) if short else (raw,)):
                digits = branch.truth.digits(integrand, closed, values)
                if digits >= ENOUGH_DIGITS:
                    return Expected(closed, status_of(closed), digits, tuple(frame.steps))
        return Expected(Expectation.under(self.family, integrand), Status.QUADRATURE, None)


def further_points(
    branch: Branch, extra: Mapping[Symbol, Domain], conditions: Sequence[Relational]
) -> list[dict[Symbol, Rational]]:
    """Values of the further symbols at each of the branch's points."""
    if not extra:
        return [{} for _ in branch.points]
    count = len(branch.points)
    drawn = sample_points(branch.family, count * _CANDIDATES, seed=7, extra=extra)
    candidates = [{symbol: point[symbol] for symbol in extra} for point in drawn]
    chosen = []
    for point in branch.points:
        fitting = [c for c in candidates if _holds(conditions, {**point, **c})]
        if not fitting:
            raise DerivationError(
                f"family '{branch.family.name}': no parameter points satisfy "
                + " and ".join(map(str, conditions))
            )
        chosen.append(fitting[0])
        candidates.remove(fitting[0])
    return chosen


def _holds(conditions: Sequence[Relational], point: Mapping[Symbol, Rational]) -> bool:
    return all(condition.xreplace(dict(point)) == True for condition in conditions)  # noqa: E712


def status_of(expr: Any) -> Status:
    """Closed, series (an infinite sum is left) or quadrature (an integral is left)."""
    nodes = expr.atoms(Expectation)
    if any(kind == 0 for node in nodes for *_, kind in node.limits):
        return Status.QUADRATURE
    if nodes:
        return Status.SERIES
    infinite = any(oo in limit.args for s in expr.atoms(Sum) for limit in s.limits)
    return Status.SERIES if infinite else Status.CLOSED


def _worse(a: Status, b: Status) -> Status:
    order = [Status.CLOSED, Status.SERIES, Status.QUADRATURE, Status.NONE]
    return max(a, b, key=order.index)
