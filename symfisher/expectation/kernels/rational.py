"""Whole powers of sums t^2 + c on the line: cardioid and wrapped Cauchy by the half-angle."""

from __future__ import annotations

from dataclasses import dataclass, field

from sympy import Expr, Integer, Rational, factor, gamma, log, pi, sqrt

from symfisher.expectation.kernels.base import Affine, Kernel, Shape
from symfisher.expectation.term_algebra import Algebra
from symfisher.expectation.terms import UNIT, ZERO, Kind, Monomial

Powers = tuple[tuple[Expr, int], ...]  # c and the power of t^2 + c
_MOST = 12


@dataclass
class RationalKernel(Kernel):
    """prod (W^2 + c_j)^(r_j) on the line, with whole r_j."""

    name = "rational kernel"
    statement = "partial fractions in W^2 leave the integrals of (W^2 + c)^(-k)"
    powers: dict[int, int] = field(default_factory=dict)  # atom -> r_j
    _integrals: dict[tuple[int, Powers], Expr | None] = field(default_factory=dict, init=False)

    def log_density(self) -> Expr:
        algebra = self.algebra
        terms = [r * log(algebra.expression(algebra.atoms[j].definition)) for j, r in self._sorted]
        return sum(terms, ZERO)

    @property
    def _sorted(self) -> list[tuple[int, int]]:
        return sorted(self.powers.items())

    def log_mass(self) -> Expr:
        return log(self._mass())

    def _mass(self) -> Expr:
        mass = self._weighted(0, {})
        assert mass is not None  # the density has one
        return mass

    def _expect(self, monomial: Monomial) -> Expr | None:
        power, rate, atoms = monomial
        if rate != 0 or any(n or not r.is_Integer for _, n, r in atoms):
            return None
        if any(_constant(self.algebra, j) is None for j, _, _ in atoms):
            return None
        if power % 2:
            return ZERO
        value = self._weighted(power // 2, {j: int(r) for j, _, r in atoms})
        return None if value is None else value / self._mass()

    def _weighted(self, squares: int, more: dict[int, int]) -> Expr | None:
        """Integral of W^(2 squares) and further powers times the kernel."""
        powers: dict[Expr, int] = {}
        for source in (self.powers, more):
            for j, r in source.items():
                c = _constant(self.algebra, j)
                assert c is not None
                powers[c] = powers.get(c, 0) + r
        if squares + sum(map(abs, powers.values())) > _MOST:
            return None
        return self._integral(squares, _tuple(powers))

    def _integral(self, i: int, powers: Powers) -> Expr | None:
        """Integral of t^(2i) prod (t^2 + c)^r over the line; None where it diverges."""
        if (i, powers) not in self._integrals:
            self._integrals[i, powers] = self._computed(i, dict(powers))
        return self._integrals[i, powers]

    def _computed(self, i: int, powers: dict[Expr, int]) -> Expr | None:
        for c, r in powers.items():
            if r > 0:  # t^2 + c multiplied out
                rest = {**powers, c: r - 1}
                return self._sum((Integer(1), i + 1, rest), (c, i, rest))
        if not powers:
            return None
        first = next(iter(powers))
        if i > 0:  # t^2 = (t^2 + c) - c
            raised = {**powers, first: powers[first] + 1}
            return self._sum((Integer(1), i - 1, raised), (-first, i - 1, powers))
        if len(powers) > 1:
            second = list(powers)[1]
            gap = second - first
            without = [{**powers, c: powers[c] + 1} for c in (second, first)]
            return self._sum((1 / gap, 0, without[0]), (-1 / gap, 0, without[1]))
        k = -powers[first]
        half = Rational(1, 2)
        return sqrt(pi) * gamma(k - half) / gamma(k) / self._root(first) ** (2 * k - 1)

    def _sum(self, *terms: tuple[Expr, int, dict[Expr, int]]) -> Expr | None:
        total: Expr = ZERO
        for scale, i, powers in terms:
            value = self._integral(i, _tuple(powers))
            if value is None:
                return None
            total += scale * value
        return total

    def _root(self, c: Expr) -> Expr:
        above, below = factor(c).as_numer_denom()
        if self.algebra.fingerprint.sign(below) == -1:
            above, below = -above, -below
        return sqrt(above) / sqrt(below)


def _tuple(powers: dict[Expr, int]) -> Powers:
    return tuple(sorted(((c, r) for c, r in powers.items() if r), key=str))


def _constant(algebra: Algebra, index: int) -> Expr | None:
    """c > 0 where the atom is w^2 + c."""
    atom = algebra.atoms[index]
    definition = dict(atom.definition)
    square = definition.pop((2, ZERO, ()), None)
    c = definition.pop(UNIT, None)
    if atom.kind is not Kind.SUM or square != 1 or c is None or definition:
        return None
    return c if algebra.fingerprint.sign(c) == 1 else None


def recognise(shape: Shape) -> Affine | None:
    if shape.linear != 0 or shape.quadratic != 0 or shape.exponentials or not shape.on_the_line:
        return None
    if not shape.sums or not all(r.is_Integer and abs(r) < _MOST for r in shape.sums.values()):
        return None
    if any(_constant(shape.algebra, j) is None for j in shape.sums):
        return None
    return Affine(Integer(1), ZERO) if sum(shape.sums.values()) < 0 else None


def bind(shape: Shape) -> Kernel:
    return RationalKernel(shape.algebra, powers={j: int(r) for j, r in shape.sums.items()})
