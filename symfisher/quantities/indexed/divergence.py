"""Divergence, its expansion and entropy for vectors of symbolic length."""

from __future__ import annotations

from typing import Any

from sympy import Add, Dummy, Expr, Integer, diff

from symfisher.algebra.indexed import calculus
from symfisher.declaration import Family
from symfisher.errors import InputError
from symfisher.expectation.engine import engine, status_of
from symfisher.formula import Formula, Status, Step
from symfisher.quantities.indexed.check import hold_equal
from symfisher.quantities.indexed.displacement import (
    displaced,
    domains_of,
    expansion_term,
    increments_of,
)
from symfisher.quantities.indexed.products import contracted_twice
from symfisher.quantities.information import fisher
from symfisher.quantities.registry import for_vectors


@for_vectors("kl")
def kl(family: Family) -> Formula:
    """KL(p_theta || p_theta') = E[log p_theta - log p_theta'], the expectation under theta."""
    prime = family.primed
    domains = {new: family.domains[old].substitute(prime) for old, new in prime.items()}
    second = tuple(constraint.xreplace(prime) for constraint in family.constraints)
    integrand = family.log_density - family.log_density.xreplace(prime)
    found = engine(family).expect(integrand, domains, second)
    step = Step(
        "KL divergence",
        "Take the expectation of the difference of the log-densities.",
        integrand,
        found.expr,
    )
    return Formula(
        name="kl",
        title="Kullback-Leibler divergence",
        symbol=r"\operatorname{KL}(p_\theta \,\|\, p_{\theta'})",
        expr=found.expr,
        family=family,
        status=found.status,
        digits=found.digits,
        trace=(*found.steps, step),
        extra_symbols={"primed": {p.name: prime[p] for p in family.parameters}},
    )


@for_vectors("entropy")
def entropy(family: Family) -> Formula:
    """-E[log p] in nats."""
    found = engine(family).expect(-family.log_density)
    step = Step("entropy", "Take minus the mean of the log-density.", None, found.expr)
    return Formula(
        name="entropy",
        title="Entropy",
        symbol=r"H(\theta)",
        expr=found.expr,
        family=family,
        status=found.status,
        digits=found.digits,
        trace=(*found.steps, step),
    )


@for_vectors("kl_expansion")
def kl_expansion(family: Family, order: int = 2) -> Formula:
    """Taylor polynomial of KL(p_theta || p_(theta+d)) in d, as sums over its entries.

    The quadratic part is compared with d^T F d / 2 and with the Hessian of the closed divergence.

    Raises:
        InputError: ``order`` is below 2.
        MismatchError: the three roads to the quadratic part disagree.
    """
    if not isinstance(order, int) or isinstance(order, bool) or order < 2:
        raise InputError(f"kl_expansion: order is {order!r}; give a whole number from 2 on")
    information, increments = fisher(family), increments_of(family)
    names: dict[str, Any] = {
        "name": "kl_expansion",
        "title": "Expansion of the KL divergence",
        "symbol": r"\operatorname{KL}(p_\theta \,\|\, p_{\theta+d})",
        "details": {"order": order},
        "extra_symbols": {"increments": increments},
    }
    if information.expr is None:
        note = "There is no second-order expansion: the model is not regular."
        return information.with_(**names, notes=(note,))
    terms = [expansion_term(family, n, increments) for n in range(2, order + 1)]
    if information.status is not Status.QUADRATURE and status_of(terms[0].expr) is Status.CLOSED:
        _hold_roads(family, terms[0].expr, information, increments)
    expr = Add(*(term.expr for term in terms))
    step = Step(
        "Taylor expansion",
        "Expand the divergence along a displacement; its Hessian there is the Fisher matrix.",
        None,
        expr,
    )
    return information.with_(
        **names,
        expr=expr,
        status=max((t.status for t in terms), key=list(Status).index),
        digits=min((t.digits for t in terms if t.digits is not None), default=None),
        notes=tuple(
            f"The entries of {increments[p.name]} add up to zero"
            for p in family.parameters
            if family.domains[p].total is not None
        ),
        trace=(*information.trace, step),
    )


def _hold_roads(
    family: Family, quadratic: Expr, information: Formula, increments: dict[str, Any]
) -> None:
    """The matrix contracted, and the closed divergence's second derivative, are the same."""
    domains = domains_of(family, increments)
    contracted = contracted_twice(information, increments) / 2
    hold_equal(family, "d^T F d / 2", contracted, quadratic, domains)
    divergence = kl(family)
    if divergence.status is Status.CLOSED:
        time = Dummy("t", real=True)
        moved = {family.primed[p]: increments[p.name] for p in family.parameters}
        back = {new: old for old, new in family.primed.items()}
        along = displaced(divergence.expr, moved, time, back)
        curvature = calculus(family).normal(diff(along, time, 2).xreplace({time: Integer(0)}))
        hold_equal(family, "the divergence's second derivative", curvature / 2, quadratic, domains)
