"""Half-normal distribution, scale."""

from sympy import log, pi, symbols

from symfisher.declaration import Family

x, sigma = symbols("x sigma", positive=True)

family = Family(
    name="half_normal",
    variable=x,
    support="(0, oo)",
    parameters={sigma: "positive"},
    logpdf=log(2 / pi) / 2 - log(sigma) - x**2 / (2 * sigma**2),
    title="Half-normal distribution, scale",
    meanings={"sigma": "scale"},
    references=["johnson1994", "forbes2011"],
    parametrizations={
        "precision": {"sigma": "1/sqrt(tau)"},
    },
    scipy={"name": "halfnorm", "scale": "sigma"},
)
