"""Special functions in mpmath that cancel when they are written as their definition."""

from mpmath import mp


def number(name, value):
    """The value as a number of mpmath; a whole number that the precision rounds is refused."""
    found = mp.mpmathify(value)
    if isinstance(value, int) and +found != value:
        raise OverflowError(f"{name} has a whole number of more than {mp.dps} digits: set mp.dps")
    return found


def guarded(function):
    """The function at a working precision that grows until two results agree."""

    def careful(*arguments):
        digits = mp.dps
        last = None
        for extra in (10, 40, 160, 640):
            with mp.workdps(2 * digits + extra):
                value = function(*map(mp.mpmathify, arguments))
            if last is not None and abs(value - last) <= abs(value) * mp.eps:
                break
            last = value
        return +value

    return careful


@guarded
def log1p_exp(x):
    """log(1 + e^x)."""
    return mp.log1p(mp.exp(x))


@guarded
def log_expm1(x):
    """log(e^x - 1)."""
    return mp.log(mp.expm1(x))


@guarded
def log1p_remainder(x):
    """log(1 + x) - x."""
    return mp.log1p(x) - x


@guarded
def log_gamma(x):
    """log Gamma(x) for x > 0."""
    return mp.loggamma(x).real


@guarded
def polygamma_difference(n, z, d):
    """psi_n(z + d) - psi_n(z)."""
    return mp.psi(n, z + d) - mp.psi(n, z)


@guarded
def polygamma_remainder(n, m, z):
    """psi_n(z) without the first m terms of its asymptotic series (DLMF 5.11.2, 5.15.8)."""
    value = mp.psi(n, z)
    sign = (-1) ** (int(n) + 1)
    for k in range(int(m)):
        if n == 0:
            term = mp.log(z) if k == 0 else -1 / (2 * z) if k == 1 else None
        else:
            term = sign * (
                mp.factorial(n - 1) / z**n if k == 0 else mp.factorial(n) / 2 / z ** (n + 1)
            )
        if k > 1:
            j = 2 * (k - 1)
            term = sign * mp.bernoulli(j) * mp.gamma(j + n) / mp.factorial(j) / z ** (j + n)
        value -= term
    return value


@guarded
def log_gamma_difference(z, d):
    """log Gamma(z + d) - log Gamma(z)."""
    return (mp.loggamma(z + d) - mp.loggamma(z)).real


@guarded
def log_gamma_remainder(z):
    """log Gamma(z) - (z - 1/2) log z + z - log(2 pi)/2."""
    return (mp.loggamma(z) - (z - 0.5) * mp.log(z) + z - mp.log(2 * mp.pi) / 2).real


@guarded
def log_beta(a, b):
    """log B(a, b)."""
    return (mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)).real


@guarded
def scaled_erfc(x):
    """e^(x^2) erfc(x)."""
    return mp.exp(x * x) * mp.erfc(x)


@guarded
def scaled_bessel_i(v, z):
    """e^-z I_v(z)."""
    return mp.exp(-z) * mp.besseli(v, z)


@guarded
def scaled_bessel_k(v, z):
    """e^z K_v(z)."""
    return mp.exp(z) * mp.besselk(v, z)


@guarded
def bessel_i_ratio(v, z):
    """I_(v+1)(z)/I_v(z)."""
    return mp.besseli(v + 1, z) / mp.besseli(v, z)


@guarded
def bessel_k_ratio(v, z):
    """K_(v+1)(z)/K_v(z)."""
    return mp.besselk(v + 1, z) / mp.besselk(v, z)


def bessel_i_order(m, v, z):
    """The m-th derivative of I_v(z) by v."""
    return mp.diff(lambda order: mp.besseli(order, z), v, int(m))


def bessel_k_order(m, v, z):
    """The m-th derivative of K_v(z) by v."""
    return mp.diff(lambda order: mp.besselk(order, z), v, int(m))


@guarded
def scaled_expint(n, x):
    """e^x E_n(x)."""
    return mp.exp(x) * mp.expint(n, x)


@guarded
def scaled_upper_gamma(a, x):
    """e^x x^(1-a) Gamma(a, x)."""
    return mp.exp(x) * x ** (1 - a) * mp.gammainc(a, x)
