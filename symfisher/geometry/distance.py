"""The Fisher-Rao distance in closed form, where the metric is seen to be of a known geometry."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sympy import (
    Abs,
    Dummy,
    Expr,
    ImmutableDenseMatrix,
    Integral,
    asinh,
    sqrt,
)

from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.errors import DerivationError
from symfisher.expectation.samples import signs_of
from symfisher.formula import Formula, Status, Step
from symfisher.geometry.antiderivative import root_antiderivative
from symfisher.geometry.chart import chart
from symfisher.geometry.covariance import covariance_distance
from symfisher.geometry.eikonal import check_distance
from symfisher.geometry.half_plane import HalfPlane, from_height
from symfisher.geometry.patch import Patch, patches
from symfisher.geometry.roots import embedded_by_roots
from symfisher.geometry.warped import Warped, warped
from symfisher.quantities.registry import quantity

Found = tuple[Expr, str]  # a distance and how it was found
_SYMBOL = r"d(\theta, \theta')"


@quantity(
    "fisher_rao_distance",
    "Fisher-Rao distance between two members of the family.",
    ("fisher",),
    default=False,
)
def fisher_rao_distance(family: Family) -> Formula:
    """The geodesic distance d(theta, theta') of the Fisher metric, a scalar.

    The second point's parameters are ``extra_symbols["primed"]``.  It is found where the metric is
    one-dimensional (the integral of sqrt(F)), flat, hyperbolic, spherical, that of covariance
    matrices, or a product of these (Atkinson and Mitchell 1981; Skovgaard 1984), and then held
    against the eikonal equation: its gradient has length one.  One parameter whose sqrt(F) has no
    elementary integral leaves the integral, status "quadrature".  Status "none", with the reason,
    where no closed form is found; ``symfisher.manifold.Manifold.distance`` has its values.

    Raises:
        DoesNotExistError: there is no Fisher metric.
        MismatchError: what was found does not satisfy the eikonal equation.
    """
    information = chart(family).information
    found = _found(family)
    primes = {p.name: family.primed[p] for p in family.parameters}
    if found is None:
        return information.with_(
            name="fisher_rao_distance",
            title="Fisher-Rao distance",
            symbol=_SYMBOL,
            expr=None,
            status=Status.NONE,
            digits=None,
            notes=(_not_found(family),),
            extra_symbols={"primed": primes},
        )
    expr, statement = found
    closed = not expr.has(Integral)
    digits = check_distance(family, information.expr, expr) if closed else None
    return information.with_(
        name="fisher_rao_distance",
        title="Fisher-Rao distance",
        symbol=_SYMBOL,
        expr=expr,
        status=Status.CLOSED if closed else Status.QUADRATURE,
        digits=digits,
        notes=(),
        trace=(*information.trace, Step("Fisher-Rao distance", statement)),
        extra_symbols={"primed": primes},
    )


def _not_found(family: Family) -> str:
    """Why there is no closed form, and where numbers are."""
    try:
        chart(family).work(lambda tensors: tensors.levi_civita)
    except DerivationError as error:
        return f"No closed form was found for this metric, and there are no geodesics: {error}"
    return (
        "No closed form was found for this metric; symfisher.manifold.Manifold(...).distance has "
        "its values."
    )


def _found(family: Family) -> Found | None:
    """The distance by the first road that has it, over a product of independent patches."""
    whole = covariance_distance(family)
    if whole is not None:
        return whole
    parts = [_of_patch(patch) for patch in patches(family, chart(family).information.expr)]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    if len(known) == 1:
        return known[0]
    squares = [distance**2 for distance, _ in known]
    reasons = " ".join(dict.fromkeys(reason for _, reason in known))
    return sqrt(sum(squares)), (f"The metric is a product: squared distances add up. {reasons}")


def _of_patch(patch: Patch) -> Found | None:
    if len(patch.symbols) == 1:
        return _line(patch)
    roads: Sequence[Callable[[Patch], Found | None]] = (
        _constant,
        _half_space,
        embedded_by_roots,
        _half_plane,
    )
    return next((found for road in roads if (found := road(patch)) is not None), None)


def _line(patch: Patch) -> Found:
    """One parameter: the length of the interval between the two points."""
    (x,), square = patch.symbols, patch.metric[0, 0]
    along = root_antiderivative(square, x, signs_of(patch.family))
    if along is None:
        t = Dummy(x.name, **x.assumptions0)
        integral = Integral(sqrt(square.xreplace({x: t})), (t, x, patch.primes[x]))
        return Abs(integral), "Integrate the square root of the information."
    return Abs(tidy(patch.primed(along) - along)), (
        "Integrate the square root of the information between the two parameters."
    )


def _constant(patch: Patch) -> Found | None:
    """A metric that does not depend on the point is Euclidean."""
    if patch.metric.free_symbols & set(patch.symbols) or not patch.is_box:
        return None
    step = ImmutableDenseMatrix([patch.primes[s] - s for s in patch.symbols])
    return sqrt(tidy((step.T * patch.metric * step)[0, 0])), (
        "The metric is constant: the distance is that of Mahalanobis."
    )


def _half_space(patch: Patch) -> Found | None:
    """Hyperbolic or flat space found as a warped product; see ``warped``."""
    found = _warped_space(patch)
    if found is None:
        return None
    level = _level(found)
    change = ImmutableDenseMatrix([patch.primed(u) - u for u in level])
    across = (change.T * found.inner * change)[0, 0]
    if found.curvature == 0:
        along = root_antiderivative(found.length, found.radial, signs_of(patch.family))
        if along is None:
            return None
        square = (patch.primed(along) - along) ** 2 + found.warp * across
        return sqrt(square), "In suitable coordinates the metric is that of a flat space."
    rate, unit, height = _heights(found)
    other = patch.primed(height)
    # The squares are left as they are: multiplied out they would cancel for points close by.
    gap = across / tidy(unit**2) + (other - height) ** 2
    return 2 / rate * asinh(sqrt(gap / (height * other)) / 2), (
        "In suitable coordinates the metric is that of the hyperbolic half-space."
    )


def _half_plane(patch: Patch) -> Found | None:
    """The hyperbolic plane in coordinates that do not separate."""
    found = from_height(patch)
    if found is None:
        return None
    u, v, rate = found.u, found.v, found.kappa
    gap = (patch.primed(u) - u) ** 2 + (patch.primed(v) - v) ** 2
    return 2 / rate * asinh(sqrt(gap) / (2 * sqrt(v) * sqrt(patch.primed(v)))), (
        "The curvature is a negative constant: in coordinates found from the metric it is that of "
        "the hyperbolic half-plane."
    )


def _warped_space(patch: Patch) -> Warped | None:
    """The warped product of a patch that is a convex part of hyperbolic or flat space."""
    sign = signs_of(patch.family)
    found = warped(patch.metric, patch.symbols, sign) if patch.is_box else None
    if found is None or found.curvature.free_symbols & set(patch.symbols):
        return None
    if any(shift != 0 for shift in found.shift) and not patch.fills(found.level, sign):
        return None
    if found.curvature != 0 and not patch.is_above(_heights(found)[2], found.radial, sign):
        return None
    return found


def _level(found: Warped) -> list[Expr]:
    return [tidy(u + shift) for u, shift in zip(found.level, found.shift)]


def _heights(found: Warped) -> tuple[Expr, Expr, Expr]:
    """kappa, and c, y with 1/(kappa sqrt(E)) = c*y for a constant c."""
    rate = sqrt(-found.curvature)
    height = tidy(1 / (rate * sqrt(found.warp)))
    unit, rest = height.as_independent(found.radial, as_Add=False)
    return rate, unit, rest


def half_plane(family: Family) -> HalfPlane | None:
    """The half-plane coordinates of a canonical family of two parameters; None where it has none.

    Raises:
        DoesNotExistError: there is no Fisher metric.
    """
    parts = patches(family, chart(family).information.expr)
    if len(parts) != 1 or len(family.parameters) != 2:
        return None
    found = _warped_space(parts[0])
    if found is None:
        return from_height(parts[0])
    if found.curvature == 0:
        return None
    rate, unit, height = _heights(found)
    return HalfPlane(tidy(_level(found)[0] * sqrt(found.inner[0, 0]) / unit), height, rate)
