"""Zero-inflated Poisson distribution, share of structural zeros and mean of the counts."""

from sympy import Eq, Piecewise, Symbol, exp, log, loggamma, symbols

from symfisher.declaration import Family

x = Symbol("x", nonnegative=True)
phi, lamda = symbols("phi lamda", positive=True)

family = Family(
    name="zero_inflated_poisson",
    variable=x,
    support="0..oo",
    parameters={phi: "unit", lamda: "positive"},
    logpmf=Piecewise(
        (log(phi + (1 - phi) * exp(-lamda)), Eq(x, 0)),
        (log(1 - phi) - lamda + x * log(lamda) - loggamma(x + 1), True),
    ),
    title="Zero-inflated Poisson distribution, share of structural zeros and mean of the counts",
    meanings={"phi": "probability of a structural zero", "lamda": "mean of the Poisson counts"},
    references=["lambert1992", "johnson2005"],
    parametrizations={
        "log odds and log mean": {"phi": "1/(1 + exp(-eta))", "lamda": "exp(tau)"},
    },
)
