"""One continuous variable: canonical coordinate, kernel, and derivatives in that coordinate.

The data's coordinate is changed until the log-density shows one of the known kernels.  In the
kernel's own coordinate W the density hardly depends on the parameters, so nothing is
differentiated in x and substituted afterwards: the derivative by theta at fixed x is

    D_theta = d/dtheta + W_theta d/dW,   W_theta = -(dx/dtheta) / (dx/dW),

an operator on the term algebra, and every term of a product of scores is a table entry.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import ModuleType

from sympy import Abs, Max, Min, Piecewise, sign, Expr, ImmutableDenseMatrix, Integer, Symbol, diff, exp, expand, expand_log, oo

from symfisher.declaration import Family
from symfisher.expectation.conversion import Converter
from symfisher.expectation.coordinates import (
    Coordinate,
    place_sample,
    requested,
    starting_coordinates,
)
from symfisher.expectation.fingerprint import Fingerprint
from symfisher.expectation.kernels import KERNELS
from symfisher.expectation.kernels.base import Affine, Kernel, Shape, shape_of
from symfisher.expectation.terms import UNIT, Algebra, Element, NotConvertible
from symfisher.formula import Step
from symfisher.pieces import Piece, pieces, resolve

_MOST_CHANGES = 7


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
    steps: tuple[Step, ...]
    flows: dict[Symbol, Element] = field(default_factory=dict)

    @property
    def algebra(self) -> Algebra:
        return self.converter.algebra

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
        substituted = resolve_on(self.piece, integrand, variable, self.coordinate)
        return self.converter.convert(substituted)


def resolve_on(piece: Piece, integrand: Expr, variable: Symbol, coordinate: Coordinate) -> Expr:
    return integrand.subs(variable, coordinate.x)


class KernelFrame:
    """Expectations of a one-variable continuous family by its kernel's table."""

    name = "canonical coordinate"

    def __init__(self, family: Family, parts: Sequence[Part]) -> None:
        self.family = family
        self.parts = tuple(parts)
        self.steps: list[Step] = [step for part in parts for step in part.steps]

    @property
    def fingerprint(self) -> Fingerprint:
        return self.parts[0].algebra.fingerprint

    def expect(self, integrand: Expr) -> Expr | None:
        """E[integrand], which may hold further symbols."""
        (variable,) = self.family.variables
        if self._has_other_kinks(integrand):
            return None
        total: Expr = Integer(0)
        for part in self.parts:
            try:
                element = part.convert(resolve(integrand, self.family, part.piece), variable)
            except NotConvertible:
                return None
            value = part.expect(element)
            if value is None:
                return None
            total += part.mass * value
        return total

    def _has_other_kinks(self, integrand: Expr) -> bool:
        """Whether the integrand has a kink whose place hangs on further symbols."""
        own = {*self.family.variables, *self.family.domains}
        kinks = integrand.atoms(Abs, sign, Max, Min, Piecewise)
        return any(kink.free_symbols - own for kink in kinks)

    # -- scores -------------------------------------------------------------------------------

    @cached_property
    def scores(self) -> list[list[Element]]:
        """Part by part, the score in the part's algebra."""
        return [
            [part.differentiate(part.log_density, p) for p in self.family.parameters]
            for part in self.parts
        ]

    def _expect(self, elements: Sequence[Element]) -> Expr | None:
        """E of a statistic given by one element a part."""
        total: Expr = Integer(0)
        for part, element in zip(self.parts, elements, strict=True):
            value = part.expect(element)
            if value is None:
                return None
            total += part.mass * value
        return total

    @cached_property
    def _declared_means(self) -> list[Expr | None]:
        return [self._expect([s[i] for s in self.scores]) for i in range(self.dimension)]

    @property
    def dimension(self) -> int:
        return len(self.family.parameters)

    def score_mean(self) -> list[Expr] | None:
        """E[score], with the normalising constant as it was declared."""
        means = self._declared_means
        if any(m is None for m in means):
            return None
        return [self.fingerprint.shorten(m) for m in means]  # type: ignore[arg-type]

    @cached_property
    def centred(self) -> bool:
        """Whether E[score] = 0 may stand in for the declared normalising constant."""
        if len(self.parts) > 1:
            return False
        means = self.score_mean()
        return means is not None and all(m == 0 for m in means)

    @cached_property
    def _statistics(self) -> list[list[Element]]:
        """The scores, without their constant terms where E[score] = 0 restores them."""
        if not self.centred:
            return self.scores
        return [[_without_constant(s) for s in part] for part in self.scores]

    @cached_property
    def _means(self) -> list[Expr]:
        if not self.centred:
            return [Integer(0)] * self.dimension
        (part,) = self.parts
        return [part.expect(t) for t in self._statistics[0]]  # type: ignore[misc]

    # -- the two forms --------------------------------------------------------------------------

    def outer_product(self) -> ImmutableDenseMatrix | None:
        """E[score score^T]: products of scores, term by term from the table."""
        return self._symmetric(self._outer_entry)

    def _outer_entry(self, i: int, j: int) -> Expr | None:
        products = [
            part.algebra.multiply(t[i], t[j])
            for part, t in zip(self.parts, self._statistics, strict=True)
        ]
        value = self._expect(products)
        return None if value is None else value - self._means[i] * self._means[j]

    def negative_hessian(self) -> ImmutableDenseMatrix | None:
        """-E[Hessian]: second derivatives in the kernel's coordinate, then the table."""
        return self._symmetric(self._hessian_entry)

    def _hessian_entry(self, i: int, j: int) -> Expr | None:
        parameter = self.family.parameters[j]
        slopes = [
            part.differentiate(t[i], parameter)
            for part, t in zip(self.parts, self._statistics, strict=True)
        ]
        value = self._expect(slopes)
        return None if value is None else diff(self._means[i], parameter) - value

    def _symmetric(self, entry) -> ImmutableDenseMatrix | None:
        k = self.dimension
        values: dict[tuple[int, int], Expr] = {}
        for i in range(k):
            for j in range(i, k):
                value = entry(i, j)
                if value is None:
                    return None
                values[i, j] = values[j, i] = value
        return ImmutableDenseMatrix(k, k, lambda i, j: values[i, j])


def _without_constant(element: Element) -> Element:
    return {m: c for m, c in element.items() if m != UNIT}


# -- finding the coordinate ---------------------------------------------------------------------


def frame(family: Family, fingerprint: Fingerprint) -> KernelFrame | None:
    """The family in its kernels' coordinates; None where no kernel is recognised."""
    if len(family.variables) != 1 or family.is_mass or family.supports[0].discrete:
        return None
    found = pieces(family)
    parts = []
    for piece in found:
        part = _part(family, piece, fingerprint, single=len(found) == 1)
        if part is None:
            return None
        parts.append(part)
    return KernelFrame(family, parts)


def _part(family: Family, piece: Piece, fingerprint: Fingerprint, single: bool) -> Part | None:
    (variable,) = family.variables
    starts = starting_coordinates(
        piece.lower, piece.upper, piece.log_density, variable, fingerprint
    )
    for start in starts:
        part = _follow_requests(family, piece, start, fingerprint, single)
        if part is not None:
            return part
    return None


def _follow_requests(
    family: Family, piece: Piece, start: Coordinate, fingerprint: Fingerprint, single: bool
) -> Part | None:
    coordinate: Coordinate | None = start
    (variable,) = family.variables
    for _ in range(_MOST_CHANGES):
        assert coordinate is not None
        place_sample(coordinate, fingerprint)
        algebra = Algebra(fingerprint, coordinate.w, coordinate.orientation)
        converter = Converter(algebra)
        try:
            density = piece.log_density.subs(variable, coordinate.x)
            element = converter.convert(density + coordinate.log_jacobian)
        except NotConvertible:
            return None
        for kernel, affine, shape in _recognised(algebra, element, coordinate):
            return _in_kernel_coordinate(
                family, piece, coordinate, kernel, affine, fingerprint, single
            )
        coordinate = requested(coordinate, algebra, element)
        if coordinate is None:
            return None
    return None


def _recognised(
    algebra: Algebra, element: Element, coordinate: Coordinate
) -> Iterator[tuple[ModuleType, Affine, Shape]]:
    shape = shape_of(algebra, element, coordinate.lower, coordinate.upper)
    if shape is not None:
        for kernel in KERNELS:
            affine = kernel.recognise(shape)
            if affine is not None:
                yield kernel, affine, shape


def _split(log_density: Expr, parameters: set[Symbol]) -> tuple[Expr, Expr]:
    """The terms that depend on the parameters, and the rest: all derivatives of those vanish."""
    fixed, varying = expand_log(log_density).as_independent(*parameters, as_Add=True)
    return varying, fixed


def _in_kernel_coordinate(
    family: Family,
    piece: Piece,
    coordinate: Coordinate,
    module: ModuleType,
    affine: Affine,
    fingerprint: Fingerprint,
    single: bool,
) -> Part | None:
    (variable,) = family.variables
    standard = _standardised(coordinate, affine, fingerprint)
    place_sample(standard, fingerprint)
    algebra = Algebra(fingerprint, standard.w, standard.orientation)
    converter = Converter(algebra)
    try:
        varying, fixed = _split(piece.log_density, set(family.parameters))
        density = converter.convert(varying.subs(variable, standard.x))
        rest = fixed.subs(variable, standard.x) + standard.log_jacobian
        whole = algebra.add(density, converter.convert(rest))
    except NotConvertible:
        return None
    shape = shape_of(algebra, whole, standard.lower, standard.upper)
    if shape is None:
        return None
    kernel = module.bind(shape)
    step = Step(
        kernel.name,
        kernel.statement,
        before=variable,
        after=standard.x,
    )
    return Part(
        piece, standard, converter, kernel, density, shape.constant, single, (step,)
    )


def _standardised(
    coordinate: Coordinate, affine: Affine, fingerprint: Fingerprint
) -> Coordinate:
    """The coordinate W = slope w + offset."""
    new = fingerprint.new_coordinate("W")
    old = expand((new - affine.offset) / affine.slope)
    slope = affine.slope if fingerprint.sign(affine.slope) == 1 else -affine.slope
    ends = [_affine_end(end, affine, fingerprint) for end in (coordinate.lower, coordinate.upper)]
    if slope != affine.slope:
        ends.reverse()
    from sympy import log

    return coordinate.changed(old, new, (ends[0], ends[1]), -log(slope))


def _affine_end(end: Expr, affine: Affine, fingerprint: Fingerprint) -> Expr:
    if end in (oo, -oo):
        return end if fingerprint.sign(affine.slope) == 1 else -end
    return fingerprint.shorten(affine.slope * end + affine.offset)

