"""Jeffreys' prior, and whether it is one."""

from __future__ import annotations

from math import isnan

from sympy import Expr, Mul

from symfisher.declaration import Family
from symfisher.formula import Expectation, Formula, Step
from symfisher.quantities.products import sqrt_det_fisher
from symfisher.quantities.propriety import Verdict, integral, integral_verdict
from symfisher.quantities.registry import quantity


@quantity(
    "jeffreys",
    "Jeffreys prior: the square root of det F, and whether its integral is finite.",
    ("fisher",),
    default=False,
)
def jeffreys(family: Family) -> Formula:
    """sqrt(det F), up to a factor that does not depend on the parameters (Jeffreys 1946).

    ``details["proper"]`` is True, False or None for "not decided"; the note says why.  Status
    "none" where F is singular or does not exist.
    """
    density = sqrt_det_fisher(family)
    named = density.with_(
        name="jeffreys", title="Jeffreys prior", symbol=r"\pi_{\mathrm{J}}(\theta)"
    )
    if density.expr is None:
        return named
    expr = _without_factor(density.expr, family)
    verdict, reason = _verdict(expr, family)
    proper = {Verdict.FINITE: True, Verdict.INFINITE: False, Verdict.UNDECIDED: None}[verdict]
    return named.with_(
        expr=expr,
        notes=(*density.notes, _in_words(proper, reason, expr, family)),
        trace=(*density.trace, Step("Jeffreys prior", "Leave out what is constant.", None, expr)),
        details={"proper": proper},
    )


def _without_factor(expr: Expr, family: Family) -> Expr:
    """Without the factors that no parameter enters, roots of quotients taken apart."""
    factors = expr.as_independent(*family.parameters, as_Add=False)
    return factors[1] if isinstance(expr, Mul) else expr


def _verdict(expr: Expr, family: Family) -> tuple[Verdict, str]:
    if expr.has(Expectation):
        return Verdict.UNDECIDED, "it holds an expectation"
    return integral_verdict(expr, family)


def _in_words(proper: bool | None, reason: str, expr: Expr, family: Family) -> str:
    if proper is None:
        return f"Whether it is proper is not decided: {reason}."
    if not proper:
        return f"It is improper: {reason}."
    total = integral(expr, family) if len(family.parameters) == 1 else float("nan")
    return "It is proper" + ("." if isnan(total) else f": its integral is {total:.12g}.")
