"""One table of function names: what each function of an expression is called in every backend.

A backend maps these names to its own spelling and has no name of its own.  Arguments come in the
order that the table gives; n and m are small whole numbers, written into the name's call as such.
"""

from __future__ import annotations

from sympy import Expr, Integer

from symfisher.numerics.functions import PLAIN

# name -> what it computes, with its arguments in order
FUNCTIONS = {
    "exp": "e^x",
    "log": "natural logarithm of x > 0",
    "sqrt": "square root of x >= 0",
    "power": "x^y for x > 0, or whole y",
    "log1p": "log(1 + x)",
    "expm1": "e^x - 1",
    "log1p_exp": "log(1 + e^x)",
    "log_expm1": "log(e^x - 1), x > 0",
    "log1p_remainder": "log(1 + x) - x, x > -1",
    "absolute": "|x|",
    "sign": "-1, 0 or 1",
    "floor": "largest whole number up to x",
    "ceiling": "smallest whole number from x",
    "modulo": "x modulo y",
    "maximum": "larger of x and y",
    "minimum": "smaller of x and y",
    "sin": "sine",
    "cos": "cosine",
    "tan": "tangent",
    "asin": "inverse sine",
    "acos": "inverse cosine",
    "atan": "inverse tangent",
    "atan2": "angle of the point (y, x): arguments y, x",
    "sinh": "hyperbolic sine",
    "cosh": "hyperbolic cosine",
    "tanh": "hyperbolic tangent",
    "asinh": "inverse hyperbolic sine",
    "acosh": "inverse hyperbolic cosine",
    "atanh": "inverse hyperbolic tangent",
    "gamma": "Gamma(x)",
    "log_gamma": "log |Gamma(x)|",
    "digamma": "psi(x)",
    "trigamma": "psi_1(x)",
    "tetragamma": "psi_2(x)",
    "polygamma": "psi_n(x), n >= 3: arguments n, x",
    "digamma_difference": "psi(z + d) - psi(z): arguments z, d",
    "trigamma_difference": "psi_1(z + d) - psi_1(z): arguments z, d",
    "polygamma_difference": "psi_n(z + d) - psi_n(z), n >= 2: arguments n, z, d",
    "polygamma_remainder": "psi_n(z) without m terms of its asymptotic series: arguments n, m, z",
    "log_gamma_difference": "log Gamma(z + d) - log Gamma(z): arguments z, d",
    "log_gamma_remainder": "log Gamma(z) - (z - 1/2) log z + z - log(2 pi)/2",
    "beta": "B(a, b)",
    "log_beta": "log B(a, b)",
    "erf": "error function",
    "erfc": "complementary error function",
    "erfinv": "inverse error function",
    "scaled_erfc": "e^(x^2) erfc(x)",
    "bessel_j": "J_v(z): arguments v, z",
    "bessel_y": "Y_v(z): arguments v, z",
    "bessel_i": "I_v(z): arguments v, z",
    "bessel_k": "K_v(z): arguments v, z",
    "scaled_bessel_i": "e^-z I_v(z): arguments v, z",
    "scaled_bessel_k": "e^z K_v(z): arguments v, z",
    "bessel_i_ratio": "I_(v+1)(z)/I_v(z): arguments v, z",
    "bessel_k_ratio": "K_(v+1)(z)/K_v(z): arguments v, z",
    "bessel_i_order": "d^m I_v(z)/dv^m: arguments m, v, z",
    "bessel_k_order": "d^m K_v(z)/dv^m: arguments m, v, z",
    "expint": "E_n(x): arguments n, x",
    "scaled_expint": "e^x E_n(x): arguments n, x",
    "upper_gamma": "Gamma(a, x): arguments a, x",
    "lower_gamma": "gamma(a, x): arguments a, x",
    "scaled_upper_gamma": "e^x x^(1-a) Gamma(a, x): arguments a, x",
    "zeta": "zeta(s), s > 1",
    "hurwitz_zeta": "zeta(s, a): arguments s, a",
    "zeta_derivative": "m-th derivative of zeta at s > 1: arguments m, s",
}

# name -> how many of its first arguments are whole numbers, which are written as such
WHOLE_NUMBERS = {
    "polygamma": 1,
    "polygamma_difference": 1,
    "polygamma_remainder": 2,
    "bessel_i_order": 1,
    "bessel_k_order": 1,
    "zeta_derivative": 1,
}

_NODES = {
    "Log1p": "log1p",
    "Expm1": "expm1",
    "Log1pExp": "log1p_exp",
    "LogExpm1": "log_expm1",
    "Log1pRemainder": "log1p_remainder",
    "PolygammaRemainder": "polygamma_remainder",
    "LogGammaDifference": "log_gamma_difference",
    "LogGammaRemainder": "log_gamma_remainder",
    "LogBeta": "log_beta",
    "BesselIRatio": "bessel_i_ratio",
    "BesselKRatio": "bessel_k_ratio",
    "ScaledBesselI": "scaled_bessel_i",
    "ScaledBesselK": "scaled_bessel_k",
    "ScaledErfc": "scaled_erfc",
    "ScaledExpint": "scaled_expint",
    "ScaledUpperGamma": "scaled_upper_gamma",
    "exp": "exp",
    "log": "log",
}

# SymPy's class -> name, arguments passed on as they are
_NAMES = {**PLAIN, **_NODES}
_ORDERS = {
    "polygamma": ("digamma", "trigamma", "tetragamma"),
    "PolygammaDifference": ("digamma_difference", "trigamma_difference"),
}


def function_call(e: Expr) -> tuple[str, tuple[Expr, ...]]:
    """The table's name for a function and the arguments that it is called with.

    A function that the table does not have keeps SymPy's name, and no backend has it.
    """
    kind, arguments = type(e).__name__, e.args
    if kind == "log" and type(arguments[0]).__name__ == "gamma":  # SymPy's loggamma of a count
        return "log_gamma", arguments[0].args
    if kind in _ORDERS:
        order = arguments[0]
        if order in range(len(_ORDERS[kind])):
            return _ORDERS[kind][int(order)], arguments[1:]
        return ("polygamma" if kind == "polygamma" else "polygamma_difference"), arguments
    if kind == "zeta" and len(arguments) == 2 and arguments[1] != Integer(1):
        return "hurwitz_zeta", arguments
    if kind == "zeta":
        return "zeta", arguments[:1]
    return _NAMES.get(kind, kind), arguments
