"""What the checks of one family found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One comparison: ``digits`` is the worst agreement over ``points`` parameter points.

    ``digits`` is None where there is nothing closed to compare (``remark`` says why).
    """

    name: str
    digits: float | None
    points: int
    passed: bool = True
    remark: str = ""

    def __str__(self) -> str:
        if self.digits is None:
            return f"  -     {self.name}: {self.remark}"
        mark = "ok  " if self.passed else "FAIL"
        remark = f" ({self.remark})" if self.remark else ""
        return f"  {mark}  {self.name}: {self.digits:.1f} digits at {self.points} points{remark}"


@dataclass(frozen=True)
class Report:
    """All checks of one family, in order."""

    family: str
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        return all(check.passed for check in self.checks)

    @property
    def digits(self) -> float | None:
        """The worst agreement of all checks."""
        known = [check.digits for check in self.checks if check.digits is not None]
        return min(known, default=None)

    def __str__(self) -> str:
        return "\n".join([f"{self.family}: checks against quadrature", *map(str, self.checks), ""])

    def _repr_html_(self) -> str:
        from symfisher.render.notebook import report_html

        return report_html(str(self))

    def _repr_latex_(self) -> str:
        from symfisher.render.notebook import report_latex

        return report_latex(str(self))
