"""Kernel classes: each file recognises one in any disguise and holds its table."""

from __future__ import annotations

from symfisher.expectation.kernels import (
    beta,
    gamma,
    generalized_inverse_gaussian,
    normal,
    polylogarithm,
    rational,
    student,
    truncated_gamma,
    truncated_normal,
)

KERNELS = (
    gamma,
    beta,
    normal,
    rational,
    student,
    generalized_inverse_gaussian,
    truncated_gamma,
    truncated_normal,
    polylogarithm,
)
