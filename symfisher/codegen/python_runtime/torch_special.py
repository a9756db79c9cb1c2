"""Special functions in PyTorch that torch.special lacks, for orders that are plain numbers."""

import torch


def psi(n, x):
    """psi_n(x) for x > 0."""
    if n == 0:
        return torch.special.digamma(x)
    return trigamma(x) if n == 1 else torch.special.polygamma(n, x)


def gamma(x):
    """Gamma(x), of either sign."""
    size = torch.exp(torch.lgamma(x))
    return torch.where((x > 0) | (torch.remainder(torch.floor(x), 2) == 0), size, -size)


def scaled_bessel_i(v, z):
    """e^-z I_v(z) for order 0 or 1."""
    if v not in (0, 1):
        raise NotImplementedError(f"PyTorch has I_v(z) for the orders 0 and 1 only, not {v}")
    return torch.special.i0e(z) if v == 0 else torch.special.i1e(z)


def bessel_i(v, z):
    """I_v(z) for order 0 or 1."""
    return torch.exp(z) * scaled_bessel_i(v, z)


def bessel_i_ratio(v, z):
    """I_(v+1)(z)/I_v(z) for order 0."""
    return scaled_bessel_i(v + 1, z) / scaled_bessel_i(v, z)


def upper_gamma(a, x):
    """Gamma(a, x) for a > 0 and x > 0."""
    return torch.special.gammaincc(*torch.broadcast_tensors(a, x)) * torch.exp(torch.lgamma(a))


def lower_gamma(a, x):
    """gamma(a, x) for a > 0 and x > 0."""
    return torch.special.gammainc(*torch.broadcast_tensors(a, x)) * torch.exp(torch.lgamma(a))
