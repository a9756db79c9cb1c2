"""Sums in the term algebra: common denominators, perfect squares and a canonical multiple."""

from __future__ import annotations

from sympy import Expr, Integer, sqrt

from symfisher.expectation.terms import ONE, UNIT, ZERO, Element, Kind, Monomial, Terms


def factor_sum(
    algebra: Terms, element: Element
) -> tuple[Expr, Monomial, list[tuple[Element, int]]]:
    """element = c * monomial * product of normalised positive sums to natural powers."""
    element, denominators = _over_common_denominator(algebra, element)
    if len(element) == 1:
        ((monomial, coefficient),) = element.items()
        return coefficient, algebra.product(monomial, denominators), []
    coefficient, monomial, terms = _divided_by_pivot(algebra, element)
    monomial = algebra.product(monomial, denominators)
    root = _square_root(algebra, terms)
    if root is not None:
        terms, power = root, 2
    else:
        power = 1
    if power == 2 or algebra.sign_of(terms) > 0:
        if power == 2 and algebra.sign_of(terms) < 0:
            terms = algebra.scale(terms, -ONE)
        return coefficient, monomial, [(terms, power)]
    return -coefficient, monomial, [(algebra.scale(terms, -ONE), 1)]


def _over_common_denominator(algebra: Terms, element: Element) -> tuple[Element, Monomial]:
    """(numerator, denominator) where natural powers of registered sums divide some terms."""
    lowest: dict[int, int] = {}
    for index in {j for m in element for j, _, _ in m[2]}:
        powers = [_power_in(m, index) for m in element]
        if algebra.atoms[index].kind is Kind.SUM and all(r.is_Integer for r in powers):
            least, most = int(min(powers)), int(max(powers))
            if least >= -4 and most <= 4 and (least or most):
                lowest[index] = min(least, 0)
    if not lowest:
        return element, UNIT
    terms = [_cleared(algebra, m, c, lowest) for m, c in element.items()]
    denominators = tuple((j, 0, Integer(r)) for j, r in sorted(lowest.items()) if r)
    return algebra.add(*terms), (0, ZERO, denominators)


def _power_in(monomial: Monomial, index: int) -> Expr:
    return next((r for j, _, r in monomial[2] if j == index), ZERO)


def _cleared(algebra: Terms, monomial: Monomial, c: Expr, lowest: dict[int, int]) -> Element:
    """c * monomial times the denominators, with powers of the sums multiplied out."""
    power, rate, atoms = monomial
    kept = tuple((j, n, ZERO if j in lowest else r) for j, n, r in atoms)
    rest: Monomial = (power, rate, tuple(a for a in kept if a[1] or a[2] != 0))
    factors = [
        algebra.atoms[j].definition
        for j, least in lowest.items()
        for _ in range(int(_power_in(monomial, j)) - least)
    ]
    return algebra.multiply_all([{rest: c}, *factors])


def _divided_by_pivot(algebra: Terms, element: Element) -> tuple[Expr, Monomial, Element]:
    """Divide by the term that makes the rest 1 + smaller, or by the leading coefficient."""
    pivot = _pivot(algebra, element)
    coefficient = element[pivot]
    if pivot[0] or any(n for _, n, _ in pivot[2]):
        # a polynomial in the coordinate or in a logarithm: make it monic
        return coefficient, UNIT, algebra.scale(element, 1 / coefficient)
    inverse: Monomial = (0, -pivot[1], tuple((j, 0, -r) for j, _, r in pivot[2]))
    shorten = algebra.fingerprint.shorten
    terms = algebra.multiply(element, {inverse: 1 / coefficient})
    return coefficient, pivot, {m: shorten(c) for m, c in terms.items()}


def _pivot(algebra: Terms, element: Element) -> Monomial:
    def degree(monomial: Monomial) -> int:
        return monomial[0] + sum(n for _, n, _ in monomial[2])

    top = max(degree(m) for m in element)
    if top:
        return max(element, key=lambda m: (degree(m), m[0], str(m)))
    by_rate = sorted(element, key=lambda m: (algebra.orientation * _size(algebra, m[1]), str(m)))
    if len(element) == 2:
        low, high = by_rate
        sign = algebra.fingerprint.sign(element[low] * element[high])
        if sign is None and UNIT in by_rate:
            return UNIT  # the other term changes sign within the domain: it cannot lead
        if sign != 1:
            return _larger(algebra, element, low, high)
    return by_rate[0]


def _size(algebra: Terms, rate: Expr) -> float:
    return float(algebra.fingerprint.value(rate)[0].mid())


def _larger(algebra: Terms, element: Element, a: Monomial, b: Monomial) -> Monomial:
    difference = algebra.expression({a: element[a]}) ** 2 - algebra.expression({b: element[b]}) ** 2
    return b if algebra.fingerprint.sign(difference) == -1 else a


def _square_root(algebra: Terms, terms: Element) -> Element | None:
    """The sum whose square a three-term sum is, if it is one."""
    if len(terms) != 3:
        return None
    for first, last in ((a, b) for a in terms for b in terms if str(a) < str(b)):
        (middle,) = [m for m in terms if m not in (first, last)]
        low, high = _half(algebra, first), _half(algebra, last)
        if low is None or high is None or algebra.product(low, high) != middle:
            continue
        gap = terms[middle] ** 2 - 4 * terms[first] * terms[last]
        if algebra.fingerprint.is_zero(gap) and algebra.fingerprint.sign(terms[first]) == 1:
            root = sqrt(terms[first])
            shorten = algebra.fingerprint.shorten
            return {low: shorten(root), high: shorten(terms[middle] / (2 * root))}
    return None


def _half(algebra: Terms, monomial: Monomial) -> Monomial | None:
    power, rate, atoms = monomial
    if power % 2 or any(n % 2 for _, n, _ in atoms):
        return None
    shorten = algebra.fingerprint.shorten
    halves = tuple((j, n // 2, shorten(r / 2)) for j, n, r in atoms)
    return power // 2, shorten(rate / 2), halves
