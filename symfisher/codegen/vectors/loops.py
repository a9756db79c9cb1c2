"""What Numba and C share: loops over the points, and within each over the entries.

A tree of statements is built once and written by a ``Syntax``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sympy import Expr, Symbol, powsimp

from symfisher.codegen.vectors.program import Block, Part, Stage, VectorProgram
from symfisher.codegen.vectors.syntax import CHUNK, Syntax
from symfisher.codegen.writer import Writer

INDENT = "    "


@dataclass
class LoopWriter:
    """The lines for one point of a program."""

    program: VectorProgram
    write: Writer
    syntax: Syntax

    def point(self) -> list[str]:
        """Everything from the arguments of a point to its result."""
        lines = [*self._head()]
        for stage in self.program.passes:
            lines += self._pass(stage)
        for number, block in enumerate(self.program.blocks):
            lines += self._block(block, number)
        return lines

    # -- arguments and conditions ----------------------------------------------------------------

    def _head(self) -> Iterator[str]:
        program, syntax = self.program, self.syntax
        for argument in program.arguments:
            if not argument.is_vector:
                yield syntax.let(argument.name, syntax.number(argument))
            elif argument.last is not None and self._is_read(argument.last):
                last = syntax.entry(argument, f"{self.syntax.length} - 1")
                yield syntax.let(str(argument.last), last)
        if program.category and self._is_read(program.category[2]):
            x, _, last = program.category
            yield syntax.let(str(last), syntax.truth(f"{x} == {program.length}"))
        yield from self._conditions()

    def _conditions(self) -> Iterator[str]:
        guards = self.program.guards
        if not guards:
            return
        yield self.syntax.variable("outside", "0.0")
        yield from (self._flag(g.condition) for g in guards if not g.of_entries)
        inside = [g.condition for g in guards if g.of_entries]
        if inside:
            body = [*self._loads(inside, "sf_k"), *map(self._flag, inside)]
            yield from self._loop("sf_k", self.syntax.length, body)

    def _flag(self, condition: Expr) -> str:
        return self.syntax.flag(self.write(condition))

    def _is_read(self, symbol: Symbol) -> bool:
        stages: list[Stage] = [*self.program.passes]
        for block in self.program.blocks:
            stages += [block.row, *([block.column] if block.column else [])]
        return any(v.has(symbol) for stage in stages for v in _values(stage))

    # -- passes ----------------------------------------------------------------------------------

    def _pass(self, stage: Stage) -> list[str]:
        """Totals over the entries.

        Where values are computed it goes by chunks: values first and then their sums, in several
        parts, so that the first loop uses vector instructions.
        """
        syntax = self.syntax
        lines = [syntax.let(str(s.symbol), self.write(s.value)) for s in stage.before]
        for total in stage.totals:
            start = "-INFINITY" if total.maximum else "0.0"
            lines.append(syntax.variable(str(total.symbol), start))
        if not _is_computed(stage):
            return [*lines, *self._loop("sf_k", syntax.length, self._summands(stage))]
        body = [syntax.index("sf_k", "sf_first + sf_i")]
        body += [*self._loads(_values(stage), "sf_k"), *self._inside(stage)]
        added = []
        for number, total in enumerate(stage.totals):
            body.append(syntax.set(f"values_{number}[sf_i]", self.write(total.value)))
            added.append(syntax.gather(str(total.symbol), f"values_{number}", total.maximum))
        return [*lines, *self._chunks(syntax.length, body, added)]

    def _summands(self, stage: Stage) -> list[str]:
        """What is done at an entry where totals are added up one by one."""
        lines = [*self._loads(_values(stage), "sf_k"), *self._inside(stage)]
        for total in stage.totals:
            name, value = str(total.symbol), self.write(total.value)
            if total.maximum:
                lines.append(self.syntax.larger(name, value))
            else:
                lines.append(self.syntax.set(name, f"{name} + ({value})"))
        return lines

    @property
    def arrays(self) -> int:
        """How many arrays of ``CHUNK`` values are needed at most at a time."""
        chunked = (stage for stage in self.program.passes if _is_computed(stage))
        diagonal = any(b.is_structured and b.row.values[0] != 0 for b in self.program.blocks)
        return max((len(stage.totals) for stage in chunked), default=int(diagonal))

    def _inside(self, stage: Stage) -> list[str]:
        return [self.syntax.let(str(s.symbol), self.write(s.value)) for s in stage.inside]

    def _loads(self, values: Iterable[Expr], index: str) -> list[str]:
        """The entries that values read, as local names."""
        read = {symbol for value in values for symbol in value.free_symbols}
        lines = [
            self.syntax.let(a.name, self.syntax.entry(a, index))
            for a in self.program.arguments
            if a.is_vector and a.symbol in read
        ]
        if self.program.category and self.program.category[1] in read:
            x, indicator, _ = self.program.category
            lines.append(
                self.syntax.let(str(indicator), self.syntax.truth(f"{index} + 1.0 == {x}"))
            )
        return lines

    def _loop(self, index: str, size: str, body: Sequence[str]) -> list[str]:
        head, tail = self.syntax.loop(index, size)
        return [head, *(INDENT + line for line in body), *([tail] if tail else [])]

    # -- results ---------------------------------------------------------------------------------

    def _block(self, block: Block, number: int) -> list[str]:
        before = [self.syntax.let(str(s.symbol), self.write(s.value)) for s in block.row.before]
        if block.column:
            before += [
                self.syntax.let(str(s.symbol), self.write(s.value)) for s in block.column.before
            ]
        if block.is_structured:
            return [*before, *self._structured(block)]
        parts = [block.row_part, *([block.column_part] if block.column_part else [])]
        value = self.write(block.row.values[0])
        if not any(part.is_vector for part in parts):
            places = [part.start("size") for part in parts] if self.program.axes else []
            steps = self._inside(block.row)
            return [*before, *steps, self._stored(places, value)]
        places = [self._at(part, "sf_k") for part in parts]
        body = [*self._loads(_values(block.row), "sf_k"), *self._inside(block.row)]
        return [*before, *self._loop("sf_k", "size", [*body, self._stored(places, value)])]

    def _at(self, part: Part, index: str) -> str:
        start = part.start("size")
        if not part.is_vector:
            return start
        return index if start == "0" else f"{start} + {index}"

    def _stored(self, places: Sequence[str], value: str) -> str:
        guarded = f"{value} + outside" if self.program.guards else value
        return self.syntax.set(self.syntax.place(*places), guarded)

    def _structured(self, block: Block) -> list[str]:
        """Rows of left times right, then the diagonal.

        The right side of the one term waits in the last row, which is written last.
        """
        moving = self._moving(block)
        waiting = moving if len(moving) == 1 else []
        lines: list[str] = []
        if waiting:
            assert block.column is not None
            value = block.column.values[waiting[0]]
            body = self._computed(block.column, [value], "sf_l")
            body.append(self.syntax.set(self._last(block, "sf_l"), self.write(value)))
            lines += self._loop("sf_l", "size", body)
        return [*lines, *self._rows(block, waiting), *self._diagonal(block)]

    def _last(self, block: Block, index: str) -> str:
        """The place in the last row of a block."""
        assert block.column_part is not None
        row, column = self._at(block.row_part, "size - 1"), self._at(block.column_part, index)
        return self.syntax.place(row, column)

    def _computed(self, stage: Stage, values: Sequence[Expr], index: str) -> list[str]:
        """The entries and steps that values read, and nothing else."""
        steps, read = [], {symbol for value in values for symbol in value.free_symbols}
        for step in reversed(stage.inside):
            if step.symbol in read:
                read |= step.value.free_symbols
                steps.append(step)
        loads = self._loads([*values, *(step.value for step in steps)], index)
        lets = (self.syntax.let(str(s.symbol), self.write(s.value)) for s in reversed(steps))
        return [*loads, *lets]

    def _moving(self, block: Block) -> list[int]:
        """The terms whose right side is not the same for all columns."""
        if not block.column:
            return []
        changing = self.program.elements | {s.symbol for s in block.column.inside}
        return [n for n, v in enumerate(block.column.values) if v.free_symbols & changing]

    def _lefts(self, block: Block, waiting: list[int]) -> tuple[list[Expr], list[str]]:
        """The left sides that are computed, and the code of each of them.

        One that is a multiple of the right side in the last row is read there.
        """
        computed, texts = [], []
        for n, value in enumerate(block.row.values[1:]):
            ratio = self._ratio(block, n) if n in waiting else None
            if ratio is None:
                computed.append(value)
                texts.append(self.write(value))
            else:
                texts.append(f"{self._last(block, 'sf_k')} * ({self.write(ratio)})")
        return computed, texts

    def _ratio(self, block: Block, n: int) -> Expr | None:
        """Left over right of a term where that is the same for all entries."""
        assert block.column is not None
        left, right = block.row.values[1 + n], block.column.values[n]
        for step in reversed(block.row.inside):
            left = left.xreplace({step.symbol: step.value})
        for step in reversed(block.column.inside):
            right = right.xreplace({step.symbol: step.value})
        ratio = powsimp(left / right)
        return None if ratio.free_symbols & self.program.elements else ratio

    def _rows(self, block: Block, waiting: list[int]) -> list[str]:
        """The rows; as one where all of them are the same number."""
        syntax = self.syntax
        computed, texts = self._lefts(block, waiting)
        changing = self.program.elements | {s.symbol for s in block.row.inside}
        steady = not waiting and not any(v.free_symbols & changing for v in computed)
        lines = self._computed(block.row, computed, "sf_k")
        lefts = [syntax.let(f"left_{n}", text) for n, text in enumerate(texts)]
        columns = [] if waiting else list(block.column.values if block.column else [])
        body = self._computed(block.column, columns, "sf_l") if block.column and columns else []
        terms = []
        for n in range(len(texts)):
            assert block.column is not None
            right = self._last(block, "sf_l") if n in waiting else self.write(
                block.column.values[n])  # fmt: skip
            terms.append(f"left_{n}" if right in ("1.0", "1") else f"left_{n} * ({right})")
        value = " + ".join(terms) or "0.0"
        flat = syntax.flat("sf_l") if self._is_whole and steady and not self._moving(block) else ""
        if flat:
            return [*lefts, *self._loop("sf_l", "size * size", [self._stored_at(flat, value)])]
        assert block.column_part is not None
        here = syntax.place(self._at(block.row_part, "sf_k"), self._at(block.column_part, "sf_l"))
        inner = self._loop("sf_l", "size", [*body, self._stored_at(here, value)])
        if steady:
            return [*lefts, *self._loop("sf_k", "size", inner)]
        return self._loop("sf_k", "size", [*lines, *lefts, *inner])

    @property
    def _is_whole(self) -> bool:
        """Whether one block is the whole matrix."""
        return self.program.vectors == 1 and not self.program.numbers

    def _diagonal(self, block: Block) -> list[str]:
        value = block.row.values[0]
        if value == 0:
            return []
        assert block.column_part is not None
        place = (self._at(block.row_part, "sf_k"), self._at(block.column_part, "sf_k"))
        own = self.syntax.place(*place)
        body = self._computed(block.row, [value], "sf_k")
        body.append(self.syntax.set("values_0[sf_i]", self.write(value)))
        index = self.syntax.index("sf_k", "sf_first + sf_i")
        added = [index, self.syntax.set(own, f"{own} + values_0[sf_i]")]
        return self._chunks("size", [index, *body], self._loop("sf_i", "sf_count", added))

    def _chunks(self, size: str, body: Sequence[str], after: Sequence[str]) -> list[str]:
        """Chunks of entries: a loop over sf_i that holds their values, and what follows it."""
        syntax = self.syntax
        count = syntax.smaller(str(CHUNK), f"{size} - sf_first")
        chunk = [syntax.index("sf_count", count), *self._loop("sf_i", "sf_count", body), *after]
        head, tail = syntax.steps("sf_first", size, CHUNK)
        return [head, *(INDENT + line for line in chunk), *([tail] if tail else [])]

    def _stored_at(self, place: str, value: str) -> str:
        guarded = f"{value} + outside" if self.program.guards else value
        return self.syntax.set(place, guarded)


def _is_computed(stage: Stage) -> bool:
    """Whether what is added up takes longer than adding it."""
    return bool(stage.inside) or any(t.maximum or t.value.args for t in stage.totals)


def _values(stage: Stage) -> list[Expr]:
    """Everything that is computed in a stage's loop."""
    return [*(s.value for s in stage.inside), *stage.values, *(t.value for t in stage.totals)]
