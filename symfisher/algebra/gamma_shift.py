"""Gamma, polygamma and Bessel functions carried to one argument by their recurrences.

DLMF 5.5.1 and 5.15.5 (gamma and polygamma), 10.29.1 (modified Bessel functions).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum

from sympy import (
    Add,
    Expr,
    Mul,
    Pow,
    Rational,
    S,
    besseli,
    besselk,
    factorial,
    floor,
    gamma,
    log,
    loggamma,
    polygamma,
)


class Shift(Enum):
    """To which of the arguments that differ by integers functions are carried."""

    HIGHEST = "the largest that occurs"
    BASE = "the one with its constant in [0, 1)"
    NONE = "each stays at its own"


FARTHEST = 6  # a shift by more costs more terms than it saves


def argument_of(node: Expr) -> Expr:
    """The argument in which a gamma-type function has a recurrence."""
    return node.args[1] if isinstance(node, polygamma) else node.args[0]


def split_shift(argument: Expr) -> tuple[Expr, int]:
    """(base, n) with argument = base + n, the base's constant in [0, 1), for a number in (0, 1]."""
    constant, rest = argument.as_coeff_Add()
    if not constant.is_Rational:
        return argument, 0
    whole = int(floor(constant))
    if rest is S.Zero and constant == whole:
        whole -= 1
    return argument - whole, whole


def gamma_images(nodes: Iterable[Expr], shift: Shift) -> dict[Expr, Expr]:
    """Each gamma, loggamma or polygamma node with arguments that differ by integers made equal."""
    classes: dict[Expr, list[tuple[Expr, int]]] = {}
    for node in nodes:
        base, step = split_shift(argument_of(node))
        classes.setdefault(base, []).append((node, step))
    images: dict[Expr, Expr] = {}
    for base, members in classes.items():
        steps = [step for _, step in members]
        target = _target_shift(base, steps, shift)
        for node, step in members:
            if abs(step - target) <= FARTHEST:
                images[node] = _moved(node, base + target, step - target)
    return {node: image for node, image in images.items() if image != node}


def _target_shift(base: Expr, steps: Sequence[int], shift: Shift) -> int:
    if shift is Shift.HIGHEST:
        return max(steps)
    if base.is_Number or min(abs(s) for s in steps) <= FARTHEST:
        return 0
    return min(steps)


def _moved(node: Expr, base: Expr, shift: int) -> Expr:
    """``node`` at base + shift, written at ``base``."""
    if isinstance(node, polygamma):
        return _moved_polygamma(node.args[0], base, shift)
    if isinstance(node, loggamma):
        return _moved_loggamma(node, base, shift)
    up = Mul(*(base + i for i in range(shift)))
    down = Mul(*(base - i for i in range(1, -shift + 1)))
    return gamma(base) * up / down


def _moved_polygamma(order: Expr, base: Expr, shift: int) -> Expr:
    if not (order.is_Integer and order >= 0):
        return polygamma(order, base + shift)
    weight = (-1) ** int(order) * factorial(order)
    up = Add(*(Pow(base + i, -order - 1) for i in range(shift)))
    down = Add(*(Pow(base - i, -order - 1) for i in range(1, -shift + 1)))
    return polygamma(order, base) + weight * (up - down)


def _moved_loggamma(node: Expr, base: Expr, shift: int) -> Expr:
    """The logarithms are real where both arguments are positive, and only there is it moved."""
    if shift < 0 or not base.is_positive:
        return node
    return loggamma(base) + Add(*(log(base + i) for i in range(shift)))


def bessel_images(nodes: Iterable[Expr]) -> dict[Expr, Expr]:
    """Modified Bessel nodes in terms of two neighbouring orders for each argument."""
    images = {}
    for node in nodes:
        order, argument = node.args
        kind = type(node)
        if _is_even(kind, order) and order.could_extract_minus_sign():
            order = -order
        constant, rest = order.as_coeff_Add()
        if not constant.is_Rational or abs(constant) > FARTHEST:
            continue
        images[node] = _moved_bessel(kind, rest, constant, argument)
    return {node: image for node, image in images.items() if image != node}


def _is_even(kind: type[Expr], order: Expr) -> bool:
    return kind is besselk or bool(order.is_Integer)


def _moved_bessel(kind: type[Expr], rest: Expr, constant: Rational, argument: Expr) -> Expr:
    fraction = constant - floor(constant)
    low = rest + fraction
    if kind is besselk and rest is S.Zero and fraction == Rational(1, 2):
        low = -fraction  # K of orders -1/2 and 1/2 is one function
    below, above = _bessel(kind, low, argument), _bessel(kind, low + 1, argument)
    steps = int(constant + rest - low) if rest is S.Zero else int(floor(constant))
    sign = 1 if kind is besselk else -1
    for i in range(steps):
        raised = sign * 2 * (low + 1 + i) / argument
        below, above = above, below + raised * above
    for i in range(-steps):
        lowered = sign * 2 * (low - i) / argument
        below, above = above - lowered * below, below
    return below


def _bessel(kind: type[Expr], order: Expr, argument: Expr) -> Expr:
    if _is_even(kind, order) and order.could_extract_minus_sign():
        order = -order
    return kind(order, argument)


GAMMA_TYPES = (gamma, loggamma, polygamma)
BESSEL_TYPES = (besseli, besselk)
