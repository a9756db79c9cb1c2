"""Special functions in PyTorch that torch.special lacks, for orders that are plain numbers."""

import math

import torch

# B_2j(1/2)/(2j)!, j = 1..11, of the midpoint rule's remainder
MIDPOINT = (
    *(-0.041666666666666664, 0.0012152777777777778, -3.2035383597883595e-05),
    *(8.202608300264551e-07, -2.0835982071876168e-08, 5.281609967721337e-10),
    *(-1.3380902920268335e-11, 3.389576851489321e-13, -8.585996549822947e-15),
    *(2.174864550325223e-16, -5.509000201462976e-18),
)


def psi(n, x):
    """psi_n(x) for x > 0."""
    if n == 0:
        return torch.special.digamma(x)
    return trigamma(x) if n == 1 else torch.special.polygamma(n, x)


def gamma(x):
    """Gamma(x), of either sign."""
    size = torch.exp(torch.lgamma(x))
    return torch.where((x > 0) | (torch.remainder(torch.floor(x), 2) == 0), size, -size)


def log_gamma(x):
    """log |Gamma(x)|."""
    return torch.special.gammaln(x)


def fast_bessel_i(v, z):
    """e^-z I_v(z) for order 0 or 1."""
    return torch.special.i0e(z) if v == 0 else torch.special.i1e(z)


def expint(n, x):
    """E_n(x) for whole n >= 1 and x > 0: the continued fraction DLMF 8.19.17 from 2 on; below, the
    series 6.6.2 of E_1 and the recurrence 8.19.12."""
    far, near = torch.clamp(x, min=2.0), torch.clamp(x, max=2.0)
    fraction = far + n + 80.0
    for k in range(60, 0, -1):
        fraction = far + n + 2.0 * (k - 1) - k * (n + k - 1.0) / fraction
    total, term = torch.zeros_like(near), torch.ones_like(near)
    for k in range(1, 30):
        term = -term * near / k
        total = total - term / k
    value = total - 0.5772156649015329 - torch.log(near)
    for k in range(1, int(n)):
        value = (torch.exp(-near) - near * value) / k
    return torch.where(x > 2.0, torch.exp(-far) / fraction, value)


def zeta_derivative(m, s):
    """The m-th derivative of zeta at s > 1: terms up to 10, the rest by Euler and Maclaurin's
    formula from the middle of a step, 10.5 (DLMF 25.11.5, 2.10.1 with B_2j(1/2) for B_2j).

    The derivatives of (log t)^m t^-s are t^-(s + r) times polynomials in log t.
    """
    total = sum(math.log(k) ** m * k**-s for k in range(2, 11))
    log_y = math.log(10.5)
    scale = 10.5 ** (1.0 - s)
    integral = scale / (s - 1.0)
    for j in range(m):
        integral = (log_y ** (j + 1) * scale + (j + 1) * integral) / (s - 1.0)
    total = total + integral
    polynomial = [0.0 * s] * m + [1.0 + 0.0 * s]
    scale, order = scale / 10.5, s
    for number in MIDPOINT:
        for _ in range(1 if number is MIDPOINT[0] else 2):
            raised = [(j + 1) * c for j, c in enumerate(polynomial[1:])] + [0.0]
            polynomial = [r - order * c for r, c in zip(raised, polynomial)]
            order, scale = order + 1.0, scale / 10.5
        value = sum(c * log_y**j for j, c in enumerate(polynomial))
        total = total - number * scale * value
    return (-1) ** m * total + (1.0 if m == 0 else 0.0)


def upper_gamma(a, x):
    """Gamma(a, x) for a > 0 and x > 0."""
    return torch.special.gammaincc(*torch.broadcast_tensors(a, x)) * torch.exp(torch.lgamma(a))


def lower_gamma(a, x):
    """gamma(a, x) for a > 0 and x > 0."""
    return torch.special.gammainc(*torch.broadcast_tensors(a, x)) * torch.exp(torch.lgamma(a))
