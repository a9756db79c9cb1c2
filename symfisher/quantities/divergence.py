"""Kullback-Leibler divergence within a family, and its expansion at zero displacement."""

from __future__ import annotations

from itertools import combinations_with_replacement
from math import factorial, prod

from sympy import (
    Abs,
    Add,
    Derivative,
    Expr,
    Integer,
    Le,
    Mul,
    Piecewise,
    Subs,
    Symbol,
    diff,
    meijerg,
)
from sympy.core.relational import Relational

from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.errors import InputError, MismatchError
from symfisher.expectation.engine import engine
from symfisher.expectation.truth import ENOUGH_DIGITS, agreement
from symfisher.formula import Expectation, Formula, Status, Step
from symfisher.quantities.information import fisher
from symfisher.quantities.registry import quantity
from symfisher.quantities.removable import removable_note


def increments_of(family: Family) -> dict[str, Symbol]:
    """Parameter name -> the symbol of its displacement, such as d_a, free of clashes."""
    taken = {s.name for s in (*family.variables, *family.parameters, *family.constants)}
    names = {}
    for parameter in family.parameters:
        name = f"d_{parameter.name}"
        while name in taken:
            name += "_"
        names[parameter.name] = Symbol(name, real=True)
    return names


@quantity("kl", "Kullback-Leibler divergence to a second parameter point of the family.")
def kl(family: Family) -> Formula:
    """KL(p_theta || p_theta') = E[log p_theta - log p_theta'], the expectation under theta.

    The second point's parameters are ``extra_symbols["primed"]``.  Where the support moves it is
    finite only if the first support lies in the second: ``conditions``.
    """
    prime = family.primed
    domains = {new: family.domains[old].substitute(prime) for old, new in prime.items()}
    conditions = _nested_supports(family, prime)
    integrand = family.log_density - family.log_density.xreplace(prime)
    second = tuple(constraint.xreplace(prime) for constraint in family.constraints)
    found = engine(family).expect(integrand, domains, (*conditions, *second))
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
        conditions=conditions,
        extra_symbols={"primed": {p.name: prime[p] for p in family.parameters}},
    )


def _nested_supports(family: Family, prime: dict[Symbol, Symbol]) -> tuple[Relational, ...]:
    """The first support lies in the second, where an end moves with a parameter."""
    conditions = []
    for domain in family.supports:
        other = domain.substitute(prime)
        if other.lower != domain.lower:
            conditions.append(Le(other.lower, domain.lower))
        if other.upper != domain.upper:
            conditions.append(Le(domain.upper, other.upper))
    return tuple(conditions)


@quantity(
    "kl_expansion",
    "Taylor expansion of the KL divergence in the displacement of the parameters.",
    ("kl", "fisher"),
)
def kl_expansion(family: Family, order: int = 2) -> Formula:
    """Taylor polynomial of KL(p_theta || p_(theta+d)) in d, up to ``order`` (2 or more).

    Its quadratic part is d^T F d / 2: the Fisher matrix is the Hessian of the divergence at zero
    displacement (Amari 2016, section 3.5).  Where the divergence is closed, its own Hessian is
    compared with the Fisher matrix: the third road.  Status "none" where the model is not
    differentiable in quadratic mean.

    Raises:
        InputError: ``order`` is below 2.
        MismatchError: the Hessian of the closed divergence is not the Fisher matrix.
    """
    if not isinstance(order, int) or order < 2:
        raise InputError(f"kl_expansion: order is {order!r}; give a whole number from 2 on")
    increments = increments_of(family)
    displacements = list(increments.values())
    information = fisher(family)
    if information.expr is None:
        return information.with_(
            name="kl_expansion",
            title="Expansion of the KL divergence",
            symbol=_SYMBOL,
            notes=("The divergence has no second-order expansion: the model is not "
                   "differentiable in quadratic mean.",),
            details={"order": order},
            extra_symbols={"increments": increments},
        )  # fmt: skip
    matrix, k = information.expr, len(displacements)
    quadratic = Add(
        *(
            matrix[i, j] * displacements[i] * displacements[j] / (2 if i == j else 1)
            for i in range(k)
            for j in range(i, k)
        )
    )
    _third_road(family)
    higher = [_terms(family, n, displacements) for n in range(3, order + 1)]
    expr = Add(quadratic, *higher)
    step = Step(
        "Taylor expansion",
        "Expand the divergence at zero displacement; its Hessian there is the Fisher matrix.",
        None,
        expr,
    )
    return information.with_(
        name="kl_expansion",
        title="Expansion of the KL divergence",
        symbol=_SYMBOL,
        expr=expr,
        notes=removable_note(expr, family),
        status=Status.QUADRATURE if expr.has(Expectation) else information.status,
        trace=(*information.trace, step),
        extra_symbols={"increments": increments},
        details={"order": order},
    )


_SYMBOL = r"\operatorname{KL}(p_\theta \,\|\, p_{\theta+d})"


def curvatures_at_zero(divergence: Formula) -> dict[tuple[int, int], Expr]:
    """Second derivatives of a closed divergence by the primed parameters, at no displacement.

    Where the formula has cases (|mu - mu'| of a density with a kink) the limit is taken from one
    side.  Entries (i, j), i <= j, that SymPy differentiates into what has no numbers are left out.
    """
    parameters = divergence.family.parameters
    prime = divergence.extra_symbols["primed"]
    back = {prime[p.name]: p for p in parameters}
    one_sided = divergence.expr.replace(Abs, lambda z: z)
    one_sided = one_sided.replace(Piecewise, lambda *cases: cases[-1][0])
    found = {}
    for (i, p), (j, q) in combinations_with_replacement(enumerate(parameters), 2):
        curvature = diff(one_sided, prime[p.name], prime[q.name]).xreplace(back)
        if not curvature.has(meijerg, Derivative, Subs):
            found[i, j] = curvature
    return found


def _third_road(family: Family) -> None:
    """Compare the Hessian of the closed divergence at zero displacement with the Fisher matrix."""
    divergence = kl(family)
    machine = engine(family)
    if divergence.status is not Status.CLOSED or divergence.conditions or len(machine.branches) > 1:
        return
    (branch,) = machine.branches
    for (i, j), curvature in curvatures_at_zero(divergence).items():
        values = branch.truth.closed_values.value(curvature)
        for value, moments in zip(values, branch.truth.moments, strict=True):
            truth = float(moments.outer_product[i, j])
            digits = agreement(float(value.mid()), truth, float(moments.scale[i, j]))
            if value.is_finite() and digits < ENOUGH_DIGITS - 3:
                p, q = family.parameters[i], family.parameters[j]
                raise MismatchError(
                    f"family '{family.name}': the Hessian of the KL divergence at zero "
                    f"displacement is {float(value.mid()):.12g} in entry ({p}, {q}), the "
                    f"Fisher matrix {truth:.12g}; nothing is shown"
                )


def _terms(family: Family, order: int, displacements: list[Symbol]) -> Expr:
    """The part of the given order: -E[d^n log p / dtheta^n] contracted with the displacement."""
    terms = []
    for indices in combinations_with_replacement(range(len(displacements)), order):
        derivative = diff(family.log_density, *(family.parameters[i] for i in indices))
        value = engine(family).expect(-derivative).expr if derivative != 0 else Integer(0)
        weight = prod(factorial(indices.count(i)) for i in set(indices))
        terms.append(tidy(value) * Mul(*(displacements[i] for i in indices)) / weight)
    return Add(*terms)
