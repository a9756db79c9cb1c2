"""The Fisher metric, its inverse and its volume element."""

from __future__ import annotations

from sympy import Expr, Integer, Mul, Pow, sqrt

from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.errors import DoesNotExistError
from symfisher.expectation.samples import signs_of
from symfisher.formula import Formula
from symfisher.geometry.chart import chart, short
from symfisher.geometry.results import geometric
from symfisher.quantities.bound import crlb
from symfisher.quantities.registry import quantity


@quantity("metric", "Fisher metric of the parameter space.", ("fisher",), default=False)
def metric(family: Family) -> Formula:
    """g_ij, k x k in the order of ``family.parameters``: the Fisher matrix of one observation.

    Raises:
        DoesNotExistError: there is no Fisher information, or it is singular everywhere.
    """
    manifold = chart(family)
    return manifold.information.with_(name="metric", title="Fisher metric", symbol="g")


@quantity("inverse_metric", "Inverse of the Fisher metric.", ("crlb",), default=False)
def inverse_metric(family: Family) -> Formula:
    """g^ij, k x k in the order of ``family.parameters``.

    Raises:
        DoesNotExistError: there is no Fisher information, or it is singular everywhere.
    """
    bound = crlb(family)
    if bound.expr is None:
        raise DoesNotExistError(" ".join(bound.notes))
    return bound.with_(name="inverse_metric", title="Inverse Fisher metric", symbol="g^{-1}")


@quantity(
    "volume_element",
    "Riemannian volume element: the square root of the metric's determinant.",
    ("fisher",),
    default=False,
)
def volume_element(family: Family) -> Formula:
    """sqrt(det g), a scalar density: the volume of a part of the parameter space is its integral.

    Raises:
        DoesNotExistError: there is no Fisher information, or it is singular everywhere.
    """
    manifold = chart(family)
    determinant = manifold.work(lambda tensors: short(tensors.field, tensors.determinant))
    return geometric(
        manifold,
        "volume_element",
        "Volume element",
        r"\sqrt{\det g}",
        square_root(determinant, family),
        "Take the square root of the determinant of the metric.",
    )


def square_root(expr: Expr, family: Family) -> Expr:
    """The root of a positive expression, squares in it taken out with their known signs."""
    sign = signs_of(family)
    inside: list[Expr] = []
    outside: list[Expr] = []
    for factor in Mul.make_args(expr):
        base, power = factor.as_base_exp()
        if power.is_Integer and power % 2 == 0 and sign(base) in (1, -1):
            outside.append(Pow(base if sign(base) == 1 else -base, power / 2))
        else:
            inside.append(factor)
    return tidy(Mul(*outside)) * sqrt(Mul(Integer(1), *inside))
