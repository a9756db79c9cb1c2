"""Generic rational points of a parameter domain, at which formulas are held against quadrature.

A formula that is wrong in general can be right at a round or symmetric point, so every
coordinate is a fraction with its own prime denominator, and the points of one call are spread
over the domain: of two points of a real parameter one is negative and one positive.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from math import exp, gcd
from math import log as natural_log

from sympy import Expr, Integer, Pow, Rational, S, Symbol, false, lambdify, log, oo, primerange
from sympy.core.relational import Relational
from sympy.logic.boolalg import Boolean

from symfisher.declaration import Family
from symfisher.domains import NAMED_DOMAINS, Domain
from symfisher.errors import DeclarationError

Point = dict[Symbol, Rational]

_PRIMES = list(primerange(97, 997))
_TRIES = 2000
_MIDDLE = (0.4, 4.0)  # where half-lines are sampled, as distances from their end


def sample_points(
    family: Family, count: int, seed: int = 0, extra: Mapping[Symbol, Domain] | None = None
) -> list[Point]:
    """``count`` points that map each parameter, constant and ``extra`` symbol to a rational.

    The points lie inside the domains, satisfy the family's constraints and leave no support
    empty.  The same arguments always give the same points.

    Raises:
        DeclarationError: no point of the domain satisfies the constraints.
    """
    points = _sample(family, count, seed, tuple((extra or {}).items()))
    return [dict(point) for point in points]


@lru_cache(maxsize=256)
def _sample(
    family: Family, count: int, seed: int, extra: tuple[tuple[Symbol, Domain], ...]
) -> list[Point]:
    """The points, kept: many quantities of a family ask for the same ones."""
    domains = {**family.domains, **dict(extra)}
    domains.update(dict.fromkeys(_taken_as_positive(family), NAMED_DOMAINS["positive"]))
    order = _dependencies_first(domains)
    generator = random.Random(f"{seed} {' '.join(s.name for s in order)}")
    strata = {symbol: generator.sample(range(count), count) for symbol in order}
    return [
        _one_point(family, domains, [(s, strata[s][i]) for s in order], count, generator)
        for i in range(count)
    ]


def _taken_as_positive(family: Family) -> set[Symbol]:
    """Symbols declared real whose own logarithm or root the density takes."""
    density = family.log_density
    bare = {node.args[0] for node in density.atoms(log)}
    bare |= {node.base for node in density.atoms(Pow) if node.exp.is_Rational and node.exp.q > 1}
    return {s for s in bare if s in family.domains and str(family.domains[s]) == "(-oo, oo)"}


def _dependencies_first(domains: Mapping[Symbol, Domain]) -> list[Symbol]:
    """The symbols, each one after those that the ends of its domain name."""
    order: list[Symbol] = []
    waiting = list(domains)
    while waiting:
        ready = [s for s in waiting if not (domains[s].free_symbols & set(waiting)) - {s}]
        if not ready:
            names = ", ".join(map(str, waiting))
            raise DeclarationError(f"the domains of {names} depend on one another in a circle")
        order += ready
        waiting = [s for s in waiting if s not in ready]
    return order


def _one_point(
    family: Family,
    domains: Mapping[Symbol, Domain],
    strata: list[tuple[Symbol, int]],
    count: int,
    generator: random.Random,
) -> Point:
    """The first draw that is allowed; draws move towards the lower ends when many are not."""
    for attempt in range(_TRIES):
        reach = 1.0 if attempt < 60 else generator.uniform(0.05, 1.0)
        point: Point = {}
        for symbol, stratum in strata:
            domain = domains[symbol]
            if domain.free_symbols:
                domain = domain.substitute(point)
            if not domain.discrete and (domain.lower < domain.upper) is not S.true:
                break
            position = (
                (stratum + generator.random()) / count if attempt < 30 else generator.random()
            )
            point[symbol] = _draw(domain, position * reach, generator)
        else:
            if _is_allowed(family, point):
                return point
    raise DeclarationError(
        f"family '{family.name}': no point of the parameter domains satisfies the constraints "
        "and leaves the support non-empty; check the domains, the constraints and the support"
    )


def _is_allowed(family: Family, point: Point) -> bool:
    if any(_fails(constraint, point) for constraint in family.constraints):
        return False
    return all(_is_nonempty(support.substitute(point)) for support in family.supports)


def _fails(constraint: Boolean, point: Point) -> bool:
    function, symbols = _in_fractions(constraint)
    if function is None:
        return bool(constraint.xreplace(point) == false)
    return not function(*(Fraction(int(point[s].p), int(point[s].q)) for s in symbols))


@lru_cache(maxsize=256)
def _in_fractions(constraint: Boolean) -> tuple[Callable[..., bool] | None, list[Symbol]]:
    """The same test on Python's fractions, for polynomials: most draws are refused."""
    symbols = sorted(constraint.free_symbols, key=str)
    sides = [side for each in constraint.atoms(Relational) for side in (each.lhs, each.rhs)]
    if not all(side.is_polynomial(*symbols) for side in sides):
        return None, symbols
    if any(not number.is_Integer for number in constraint.atoms(Rational)):
        return None, symbols
    return lambdify(symbols, constraint, modules="math"), symbols


def _is_nonempty(support: Domain) -> bool:
    """Whether a support has more than one point, as far as its ends are numbers."""
    if support.points is not None or support.free_symbols:
        return True
    return bool(support.lower < support.upper)


def _draw(domain: Domain, position: float, generator: random.Random) -> Rational:
    """The value of ``domain`` at ``position`` in (0, 1) of its usual range, made generic."""
    if domain.points is not None:
        return domain.points[int(position * len(domain.points))]
    if domain.discrete:
        return _draw_integer(domain, position)
    lower, upper = domain.lower, domain.upper
    for prime in _primes(generator):
        target = _target(lower, upper, position)
        numerator = round(target * prime)
        value = Rational(numerator, prime)
        if gcd(numerator, prime) == 1 and _is_below(lower, value) and _is_below(value, upper):
            return value
        position = generator.random()
    raise AssertionError("unreachable: the primes do not end")


def _is_below(a: Expr, b: Expr) -> bool:
    """a < b, which SymPy takes its time for."""
    if a.is_Rational and b.is_Rational:
        return int(a.p) * int(b.q) < int(b.p) * int(a.q)
    return a == -oo or b == oo or bool(a < b)


def _primes(generator: random.Random) -> Iterator[int]:
    """Random primes, larger and larger: a short interval needs a fine denominator."""
    scale = 1
    while True:
        for _ in range(20):
            yield generator.choice(_PRIMES) ** scale
        scale += 1


def _draw_integer(domain: Domain, position: float) -> Integer:
    first = 2 if not domain.lower.is_finite else max(2, int(domain.lower))
    last = first + 5
    if domain.upper.is_finite:
        last = min(last, int(domain.upper))
        first = min(first, last)
    return Integer(first + int(position * (last - first + 1)))


def _target(lower: Expr, upper: Expr, position: float) -> float:
    """A float at ``position`` of the usual range: moderate values, away from the ends."""
    if lower.is_finite and upper.is_finite:
        a, b = float(lower), float(upper)
        return a + (b - a) * (0.1 + 0.8 * position)
    low, high = map(natural_log, _MIDDLE)
    distance = exp(low + (high - low) * position)
    if lower.is_finite:
        return float(lower) + distance
    if upper.is_finite:
        return float(upper) - distance
    return _signed(position)


def _signed(position: float) -> float:
    """From -2 to 2, without the neighbourhood of zero."""
    value = 4.0 * position - 2.0
    return value + (0.1 if value >= 0 else -0.1)
