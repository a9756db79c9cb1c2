"""The search for the coordinate in which a log-density shows one of the known kernels."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

from sympy import Expr, Symbol, expand, expand_log, log, oo

from symfisher.declaration import Family
from symfisher.expectation.conversion import Converter
from symfisher.expectation.coordinates import Coordinate, place_sample, starting_coordinates
from symfisher.expectation.fingerprint import Fingerprint
from symfisher.expectation.folding import fold_of, unfolded
from symfisher.expectation.kernels import KERNELS
from symfisher.expectation.kernels.base import Affine, shape_of
from symfisher.expectation.parts import Part
from symfisher.expectation.requests import requested
from symfisher.expectation.term_algebra import Algebra
from symfisher.expectation.terms import Element, NotConvertible
from symfisher.pieces import Piece

_MOST_CHANGES = 7


def find_part(family: Family, piece: Piece, fingerprint: Fingerprint, single: bool) -> Part | None:
    """The piece in a kernel's coordinate, or the line of which it is an even half."""
    part = _from_starts(family, piece, fingerprint, single)
    if part is not None:
        return part
    line = unfolded(family, piece, fingerprint) if single else None
    if line is None:
        return None
    part = _from_starts(family, line, fingerprint, single)
    return part and replace(part, piece=piece, fold=fold_of(family, piece))


def _from_starts(
    family: Family, piece: Piece, fingerprint: Fingerprint, single: bool
) -> Part | None:
    (variable,), (support,) = family.variables, family.supports
    starts = starting_coordinates(
        piece.lower,
        piece.upper,
        piece.log_density,
        variable,
        fingerprint,
        (support.lower, support.upper),
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
        recognised = _recognised(algebra, element, coordinate)
        if recognised is not None:
            kernel, affine = recognised
            return _in_kernel_coordinate(
                family, piece, coordinate, kernel, affine, fingerprint, single
            )
        coordinate = requested(coordinate, algebra, element)
        if coordinate is None:
            return None
    return None


def _recognised(
    algebra: Algebra, element: Element, coordinate: Coordinate
) -> tuple[ModuleType, Affine] | None:
    shape = shape_of(algebra, element, coordinate.lower, coordinate.upper)
    if shape is not None:
        for kernel in KERNELS:
            affine = kernel.recognise(shape)
            if affine is not None:
                return kernel, affine
    return None


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
        density = converter.convert(standard.substituted(varying, variable))
        rest = standard.substituted(fixed, variable) + standard.log_jacobian
        whole = algebra.add(density, converter.convert(rest))
    except NotConvertible:
        return None
    shape = shape_of(algebra, whole, standard.lower, standard.upper)
    if shape is None:
        return None
    kernel = module.bind(shape)
    if kernel is None:
        return None
    return Part(piece, standard, converter, kernel, density, shape.constant, single, variable)


def _standardised(coordinate: Coordinate, affine: Affine, fingerprint: Fingerprint) -> Coordinate:
    """The coordinate W = slope w + offset."""
    new = fingerprint.new_coordinate("W")
    old = expand((new - affine.offset) / affine.slope)
    slope = affine.slope if fingerprint.sign(affine.slope) == 1 else -affine.slope
    ends = [_affine_end(end, affine, fingerprint) for end in (coordinate.lower, coordinate.upper)]
    if slope != affine.slope:
        ends.reverse()
    return coordinate.changed(old, new, (ends[0], ends[1]), -log(slope))


def _affine_end(end: Expr, affine: Affine, fingerprint: Fingerprint) -> Expr:
    if end in (oo, -oo):
        return end if fingerprint.sign(affine.slope) == 1 else -end
    return fingerprint.shorten(affine.slope * end + affine.offset)
