"""The Cramer-Rao lower bound and its kin: functions, nuisance, samples, designs, constraints."""

from __future__ import annotations

from typing import Any

from sympy import Eq, Expr, ImmutableDenseMatrix, Matrix, eye
from sympy.logic.boolalg import Boolean

from symfisher.algebra.inverse import is_long
from symfisher.algebra.tidy import tidy_matrix
from symfisher.declaration import Family
from symfisher.errors import InputError
from symfisher.formula import Formula, Status, Step
from symfisher.quantities.attainment import attainment_note
from symfisher.quantities.given import chosen_parameters, functions_of, jacobian, sample_size
from symfisher.quantities.information import fisher
from symfisher.quantities.rank import (
    direction_in_words,
    general_inverse,
    generic_values,
    null_directions,
    regular_inverse,
)
from symfisher.quantities.registry import quantity
from symfisher.quantities.removable import removable_note
from symfisher.quantities.sampling import sample_information

_SYMBOL = r"\mathcal{I}(\theta)^{-1}"


@quantity("crlb", "Cramer-Rao lower bound for one observation.", ("fisher",))
def crlb(
    family: Family,
    of: Any = None,
    nuisance: Any = (),
    n: Any = 1,
    bias: Any = None,
    constraints: Any = (),
    design: Any = (),
) -> Formula:
    """Cramer-Rao lower bound: the inverse Fisher matrix, k x k, for one observation.

    The covariance matrix of any unbiased estimator is at least this, in the order of positive
    semidefinite matrices (Lehmann and Casella 1998, theorem 2.6.1).

    Args:
        of: a function g of the parameters, or several: the bound J F^-1 J^T of its estimators,
            with J its Jacobian.
        nuisance: parameters that are unknown too, and not asked for: their rows are left out.
        n: the number of independent observations, a number or a symbol.
        bias: b(theta), for estimators with the mean theta + b (g + b): J + db/dtheta replaces J.
            It may read the symbol n.  The variance is bounded; the mean squared error adds b b^T.
        constraints: functions f with f(theta) = 0; the bound U (U^T F U)^-1 U^T, where the columns
            of U span the directions that the constraints leave (Stoica and Ng 1998).
        design: what the family's constants are at each observation, where they differ.

    Status "none", with the reason, where there is no Fisher information, or where it is singular
    and the function is not identified: no unbiased estimator has a finite variance then (Stoica and
    Marzetta 2001).
    """
    size, roles = sample_size(family, n)
    information = sample_information(family, design=design) if design else fisher(family)
    if information.expr is None:
        return _missing(information, information.notes)
    targets = family.parameters if of is None else functions_of(family, of, "crlb, of")
    rows = _rows(family, targets, nuisance, bias, size)
    spread = _covariance(family, information.expr, rows, constraints)
    if isinstance(spread, str):
        return _missing(information, (spread,))
    bound = _sandwich(rows, spread, size, is_long(information.expr))
    step = Step("invert", "Invert the Fisher information matrix.", information.expr, bound)
    notes = removable_note(bound, family)
    if of is not None and bias is None and not constraints and not design:
        notes = (*notes, attainment_note(family, targets))
    return information.with_(
        name="crlb",
        title="Cramer-Rao lower bound",
        symbol=_symbol(of, constraints, size),
        expr=bound,
        notes=notes,
        conditions=(*information.conditions, *_equations(family, constraints)),
        trace=(*information.trace, step),
        extra_symbols=roles,
    )


def _symbol(of: Any, constraints: Any, size: Expr) -> str:
    if constraints:
        return r"U\left(U^{\top}\mathcal{I}\,U\right)^{-1}U^{\top}"
    if of is not None:
        return r"J\,\mathcal{I}^{-1}J^{\top}"
    return _SYMBOL if size == 1 else r"\mathcal{I}_n(\theta)^{-1}"


def _rows(
    family: Family, targets: Any, nuisance: Any, bias: Any, size: Expr
) -> ImmutableDenseMatrix:
    """The derivatives of the estimator's mean: a row for each function asked for."""
    hidden = chosen_parameters(family, nuisance, "crlb, nuisance") if nuisance else ()
    shown = tuple(t for t in targets if t not in hidden)
    if not shown:
        raise InputError(f"family '{family.name}', crlb: every parameter is a nuisance")
    rows = jacobian(shown, family)
    if bias is None:
        return rows
    shifts = functions_of(family, bias, "crlb, bias", size)
    if len(shifts) != len(shown):
        raise InputError(
            f"family '{family.name}', crlb: {len(shifts)} bias(es) for {len(shown)} estimator(s)"
        )
    return ImmutableDenseMatrix(rows + jacobian(shifts, family))


def _covariance(
    family: Family, information: Any, rows: ImmutableDenseMatrix, constraints: Any
) -> ImmutableDenseMatrix | str:
    """What stands for F^-1, or the reason why there is nothing."""
    if constraints:
        return _constrained(family, information, constraints)
    null = null_directions(information, family)
    if not null:
        inverted = regular_inverse(information, family)
        return inverted if inverted is not None else _SINGULAR
    values = generic_values(family)
    if all(values.is_zero(entry) for v in null for entry in rows * v):
        return general_inverse(information, family)
    moved = "; ".join(direction_in_words(v, family) for v in null)
    return f"{_SINGULAR[:-1]}: the likelihood does not change along {moved}."


_SINGULAR = "The Fisher matrix is singular: the parameters are not identified."


def _constrained(family: Family, information: Any, constraints: Any) -> ImmutableDenseMatrix | str:
    functions = functions_of(family, constraints, "crlb, constraints")
    gradient = Matrix(jacobian(functions, family))
    values = generic_values(family)
    free = gradient.nullspace(iszerofunc=values.is_zero)
    if not free:
        return ImmutableDenseMatrix.zeros(*information.shape)
    basis = Matrix.hstack(*free)
    inner = ImmutableDenseMatrix(basis.T * information * basis)
    inverted = regular_inverse(inner, family)
    if inverted is None:
        return "The constraints do not identify the parameters: U^T F U is singular."
    return ImmutableDenseMatrix(basis * inverted * basis.T)


def _equations(family: Family, constraints: Any) -> tuple[Boolean, ...]:
    if not constraints:
        return ()
    functions = functions_of(family, constraints, "crlb, constraints")
    return tuple(Eq(f, 0) for f in functions)


def _sandwich(
    rows: ImmutableDenseMatrix, spread: ImmutableDenseMatrix, size: Expr, long: bool
) -> ImmutableDenseMatrix:
    """J spread J^T / n, tidied where that ends."""
    same = rows == eye(rows.cols)
    product = ImmutableDenseMatrix((spread if same else rows * spread * rows.T) / size)
    return product if long else tidy_matrix(product)


def _missing(information: Formula, notes: tuple[str, ...]) -> Formula:
    return Formula(
        name="crlb",
        title="Cramer-Rao lower bound",
        symbol=_SYMBOL,
        expr=None,
        family=information.family,
        status=Status.NONE,
        notes=notes,
    )


@quantity(
    "effective_information",
    "Information on some parameters when the others are unknown: the Schur complement.",
    ("fisher",),
    default=False,
)
def effective_information(family: Family, interest: Any = None, n: Any = 1) -> Formula:
    """F_aa - F_ab F_bb^-1 F_ba for the parameters ``interest`` (default: the first one).

    It is the inverse of their block of F^-1, hence what they lose by not knowing the others
    (Lehmann and Casella 1998, section 6.2).
    """
    size, roles = sample_size(family, n)
    information = fisher(family)
    if information.expr is None:
        return information.with_(name="effective_information", title=_EFFECTIVE)
    chosen = chosen_parameters(
        family, family.parameters[0] if interest is None else interest, "interest"
    )
    a = [family.parameters.index(p) for p in chosen]
    b = [i for i in range(len(family.parameters)) if i not in a]
    matrix = information.expr
    result = matrix.extract(a, a)
    if b:
        inner = regular_inverse(ImmutableDenseMatrix(matrix.extract(b, b)), family)
        if inner is None:
            return information.with_(
                name="effective_information", title=_EFFECTIVE, expr=None, status=Status.NONE,
                notes=("The other parameters are not identified among themselves.",),
            )  # fmt: skip
        result = result - matrix.extract(a, b) * inner * matrix.extract(b, a)
    result = ImmutableDenseMatrix(result * size)
    short = result if is_long(result) else tidy_matrix(result)
    step = Step("Schur complement", "Project the score on that of the others.", matrix, short)
    names = ", ".join(p.name for p in chosen)
    return information.with_(
        name="effective_information",
        title=f"{_EFFECTIVE} on {names}",
        symbol=r"\mathcal{I}_{a \cdot b}(\theta)",
        expr=short,
        notes=removable_note(short, family),
        trace=(*information.trace, step),
        extra_symbols=roles,
        details={"interest": [p.name for p in chosen]},
    )


_EFFECTIVE = "Effective Fisher information"


@quantity(
    "null_space",
    "Directions in which the parameters are not identified: the null space of the Fisher matrix.",
    ("fisher",),
    default=False,
)
def null_space(family: Family) -> Formula:
    """A basis of the null space of F, one column each; status "none" where F is regular."""
    information = fisher(family)
    names = {"name": "null_space", "title": "Directions that are not identified"}
    if information.expr is None:
        return information.with_(**names)
    vectors = null_directions(information.expr, family)
    if not vectors:
        note = "The Fisher matrix is regular: the parameters are identified locally."
        return information.with_(**names, expr=None, status=Status.NONE, digits=None, notes=(note,))
    basis = ImmutableDenseMatrix(Matrix.hstack(*vectors))
    return information.with_(
        **names,
        symbol=r"\ker\mathcal{I}(\theta)",
        expr=basis,
        status=Status.CLOSED,
        notes=(*(f"Along: {direction_in_words(v, family)}." for v in vectors),),
    )
