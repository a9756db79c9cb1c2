"""Kernel classes: each file recognises one in any disguise and holds its table."""

from __future__ import annotations

from symfisher.expectation.kernels import (
    beta,
    birnbaum_saunders,
    euler,
    gamma,
    gamma_mixture,
    generalized_inverse_gaussian,
    normal,
    polylogarithm,
    rational,
    student,
    truncated_gamma,
    truncated_normal,
    two_quadratics,
)

KERNELS = (
    gamma,
    beta,
    normal,
    rational,
    student,
    generalized_inverse_gaussian,
    birnbaum_saunders,
    truncated_gamma,
    truncated_normal,
    gamma_mixture,
    polylogarithm,
    euler,
    two_quadratics,
)
