"""Geodesics of multivariate normal distributions of any dimension, by the matrix exponential.

From mean 0 and covariance I with velocities x and B the inverse covariance and its product with the
mean are blocks of exp(t A) (Eriksen 1987; Calvo and Oller 1991, section 3),

    A = [[-B, x, 0], [x^T, 0, -x^T], [0, -x, B]].

Between two given ones exp(A) is known but for a skew-symmetric matrix (Kobayashi 2023): the one for
which its logarithm has zeros where A has them is found by
Levenberg and Marquardt's method.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import expm
from scipy.optimize import root

from symfisher.errors import InputError
from symfisher.manifold.normal import definite, normal_distance_bounds
from symfisher.manifold.progress import in_parts

Array = np.ndarray[Any, Any]

_STAGES = (8, 32)  # in which an end far away is reached
TOLERANCE = 1e-8  # of a length, relative to it, beyond which a geodesic does not count as found


@dataclass(frozen=True)
class NormalGeodesic:
    """A geodesic over 0 <= t <= 1 between normal distributions with n-dimensional data.

    Attributes:
        mean, covariance: of its start, (n,) and (n, n).
        mean_velocity, covariance_velocity: their derivatives there.
        length: nan where no geodesic was found.
        error: an upper bound of the distance by which it misses its end.
        found: whether it meets its end to 1e-8 of its length; ``reason`` says why not.
    """

    mean: Array
    covariance: Array
    mean_velocity: Array
    covariance_velocity: Array
    length: float
    error: float
    found: bool
    reason: str

    def at(self, t: float) -> tuple[Array, Array]:
        """The mean (n,) and the covariance (n, n) at time t."""
        velocities = self.mean_velocity, self.covariance_velocity
        return normal_exp(self.mean, self.covariance, velocities[0], velocities[1], t)


def normal_exp(
    mean: Any, covariance: Any, mean_velocity: Any, covariance_velocity: Any, t: float = 1.0
) -> tuple[Array, Array]:
    """The mean and the covariance that the geodesic with these velocities reaches at time t.

    Raises:
        InputError: the covariance is not symmetric and positive definite.
    """
    m, factor = np.asarray(mean, float), np.linalg.cholesky(definite(covariance))
    x = np.linalg.solve(factor, np.asarray(mean_velocity, float))
    b = _congruent(factor, np.asarray(covariance_velocity, float))
    n = len(m)
    reached = expm(t * _generator(x, b))
    inverse, product = reached[:n, :n], reached[:n, n]
    other = np.linalg.inv((inverse + inverse.T) / 2)
    return m + factor @ (other @ product), factor @ other @ factor.T


def normal_geodesic(
    mean: Any, covariance: Any, other_mean: Any, other_covariance: Any
) -> NormalGeodesic:
    """The geodesic between two normal distributions, means (n,) and covariances (n, n).

    Raises:
        InputError: a covariance is not symmetric and positive definite, or shapes do not fit.
    """
    m, q = np.asarray(mean, float), np.asarray(other_mean, float)
    s, t = definite(covariance), definite(other_covariance)
    n = m.shape[-1] if m.ndim == 1 else 0
    if not n or q.shape != (n,) or s.shape != (n, n) or t.shape != (n, n):
        raise InputError(
            f"a geodesic joins two normal distributions: means (n,) and covariances (n, n), not "
            f"{m.shape}, {s.shape}, {q.shape} and {t.shape}"
        )
    factor = np.linalg.cholesky(s)
    x, b = _velocities(np.linalg.solve(factor, q - m), _congruent(factor, t))
    speeds = factor @ x, factor @ b @ factor.T
    length = float(np.sqrt(x @ x + np.trace(b @ b) / 2))
    error = _miss(normal_exp(m, s, *speeds), q, t) if np.isfinite(length) else np.inf
    reason = _reason(length, error, float(normal_distance_bounds(m, s, q, t)[1]))
    known = np.nan if reason else length
    return NormalGeodesic(m, s, *speeds, known, error, not reason, reason)


def _reason(length: float, error: float, upper: float) -> str:
    """Why a geodesic does not count, or nothing."""
    if not error <= max(TOLERANCE * length, 1e-13):
        return f"no geodesic was found: the best one misses its end by {error:.1e}"
    if length > upper * (1 + TOLERANCE):
        return f"the geodesic that was found is not the shortest: {upper:.6g} is a bound"
    return ""


def normal_distance(
    mean: Any,
    covariance: Any,
    other_mean: Any,
    other_covariance: Any,
    *,
    progress: bool | None = None,
) -> Array:
    """Fisher-Rao distances of normal distributions, means (..., n) and covariances (..., n, n).

    nan where no geodesic was found; ``normal_geodesic`` gives the reason and
    ``normal_distance_bounds`` what is known all the same.  ``progress`` as in ``Manifold``.

    Raises:
        InputError: a covariance is not symmetric and positive definite, or shapes do not fit.
    """
    given = [np.asarray(each, float) for each in (mean, covariance, other_mean, other_covariance)]
    own = [1, 2, 1, 2]  # axes of one mean and of one covariance
    try:
        shape = np.broadcast_shapes(*(e.shape[:-n] for e, n in zip(given, own)))
    except ValueError as error:
        raise InputError(f"means and covariances cannot be paired: {error}") from error
    spread = [np.broadcast_to(e, shape + e.shape[-n:]) for e, n in zip(given, own)]
    places = list(np.ndindex(shape))
    lengths = np.full(shape, np.nan)

    def work(part: slice) -> None:
        for place in places[part]:
            lengths[place] = normal_geodesic(*(e[place] for e in spread)).length

    in_parts(work, len(places), 1, "normal distances", progress)
    return lengths


def _miss(reached: tuple[Array, Array], mean: Array, covariance: Array) -> float:
    if not np.isfinite(reached[1]).all() or (np.linalg.eigvalsh(reached[1]) <= 0).any():
        return float("inf")
    symmetric = (reached[1] + reached[1].T) / 2
    return float(normal_distance_bounds(reached[0], symmetric, mean, covariance)[1])


def _congruent(factor: Array, matrix: Array) -> Array:
    """L^-1 M L^-T, symmetric."""
    half = np.linalg.solve(factor, np.linalg.solve(factor, matrix).T)
    return (half + half.T) / 2


def _generator(x: Array, b: Array) -> Array:
    zero = np.zeros_like(b)
    row = np.concatenate([x, [0.0], -x])[None]
    top, low = np.hstack([-b, x[:, None], zero]), np.hstack([zero, -x[:, None], b])
    return np.vstack([top, row, low])


def _velocities(mean: Array, covariance: Array) -> tuple[Array, Array]:
    """The velocities at mean 0 and covariance I of the geodesic to this mean and covariance."""
    n = len(mean)
    skew = np.zeros(n * (n - 1) // 2)
    for stages in (1, *_STAGES) if n > 1 else ():
        skew, settled = _fitted(mean, covariance, stages)
        if settled:
            break
    a = _logarithm(_root_of_end(mean, covariance, _skew(skew, n)))
    return a[:n, n], -a[:n, :n]


def _fitted(mean: Array, covariance: Array, stages: int) -> tuple[Array, bool]:
    """The free entries for which the logarithm has its zeros, the end being moved in stages."""
    n = len(mean)
    places = np.tril_indices(n, -1)
    values, vectors = np.linalg.eigh(covariance)
    skew, settled = np.zeros(len(places[0])), False
    for stage in range(1, stages + 1):
        share = stage / stages
        near = (vectors * values**share) @ vectors.T

        def block(k: Array, m: Array = share * mean, s: Array = near) -> Array:
            found = _logarithm(_root_of_end(m, s, _skew(k, n)))[:n, n + 1 :][places]
            return np.asarray(np.where(np.isfinite(found), found, 1e3))

        fit = root(block, skew, method="lm", tol=1e-15)
        skew, settled = fit.x, bool(np.abs(fit.fun).max() < 1e-9)
    return skew, settled


def _skew(values: Array, n: int) -> Array:
    lower = np.zeros((n, n))
    lower[np.tril_indices(n, -1)] = values
    return lower - lower.T


def _root_of_end(mean: Array, covariance: Array, skew: Array) -> Array:
    """W with exp(A) = W W^T, for a skew-symmetric matrix that the end leaves free."""
    n = len(mean)
    factor = np.linalg.cholesky(covariance)
    whole = np.eye(2 * n + 1)
    whole[n, :n], whole[n + 1 :, n] = mean, -mean
    whole[n + 1 :, :n] = skew - np.outer(mean, mean) / 2
    middle = np.zeros_like(whole)
    middle[:n, :n], middle[n, n], middle[n + 1 :, n + 1 :] = np.linalg.inv(factor).T, 1.0, factor
    return np.asarray(whole @ middle)


def _logarithm(root_of_end: Array) -> Array:
    """log(W W^T), from its n largest singular values, which alone are accurate.

    Exchanging the outer blocks turns the logarithm into its opposite, so that the others are their
    reciprocals.
    """
    n = len(root_of_end) // 2
    left, values, _ = np.linalg.svd(root_of_end)
    large = left[:, :n]
    mirrored = np.vstack([large[n + 1 :], large[n : n + 1], large[:n]])
    logs = 2 * np.log(values[:n])
    return np.asarray((large * logs) @ large.T - (mirrored * logs) @ mirrored.T)
