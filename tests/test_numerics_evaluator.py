"""The float64 evaluator against mpmath at 400 digits, where naive evaluation fails."""

import mpmath
import numpy as np
import pytest
from sympy import (
    Eq,
    Max,
    Min,
    Piecewise,
    S,
    Sum,
    airyai,
    besseli,
    besselk,
    beta,
    binomial,
    cosh,
    erf,
    erfc,
    exp,
    expint,
    factorial,
    gamma,
    hyper,
    lambdify,
    log,
    loggamma,
    oo,
    polygamma,
    polylog,
    sinh,
    sqrt,
    symbols,
    tanh,
    uppergamma,
    zeta,
)

from symfisher.errors import DerivationError
from symfisher.numerics.compiler import Ends, compile_program
from symfisher.numerics.coordinates import Coordinate
from symfisher.numerics.evaluator import FLOAT64, evaluate_arrays

x, a, b, n, k = symbols("x a b n k")
AT = {a: 0.3, b: 1.7}

STABLE = [
    (log(1 + exp(x)), [-40.0, 0.0, 3.0, 800.0]),
    (log(1 - exp(-x)), [1e-12, 0.5, 40.0]),
    (1 - exp(-x), [1e-13, 1.0, 30.0]),
    (1 - x**a, [1 - 1e-9, 0.5, 2.0]),
    (log(exp(-x) + 2 + exp(x)), [-900.0, 0.1, 700.5]),
    (exp(-x) / (1 + exp(-x)) ** 2, [-600.0, 0.2, 30.0]),
    (x**-2 * exp(-1 / x), [1e-3, 0.5, 1e8]),
    (log(cosh(x)), [1e-8, 0.2, 900.0]),
    (log(sinh(x)), [1e-8, 2.0, 900.0]),
    (log(erfc(x)), [-3.0, 1.0, 60.0]),
    (log(1 - erf(x)), [0.1, 20.0]),
    (1 + erf(x), [-20.0, 0.3]),
    (log(gamma(x)), [0.1, 500.0]),
    (gamma(x + a) / gamma(x), [0.2, 300.0]),
    (log(besselk(a, x)), [1e-3, 2.0, 900.0]),
    (besselk(a + 1, x) / besselk(a, x), [0.2, 900.0]),
    (log(besseli(0, x)), [0.1, 900.0]),
    (loggamma(x + a) - loggamma(x + b), [0.4, 77.0, 1e12]),
    (log(beta(x, b)), [0.4, 1e9]),
    (log(binomial(x + a - 1, x)), [3.0, 1e7]),
    (polygamma(1, x), [1e-3, 2.0, 1e6]),
    (polygamma(2, x), [0.3, 20.0]),
    (zeta(x), [1.1, 4.0]),
    (zeta(b, x), [0.3, 40.0]),
    (polylog(2, x), [0.1, 0.9]),
    (expint(1, x), [0.1, 5.0]),
    (uppergamma(a, x), [0.1, 5.0]),
    (uppergamma(-a, x), [0.1, 5.0]),
    (hyper((1, 1, 1), (2, b), x), [0.1, 0.9]),
    (sqrt(x) * tanh(x), [0.1, 5.0]),
]


@pytest.mark.parametrize(("expr", "places"), STABLE, ids=str)
def test_values_are_right_where_a_naive_evaluation_fails(expr, places):
    (values,) = evaluate_arrays([expr], {x: np.array(places), **AT})
    with mpmath.workdps(400):
        exact = lambdify((x, a, b), expr, "mpmath")
        truths = [exact(*map(mpmath.mpf, (p, AT[a], AT[b]))) for p in places]
    for value, truth in zip(values, truths):
        assert abs(value - float(truth)) <= 3e-13 * abs(float(truth)) + 1e-300


def test_common_parts_are_evaluated_once():
    part = log(1 + exp(a * x))
    program = compile_program([part, part**2, 3 * part + 1], {x: Ends()})
    assert [name for name, _ in program.steps].count("log_constant_plus_exponential") == 1


def test_steps_without_nodes_are_run_once_for_a_point():
    program = compile_program([loggamma(a) + x], {x: Ends()})
    bound = program.bind(FLOAT64, {a: np.float64(0.3)})
    assert [program.steps[slot][0] for slot, *_ in bound.moving] == ["add"]


@pytest.mark.parametrize(
    ("expr", "value"),
    [
        (Piecewise((a, Eq(x, 2)), (b, x > 2), (a + b, True)), [2.0, 0.3, 1.7]),
        (Max(x, b) + Min(x, a), [2.0, 2.3, 3.3]),
        (factorial(x), [1.0, 2.0, 6.0]),
        (Sum(x**k, (k, 0, 3)), [4.0, 15.0, 40.0]),
    ],
)
def test_choices_and_sums(expr, value):
    (found,) = evaluate_arrays([expr], {x: np.array([1.0, 2.0, 3.0]), **AT})
    assert np.allclose(found, value, rtol=1e-14)


def test_infinite_sums_that_decay_slowly():
    (value,) = evaluate_arrays([Sum(n**-b, (n, 1, oo))], AT)
    assert value == pytest.approx(float(mpmath.zeta(1.7)), rel=1e-13)


def test_what_is_undefined_is_nan():
    (values,) = evaluate_arrays([log(x)], {x: np.array([-1.0, 1.0])})
    assert np.isnan(values[0])
    assert values[1] == 0.0


def test_an_unknown_function_is_named():
    with pytest.raises(DerivationError, match="airyai has no numeric rule"):
        evaluate_arrays([airyai(x)], {x: 1.0})


def test_a_moving_end_cancels_exactly():
    """1 + b (x - a) near its zero, which is the lower end of the support."""
    end = a - 1 / b
    expanded = 1 + b * x - a * b
    program = compile_program([log(1 + b * (x - a)), log(expanded), 1 / expanded], {x: Ends(end)})
    bound = program.bind(FLOAT64, {s: np.float64(v) for s, v in AT.items()})
    w = np.array([-600.0, -40.0, 0.3])
    nodes, _ = Coordinate(x, AT[a] - 1 / AT[b], None).nodes(w)
    first, second, inverse = bound.run(nodes)
    assert np.allclose(first, w + np.log(1.7), rtol=1e-15)
    assert np.allclose(second, w + np.log(1.7), rtol=1e-15)
    assert np.allclose(np.log(inverse), -w - np.log(1.7), rtol=1e-14)


def test_both_ends_of_an_interval_are_exact():
    program = compile_program(
        [log(1 - x**a), log(-log(x)), log(1 - x**2)], {x: Ends(S.Zero, S.One)}
    )
    bound = program.bind(FLOAT64, {a: np.float64(0.3)})
    v = np.array([-300.0, 300.0])
    nodes, _ = Coordinate(x, 0.0, 1.0, 1.0).nodes(v)
    with np.errstate(all="ignore"):
        power, double, square = bound.run(nodes)
    assert power[1] == pytest.approx(-300.0 + np.log(0.3), rel=1e-14)
    assert double == pytest.approx([np.log(300.0), -300.0], rel=1e-14)
    assert square[1] == pytest.approx(-300.0 + np.log(2.0), rel=1e-14)
