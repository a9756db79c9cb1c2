"""Random samples of a family: SciPy's sampler of it, or one built from its bare log-density."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import scipy_oracle
from scipy.special import log_expit
from scipy.stats.sampling import DiscreteGuideTable, NumericalInversePolynomial
from sympy import DiracDelta, Expr, Function, Matrix, S, Symbol, Wild, exp, lambdify, zeta
from sympy.codegen.cfunctions import expm1

from symfisher.declaration import Family

Values = Mapping[Symbol, float]
LARGEST_COUNT = 4095


def sample(family: Family, at: Values, size: int, seed: int) -> list[np.ndarray]:
    """Draws of the data, one array for each symbol of ``data_symbols``."""
    random = np.random.default_rng(seed)
    if on_unit_interval(family):
        return [_log_of_unit_draws(family, at, size, random)]
    if not family.facts.scipy:
        return [_count_draws(family, at, size, random)]
    draws = scipy_oracle.distribution(family, at).rvs(size=size, random_state=random)
    if family.name == "von_mises":
        draws = (draws + np.pi) % (2 * np.pi) - np.pi
    return [np.asarray(column, dtype=float) for column in np.atleast_2d(draws.T)]


def data_symbols(family: Family) -> list[Symbol]:
    """The variables, with the last share or count where it is the rest; log(x) for x on (0, 1)."""
    if on_unit_interval(family):
        return [Symbol("log_x", negative=True)]
    observed = family.facts.scipy.get("x", "").count(",") + 1
    extra = [Symbol("rest", positive=True)] if observed > len(family.variables) else []
    return [*family.variables, *extra]


def statistics(family: Family, expressions: Matrix) -> Callable[..., np.ndarray]:
    """A NumPy function of ``data_symbols`` and of the parameters and constants.

    On (0, 1) it is written in log(x), in which 1 - x = -expm1(log(x)) keeps its digits at both
    ends; a Dirac delta has no mass in a sample.
    """
    data = data_symbols(family)
    if on_unit_interval(family):
        expressions = expressions.subs(family.variables[0], exp(data[0])).applyfunc(_with_expm1)
    elif len(data) > len(family.variables):
        total = S.One if family.name == "dirichlet" else family.constants[0]
        expressions = expressions.subs(total - sum(family.variables), data[-1])
    expressions = expressions.replace(DiracDelta, lambda *_: S.Zero).applyfunc(_with_zeta_slopes)
    known = {"zeta_derivative": lambda order, s: float(_zeta_derivative(order, s))}
    arguments = [*data, *family.parameters, *family.constants]
    return lambdify(arguments, list(expressions), [known, "scipy", "numpy"], cse=True)


def on_unit_interval(family: Family) -> bool:
    """Whether x is one smooth variable on (0, 1), where x and 1 - x both need their digits."""
    (domain, *more) = family.supports
    ends = (domain.lower, domain.upper)
    return not more and not domain.discrete and ends == (0, 1) and family.name != "triangular"


def _with_expm1(expression: Expr) -> Expr:
    """1 - e^z as -expm1(z)."""
    z = Wild("z")
    return expression.replace(1 - exp(z), -expm1(z))


def _with_zeta_slopes(expression: Expr) -> Expr:
    slope = Function("zeta_derivative")
    return expression.replace(
        lambda e: e.is_Derivative and isinstance(e.expr, zeta),
        lambda e: slope(e.derivative_count, e.expr.args[0]),
    )


def _zeta_derivative(order: int, s: float) -> float:
    import mpmath

    return mpmath.zeta(s, derivative=int(order))


def _log_of_unit_draws(family: Family, at: Values, size: int, random) -> np.ndarray:
    """log(x) by numerical inversion of the density of logit(x)."""
    density = statistics(family, Matrix([family.log_density]))
    fixed = [at[s] for s in (*family.parameters, *family.constants)]

    class LogitDensity:
        def logpdf(self, w):
            with np.errstate(all="ignore"):
                value = density(log_expit(w), *fixed)[0] + log_expit(w) + log_expit(-w)
            return float(value) if np.isfinite(value) else -np.inf

    grid = np.linspace(-400, 400, 4001)
    heights = [LogitDensity().logpdf(w) for w in grid]
    peak = grid[int(np.argmax(heights))]
    inverse = NumericalInversePolynomial(LogitDensity(), center=peak, random_state=random)
    return log_expit(inverse.rvs(size))


def _count_draws(family: Family, at: Values, size: int, random) -> np.ndarray:
    (domain,) = family.supports
    lower, upper = int(domain.lower), int(min(domain.upper, LARGEST_COUNT))
    cells = np.arange(lower, upper + 1)
    log_mass = lambdify(family.variables, family.log_density.subs(at), ["scipy", "numpy"])
    weights = np.exp(np.array([float(log_mass(k)) for k in cells]))
    assert abs(weights.sum() - 1) < 1e-9
    return DiscreteGuideTable(weights, random_state=random).rvs(size) + float(lower)
