"""The exponential-family form of a density, found from its log-density."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Add, Expr, ImmutableDenseMatrix, Symbol

from symfisher.declaration import Family
from symfisher.expectation.exponential_dimension import absence, least_dimension
from symfisher.expectation.exponential_form import ExponentialForm, exponential_form
from symfisher.formula import Formula, Status, Step
from symfisher.quantities.registry import quantity

_STEP = Step(
    "separate",
    "Expand the log-density; it is a sum of functions of the data, each times a function of the "
    "parameters. Summands that depend on the parameters alone are minus the log-partition, those "
    "that depend on the data alone the base measure.",
)


@quantity(
    "exponential_family",
    "Exponential-family form of the log-density: statistics, natural parameters, log-partition.",
    default=False,
)
def exponential_family(family: Family) -> Formula:
    """eta(theta) . T(x) - A(theta) + log h(x), a function of the data too.

    ``details`` has its parts as text in SymPy syntax, and whether it is ``full`` (the natural
    parameters fill an open set), ``curved`` or ``minimal`` (no fewer statistics would do).  Status
    "none" with the reason for a family without such a form (Barndorff-Nielsen 1978, chapter 8).
    """
    form = exponential_form(family)
    if form is None:
        return absent(family, "exponential_family", "Exponential-family form", r"\log p_\theta(x)")
    minimal = is_minimal(form)
    return formula_of(
        form,
        "exponential_family",
        "Exponential-family form",
        r"\log p_\theta(x)",
        Add(
            *(e * t for e, t in zip(form.natural_parameters, form.statistics)),
            -form.log_partition,
            form.log_base,
        ),
    ).with_(
        reads_data=True,
        notes=_in_words(form, minimal),
        details={
            "statistics": _texts(form.statistics),
            "natural_parameters": _texts(form.natural_parameters),
            "log_partition": str(form.log_partition),
            "log_base_measure": str(form.log_base),
            "full": form.full,
            "curved": is_curved(form),
            "minimal": minimal,
        },
    )


def is_minimal(form: ExponentialForm) -> bool:
    """Whether no fewer statistics would do, by the rank of the log-density in numbers."""
    count = len(form.statistics)
    return least_dimension(form.family, count + 2) == count


def is_curved(form: ExponentialForm) -> bool:
    """Whether the natural parameters move on a surface of lower dimension than their number."""
    return not form.full


def _texts(expressions: Sequence[Expr]) -> list[str]:
    return [str(e) for e in expressions]


def _in_words(form: ExponentialForm, minimal: bool) -> tuple[str, ...]:
    kind = "curved" if is_curved(form) else "full"
    rest = "minimal" if minimal else "not minimal: fewer statistics would do"
    return (
        f"Sufficient statistics: {', '.join(_texts(form.statistics))}.",
        f"Natural parameters: {', '.join(_texts(form.natural_parameters))}.",
        f"Log-partition: {form.log_partition}; logarithm of the base measure: {form.log_base}.",
        f"The family is {kind} and the form is {rest}.",
    )


@quantity(
    "sufficient_statistics", "Sufficient statistics of the exponential-family form.", default=False
)
def sufficient_statistics(family: Family) -> Formula:
    """T(x), m x 1, a function of the data; status "none" without the form."""
    form = exponential_form(family)
    if form is None:
        return absent(family, "sufficient_statistics", "Sufficient statistics", "T(x)")
    column = ImmutableDenseMatrix(form.statistics)
    return formula_of(form, "sufficient_statistics", "Sufficient statistics", "T(x)", column).with_(
        reads_data=True, vector=True
    )


@quantity("natural_parameters", "Natural parameters of the exponential-family form.", default=False)
def natural_parameters(family: Family) -> Formula:
    """eta(theta), m x 1, in the order of ``sufficient_statistics``."""
    form = exponential_form(family)
    if form is None:
        return absent(family, "natural_parameters", "Natural parameters", r"\eta(\theta)")
    column = ImmutableDenseMatrix(form.natural_parameters)
    found = formula_of(form, "natural_parameters", "Natural parameters", r"\eta(\theta)", column)
    return found.with_(vector=True)


@quantity("log_partition", "Log-partition A(eta) of the exponential-family form.", default=False)
def log_partition(family: Family) -> Formula:
    """A as a function of the natural parameters, ``extra_symbols["natural"]``.

    Where the map from theta does not invert in closed form it is given as a function of theta, and
    ``details["in_natural_parameters"]`` is false.
    """
    form = exponential_form(family)
    if form is None:
        return absent(family, "log_partition", "Log-partition", r"A(\eta)")
    found = form.natural_partition
    expr = form.log_partition if found is None else found
    step = Step("natural parameters", "Write the log-partition in them.", form.log_partition, expr)
    named = formula_of(form, "log_partition", "Log-partition", r"A(\eta)", expr)
    return named.with_(
        trace=(*named.trace, step),
        details={"in_natural_parameters": found is not None},
        extra_symbols={} if found is None else natural_symbols(form),
        symbol=r"A(\theta)" if found is None else r"A(\eta)",
    )


def natural_symbols(form: ExponentialForm) -> dict[str, dict[str, Symbol]]:
    return {"natural": {s.name: s for s in form.symbols}}


# -- formulas -------------------------------------------------------------------------------------


def formula_of(form: ExponentialForm, name: str, title: str, symbol: str, expr: Any) -> Formula:
    family = form.family
    return Formula(
        name=name,
        title=title,
        symbol=symbol,
        expr=expr,
        family=family,
        trace=(Step(_STEP.rule, _STEP.statement, family.log_density, None),),
    )


def absent(family: Family, name: str, title: str, symbol: str) -> Formula:
    """The formula that says why a family has no exponential-family form."""
    return Formula(
        name=name,
        title=title,
        symbol=symbol,
        expr=None,
        family=family,
        status=Status.NONE,
        notes=(absence(family),),
    )
