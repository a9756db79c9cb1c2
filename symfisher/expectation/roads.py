"""The roads to an expectation, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symfisher.expectation import (
    closure,
    enumeration,
    exponential_family,
    independent,
    integrator,
    kernel_frame,
    perturbed_product,
    symmetry,
)
from symfisher.expectation.closure import parts_frame

Road = Callable[[Any], Any]


def by_enumeration(branch: Any) -> Any:
    """The data have a handful of values: add them up."""
    return enumeration.frame(branch.family, enumeration.FEW_CELLS)


def by_long_enumeration(branch: Any) -> Any:
    """The data have some dozens of values, and no form is known but what they add up to."""
    return enumeration.frame(branch.family)


def by_independence(branch: Any) -> Any:
    """A product of families: each expectation under its own factor."""
    return independent.frame(branch.family)


def by_exponential_family(branch: Any) -> Any:
    """E[score] = 0 gives the means of the statistics, their derivatives the covariances."""
    return exponential_family.frame(branch.family) if _is_smooth(branch) else None


def by_kernel(branch: Any) -> Any:
    """One continuous variable: canonical coordinate, kernel and its table."""
    return kernel_frame.frame(branch.family, branch.fingerprint)


def by_closure(branch: Any) -> Any:
    """Linear identities between expectations, solved for the ones that are needed."""
    return closure.frame(branch.family) if _is_smooth(branch) else None


def by_parts(branch: Any) -> Any:
    """Identities on each part of a support that a density with cases or corners falls into."""
    return parts_frame.frame(branch.family)


def by_perturbed_product(branch: Any) -> Any:
    """Two variables that a product of functions makes dependent."""
    return perturbed_product.frame(branch.family)


def by_symmetry(branch: Any) -> Any:
    """What is odd about the centre of a symmetric density."""
    return symmetry.frame(branch.family, branch.fingerprint)


def by_integrator(branch: Any) -> Any:
    """A general integrator, in a process that can be stopped."""
    return integrator.frame(branch.family)


def _is_smooth(branch: Any) -> bool:
    """Derivatives may be taken under the integral: nothing moves where there is mass."""
    return branch.support_fixed and not branch.kinks


def roads() -> tuple[Road, ...]:
    return (
        by_enumeration,
        by_independence,
        by_exponential_family,
        by_kernel,
        by_closure,
        by_parts,
        by_long_enumeration,
        by_perturbed_product,
        by_symmetry,
        by_integrator,
    )
