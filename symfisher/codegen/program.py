"""A kernel before it is written in any language: arguments, guards, assignments and outputs."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Symbol
from sympy.logic.boolalg import Boolean

from symfisher.domains import Domain
from symfisher.formula import Formula

Index = tuple[int, ...]


@dataclass(frozen=True)
class Argument:
    """One argument of the generated function.

    Attributes:
        symbol: stands for it in guards, steps and outputs; its name is that in the generated code,
            the same in every language.
        declared: the name in the declaration; it differs where that one is reserved somewhere.
        role: "data", "parameter", "constant", or the role of an extra symbol ("primed", ...).
        domain: where it lives; its ends are in the symbols of the code.
        meaning: what it is, in words, where the family says so.
    """

    symbol: Symbol
    declared: str
    role: str
    domain: Domain
    meaning: str = ""

    @property
    def name(self) -> str:
        return str(self.symbol.name)


@dataclass(frozen=True)
class Guard:
    """A condition on the arguments without which the result is ``outside``: nan or -oo.

    ``arguments`` names those that it reads.
    """

    condition: Boolean
    arguments: tuple[str, ...]
    outside: str = "nan"


@dataclass(frozen=True)
class Step:
    """The assignment ``symbol = value``; the value reads arguments and earlier steps."""

    symbol: Symbol
    value: Expr


@dataclass(frozen=True)
class Output:
    """One distinct value of the result and every place where it stands, in row-major order."""

    places: tuple[Index, ...]
    value: Expr


@dataclass(frozen=True)
class SampleSum:
    """The assignment ``symbol = sum of value over the observations`` of a sample."""

    symbol: Symbol
    value: Expr


@dataclass(frozen=True)
class Integral:
    """The assignment ``symbol = E[integrand]``, an integral over the whole line or a sum.

    Attributes:
        symbol: what later steps and outputs read.
        variable: the symbol of the variable of integration or summation.
        integrand, log_density: in that variable and the arguments; the density includes dx/dw.
        lower, upper: of a sum; None for an integral, which is over the whole line.
    """

    symbol: Symbol
    variable: Symbol
    integrand: Expr
    log_density: Expr
    lower: Expr | None = None
    upper: Expr | None = None


@dataclass(frozen=True)
class Program:
    """A formula as straight-line code.

    Attributes:
        name: the name of the generated function, such as gamma_fisher.
        formula: what it computes.
        arguments: in the order in which they are given: data where the formula reads it,
            parameters, extra symbols, constants.
        guards: what the arguments have to fulfil.
        steps: assignments in the order of execution.
        outputs: each distinct entry once; together their places cover the whole shape.
        shape: of the result at one point: (), (k,), (k, k), ...
        sums: sums over a sample, which later steps and the outputs read; where there are any, data
            arguments have one more axis, the last, and the values of the sums and the steps that
            they read are computed for each observation (``stages`` tells which).
        integrals: expectations without a closed form, which steps and outputs read.
        sample_size: the symbol that outputs read for the length of that axis, or None.
    """

    name: str
    formula: Formula
    arguments: tuple[Argument, ...]
    guards: tuple[Guard, ...]
    steps: tuple[Step, ...]
    outputs: tuple[Output, ...]
    shape: tuple[int, ...]
    sums: tuple[SampleSum, ...] = ()
    sample_size: Symbol | None = None
    integrals: tuple[Integral, ...] = ()

    @property
    def expressions(self) -> tuple[Expr, ...]:
        """All values, in the order in which they are computed."""
        assigned: tuple[Step | SampleSum, ...] = (*self.steps, *self.sums)
        return (*(s.value for s in assigned), *(o.value for o in self.outputs))

    @property
    def demands(self) -> frozenset[str]:
        """What it asks of a backend besides straight-line code: see ``Backend.ABILITIES``."""
        found = {"sums": bool(self.sample_size), "expectations": bool(self.integrals)}
        return frozenset(name for name, demanded in found.items() if demanded)

    @property
    def stages(self) -> tuple[tuple[Step, ...], tuple[Step, ...], tuple[Step, ...]]:
        """The steps before the loop over a sample, inside it, and after it."""
        inside = (
            {a.symbol for a in self.arguments if a.role == "data"} if self.sample_size else set()
        )
        after = {total.symbol for total in self.sums}
        stages: tuple[list[Step], list[Step], list[Step]] = ([], [], [])
        for step in self.steps:
            read = step.value.free_symbols
            if read & after:
                after.add(step.symbol)
                stages[2].append(step)
            elif read & inside:
                inside.add(step.symbol)
                stages[1].append(step)
            else:
                stages[0].append(step)
        return tuple(stages[0]), tuple(stages[1]), tuple(stages[2])

    def offset(self, index: Index) -> int:
        """The row-major place of an entry in the flat result of one point."""
        flat = 0
        for position, length in zip(index, self.shape, strict=True):
            flat = flat * length + position
        return flat
