"""One self-contained HTML page on a family: sliders, density, Fisher ellipses, divergence, bound.

Its numbers come from JavaScript that the kernel backend generates from the family's formulas; the
page needs no server and no network.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from sympy import Expr, ImmutableDenseMatrix, diff

from symfisher import __version__
from symfisher.codegen import kernel
from symfisher.derivation import Derivation
from symfisher.errors import DoesNotExistError
from symfisher.explorer.sliders import sliders
from symfisher.formula import Formula, Status
from symfisher.render import html

_SCRIPTS = ("statistics.js", "plot.js", "panels.js", "main.js")


def explorer(derivation: Derivation) -> str:
    """The page on a family, as HTML.

    Raises:
        DoesNotExistError: the family has several variables, or no Fisher matrix in closed form.
    """
    _check(derivation)
    family = derivation.family
    page = Environment(undefined=StrictUndefined, autoescape=False, trim_blocks=True)
    return page.from_string(_asset("page.html.jinja")).render(
        title=escape(family.facts.title),
        style=_asset("style.css"),
        heading=html.heading(family).replace("h2>", "h1>"),
        fisher=html.block(derivation.fisher).replace("h3>", "h2>"),
        notes=[escape(note) for note in _notes(derivation)],
        version=__version__,
        kernels=list(_kernels(derivation)),
        description=_as_script(_description(derivation)),
        scripts="\n".join(map(_asset, _SCRIPTS)),
    )


def _check(derivation: Derivation) -> None:
    family = derivation.family
    found = f"has {len(family.variables)}" if len(family.variables) > 1 else "has a vector of them"
    if len(family.variables) != 1 or family.is_indexed:
        raise DoesNotExistError(
            f"family '{family.name}': the explorer draws densities of one variable, and this "
            f"{found}; `symfisher derive` has its formulas"
        )
    form = derivation.outer_product
    if form.status is not Status.CLOSED:
        raise DoesNotExistError(
            f"family '{family.name}': the explorer needs a Fisher matrix in closed form, and "
            f"this one's status is '{form.status}'"
        )


def _formulas(derivation: Derivation) -> Iterator[tuple[str, Formula]]:
    """What the page computes; the outer product stands in where there is no Fisher information."""
    yield "log_density", derivation.quantity("log_density")
    yield "score", derivation.score
    has_information = derivation.fisher.expr is not None
    yield "fisher", derivation.fisher if has_information else derivation.outer_product
    yield "support", _support(derivation)
    divergence = derivation.kl()
    if divergence.status is Status.CLOSED and isinstance(divergence.expr, Expr):
        yield "kl", divergence
        yield "kl_gradient", _gradient(divergence)


def _support(derivation: Derivation) -> Formula:
    (support,) = derivation.family.supports
    ends = support.points or (support.lower, support.upper)
    pair = ImmutableDenseMatrix([min(ends), max(ends)] if support.points else ends)
    return Formula("support", "Ends of the support", "", pair, derivation.family)


def _gradient(divergence: Formula) -> Formula:
    """Gradient of KL(p_theta || p_theta') by theta', a vector."""
    primed = divergence.extra_symbols["primed"]
    parameters = (primed[parameter.name] for parameter in divergence.family.parameters)
    slopes = ImmutableDenseMatrix([diff(divergence.expr, each) for each in parameters])
    return divergence.with_(name="kl_gradient", title="Gradient of the divergence", expr=slopes)


def _kernels(derivation: Derivation) -> Iterator[tuple[str, str, str]]:
    """Name on the page, name of the function, and its source as the body of a function."""
    for name, formula in _formulas(derivation):
        made = kernel(formula, "javascript", command=f"symfisher explore {derivation.family.name}")
        yield json.dumps(name), made.name, made.source.replace("export ", "").replace("</", "<\\/")


def _description(derivation: Derivation) -> dict[str, Any]:
    family = derivation.family
    of_parameters, of_constants = sliders(family, derivation.regularity.conditions)
    return {
        "variable": family.variables[0].name,
        "parameters": [parameter.name for parameter in family.parameters],
        "discrete": family.supports[0].discrete or family.supports[0].points is not None,
        "regular": derivation.crlb().expr is not None,
        "has_divergence": derivation.kl().status is not Status.NONE,
        "sliders": of_parameters,
        "known": of_constants,
    }


def _notes(derivation: Derivation) -> list[str]:
    verdict = derivation.regularity
    notes = [f"Not regular: {reason}." for reason in verdict.reasons]
    if derivation.kl().status is Status.NONE:
        notes.append("The divergence between two members is infinite or does not exist.")
    elif derivation.kl().status is not Status.CLOSED:
        notes.append("No closed form of the divergence was found: it is drawn by quadrature.")
    return notes


def _as_script(value: Any) -> str:
    """JSON that cannot end the script it stands in."""
    return json.dumps(value, ensure_ascii=True).replace("<", "\\u003c")


def _asset(name: str) -> str:
    return files(__name__).joinpath("templates", name).read_text(encoding="utf-8")
