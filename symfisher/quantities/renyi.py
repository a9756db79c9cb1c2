"""Divergences that are functions of the integral of p^a q^(1-a)."""

from __future__ import annotations

from typing import Any

from sympy import Expr, Integer, Rational, latex

from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.errors import InputError
from symfisher.expectation.affinity import affinity
from symfisher.expectation.pair import pair_of
from symfisher.formula import Formula
from symfisher.quantities.pairs import densities, from_affinity, order_of
from symfisher.quantities.registry import quantity

_HALF = Rational(1, 2)


@quantity("renyi", "Renyi divergence of order alpha to a second parameter point.", default=False)
def renyi(
    family: Family,
    alpha: Any = None,
    other: Family | str | None = None,
    common: str | tuple[str, ...] = (),
) -> Formula:
    """D_alpha(p || q) = log(integral of p^alpha q^(1-alpha)) / (alpha - 1).

    ``alpha`` is a number, or a symbol of its own (``extra_symbols["order"]``) where none is given;
    ``other`` and ``common`` are those of ``kl``.  The ``conditions`` say where it is finite, which
    it is everywhere for 0 < alpha < 1.  alpha -> 1 is KL(p || q) (van Erven and Harremoes 2014).

    Raises:
        InputError: alpha is 1, or no real number.
    """
    pair = pair_of(family, other, common)
    order = order_of(alpha, pair, excluded=(0, 1))
    found = affinity(pair, order)
    logarithm = found.logarithm
    expr = None if logarithm is None else logarithm / (order - 1)
    return from_affinity(
        pair,
        found,
        expr if expr is None or order.is_Symbol else tidy(expr),
        "renyi",
        "Renyi divergence",
        _symbol("D", pair, order),
        order,
        common,
    )


@quantity(
    "alpha_divergence", "Amari's alpha-divergence to a second parameter point.", default=False
)
def alpha_divergence(
    family: Family,
    alpha: Any = None,
    other: Family | str | None = None,
    common: str | tuple[str, ...] = (),
) -> Formula:
    """4/(1 - alpha^2) (1 - integral of p^((1-alpha)/2) q^((1+alpha)/2)).

    alpha -> -1 is KL(p || q), alpha -> 1 KL(q || p), alpha = 0 four times the squared Hellinger
    distance; the Hessian at zero displacement is the Fisher matrix for every alpha (Amari 2016,
    section 3.5).  Options as in ``renyi``.

    Raises:
        InputError: alpha is 1 or -1, or no real number.
    """
    pair = pair_of(family, other, common)
    order = order_of(alpha, pair, excluded=(-1, 1))
    mixing = affinity(pair, (1 - order) / 2 if not order.is_Symbol else order)
    value, conditions = mixing.expr, mixing.conditions
    if value is not None and order.is_Symbol:
        value = tidy(value.xreplace({order: (1 - order) / 2}))
        conditions = tuple(c.xreplace({order: (1 - order) / 2}) for c in conditions)
    expr = None if value is None else 4 * (1 - value) / (1 - order**2)
    return from_affinity(
        pair,
        mixing,
        expr,
        "alpha_divergence",
        "Alpha-divergence",
        _symbol("D", pair, order, r"^{{({})}}"),
        order,
        common,
    ).with_(conditions=conditions)


@quantity("hellinger", "Squared Hellinger distance to a second parameter point.", default=False)
def hellinger(
    family: Family, other: Family | str | None = None, common: str | tuple[str, ...] = ()
) -> Formula:
    """H^2(p, q) = 1 - integral of sqrt(p q), between 0 and 1, with the options of ``kl``."""
    return _of_half(
        family, other, common, "hellinger", "Squared Hellinger distance", "H^2", lambda v, _: 1 - v
    )


@quantity("bhattacharyya", "Bhattacharyya distance to a second parameter point.", default=False)
def bhattacharyya(
    family: Family, other: Family | str | None = None, common: str | tuple[str, ...] = ()
) -> Formula:
    """-log(integral of sqrt(p q)), with the options of ``kl``."""
    return _of_half(
        family,
        other,
        common,
        "bhattacharyya",
        "Bhattacharyya distance",
        r"D_{\mathrm{B}}",
        lambda _, logarithm: -logarithm,
    )


def _of_half(
    family: Family, other: Any, common: Any, name: str, title: str, letter: str, of: Any
) -> Formula:
    pair = pair_of(family, other, common)
    found = affinity(pair, _HALF)
    p, q = densities(pair)
    expr = tidy(of(found.expr, found.logarithm))
    return from_affinity(pair, found, expr, name, title, f"{letter}({p}, {q})", _HALF, common)


@quantity(
    "chi_square",
    "Chi-square divergence to a second parameter point: Pearson's, or Neyman's with kind=neyman.",
    default=False,
)
def chi_square(
    family: Family,
    kind: str = "pearson",
    other: Family | str | None = None,
    common: str | tuple[str, ...] = (),
) -> Formula:
    """Pearson's integral of (p - q)^2/q, or Neyman's of (p - q)^2/p for ``kind`` "neyman".

    The observed law p against the expected q is the order of Pearson's statistic; Neyman's is
    Pearson's with the two exchanged.  Where it is finite: ``conditions``.  Options as in ``kl``.

    Raises:
        InputError: ``kind`` is neither.
    """
    orders: dict[str, Expr] = {"pearson": Integer(2), "neyman": Integer(-1)}
    if kind not in orders:
        raise InputError(f"chi_square: kind is {kind!r}; write pearson or neyman")
    pair = pair_of(family, other, common)
    found = affinity(pair, orders[kind])
    p, q = densities(pair)
    expr = None if found.expr is None else tidy(found.expr - 1)
    title = f"{kind.capitalize()} chi-square divergence"
    letter = r"\chi^2_{\mathrm{" + kind[0].upper() + "}}"
    return from_affinity(
        pair, found, expr, "chi_square", title, rf"{letter}({p} \,\|\, {q})", orders[kind], common
    )


def _symbol(letter: str, pair: Any, order: Expr, place: str = "_{{{}}}") -> str:
    p, q = densities(pair)
    return rf"{letter}{place.format(latex(order))}({p} \,\|\, {q})"
