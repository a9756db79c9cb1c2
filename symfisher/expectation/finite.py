"""Where a closed integral of positive functions is finite, read off the closed form itself.

Such an integral is an analytic function on the whole domain where it converges and has a
singularity on its boundary, so the domain is where the arguments of the logarithms, gamma functions
and roots in it stay positive.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sympy import Expr, Gt, Mul, Pow, Symbol, beta, expand, fraction, gamma, log, loggamma, together
from sympy import zeta as zeta_function
from sympy.core.relational import Relational

from symfisher.algebra.tidy import tidy
from symfisher.numerics.evaluate import evaluate_many

Point = Mapping[Symbol, Any]


def finite_where(closed: Iterable[Expr], points: Sequence[Point]) -> tuple[Relational, ...]:
    """Conditions under which the expressions are finite; those that follow from others left out.

    ``points`` are generic values of all symbols, some of them outside the domain.
    """
    return stated(dict.fromkeys(a for expr in closed for a in _positive(expr)), points)


def stated(positive: Iterable[Expr], points: Sequence[Point]) -> tuple[Relational, ...]:
    """That the expressions are positive, without those of which it is known or follows."""
    needed = [_numerator(a) for a in positive if not a.is_positive and not a.is_nonnegative]
    needed = sorted({e for e in needed if e.free_symbols}, key=lambda e: (e.count_ops(), str(e)))
    rows = [[bool(v > 0) for v in evaluate_many(tuple(needed), p)] for p in points]
    kept = [k for k in range(len(needed)) if not all(row[k] for row in rows)]
    for k in sorted(kept, reverse=True):
        others = [j for j in kept if j != k]
        if all(row[k] for row in rows if all(row[j] for j in others)):
            kept.remove(k)
    return tuple(Gt(tidy(needed[k]), 0) for k in kept)


def _positive(expr: Expr) -> Iterator[Expr]:
    """What has to be positive for the expression to be finite and real."""
    for node in expr.atoms(log, gamma, loggamma, beta):
        yield from node.args
    for node in expr.atoms(Pow):
        if not node.exp.is_Integer and not node.base.is_number:
            yield node.base
    for node in expr.atoms(zeta_function):
        yield node.args[0] - 1


def _numerator(expr: Expr) -> Expr:
    """The expression without positive factors and denominators: of the same sign."""
    above, below = fraction(together(expr))
    factors = [f for f in Mul.make_args(above) if not f.is_positive]
    rest = [f for f in Mul.make_args(below) if not f.is_positive]
    sign_kept = Mul(*factors) if not rest else Mul(*factors, *rest)
    return expand(sign_kept) if sign_kept.is_Mul else sign_kept
