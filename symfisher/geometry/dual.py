"""Dually flat families: the canonical divergence of their natural and mean coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from sympy import Add, Expr

from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.errors import DoesNotExistError
from symfisher.expectation.exponential_form import exponential_form
from symfisher.formula import Formula, Step
from symfisher.geometry.chart import chart
from symfisher.quantities.divergence import kl
from symfisher.quantities.registry import quantity


@dataclass(frozen=True)
class DualCoordinates:
    """Natural parameters, means of the statistics and log-partition, in the family's parameters.

    The first are affine for the e-connection, the second for the m-connection; they are the
    gradients of each other's potential (Amari and Nagaoka 2000, section 3.3).
    """

    statistics: tuple[Expr, ...]
    natural: tuple[Expr, ...]
    mean: tuple[Expr, ...]
    log_partition: Expr


@lru_cache(maxsize=64)
def dual_coordinates(family: Family) -> DualCoordinates:
    """The dual coordinates of a canonical family that is a full exponential family.

    Raises:
        DoesNotExistError: it is none, or its parameters are fewer than its statistics.
    """
    form = exponential_form(family)
    if form is None or not form.full:
        raise DoesNotExistError(
            f"family '{family.name}' was not recognised as a full exponential family, which has "
            "dual coordinates"
        )
    if len(form.statistics) != len(family.parameters):
        raise DoesNotExistError(
            f"family '{family.name}' has {len(family.parameters)} parameters and "
            f"{len(form.statistics)} statistics: it is curved in their exponential family"
        )
    return DualCoordinates(
        form.statistics,
        form.natural_parameters,
        tuple(tidy(mean) for mean in form.means),
        form.log_partition,
    )


@quantity(
    "canonical_divergence",
    "Canonical (Bregman) divergence of a dually flat family.",
    ("fisher",),
    default=False,
)
def canonical_divergence(family: Family) -> Formula:
    """A(theta') - A(theta) - (eta' - eta) . m(theta), a scalar.

    It is the Bregman divergence of the log-partition, and equals KL(p_theta || p_theta') (Amari
    and Nagaoka 2000, section 3.4).  The second point's parameters are ``extra_symbols["primed"]``.

    Raises:
        DoesNotExistError: the family is no full exponential family.
    """
    manifold, found, prime = chart(family), dual_coordinates(family), family.primed
    steps = [(e.xreplace(prime) - e) * m for e, m in zip(found.natural, found.mean)]
    change = found.log_partition.xreplace(prime) - found.log_partition
    step = Step(
        "Bregman divergence",
        "Take what the log-partition exceeds its tangent by, in the natural parameters.",
    )
    return manifold.information.with_(
        name="canonical_divergence",
        title="Canonical divergence",
        symbol=r"D(\theta, \theta')",
        expr=tidy(Add(change, *(-s for s in steps))),
        digits=kl(family).digits,
        notes=(),
        trace=(step,),
        extra_symbols={"primed": {p.name: prime[p] for p in family.parameters}},
    )
