"""Formulas of the gamma family typed in from textbooks, for tests of what prints them."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import (
    ImmutableDenseMatrix,
    Rational,
    Sum,
    Symbol,
    diff,
    digamma,
    log,
    loggamma,
    oo,
    polygamma,
    symbols,
)

from symfisher.families.gamma import family
from symfisher.formula import Expectation, Formula, Status, Step

alpha, beta = family.parameters
(x,) = family.variables
alpha_prime, beta_prime = symbols("alpha_prime beta_prime", positive=True)
d_alpha, d_beta = symbols("d_alpha d_beta", real=True)
n = Symbol("n", integer=True, positive=True)
trigamma = polygamma(1, alpha)


@dataclass(frozen=True)
class Verdict:
    """Has the attributes of a regularity verdict."""

    regular: bool = True
    support_fixed: bool = True
    twice_differentiable: bool = True
    zero_mean_score: bool = True
    quadratic_mean_differentiable: bool = True
    forms_agree: bool = True
    conditions: tuple = ()
    reasons: tuple[str, ...] = ()


score = Formula(
    "score",
    "Score",
    r"\nabla_\theta \ell",
    ImmutableDenseMatrix([diff(family.log_density, p) for p in family.parameters]),
    family,
    reads_data=True,
    vector=True,
)
fisher = Formula(
    "fisher",
    "Fisher information matrix",
    r"\mathcal{I}(\theta)",
    ImmutableDenseMatrix([[trigamma, -1 / beta], [-1 / beta, alpha / beta**2]]),
    family,
    digits=13.24,
    trace=(
        Step(
            "gamma kernel",
            "The Mellin transform of the gamma kernel is differentiated in its exponent",
            Expectation.under(family, log(x)),
            digamma(alpha) - log(beta),
        ),
        Step("linearity", "The expectation of a sum is the sum of the expectations."),
    ),
)
outer_product = fisher.with_(
    name="outer_product",
    title="Outer-product form",
    symbol=r"\operatorname{E}\left[s\,s^{\top}\right]",
    expr=ImmutableDenseMatrix(
        [
            [Expectation.under(family, log(1 + x) * x**alpha), 1],
            [1, Sum(alpha**n / n, (n, 1, oo))],
        ]
    ),
    status=Status.QUADRATURE,
    digits=None,
)
crlb = Formula(
    "crlb",
    "Cramer-Rao lower bound",
    r"\mathcal{I}(\theta)^{-1}",
    ImmutableDenseMatrix([[alpha, beta], [beta, beta**2 * trigamma]]) / (alpha * trigamma - 1),
    family,
    conditions=(alpha > Rational(1, 2),),
    notes=("It is for one observation",),
)
kl = Formula(
    "kl",
    "Kullback-Leibler divergence",
    r"\operatorname{KL}(p_\theta \,\|\, p_{\theta'})",
    (alpha - alpha_prime) * digamma(alpha)
    - loggamma(alpha)
    + loggamma(alpha_prime)
    + alpha_prime * (log(beta) - log(beta_prime))
    + alpha * (beta_prime - beta) / beta,
    family,
    extra_symbols={"primed": {"alpha": alpha_prime, "beta": beta_prime}},
)
kl_expansion = Formula(
    "kl_expansion",
    "Expansion of the divergence",
    r"\operatorname{KL}(p_\theta \,\|\, p_{\theta+d})",
    trigamma * d_alpha**2 / 2 - d_alpha * d_beta / beta + alpha * d_beta**2 / (2 * beta**2),
    family,
    extra_symbols={"increments": {"alpha": d_alpha, "beta": d_beta}},
    details={"order": 2},
)
missing = fisher.with_(expr=None, status=Status.NONE, notes=("The support moves",), digits=None)

RESULTS = {
    "score": score,
    "outer_product": outer_product,
    "regularity": Verdict(),
    "fisher": fisher,
    "crlb": crlb,
    "kl": kl,
    "kl_expansion": kl_expansion,
}
