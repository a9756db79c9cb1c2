"""Entropy: the mean surprise of an observation."""

from __future__ import annotations

from symfisher.declaration import Family
from symfisher.expectation.by_branches import expect
from symfisher.formula import Formula, Step
from symfisher.quantities.registry import quantity


@quantity("entropy", "Entropy -E[log p], in nats (differential for a density).", default=False)
def entropy(family: Family) -> Formula:
    """H(p) = -E[log p] in nats; of a density it is the differential entropy.

    Cover and Thomas 2006, equations 2.1 and 8.1.
    """
    found = expect(family, -family.log_density)
    step = Step(
        "entropy",
        "Take the expectation of minus the log-density.",
        -family.log_density,
        found.expr,
    )
    return Formula(
        name="entropy",
        title="Entropy",
        symbol=r"H(p_\theta)",
        expr=found.expr,
        family=family,
        status=found.status,
        digits=found.digits,
        trace=(*found.steps, step),
    )
