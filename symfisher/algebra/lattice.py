"""Exponentials and symbolic powers as products of a few independent ones.

exp(2*a - b), exp(a) and x**(2*k) are points of a lattice: each is a rational vector over the
monomials in its exponent.  A basis of the lattice gives generators between which no relation
holds, so that equal products become equal monomials.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction as Q
from math import lcm

from sympy import E, Expr, Integer, Mul, Pow, Rational, S, exp, expand_mul, factorint, log

Direction = tuple[Expr, Expr]  # (base, monomial of the exponent)
Vector = dict[Direction, Q]


def exponent_vector(node: Expr) -> tuple[Vector, list[tuple[Expr, Q]]]:
    """The vector of exp(x) or b**e, and the rational powers (base, exponent) split off from it."""
    if node is E:
        return {(E, S.One): Q(1)}, []
    base, exponent = (E, node.exp) if isinstance(node, exp) else node.args
    vector: Vector = {}
    rational: list[tuple[Expr, Q]] = []
    for part, multiplicity in _positive_parts(base):
        for term in _terms(exponent):
            number, monomial = (term * multiplicity).as_coeff_Mul()
            _record(part, Q(number.p, number.q), monomial, vector, rational)
    return {d: c for d, c in vector.items() if c}, rational


def _record(
    base: Expr, number: Q, monomial: Expr, vector: Vector, rational: list[tuple[Expr, Q]]
) -> None:
    if base is E:
        base, monomial = _without_logarithm(monomial)
    if monomial is S.One and base is not E:
        rational.append((base, number))
    else:
        vector[base, monomial] = vector.get((base, monomial), Q(0)) + number


def _terms(exponent: Expr) -> tuple[Expr, ...]:
    opened = expand_mul(exponent)
    return opened.args if opened.is_Add else (opened,)


def _without_logarithm(monomial: Expr) -> tuple[Expr, Expr]:
    """exp(m*log(b)) is b**m."""
    logarithms = [f for f in Mul.make_args(monomial) if isinstance(f, log)]
    if len(logarithms) != 1 or not logarithms[0].args[0].is_positive:
        return E, monomial
    return logarithms[0].args[0], monomial / logarithms[0]


def _positive_parts(base: Expr) -> list[tuple[Expr, Expr]]:
    """(part, power) whose product is ``base``, taken apart where all parts but one are positive."""
    if base.is_Rational and base.is_positive:
        primes = {**factorint(base.p), **{p: -e for p, e in factorint(base.q).items()}}
        return [(Integer(p), Integer(e)) for p, e in sorted(primes.items())]
    if base.is_Mul:
        doubtful = [f for f in base.args if not f.is_positive]
        if len(doubtful) > 1 or any(f.is_Rational for f in doubtful):
            return [(base, S.One)]
        if any(f.is_Pow and f.exp == -1 for f in doubtful):  # positive, as the whole base is
            (inverse,) = doubtful
            rest = [f for f in base.args if f is not inverse]
            return [(inverse.base, S.NegativeOne), *(q for f in rest for q in _positive_parts(f))]
        return [part for f in base.args for part in _positive_parts(f)]
    if isinstance(base, Pow) and base.base.is_positive and base.exp.is_real:
        return [(part, power * base.exp) for part, power in _positive_parts(base.base)]
    return [(base, S.One)]


def lattice_basis(vectors: Sequence[Vector]) -> tuple[list[Vector], list[list[int]]]:
    """A basis of the lattice that ``vectors`` span, kept to those vectors where they are one.

    Returned with the integer coordinates of each vector.
    """
    basis: list[Vector] = []
    coordinates: list[list[Q]] = []
    for vector in vectors:
        found = _solve(basis, vector)
        if found is None:
            basis.append(vector)
            found = [Q(0)] * (len(basis) - 1) + [Q(1)]
        coordinates.append(found)
    rows = [row + [Q(0)] * (len(basis) - len(row)) for row in coordinates]
    scale = [_common_denominator(row[j] for row in rows) for j in range(len(basis))]
    finer = [{d: c / s for d, c in b.items()} for b, s in zip(basis, scale, strict=True)]
    return finer, [[int(c * s) for c, s in zip(row, scale, strict=True)] for row in rows]


def _common_denominator(numbers: object) -> int:
    return lcm(*(n.denominator for n in numbers), 1)  # type: ignore[attr-defined]


def _solve(basis: Sequence[Vector], vector: Vector) -> list[Q] | None:
    """Rational coordinates of ``vector`` in the independent ``basis``; None outside its span."""
    directions = list(dict.fromkeys(d for b in (*basis, vector) for d in b))
    rows = [[b.get(d, Q(0)) for b in basis] + [vector.get(d, Q(0))] for d in directions]
    pivot = 0
    for column in range(len(basis)):
        chosen = next(i for i in range(pivot, len(rows)) if rows[i][column])
        rows[pivot], rows[chosen] = rows[chosen], rows[pivot]
        _eliminate(rows, pivot, column)
        pivot += 1
    if any(row[-1] for row in rows[pivot:]):
        return None
    return [row[-1] for row in rows[:pivot]]


def _eliminate(rows: list[list[Q]], pivot: int, column: int) -> None:
    lead = rows[pivot][column]
    rows[pivot] = [entry / lead for entry in rows[pivot]]
    for i, row in enumerate(rows):
        if i != pivot and row[column]:
            factor = row[column]
            rows[i] = [a - factor * b for a, b in zip(row, rows[pivot], strict=True)]


def product_of(vector: Mapping[Direction, Q]) -> Expr:
    """The product of powers that a vector stands for."""
    exponents: dict[Expr, list[Expr]] = {}
    for (base, monomial), number in vector.items():
        exponents.setdefault(base, []).append(
            Rational(number.numerator, number.denominator) * monomial
        )
    parts = []
    for base, terms in exponents.items():
        exponent = sum(terms, S.Zero)
        parts.append(exp(exponent) if base is E else Pow(base, exponent))
    return Mul(*parts)
