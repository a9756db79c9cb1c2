"""Points conjugate to the start of a geodesic: beyond the first it is not the shortest curve."""

from __future__ import annotations

from typing import Any

import numpy as np

from symfisher.manifold.boundary import linearised, parts, solved
from symfisher.manifold.coordinates import Ends
from symfisher.manifold.curve import chebyshev
from symfisher.manifold.jet import Jet

Array = np.ndarray[Any, Any]

_ROUNDING = 1e-6


def conjugate_times(jet: Jet, ends: Ends, y: Array) -> Array:
    """For geodesics with nodes y (m, n, k) the node before which the first such point lies.

    nan where there is none.  The Jacobi fields that start from zero, with the unit vectors as
    derivatives, are dependent at conjugate points (do Carmo 1992, chapter 5): the determinant of
    their components over t changes its sign.
    """
    m, n, k = y.shape
    t, d, _ = chebyshev(n)
    found = np.full(m, np.nan)
    for part in parts(m, n, k):
        system = linearised(jet, ends, y[part])[1]
        count = len(system)
        whole = np.zeros((count, n - 1, k, n - 1, k))
        whole[:, 1:] = system[:, :, :, 1:]
        whole[:, 0] = d[0, 1:, None] * np.eye(k)[:, None, :]
        right = np.zeros((count, (n - 1) * k, k))
        right[:, :k] = np.eye(k)
        fields = solved(whole.reshape(count, (n - 1) * k, -1), right).reshape(count, n - 1, k, k)
        with np.errstate(invalid="ignore"):
            area = np.linalg.det(fields / t[1:, None, None])
            # Fields that grow exponentially are rounded next to the start.
            turned = area < -_ROUNDING * np.abs(area).max(1, keepdims=True)
        found[part] = np.where(turned.any(1), t[1:][turned.argmax(1)], np.nan)
    return found
