"""Where a parameter or a variable lives: an interval of the reals or a range of integers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sympy import Expr, FiniteSet, Integer, Interval, Range, S, Set, Symbol, oo

from symfisher.errors import DeclarationError


@dataclass(frozen=True)
class Domain:
    """The open interval (lower, upper), or the integers lower..upper, or listed points.

    The ends are SymPy expressions that may name parameters, constants and, for a variable,
    the variables declared before it.  Whether an interval's end belongs to it never matters here
    (it has no mass), so intervals are kept open.

    A vector has a ``length``: each of its entries lives between the ends, and where a ``total`` is
    given they add up to it (a simplex, counts of a known number of trials).
    """

    lower: Expr
    upper: Expr
    discrete: bool = False
    points: tuple[Expr, ...] | None = None
    length: Expr | None = None
    total: Expr | None = None

    @property
    def entry(self) -> Domain:
        """Where one entry of a vector lives."""
        return Domain(self.lower, self.upper, self.discrete, self.points)

    @property
    def free_symbols(self) -> set[Symbol]:
        ends = [*(self.points or (self.lower, self.upper))]
        ends += [size for size in (self.length, self.total) if size is not None]
        return {symbol for end in ends for symbol in end.free_symbols}

    @property
    def is_empty(self) -> bool:
        """Whether it certainly holds no point (or, an interval, but one)."""
        if self.lower == oo or self.upper == -oo:
            return True
        if self.lower == -oo or self.upper == oo or self.points is not None:
            return False
        overlap = self.lower - self.upper
        return bool(overlap.is_positive if self.discrete else overlap.is_nonnegative)

    def substitute(self, values: Mapping[Symbol, Expr]) -> Domain:
        """The same domain with symbols of its ends replaced (``xreplace``)."""
        points = None if self.points is None else tuple(p.xreplace(values) for p in self.points)
        lower, upper, length, total = (
            None if part is None else part.xreplace(values)
            for part in (self.lower, self.upper, self.length, self.total)
        )
        return Domain(lower, upper, self.discrete, points, length, total)

    def assumptions(self) -> dict[str, bool]:
        """The strongest SymPy assumptions that hold on the whole domain.

        Integers are declared as plain reals: SymPy rewrites loggamma(n) of an integer to
        log(gamma(n)), which hides it from the engine.
        """
        if self.lower.is_positive or (self.lower.is_nonnegative and not self.discrete):
            return {"positive": True}
        if self.lower.is_nonnegative:
            return {"nonnegative": True}
        if self.upper.is_negative or (self.upper.is_nonpositive and not self.discrete):
            return {"negative": True}
        return {"real": True}

    def __str__(self) -> str:
        if self.length is not None:
            return f"{self._entries()}[{self.length}]"
        if self.points is not None:
            return "{" + ", ".join(map(str, self.points)) + "}"
        if self.discrete:
            return f"{self.lower}..{self.upper}"
        return f"({self.lower}, {self.upper})"

    def _entries(self) -> str:
        if self.total is None:
            return str(self.entry)
        return f"counts({self.total})" if self.discrete else "simplex"


NAMED_DOMAINS = {
    "real": Domain(-oo, oo),
    "positive": Domain(Integer(0), oo),
    "negative": Domain(-oo, Integer(0)),
    "unit": Domain(Integer(0), Integer(1)),
}


def domain_from_set(declared: object, where: str) -> Domain:
    """The domain that a SymPy set describes: an Interval, a Range with step 1 or a FiniteSet.

    Raises:
        DeclarationError: for the empty set, any other set and what is no set.
    """
    if declared == S.EmptySet:
        raise DeclarationError(f"{where}: it is the empty set; write the smaller end first")
    if isinstance(declared, Interval):
        return Domain(declared.start, declared.end)
    if isinstance(declared, Set) and declared in (S.Naturals0, S.Naturals, S.Integers):
        return Domain(S(declared.inf), oo, discrete=True)
    if isinstance(declared, Range) and declared.step == 1:
        upper = declared.stop - 1 if declared.stop.is_finite is not False else declared.stop
        return Domain(declared.start, upper, discrete=True)
    if isinstance(declared, FiniteSet):
        points = tuple(sorted(declared) if all(p.is_number for p in declared) else declared)
        return Domain(points[0], points[-1], discrete=True, points=points)
    raise DeclarationError(
        f"{where}: {declared} is not a domain; write an Interval, a Range of step 1, a FiniteSet, "
        "or text such as '(0, oo)', '0..n' or '{0, 1}'"
    )
