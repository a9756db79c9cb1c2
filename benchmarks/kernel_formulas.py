"""The closed forms that a programmer would type in, for the kernels to be measured against.

They are written once, in what Python and C have in common, and put into each opponent's frame:
``let`` are shared parts, each quantity the distinct entries in reading order.  The functions
trigamma, digamma, lgamma, log and log1p are those that a programmer takes there: SciPy's,
JAX's, or a few lines of recurrence and asymptotic series in Numba and C.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from sympy import log, loggamma, pi, symbols

import symfisher as sf

Ranges = dict[str, tuple[float, float]]


@dataclass(frozen=True)
class Case:
    """One family: where its arguments are drawn, and its formulas as a programmer writes them.

    ``quantities``: name -> (lines of assignments, matrix, vector or value of expressions).
    """

    family: object
    parameters: Ranges
    data: Ranges
    quantities: dict[str, tuple[list[str], list]]
    partition: tuple[str, Callable | None] = field(default=("", None))

    def arguments(self, quantity: str) -> Ranges:
        return self.parameters if quantity == "fisher" else {**self.data, **self.parameters}

    def draw(self, quantity: str, count: int) -> list[np.ndarray]:
        rng = np.random.default_rng(7)
        return [self._column(rng, name, count) for name in self.arguments(quantity)]

    def _column(self, rng: np.random.Generator, name: str, count: int) -> np.ndarray:
        low, high = self.arguments("score")[name]
        values = rng.uniform(low, high, count)
        return np.floor(values) if name in ("k", "r") else values


def _student_t() -> sf.Family:
    x = symbols("x", real=True)
    nu = symbols("nu", positive=True)
    density = (
        loggamma((nu + 1) / 2) - loggamma(nu / 2) - log(pi * nu) / 2
        - (nu + 1) / 2 * log(1 + x**2 / nu)
    )  # fmt: skip
    return sf.Family(
        name="Student t",
        variable=x,
        support="(-oo, oo)",
        parameters={nu: "positive"},
        logpdf=density,
    )


def _negative_binomial() -> sf.Family:
    k = symbols("k", integer=True, nonnegative=True)
    r, p = symbols("r p", positive=True)
    density = loggamma(k + r) - loggamma(k + 1) - loggamma(r) + r * log(p) + k * log(1 - p)
    return sf.Family(
        name="negative binomial", variable=k, support="0..oo", parameters={p: "unit"},
        constants={r: "positive"}, logpmf=density,
    )  # fmt: skip


HALF_LOG_2_PI = "0.91893853320467274178"

CASES = {
    "normal": Case(
        "normal",
        {"mu": (-1, 1), "sigma": (0.5, 2)},
        {"x": (-2, 2)},
        {
            "fisher": (["v = 1/(sigma*sigma)"], [["v", "0.0"], ["0.0", "2*v"]]),
            "score": (["s = 1/sigma", "z = (x - mu)*s"], ["z*s", "(z*z - 1)*s"]),
            "log_density": (["z = (x - mu)/sigma"], f"-{HALF_LOG_2_PI} - log(sigma) - 0.5*z*z"),
        },
    ),
    "gamma": Case(
        "gamma",
        {"alpha": (0.05, 30), "beta": (0.1, 3)},
        {"x": (0.1, 9)},
        {
            "fisher": (
                ["b = 1/beta"],
                [["trigamma(alpha)", "-b"], ["-b", "alpha*b*b"]],
            ),
            "score": ([], ["log(beta*x) - digamma(alpha)", "alpha/beta - x"]),
            "log_density": (
                ["l = log(x)"],
                "alpha*(log(beta) + l) - l - lgamma(alpha) - beta*x",
            ),
        },
    ),
    "beta": Case(
        "beta",
        {"alpha": (0.05, 30), "beta": (0.05, 30)},
        {"x": (0.01, 0.99)},
        {
            "fisher": (
                ["t = trigamma(alpha + beta)"],
                [["trigamma(alpha) - t", "-t"], ["-t", "trigamma(beta) - t"]],
            ),
            "score": (
                ["t = digamma(alpha + beta)"],
                ["log(x) - digamma(alpha) + t", "log1p(-x) - digamma(beta) + t"],
            ),
            "log_density": (
                [],
                "(alpha - 1)*log(x) + (beta - 1)*log1p(-x)"
                " + lgamma(alpha + beta) - lgamma(alpha) - lgamma(beta)",
            ),
        },
    ),
    "student_t": Case(
        _student_t,
        {"nu": (1, 30)},
        {"x": (-4, 4)},
        {
            "fisher": (
                [],
                [[
                    "0.25*(trigamma(0.5*nu) - trigamma(0.5*nu + 0.5))"
                    " - (nu + 5)/(2*nu*(nu + 1)*(nu + 3))"
                ]],
            ),
            "score": (
                ["q = x*x/nu"],
                [
                    "0.5*(digamma(0.5*nu + 0.5) - digamma(0.5*nu) - 1/nu - log1p(q)"
                    " + (nu + 1)*q/(nu*(1 + q)))"
                ],
            ),
            "log_density": (
                [],
                "lgamma(0.5*nu + 0.5) - lgamma(0.5*nu) - 0.5*log(3.14159265358979323846*nu)"
                " - 0.5*(nu + 1)*log1p(x*x/nu)",
            ),
        },
    ),
    "negative_binomial": Case(
        _negative_binomial,
        {"p": (0.1, 0.9), "r": (1, 20)},
        {"k": (0, 40)},
        {
            "fisher": ([], [["r/(p*p*(1 - p))"]]),
            "score": ([], ["r/p - k/(1 - p)"]),
            "log_density": (
                [],
                "lgamma(k + r) - lgamma(k + 1) - lgamma(r) + r*log(p) + k*log1p(-p)",
            ),
        },
    ),
    "bivariate_normal": Case(
        "bivariate_normal",
        {
            "mu1": (-1, 1), "mu2": (-1, 1), "sigma1": (0.5, 2), "sigma2": (0.5, 2),
            "rho": (-0.9, 0.9),
        },
        {"x": (-1, 1), "y": (-1, 1)},
        {
            "fisher": (
                [
                    "q = 1/(1 - rho*rho)", "u = 1/sigma1", "v = 1/sigma2", "c = 2 - rho*rho",
                    "m = -rho*u*v*q", "s = rho*m", "g = -rho*u*q", "h = -rho*v*q",
                ],
                [
                    ["u*u*q", "m", "0.0", "0.0", "0.0"],
                    ["m", "v*v*q", "0.0", "0.0", "0.0"],
                    ["0.0", "0.0", "c*u*u*q", "s", "g"],
                    ["0.0", "0.0", "s", "c*v*v*q", "h"],
                    ["0.0", "0.0", "g", "h", "(1 + rho*rho)*q*q"],
                ],
            ),
            "score": (
                [
                    "q = 1/(1 - rho*rho)", "u = 1/sigma1", "v = 1/sigma2",
                    "a = (x - mu1)*u", "b = (y - mu2)*v", "d = a - rho*b", "e = b - rho*a",
                ],
                [
                    "q*u*d", "q*v*e", "u*(q*a*d - 1)", "v*(q*b*e - 1)",
                    "q*(rho + a*b) - q*q*rho*(a*d + b*b - rho*a*b)",
                ],
            ),
            "log_density": (
                ["o = 1 - rho*rho", "a = (x - mu1)/sigma1", "b = (y - mu2)/sigma2"],
                "-1.8378770664093454836 - log(sigma1*sigma2) - 0.5*log(o)"
                " - 0.5*(a*a - 2*rho*a*b + b*b)/o",
            ),
        },
    ),
}  # fmt: skip


def derivation(case: Case) -> object:
    """The derivation of a case's family."""
    return sf.derive(case.family if isinstance(case.family, str) else case.family())
