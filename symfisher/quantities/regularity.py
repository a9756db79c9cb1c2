"""Which of the conditions behind the Fisher information hold, and what fails where one does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from sympy import Expr, diff, fraction, oo
from sympy.core.relational import Relational

from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.expectation.boundary import Kink, MovingEnd, decide_positive
from symfisher.expectation.engine import Branch, engine
from symfisher.quantities.registry import quantity

_SAME = 1e-5  # gap between the forms, in units of their size, beyond any quadrature error


@dataclass(frozen=True)
class Regularity:
    """The verdict on a family.

    Attributes:
        regular: the score's mean is zero, both forms agree and the model is differentiable in
            quadratic mean, on the part of the domain that ``conditions`` names.
        support_fixed: no end of the support depends on a parameter.
        twice_differentiable: the log-density has no corner that moves with a parameter.
        zero_mean_score: E[score] = 0.
        quadratic_mean_differentiable: the square root of the density is differentiable in mean
            square, which is what makes E[score score^T] the information.
        forms_agree: E[score score^T] = -E[Hessian].
        conditions: on the parameters, where the above needs them.
        reasons: in words, one for each thing that does not hold.
    """

    regular: bool
    support_fixed: bool
    twice_differentiable: bool
    zero_mean_score: bool
    quadratic_mean_differentiable: bool
    forms_agree: bool
    conditions: tuple[Relational, ...] = ()
    reasons: tuple[str, ...] = ()

    def _repr_html_(self) -> str:
        from symfisher.render.notebook import regularity_html

        return regularity_html(self)

    def _repr_latex_(self) -> str:
        from symfisher.render.notebook import regularity_latex

        return regularity_latex(self)


@quantity("regularity", "Regularity verdict: which conditions hold, and why one does not.")
def regularity(family: Family) -> Regularity:
    """The verdict, from the ends and kinks of the density and from quadrature of both forms."""
    machine = engine(family)
    branches = machine.witnesses
    reasons = dict.fromkeys(reason for b in branches for reason in _reasons(b))
    zero_mean = machine.score_mean_is_zero()
    finite = all(_finite(branch) for branch in branches)
    vanishing = all(_vanishes(branch) for branch in branches)
    differentiable = zero_mean and finite and vanishing
    agree = differentiable and all(_forms_agree(branch) for branch in branches)
    if not zero_mean and not reasons:
        reasons["the mean of the score is not zero"] = None
    if not finite and not reasons:
        reasons["the expectation of the squared score is infinite"] = None
    return Regularity(
        regular=differentiable and agree,
        support_fixed=all(b.support_fixed for b in branches),
        twice_differentiable=not any(_jumps(b) for b in branches),
        zero_mean_score=zero_mean,
        quadratic_mean_differentiable=differentiable,
        forms_agree=agree,
        conditions=machine.conditions,
        reasons=tuple(reasons),
    )


def _finite(branch: Branch) -> bool:
    return all(bool(np.isfinite(m.outer_product).all()) for m in branch.truth.moments)


def _forms_agree(branch: Branch) -> bool:
    return all(
        bool(np.all(abs(m.outer_product - m.negative_hessian) <= _SAME * m.scale))
        for m in branch.truth.moments
    )


def _vanishes(branch: Branch) -> bool:
    """Whether the density falls to zero fast enough at every moving end."""
    return all(_end_is_harmless(end, branch) for end in branch.ends)


def _end_is_harmless(end: MovingEnd, branch: Branch) -> bool:
    if end.exponent is None:  # not recognised: quadrature of the score's mean has to decide
        return True
    if end.exponent == oo:
        return True
    return decide_positive(end.exponent - 1, branch.family, branch.fingerprint) is not False


def _jumps(branch: Branch) -> list[Kink]:
    return [kink for kink in branch.kinks if any(jump != 0 for jump in kink.score_jumps)]


def _reasons(branch: Branch) -> Iterator[str]:
    variable = ", ".join(str(v) for v in branch.family.variables)
    for end in branch.ends:
        if not _end_is_harmless(end, branch):
            yield _end_in_words(end, variable)
    for kink in _jumps(branch):
        yield from _kink_in_words(kink, branch.family, variable)


def _end_in_words(end: MovingEnd, variable: str) -> str:
    names = ", ".join(str(p) for p in end.parameters)
    place = f"the support's end {variable} = {end.location} moves with {names}"
    if end.exponent == 0:
        return f"{place} and the density does not vanish there"
    return (
        f"{place} and the density vanishes there only like the power {end.exponent} of the "
        "distance (more than 1 is needed)"
    )


def _kink_in_words(kink: Kink, family: Family, variable: str) -> Iterator[str]:
    """The mass of the second derivative that sits on the kink, entry by entry."""
    for i, p in enumerate(family.parameters):
        for j, q in enumerate(family.parameters[i:], start=i):
            missed, jump = missed_mass(kink, i, j, family), tidy(kink.score_jumps[i])
            if missed != 0:
                yield (
                    f"the log-density has a kink at {variable} = {kink.location}: the score of {p} "
                    f"jumps there by {_plain(jump)}, so -E[Hessian] taken off the kink misses "
                    f"{_plain(missed)} in the entry ({p}, {q})"
                )


def _plain(expr: Expr) -> str:
    """The expression as text, 1/b**2 rather than b**(-2)."""
    numerator, denominator = fraction(expr)
    if denominator == 1:
        return str(expr)
    above, below = (f"({e})" if e.is_Add else str(e) for e in (numerator, denominator))
    return f"{above}/({below})" if denominator.is_Mul else f"{above}/{below}"


def missed_mass(kink: Kink, i: int, j: int, family: Family) -> Expr:
    """What a kink adds to entry (i, j) of -E[Hessian]: density * jump of score_i * its speed."""
    speed = diff(kink.location, family.parameters[j])
    return tidy(kink.density * kink.score_jumps[i] * speed)
