"""The sentences that go with a result, shared by all formats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sympy import Integer, Sum, Symbol, oo

from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.formula import Formula, Status
from symfisher.vectors import index_symbols

if TYPE_CHECKING:
    from symfisher.quantities.regularity import Regularity

STATUS = {
    Status.CLOSED: "closed form",
    Status.SERIES: "infinite series",
    Status.QUADRATURE: "no closed form found, an expectation is left",
    Status.NONE: "does not exist",
}


@dataclass(frozen=True)
class Signs:
    """How a format writes mathematics within a line."""

    show: Callable[[Any], str]
    element: str
    dots: str
    braces: tuple[str, str]
    reals: str
    integers: str
    where: str


def supports(family: Family, signs: Signs) -> list[str]:
    """Where each variable lives, in their order; by cases where the support's form changes."""
    cases = family.cases
    shown = [support(v, s, signs) for v, s in zip(cases[0].variables, cases[0].supports)]
    if len(cases) == 1:
        return shown
    lines = []
    for position in range(len(shown)):
        sets = [
            f"{_as_set(case.supports[position], signs)}{signs.where}{_case(family, case, signs)}"
            for case in cases
        ]
        lines.append(f"{signs.show(family.variables[position])} {signs.element} {', '.join(sets)}")
    return lines


def _case(family: Family, case: Family, signs: Signs) -> str:
    """What sets a case apart: the domain of the parameter that decides."""
    narrowed = (
        parameter_domain(new, case.domains[new], signs)
        for old, new in zip(family.parameters, case.parameters)
        if family.domains[old] != case.domains[new]
    )
    return ", ".join(narrowed)


def support(variable: Symbol, domain: Domain, signs: Signs) -> str:
    """Where the observation lives: "x ∈ (0, ∞)"."""
    place = f"{signs.show(variable)} {signs.element} {_as_set(domain.entry, signs)}"
    if domain.length is None:
        return place
    place += f"^{signs.show(domain.length)}"
    if domain.total is None:
        return place
    index = index_symbols([variable.name, domain.length.name])[0]
    added = Sum(variable[index], (index, 1, domain.length))
    return f"{place}, {signs.show(added)} = {signs.show(domain.total)}"


def parameter_domain(symbol: Symbol, domain: Domain, signs: Signs) -> str:
    """Where a parameter lives, as an inequality where that is shorter: "α > 0"."""
    show, lower, upper = signs.show, domain.lower, domain.upper
    if domain.discrete or domain.length is not None or (lower == -oo and upper == oo):
        return support(symbol, domain, signs)
    if upper == oo:
        return f"{show(symbol)} > {show(lower)}"
    if lower == -oo:
        return f"{show(symbol)} < {show(upper)}"
    return f"{show(lower)} < {show(symbol)} < {show(upper)}"


def _as_set(domain: Domain, signs: Signs) -> str:
    show, (left, right) = signs.show, signs.braces
    if domain.points is not None:
        return left + ", ".join(map(show, domain.points)) + right
    if (domain.lower, domain.upper) == (-oo, oo):
        return signs.integers if domain.discrete else signs.reals
    if not domain.discrete:
        return f"({show(domain.lower)}, {show(domain.upper)})"
    return left + ", ".join(_range(domain, signs)) + right


def _range(domain: Domain, signs: Signs) -> list[str]:
    lower, upper, show = domain.lower, domain.upper, signs.show
    if lower == -oo:
        return [signs.dots, show(upper - 1), show(upper)]
    if upper == oo:
        return [show(lower), show(lower + 1), signs.dots]
    length = upper - lower
    if isinstance(length, Integer) and 0 <= length <= 3:
        return [show(lower + i) for i in range(int(length) + 1)]
    return [show(lower), show(lower + 1), signs.dots, show(upper)]


def standing(formula: Formula) -> str:
    """How far it was carried and how well it was checked."""
    words = STATUS[formula.status]
    if formula.digits is not None:
        words += f", agrees with quadrature to {formula.digits:.1f} digits"
    return words


def remarks(formula: Formula, show: Callable[[Any], str]) -> list[str]:
    """The conditions under which it holds, and its notes."""
    conditions = [f"Holds where {joined(formula.conditions, show)}."] if formula.conditions else []
    return conditions + [sentence(note) for note in formula.notes]


def joined(conditions: Any, show: Callable[[Any], str]) -> str:
    return " and ".join(show(condition) for condition in conditions)


def verdict(regularity: Regularity, show: Callable[[Any], str]) -> list[str]:
    """The regularity verdict in one sentence, and its reasons in another."""
    where = f" where {joined(regularity.conditions, show)}" if regularity.conditions else ""
    if regularity.regular:
        first = f"Regular{where}: the score has mean zero and both forms of the information agree."
    elif regularity.quadratic_mean_differentiable:
        first = (
            f"Not regular in the classical sense, but differentiable in quadratic mean{where}: the "
            "Fisher information is the outer-product form."
        )
    else:
        first = "Not regular: neither a Fisher information matrix nor a Cramer-Rao bound exists."
    reasons = "; ".join(reason.rstrip(".") for reason in regularity.reasons)
    return [first, sentence(f"The reason: {reasons}")] if reasons else [first]


def sentence(text: str) -> str:
    """``text`` with a full stop at its end (its first word may be a symbol and stays as it is)."""
    text = text.strip()
    return text + ("" if text.endswith((".", "!", "?")) else ".")
