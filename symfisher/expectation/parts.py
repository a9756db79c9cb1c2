"""One piece of the support in its kernel's own coordinate.

In that coordinate W the density hardly depends on the parameters, so nothing is differentiated in
x and substituted afterwards: the derivative by theta at fixed x is

    D_theta = d/dtheta + W_theta d/dW,   W_theta = -(dx/dtheta) / (dx/dW),

an operator on the term algebra, and every term of a product of scores is a table entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sympy import Expr, ImmutableDenseMatrix, Integer, Symbol, Tuple, exp

from symfisher.expectation.conversion import Converter
from symfisher.expectation.coordinates import Coordinate
from symfisher.expectation.kernels.base import Kernel
from symfisher.expectation.term_algebra import Algebra
from symfisher.expectation.terms import Element
from symfisher.formula import Expectation, Step
from symfisher.pieces import Piece


@dataclass(eq=False)
class Part:
    """One piece of the support in its kernel's coordinate."""

    piece: Piece
    coordinate: Coordinate
    converter: Converter
    kernel: Kernel
    log_density: Element
    kernel_constant: Expr  # log density + log |dx/dW| - log kernel
    single: bool
    variable: Symbol
    flows: dict[Symbol, Element] = field(default_factory=dict)
    fold: Expr | None = None  # the end about which the density was continued as an even function

    @property
    def algebra(self) -> Algebra:
        return self.converter.algebra

    # -- the trace --------------------------------------------------------------------------------

    def _shown(self, expr: Expr) -> Expr:
        return expr.xreplace({self.coordinate.w: Symbol("W", real=True)})

    @property
    def steps(self) -> list[Step]:
        where = "" if self.single else f" on ({self.piece.lower}, {self.piece.upper})"
        kernel = self.kernel.log_density()
        return [
            *self._fold_step,
            Step(
                "canonical coordinate",
                f"Change the variable so that the density takes a standard form{where}.",
                self.variable,
                self._shown(self.coordinate.x),
            ),
            Step(self.kernel.name, self.kernel.statement, None, self._shown(kernel)),
        ]

    @property
    def _fold_step(self) -> list[Step]:
        if self.fold is None:
            return []
        statement = (
            f"The density is even about {self.fold}: it and all that is even have the same "
            "expectations on the whole line."
        )
        return [Step("even continuation", statement)]

    def score_step(self, scores: Sequence[Element]) -> Step:
        entries = [self._shown(self.algebra.expression(s)) for s in scores]
        return Step(
            "score in the canonical coordinate",
            "Differentiate at a fixed observation, which moves W with the parameters.",
            None,
            ImmutableDenseMatrix(entries),
        )

    def table_steps(self) -> list[Step]:
        """The table's entries that were used, the simpler ones first."""
        shown = Symbol("W", real=True)
        density = self._shown(self.kernel.log_density()) - self.kernel.log_mass()
        steps = []
        for monomial, value in self.kernel.used():
            integrand = self._shown(self.algebra.expression({monomial: Integer(1)}))
            limits = Tuple(shown, self.coordinate.lower, self.coordinate.upper, 0)
            statement = f"Look up an expectation in the {self.kernel.name}'s table."
            before = Expectation(integrand, density, limits)
            steps.append(Step("table", statement, before, value))
        return steps

    @cached_property
    def mass(self) -> Expr:
        """The probability of the piece."""
        if self.single:
            return Integer(1)
        return self.algebra.fingerprint.shorten(exp(self.kernel_constant + self.kernel.log_mass()))

    def flow(self, parameter: Symbol) -> Element:
        """dW/dtheta at fixed x."""
        if parameter not in self.flows:
            self.flows[parameter] = self.converter.convert(self.coordinate.flow(parameter))
        return self.flows[parameter]

    def differentiate(self, element: Element, parameter: Symbol) -> Element:
        """d/dtheta at fixed x."""
        algebra = self.algebra
        at_fixed_w = algebra.parameter_derivative(element, parameter)
        flow = self.flow(parameter)
        if not flow:
            return at_fixed_w
        return algebra.add(at_fixed_w, algebra.multiply(flow, algebra.derivative(element)))

    def expect(self, element: Element) -> Expr | None:
        """E[element] given that the observation lies in this piece."""
        value = self._by_table(element)
        return value if value is not None else self._by_table(self.algebra.reduced(element))

    def _by_table(self, element: Element) -> Expr | None:
        total: Expr = Integer(0)
        for monomial, coefficient in element.items():
            value = self.kernel.expect(monomial)
            if value is None:
                return None
            total += coefficient * value
        return total

    def convert(self, integrand: Expr, variable: Symbol) -> Element:
        return self.converter.convert(self.coordinate.substituted(integrand, variable))
