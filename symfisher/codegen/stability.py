"""Forms that neither cancel nor overflow: rules from an expression to an equal one.

A rule is a function from an expression to an equal expression, or None where it has nothing to
say.  They are tried on every part, innermost first, in the order of ``RULES``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from sympy import (
    Abs,
    Add,
    Expr,
    Integer,
    Mul,
    Piecewise,
    Pow,
    S,
    besseli,
    besselk,
    binomial,
    exp,
    expand_mul,
    factorial,
    log,
    loggamma,
    pi,
    polygamma,
)

from symfisher.codegen.asymptotics import series_far_out
from symfisher.codegen.nodes import (
    BesselIRatio,
    BesselKRatio,
    Beyond,
    Expm1,
    Log1p,
    Log1pExp,
    Log1pRemainder,
    LogBeta,
    LogGammaDifference,
    LogGammaRemainder,
    PolygammaDifference,
    PolygammaRemainder,
    Polynomial,
    ScaledBesselI,
    ScaledBesselK,
)
from symfisher.codegen.shares import log_of_share, power_less_one, share_less_one

Rule = Callable[[Expr], Expr | None]


@lru_cache(maxsize=2048)
def stable(expr: Expr) -> Expr:
    """An equal expression whose value in floating point is good over the whole domain."""
    found = series_far_out(expr) if isinstance(expr, Add) else None
    if found is None:
        return _rewritten(expr)
    if expr.could_extract_minus_sign() and not (-expr).could_extract_minus_sign():
        return -stable(-expr)  # a sum and its opposite are computed once
    series, start = found
    (z,) = expr.free_symbols
    return Beyond(z, start, series, _plain_below(start, _rewritten(expr)))


def _plain_below(start: Expr, near: Expr) -> Expr:
    """Without remainders that would be taken as differences all the same: their series set in
    at n + 12 in the runtime."""
    return near.replace(
        lambda e: isinstance(e, PolygammaRemainder) and start <= e.args[0] + 12,
        lambda e: e.as_explicit(),
    )


def _rewritten(expr: Expr) -> Expr:
    """The parts in stable form, put together by the rules."""
    if expr.is_Atom or not isinstance(expr, Expr):
        return expr
    if isinstance(expr, Piecewise):
        return Piecewise(*((stable(value), case) for value, case in expr.args), evaluate=False)
    arguments = [stable(a) if isinstance(a, Expr) else a for a in expr.args]
    if arguments != list(expr.args):
        expr = expr.func(*arguments)
    for rule in RULES:
        found = rule(expr)
        if found is not None:
            expr = found
    return expr


def log_of_one_plus(e: Expr) -> Expr | None:
    """log(1 + u) as log1p(u), and log(1 + e^u) as one function that does not overflow."""
    if not isinstance(e, log) or not e.args[0].has(Add):
        return None
    inside = expand_mul(e.args[0])
    constant, rest = inside.as_coeff_Add()
    if constant != 1:
        return None
    for sign in (1, -1):
        power = sign * rest
        if isinstance(power, Pow) and power.exp.free_symbols and power.base.is_positive:
            rest = sign * exp(power.exp * log(power.base))
    if isinstance(-rest, exp):
        return log(-Expm1((-rest).args[0]))
    return Log1pExp(rest.args[0]) if isinstance(rest, exp) else Log1p(rest)


def log_of_growth(e: Expr) -> Expr | None:
    """log(e^u r) = u + log r."""
    if not isinstance(e, log):
        return None
    growth = [f for f in Mul.make_args(e.args[0]) if isinstance(f, exp)]
    if not growth or e.args[0] in growth:
        return None
    return Add(*(f.args[0] for f in growth)) + log(e.args[0] / Mul(*growth))


def logarithm_less_argument(e: Expr) -> Expr | None:
    """c log1p(u) - c u as c times one function."""
    if not isinstance(e, Add):
        return None
    for term in e.args:
        for factor in Mul.make_args(term):
            if isinstance(factor, Log1p):
                linear = -term / factor * factor.args[0]
                if linear in e.args:
                    return e - term - linear + term / factor * Log1pRemainder(factor.args[0])
    return None


def exponential_less_argument(e: Expr) -> Expr | None:
    """c expm1(u) - c u as its Taylor series where u is small."""
    if not isinstance(e, Add):
        return None
    for term in e.args:
        for factor in Mul.make_args(term):
            if isinstance(factor, Expm1) and -term / factor * factor.args[0] in e.args:
                u, c = factor.args[0], term / factor
                rest = e - term + c * u
                taylor = Polynomial(u, *(1 / factorial(k) for k in range(2, 18)))
                return rest + c * Beyond(Abs(u), S.Half, factor - u, u**2 * taylor)
    return None


def log_of_bessel(e: Expr) -> Expr | None:
    """log I_v(z) = z + log(e^-z I_v(z)), and quotients of them as a difference."""
    if not isinstance(e, log):
        return None
    factors = Mul.make_args(e.args[0])
    scaled, growth = [], []
    for factor in factors:
        base, power = factor.as_base_exp()
        if isinstance(base, besseli):
            scaled.append(ScaledBesselI(*base.args) ** power)
            growth.append(power * base.args[1])
        elif isinstance(base, besselk):
            scaled.append(ScaledBesselK(*base.args) ** power)
            growth.append(-power * base.args[1])
        else:
            scaled.append(factor)
    return log(Mul(*scaled)) + Add(*growth) if growth else None


def log_of_binomial(e: Expr) -> Expr | None:
    """log C(n, k) = -log(n + 1) - log B(k + 1, n - k + 1)."""
    if not isinstance(e, log) or not isinstance(e.args[0], binomial):
        return None
    n, k = e.args[0].args
    return -log(n + 1) - LogBeta(k + 1, n - k + 1)


def bessel_ratio(e: Expr) -> Expr | None:
    """I_(v+1)(z)/I_v(z) as one function: each alone overflows."""
    if not isinstance(e, Mul):
        return None
    for kind, ratio in ((besseli, BesselIRatio), (besselk, BesselKRatio)):
        powers = dict(f.as_base_exp() for f in e.args if isinstance(f.as_base_exp()[0], kind))
        for base, power in powers.items():
            lower = kind(base.args[0] - 1, base.args[1])
            below = lower.args[0] == base.args[0] - 1  # I_(-1) is written as I_1
            if below and power.is_Integer and powers.get(lower) == -power:
                pair = base**power * lower**-power
                return e / pair * ratio(lower.args[0], lower.args[1]) ** power
    return None


def exponential_less_one(e: Expr) -> Expr | None:
    """c e^u - c as c expm1(u)."""
    if not isinstance(e, Add):
        return None
    terms = list(e.args)
    for term in e.args:
        power = next((f for f in Mul.make_args(term) if isinstance(f, exp)), None)
        if power is None:
            continue
        coefficient = term / power
        if -coefficient in terms:
            terms.remove(term)
            terms.remove(-coefficient)
            return Add(coefficient * Expm1(power.args[0]), *terms)
    return None


def one_less_square(e: Expr) -> Expr | None:
    """1 - x^2 as (1 - x) (1 + x), and the same with the other sign."""
    if not isinstance(e, Add) or len(e.args) != 2:
        return None
    constant, rest = e.as_coeff_Add()
    sign, power = rest.as_coeff_Mul()
    if sign * constant == -1 and isinstance(power, Pow) and power.exp == 2:
        return constant * (1 - power.base) * (1 + power.base)
    return None


def stirling_sum(e: Expr) -> Expr | None:
    """k (log Gamma(z) - z psi(z)) by what Stirling's formula leaves of both, which does not grow.

    z psi(z) - log Gamma(z) = z (psi(z) - log z) + z + (log z - log(2 pi))/2 - J(z), DLMF 5.11.1.
    """
    if not isinstance(e, Add) or not e.has(loggamma):
        return None
    digammas, _ = _linear_in(e, lambda f: isinstance(f, polygamma) and f.args[0] == 0)
    gammas, _ = _linear_in(e, lambda f: isinstance(f, loggamma))
    for psi, coefficient in digammas.items():
        z = psi.args[1]
        k = gammas.get(loggamma(z))
        if k is None:
            continue
        left = expand_mul(coefficient + k * z)
        if left.has(z):
            continue
        rest = expand_mul(e - coefficient * psi - k * loggamma(z))
        remainder = z * PolygammaRemainder(0, 1, z) - LogGammaRemainder(z)
        return (
            expand_mul(rest - k * z) + left * psi - k * (remainder + log(z) / 2 - log(2 * pi) / 2)
        )
    return None


def polygamma_sum(e: Expr) -> Expr | None:
    """Sums of c psi_n(z) whose c add up to zero, as differences from one of them."""
    if not isinstance(e, Add) or not e.has(polygamma):
        return None
    orders = {t.args[0] for t in e.atoms(polygamma) if t.args[0].is_Integer}
    for n in sorted(orders):
        found = _differences(e, int(n))
        if found is not None:
            return found
    return None


def _differences(e: Add, n: int) -> Expr | None:
    coefficients, others = _linear_in(e, lambda f: isinstance(f, polygamma) and f.args[0] == n)
    if len(coefficients) < 2:
        return None
    for pivot in sorted(coefficients, key=lambda f: -len(Add.make_args(f.args[1]))):
        group = _cancelling(coefficients, pivot)
        if group:
            z = pivot.args[1]
            terms = [_difference(n, coefficients[f], f.args[1], z) for f in group]
            rest = [c * f for f, c in coefficients.items() if f not in group and f != pivot]
            return Add(*terms, *rest, *others)
    return None


def _cancelling(coefficients: dict[Expr, Expr], pivot: Expr) -> list[Expr]:
    """The functions whose coefficients and the pivot's add up to zero: all others, or one."""
    others = [f for f in coefficients if f != pivot]
    for group in (others, *([f] for f in others)):
        if expand_mul(Add(coefficients[pivot], *(coefficients[f] for f in group))) == 0:
            return group
    return []


def _difference(n: int, coefficient: Expr, z: Expr, pivot: Expr) -> Expr:
    """coefficient (psi_n(z) - psi_n(pivot)) from the smaller argument."""
    step = expand_mul(z - pivot)
    if step.could_extract_minus_sign():
        return -coefficient * PolygammaDifference(n, z, -step)
    return coefficient * PolygammaDifference(n, pivot, step)


def _linear_in(e: Add, wanted: Callable[[Expr], bool]) -> tuple[dict[Expr, Expr], list[Expr]]:
    """Function -> its coefficient in a sum, for terms with one such factor; and the other terms."""
    coefficients: dict[Expr, Expr] = {}
    others = []
    for term in e.args:
        factors = [f for f in Mul.make_args(term) if wanted(f)]
        if len(factors) == 1:
            coefficients[factors[0]] = coefficients.get(factors[0], S.Zero) + term / factors[0]
        else:
            others.append(term)
    return coefficients, others


def polygamma_excess(e: Expr) -> Expr | None:
    """psi(z) - log z, and psi_1(z) - 1/z, as one function."""
    if not isinstance(e, Add) or not e.has(polygamma):
        return None
    for term in e.args:
        for factor in Mul.make_args(term):
            if not isinstance(factor, polygamma) or factor.args[0] not in (0, 1):
                continue
            n, z = factor.args
            coefficient = term / factor
            leading = coefficient * (log(z) if n == 0 else 1 / z)
            rest = e - term
            if -leading in Add.make_args(rest):
                return rest + leading + coefficient * PolygammaRemainder(n, Integer(1), z)
    return None


def log_gamma_sum(e: Expr) -> Expr | None:
    """log Gamma(a) + log Gamma(b) - log Gamma(a + b) as log B(a, b), and differences as one."""
    if not isinstance(e, Add) or not e.has(loggamma):
        return None
    coefficients, others = _linear_in(e, lambda f: isinstance(f, loggamma))
    arguments = {f.args[0]: c for f, c in coefficients.items()}
    found = []
    while True:
        match = _beta(arguments) or _gamma_difference(arguments)
        if match is None:
            break
        node, used = match
        found.append(node)
        arguments = {z: arguments[z] - used.get(z, 0) for z in arguments}
        arguments = {z: c for z, c in arguments.items() if c != 0}
    if not found:
        return None
    return Add(*found, *(c * loggamma(z) for z, c in arguments.items()), *others)


def _beta(arguments: dict[Expr, Expr]) -> tuple[Expr, dict[Expr, Expr]] | None:
    for a, c in arguments.items():
        for b, other in arguments.items():
            if a.sort_key() < b.sort_key() and c == other and arguments.get(a + b) == -c:
                return c * LogBeta(a, b), {a: c, b: c, a + b: -c}
    return None


def _gamma_difference(arguments: dict[Expr, Expr]) -> tuple[Expr, dict[Expr, Expr]] | None:
    for z, c in arguments.items():
        for y, other in arguments.items():
            step = expand_mul(y - z)
            near = step.is_number or set(Add.make_args(z)) < set(Add.make_args(y))
            if near and other == -c and not step.could_extract_minus_sign():
                return other * LogGammaDifference(z, step), {z: c, y: other}
    return None


def quotient_of_exponentials(e: Expr) -> Expr | None:
    """(a e^u + b)^n as e^(nu) (a + b e^-u)^n for u > 0: in a quotient the growth cancels."""
    if not isinstance(e, Mul):
        return None
    factors, growth = [], S.Zero
    grown = 0
    for factor in e.args:
        base, power = factor.as_base_exp()
        rate = _growth(base)
        if rate is None or not power.is_Integer:
            factors.append(factor)
            continue
        grown += 1
        growth += power * rate
        factors.append(Add(*(_tempered(term, rate) for term in Add.make_args(base))) ** power)
    bare = any(isinstance(factor, exp) for factor in e.args)
    return Mul(exp(growth), *factors) if grown > 1 or (grown and bare) else None


def _growth(e: Expr) -> Expr | None:
    """The positive u of c expm1(u) + ... or c e^u + ... where that is the only such growth."""
    if isinstance(e, exp):
        return None
    rates = {
        f.args[0]
        for term in Add.make_args(e)
        for f in Mul.make_args(term)
        if isinstance(f, exp | Expm1)
    }
    return rates.pop() if len(rates) == 1 and all(rate.is_positive for rate in rates) else None


def _tempered(term: Expr, rate: Expr) -> Expr:
    """e^-u times a term."""
    for factor in Mul.make_args(term):
        if isinstance(factor, exp) and factor.args[0] == rate:
            return term / factor
        if isinstance(factor, Expm1):
            return -term / factor * Expm1(-rate)
    return term * exp(-rate)


RULES: tuple[Rule, ...] = (
    log_of_binomial,
    log_of_bessel,
    log_of_share,
    log_of_one_plus,
    log_of_growth,
    bessel_ratio,
    exponential_less_one,
    power_less_one,
    share_less_one,
    exponential_less_argument,
    logarithm_less_argument,
    one_less_square,
    polygamma_excess,
    stirling_sum,
    polygamma_sum,
    log_gamma_sum,
    quotient_of_exponentials,
)
