"""Sums over the observations of a sample: what does not read the data comes out of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sympy import Add, Expr, Symbol

from symfisher.codegen.names import temporary_names

SUMMED = "summed"  # the detail of a formula that is to be summed over a sample


class Sample:
    """Collects the distinct sums that several totals need.

    Attributes:
        values: what is summed, by the symbol of the sum.
        size: the symbol of the number of observations.
    """

    def __init__(self, data: Sequence[Symbol], taken: Iterable[str]) -> None:
        names = iter(temporary_names(taken, prefix="sum"))
        self.size = Symbol("size" if "size" not in {*taken} else "sample_size", positive=True)
        self.values: dict[Symbol, Expr] = {}
        self._data = data
        self._names = names
        self._symbols: dict[Expr, Symbol] = {}

    def total(self, value: Expr) -> Expr:
        """The sum of ``value`` over the sample; parameters in front of a term stay in front."""
        return Add(*map(self._term, Add.make_args(value)))

    def _term(self, term: Expr) -> Expr:
        front, read = term.as_independent(*self._data, as_Add=False)
        if not read.free_symbols & {*self._data}:
            return term * self.size
        if read not in self._symbols:
            symbol = Symbol(next(self._names), real=True)
            self._symbols[read] = symbol
            self.values[symbol] = read
        return front * self._symbols[read]

    @property
    def names(self) -> list[str]:
        return [self.size.name, *(symbol.name for symbol in self.values)]
