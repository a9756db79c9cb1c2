"""First integrals of d lambda/d psi = g(psi, lambda), one equation after the other."""

from __future__ import annotations

from collections.abc import Mapping

from sympy import (
    Add,
    Dummy,
    Expr,
    Integral,
    Symbol,
    diff,
    exp,
    log,
    loggamma,
    polygamma,
)

from symfisher.algebra.tidy import tidy
from symfisher.clock import time_limit
from symfisher.declaration import Family
from symfisher.errors import TimeLimitError
from symfisher.expectation.exponential_inverse import inverse_map
from symfisher.expectation.samples import signs_of
from symfisher.geometry.antiderivative import rational_antiderivative, root_antiderivative
from symfisher.quantities.rank import generic_values

_SECONDS = 4.0


class NotSolved(Exception):
    """The equations are not solved; the message says which and why."""


class Curves:
    """The curves along which d lambda/d psi = slopes[lambda], for each moving lambda.

    ``integrals`` allows a result with an antiderivative that is left as an integral.
    """

    def __init__(
        self, family: Family, psi: Symbol, slopes: Mapping[Symbol, Expr], integrals: bool = False
    ) -> None:
        self.family, self.psi, self.slopes, self.integrals = family, psi, slopes, integrals
        self.values, self.sign = generic_values(family), signs_of(family)
        self.known: dict[Symbol, Expr] = {}  # lambda along a curve, in psi and constants
        self.constants: dict[Symbol, Expr] = {}  # each constant of a curve as a function

    def first_integrals(self) -> list[Expr]:
        """One function for each moving parameter, in their order.

        Raises:
            NotSolved: an equation holds several unknowns, or is not of a kind that is solved.
        """
        found: dict[Symbol, Expr] = {}
        while len(found) < len(self.slopes):
            unknown = next((p for p in self.slopes if p not in found and self._is_alone(p)), None)
            if unknown is None:
                left = ", ".join(p.name for p in self.slopes if p not in found)
                raise NotSolved(f"the equations for d({left})/d {self.psi} do not decouple")
            found[unknown] = self._solved(unknown)
        return [found[p] for p in self.slopes]

    def _slope(self, unknown: Symbol) -> Expr:
        return self.slopes[unknown].subs(self.known)

    def _is_alone(self, unknown: Symbol) -> bool:
        others = {p for p in self.slopes if p != unknown}
        return not self._slope(unknown).free_symbols & others

    def _solved(self, unknown: Symbol) -> Expr:
        slope = tidy(self._slope(unknown))
        along = self._first_integral(slope, unknown)
        self._keep(unknown, along)
        return tidy(along.subs(self.constants))

    def _keep(self, unknown: Symbol, along: Expr) -> None:
        """The parameter as a function along the curve, for equations that hold it."""
        if not any(unknown in s.free_symbols for p, s in self.slopes.items() if p != unknown):
            return
        constant = Dummy("c", real=True, **({"positive": True} if along.is_positive else {}))
        names = {s: Symbol(s.name, **s.assumptions0) for s in self.constants}
        points = [dict(point) for point in self.values.points]
        for place, point in enumerate(points):
            for symbol, meaning in self.constants.items():
                point[names[symbol]] = self.values.value(meaning)[place]
        solved = inverse_map([along.subs(names)], [constant], [unknown], {unknown}, points)
        if solved is None:
            return
        self.constants[constant] = along.subs(self.constants)
        back = {twin: symbol for symbol, twin in names.items()}
        self.known[unknown] = solved[unknown].subs(back)

    # -- one equation -----------------------------------------------------------------------------

    def _first_integral(self, slope: Expr, unknown: Symbol) -> Expr:
        for road in (self._separated, self._linear, self._homogeneous):
            found = road(slope, unknown)
            if found is not None:
                return found
        raise NotSolved(
            f"the equation d {unknown}/d {self.psi} = {self._shown(slope)} is neither separable "
            "with antiderivatives in closed form, nor linear, nor homogeneous"
        )

    def _shown(self, slope: Expr) -> str:
        text = str(slope.subs(self.constants))
        return text if len(text) < 200 else f"{text[:200]} ..."

    def _separated(self, slope: Expr, unknown: Symbol) -> Expr | None:
        own, other = slope.as_independent(unknown, as_Add=False)
        if other.has(self.psi):
            return None
        left = self._antiderivative(1 / other, unknown)
        right = self._antiderivative(own, self.psi)
        return None if left is None or right is None else simplest(left - right, unknown)

    def _linear(self, slope: Expr, unknown: Symbol) -> Expr | None:
        """lambda' = a lambda + b: exp(-int a) lambda - int exp(-int a) b."""
        rate = tidy(diff(slope, unknown))
        if rate.has(unknown):
            return None
        rest, total = tidy(slope - rate * unknown), self._antiderivative(rate, self.psi)
        if total is None:
            return None
        factor = tidy(exp(-total))
        moved = self._antiderivative(tidy(factor * rest), self.psi)
        return None if moved is None else factor * unknown - moved

    def _homogeneous(self, slope: Expr, unknown: Symbol) -> Expr | None:
        """lambda' = g(lambda/psi): with u = lambda/psi, psi u' = g(u) - u separates."""
        ratio = Dummy("u", real=True)
        inside = tidy(slope.subs(unknown, ratio * self.psi))
        if inside.has(self.psi) or inside == ratio:
            return None
        left = self._antiderivative(1 / (inside - ratio), ratio)
        if left is None:
            return None
        return tidy(left.subs(ratio, unknown / self.psi) - log(self.psi))

    def _antiderivative(self, integrand: Expr, x: Symbol) -> Expr | None:
        found = self._closed(integrand, x)
        return Integral(integrand, x) if found is None and self.integrals else found

    def _closed(self, integrand: Expr, x: Symbol) -> Expr | None:
        for road in (_of_polygammas, self._of_roots):
            try:
                with time_limit(_SECONDS):
                    found = road(integrand, x)
            except (NotImplementedError, TimeLimitError):
                continue
            if found is not None and not found.has(Integral) and self._holds(found, integrand, x):
                return found.replace(log, self._log_of_positive)
        return None

    def _log_of_positive(self, argument: Expr) -> Expr:
        """log|u|, which has the derivative of log(u)."""
        plain = argument.subs(self.constants)
        known = plain.free_symbols <= set(self.values.points[0])
        return log(-argument) if known and self.values.sign(plain) == -1 else log(argument)

    def _holds(self, found: Expr, integrand: Expr, x: Symbol) -> bool:
        difference = (diff(found, x) - integrand).subs(self.constants)
        if difference.free_symbols <= set(self.values.points[0]):
            return self.values.is_zero(difference)
        return bool(tidy(difference) == 0)  # in a variable of its own

    def _of_roots(self, integrand: Expr, x: Symbol) -> Expr | None:
        found = rational_antiderivative(integrand, x, self.sign)
        if found is None and integrand.free_symbols <= set(self.values.points[0]):
            root = root_antiderivative(integrand**2, x, self.sign)
            turned = self.sign(integrand)
            found = root * turned if root is not None and turned in (1, -1) else None
        return integrand.integrate(x) if found is None else found


def _of_polygammas(integrand: Expr, x: Symbol) -> Expr | None:
    """A sum of multiples of polygammas of linear functions of x, and of constants and powers."""
    total: list[Expr] = []
    for term in Add.make_args(integrand.expand()):
        own, inside = term.as_independent(x, as_Add=False)
        if isinstance(inside, polygamma) and diff(inside.args[1], x).is_number:
            order, place = inside.args
            lower = loggamma(place) if order == 0 else polygamma(order - 1, place)
            total.append(own * lower / diff(place, x))
        elif inside.is_rational_function(x):
            total.append(own * inside.integrate(x))
        else:
            return None
    return Add(*total)


def simplest(first: Expr, unknown: Symbol) -> Expr:
    """The integral itself, or its exponential where it holds the logarithm of the unknown."""
    if first.has(log) and not first.has(Integral, loggamma, polygamma):
        rate = first.coeff(log(unknown)) if first.is_Add else first.as_independent(unknown)[0]
        if rate != 0 and not rate.free_symbols:
            return tidy(exp((first / rate).expand()))
        if rate != 0:
            return tidy(exp(first.expand()))
    return tidy(first)
