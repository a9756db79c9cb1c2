"""Distances between normal distributions that differ in their covariance matrix alone."""

from __future__ import annotations

from sympy import (
    Expr,
    ImmutableDenseMatrix,
    Poly,
    PolynomialError,
    diff,
    hessian,
    limit,
    log,
    oo,
    sqrt,
)

from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family


def precision_matrix(family: Family) -> ImmutableDenseMatrix | None:
    """Minus the Hessian by the data of a log-density that is quadratic in them, else None."""
    whole = all(s.lower == -oo and s.upper == oo and not s.discrete for s in family.supports)
    if not whole or not family.variables:
        return None
    try:
        polynomial = Poly(family.log_density, *family.variables)
    except PolynomialError:
        return None
    if polynomial.total_degree() != 2:
        return None
    return ImmutableDenseMatrix(-hessian(family.log_density, family.variables)).applyfunc(tidy)


def covariance_distance(family: Family) -> tuple[Expr, str] | None:
    """sqrt(sum of log^2 of the eigenvalues of P Sigma'/2) of a bivariate normal family.

    It is found where the mean is constant and the parameters are all covariance matrices
    (Skovgaard 1984, theorem 5.1).
    """
    precision = precision_matrix(family)
    if precision is None or precision.rows != 2 or len(family.parameters) != 3:
        return None
    origin = [diff(family.log_density, v).subs(dict.fromkeys(family.variables, 0))
              for v in family.variables]  # fmt: skip
    mean = (precision.inv() * ImmutableDenseMatrix(origin)).applyfunc(tidy)
    if mean.free_symbols & set(family.parameters) or not _fills(family, precision):
        return None
    other = precision.xreplace(family.primed)
    ratio = precision * other.inv()
    trace, determinant = tidy(ratio.trace()), tidy(precision.det() / other.det())
    root = sqrt(tidy(trace**2 - 4 * determinant))
    logs = [log((trace + sign * root) / 2) for sign in (1, -1)]
    return sqrt((logs[0] ** 2 + logs[1] ** 2) / 2), (
        "The parameters are the covariance matrices: the distance is that of positive definite "
        "matrices under congruence."
    )


def _fills(family: Family, precision: ImmutableDenseMatrix) -> bool:
    """Whether the matrix degenerates at every end of the domain: no covariance is left out."""
    determinant = tidy(precision.det())
    if family.constraints:
        return False
    for parameter in family.parameters:
        domain = family.domains[parameter]
        for end, side in ((domain.lower, "+"), (domain.upper, "-")):
            if not any(limit(d, parameter, end, side) == 0 for d in (determinant, 1 / determinant)):
                return False
    return True
