"""A family with vectors of symbolic length, written out entry by entry at one length.

It is an ordinary family, which the whole machinery knows: its density is checked when it is
declared (at the smallest length), and what index calculus derives is held against quadrature of it.
"""

from __future__ import annotations

from typing import Any

from sympy import (
    Add,
    Basic,
    Eq,
    Expr,
    Indexed,
    IndexedBase,
    Integer,
    Lt,
    Piecewise,
    Product,
    Sum,
    Symbol,
    prod,
)

from symfisher.declaration import Facts, Family
from symfisher.domains import Domain
from symfisher.vectors import at_index, outermost


class Unrolling:
    """The correspondence between a family of symbolic length and its scalar twin.

    Attributes:
        size: the length of every vector.
        entries: vector -> its entries, of which the last one of a vector with a total is what the
            others leave of it.
        family: the scalar twin.
    """

    def __init__(self, source: Family, size: int) -> None:
        self.source = source
        self.size = size
        self.entries: dict[IndexedBase, tuple[Expr, ...]] = {}
        self._taken = {s.name for s in source.symbols}
        for symbol in source.symbols:
            if isinstance(symbol, IndexedBase):
                self.add(symbol, source.domain_of(symbol))
        self.family = self._family()

    def add(self, vector: IndexedBase, domain: Domain) -> None:
        """Write out a further vector, such as the second parameter point of a divergence."""
        free = [self._symbol(vector, n) for n in range(1, self.size + 1)]
        if domain.total is not None:
            free[-1] = self._scalar(domain.total) - Add(*free[:-1])
        self.entries[vector] = tuple(free)

    def free_entries(self, vector: Any) -> tuple[Any, ...]:
        """The symbols that stand for a vector's free entries; a plain symbol stands for itself."""
        found = self.entries.get(vector, (vector,))
        return tuple(entry for entry in found if entry.is_Symbol)

    def _symbol(self, vector: IndexedBase, place: int) -> Symbol:
        name = f"{vector.name}_{place}" if vector.name[-1].isdigit() else f"{vector.name}{place}"
        while name in self._taken:
            name += "_"
        return Symbol(name, **vector.assumptions0)

    # -- expressions -----------------------------------------------------------------------------

    def expression(self, expr: Any) -> Any:
        """The expression in scalar symbols, its sums over the vectors' length written out."""
        category = self.source.category
        if category is None or not _is_index(expr, category):
            return self._scalar(expr)
        cells = [(self._scalar(at_index(expr, category, Integer(n))), Eq(category, n))
                 for n in range(1, self.size)]  # fmt: skip
        return Piecewise(*cells, (self._scalar(at_index(expr, category, Integer(self.size))), True))

    def _scalar(self, expr: Any) -> Any:
        return self._written_out(expr.xreplace({self.source.length: Integer(self.size)}))

    def _written_out(self, expr: Any) -> Any:
        if isinstance(expr, Indexed):
            return self.entries[expr.base][int(expr.indices[0]) - 1]
        if not isinstance(expr, Basic) or not expr.has(Indexed, Sum, Product):
            return expr
        if isinstance(expr, Sum | Product) and self._is_over_entries(expr):
            return self._total(expr)
        if isinstance(expr, Sum | Product):
            inside, limit = outermost(expr)
            return expr.func(self._written_out(inside), self._written_out(limit))
        return expr.func(*map(self._written_out, expr.args))

    def _is_over_entries(self, total: Sum | Product) -> bool:
        index, lower, upper = total.limits[-1]
        indices = {place for entry in total.atoms(Indexed) for place in entry.indices}
        over = lower == 1 and upper in (self.size, self.size - 1)
        return over and (index in indices or not total.function.has(Indexed))

    def _total(self, total: Sum | Product) -> Expr:
        inside, (index, _, upper) = outermost(total)
        terms = [self._written_out(at_index(inside, index, Integer(n)))
                 for n in range(1, int(upper) + 1)]  # fmt: skip
        return Add(*terms) if isinstance(total, Sum) else prod(terms, start=Integer(1))

    # -- the family ------------------------------------------------------------------------------

    def _family(self) -> Family:
        source = self.source
        observed = dict(pair for v in source.variables for pair in self._domains(v))
        parameters = dict(pair for p in source.parameters for pair in self._domains(p))
        known = (c for c in source.constants if c != source.length)
        constants = dict(pair for c in known for pair in self._domains(c))
        return source._twin(
            name=f"{source.name} with {source.length} = {self.size}",
            variables=tuple(observed),
            supports=tuple(observed.values()),
            parameters=tuple(parameters),
            constants=tuple(constants),
            domains=parameters | constants,
            constraints=(*map(self._scalar, source.constraints), *self._simplex_constraints()),
            log_density=self.expression(source.log_density),
            facts=Facts(f"{source.facts.title} with {source.length} = {self.size}"),
        )

    def _domains(self, symbol: Any) -> list[tuple[Symbol, Domain]]:
        """(scalar symbol, its domain) for each free entry of a declared symbol."""
        domain = self.source.domain_of(symbol).substitute({self.source.length: Integer(self.size)})
        free = self.free_entries(symbol)
        if domain.total is None or symbol in self.source.parameters:
            return [(entry, domain.entry) for entry in free]
        left = [domain.total - Add(*free[:n]) for n in range(len(free))]
        return [(e, Domain(domain.lower, end, domain.discrete)) for e, end in zip(free, left)]

    def _simplex_constraints(self) -> list[Any]:
        """The free entries of a parameter with a total leave something for the last one."""
        return [
            Lt(Add(*self.free_entries(p)), self.source.domains[p].total)
            for p in self.source.parameters
            if self.source.domains[p].total is not None and self.size > 2
        ]


def _is_index(expr: Any, category: Symbol) -> bool:
    """Whether a count variable stands as an index, as the category x does in theta[x]."""
    return isinstance(expr, Expr) and expr.has(category) and expr.has(Indexed)
