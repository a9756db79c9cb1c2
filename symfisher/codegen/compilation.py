"""From a formula to a program: stable forms, common parts once, powers by multiplication."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

from sympy import Expr, Symbol, cse

from symfisher.algebra.special import replace_derivatives
from symfisher.codegen.arguments import arguments_of, guards_of
from symfisher.codegen.constants import without_constants
from symfisher.codegen.euler_integrals import as_beta_means
from symfisher.codegen.expectations import as_expectations, without_expectations
from symfisher.codegen.half_line import one_step_up
from symfisher.codegen.names import function_name, temporary_names
from symfisher.codegen.powers import PowerWriter, Steps, shared_reciprocals, with_signs
from symfisher.codegen.program import Index, Output, Program, SampleSum, Step
from symfisher.codegen.samples import SUMMED, Sample
from symfisher.codegen.special_means import with_means
from symfisher.codegen.stability import stable
from symfisher.codegen.tails import scaled_tails
from symfisher.errors import DoesNotExistError
from symfisher.formula import Formula


def compile_formula(formula: Formula) -> Program:
    """The program of a formula.

    Raises:
        DoesNotExistError: the family has no such quantity; the message has the reason.
    """
    if formula.expr is None:
        reason = " ".join(formula.notes)
        raise DoesNotExistError(
            f"family '{formula.family.name}' has no {formula.name} to make a kernel of. {reason}"
        )
    arguments = arguments_of(formula)
    symbols = {old: argument.symbol for old, argument in arguments.items()}
    shape, entries = entries_of(formula)
    places: dict[Expr, list[Index]] = {}
    for index, entry in entries.items():
        places.setdefault(entry, []).append(index)
    taken = [argument.name for argument in arguments.values()]
    plain = [as_expectations(as_beta_means(with_means(e)), formula.family) for e in places]
    plain = [replace_derivatives(entry) for entry in plain]
    plain = [entry.xreplace(symbols) for entry in plain]
    where = f"{formula.name} of family '{formula.family.name}'"
    names = iter(temporary_names(taken, prefix="mean"))
    plain, integrals = without_expectations(plain, names, where)
    taken += [s.name for each in integrals for s in (each.symbol, each.variable)]
    name = function_name(formula.family.name, formula.name)
    computed = tuple(Step(each.symbol, each.part(name, 0)) for each in integrals)
    values = [one_step_up(stable(scaled_tails(value))) for value in plain]
    sample = Sample([a.symbol for a in arguments.values() if a.role == "data"], taken)
    summed = bool(formula.details.get(SUMMED))
    if summed:
        values = [sample.total(value) for value in values]
    steps, written = straight_line([*sample.values.values(), *values], [*taken, *sample.names])
    count = len(sample.values)
    return Program(
        name=name,
        formula=formula,
        arguments=tuple(arguments.values()),
        guards=guards_of(formula, arguments),
        steps=(*computed, *(Step(*assignment) for assignment in steps)),
        outputs=tuple(Output(tuple(p), v) for p, v in zip(places.values(), written[count:])),
        shape=shape,
        sums=tuple(SampleSum(symbol, value) for symbol, value in zip(sample.values, written)),
        sample_size=sample.size if summed else None,
        integrals=tuple(integrals),
    )


def entries_of(formula: Formula) -> tuple[tuple[int, ...], dict[Index, Expr]]:
    """The shape of the result at one point and its entries; a k x 1 matrix is a vector."""
    expr = formula.expr
    if not hasattr(expr, "shape"):
        return (), {(): expr}
    shape = tuple(int(length) for length in expr.shape)
    if formula.rank == 1:
        return shape[:1], {(i,): expr[i, 0] for i in range(shape[0])}
    return shape, {index: expr[index] for index in product(*map(range, shape))}


def straight_line(values: Sequence[Expr], taken: Iterable[str]) -> tuple[Steps, list[Expr]]:
    """Assignments and one expression for each value; ``taken`` names are not assigned to."""
    names = iter(temporary_names(taken))
    constants: dict[Expr, Symbol] = {}
    values = [without_constants(with_signs(value), constants, names) for value in values]
    values, bases = shared_reciprocals(values, names)
    symbols = (Symbol(name, real=True) for name in names)
    shared, reduced = cse([*bases.values(), *values], symbols=symbols)
    quotients = [(symbol, 1 / base) for symbol, base in zip(bases, reduced)]
    writer = PowerWriter(names, {symbol: number for number, symbol in constants.items()})
    for symbol, value in _in_order([*shared, *quotients]):
        writer.assign(symbol, value)
    outputs = [writer.written(value) for value in reduced[len(bases) :]]
    return _renumbered(writer.steps, outputs, taken)


def _in_order(assignments: Steps) -> Steps:
    """The assignments, each after those that it reads."""
    waiting = dict(assignments)
    ordered: Steps = []
    while waiting:
        for symbol, value in list(waiting.items()):
            if not value.free_symbols & waiting.keys():
                ordered.append((symbol, waiting.pop(symbol)))
    return ordered


def _renumbered(
    steps: Steps, outputs: Sequence[Expr], taken: Iterable[str]
) -> tuple[Steps, list[Expr]]:
    """The same code with its temporaries numbered in the order of assignment."""
    names = iter(temporary_names(taken))
    new = {symbol: Symbol(next(names), real=True) for symbol, _ in steps}
    renamed = [(new[symbol], value.xreplace(new)) for symbol, value in steps]
    return renamed, [value.xreplace(new) for value in outputs]
