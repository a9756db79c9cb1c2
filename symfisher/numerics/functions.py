"""How each function that an expression may hold compiles to numeric steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sympy import (
    Add,
    Derivative,
    Expr,
    Integer,
    Integral,
    Mul,
    Piecewise,
    S,
    Subs,
    Sum,
    Symbol,
    binomial,
    erf,
    factorial,
    gamma,
    hyper,
    loggamma,
    meijerg,
    sinh,
)
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, Boolean, BooleanFalse, BooleanTrue, Not, Or

from symfisher.errors import DerivationError
from symfisher.numerics.gamma_sums import gamma_items
from symfisher.numerics.program import Slot

if TYPE_CHECKING:
    from symfisher.numerics.compiler import Compiler, LogSlot

# SymPy's class -> operation, where the arguments are simply passed on
PLAIN = {
    "Abs": "absolute",
    "sign": "sign",
    "gamma": "gamma",
    "loggamma": "log_gamma",
    "polygamma": "polygamma",
    "beta": "beta",
    "besselj": "bessel_j",
    "bessely": "bessel_y",
    "besseli": "bessel_i",
    "besselk": "bessel_k",
    "erf": "erf",
    "erfc": "erfc",
    "erfi": "erfi",
    "erfinv": "erfinv",
    "erfcinv": "erfcinv",
    "uppergamma": "upper_gamma",
    "lowergamma": "lower_gamma",
    "expint": "expint",
    "Ei": "ei",
    "li": "li",
    "Si": "si",
    "Ci": "ci",
    "Shi": "shi",
    "Chi": "chi",
    "fresnels": "fresnel_s",
    "fresnelc": "fresnel_c",
    "polylog": "polylog",
    "lerchphi": "lerch",
    "LambertW": "lambert_w",
    "binomial": "binomial",
    "factorial": "factorial",
    "RisingFactorial": "rising_factorial",
    "FallingFactorial": "falling_factorial",
    "harmonic": "harmonic",
    "sin": "sin",
    "cos": "cos",
    "tan": "tan",
    "cot": "cot",
    "sec": "sec",
    "csc": "csc",
    "sinc": "sinc",
    "asin": "asin",
    "acos": "acos",
    "atan": "atan",
    "acot": "acot",
    "atan2": "atan2",
    "sinh": "sinh",
    "cosh": "cosh",
    "tanh": "tanh",
    "coth": "coth",
    "sech": "sech",
    "csch": "csch",
    "asinh": "asinh",
    "acosh": "acosh",
    "atanh": "atanh",
    "acoth": "acoth",
    "floor": "floor",
    "ceiling": "ceiling",
    "Mod": "modulo",
    "Max": "maximum",
    "Min": "minimum",
    "Heaviside": "heaviside",
    "DiracDelta": "dirac_delta",
    "KroneckerDelta": "kronecker",
    "ZetaDerivative": "zeta_derivative",
    "HurwitzDerivative": "hurwitz_derivative",
    "BesselKOrder": "bessel_k_order",
    "BesselIOrder": "bessel_i_order",
    "HyperParameter": "hyper_parameter",
}

_RELATIONS = {
    "Equality": "equal",
    "Unequality": "unequal",
    "StrictLessThan": "less",
    "LessThan": "less_equal",
    "StrictGreaterThan": "greater",
    "GreaterThan": "greater_equal",
}


def compile_function(compiler: Compiler, e: Expr) -> Slot:
    """The slot of a function's value.

    Raises:
        DerivationError: names a function that has no numeric rule.
    """
    name = type(e).__name__
    if isinstance(e, Piecewise):
        return _piecewise(compiler, e)
    if isinstance(e, Boolean):
        return condition(compiler, e)
    if name == "zeta":
        arguments = e.args if len(e.args) == 2 else (e.args[0], S.One)
        return compiler.emit("zeta", *map(compiler.value, arguments))
    if isinstance(e, hyper):
        upper, lower = (tuple(map(compiler.value, parameters)) for parameters in e.args[:2])
        counts = (compiler.program.constant(len(upper)), compiler.program.constant(len(lower)))
        return compiler.emit("hyper", *counts, compiler.value(e.args[2]), *upper, *lower)
    if isinstance(e, Derivative | Subs | meijerg):
        return _derivative(compiler, e)
    if isinstance(e, Sum | Integral) or name == "Expectation":
        return _bound(compiler, e)
    if name not in PLAIN:
        raise DerivationError(f"{name} has no numeric rule, in {str(e)[:80]}; use its definition")
    return compiler.emit(PLAIN[name], *map(compiler.value, e.args))


def _derivative(compiler: Compiler, e: Expr) -> Slot:
    from symfisher.algebra.special import replace_derivatives

    replaced = replace_derivatives(e)
    if replaced.has(Derivative, Subs, meijerg):
        raise DerivationError(f"{str(e)[:80]} has no numeric rule; use its definition")
    return compiler.value(replaced)


def _bound(compiler: Compiler, e: Expr) -> Slot:
    """A sum, an integral or an expectation: its free symbols are the step's arguments."""
    symbols = sorted(e.free_symbols, key=str)
    keep = compiler.program.constant((e, tuple(symbols)))
    return compiler.emit("bound", keep, *map(compiler.value, symbols))


def _piecewise(compiler: Compiler, e: Piecewise) -> Slot:
    slots: list[Slot] = []
    for branch, when in e.args:
        slots += [condition(compiler, when), compiler.value(branch)]
    return compiler.emit("select", *slots)


def condition(compiler: Compiler, e: Boolean) -> Slot:
    """The slot of the truth of a condition."""
    if isinstance(e, BooleanTrue | BooleanFalse):
        return compiler.program.constant(bool(e))
    if isinstance(e, Relational):
        return compiler.emit(_RELATIONS[type(e).__name__], *map(compiler.value, (e.lhs, e.rhs)))
    names = {And: "all_of", Or: "any_of", Not: "negate"}
    for kind, operation in names.items():
        if isinstance(e, kind):
            arguments = sorted(e.args, key=str)
            return compiler.emit(operation, *(condition(compiler, a) for a in arguments))
    raise DerivationError(f"the condition {e} has no numeric rule")


# logarithms of functions


_LOGS = {
    "gamma": ("log_abs_gamma", "gamma_sign"),
    "beta": ("log_beta", None),
    "besselk": ("log_bessel_k", None),
    "besseli": ("log_bessel_i", None),
    "erfc": ("log_erfc", None),
    "cosh": ("log_cosh", None),
    "uppergamma": ("log_upper_gamma", None),
    "lowergamma": ("log_lower_gamma", None),
}


def log_function(compiler: Compiler, e: Expr) -> LogSlot | None:
    """The logarithm of a function that has a better one than the log of its value."""
    from symfisher.numerics.compiler import LogSlot

    if isinstance(e, sinh):
        magnitude = compiler.emit("log_sinh", compiler.value(e.args[0]))
        return LogSlot(magnitude, compiler.emit("sign", compiler.value(e.args[0])))
    if isinstance(e, factorial):
        return compiler.log(gamma(e.args[0] + 1))
    if isinstance(e, binomial):
        items = gamma_items(S.One, e)
        slots = [
            compiler.emit("multiply", compiler.value(k), compiler.value(loggamma(z)))
            for k, z in items or ()
        ]
        return LogSlot(compiler.emit("add", *slots), None)
    if isinstance(e, Piecewise):
        return _log_piecewise(compiler, e)
    name = type(e).__name__
    if name not in _LOGS:
        return None
    operation, sign = _LOGS[name]
    arguments = tuple(map(compiler.value, e.args))
    first = e.args[0]
    positive = sign is None or (isinstance(first, Symbol | Integer) and first.is_positive)
    return LogSlot(
        compiler.emit(operation, *arguments),
        None if positive else compiler.emit(str(sign), *arguments),
    )


def _log_piecewise(compiler: Compiler, e: Piecewise) -> LogSlot:
    from symfisher.numerics.compiler import LogSlot

    magnitudes: list[Slot] = []
    signs: list[Slot] = []
    for branch, when in e.args:
        magnitude, sign = compiler.log(branch)
        test = condition(compiler, when)
        magnitudes += [test, magnitude]
        signs += [test, compiler.program.constant(S.One) if sign is None else sign]
    return LogSlot(compiler.emit("select", *magnitudes), compiler.emit("select", *signs))


def error_function_tail(compiler: Compiler, e: Add) -> tuple[Slot, Slot, Slot] | None:
    """c, k and z of a sum c + k erf(z), which is a multiple of erfc(+-z) when |c| = |k|."""
    found = [t for t in e.args if any(isinstance(f, erf) for f in Mul.make_args(t))]
    if len(found) != 1:
        return None
    factors = Mul.make_args(found[0])
    inner = [f for f in factors if isinstance(f, erf)]
    if len(inner) != 1:
        return None
    scale = Mul(*(f for f in factors if f is not inner[0]))
    rest = Add(*(t for t in e.args if t is not found[0]))
    return compiler.value(rest), compiler.value(scale), compiler.value(inner[0].args[0])
