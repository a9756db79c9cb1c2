"""What NumPy and JAX share: whole arrays, their entries along the last axis."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sympy import Expr

from symfisher.codegen.vectors.program import Block, Stage, VectorProgram
from symfisher.codegen.writer import Writer


@dataclass
class ArrayWriter:
    """Lines over arrays; ``library`` is np or jnp."""

    program: VectorProgram
    write: Writer
    library: str

    def head(self) -> Iterator[str]:
        """Last entries and the indicator of a category."""
        program, library = self.program, self.library
        for argument in program.arguments:
            if argument.last is not None and self._reads(argument.last):
                yield f"{argument.last} = {argument.name}[..., -1:]"
        if program.category:
            x, indicator, last = program.category
            length = program.length
            yield f"{indicator} = ({library}.arange({length}) + 1.0 == {x}) * 1.0"
            yield f"{last} = ({x} == {length}) * 1.0"

    def _reads(self, symbol: Expr) -> bool:
        program = self.program
        stages = [*program.passes, *(b.row for b in program.blocks)]
        stages += [b.column for b in program.blocks if b.column]
        values = [
            v for s in stages for v in (*(t.value for t in (*s.before, *s.inside)), *s.values)
        ]
        return any(value.has(symbol) for value in values)

    def passes(self) -> Iterator[str]:
        for stage in self.program.passes:
            yield from self.steps(stage)
            for total in stage.totals:
                how = "max" if total.maximum else "sum"
                value = self.write(total.value)
                yield f"{total.symbol} = {self.library}.{how}({value}, axis=-1, keepdims=True)"

    def free(self) -> Iterator[str]:
        """Only free coordinates from here on."""
        if self.program.free and self.program.axes:
            for symbol in sorted(self.program.elements, key=str):
                yield f"{symbol} = {symbol}[..., :-1]"

    def steps(self, stage: Stage) -> Iterator[str]:
        for step in (*stage.before, *stage.inside):
            yield f"{step.symbol} = {self.write(step.value)}"

    def block_steps(self, block: Block) -> Iterator[str]:
        yield from self.steps(block.row)
        if block.column:
            yield from self.steps(block.column)

    def products(self, block: Block) -> list[str]:
        """left[..., :, None] * right[..., None, :] of each term of rank one."""
        if block.column is None:
            return []
        return [
            f"{self._spread(left, '[..., :, None]')} * {self._spread(right, '[..., None, :]')}"
            for left, right in zip(block.row.values[1:], block.column.values, strict=True)
        ]

    def _spread(self, value: Expr, axes: str) -> str:
        text = self.write(value)
        return text if value.is_number else f"({text}){axes}"

    @property
    def size(self) -> str:
        """How many free entries a vector has in the result, as code."""
        return f"{self.program.length} - {self.program.free}" if self.program.free else str(
            self.program.length
        )  # fmt: skip

    @property
    def shape(self) -> str:
        """Of the result at one point, as code; "" for a number."""
        if not self.program.axes:
            return ""
        return "(" + f"{self.along}, " * self.program.axes + ")"

    @property
    def along(self) -> str:
        vectors, numbers = self.program.vectors, self.program.numbers
        text = "size" if vectors == 1 else f"{vectors}*size" if vectors else ""
        return " + ".join(filter(None, [text, str(numbers) if numbers else ""])) or "0"
