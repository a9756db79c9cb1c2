"""Two independent variables, perturbed by a product: p(x) q(y) (1 + t g(x) h(y)).

With one parameter t both forms of its information are the mean of G^2/(1 + t G), G = g h, under
the product p q.  Where g and h are linear in the distribution functions, as in the family of
Farlie, Gumbel and Morgenstern, G is c times two independent uniform variables on (-1, 1), and the
geometric series gives with s = c t

    c^2 sum over k of s^(2k)/(2k + 3)^2 = c^2 Phi(s^2, 2, 3/2)/4    (Lerch, DLMF 25.14).
"""

from __future__ import annotations

from sympy import (
    Expr,
    ImmutableDenseMatrix,
    Integer,
    Rational,
    Symbol,
    cancel,
    diff,
    exp,
    lerchphi,
    limit,
    log,
)

from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.expectation.fingerprint import Fingerprint
from symfisher.expectation.samples import joint_points
from symfisher.formula import Step

_NAME = "perturbed product"


def frame(family: Family) -> PerturbedProduct | None:
    """The frame of a family of two continuous variables with one parameter of this kind."""
    if len(family.variables) != 2 or len(family.parameters) != 1 or family.is_mass:
        return None
    (parameter,) = family.parameters
    domain = family.domains[parameter]
    if not (domain.lower < 0 < domain.upper):
        return None
    base = family.log_density.subs(parameter, 0)
    score = diff(family.log_density, parameter)
    product = cancel(score / (1 - parameter * score))
    if parameter in product.free_symbols or not _is_uniform_product(family, product, base):
        return None
    return PerturbedProduct(family, parameter, product, _at_upper_ends(family, product))


def _at_upper_ends(family: Family, product: Expr) -> Expr:
    for variable, support in zip(family.variables, family.supports):
        product = limit(product, variable, support.upper)
    return product


def _is_uniform_product(family: Family, product: Expr, base: Expr) -> bool:
    """Whether G = g(x) h(y) with g(X) and h(Y) uniform about zero and independent."""
    fingerprint = Fingerprint(joint_points(family))
    x, y = family.variables
    if any(not fingerprint.is_zero(diff(log(f), x, y)) for f in (product**2, exp(base))):
        return False
    return all(
        _is_uniform(fingerprint, product, base, v, support)
        for v, support in zip((x, y), family.supports)
    )


def _is_uniform(
    fingerprint: Fingerprint, product: Expr, base: Expr, variable: Symbol, support: Domain
) -> bool:
    """The slope of g in proportion to the density, and values at the ends that are opposite."""
    if support.free_symbols or support.discrete:
        return False
    slope = diff(log(diff(product, variable) ** 2) / 2 - base, variable)
    ends = [limit(product, variable, end) for end in (support.lower, support.upper)]
    return fingerprint.is_zero(slope) and fingerprint.is_zero(ends[0] + ends[1])


class PerturbedProduct:
    """Both forms of the information about the strength of the perturbation."""

    name = _NAME

    def __init__(self, family: Family, parameter: Symbol, product: Expr, size: Expr) -> None:
        self.family, self.parameter, self.size = family, parameter, size
        self.steps = [
            Step(
                _NAME,
                "The density is a product times 1 + t G, and G a product of two variables that "
                "are uniform about zero: expand the mean of G^2/(1 + t G) in powers of t.",
                product**2 / (1 + parameter * product),
                self._information,
            )
        ]

    @property
    def _information(self) -> Expr:
        scale = (self.size * self.parameter) ** 2
        return self.size**2 * lerchphi(scale, 2, Rational(3, 2)) / 4

    def score_mean(self) -> list[Expr]:
        """The mean of G under the product, which is zero."""
        return [Integer(0)]

    def outer_product(self) -> ImmutableDenseMatrix:
        return ImmutableDenseMatrix([[self._information]])

    def negative_hessian(self) -> ImmutableDenseMatrix:
        return ImmutableDenseMatrix([[self._information]])

    def expect(self, integrand: Expr) -> Expr | None:
        return None
