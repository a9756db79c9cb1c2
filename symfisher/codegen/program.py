"""A kernel before it is written in any language: arguments, guards, assignments and outputs."""

from __future__ import annotations

from dataclasses import dataclass

from sympy import Expr, Max, Symbol
from sympy.logic.boolalg import Boolean

from symfisher.codegen.nodes import Computed
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
    """What ``symbol`` is: an integral over the whole line, a sum, or the logarithm of one.

    Attributes:
        symbol: what later integrals, steps and outputs read.
        rule: "integral" of integrand e^log_density over the line, "series", the sum of that over
            whole numbers, or "log_mass", the logarithm of the sum of e^log_density.  The density
            of the first two has mass 1.
        variable: the symbol of the variable of integration or summation.
        integrand, log_density: in that variable, the arguments and the symbols of integrals above;
            the density includes dx/dw.
        ends: of a sum; empty for an integral, which is over the whole line.
    """

    symbol: Symbol
    rule: str
    variable: Symbol
    integrand: Expr
    log_density: Expr
    ends: tuple[Expr, ...] = ()

    @property
    def reads(self) -> tuple[Symbol, ...]:
        """What its functions have to be given besides the variable and the ends."""
        symbols = self.integrand.free_symbols | self.log_density.free_symbols
        return tuple(sorted(symbols - {self.variable}, key=str))

    def function(self, program_name: str) -> str:
        """The name of the function that computes it in the generated code."""
        return f"{program_name}_{self.symbol}"

    def part(self, program_name: str, part: int) -> Computed:
        """The call for its value (part 0) or for an estimate of its absolute error (part 1)."""
        return Computed(Symbol(self.function(program_name)), part, *self.ends, *self.reads)


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
        integrals: expectations and sums without a closed form; ``steps`` has their values.
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
    def error(self) -> Expr | None:
        """The largest estimate of the absolute error of an integral; None where there is none."""
        parts = [each.part(self.name, 1) for each in self.integrals]
        return Max(*parts, evaluate=False) if len(parts) > 1 else parts[0] if parts else None

    @property
    def error_arguments(self) -> list[str]:
        """What the function for ``error`` takes: all arguments but the data of a sample."""
        sampled = bool(self.sample_size)
        return [a.name for a in self.arguments if not (sampled and a.role == "data")]

    @property
    def error_steps(self) -> tuple[Step, ...]:
        """The values that ``error`` reads."""
        needed = self.error.free_symbols if self.error is not None else set()
        found = [Step(each.symbol, each.part(self.name, 0)) for each in self.integrals]
        for step in reversed(found):
            needed = needed | (step.value.free_symbols if step.symbol in needed else set())
        return tuple(step for step in found if step.symbol in needed)

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
