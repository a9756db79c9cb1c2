"""Large samples: covariance of the maximum likelihood estimator, scoring, skewness of the score."""

from __future__ import annotations

from typing import Any

from sympy import Expr, ImmutableDenseMatrix, Matrix, Rational, sqrt

from symfisher.algebra.inverse import is_long
from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.expectation.engine import status_of
from symfisher.expectation.truth import score_of
from symfisher.formula import Formula, Step
from symfisher.quantities.bound import crlb
from symfisher.quantities.given import default_size, sample_size
from symfisher.quantities.registry import quantity
from symfisher.quantities.third_order import third_order


@quantity(
    "mle_covariance",
    "Covariance of the maximum likelihood estimator from n observations, as n grows.",
    ("crlb",),
    default=False,
)
def mle_covariance(family: Family, n: Any = None, of: Any = None) -> Formula:
    """F^-1/n, k x k, or J F^-1 J^T/n for functions ``of`` the parameters (the delta method).

    sqrt(n) (theta_hat - theta) is asymptotically normal with n times this covariance where the
    model is differentiable in quadratic mean, the parameter lies inside its domain and the
    estimator is consistent (van der Vaart 1998, theorem 5.39).
    """
    bound = crlb(family, n=default_size(family) if n is None else n, of=of)
    named = bound.with_(
        name="mle_covariance",
        title="Covariance of the maximum likelihood estimator as n grows",
        symbol=r"\operatorname{Cov}(\hat\theta)",
    )
    if bound.expr is None or of is None:
        return named
    return named.with_(notes=tuple(note for note in bound.notes if "attain" not in note))


@quantity(
    "fisher_scoring",
    "Step of Fisher's scoring: the inverse Fisher matrix times the score.",
    ("score", "crlb"),
    default=False,
)
def fisher_scoring(family: Family) -> Formula:
    """F^-1 s(x), k x 1, a function of the data too: its average over a sample is the step
    theta_new - theta of Fisher's scoring."""
    bound = crlb(family)
    if bound.expr is None:
        return bound.with_(name="fisher_scoring", title=_SCORING)
    product = bound.expr * Matrix(score_of(family))
    step = Step("scoring", "Multiply the score by the inverse information.", bound.expr, None)
    return bound.with_(
        name="fisher_scoring",
        vector=True,
        title=_SCORING,
        symbol=r"\mathcal{I}(\theta)^{-1} s(\theta)",
        expr=ImmutableDenseMatrix([_short(entry) for entry in product]),
        reads_data=True,
        notes=(*bound.notes, "Averaged over the observations of a sample."),
        trace=(*bound.trace, step),
    )


_SCORING = "Step of Fisher's scoring"


def _short(entry: Expr) -> Expr:
    return entry if is_long(Matrix([[entry]])) else tidy(entry)


@quantity(
    "score_skewness",
    "Skewness of each parameter's score.",
    ("fisher",),
    default=False,
)
def score_skewness(family: Family, n: Any = 1) -> Formula:
    """E[s_i^3] / F_ii^(3/2), a vector; for n observations it is divided by sqrt(n).

    It measures how far from normal the score is, to first order.

    Raises:
        DoesNotExistError: the family is not regular to the third order.
    """
    cumulants = third_order(family)
    size, roles = sample_size(family, n)
    entries = [
        tidy(
            tidy(cumulants.skewness(i, i, i))
            / cumulants.information[i, i] ** Rational(3, 2)
            / sqrt(size)
        )
        for i in range(len(family.parameters))
    ]
    vector = ImmutableDenseMatrix(entries)
    step = Step("third cumulant", "Bartlett's identity gives the third moment of the score.")
    return Formula(
        name="score_skewness",
        vector=True,
        title="Skewness of the score",
        symbol=r"\gamma(\theta)",
        expr=vector,
        family=family,
        status=status_of(vector),
        digits=cumulants.digits,
        trace=(*cumulants.steps, step),
        extra_symbols=roles,
    )
