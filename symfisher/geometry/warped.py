"""Coordinates in which a metric is that of hyperbolic or flat space.

A metric E(s) du^T H du + G(s) ds^2 with a constant matrix H is a warped product.  Where
(dE/ds)^2/(4 E^2 G) is a constant kappa^2 it is hyperbolic space of curvature -kappa^2, of which
(u, 1/(kappa sqrt(E))) are half-space coordinates (Ratcliffe 2019, section 4.6); where E is
constant it is flat.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sympy import Expr, ImmutableDenseMatrix, Mul, Pow, Symbol, diff

from symfisher.algebra.fraction_writing import Sign
from symfisher.algebra.tidy import tidy
from symfisher.geometry.antiderivative import rational_antiderivative, root_antiderivative


@dataclass(frozen=True)
class Warped:
    """E(s) du^T H du + G(s) ds^2.

    Attributes:
        radial: s, one of the coordinates.
        warp: E, a function of s.
        inner: H, constant.
        length: G, a function of s.
        level: u, each a function of one other coordinate, less ``shift``, a function of s.
        shift: what is added to each level; zero where s is orthogonal to the others.
    """

    radial: Symbol
    warp: Expr
    inner: ImmutableDenseMatrix
    length: Expr
    level: tuple[Expr, ...]
    shift: tuple[Expr, ...]

    @property
    def curvature(self) -> Expr:
        """-(d log sqrt(E)/dr)^2 for the arc length r of s: the curvature, where it is constant."""
        return tidy(-(diff(self.warp, self.radial) ** 2) / (4 * self.warp**2 * self.length))


def warped(metric: ImmutableDenseMatrix, symbols: Sequence[Symbol], sign: Sign) -> Warped | None:
    """The metric as a warped product over one of its coordinates; None where it is not found."""
    places = range(len(symbols))
    found = (_over(metric, symbols, place, sign) for place in reversed(places))
    return next((each for each in found if each is not None), None)


def _over(
    metric: ImmutableDenseMatrix, symbols: Sequence[Symbol], place: int, sign: Sign
) -> Warped | None:
    """The same over the coordinate s at ``place``."""
    s, rest = symbols[place], [i for i in range(len(symbols)) if i != place]
    own = [_own_part(metric[i, i], symbols[i], sign) for i in rest]
    if any(part.free_symbols - {symbols[i]} for part, i in zip(own, rest)):
        return None
    scales = [_root(part, sign) for part in own]
    inner = [[metric[i, j] / (a * b) for j, b in zip(rest, scales)] for i, a in zip(rest, scales)]
    warp = tidy(inner[0][0])
    shape = ImmutableDenseMatrix(inner).applyfunc(lambda entry: tidy(entry / warp))
    if shape.free_symbols & set(symbols):
        return None
    cross = [tidy(metric[i, place] / a) for i, a in zip(rest, scales)]
    slopes = list(shape.inv() * ImmutableDenseMatrix([tidy(c / warp) for c in cross]))
    length = tidy(metric[place, place] - sum(c * slope for c, slope in zip(cross, slopes)))
    radial = {s for value in (warp, length, *slopes) for s in value.free_symbols}
    if radial & {symbols[i] for i in rest}:
        return None
    levels = [root_antiderivative(part, symbols[i], sign) for part, i in zip(own, rest)]
    shifts = [rational_antiderivative(slope, s, sign) for slope in slopes]
    if None in levels or None in shifts:
        return None
    return Warped(s, warp, shape, length, tuple(levels), tuple(shifts))


def _own_part(entry: Expr, symbol: Symbol, sign: Sign) -> Expr:
    """The factors of a positive product that hold the symbol, positive together."""
    part = entry.as_independent(symbol, as_Add=False)[1]
    return -part if sign(part) == -1 else part


def _root(part: Expr, sign: Sign) -> Expr:
    """The square root of a positive product of powers."""
    factors = (factor.as_base_exp() for factor in Mul.make_args(part))
    return Mul(*(Pow(-b if sign(b) == -1 else b, power / 2) for b, power in factors))
