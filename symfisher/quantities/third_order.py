"""Third-order cumulants of the log-likelihood's derivatives, for expansions of order 1/n.

With kappa_ijk = E[d_i d_j d_k log p] and F_ij = -kappa_ij, differentiating E[d_i d_j log p] gives
E[(d_i d_j log p) s_k] = -d_k F_ij - kappa_ijk, and E[s_i s_j s_k] follows from Bartlett's third
identity: 2 kappa_ijk + d_i F_jk + d_j F_ik + d_k F_ij (Bartlett 1953; McCullagh 1987, section 7.2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import combinations_with_replacement

import numpy as np
from sympy import Expr, ImmutableDenseMatrix, Integer, diff

from symfisher.algebra.corners import slope
from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.errors import DoesNotExistError
from symfisher.expectation.engine import Branch, engine
from symfisher.expectation.truth import hessian_of, score_of
from symfisher.formula import Status, Step
from symfisher.numerics.quadrature import quadrature
from symfisher.quantities.information import fisher
from symfisher.quantities.regularity import regularity

Index = tuple[int, int, int]
_SAME = 1e-6
_DIGITS = 17


@dataclass(frozen=True)
class ThirdOrder:
    """kappa_ijk for i <= j <= k and F, with what they rest on."""

    entries: Mapping[Index, Expr]
    information: ImmutableDenseMatrix
    status: Status
    digits: float | None
    steps: tuple[Step, ...]
    family: Family

    def kappa(self, i: int, j: int, k: int) -> Expr:
        """E[d_i d_j d_k log p]."""
        first, second, third = sorted((i, j, k))
        return self.entries[first, second, third]

    def slope(self, i: int, j: int, k: int) -> Expr:
        """d F_ij / d theta_k."""
        return diff(self.information[i, j], self.family.parameters[k])

    def skewness(self, i: int, j: int, k: int) -> Expr:
        """E[s_i s_j s_k]."""
        slopes = self.slope(j, k, i) + self.slope(i, k, j) + self.slope(i, j, k)
        return 2 * self.kappa(i, j, k) + slopes


@lru_cache(maxsize=32)
def third_order(family: Family) -> ThirdOrder:
    """The third-order cumulants of a regular family.

    Raises:
        DoesNotExistError: the family is not regular to the third order: an expansion of the
            maximum likelihood estimator in powers of 1/n does not hold.
    """
    _check_regular(family)
    machine, information = engine(family), fisher(family)
    k = len(family.parameters)
    entries: dict[Index, Expr] = {}
    digits, status, steps = (
        [information.digits],
        information.status,
        dict.fromkeys(information.trace),
    )
    for index in combinations_with_replacement(range(k), 3):
        derivative = reduce(slope, (family.parameters[i] for i in index), family.log_density)
        if derivative == 0:
            entries[index] = Integer(0)
            continue
        found = machine.expect(derivative)
        entries[index] = found.expr
        digits.append(found.digits)
        steps.update(dict.fromkeys(found.steps))
        if found.status is not Status.CLOSED:
            status = found.status
    known = [d for d in digits if d is not None]
    return ThirdOrder(
        entries, information.expr, status, min(known, default=None), tuple(steps), family
    )


def _check_regular(family: Family) -> None:
    verdict = regularity(family)
    if not verdict.regular:
        reasons = "; ".join(verdict.reasons) or "both forms of the information differ"
        raise DoesNotExistError(
            f"family '{family.name}' is not regular ({reasons}), so an expansion in powers of 1/n "
            "does not hold"
        )
    if not all(_third_identity(branch) for branch in engine(family).branches):
        raise DoesNotExistError(
            f"family '{family.name}': on part of the parameter domain Bartlett's third identity "
            "fails or a third moment is infinite, so an expansion in powers of 1/n does not hold"
        )


def _third_identity(branch: Branch) -> bool:
    """E[s_i s_i s_i] + 3 E[s_i h_ii] + kappa_iii = 0, by quadrature at every point."""
    family = branch.family
    score, hessian = score_of(family), hessian_of(family)
    integrands: list[Expr] = []
    for i, p in enumerate(family.parameters):
        third = reduce(slope, (p, p, p), family.log_density)
        integrands += [score[i] ** 3, 3 * score[i] * hessian[i][i], third]
    for point, moments in zip(branch.truth.points, branch.truth.moments, strict=True):
        found = quadrature(family).expect(integrands, point).values
        if np.isnan(found).any():  # a power that no float holds, of a heavy tail
            found = quadrature(family).expect_precise(integrands, point, _DIGITS).values
        values = np.asarray(found, float).reshape(-1, 3)
        scale = moments.scale.diagonal() ** 1.5 + np.abs(values).max(axis=1)
        if not bool(np.all(np.abs(values.sum(axis=1)) <= _SAME * scale)):
            return False
    return True


def combined(terms: list[Expr]) -> Expr:
    """A sum in its short form."""
    total: Expr = sum(terms, Integer(0))
    return tidy(total)
