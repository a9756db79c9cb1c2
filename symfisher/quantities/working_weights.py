"""Working weights of a regression: the information on linear predictors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import ImmutableDenseMatrix

from symfisher.algebra.tidy import tidy
from symfisher.composition.links import slope
from symfisher.composition.reading import parameter_of
from symfisher.declaration import Family
from symfisher.errors import InputError
from symfisher.formula import Formula, Step
from symfisher.quantities.information import fisher
from symfisher.quantities.registry import quantity


@quantity(
    "working_weights",
    "Working weights W of a regression, with F(beta) = X^T W X.",
    ("fisher",),
    default=False,
)
def working_weights(family: Family, links: Any = ()) -> Formula:
    """(d theta_a/d eta_a) F_ab (d theta_b/d eta_b) for the parameters in ``links``, a matrix.

    ``links`` maps parameters to links, as for ``regression``.  The information on the coefficients
    of eta = X beta is X^T W X, with W the diagonal matrix of the weights at each observation
    (McCullagh and Nelder 1989, section 2.5); blocks X_a^T W_ab X_b where several parameters have
    predictors.  Weights are in the family's parameters.

    Raises:
        InputError: no parameter has a link.
    """
    pairs = dict(links.items() if isinstance(links, Mapping) else links)
    if not pairs:
        raise InputError(
            f"family '{family.name}', working_weights: name a parameter and its link, as in "
            f"links={{'{family.parameters[0].name}': 'log'}}"
        )
    regressed = {parameter_of(family, p, "links"): link for p, link in pairs.items()}
    information = fisher(family)
    named = information.with_(
        name="working_weights", title="Working weights of the regression", symbol="W"
    )
    if information.expr is None:
        return named
    places = [family.parameters.index(p) for p in regressed]
    slopes = [slope(family, link, p) for p, link in regressed.items()]
    block = information.expr.extract(places, places)
    size = len(places)
    weights = ImmutableDenseMatrix(
        size, size, lambda a, b: tidy(slopes[a] * block[a, b] * slopes[b])
    )
    step = Step("chain rule", "Multiply by the slopes of the inverse links.", block, weights)
    return named.with_(
        expr=weights,
        notes=(),
        trace=(*information.trace, step),
        details={"links": {p.name: str(link) for p, link in regressed.items()}},
    )
