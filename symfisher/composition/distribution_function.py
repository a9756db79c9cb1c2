"""The probability of an interval of the observation, found by the engine or not at all."""

from __future__ import annotations

from sympy import Add, Expr, Integer, Integral, Piecewise, exp, oo, simplify

from symfisher.algebra.tidy import tidy
from symfisher.clock import time_limit
from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.errors import DerivationError, TimeLimitError
from symfisher.expectation.fingerprint import Fingerprint
from symfisher.expectation.search import find_part
from symfisher.numerics.evaluate import evaluate
from symfisher.numerics.points import sample_points
from symfisher.numerics.quadrature import quadrature
from symfisher.pieces import pieces

MOST_TERMS = 60
_POINTS = 3
_TOLERANCE = 1e-10
_SECONDS = 12.0  # of wall time, of which a loaded machine needs several


def probability(family: Family, lower: Expr, upper: Expr) -> Expr | None:
    """P(lower < X < upper), ends included for a count; None where no closed form is found.

    The ends may name constants of the family.  Closed forms are masses of the engine's kernels, or
    differences of an antiderivative, held against quadrature, and for counts sums of at most
    ``MOST_TERMS`` terms.
    """
    cut = part_of(family, lower, upper)
    own = family.supports[0]
    if (lower, upper) == (own.lower, own.upper):
        return Integer(1)
    if own.discrete:
        return _by_sum(family, cut)
    found = _by_kernels(cut)
    if found is None:
        found = _by_antiderivative(cut)
    return found if found is not None and _agrees(found, cut) else None


def part_of(family: Family, lower: Expr, upper: Expr) -> Family:
    """The family's density on a part of its support, where it has less than mass one."""
    own = family.supports[0]
    return family._twin(supports=(Domain(lower, upper, own.discrete),))


def _by_kernels(cut: Family) -> Expr | None:
    fingerprint = Fingerprint(sample_points(cut, 2, seed=11))
    masses = []
    try:
        found = pieces(cut)
    except DerivationError:
        return None
    for piece in found:
        part = find_part(cut, piece, fingerprint, single=False)
        if part is None:
            return None
        masses.append(tidy(part.mass))
    return Add(*masses)


def _by_sum(family: Family, cut: Family) -> Expr | None:
    (support,), own = cut.supports, family.supports[0]
    if _is_short(support):
        return tidy(_summed(family, support))
    below = Domain(own.lower, support.lower - 1, discrete=True)
    if support.upper == own.upper and _is_short(below):
        return tidy(1 - _summed(family, below))
    return None


def _is_short(support: Domain) -> bool:
    length = support.upper - support.lower
    return bool(length.is_Integer and -1 <= length < MOST_TERMS)


def _summed(family: Family, support: Domain) -> Expr:
    (x,) = family.variables
    terms = range(int(support.upper - support.lower) + 1)
    return Add(*(exp(family.log_density).subs(x, support.lower + i) for i in terms))


def _by_antiderivative(cut: Family) -> Expr | None:
    """SymPy's antiderivative of the density: powers such as Pareto's, the arc tangent of Cauchy."""
    from sympy.integrals.manualintegrate import manualintegrate

    (x,), (support,) = cut.variables, cut.supports
    try:
        with time_limit(_SECONDS):
            primitive = manualintegrate(simplify(exp(cut.log_density)), x)
            if primitive.has(Integral, Piecewise):
                return None
            ends = [primitive.limit(x, e) if e in (oo, -oo) else primitive.subs(x, e)
                    for e in (support.lower, support.upper)]  # fmt: skip
            return tidy(ends[1] - ends[0])
    except (NotImplementedError, TimeLimitError, ValueError, TypeError):
        return None


def _agrees(found: Expr, cut: Family) -> bool:
    """Whether the closed form is what quadrature finds, at generic points."""
    symbols = {*cut.parameters, *cut.constants}
    if found.free_symbols - symbols:
        return False
    for point in sample_points(cut, _POINTS, seed=17):
        mass = float(quadrature(cut).expect([], point).mass)
        if not abs(evaluate(found, point) - mass) <= _TOLERANCE * max(abs(mass), 1e-6):
            return False
    return True
