"""The operations of a ``Program`` on float64 scalars and NumPy arrays.

One function an operation, named as the compiler names it.  Arguments are NumPy floats or arrays
that broadcast; what is undefined is nan and what overflows is inf, without warnings (see
``Program``'s callers).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special
from sympy import Basic

from symfisher.numerics.float64_special import log_erfc

Array = Any  # a float or an ndarray of floats

_SNAP = 1e-12  # a constant term smaller than this, relative to its summands, is zero


def number(value: Basic) -> Any:
    return np.float64(float(value)) if value.is_extended_real else np.float64("nan")


# arithmetic


def add(*terms: Array) -> Array:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def subtract(a: Array, b: Array) -> Array:
    return a - b


def multiply(*factors: Array) -> Array:
    product = factors[0]
    for factor in factors[1:]:
        product = product * factor
    return product


def integer_power(base: Array, exponent: int) -> Array:
    if exponent == -1:
        return 1.0 / base
    if exponent == 2:
        return base * base
    return base ** float(exponent)


exp = np.exp
log = np.log
logaddexp = np.logaddexp
where = np.where
sqrt = np.sqrt
absolute = np.abs
sign = np.sign
floor = np.floor
ceiling = np.ceil
modulo = np.mod


def first(pair: tuple[Array, Array]) -> Array:
    return pair[0]


def second(pair: tuple[Array, Array]) -> Array:
    return pair[1]


def log_abs(x: Array) -> Array:
    return np.log(np.abs(x))


def real_log(magnitude: Array, sign_: Array) -> Array:
    """log of a number given by magnitude and sign: nan where it is negative."""
    return np.where(sign_ < 0, np.nan, magnitude)[()]


def log_log1p_exp(z: Array) -> Array:
    """log log(1 + e^z): z itself where e^z is lost beside 1."""
    near = np.log(np.logaddexp(0.0, np.maximum(z, -37.0)))
    value: Array = np.where(z < -37.0, z, near)
    return value[()]


def log_log1m_exp(z: Array) -> Array:
    """log |log(1 - e^z)|, z < 0: z itself where e^z is lost beside 1."""
    near, far = np.maximum(z, -0.5), np.clip(z, -37.0, -0.5)
    inner = np.where(z > -0.5, np.log(-np.expm1(near)), np.log1p(-np.exp(far)))
    value: Array = np.where(z < -37.0, z, np.log(-inner))
    return value[()]


# sums in which large parts cancel


def constant_plus_exponential(c: Array, k: Array, z: Array) -> Array:
    """c + k e^z, by expm1 where the two terms have opposite signs."""
    opposite = c * k < 0
    return np.where(opposite, -c * np.expm1(z + np.log(np.abs(k / c))), c + k * np.exp(z))[()]


def log_constant_plus_exponential(
    c: Array, k: Array, z: Array, log_z: Array
) -> tuple[Array, Array]:
    """log |c + k e^z| and the sign of c + k e^z, given log |z| for a z that is tiny."""
    magnitude, shifted = np.log(np.abs(c)), z + np.log(np.abs(k / c))
    opposite = c * k < 0
    large = np.maximum(shifted, 0.0)
    size = np.abs(shifted)
    close = large + np.where(size < 0.7, np.log(-np.expm1(-size)), np.log1p(-np.exp(-size)))
    close = np.where((np.abs(z) < 1e-290) & (np.abs(k) == np.abs(c)), log_z, close)
    log_ = magnitude + np.where(opposite, close, np.logaddexp(0.0, shifted))
    return log_, np.sign(c) * np.where(opposite & (shifted > 0), -1.0, 1.0)


def log_sum(*pairs: Array) -> tuple[Array, Array]:
    """log |sum of k_i e^(z_i)| and its sign."""
    scales, logs = pairs[::2], pairs[1::2]
    top = logs[0]
    for z in logs[1:]:
        top = np.maximum(top, z)
    total = add(*(k * np.exp(z - top) for k, z in zip(scales, logs)))
    return top + np.log(np.abs(total)), np.sign(total)


def constant_plus_erf(c: Array, k: Array, z: Array) -> Array:
    direct = c + k * special.erf(z)
    return np.where(c == k, c * special.erfc(-z), np.where(c == -k, c * special.erfc(z), direct))[
        ()
    ]


def log_constant_plus_erf(c: Array, k: Array, z: Array) -> Array:
    direct = log_abs(c + k * special.erf(z))
    tail = np.where(c == k, log_erfc(-z), log_erfc(z))
    return np.where(np.abs(c) == np.abs(k), np.log(np.abs(c)) + tail, direct)[()]


def log_gamma_sum(z: Array, *pairs: Array) -> Array:
    """Sum of k_i log gamma(z + a_i); where the k_i add up to zero, without its large parts."""
    scales, shifts = pairs[::2], pairs[1::2]
    total = add(*scales)
    if np.ndim(total) or abs(total) > 1e-12 * add(*map(np.abs, scales)):
        return add(*(k * special.gammaln(z + a) for k, a in zip(scales, shifts)))
    base = z + shifts[0]
    return add(*(k * log_rising(base, a - shifts[0]) for k, a in zip(scales[1:], shifts[1:])))


def log_rising(z: Array, a: Array) -> Array:
    """log gamma(z + a) - log gamma(z), accurate at large z."""
    large = z > 24.0 + 2.0 * np.abs(a)
    far = np.where(large, z, 64.0 + 4.0 * np.abs(a))
    near = np.where(large, 1.0, z)
    moved = np.log1p(a / far)
    series = (far - 0.5) * (moved - a / far) + a * moved + a * np.log(far) - 0.5 * a / far
    stirling = _stirling(far + a) - _stirling(far)
    direct = special.gammaln(near + a) - special.gammaln(near)
    return np.where(large, series + stirling, direct)


def _stirling(z: Array) -> Array:
    """log gamma(z) - ((z - 1/2) log z - z + log(2 pi)/2), for z > 20."""
    r = 1.0 / (z * z)
    return (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r / 1188)))) / z


# near the ends of a support (see ``local``)


def polynomial(x: Array, *coefficients: Array) -> Array:
    total = coefficients[-1]
    for c in coefficients[-2::-1]:
        total = total * x + c
    return total


def shift(direction: int, end: Array, *coefficients: Array) -> tuple[list[Array], Any]:
    """Coefficients in d of p(end + direction d), and where the first one that matters is zero.

    A coefficient that is zero but for rounding is made zero; a constant term that is +-1 but for
    rounding is made exactly so.
    """
    shifted, snapped = [], np.False_
    for k in range(len(coefficients)):
        total: Array = 0.0
        size: Array = 0.0
        for j in range(k, len(coefficients)):
            term = coefficients[j] * float(special.comb(j, k)) * end ** (j - k)
            total, size = total + term, size + np.abs(term)
        zero = (np.abs(total) <= _SNAP * size) & (size > 0) & np.isfinite(size)
        snapped = snapped | zero
        total = np.where(zero, 0.0, total)
        unit = np.isfinite(total) & (np.abs(np.abs(total) - 1.0) <= 4e-15 * np.maximum(size, 1.0))
        total = np.where(unit & (k == 0), np.sign(total), total)
        shifted.append((total * float(direction) ** k)[()])
    return shifted, snapped


def near_value(
    plain: Array, lower: Any, upper: Any, near_lower: Any, lower_d: Array, upper_d: Array
) -> Array:
    """The plain value, replaced near an end at which the polynomial vanishes."""
    for shifted, distance, near in _sides(lower, upper, near_lower, lower_d, upper_d):
        (coefficients, snapped) = shifted
        if np.any(snapped):
            plain = np.where(snapped & near, polynomial(distance, *coefficients), plain)
    return plain


def near_ratio(plain: Array, top: Array, bottom: Array, lower: Any, upper: Any) -> Array:
    """The quotient where a coefficient of the numerator has cancelled, otherwise the plain sum."""
    snapped = np.False_
    for shifted in (lower, upper):
        if shifted is not None:
            snapped = snapped | shifted[1]
    return np.where(snapped, top / bottom, plain) if np.any(snapped) else plain


def near_log(
    plain: Array,
    lower: Any,
    upper: Any,
    near_lower: Any,
    lower_d: Array,
    upper_d: Array,
    lower_w: Array,
    upper_w: Array,
) -> Array:
    """log |plain|, exact near an end at which the polynomial is zero or one."""
    result = log_abs(plain)
    logs = (lower_w, upper_w)
    sides = _sides(lower, upper, near_lower, lower_d, upper_d, logs)
    for (coefficients, _), distance, near, w in sides:
        for degree in range(len(coefficients)):
            leading = _is_leading(coefficients, degree)
            if not np.any(leading):
                continue
            if degree == 0:
                unit = leading & (np.abs(coefficients[0]) == 1.0)
                rest = coefficients[0] * distance * polynomial(distance, *coefficients[1:], 0.0)
                small = unit & near & (np.abs(rest) < 0.5)
                if np.any(small):
                    result = np.where(small, np.log1p(rest), result)
            else:
                rest = polynomial(distance, *coefficients[degree:])
                result = np.where(leading & near, degree * w + log_abs(rest), result)
        if near is np.True_ and np.any(coefficients[-1]) and len(coefficients) > 1:
            result = _far_log(result, coefficients, w)
    return result


def near_log_log(
    plain: Array,
    lower: Any,
    upper: Any,
    near_lower: Any,
    lower_d: Array,
    upper_d: Array,
    lower_w: Array,
    upper_w: Array,
) -> Array:
    """log |plain|, plain being the log of a polynomial that may be one at an end."""
    result = log_abs(plain)
    sides = _sides(lower, upper, near_lower, lower_d, upper_d, (lower_w, upper_w))
    for (coefficients, _), distance, near, w in sides:
        if len(coefficients) > 1:
            unit = (np.abs(coefficients[0]) == 1.0) & near & (np.abs(distance) < 1e-280)
            result = np.where(unit, w + log_abs(coefficients[1]), result)
    return result


def _far_log(result: Array, coefficients: list[Array], w: Array) -> Array:
    """log |polynomial| far from its only end, where powers of the distance overflow."""
    far = (len(coefficients) - 1) * w > 600.0
    if not np.any(far):
        return result
    inverse = np.exp(-np.maximum(w, 0.0))
    rest = polynomial(inverse, *coefficients[::-1])
    return np.where(
        far & (coefficients[-1] != 0), (len(coefficients) - 1) * w + log_abs(rest), result
    )


def _is_leading(coefficients: list[Array], degree: int) -> Any:
    """Where the first coefficient that is not zero has this degree."""
    leading = np.asarray(coefficients[degree]) != 0
    for c in coefficients[:degree]:
        leading = leading & (np.asarray(c) == 0)
    return leading


def _sides(
    lower: Any, upper: Any, near_lower: Any, lower_d: Any, upper_d: Any, logs: Any = None
) -> list[tuple[Any, ...]]:
    """(shifted polynomial, distance, where it holds[, log distance]) for each finite end."""
    both = near_lower is not None
    sides = []
    if lower is not None:
        near = near_lower if both else np.True_
        sides.append((lower, lower_d, near) + ((logs[0],) if logs else ()))
    if upper is not None:
        near = ~near_lower if both else np.True_
        sides.append((upper, upper_d, near) + ((logs[1],) if logs else ()))
    return sides
