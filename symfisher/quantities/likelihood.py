"""The log-density itself, and the log-likelihood of a sample with its gradient."""

from __future__ import annotations

from sympy import ImmutableDenseMatrix

from symfisher.declaration import Family
from symfisher.formula import Formula
from symfisher.quantities.registry import quantity
from symfisher.quantities.score import score


@quantity("log_density", "Log-density (or log-mass) of one observation.", default=False)
def log_density(family: Family) -> Formula:
    """log p(x; theta) as declared, a function of the data; -oo outside the support."""
    return Formula(
        name="log_density",
        title="Log-mass function" if family.is_mass else "Log-density",
        symbol=r"\log p(x; \theta)",
        expr=family.log_density,
        family=family,
        reads_data=True,
        details={"outside_support": "-oo"},
    )


@quantity(
    "log_likelihood",
    "Log-likelihood of a sample with its gradient: for one observation, to be summed.",
    ("score",),
    default=False,
)
def log_likelihood(family: Family) -> Formula:
    """The log-density followed by the score, a vector of k + 1 entries, to be summed over a sample.

    It is given for one observation; a kernel takes samples, along the last axis of each variable,
    and returns the sums.
    """
    gradient = score(family)
    return gradient.with_(
        name="log_likelihood",
        title="Log-likelihood and its gradient",
        symbol=r"\left(\log p, s\right)",
        expr=ImmutableDenseMatrix([family.log_density, *gradient.expr]),
        notes=(*gradient.notes, "Summed over the observations of a sample."),
        details={"summed": True},
    )
