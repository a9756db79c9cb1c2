"""The Cramer-Rao lower bound."""

from __future__ import annotations

from symfisher.algebra.inverse import inverse, is_long
from symfisher.algebra.tidy import tidy_matrix
from symfisher.declaration import Family
from symfisher.formula import Formula, Status, Step
from symfisher.quantities.information import fisher
from symfisher.quantities.registry import quantity
from symfisher.quantities.removable import removable_note


@quantity("crlb", "Cramer-Rao lower bound for one observation.", ("fisher",))
def crlb(family: Family) -> Formula:
    """Cramer-Rao lower bound, k x k: the inverse Fisher matrix, for one observation.

    The covariance matrix of any unbiased estimator is at least this, in the order of positive
    semidefinite matrices (Lehmann and Casella 1998, theorem 2.6.1).  Status "none", with the
    reason, where there is no Fisher information or it is singular.
    """
    information = fisher(family)
    if information.expr is None:
        return _missing(family, information.notes)
    inverted = inverse(information.expr)
    if inverted is None:
        return _missing(
            family, ("The Fisher matrix is singular: the parameters are not identified.",)
        )
    bound = inverted if is_long(information.expr) else tidy_matrix(inverted)
    step = Step("invert", "Invert the Fisher information matrix.", information.expr, bound)
    return information.with_(
        name="crlb",
        title="Cramer-Rao lower bound",
        symbol=r"\mathcal{I}(\theta)^{-1}",
        expr=bound,
        notes=removable_note(bound, family),
        trace=(*information.trace, step),
    )


def _missing(family: Family, notes: tuple[str, ...]) -> Formula:
    return Formula(
        name="crlb",
        title="Cramer-Rao lower bound",
        symbol=r"\mathcal{I}(\theta)^{-1}",
        expr=None,
        family=family,
        status=Status.NONE,
        notes=notes,
    )
