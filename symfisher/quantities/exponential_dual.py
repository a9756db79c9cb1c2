"""Legendre dual of the log-partition, and the conjugate prior."""

from __future__ import annotations

from sympy import Abs, Add, Symbol, log

from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.expectation.engine import status_of
from symfisher.expectation.exponential_form import ExponentialForm, exponential_form
from symfisher.expectation.exponential_inverse import inverse_map
from symfisher.expectation.fingerprint import Fingerprint
from symfisher.expectation.pair import free_symbol
from symfisher.formula import Expectation, Formula, Step
from symfisher.quantities.exponential_family import absent, formula_of
from symfisher.quantities.registry import quantity


@quantity(
    "dual_potential",
    "Dual potential of the exponential-family form: the Legendre transform of the log-partition.",
    ("log_partition", "mean_parameters"),
    default=False,
)
def dual_potential(family: Family) -> Formula:
    """A*(m) = eta . m - A with m = E[T], the negative entropy up to E[log h].

    In the mean parameters, ``extra_symbols["mean"]``, where their map inverts in closed form; else
    a function of theta, and ``details["in_mean_parameters"]`` is false (Amari 2016, section 2.1).
    """
    form = exponential_form(family)
    if form is None:
        return absent(family, "dual_potential", "Dual potential", "A^*(m)")
    symbols = mean_symbols(form)
    inverse = _inverse(form, symbols)
    means = form.means if inverse is None else symbols
    value = Add(*(e * m for e, m in zip(form.natural_parameters, means)), -form.log_partition)
    expr = tidy(value if inverse is None else value.subs(inverse))
    found = formula_of(form, "dual_potential", "Dual potential", r"A^*(\theta)", expr)
    step = Step("Legendre transform", "Take eta . m - A at the natural parameters of m.")
    return found.with_(
        symbol="A^*(m)" if inverse is not None else r"A^*(\theta)",
        status=status_of(expr),
        details={"in_mean_parameters": inverse is not None},
        extra_symbols={} if inverse is None else {"mean": {s.name: s for s in symbols}},
        trace=(*found.trace, step),
    )


def _inverse(form: ExponentialForm, symbols: tuple[Symbol, ...]) -> dict[Symbol, object] | None:
    if not form.full or any(mean.has(Expectation) for mean in form.means):
        return None
    family = form.family
    return inverse_map(form.means, symbols, family.parameters, set(family.parameters), form.points)


def mean_symbols(form: ExponentialForm) -> tuple[Symbol, ...]:
    """m, or m_1, m_2 ..., positive where the statistic's mean is known to be."""
    taken = {s.name for s in (*form.family.variables, *form.family.domains, *form.symbols)}
    names = ["m"] if len(form.statistics) == 1 else [f"m_{k + 1}" for k in range(len(form.means))]
    return tuple(
        free_symbol(name, taken, **({"positive": True} if mean.is_positive else {"real": True}))
        for name, mean in zip(names, form.means)
    )


@quantity(
    "conjugate_prior",
    "Log-density of the conjugate prior, up to a constant.",
    ("exponential_family",),
    default=False,
)
def conjugate_prior(family: Family) -> Formula:
    """chi . eta(theta) - nu A(theta) + log |det d eta/d theta|, up to a constant.

    The hyperparameters are ``extra_symbols["hyperparameters"]``: after n observations chi grows by
    the sum of T(x) and nu by n.  It is the density of theta that Diaconis and Ylvisaker's (1979)
    density of eta implies, hence the determinant, which a curved family has not.
    """
    form = exponential_form(family)
    if form is None:
        return absent(family, "conjugate_prior", "Conjugate prior", r"\log \pi(\theta)")
    taken = {s.name for s in (*family.variables, *family.domains)}
    size = len(form.statistics)
    names = ["chi"] if size == 1 else [f"chi_{k + 1}" for k in range(size)]
    sums = [free_symbol(name, taken, real=True) for name in names]
    count = free_symbol("nu", taken, positive=True)
    kernel = Add(*(c * e for c, e in zip(sums, form.natural_parameters)))
    expr = kernel - count * form.log_partition + _log_volume(form)
    found = formula_of(form, "conjugate_prior", "Conjugate prior", r"\log \pi(\theta)", expr)
    return found.with_(
        extra_symbols={"hyperparameters": {s.name: s for s in (*sums, count)}},
        notes=("It is given up to the normalising constant, which the hyperparameters determine.",),
    )


def _log_volume(form: ExponentialForm) -> object:
    jacobian = form.jacobian
    if not form.full or jacobian.rows != jacobian.cols:
        return 0
    determinant = tidy(jacobian.applyfunc(tidy).det(method="berkowitz"))
    sign = Fingerprint(form.points).sign(determinant)
    return log(tidy(sign * determinant) if sign else Abs(determinant))
