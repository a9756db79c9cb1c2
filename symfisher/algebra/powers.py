"""Exponentials, symbolic powers and roots as products of generators."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction as Q
from math import lcm

from sympy import Expr, Pow, Rational, exp

from symfisher.algebra.lattice import Vector, exponent_vector, lattice_basis, product_of

Product = list[tuple[Expr, int]]


@dataclass(frozen=True)
class Relation:
    """generator**degree equals ``value``, an expression in the other generators."""

    generator: Expr
    degree: int
    value: Expr


@dataclass
class PowerProducts:
    """Each power as a product of generators to integer powers.

    ``generators`` are independent exponentials and symbolic powers, ``roots`` the roots of
    bases; a symbol under a root is a power of the root itself, any other base leaves a relation.
    """

    products: dict[Expr, Product] = field(default_factory=dict)
    generators: list[Expr] = field(default_factory=list)
    roots: list[Expr] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)


def power_products(
    nodes: Sequence[Expr], atoms: Iterable[Expr], settle: Callable[[Expr], Expr]
) -> PowerProducts:
    """Products for exp(x), E and b**e; ``atoms`` are the other generators of the expression."""
    found = [exponent_vector(node) for node in nodes]
    basis, coordinates = lattice_basis([vector for vector, _ in found])
    result = PowerProducts(generators=[_generator(b, settle) for b in basis])
    degrees = _root_degrees(pair for _, rational in found for pair in rational)
    for node, row, (_, rational) in zip(nodes, coordinates, found, strict=True):
        product = [(g, c) for g, c in zip(result.generators, row, strict=False) if c]
        for base, exponent in rational:
            product += _root_product(base, exponent, degrees[base])
        result.products[node] = product
    known = set(atoms)
    for base, degree in degrees.items():
        if degree > 1:
            _add_root(base, degree, known, result)
    return result


def _generator(vector: Vector, settle: Callable[[Expr], Expr]) -> Expr:
    """The product of powers, with one exponential in its shortest form."""
    product = product_of(vector)
    return exp(settle(product.args[0])) if isinstance(product, exp) else product


def _root_degrees(pairs: Iterable[tuple[Expr, Q]]) -> dict[Expr, int]:
    degrees: dict[Expr, int] = {}
    for base, exponent in pairs:
        degrees[base] = lcm(degrees.get(base, 1), exponent.denominator)
    return degrees


def _root_product(base: Expr, exponent: Q, degree: int) -> Product:
    root = Pow(base, Rational(1, degree))
    if base.is_Symbol or degree == 1:
        return [(root, int(exponent * degree))]
    whole = exponent.numerator // exponent.denominator
    return [(base, whole), (root, int((exponent - whole) * degree))]


def _add_root(base: Expr, degree: int, known: set[Expr], result: PowerProducts) -> None:
    root = Pow(base, Rational(1, degree))
    result.roots.append(root)
    result.products[root] = [(root, 1)]
    if base.is_Symbol or base in known:
        result.products[base] = [(root, degree)]
    else:
        result.relations.append(Relation(root, degree, base))
