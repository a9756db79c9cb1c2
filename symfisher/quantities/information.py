"""The two forms of the Fisher information matrix, derived by separate roads."""

from __future__ import annotations

from sympy import Expr, ImmutableDenseMatrix, count_ops

from symfisher.declaration import Family
from symfisher.expectation.engine import Expected, engine, status_of
from symfisher.formula import Formula, Status, Step
from symfisher.quantities.registry import quantity
from symfisher.quantities.regularity import regularity
from symfisher.quantities.removable import removable_note


@quantity("outer_product", "Outer-product form E[score score^T] of the Fisher matrix.", ("score",))
def outer_product(family: Family) -> Formula:
    """E[score score^T], k x k in the order of ``family.parameters``."""
    found = engine(family).outer_product
    step = Step("outer product", "Take the expectation of the product of scores.", None, found.expr)
    return _formula(
        family,
        found,
        "outer_product",
        "Outer-product form of the information",
        r"\operatorname{E}\left[s\,s^{\top}\right]",
        step,
    )


@quantity(
    "negative_hessian", "Negative-Hessian form -E[Hessian] of the Fisher matrix.", ("hessian",)
)
def negative_hessian(family: Family) -> Formula:
    """-E[Hessian], k x k, the Hessian being taken where it exists (a kink's mass is not in it)."""
    found = engine(family).negative_hessian
    step = Step("negative Hessian", "Take minus the expectation of the Hessian.", None, found.expr)
    return _formula(
        family,
        found,
        "negative_hessian",
        "Negative-Hessian form of the information",
        r"-\operatorname{E}\left[H\right]",
        step,
    )


def _formula(
    family: Family, found: Expected, name: str, title: str, symbol: str, step: Step
) -> Formula:
    return Formula(
        name=name,
        title=title,
        symbol=symbol,
        expr=found.expr,
        family=family,
        status=found.status,
        digits=found.digits,
        trace=(*found.steps, step),
        conditions=engine(family).conditions,
        notes=(*found.notes, *removable_note(found.expr, family)),
    )


@quantity(
    "fisher",
    "Fisher information matrix: the outer-product form, where the model is differentiable in "
    "quadratic mean.",
    ("outer_product", "negative_hessian", "regularity"),
)
def fisher(family: Family) -> Formula:
    """Fisher information matrix, k x k in the order of ``family.parameters``.

    It is the outer-product form, which is the information wherever the model is differentiable
    in quadratic mean (van der Vaart 1998, section 5.5); where both forms agree, the shorter of
    the two expressions is given.  Status "none", with the reason, where the model is not.
    """
    verdict = regularity(family)
    if not verdict.quadratic_mean_differentiable:
        return Formula(
            name="fisher",
            title="Fisher information matrix",
            symbol=r"\mathcal{I}(\theta)",
            expr=None,
            family=family,
            status=Status.NONE,
            notes=("There is no Fisher information: " + "; ".join(verdict.reasons) + ".",),
        )
    best = outer_product(family)
    if verdict.forms_agree:
        best = _entrywise(best, negative_hessian(family))
    return best.with_(
        name="fisher",
        title="Fisher information matrix",
        symbol=r"\mathcal{I}(\theta)",
        conditions=verdict.conditions,
    )


def _entrywise(outer: Formula, curvature: Formula) -> Formula:
    """Of two forms that agree, entry by entry the one that is closed, or shorter."""
    entries = [min(pair, key=_length) for pair in zip(outer.expr, curvature.expr, strict=True)]
    matrix = ImmutableDenseMatrix(*outer.expr.shape, entries)
    if matrix in (outer.expr, curvature.expr):
        return outer if matrix == outer.expr else curvature
    return outer.with_(
        expr=matrix,
        status=status_of(matrix),
        digits=min((f.digits for f in (outer, curvature) if f.digits is not None), default=None),
        trace=tuple(dict.fromkeys((*outer.trace, *curvature.trace))),
        notes=tuple(dict.fromkeys((*outer.notes, *curvature.notes))),
    )


def _length(entry: Expr) -> tuple[int, int]:
    standing = [Status.CLOSED, Status.SERIES, Status.QUADRATURE].index(status_of(entry))
    return standing, int(count_ops(entry))
