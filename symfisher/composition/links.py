"""Links of generalised linear models: eta = g(mu) and mu = g^-1(eta).

Source: McCullagh and Nelder, Generalized Linear Models (1989), sections 2.2 and 4.3.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from sympy import Dummy, Expr, Symbol, erf, erfinv, exp, log, solve, sqrt

from symfisher.composition.reading import expression_of
from symfisher.declaration import Family
from symfisher.errors import InputError, UnknownNameError
from symfisher.suggestions import nearest

Function = Callable[[Expr], Expr]

# name -> (the link, its inverse)
LINKS: Mapping[str, tuple[Function, Function]] = MappingProxyType(
    {
        "identity": (lambda mu: mu, lambda eta: eta),
        "log": (log, exp),
        "logit": (lambda mu: log(mu / (1 - mu)), lambda eta: 1 / (1 + exp(-eta))),
        "probit": (
            lambda mu: sqrt(2) * erfinv(2 * mu - 1),
            lambda eta: (1 + erf(eta / sqrt(2))) / 2,
        ),
        "cloglog": (lambda mu: log(-log(1 - mu)), lambda eta: 1 - exp(-exp(eta))),
        "loglog": (lambda mu: -log(-log(mu)), lambda eta: exp(-exp(-eta))),
        "inverse": (lambda mu: 1 / mu, lambda eta: 1 / eta),
        "inverse_squared": (lambda mu: mu**-2, lambda eta: 1 / sqrt(eta)),
        "sqrt": (sqrt, lambda eta: eta**2),
    }
)


# Links that are one to one, with real values, only where the linear predictor is positive.
POSITIVE_PREDICTOR = frozenset({"inverse", "inverse_squared", "sqrt"})


def inverse_link(family: Family, link: Any, eta: Expr) -> Expr:
    """The parameter in terms of its linear predictor.

    ``link`` is one of ``LINKS``, or the inverse link itself as an expression in one new symbol,
    such as "exp(eta)/2".

    Raises:
        UnknownNameError: no link has that name.
        InputError: it is no expression in one symbol.
    """
    if str(link) in LINKS:
        return LINKS[str(link)][1](eta)
    strangers: dict[str, Symbol] = {}
    if isinstance(link, str) and link.isidentifier():
        raise UnknownNameError(
            f"family '{family.name}', regression: no link is called {link!r}"
            f"{nearest(link, LINKS)}; there are: {', '.join(LINKS)}"
        )
    expr = expression_of(family, link, "regression, inverse link", strangers)
    if len(strangers) != 1:
        raise InputError(
            f"family '{family.name}', regression: an inverse link is an expression in one new "
            f"symbol, the linear predictor; found {link}"
        )
    return expr.xreplace({next(iter(strangers.values())): eta})


def slope(family: Family, link: Any, parameter: Symbol) -> Expr:
    """d theta / d eta as a function of the parameter theta itself."""
    if str(link) in LINKS:
        free = Dummy(parameter.name, **parameter.assumptions0)
        return (1 / LINKS[str(link)][0](free).diff(free)).xreplace({free: parameter})
    eta = Dummy("eta", real=True)
    expr = inverse_link(family, link, eta)
    found = solve(expr - parameter, eta)
    if len(found) != 1:
        raise InputError(
            f"family '{family.name}', regression: the inverse link {link} could not be inverted"
        )
    return expr.diff(eta).xreplace({eta: found[0]})
