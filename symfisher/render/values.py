"""The entries of a result with their places and labels, whatever its shape."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from typing import Any

from sympy import Expr, Integer, MatrixBase, Symbol

from symfisher.formula import Formula
from symfisher.render.notation import latex_name
from symfisher.render.ordering import common_denominator
from symfisher.render.symmetry import is_first, symmetries


def nested(formula: Formula, show: Callable[[Expr], str]) -> Any:
    """Each entry as text, in lists nested in index order (a bare text for a scalar)."""
    value: Any = formula.expr
    depth = formula.rank
    if depth == 0:
        return show(value)
    if depth == 1:
        return [show(entry) for entry in value]
    return _nested(value, value.shape, (), show)


def _nested(value: Any, shape: tuple[int, ...], index: tuple[int, ...], show: Any) -> Any:
    if len(index) == len(shape):
        return show(value[index])
    return [_nested(value, shape, (*index, i), show) for i in range(shape[len(index)])]


def scalar(value: Any) -> Any:
    """The one entry of a 1 x 1 matrix, which is printed as a number; anything else as it is."""
    one = isinstance(value, MatrixBase) and value.shape == (1, 1)
    return value[0, 0] if one else value


def entries(formula: Formula) -> Iterator[tuple[tuple[Symbol | int, ...], Expr]]:
    """(labels, entry) for what has to be listed: not the zeros, nor what symmetry makes equal to
    an entry before it; ``unlisted`` says so."""
    value: Any = formula.expr
    depth = formula.rank
    shape = value.shape[:depth]
    for index in product(*map(range, shape)):
        entry = value[index[0]] if depth == 1 else value[index]
        if entry == 0 or (_symmetric(formula) and index[0] > index[1]):
            continue
        if depth > 2 and not is_first(value, index):
            continue
        yield tuple(_label(formula, shape[k], i) for k, i in enumerate(index)), entry


def abbreviated(formula: Formula) -> tuple[Symbol | None, Expr, Formula]:
    """(Delta, its value, the formula with Delta) for a matrix whose entries share a denominator;
    without one, Delta is None and the formula as it was."""
    if formula.rank != 2:
        return None, Integer(1), formula
    factor, rest = common_denominator(formula.expr)
    taken = {symbol.name for symbol in formula.arguments}
    free = (name for name in ("Delta", "D", "Delta_0") if name not in taken)
    delta = Symbol(next(free, "Delta_1"))
    if factor == 1:
        return None, Integer(1), formula
    return delta, 1 / factor, formula.with_(expr=rest / delta)


def unlisted(formula: Formula) -> str:
    """A sentence on the entries that ``entries`` leaves out; empty where there are none."""
    value: Any = formula.expr
    entries = list(value) if formula.rank <= 2 else value.reshape(len(value))
    if not any(entry != 0 for entry in entries):
        return "all entries are zero"
    reasons = ["equal by symmetry"] if _symmetric(formula) else []
    if formula.rank > 2 and len(symmetries(value)) > 1:
        signed = any(sign < 0 for _, sign in symmetries(value))
        reasons = [f"equal {'up to sign ' if signed else ''}by symmetry"]
    reasons += ["zero"] if any(entry == 0 for entry in entries) else []
    return f"the other entries are {' or '.join(reasons)}" if reasons else ""


def _symmetric(formula: Formula) -> bool:
    return formula.rank == 2 and bool(formula.expr.is_symmetric())


def _label(formula: Formula, size: int, position: int) -> Symbol | int:
    parameters = formula.family.parameters
    return parameters[position] if size == len(parameters) else position + 1


def is_scalar(formula: Formula) -> bool:
    """Whether it is printed as a number: a scalar, or the one entry of a 1 x 1 matrix."""
    value = scalar(formula.expr)
    return isinstance(value, Expr) and not isinstance(value, MatrixBase)


def is_tensor(formula: Formula) -> bool:
    """Whether it is listed entry by entry, each under its own indices."""
    return formula.rank > 2


def index_letters(formula: Formula) -> tuple[str, ...]:
    """The names of a tensor's indices, as its symbol has them."""
    letters = formula.details.get("indices") or "ijklmnpq"[: formula.rank]
    return tuple(letters)


def component_symbol(
    formula: Formula, labels: Iterable[Symbol | int], show: Callable[[str], str] = latex_name
) -> str:
    """LaTeX of one entry's symbol: ``\\Gamma^{k}_{ij}`` with labels for its index letters."""
    written = [str(label) if isinstance(label, int) else show(label.name) for label in labels]
    if "indices" not in formula.details:
        return rf"[{formula.symbol}]_{{{','.join(written)}}}"
    places = dict(zip(index_letters(formula), written, strict=True))

    def filled(group: re.Match[str]) -> str:
        return "{" + " ".join(places.get(letter, letter) for letter in group[1]) + "}"

    return re.sub(r"\{([a-z,]+)\}", filled, formula.symbol)


def role_names(formula: Formula, marks: Mapping[str, Callable[[str], str]]) -> dict[Symbol, str]:
    """How the formula's extra symbols are written: ``marks`` writes a parameter in each role."""
    return {
        symbol: marks[role](parameter)
        for role, symbols in formula.extra_symbols.items()
        if role in marks
        for parameter, symbol in symbols.items()
    }
