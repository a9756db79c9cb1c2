"""Special functions in NumPy that SciPy lacks, or has only slower or less accurate."""

import numpy as np
from scipy import special

# The series of psi_1(y + 1/2) in 1/y^2 after 1/y, economised on y >= 13/2 (DLMF 5.15.8, 2.4(i)).
TRIGAMMA_TAIL = (
    *(-0.08333333333333127, 0.029166666658139995, -0.02306547037749568, 0.033071417955504175),
    *(-0.0754231790101425, 0.24078292682644414, -0.7453340409373339),
)


def trigamma(x):
    """psi_1(x) for x > 0: seven steps up by recurrence, then the series from the middle of a step.

    (x + k)^-2 + (x + 7 - k)^-2 is rational in u = x (x + 7) (DLMF 5.15.5).
    """
    if x.size < 40:
        return special.zeta(2.0, x)
    near = np.minimum(x, 1e60)
    u = near * (near + 7.0)
    double = u + u
    near *= near
    total = np.reciprocal(near, out=near)
    for shift in (6.0, 10.0, 12.0):
        term = double + (49.0 - 2.0 * shift)
        square = u + shift
        square *= square
        term /= square
        total += term
    r = np.reciprocal(x + 6.5)
    w = r * r
    series = w * TRIGAMMA_TAIL[-1]
    for coefficient in TRIGAMMA_TAIL[-2::-1]:
        series += coefficient
        series *= w
    series *= r
    series += r
    total += series
    return total


# The series of -y^2 psi_2(y + 1/2) in 1/y^2 after 1, found in the same way.
TETRAGAMMA_TAIL = (
    *(-0.24999999999999867, 0.1458333333260518, -0.161458326817224, 0.2976540104527827),
    *(-0.8313233531461335, 3.252729884484242, -15.533019339760791, 59.62176097205205),
)


def tetragamma(x):
    """psi_2(x) for x > 0, as trigamma.

    (x + k)^-3 + (x + 7 - k)^-3 is 2x + 7 times a rational function of u (DLMF 5.15.5).
    """
    if x.size < 40:
        return -2.0 * special.zeta(3.0, x)
    u = x * (x + 7.0)
    total = np.zeros_like(u)
    for shift in (6.0, 10.0, 12.0):
        part = np.reciprocal(u + shift)
        term = (49.0 - 4.0 * shift) * part
        term += 1.0
        part *= part
        term *= part
        total += term
    total *= x + x + 7.0
    part = np.reciprocal(x)
    total += part * part * part
    r = np.reciprocal(x + 6.5)
    w = r * r
    series = w * TETRAGAMMA_TAIL[-1]
    for coefficient in TETRAGAMMA_TAIL[-2::-1]:
        series += coefficient
        series *= w
    series += 1.0
    series *= w
    total += total
    total += series
    return np.negative(total, out=total)


def trigamma_difference(z, d):
    """psi_1(z + d) - psi_1(z); of few values that differ enough it is just that."""
    if np.size(z) > 400:
        return small_trigamma_difference(z, d)
    value = trigamma(z + d) - trigamma(z)
    close = is_close(z, d)
    if np.count_nonzero(close):
        value = np.array(value)
        value[close] = small_trigamma_difference(*chosen(close, z, d))
    return value


def digamma_difference(z, d):
    """psi(z + d) - psi(z); of few values that differ enough it is just that."""
    if np.size(z) > 400:
        return small_digamma_difference(z, d)
    value = special.digamma(z + d) - special.digamma(z)
    close = is_close(z, d)
    if np.count_nonzero(close):
        value = np.array(value)
        value[close] = small_digamma_difference(*chosen(close, z, d))
    return value


def log_gamma_difference(z, d):
    """log Gamma(z + d) - log Gamma(z); of few values that differ enough it is just that."""
    if np.size(z) > 400:
        return small_log_gamma_difference(z, d)
    value = special.gammaln(z + d) - special.gammaln(z)
    close = is_close(z, d)
    if np.count_nonzero(close):
        value = np.array(value)
        value[close] = small_log_gamma_difference(*chosen(close, z, d))
    return value


def is_close(z, d):
    """Where a difference of values at z + d and z cancels them; at d = 0 it is exact."""
    close = 128.0 * d <= z
    return close & (d != 0.0) if np.count_nonzero(close) else close


def chosen(mask, *arrays):
    """The values of each array where a mask has its marks."""
    return [np.broadcast_to(array, mask.shape)[mask] for array in arrays]


def log_beta(a, b):
    """log B(a, b); of moderate numbers the sum of log-gammas."""
    moderate = np.maximum(a, b) < 50.0
    if np.count_nonzero(moderate) == np.size(moderate):
        return special.gammaln(a) + special.gammaln(b) - special.gammaln(a + b)
    return small_log_beta(a, b)


def psi(n, x):
    """psi_n(x) for x > 0."""
    if n == 0:
        return special.digamma(x)
    return (trigamma, tetragamma)[n - 1](x) if n < 3 else polygamma(n, x)


def polygamma(n, x):
    """psi_n(x) for x > 0 and n >= 1, from the Hurwitz zeta function (DLMF 5.15.1, 25.11.12)."""
    return (-1.0) ** (n + 1) * special.gamma(n + 1.0) * special.zeta(n + 1.0, x)


def bessel_i_ratio(v, z):
    """I_(v+1)(z)/I_v(z)."""
    if np.all(v == 0.0):
        return special.i1e(z) / special.i0e(z)
    return special.ive(v + 1.0, z) / special.ive(v, z)


def bessel_k_ratio(v, z):
    """K_(v+1)(z)/K_v(z)."""
    return special.kve(v + 1.0, z) / special.kve(v, z)


def expint(n, x):
    """E_n(x) for whole n >= 0."""
    return special.exp1(x) if np.all(n == 1) else special.expn(np.int64(n), x)


def upper_gamma(a, x):
    """Gamma(a, x) for x > 0; a below 0 by the recurrence DLMF 8.8.2."""
    a, x = np.broadcast_arrays(np.asarray(a, float), np.asarray(x, float))
    steps = np.maximum(np.ceil(-a), 0.0)
    top = a + steps
    value = np.where(top == 0.0, special.exp1(x), special.gammaincc(top, x) * special.gamma(top))
    for k in range(int(np.max(steps, initial=0.0))):
        order = top - k - 1.0
        lower = (value - x**order * np.exp(-x)) / order
        value = np.where(k < steps, lower, value)
    return value


def lower_gamma(a, x):
    """gamma(a, x) for a > 0."""
    return special.gammainc(a, x) * special.gamma(a)


def scaled_upper_gamma(a, x):
    """e^x x^(1-a) Gamma(a, x) for x > 0: the continued fraction DLMF 8.9.2 far out."""
    wide = (x > 2.0) & (x > a - 1.0)
    far = np.where(wide, x, 3.0)
    order = np.where(wide, a, 1.0)
    fraction = far - order + 121.0
    for k in range(60, 0, -1):
        fraction = far - order + 2.0 * k - 1.0 - k * (k - order) / fraction
    near = np.where(wide, 1.0, x)
    direct = np.exp(near) * near ** (1.0 - a) * upper_gamma(a, near)
    return np.where(wide, far / fraction, direct)
