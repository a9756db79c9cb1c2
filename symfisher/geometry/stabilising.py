"""Functions of a parameter in which the information is constant."""

from __future__ import annotations

from typing import Any

from sympy import Dummy, Expr, Integral, Symbol, asin, cancel, diff, expand, oo, sin, sqrt

from symfisher.algebra.tidy import tidy
from symfisher.clock import time_limit
from symfisher.declaration import Family
from symfisher.errors import DoesNotExistError, TimeLimitError
from symfisher.expectation.samples import signs_of
from symfisher.formula import Formula, Status, Step
from symfisher.geometry.antiderivative import root_antiderivative
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
    for found in (_by_angle(square, x, _upper_end(x, family)), _by_root(square, x, family)):
        if found is not None:
            short = tidy(found)
            for g in (short, found):
                if generic_values(family).is_zero(diff(g, x) ** 2 - square):
                    return g
    return None


def _upper_end(x: Symbol, family: Family) -> Expr | None:
    """b where the others leave (0, b) to the parameter, finite and linear in them."""
    domain = family.domains[x]
    gaps = [expand(c.gts - c.lts) for c in family.constraints if x in c.free_symbols]
    if domain.lower != 0 or any(diff(gap, x) != -1 for gap in gaps) or len(gaps) > 1:
        return None
    end = gaps[0] + x if gaps else domain.upper
    return None if end == oo else end


def _by_angle(square: Expr, x: Symbol, end: Expr | None) -> Expr | None:
    """On (0, b): x = b sin(u)^2, in which Bernoulli's information and its kin are constant."""
    if end is None:
        return None
    u = Dummy("u", positive=True)
    place = end * sin(u) ** 2
    constant = tidy(cancel(square.xreplace({x: place}) * diff(place, u) ** 2).trigsimp())
    return None if constant.has(u) else sqrt(constant) * asin(sqrt(x / end))


def _by_root(square: Expr, x: Symbol, family: Family) -> Expr | None:
    try:
        with time_limit(_SECONDS):
            return root_antiderivative(square, x, signs_of(family))
    except (NotImplementedError, TimeLimitError):
        return None
