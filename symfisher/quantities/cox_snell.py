"""Bias of the maximum likelihood estimator to order 1/n, and what removes it."""

from __future__ import annotations

from typing import Any

from sympy import Expr, ImmutableDenseMatrix, Matrix, Rational, hessian

from symfisher.algebra.inverse import inverse, is_long
from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.errors import DoesNotExistError
from symfisher.expectation.engine import status_of
from symfisher.formula import Formula, Step
from symfisher.quantities.given import default_size, functions_of, jacobian, sample_size
from symfisher.quantities.rank import null_directions
from symfisher.quantities.registry import quantity
from symfisher.quantities.removable import removable_note
from symfisher.quantities.third_order import ThirdOrder, third_order


@quantity(
    "cox_snell_bias",
    "Bias of the maximum likelihood estimator from n observations, to order 1/n.",
    ("fisher",),
    default=False,
)
def cox_snell_bias(family: Family, n: Any = None, of: Any = None) -> Formula:
    """B(theta)/n, a vector: E[theta_hat] - theta up to terms of order n^-2.

    B_s = F^si F^jl (-d_l F_ij - kappa_ijl/2), summed over i, j, l (Cox and Snell 1968; Cordeiro and
    Klein 1994, equation 2.8).  ``of`` asks for the bias of g(theta_hat): J B + tr(g'' F^-1)/2.
    ``n`` is a number or a symbol, by default the symbol n.

    Raises:
        DoesNotExistError: the family is not regular to the third order, or F is singular.
    """
    cumulants = third_order(family)
    size, roles = sample_size(family, default_size(family) if n is None else n)
    spread = _inverse(cumulants)
    first = _bias(cumulants, spread)
    values = list(first)
    if of is not None:
        functions = functions_of(family, of, "cox_snell_bias, of")
        parameters = list(family.parameters)
        values = [
            row[0] + Rational(1, 2) * (Matrix(hessian(g, parameters)) * spread).trace()
            for g, row in zip(functions, (jacobian([g], family) * first for g in functions))
        ]
    vector = ImmutableDenseMatrix([_short(value / size) for value in values])
    step = Step(
        "Cox-Snell bias", "Contract the third-order cumulants with the inverse.", None, vector
    )
    return Formula(
        name="cox_snell_bias",
        vector=True,
        title="Bias of the maximum likelihood estimator, to order 1/n",
        symbol=r"\operatorname{E}[\hat\theta] - \theta",
        expr=vector,
        family=family,
        status=status_of(vector),
        digits=cumulants.digits,
        notes=removable_note(vector, family),
        trace=(*cumulants.steps, step),
        extra_symbols=roles,
    )


@quantity(
    "firth_adjustment",
    "What is added to the score so that its root has no bias of order 1/n.",
    ("cox_snell_bias",),
    default=False,
)
def firth_adjustment(family: Family) -> Formula:
    """A(theta) = -F B, a vector: U + A = 0 in place of U = 0 (Firth 1993, section 3).

    For the natural parameters of an exponential family it is the gradient of log sqrt(det F).
    It does not depend on the number of observations.

    Raises:
        DoesNotExistError: as for ``cox_snell_bias``.
    """
    cumulants = third_order(family)
    spread = _inverse(cumulants)
    vector = ImmutableDenseMatrix(
        [_short(-_contracted(cumulants, spread, i)) for i in range(spread.rows)]
    )
    step = Step("Firth adjustment", "Shift the score by minus the information times the bias.")
    return Formula(
        name="firth_adjustment",
        vector=True,
        title="Firth's adjustment of the score",
        symbol=r"A(\theta)",
        expr=vector,
        family=family,
        status=status_of(vector),
        digits=cumulants.digits,
        trace=(*cumulants.steps, step),
    )


def _inverse(cumulants: ThirdOrder) -> ImmutableDenseMatrix:
    family, information = cumulants.family, cumulants.information
    found = None if null_directions(information, family) else inverse(information)
    if found is None:
        raise DoesNotExistError(
            f"family '{family.name}': the Fisher matrix is singular, so the parameters are not "
            "identified and their estimators have no expansion"
        )
    return found


def _bias(cumulants: ThirdOrder, spread: ImmutableDenseMatrix) -> ImmutableDenseMatrix:
    """n times the bias of order 1/n; in short parts where it is too long to be made short."""
    k = range(spread.rows)
    inner = [_contracted(cumulants, spread, i) for i in k]
    whole = [_summed(spread, s, inner) for s in k]
    if any(map(_is_too_long, whole)):
        inner = [_short(part) for part in inner]
        whole = [_summed(spread, s, inner) for s in k]
    return ImmutableDenseMatrix(whole)


def _summed(spread: ImmutableDenseMatrix, s: int, inner: list[Expr]) -> Expr:
    return sum((spread[s, i] * part for i, part in enumerate(inner)), Rational(0))


def _contracted(cumulants: ThirdOrder, spread: ImmutableDenseMatrix, i: int) -> Expr:
    """(-d_l F_ij - kappa_ijl/2) F^jl, summed over j and l."""
    k = range(spread.rows)
    return sum(
        (
            (-cumulants.slope(i, j, m) - cumulants.kappa(i, j, m) / 2) * spread[j, m]
            for j in k
            for m in k
            if spread[j, m] != 0
        ),
        Rational(0),
    )


def _short(entry: Expr) -> Expr:
    return entry if _is_too_long(entry) else tidy(entry)


def _is_too_long(entry: Expr) -> bool:
    return is_long(Matrix([[entry]])) and entry.count_ops() > 600
