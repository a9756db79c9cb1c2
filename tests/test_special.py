"""Derivatives of zeta and of Bessel functions by their order."""

import mpmath
import pytest
from sympy import (
    Derivative,
    Rational,
    Subs,
    besseli,
    besselk,
    diff,
    lambdify,
    latex,
    log,
    parse_expr,
    symbols,
    zeta,
)

from symfisher.algebra.special import (
    BesselIOrder,
    BesselKOrder,
    HurwitzDerivative,
    ZetaDerivative,
    replace_derivatives,
)
from symfisher.numerics.evaluate import evaluate
from symfisher.numerics.evaluator import evaluate_arrays

s, p, z, n, u, t = symbols("s p z n u t", positive=True)
AT = {s: Rational(9, 5), p: Rational(4, 5), z: Rational(3, 2)}


def truth(node):
    """The derivative by mpmath's own numeric differentiation."""
    with mpmath.workdps(60):
        if isinstance(node, ZetaDerivative):
            return mpmath.zeta(mpmath.mpf(9) / 5, 1, derivative=int(node.args[0]))
        if isinstance(node, HurwitzDerivative):
            order = int(node.args[0])
            return mpmath.zeta(mpmath.mpf(9) / 5, mpmath.mpf(4) / 5, derivative=order)
        function = mpmath.besselk if isinstance(node, BesselKOrder) else mpmath.besseli
        at_z = mpmath.mpf(3) / 2
        return mpmath.diff(lambda q: function(q, at_z), mpmath.mpf(4) / 5, int(node.args[0]))


NODES = [
    ZetaDerivative(1, s),
    ZetaDerivative(2, s),
    ZetaDerivative(3, s),
    HurwitzDerivative(1, s, p),
    HurwitzDerivative(2, s, p),
    BesselKOrder(1, p, z),
    BesselKOrder(2, p, z),
    BesselIOrder(1, p, z),
    BesselIOrder(2, p, z),
]


@pytest.mark.parametrize("node", NODES, ids=lambda node: f"{type(node).__name__}-{node.args[0]}")
def test_values_agree_with_numeric_differentiation(node):
    exact = truth(node)
    precise = evaluate(node, AT, 30)
    assert abs(precise - exact) < mpmath.mpf(10) ** -28 * abs(exact)
    (single,) = evaluate_arrays([node], {k: float(v) for k, v in AT.items()})
    assert float(single) == pytest.approx(float(exact), rel=1e-13)
    assert float(node.subs(AT).evalf(25)) == pytest.approx(float(exact), rel=1e-14)


@pytest.mark.parametrize("node", NODES, ids=lambda node: f"{type(node).__name__}-{node.args[0]}")
def test_the_printed_text_is_read_back_to_the_same_value(node):
    text = str(node)
    read = parse_expr(text, local_dict={"s": s, "p": p, "z": z})
    assert not read.atoms(ZetaDerivative, HurwitzDerivative, BesselKOrder, BesselIOrder)
    assert evaluate(read, AT, 20) == pytest.approx(truth(node), rel=1e-15)
    if not isinstance(node, ZetaDerivative | HurwitzDerivative):
        by_mpmath = lambdify((p, z), read, "mpmath")(mpmath.mpf("0.8"), mpmath.mpf("1.5"))
        assert float(by_mpmath) == pytest.approx(float(truth(node)), rel=1e-12)


def test_a_bound_symbol_does_not_clash():
    assert "n_" in str(ZetaDerivative(1, n))
    assert "u_" in str(BesselKOrder(1, u, z))
    assert ZetaDerivative(1, n).as_explicit().free_symbols == {n}


def test_derivatives_go_on():
    assert diff(ZetaDerivative(1, s**2), s) == 2 * s * ZetaDerivative(2, s**2)
    assert diff(BesselKOrder(1, p, z), p) == BesselKOrder(2, p, z)
    by_z = diff(BesselKOrder(1, p, z), z)
    assert by_z == -(BesselKOrder(1, p - 1, z) + BesselKOrder(1, p + 1, z)) / 2
    assert ZetaDerivative(0, s) == zeta(s)
    assert BesselKOrder(0, p, z) == besselk(p, z)


@pytest.mark.parametrize(
    "expr",
    [
        diff(log(zeta(s)), s, 2),
        diff(zeta(s**2), s),
        diff(log(besselk(p, z)), p, 2),
        diff(besselk(p**2, z), p, z),
        diff(besseli(p, 2 * z), p),
        Derivative(zeta(s), (s, 3)),
    ],
)
def test_sympys_unevaluated_derivatives_become_nodes(expr):
    replaced = replace_derivatives(expr)
    assert not replaced.has(Derivative, Subs)
    assert mpmath.isfinite(evaluate(replaced, AT, 20))


def test_latex_is_a_derivative():
    assert latex(ZetaDerivative(1, s)) == r"\zeta'\left(s\right)"
    assert latex(ZetaDerivative(1, s) ** 2) == r"{\zeta'\left(s\right)}^{2}"
    assert r"\partial^{2}" in latex(BesselKOrder(2, p, z))
