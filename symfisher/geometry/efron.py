"""Efron's statistical curvature: how far a family is from an exponential one."""

from __future__ import annotations

from itertools import combinations_with_replacement, product

from sympy import Rational, sqrt

from symfisher.algebra.fraction import Fraction
from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.errors import DerivationError
from symfisher.expectation.engine import Expected, engine
from symfisher.expectation.truth import hessian_of
from symfisher.formula import Formula, Status
from symfisher.geometry.chart import chart, ordered
from symfisher.geometry.results import geometric
from symfisher.geometry.tensors import Matrix, Tensors
from symfisher.quantities.registry import quantity

Pair = tuple[int, int]


@quantity(
    "efron_curvature",
    "Efron's statistical curvature: zero for exponential families in any parameters.",
    ("fisher", "amari_chentsov"),
    default=False,
)
def efron_curvature(family: Family) -> Formula:
    """The statistical curvature gamma, a scalar without unit.

    gamma^2 is the squared length of the part of the log-density's Hessian that is orthogonal to
    the constants and the scores: for one parameter (nu_02 - nu_11^2/nu_20)/nu_20^2 with nu_jk =
    E[l'^j (l'' + i)^k] (Efron 1975, equation 3.1); for several its trace with the inverse metric
    (Amari and Nagaoka 2000, section 4.3).

    Raises:
        DoesNotExistError: there is no Fisher metric.
        DerivationError: an expectation of second derivatives has no closed form.
    """
    manifold = chart(family)
    moments = {pair: _product(family, *pair) for pair in _pairs(family)}
    if any(moment.status is Status.QUADRATURE for moment in moments.values()):
        raise DerivationError(
            f"family '{family.name}': the expectation of a product of second derivatives of the "
            "log-density has no closed form"
        )
    square = manifold.work(
        lambda tensors: tensors.field.expression(
            _length(manifold.connection(tensors, Rational(1)), tensors, moments)
        )
    )
    digits = [moment.digits for moment in moments.values() if moment.digits is not None]
    formula = geometric(
        manifold,
        "efron_curvature",
        "Efron's statistical curvature",
        r"\gamma",
        sqrt(tidy(square)),
        "Project the Hessian off the constants and the scores and take the length of what is left.",
        details={"alpha": "1"},
    )
    return formula.with_(details={}, digits=min([*digits, formula.digits or 16.0]))


def _pairs(family: Family) -> list[tuple[Pair, Pair]]:
    size = range(len(family.parameters))
    entries = list(combinations_with_replacement(size, 2))
    return list(combinations_with_replacement(entries, 2))


def _product(family: Family, first: Pair, second: Pair) -> Expected:
    """E[l_ij l_kl]."""
    hessian = hessian_of(family)
    return engine(family).expect(hessian[first[0]][first[1]] * hessian[second[0]][second[1]])


def _length(
    exponential: list[Matrix], tensors: Tensors, moments: dict[tuple[Pair, Pair], Expected]
) -> Fraction:
    """g^ik g^jm H_ijkm with H_ijkm = E[l_ij l_km] - g_ij g_km - g^ab Gamma_ij,a Gamma_km,b."""
    field, size, inverse, g = tensors.field, tensors.size, tensors.inverse, tensors.metric

    def off_scores(i: int, j: int, k: int, m: int) -> Fraction:
        first, second = sorted([ordered(i, j), ordered(k, m)])
        whole = field.convert(moments[(first[0], first[1]), (second[0], second[1])].expr)
        along = tensors.total(
            (inverse[a][b] * exponential[a][i][j], exponential[b][k][m])
            for a, b in product(size, repeat=2)
        )
        return whole - g[i][j] * g[k][m] - along

    weights = {
        (i, j, k, m): inverse[i][k] * inverse[j][m] for i, j, k, m in product(size, repeat=4)
    }
    return field.sum(w * off_scores(*index) for index, w in weights.items() if w)
