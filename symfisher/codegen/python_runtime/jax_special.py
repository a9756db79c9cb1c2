"""Special functions in JAX that jax.scipy lacks, for orders that are known when it is traced."""

import jax.numpy as jnp
from jax.scipy import special


def psi(n, x):
    """psi_n(x) for x > 0."""
    if n == 0:
        return digamma(x)
    return trigamma(x) if n == 1 else polygamma(n, x)


def log_beta(a, b):
    """log B(a, b) as log Gamma of the smaller one less a difference at the larger."""
    small, large = jnp.minimum(a, b), jnp.maximum(a, b)
    return special.gammaln(small) - log_gamma_difference(large, small)


def log_gamma(x):
    """log |Gamma(x)|."""
    return special.gammaln(x)


def fast_bessel_i(v, z):
    """e^-z I_v(z) for order 0 or 1."""
    return special.i0e(z) if v == 0 else special.i1e(z)


def expint(n, x):
    """E_n(x) for whole n >= 1 and x > 0."""
    return special.expn(n, x)


def upper_gamma(a, x):
    """Gamma(a, x) for a > 0 and x > 0."""
    return special.gammaincc(a, x) * jnp.exp(special.gammaln(a))


def lower_gamma(a, x):
    """gamma(a, x) for a > 0 and x > 0."""
    return special.gammainc(a, x) * jnp.exp(special.gammaln(a))
