"""From a formula with free indices to passes over arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sympy import (
    Basic,
    Expr,
    Indexed,
    IndexedBase,
    Integer,
    KroneckerDelta,
    MatrixBase,
    Sum,
    Symbol,
    exp,
)

from symfisher.algebra.indexed import IndexCalculus, calculus
from symfisher.algebra.indexed_inverse import structure
from symfisher.algebra.special import replace_derivatives
from symfisher.codegen.arguments import arguments_of
from symfisher.codegen.compilation import straight_line
from symfisher.codegen.names import function_name
from symfisher.codegen.program import Step
from symfisher.codegen.stability import stable
from symfisher.codegen.vectors.program import (
    Block,
    Part,
    Stage,
    Total,
    VectorArgument,
    VectorGuard,
    VectorProgram,
)
from symfisher.codegen.vectors.shares import Shares, with_shares
from symfisher.errors import DoesNotExistError, KernelError
from symfisher.formula import Expectation, Formula
from symfisher.requirements import domain_conditions
from symfisher.vectors import at_index, outermost

_FRAME = frozenset(  # names of the code around a formula
    [
        "vectors",
        "numbers",
        "arrays",
        "lead",
        "size",
        "out",
        "given",
        "inside",
        "block",
        "holds",
        "result",
        "inputs",
        "found",
        "point",
        "check",
        "outside",
        "diagonal",
        "lead",
        "special",
    ]
)
_FREE_VECTORS = ("vector", "gradient")  # roles of vectors with an entry a free coordinate


def compile_vectors(formula: Formula) -> VectorProgram:
    """The passes of a formula of a family with vectors of symbolic length.

    Raises:
        DoesNotExistError: the family has no such quantity; the message has the reason.
        KernelError: a sum over an observation's values or an expectation is left in it.
    """
    if formula.expr is None:
        raise DoesNotExistError(
            f"family '{formula.family.name}' has no {formula.name} to make a kernel of. "
            + " ".join(formula.notes)
        )
    if formula.expr.has(Expectation):
        raise KernelError(
            f"family '{formula.family.name}': an expectation is left in {formula.name}; over "
            "vectors there is no kernel of it. Write the family out at a fixed length"
        )
    return _Lowering(formula).program()


class _Lowering:
    def __init__(self, formula: Formula) -> None:
        self.formula, self.family = formula, formula.family
        self.rules: IndexCalculus = calculus(self.family)
        self.row, self.column = self.family.indices[:2]
        self.length = Symbol(str(self.family.length), positive=True)
        self.free = int(any(p in self.rules.totals for p in self.family.parameters))
        self.sources, self.arguments = self._arguments()
        self.taken = [self.length.name, *(a.name for a in self.arguments)]
        self.totals: dict[Expr, Symbol] = {}
        self.levels: dict[Symbol, int] = {}
        self.bodies: dict[Symbol, Total] = {}
        self.category = self._category()

    # -- arguments -------------------------------------------------------------------------------

    def _arguments(self) -> tuple[dict[Any, VectorArgument], tuple[VectorArgument, ...]]:
        found: dict[Any, VectorArgument] = {}
        for source, plain in arguments_of(self.formula).items():
            if source == self.family.length:
                continue
            vector = isinstance(source, IndexedBase)
            if plain.name in _FRAME:
                new = Symbol(f"{plain.name}_", **plain.symbol.assumptions0)
                plain = replace(plain, symbol=new)
            short = vector and self.free and plain.role in _FREE_VECTORS
            found[source] = VectorArgument(
                plain.symbol,
                plain.declared,
                plain.role,
                plain.domain,
                plain.meaning,
                entries=(-1 if short else 0) if vector else None,
                last=Symbol(f"{plain.name}_last", **plain.symbol.assumptions0) if vector else None,
            )
        return found, tuple(found.values())

    def _category(self) -> tuple[Symbol, Symbol, Symbol] | None:
        source = self.family.category
        if source is None or not self.formula.reads_data:
            return None
        name = self.sources[source].name
        return (
            self.sources[source].symbol,
            Symbol(f"is_{name}", nonnegative=True),
            Symbol(f"last_is_{name}", nonnegative=True),
        )

    def _guards(self) -> tuple[VectorGuard, ...]:
        guards = [
            VectorGuard(condition, a.is_vector)
            for a in self.arguments
            for condition in domain_conditions(
                a.symbol, a.domain.entry.substitute({self.family.length: self.length}),
                closed=a.role == "data",
            )
        ]  # fmt: skip
        return tuple(dict.fromkeys(guards))

    # -- the program -----------------------------------------------------------------------------

    def program(self) -> VectorProgram:
        expr = self.formula.expr
        parts = self._parts()
        if isinstance(expr, MatrixBase):
            axes = 2 if _is_square(self.formula) else 1
            blocks = [
                self._block(expr[p, q], parts[p], parts[q] if axes == 2 else None)
                for p in range(expr.rows)
                for q in range(expr.cols)
            ]
        else:
            blocks, axes, parts = [self._block(expr, Part(0, 0, False), None)], 0, []
        passes = self._passes()
        return VectorProgram(
            name=function_name(self.family.name, self.formula.name),
            formula=self.formula,
            arguments=self.arguments,
            length=self.length,
            category=self.category,
            guards=self._guards(),
            passes=passes,
            blocks=tuple(self._finished(block) for block in blocks),
            axes=axes,
            parts=tuple(parts),
            free=self.free,
        )

    def _parts(self) -> list[Part]:
        parts: list[Part] = []
        for parameter in self.family.parameters:
            before = sum(part.is_vector for part in parts)
            vector = isinstance(parameter, IndexedBase)
            parts.append(Part(before, len(parts) - before, vector))
        return parts

    def _block(self, entry: Expr, row: Part, column: Part | None) -> dict[str, Any]:
        """The lowered values of a block, whose totals are thereby known."""
        if column is None or not (row.is_vector and column.is_vector):
            entry = entry if row.is_vector else at_index(entry, self.column, self.row)
            return {"row": row, "column": column, "values": [self._lowered(entry)], "right": []}
        found = structure(self._shared(entry), self.row, self.column)
        if found is None:
            raise KernelError(
                f"family '{self.family.name}': a block of {self.formula.name} is no diagonal plus "
                "terms of rank one; there is no kernel of it"
            )
        left = [self._symbols(u) for u, _ in found.terms]
        right = [self._symbols(at_index(v, self.column, self.row)) for _, v in found.terms]
        diagonal = self._symbols(found.diagonal)
        return {"row": row, "column": column, "values": [diagonal, *left], "right": right}

    def _finished(self, block: dict[str, Any]) -> Block:
        row = self._stage(block["values"])
        column = self._stage(block["right"]) if block["right"] else None
        return Block(block["row"], block["column"], row, column)

    def _passes(self) -> tuple[Stage, ...]:
        deepest = max(self.levels.values(), default=0)
        stages = []
        for level in range(1, deepest + 1):
            totals = [self.bodies[s] for s, at in self.levels.items() if at == level]
            stages.append(self._stage([total.value for total in totals], totals))
        return tuple(stages)

    def _stage(self, values: Sequence[Expr], totals: Sequence[Total] = ()) -> Stage:
        steps, written = straight_line([stable(v) for v in values], self.taken)
        self.taken += [symbol.name for symbol, _ in steps]
        moving = {a.symbol for a in self.arguments if a.is_vector}
        moving |= {self.category[1]} if self.category else set()
        before: list[Step] = []
        inside: list[Step] = []
        for symbol, value in steps:
            if value.free_symbols & moving:
                moving.add(symbol)
                inside.append(Step(symbol, value))
            else:
                before.append(Step(symbol, value))
        found = tuple(Total(t.symbol, v, t.maximum) for t, v in zip(totals, written))
        return Stage(tuple(before), tuple(inside), tuple(written), found)

    # -- expressions -----------------------------------------------------------------------------

    def _lowered(self, expr: Expr) -> Expr:
        """The expression over arrays' entries, with its sums as symbols."""
        expr = replace_derivatives(expr)
        for source, argument in self.sources.items():
            if argument.padded:
                expr = expr.xreplace({source[self.family.length]: Integer(0)})
        return self._symbols(self._shared(expr))

    def _shared(self, expr: Expr) -> Expr:
        """The same with exponentials as shares of their sums."""
        plain, found = with_shares(expr, self.rules)
        for shares in found:
            self._register(shares)
        return plain

    def _register(self, shares: Shares) -> None:
        """The largest exponent, and the sum of the exponentials less that: no overflow."""
        if shares.maximum in self.levels:
            return
        exponent = self._symbols(shares.exponent)
        self.levels[shares.maximum], self.levels[shares.total] = 1, 2
        self.bodies[shares.maximum] = Total(shares.maximum, exponent, maximum=True)
        self.bodies[shares.total] = Total(shares.total, exp(exponent - shares.maximum))
        self.taken += [shares.maximum.name, shares.total.name]

    def _symbols(self, expr: Any) -> Any:
        if expr == self.family.length:
            return self.length
        if expr in self.sources and not isinstance(expr, IndexedBase):
            return self.sources[expr].symbol
        if isinstance(expr, Sum):
            return self._total(expr)
        if isinstance(expr, Indexed):
            return self._entry(expr)
        if isinstance(expr, KroneckerDelta):
            return self._indicator(expr)
        if not isinstance(expr, Basic) or not expr.args:
            return expr
        return expr.func(*map(self._symbols, expr.args))

    def _entry(self, expr: Indexed) -> Expr:
        argument, (place,) = self.sources[expr.base], expr.indices
        if place == self.family.category:
            bound = self.rules.bound(expr, place)
            gathered = KroneckerDelta(bound, place) * expr.base[bound]
            return self._total(Sum(gathered, (bound, 1, self.family.length)))
        if place == self.family.length:
            assert argument.last is not None
            return argument.last
        return argument.symbol

    def _indicator(self, expr: KroneckerDelta) -> Expr:
        assert self.category is not None
        others = set(expr.args) - {self.family.category}
        return self.category[2] if self.family.length in others else self.category[1]

    def _total(self, expr: Sum) -> Symbol:
        inside, (_, lower, upper) = outermost(expr)
        if lower != 1 or upper != self.family.length:
            raise KernelError(
                f"family '{self.family.name}': {self.formula.name} has a sum over an observation's "
                "values; over vectors there is no kernel of it. Write the family out"
            )
        body = self._symbols(inside)
        if body not in self.totals:
            name = f"total_{len(self.totals) + 1}"
            signs = {"positive": True} if body.is_positive else {"real": True}
            symbol = Symbol(name, **signs)
            below = max((self.levels.get(s, 0) for s in body.free_symbols), default=0)
            self.totals[body] = symbol
            self.levels[symbol] = below + 1
            self.bodies[symbol] = Total(symbol, body)
            self.taken.append(name)
        return self.totals[body]


def _is_square(formula: Formula) -> bool:
    """Whether a matrix of blocks has a row and a column index; with one parameter its shape is
    that of a vector."""
    return formula.expr.rows == formula.expr.cols and formula.name not in _VECTORS


_VECTORS = frozenset({"score", "fisher_vector_product", "natural_gradient"})
