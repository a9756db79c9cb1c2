"""Numbers on the parameter space: geodesics, distances, transport, means, natural gradients.

    m = Manifold("gamma")
    m.distance([2, 1], [[3, 1], [5, 2]])

The symbolic side of the same geometry is ``symfisher.geometry``.
"""

from symfisher.manifold.curve import Curves
from symfisher.manifold.manifold import Manifold

__all__ = ["Curves", "Manifold"]
