"""Parametrisations in which the information is simple: constant, or without cross terms."""

from __future__ import annotations

from typing import Any

from sympy import Dummy, Expr, Integral, Symbol, asin, cancel, diff, exp, log, oo, sin, sqrt

from symfisher.algebra.tidy import tidy
from symfisher.clock import time_limit
from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.errors import DoesNotExistError, InputError, TimeLimitError
from symfisher.expectation.samples import signs_of
from symfisher.formula import Formula, Status, Step
from symfisher.geometry.antiderivative import antiderivative, root_antiderivative
from symfisher.quantities.given import chosen_parameters
from symfisher.quantities.information import fisher
from symfisher.quantities.rank import generic_values
from symfisher.quantities.registry import quantity

_SECONDS = 4.0


@quantity(
    "variance_stabilising",
    "Function of a parameter whose information is constant.",
    ("fisher",),
    default=False,
)
def variance_stabilising(family: Family, parameter: Any = None) -> Formula:
    """g with g'(theta)^2 = F(theta), so that estimators of g have the variance 1/n as n grows.

    The other parameters are held fixed; ``parameter`` is by default the only one, or the first.
    g is determined up to a sign and a constant.  Status "quadrature" where the integral of sqrt(F)
    is left as one.

    Raises:
        DoesNotExistError: there is no Fisher information.
    """
    information = fisher(family)
    if information.expr is None:
        raise DoesNotExistError(f"family '{family.name}': {' '.join(information.notes)}")
    (chosen,) = chosen_parameters(
        family, family.parameters[0] if parameter is None else parameter, "parameter"
    )
    place = family.parameters.index(chosen)
    square = information.expr[place, place]
    found = _length(square, chosen, family)
    expr = Integral(sqrt(square), chosen) if found is None else found
    step = Step("stabilise", "Integrate the square root of the information.", sqrt(square), expr)
    return information.with_(
        name="variance_stabilising",
        title=f"Variance-stabilising function of {chosen.name}",
        symbol=r"\int\sqrt{\mathcal{I}(\theta)}\,d\theta",
        expr=expr,
        status=information.status if found is not None else Status.QUADRATURE,
        digits=information.digits if found is not None else None,
        notes=(),
        trace=(*information.trace, step),
        details={"parameter": chosen.name},
    )


def _length(square: Expr, x: Symbol, family: Family) -> Expr | None:
    """The integral of sqrt(square), shown to have that derivative."""
    for found in (_by_angle(square, x, family.domains[x]), _by_root(square, x, family)):
        if found is not None:
            short = tidy(found)
            for g in (short, found):
                if generic_values(family).is_zero(diff(g, x) ** 2 - square):
                    return g
    return None


def _by_angle(square: Expr, x: Symbol, domain: Domain) -> Expr | None:
    """On (0, b): x = b sin(u)^2, in which Bernoulli's information and its kin are constant."""
    if domain.lower != 0 or domain.upper == oo:
        return None
    u = Dummy("u", positive=True)
    place = domain.upper * sin(u) ** 2
    constant = tidy(cancel(square.xreplace({x: place}) * diff(place, u) ** 2).trigsimp())
    return None if constant.has(u) else sqrt(constant) * asin(sqrt(x / domain.upper))


def _by_root(square: Expr, x: Symbol, family: Family) -> Expr | None:
    try:
        with time_limit(_SECONDS):
            return root_antiderivative(square, x, signs_of(family))
    except (NotImplementedError, TimeLimitError):
        return None


@quantity(
    "orthogonal_parameter",
    "Parameter orthogonal to a scalar parameter of interest (Cox and Reid).",
    ("fisher",),
    default=False,
)
def orthogonal_parameter(family: Family, interest: Any = None) -> Formula:
    """phi(psi, lambda) with F_(psi, phi) = 0, for the parameter ``interest`` psi (default: first).

    It solves F_lambda,lambda d lambda/d psi = -F_psi,lambda along which phi is constant (Cox and
    Reid 1987, equation 4), for one nuisance parameter lambda where the variables of that equation
    separate.  The result is checked: F_(psi, phi) vanishes at generic points.

    Raises:
        InputError: the family has not two parameters.
        DoesNotExistError: there is no Fisher information, or the equation is not solved.
    """
    information = fisher(family)
    if information.expr is None:
        raise DoesNotExistError(f"family '{family.name}': {' '.join(information.notes)}")
    (psi,) = chosen_parameters(
        family, family.parameters[0] if interest is None else interest, "interest"
    )
    nuisances = [p for p in family.parameters if p != psi]
    matrix, places = information.expr, {p: i for i, p in enumerate(family.parameters)}
    moving = [p for p in nuisances if tidy(matrix[places[psi], places[p]]) != 0]
    if not nuisances:
        raise InputError(f"family '{family.name}', orthogonal_parameter: it has one parameter only")
    if not moving:
        phi, note = nuisances[0], f"{psi} is orthogonal to the other parameters as it is."
        nuisance = nuisances[0]
    else:
        if len(moving) > 1 or any(
            matrix[places[moving[0]], places[p]] != 0 for p in nuisances if p != moving[0]
        ):
            raise DoesNotExistError(
                f"family '{family.name}': {psi} is not orthogonal to several parameters, "
                f"{', '.join(p.name for p in nuisances)}, and the equations are solved for one"
            )
        (nuisance,) = moving
        slope = tidy(
            -matrix[places[psi], places[nuisance]] / matrix[places[nuisance], places[nuisance]]
        )
        phi, note = _constant_along(slope, psi, nuisance, family), ""
        _check_orthogonal(phi, psi, nuisance, slope, family)
    step = Step("Cox-Reid", "Solve the equation of the curves along which phi is constant.")
    return information.with_(
        name="orthogonal_parameter",
        title=f"Parameter orthogonal to {psi.name}, in place of {nuisance.name}",
        symbol=r"\phi(\theta)",
        expr=phi,
        status=Status.CLOSED,
        notes=(note,) if note else (),
        trace=(*information.trace, step),
        details={"interest": psi.name, "replaces": nuisance.name},
    )


def _constant_along(slope: Expr, psi: Symbol, nuisance: Symbol, family: Family) -> Expr:
    """A first integral of d nuisance / d psi = slope, whose variables separate."""
    own, other = slope.as_independent(nuisance, as_Add=False)
    if other.has(psi):
        raise DoesNotExistError(
            f"family '{family.name}': the variables of the equation d {nuisance}/d {psi} = {slope} "
            "do not separate"
        )
    left = antiderivative(1 / other, nuisance, family)
    right = antiderivative(own, psi, family)
    if left is None or right is None:
        raise DoesNotExistError(
            f"family '{family.name}': d {nuisance}/d {psi} = {slope} has no solution in closed form"
        )
    return _simplest(left - right, nuisance)


def _simplest(first: Expr, nuisance: Symbol) -> Expr:
    """The integral itself, or its exponential where it holds the logarithm of the nuisance."""
    if first.has(log):
        rate = first.coeff(log(nuisance)) if first.is_Add else first.as_independent(nuisance)[0]
        if rate != 0 and not rate.free_symbols:
            return tidy(exp((first / rate).expand()))
        if rate != 0:
            return tidy(exp(first.expand()))
    return tidy(first)


def _check_orthogonal(
    phi: Expr, psi: Symbol, nuisance: Symbol, slope: Expr, family: Family
) -> None:
    """d phi along the curve vanishes, and phi moves with the nuisance parameter."""
    values = generic_values(family)
    along = diff(phi, psi) + slope * diff(phi, nuisance)
    if not values.is_zero(along) or values.is_zero(diff(phi, nuisance)):
        raise DoesNotExistError(
            f"family '{family.name}': the solution found is not orthogonal to {psi}; nothing is "
            "shown"
        )
