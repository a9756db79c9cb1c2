"""A density on a half-line that is even about its end: half of one on the whole line.

Half-logistic, half-Cauchy and half-secant laws are such.  Functions that are even about the end
have the expectation that they have on the line, where the kernel needs no truncation.
"""

from __future__ import annotations

from sympy import Expr, Rational, Symbol, log, oo

from symfisher.declaration import Family
from symfisher.expectation.fingerprint import Fingerprint
from symfisher.pieces import Piece


def unfolded(family: Family, piece: Piece, fingerprint: Fingerprint) -> Piece | None:
    """The piece continued to the whole line; None where it is not even about a fixed end."""
    end = fold_of(family, piece)
    if end is None or not is_even(piece.log_density, family.variables[0], end, fingerprint):
        return None
    return Piece(-oo, oo, piece.log_density - log(2))


def fold_of(family: Family, piece: Piece) -> Expr | None:
    """The finite end of a half-line, free of the parameters."""
    ends = [end for end in (piece.lower, piece.upper) if not end.is_infinite]
    if len(ends) != 1 or ends[0].free_symbols & set(family.parameters):
        return None
    return ends[0]


def is_even(expr: Expr, variable: Symbol, end: Expr, fingerprint: Fingerprint) -> bool:
    """Whether the expression is the same on both sides of the end, by its value at two places."""
    distance = fingerprint.new_coordinate("d", positive=True)
    fingerprint.know(distance, [Rational(7 + 22 * i, 11) for i in range(len(fingerprint.points))])
    there, back = (expr.subs(variable, end + side * distance) for side in (1, -1))
    return fingerprint.same(there, back)
