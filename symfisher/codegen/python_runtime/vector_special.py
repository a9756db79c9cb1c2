"""Special functions of arrays that are the same in NumPy, JAX and PyTorch (there np has its name).

``psi(n, x)``, the n-th derivative of digamma, and ``expint(n, x)`` are each library's own.
"""

import math

import numpy as np

from symfisher.codegen.python_runtime.numpy_special import expint, psi

# Bernoulli numbers B_2, B_4, ... (DLMF 24.2)
BERNOULLI = (
    *(1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510),
    *(43867 / 798, -174611 / 330, 854513 / 138, -236364091 / 2730, 8553103 / 6),
)


def polygamma_remainder(n, m, z):
    """psi_n(z) without the first m terms of its asymptotic series (DLMF 5.11.2, 5.15.8).

    The later terms from n + 8 on; below that the difference itself, which cancels little there.
    """
    n, m = int(n), int(m)
    sign = (-1.0) ** (n + 1)
    far = np.where(z > n + 8.0, z, n + 8.0)
    near = np.where(z > n + 8.0, 1.0, z)
    terms = [sign * math.factorial(n) / 2.0 * far ** (-n - 1.0)]
    early = [np.log(near) if n == 0 else sign * math.factorial(n - 1) * near ** (-1.0 * n)]
    early += [sign * math.factorial(n) / 2.0 * near ** (-n - 1.0)]
    for k, number in enumerate(BERNOULLI, start=1):
        scale = sign * number * math.factorial(2 * k + n - 1) / math.factorial(2 * k)
        terms.append(scale * far ** (-2.0 * k - n))
        early.append(scale * near ** (-2.0 * k - n))
    series = sum(reversed(terms[m - 1 :]))
    return np.where(z > n + 8.0, series, psi(n, near) - sum(early[:m]))


def scaled_expint(n, x):
    """e^x E_n(x) for x > 0, n >= 0: the continued fraction DLMF 8.19.17 from 2 on."""
    far = np.where(x > 2.0, x, 2.0)
    near = np.where(x > 2.0, 1.0, x)
    fraction = far + n + 80.0
    for k in range(60, 0, -1):
        fraction = far + n + 2.0 * (k - 1) - k * (n + k - 1.0) / fraction
    return np.where(x > 2.0, 1.0 / fraction, np.exp(near) * expint(n, near))
