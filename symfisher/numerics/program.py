"""A straight-line program: the numeric steps that evaluate several expressions together.

Compiling walks the expressions once (see ``compiler``); running is a loop over the steps, with one
table of operations for each kind of number: NumPy float64 arrays, or balls of any precision.
Steps that do not read the nodes of a quadrature are run once for a point of the parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sympy import Basic

Slot = int


@dataclass
class Program:
    """Steps in the order in which they run; each one writes the slot of its own position.

    ``inputs`` maps a name to the slot that it fills: a symbol, or a pair (variable, aspect).
    """

    steps: list[tuple[str, tuple[Slot, ...]]] = field(default_factory=list)
    varying: list[bool] = field(default_factory=list)
    constants: dict[Slot, Any] = field(default_factory=dict)
    inputs: dict[Hashable, Slot] = field(default_factory=dict)
    outputs: tuple[Slot, ...] = ()
    _known: dict[Hashable, Slot] = field(default_factory=dict)
    _prepared: dict[int, Any] = field(default_factory=dict)

    def emit(self, operation: str, *arguments: Slot) -> Slot:
        """The slot that holds ``operation`` of the slots ``arguments``; equal steps are shared."""
        key = (operation, arguments)
        if key not in self._known:
            self._known[key] = self._append(key, any(self.varying[a] for a in arguments))
        return self._known[key]

    def constant(self, value: Any) -> Slot:
        """The slot of a SymPy number, converted once per kind of number, or of a plain object."""
        key = ("constant", type(value), value)
        if key not in self._known:
            slot = self._append(("constant", ()), False)
            self.constants[slot] = value
            self._known[key] = slot
        return self._known[key]

    def input(self, name: Hashable, varying: bool) -> Slot:
        if name not in self.inputs:
            self.inputs[name] = self._append(("input", ()), varying)
        return self.inputs[name]

    def _append(self, step: tuple[str, tuple[Slot, ...]], varying: bool) -> Slot:
        self.steps.append(step)
        self.varying.append(varying)
        return len(self.steps) - 1

    def bind(self, operations: Any, values: Mapping[Any, Any]) -> Bound:
        """The program at one point: steps that read no node are run now.

        ``operations`` is a module or object with one function for each operation; ``values`` gives
        the inputs that do not vary.
        """
        constants, fixed, moving = self._prepare(operations)
        slots: list[Any] = [None] * len(self.steps)
        for slot, value in constants:
            slots[slot] = value
        for name, slot in self.inputs.items():
            if not self.varying[slot]:
                slots[slot] = values[name]
        _run(fixed, slots)
        return Bound(self, slots, moving)

    def _prepare(self, operations: Any) -> Any:
        """Constants as numbers, and the steps that are needed with their functions looked up."""
        key = getattr(operations, "key", id(operations))
        if key not in self._prepared:
            alive = self._alive()
            ready: tuple[list[Any], list[Any]] = ([], [])
            for slot, (name, arguments) in enumerate(self.steps):
                if alive[slot] and name not in ("constant", "input"):
                    step = (slot, getattr(operations, name), arguments)
                    ready[self.varying[slot]].append(step)
            constants = [
                (slot, operations.number(value) if isinstance(value, Basic) else value)
                for slot, value in self.constants.items()
            ]
            self._prepared[key] = constants, *ready
        return self._prepared[key]

    def _alive(self) -> list[bool]:
        """Which steps the outputs need."""
        alive = [False] * len(self.steps)
        for slot in self.outputs:
            alive[slot] = True
        for slot in reversed(range(len(self.steps))):
            if alive[slot]:
                for argument in self.steps[slot][1]:
                    alive[argument] = True
        return alive


@dataclass
class Bound:
    """A program whose parameters have values: ``run`` needs the varying inputs only."""

    program: Program
    slots: list[Any]
    moving: Sequence[tuple[Slot, Callable[..., Any], tuple[Slot, ...]]]

    def run(self, nodes: Mapping[Any, Any]) -> list[Any]:
        """The outputs at the nodes, in order; an output that does not vary is a scalar."""
        slots = list(self.slots)
        for name, slot in self.program.inputs.items():
            if self.program.varying[slot]:
                slots[slot] = nodes.get(name)
        _run(self.moving, slots)
        return [slots[slot] for slot in self.program.outputs]


def _run(
    steps: Iterable[tuple[Slot, Callable[..., Any], tuple[Slot, ...]]], slots: list[Any]
) -> None:
    for slot, function, arguments in steps:
        slots[slot] = function(*[slots[a] for a in arguments])
