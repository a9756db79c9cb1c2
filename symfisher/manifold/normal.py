"""Bounds of the Fisher-Rao distance between multivariate normal distributions."""

from __future__ import annotations

from typing import Any

import numpy as np

from symfisher.errors import InputError

Array = np.ndarray[Any, Any]


def covariance_distance(first: Any, second: Any) -> Array:
    """The distance between normal distributions of the same mean, from covariances (..., n, n).

    sqrt(sum of log^2 of the eigenvalues of first^-1 second/2) (Skovgaard 1984, theorem 5.1).

    Raises:
        InputError: a matrix is not symmetric and positive definite.
    """
    root = np.linalg.cholesky(definite(first))
    half = np.linalg.solve(root, definite(second))
    middle = np.linalg.solve(root, np.swapaxes(half, -1, -2))
    values = np.linalg.eigvalsh((middle + np.swapaxes(middle, -1, -2)) / 2)
    return np.sqrt((np.log(values) ** 2).sum(-1) / 2)


def normal_distance_bounds(
    mean: Any, covariance: Any, other_mean: Any, other_covariance: Any
) -> tuple[Array, Array]:
    """A lower and an upper bound of the distance between normal distributions, (...), (...).

    The lower one embeds them in the covariance matrices of one dimension more (Calvo and Oller
    1990, theorem 3.1).  The upper one is the shorter way over a third distribution with the mean
    of one and the covariance of the other, whose legs are known (Skovgaard 1984).

    Raises:
        InputError: a covariance is not symmetric and positive definite, or shapes do not fit.
    """
    m, q = np.asarray(mean, float), np.asarray(other_mean, float)
    s, t = definite(covariance), definite(other_covariance)
    if m.shape[-1:] != s.shape[-1:] or q.shape[-1:] != t.shape[-1:]:
        raise InputError(
            f"means of shape {m.shape} and {q.shape} do not go with covariances of shape "
            f"{s.shape} and {t.shape}"
        )
    lower = covariance_distance(_embedded(m, s), _embedded(q, t))
    turn = covariance_distance(s, t)
    upper = turn + np.minimum(_shift(q - m, s), _shift(q - m, t))
    return lower, upper


def _shift(step: Array, covariance: Array) -> Array:
    """The distance between normal distributions of the same covariance."""
    whitened = np.linalg.solve(np.linalg.cholesky(covariance), step[..., None])[..., 0]
    return np.sqrt(8) * np.arcsinh(np.sqrt((whitened**2).sum(-1) / 8))


def _embedded(mean: Array, covariance: Array) -> Array:
    """[[S + m m^T, m], [m^T, 1]]."""
    n = mean.shape[-1]
    shape = np.broadcast_shapes(mean.shape[:-1], covariance.shape[:-2])
    whole = np.ones((*shape, n + 1, n + 1))
    whole[..., :n, :n] = covariance + mean[..., :, None] * mean[..., None, :]
    whole[..., :n, n] = whole[..., n, :n] = mean
    return whole


def definite(matrix: Any) -> Array:
    found = np.asarray(matrix, float)
    square = found.ndim >= 2 and found.shape[-1] == found.shape[-2]
    if not square or not np.isfinite(found).all():
        raise InputError(f"a covariance is a finite square matrix; this has shape {found.shape}")
    symmetric = np.allclose(found, np.swapaxes(found, -1, -2), rtol=1e-10, atol=0)
    if not symmetric or not (np.linalg.eigvalsh(found) > 0).all():
        raise InputError("a covariance has to be symmetric and positive definite; this is not")
    return found
