"""Numbers on the parameter space: geodesics, distances, transport, means, natural gradients.

    m = Manifold("gamma")
    m.distance([2, 1], [[3, 1], [5, 2]])

The symbolic side of the same geometry is ``symfisher.geometry``.
"""

from symfisher.manifold.curve import Curves
from symfisher.manifold.descent import Path, descend, flow, natural_gradient, radius_step
from symfisher.manifold.dual import DualSpace
from symfisher.manifold.manifold import Manifold
from symfisher.manifold.normal import covariance_distance, normal_distance_bounds
from symfisher.manifold.normal_geodesic import (
    NormalGeodesic,
    normal_distance,
    normal_exp,
    normal_geodesic,
)
from symfisher.manifold.projection import Projection, e_projection, m_projection

__all__ = [
    "Curves",
    "DualSpace",
    "Manifold",
    "NormalGeodesic",
    "Path",
    "Projection",
    "covariance_distance",
    "descend",
    "e_projection",
    "flow",
    "m_projection",
    "natural_gradient",
    "normal_distance",
    "normal_distance_bounds",
    "normal_exp",
    "normal_geodesic",
    "radius_step",
]
