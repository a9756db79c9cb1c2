"""What is computed from the Fisher matrix: products with a vector, and its determinant."""

from __future__ import annotations

from typing import Any

from sympy import Add, Expr, ImmutableDenseMatrix, Matrix, Mul, Symbol, log, sqrt

from symfisher.algebra.inverse import is_long
from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.formula import Formula, Status, Step
from symfisher.quantities.bound import crlb
from symfisher.quantities.information import fisher
from symfisher.quantities.registry import quantity
from symfisher.quantities.removable import removable_note


@quantity(
    "fisher_vector_product",
    "Fisher matrix times a vector v.",
    ("fisher",),
    default=False,
)
def fisher_vector_product(family: Family) -> Formula:
    """F v, k x 1; v's entries are ``extra_symbols["vector"]``."""
    return _product(
        fisher(family),
        "v",
        name="fisher_vector_product",
        vector=True,
        title="Fisher-vector product",
        symbol=r"\mathcal{I}(\theta)\, v",
    )


@quantity(
    "natural_gradient",
    "Natural gradient: the inverse Fisher matrix times a gradient g.",
    ("crlb",),
    default=False,
)
def natural_gradient(family: Family) -> Formula:
    """F^-1 g, k x 1 (Amari 1998); g's entries are ``extra_symbols["gradient"]``.

    Only the blocks of the matrix that are not zero take part.
    """
    return _product(
        crlb(family),
        "g",
        name="natural_gradient",
        vector=True,
        title="Natural gradient",
        symbol=r"\mathcal{I}(\theta)^{-1} g",
    )


@quantity(
    "log_det_fisher",
    "Logarithm of the determinant of the Fisher matrix.",
    ("fisher",),
    default=False,
)
def log_det_fisher(family: Family) -> Formula:
    """log det F; status "none" where there is no Fisher matrix or it is singular."""
    return _of_determinant(
        family,
        lambda factors: Add(*map(log, factors)),
        name="log_det_fisher",
        title="Log-determinant of the Fisher matrix",
        symbol=r"\log\det\mathcal{I}(\theta)",
    )


@quantity(
    "sqrt_det_fisher",
    "Square root of the determinant of the Fisher matrix: the density of Jeffreys' prior.",
    ("fisher",),
    default=False,
)
def sqrt_det_fisher(family: Family) -> Formula:
    """sqrt(det F), not normalised (Jeffreys 1946)."""
    return _of_determinant(
        family,
        lambda factors: sqrt(Mul(*factors)),
        name="sqrt_det_fisher",
        title="Square root of the determinant of the Fisher matrix",
        symbol=r"\sqrt{\det\mathcal{I}(\theta)}",
    )


_ROLES = {"v": "vector", "g": "gradient"}


def _product(matrix: Formula, letter: str, **names: Any) -> Formula:
    family, role = matrix.family, _ROLES[letter]
    vector = entries_of_vector(family, letter)
    if matrix.expr is None:
        return matrix.with_(**names, extra_symbols={role: vector})
    product = matrix.expr * Matrix(list(vector.values()))
    step = Step("multiply", f"Multiply by the vector {letter}.", matrix.expr, None)
    return matrix.with_(
        **names,
        expr=ImmutableDenseMatrix(product),
        trace=(*matrix.trace, step),
        extra_symbols={role: vector},
    )


def entries_of_vector(family: Family, letter: str) -> dict[str, Symbol]:
    """Parameter name -> the symbol of the vector's entry, such as v_alpha, free of clashes."""
    taken = {s.name for s in (*family.variables, *family.parameters, *family.constants)}
    names = {}
    for parameter in family.parameters:
        name = f"{letter}_{parameter.name}"
        while name in taken:
            name += "_"
        names[parameter.name] = Symbol(name, real=True)
    return names


def _of_determinant(family: Family, function: Any, **names: Any) -> Formula:
    information = fisher(family)
    if information.expr is None:
        return information.with_(**names)
    factors = _determinants(information.expr)
    if 0 in factors:
        note = "The Fisher matrix is singular: the parameters are not identified."
        return information.with_(**names, expr=None, status=Status.NONE, notes=(note,))
    expr = function(factors)
    step = Step("determinant", "Take the determinant, block by block.", information.expr, expr)
    return information.with_(
        **names,
        expr=expr,
        notes=removable_note(expr, family),
        trace=(*information.trace, step),
    )


def _determinants(matrix: ImmutableDenseMatrix) -> list[Expr]:
    """The determinant of each diagonal block between which the matrix is zero, in order."""
    blocks = sorted(map(sorted, matrix.connected_components()))
    return [_determinant(matrix.extract(block, block)) for block in blocks]


def _determinant(block: Matrix) -> Expr:
    """Tidy, unless the entries are too long for that to end."""
    value = block[0, 0] if block.rows == 1 else block.det(method="berkowitz")
    return value if is_long(block) else tidy(value)
