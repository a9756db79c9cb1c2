"""Index calculus: sums over the entries of vectors whose length is a symbol.

SymPy's own derivative of a sum by an entry takes the bound index for a free one, or wraps the
result in cases K >= j, since it cannot know that 1 <= j <= K.  Here every index runs from 1 to the
length.  A sum stands in one form: summand without constant factors, deltas contracted, known
totals put in, and a bound index that is used nowhere within.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sympy import (
    Add,
    Basic,
    Dummy,
    Expr,
    Indexed,
    IndexedBase,
    Integer,
    KroneckerDelta,
    Mul,
    Pow,
    Product,
    Sum,
    Symbol,
    diff,
    exp,
    expand_mul,
    factor_terms,
    log,
)

from symfisher.declaration import Family
from symfisher.vectors import at_index, is_entry_of, outermost


@dataclass(frozen=True)
class IndexCalculus:
    """Sums and derivatives of one family.

    Attributes:
        length: what every index runs up to.
        indices: the row's and the column's free index, then those that sums may run over.
        totals: vector -> what its entries add up to, where that is declared.
        category: a count variable that stands as an index.
    """

    length: Symbol
    indices: tuple[Symbol, ...]
    totals: Mapping[IndexedBase, Expr] = field(default_factory=dict)
    category: Symbol | None = None

    # -- sums ------------------------------------------------------------------------------------

    def total(self, summand: Expr, index: Symbol) -> Expr:
        """The sum of ``summand`` over ``index`` from 1 to the length."""
        terms = Add.make_args(expand_mul(summand))
        return Add(*(self._total_of_term(term, index) for term in terms))

    def _total_of_term(self, term: Expr, index: Symbol) -> Expr:
        inside: list[Expr] = []
        outside: list[Expr] = []
        for factor in Mul.make_args(term):
            (inside if factor.has(index) else outside).append(factor)
        return Mul(*outside) * self._total_of_product(inside, index)

    def _total_of_product(self, factors: list[Expr], index: Symbol) -> Expr:
        if not factors:
            return self.length
        for factor in factors:
            place = _other_index(factor, index)
            if place is not None:
                rest = Mul(*(f for f in factors if f is not factor))
                return self.normal(at_index(rest, index, place))
        product = Mul(*factors)
        if is_entry_of(product, getattr(product, "base", None)) and product.base in self.totals:
            return self.totals[product.base]
        parts = _separated(product, index)
        if parts is not None:
            constant, rest = parts
            return constant * self.total(rest, index)
        bound = self.bound(product, index)
        return Sum(at_index(product, index, bound), (bound, 1, self.length))

    def bound(self, summand: Expr, index: Symbol) -> Symbol:
        """A name for the index of a sum that ``summand`` does not use otherwise."""
        used = {symbol.name for symbol in summand.atoms(Symbol) - {index}}
        return next(i for i in self.indices[2:] if i.name not in used)

    def free_total(self, summand: Expr, index: Symbol, last_is_free: bool) -> Expr:
        """The sum over the free coordinates: all, or all but the last one."""
        whole = self.total(summand, index)
        return whole if last_is_free else whole - self.normal(at_index(summand, index, self.length))

    def normal(self, expr: Any) -> Any:
        """``expr`` with every sum in its one form; products become exponentials of sums."""
        if not isinstance(expr, Basic) or not expr.args or not expr.has(Sum, Product, Indexed):
            return expr
        if isinstance(expr, Sum | Product) and not self._is_over_entries(expr):
            inside, limit = outermost(expr)
            return expr.func(self.normal(inside), limit)
        if isinstance(expr, Sum):
            inside, (index, _, _) = outermost(expr)
            fresh = Dummy(index.name, integer=True, positive=True)
            return self.total(self.normal(at_index(inside, index, fresh)), fresh)
        if isinstance(expr, Product):
            return exp(self.normal(Sum(log(expr.function), *expr.limits)))
        if isinstance(expr, Indexed):
            return expr
        return expr.func(*map(self.normal, expr.args))

    def _is_over_entries(self, total: Sum | Product) -> bool:
        _, lower, upper = total.limits[-1]
        return bool(lower == 1 and upper == self.length)

    # -- derivatives -----------------------------------------------------------------------------

    def derivative(self, expr: Expr, base: Any, index: Any) -> Expr:
        """The derivative of a normal ``expr`` by entry ``index`` of ``base``.

        A total of the entries is not used here: see ``gradient``.  A plain symbol is its own
        only entry.
        """
        names: dict[Expr, Dummy] = {}
        plain = _named(expr, lambda e: isinstance(e, Sum) or is_entry_of(e, base), names)
        back = {name: part for part, name in names.items()}
        terms = [] if isinstance(base, IndexedBase) else [diff(plain, base).xreplace(back)]
        for part, name in sorted(names.items(), key=str):
            slope = diff(plain, name).xreplace(back)
            if slope == 0:
                continue
            if isinstance(part, Sum):
                terms.append(slope * self._derivative_of_sum(part, base, index))
            else:
                terms.append(self._delta_times(slope, part.indices[0], index))
        return expand_mul(Add(*terms))

    def _derivative_of_sum(self, total: Sum, base: Any, index: Any) -> Expr:
        summand, (bound, *ends) = outermost(total)
        fresh = Dummy(bound.name, integer=True, positive=True)
        inside = self.derivative(at_index(summand, bound, fresh), base, index)
        if self._is_over_entries(total):
            return self.total(inside, fresh)
        return Sum(at_index(inside, fresh, bound), (bound, *ends))

    def _delta_times(self, slope: Expr, place: Expr, index: Any) -> Expr:
        """slope * delta; what stands at a category's place is written at the index instead."""
        if place == index:
            return slope
        if place == self.category:
            slope = at_index(slope, place, index)
        return slope * KroneckerDelta(place, index)

    def gradient(self, expr: Expr, base: Any, index: Any) -> Expr:
        """The derivative by a free coordinate.

        Where the entries of ``base`` have a total the last one follows from the others:
        D_i = d/d base[i] - d/d base[K] for i below K.
        """
        slope = self.derivative(expr, base, index)
        if base not in self.totals:
            return self.normal(slope)
        along_last = self.derivative(expr, base, self.length)
        return self.normal(self.below_last(slope - along_last))

    def below_last(self, expr: Expr) -> Expr:
        """``expr`` for a row and a column below the length: their deltas with it are zero."""

        def value(*places: Expr) -> Expr:
            zero = self.length in places and bool({*places} & {*self.indices[:2]})
            return Integer(0) if zero else KroneckerDelta(*places)

        return expr.replace(KroneckerDelta, value) if expr.has(KroneckerDelta) else expr


def _other_index(factor: Expr, index: Symbol) -> Expr | None:
    """The place at which a delta factor sets the index."""
    if isinstance(factor, KroneckerDelta) and index in factor.args:
        return next(place for place in factor.args if place != index)
    return None


def _separated(product: Expr, index: Symbol) -> tuple[Expr, Expr] | None:
    """(constant, rest) where powers and exponentials of the summand hold constant factors."""
    constant, rest = [], []
    for factor in Mul.make_args(product):
        exponent = factor.args[0] if isinstance(factor, exp) else None
        if exponent is not None and exponent.is_Add:
            free, bound = exponent.as_independent(index, as_Add=True)
            constant.append(exp(free))
            rest.append(exp(bound))
        elif isinstance(factor, Pow) and factor.exp.is_Integer:
            free, bound = factor_terms(factor.base).as_independent(index, as_Add=False)
            constant.append(free**factor.exp)
            rest.append(bound**factor.exp)
        else:
            rest.append(factor)
    outside = Mul(*constant)
    return None if outside == 1 else (outside, Mul(*rest))


def _named(expr: Any, wanted: Callable[[Any], bool], names: dict[Expr, Dummy]) -> Any:
    """``expr`` with the wanted parts, outermost first, as symbols; a part's sign is kept."""
    if wanted(expr):
        return names.setdefault(expr, Dummy(f"e{len(names)}", **_sign(expr)))
    if not isinstance(expr, Basic) or not expr.args or not expr.has(Sum, Indexed):
        return expr
    return expr.func(*(_named(argument, wanted, names) for argument in expr.args))


def _sign(expr: Expr) -> dict[str, bool]:
    """What is known of a sum's or an entry's sign; a sum has that of its summand."""
    known = expr.function if isinstance(expr, Sum) else expr
    for assumption in ("positive", "negative", "nonnegative"):
        if getattr(known, f"is_{assumption}"):
            return {assumption: True}
    return {"real": True}


def terms_of_sum(expr: Expr) -> tuple[Expr, ...]:
    """The terms of a sum, products of sums multiplied out and denominators left as they are."""
    while True:
        opened = expand_mul(expr, deep=False)
        terms = Add.make_args(opened)
        if opened == expr:
            return tuple(terms)
        expr = Add(*(expand_mul(term, deep=False) for term in terms))


def plain_parts(expr: Any, names: dict[Expr, Dummy]) -> Any:
    """``expr`` with its sums and entries as symbols of the same sign; ``names`` maps them."""
    return _named(expr, lambda e: isinstance(e, Sum | Indexed), names)


@lru_cache(maxsize=64)
def calculus(family: Family) -> IndexCalculus:
    """The index calculus of a family with vectors, second parameter points included."""
    both = {**{s: s for s in family.symbols}, **{prime: p for p, prime in family.primed.items()}}
    totals = {
        symbol: family.domain_of(source).total
        for symbol, source in both.items()
        if family.domain_of(source).total is not None
    }
    assert family.length is not None
    return IndexCalculus(family.length, family.indices, totals, family.category)
