"""Special functions in NumPy that SciPy lacks, or has only slower or less accurate."""

from scipy import special


def trigamma(x):
    """psi_1(x) for x > 0."""
    return special.zeta(2, x)


def polygamma(n, x):
    """psi_n(x) for x > 0 and n >= 1."""
    return (-1.0) ** (n + 1) * special.gamma(n + 1) * special.zeta(n + 1, x)
