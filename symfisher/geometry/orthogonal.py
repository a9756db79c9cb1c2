"""Parameters orthogonal to one of interest: first integrals of its natural gradient.

phi is orthogonal to psi where F^-1 e_psi, a vector field, leaves it unchanged: along its curves
the nuisance parameters follow the equations of Cox and Reid (1987, equation 4),

    F_lambda,lambda d lambda/d psi = -F_lambda,psi.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from sympy import Add, Expr, ImmutableDenseMatrix, Integral, Matrix, Symbol, diff

from symfisher.algebra.cost import cost
from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.errors import DoesNotExistError, InputError
from symfisher.expectation.exponential_form import exponential_form
from symfisher.formula import Expectation, Formula, Status, Step
from symfisher.geometry.first_integrals import Curves, NotSolved
from symfisher.quantities.given import chosen_parameters
from symfisher.quantities.information import fisher
from symfisher.quantities.rank import general_inverse, generic_values
from symfisher.quantities.registry import quantity

Slopes = Mapping[Symbol, Expr]


@quantity(
    "orthogonal_parameter",
    "Parameter orthogonal to a scalar parameter of interest (Cox and Reid).",
    ("fisher",),
    default=False,
)
def orthogonal_parameter(family: Family, interest: Any = None) -> Formula:
    """phi(psi, lambda) with F_(psi, phi) = 0, for the parameter ``interest`` psi (default: first).

    It takes the place of the one parameter in ``details["replaces"]``, the others being orthogonal
    to psi as they are; a vector where several have to be replaced, in their order.  In an
    exponential family natural parameters are orthogonal to the means of the other statistics
    (Barndorff-Nielsen 1978, section 9.8); elsewhere the equations are solved one by one.  Status
    "quadrature" where an integral in one parameter is left.  The result is checked: F_(psi, phi)
    vanishes at generic points.

    Raises:
        InputError: the family has one parameter only.
        DoesNotExistError: there is no Fisher information, psi is not identified, or the equations
            are not solved.
    """
    information = fisher(family)
    if information.expr is None:
        raise DoesNotExistError(f"family '{family.name}': {' '.join(information.notes)}")
    (psi,) = chosen_parameters(
        family, family.parameters[0] if interest is None else interest, "interest"
    )
    nuisances = [p for p in family.parameters if p != psi]
    if not nuisances:
        raise InputError(f"family '{family.name}', orthogonal_parameter: it has one parameter only")
    slopes = _slopes(family, information, psi)
    if slopes:
        replaced, note = list(slopes), ""
        found = _first_integrals(family, psi, slopes)
        expr: Any = found[0] if len(found) == 1 else ImmutableDenseMatrix(found)
    else:
        replaced, expr = nuisances[:1], nuisances[0]
        note = f"{psi} is orthogonal to the other parameters as it is."
    names = ", ".join(p.name for p in replaced)
    plural = "s" if len(replaced) > 1 else ""
    return information.with_(
        name="orthogonal_parameter",
        title=f"Parameter{plural} orthogonal to {psi.name}, in place of {names}",
        symbol=r"\phi(\theta)",
        expr=expr,
        vector=len(replaced) > 1,
        status=Status.QUADRATURE if expr.has(Integral) else Status.CLOSED,
        notes=(note,) if note else (),
        trace=(
            *information.trace,
            Step("Cox-Reid", "Solve the equation of the curves along which phi is constant."),
        ),
        details={"interest": psi.name, "replaces": names},
    )


def _slopes(family: Family, information: Formula, psi: Symbol) -> Slopes:
    """d lambda/d psi for the nuisance parameters that are not orthogonal to psi."""
    matrix = information.expr
    if matrix.has(Expectation):
        raise DoesNotExistError(
            f"family '{family.name}': its information is not closed, so the equations of an "
            "orthogonal parameter are not solved"
        )
    place = family.parameters.index(psi)
    others = [i for i in range(matrix.rows) if i != place]
    if not any(matrix[i, place] != 0 for i in others):
        return {}
    column, values = Matrix(matrix.extract(others, [place])), generic_values(family)
    block = ImmutableDenseMatrix(matrix.extract(others, others))
    solved = -general_inverse(block, family) * column
    left = matrix[place, place] + (column.T * solved)[0, 0]
    if not all(values.is_zero(entry) for entry in block * solved + column) or values.is_zero(left):
        raise DoesNotExistError(
            f"family '{family.name}': {psi} is not identified when the other parameters are "
            "unknown; null_space names the directions"
        )
    slopes = {family.parameters[i]: tidy(solved[k, 0]) for k, i in enumerate(others)}
    return {p: slope for p, slope in slopes.items() if not values.is_zero(slope)}


def _first_integrals(family: Family, psi: Symbol, slopes: Slopes) -> list[Expr]:
    """As many functions as there are moving parameters, constant along the curves."""
    reason = ""
    for road in (_by_equations, _by_duality, _by_integrals):
        try:
            found = road(family, psi, slopes)
        except NotSolved as refused:
            reason = reason or str(refused)
            continue
        if _are_orthogonal(family, psi, slopes, found):
            return found
    raise DoesNotExistError(f"family '{family.name}': {reason or 'the equations are not solved'}")


def _by_equations(family: Family, psi: Symbol, slopes: Slopes) -> list[Expr]:
    return Curves(family, psi, slopes).first_integrals()


def _by_integrals(family: Family, psi: Symbol, slopes: Slopes) -> list[Expr]:
    """With an integral left as one, where there is a single equation."""
    return Curves(family, psi, slopes, integrals=len(slopes) == 1).first_integrals()


def _by_duality(family: Family, psi: Symbol, slopes: Slopes) -> list[Expr]:
    """Natural parameters and means of an exponential family that are constant along the curves."""
    found: list[Expr] = []
    moving = {psi, *slopes}
    constant = _dual_coordinates(family, psi, slopes)
    for function in sorted(constant, key=lambda f: (len(f.free_symbols - moving), cost(f))):
        if _rank([*found, function], family, slopes):
            found.append(function)
        if len(found) == len(slopes):
            return [tidy(f) for f in found]
    raise NotSolved("")


def _dual_coordinates(family: Family, psi: Symbol, slopes: Slopes) -> Iterator[Expr]:
    """Constant natural parameters, constant means, and constant differences of multiples of two."""
    form = exponential_form(family)
    if form is None:
        return
    closed = not any(mean.has(Expectation) for mean in form.means)
    values = generic_values(family)
    for group in (form.natural_parameters, form.means if closed else ()):
        moved = [_along(f, psi, slopes) for f in group]
        yield from (f for f, change in zip(group, moved) if values.is_zero(change))
        rest = [(f, c) for f, c in zip(group, moved) if not values.is_zero(c)]
        for (f, change), (g, other) in combinations(rest, 2):
            ratio = values.shorten(change / other)
            if ratio.is_Rational:
                yield f - ratio * g


def _is_constant(function: Expr, family: Family, psi: Symbol, slopes: Slopes) -> bool:
    return generic_values(family).is_zero(_along(function, psi, slopes))


def _along(function: Expr, psi: Symbol, slopes: Slopes) -> Expr:
    """The derivative along the curves."""
    return diff(function, psi) + Add(*(diff(function, p) * s for p, s in slopes.items()))


def _rank(functions: list[Expr], family: Family, slopes: Slopes) -> bool:
    """Whether they are independent as functions of the moving parameters."""
    jacobian = Matrix([[diff(f, p) for p in slopes] for f in functions])
    gram = (jacobian * jacobian.T).det(method="berkowitz")
    return not generic_values(family).is_zero(gram)


def _are_orthogonal(family: Family, psi: Symbol, slopes: Slopes, found: list[Expr]) -> bool:
    constant = all(_is_constant(f, family, psi, slopes) for f in found)
    return constant and _rank(found, family, slopes)
