"""Evidence: every expectation of a family against quadrature at many digits."""

from symfisher.verification.checks import verify
from symfisher.verification.report import Check, Report

__all__ = ["Check", "Report", "verify"]
