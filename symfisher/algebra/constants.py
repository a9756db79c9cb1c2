"""Rational factors taken into the sums that they multiply: (6 a + pi^2)/6 as a + pi^2/6."""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Add, Expr, Mul, Rational


def spread_constants(expr: Expr) -> Expr:
    """The expression with every fraction in front of a sum multiplied into its terms."""
    if expr.is_Atom or not expr.args or not isinstance(expr, Expr):
        return expr
    arguments = [spread_constants(argument) for argument in expr.args]
    if not isinstance(expr, Mul):
        return expr if arguments == list(expr.args) else expr.func(*arguments)
    constant = Mul(*(a for a in arguments if isinstance(a, Rational)))
    others = [a for a in arguments if not isinstance(a, Rational)]
    place = next((k for k, a in enumerate(others) if isinstance(a, Add)), None)
    if place is None or constant.is_Integer:
        return Mul(*arguments)
    terms = [spread_constants(constant * term) for term in others[place].args]
    return Mul(*others[:place], _gathered(terms), *others[place + 1 :])


def _gathered(terms: Sequence[Expr]) -> Expr:
    """The sum of the terms, those with the same numerical factor under one such factor."""
    groups: dict[Expr, list[Expr]] = {}
    for term in terms:
        factor, rest = term.as_coeff_Mul()
        groups.setdefault(factor, []).append(rest)
    return Add(
        *(
            Mul(factor, Add(*rests), evaluate=False) if _worth(factor, rests) else factor * rest
            for factor, rests in groups.items()
            for rest in (rests if not _worth(factor, rests) else rests[:1])
        )
    )


def _worth(factor: Expr, rests: Sequence[Expr]) -> bool:
    return len(rests) > 1 and factor not in (1, -1)
