"""mpmath: any number of digits, one point after the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import EulerGamma, Expr, Integer, Rational, S, oo, pi, zoo

from symfisher.codegen import python_source
from symfisher.codegen.computed import computed_in_arrays, rules_of
from symfisher.codegen.program import Program
from symfisher.codegen.writer import Language, Writer

SUMMARY = "mpmath: any number of digits"
SUFFIX = ".py"
NEEDS = ""

_CONSTANTS = {
    pi: "mp.pi",
    EulerGamma: "mp.euler",
    S.Catalan: "mp.catalan",
    S.Exp1: "mp.e",
    oo: "mp.inf",
    -oo: "-mp.inf",
    S.NaN: "mp.nan",
    zoo: "mp.nan",
}


def _number(e: Expr) -> str:
    if isinstance(e, Integer):
        return str(e)
    if isinstance(e, Rational):
        return f"mp.mpf({e.p})/{e.q}"
    return _CONSTANTS.get(e, "")


LANGUAGE = Language(
    functions={
        "exp": "mp.exp({0})",
        "log": "mp.log({0})",
        "sqrt": "mp.sqrt({0})",
        "power": "mp.power({0}, {1})",
        "log1p": "mp.log1p({0})",
        "expm1": "mp.expm1({0})",
        "log1p_exp": "log1p_exp({0})",
        "log_expm1": "log_expm1({0})",
        "log1p_remainder": "log1p_remainder({0})",
        "absolute": "abs({0})",
        "sign": "mp.sign({0})",
        "floor": "mp.floor({0})",
        "ceiling": "mp.ceil({0})",
        "modulo": "mp.fmod({0}, {1})",
        "maximum": "max({0}, {1})",
        "minimum": "min({0}, {1})",
        "sin": "mp.sin({0})",
        "cos": "mp.cos({0})",
        "tan": "mp.tan({0})",
        "asin": "mp.asin({0})",
        "acos": "mp.acos({0})",
        "atan": "mp.atan({0})",
        "atan2": "mp.atan2({0}, {1})",
        "sinh": "mp.sinh({0})",
        "cosh": "mp.cosh({0})",
        "tanh": "mp.tanh({0})",
        "asinh": "mp.asinh({0})",
        "acosh": "mp.acosh({0})",
        "atanh": "mp.atanh({0})",
        "gamma": "mp.gamma({0})",
        "log_gamma": "log_gamma({0})",
        "digamma": "mp.digamma({0})",
        "trigamma": "mp.psi(1, {0})",
        "tetragamma": "mp.psi(2, {0})",
        "polygamma": "mp.psi({0}, {1})",
        "digamma_difference": "polygamma_difference(0, {0}, {1})",
        "trigamma_difference": "polygamma_difference(1, {0}, {1})",
        "polygamma_difference": "polygamma_difference({0}, {1}, {2})",
        "polygamma_remainder": "polygamma_remainder({0}, {1}, {2})",
        "log_gamma_difference": "log_gamma_difference({0}, {1})",
        "log_gamma_remainder": "log_gamma_remainder({0})",
        "beta": "mp.beta({0}, {1})",
        "log_beta": "log_beta({0}, {1})",
        "erf": "mp.erf({0})",
        "erfc": "mp.erfc({0})",
        "erfinv": "mp.erfinv({0})",
        "scaled_erfc": "scaled_erfc({0})",
        "bessel_j": "mp.besselj({0}, {1})",
        "bessel_y": "mp.bessely({0}, {1})",
        "bessel_i": "mp.besseli({0}, {1})",
        "bessel_k": "mp.besselk({0}, {1})",
        "scaled_bessel_i": "scaled_bessel_i({0}, {1})",
        "scaled_bessel_k": "scaled_bessel_k({0}, {1})",
        "bessel_i_ratio": "bessel_i_ratio({0}, {1})",
        "bessel_k_ratio": "bessel_k_ratio({0}, {1})",
        "bessel_i_order": "bessel_i_order({0}, {1}, {2})",
        "bessel_k_order": "bessel_k_order({0}, {1}, {2})",
        "expint": "mp.expint({0}, {1})",
        "scaled_expint": "scaled_expint({0}, {1})",
        "upper_gamma": "mp.gammainc({0}, {1})",
        "lower_gamma": "mp.gammainc({0}, 0, {1})",
        "scaled_upper_gamma": "scaled_upper_gamma({0}, {1})",
        "zeta": "mp.zeta({0})",
        "hurwitz_zeta": "mp.zeta({0}, {1})",
        "zeta_derivative": "mp.zeta({1}, 1, derivative={0})",
        "polylog": "mp.polylog({0}, {1})",
        "hyper": "mp.hyper({0}, {1}, {2})",
        "lambert_w": "mp.lambertw({0}).real",
    },
    number=_number,
    select="({yes} if {condition} else {no})",
    both="{0} and {1}",
    either="{0} or {1}",
    negation="not {0}",
)

_FILES = ("mpmath_special.py", "mpmath_expectation.py")


def render(program: Program, write: Writer, command: str) -> str:
    """A module with one public function; see the template."""
    names = [argument.name for argument in program.arguments]
    before, inside, after = (
        [f"{step.symbol} = {write(step.value)}" for step in stage] for stage in program.stages
    )
    data = [argument.name for argument in program.arguments if argument.role == "data"]
    sums = [(str(each.symbol), write(each.value)) for each in program.sums]
    outputs = [(list(map(str, output.places)), write(output.value)) for output in program.outputs]
    # Parameters first: a point outside their domain is NaN whatever the data.
    ordered = sorted(program.guards, key=lambda guard: guard.outside != "nan")
    guards = [(write(g.condition), str(g.condition), g.outside) for g in ordered]
    reading = [bool({*guard.arguments} & {*data}) for guard in ordered]
    computed = computed_in_arrays(program, write)
    errors = python_source.error_lines(program, write)
    imports, definitions = python_source.runtime(
        write, _FILES, further=["number", *rules_of(program)]
    )
    return python_source.render_template(
        "mpmath.py.jinja",
        docstring=python_source.docstring(program, command),
        imports=sorted({"import numpy as np", "from mpmath import mp", *imports}),
        definitions=[*computed, *definitions],
        errors=errors,
        error_arguments=program.error_arguments,
        name=program.name,
        title=program.formula.title,
        arguments=", ".join(names),
        guards=guards,
        shape=program.shape,
        before=before,
        inside=inside,
        after=after,
        sums=sums,
        data=data,
        size=program.sample_size,
        data_guards=[g for g, reads in zip(guards, reading) if reads],
        other_guards=[g for g, reads in zip(guards, reading) if not reads],
        minus_infinity=any(guard.outside != "nan" for guard in program.guards),
        parameters=[name for name in names if name not in data],
        single=len(names) == 1,
        summed=bool(program.sample_size),
        outputs=outputs,
    )


def load(source: str, name: str) -> Callable[..., Any]:
    return python_source.load_module(source, name)
