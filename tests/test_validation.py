"""Declarations in Python that do not describe a density."""

import pytest
import sympy
from sympy import (
    And,
    Eq,
    Function,
    I,
    IndexedBase,
    Interval,
    Piecewise,
    Rational,
    Symbol,
    exp,
    log,
    oo,
)

from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.errors import DeclarationError, ExpressionError, InputError

x, y = sympy.symbols("x y", positive=True)
a, b, n = sympy.symbols("a b n", positive=True)
EXPONENTIAL = log(a) - a * x


def declare(**changes):
    fields = {
        "name": "mine",
        "variable": x,
        "support": "(0, oo)",
        "parameters": {a: "positive"},
        "logpdf": EXPONENTIAL,
    }
    return Family(**{**fields, **changes})


def test_the_declaration_that_the_others_change_is_accepted():
    assert declare().parameters == (a,)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": ""}, "printable text"),
        ({"name": 3}, "printable text"),
        ({"name": "a\x1b[2J"}, "printable text"),
        ({"name": "a" * 101}, "101 characters"),
        ({"variable": ()}, "no variable"),
        ({"parameters": {}}, "no parameters"),
        ({"variable": "x"}, r"found the text 'x'; write the symbol itself"),
        ({"parameters": {"a": "positive"}}, r"found the text 'a'"),
        ({"parameters": {2 * a: "positive"}}, "not a SymPy Symbol"),
        (
            {"parameters": {IndexedBase("alpha"): "positive"}},
            "a vector of symbolic length and .* no length",
        ),
        ({"parameters": {IndexedBase("alpha", shape=(3,)): "positive"}}, "declared with a shape"),
        ({"parameters": {Symbol("a b"): "positive"}}, "is not a name"),
        ({"parameters": {Symbol("__class__"): "positive"}}, "is not a name"),
        ({"parameters": {a: "positive", x: "positive"}}, "x is declared already, under variable"),
        ({"constants": {Symbol("a"): "real"}}, "a is declared already, under parameters"),
        ({"parameters": {a: "positive", b: "positive"}}, "b is declared, and neither the logpdf"),
        ({"constants": {n: "positive"}}, "n is declared and nothing reads it"),
        ({"logpdf": EXPONENTIAL - b}, "reads b, which is neither .* Declare it under parameters"),
        ({"logpdf": log(Symbol("a")) - Symbol("a") * x}, r"differs from the declared a by its ass"),
        ({"logpdf": EXPONENTIAL + I}, "imaginary unit"),
        ({"logpdf": EXPONENTIAL + log(sympy.S.NegativeOne)}, "imaginary unit"),
        ({"logpdf": sympy.zoo}, "division by zero"),
        ({"logpdf": sympy.nan}, "undefined number"),
        ({"logpdf": EXPONENTIAL + Function("f")(x)}, r"f\(x\), an undefined function"),
        ({"logpdf": sympy.Derivative(exp(a * x), a)}, "unevaluated derivative"),
        ({"logpdf": Piecewise((EXPONENTIAL, x > 1), (-oo, True))}, "infinite part"),
        ({"logpdf": x > a}, "expected an expression"),
        ({"logpdf": sympy.Matrix([a])}, "not a SymPy expression|expected an expression"),
        ({"logpdf": [1]}, "not a SymPy expression"),
        ({"logpdf": None}, "exactly one of logpdf .* and logpmf"),
        ({"logpmf": EXPONENTIAL}, "exactly one of logpdf .* and logpmf"),
        ({"logpdf": None, "logpmf": EXPONENTIAL}, "interval; call it logpdf"),
        ({"support": "0..oo"}, "discrete; call it logpmf"),
        ({"parameters": {a: Interval(1, 1)}}, "is discrete"),
        ({"parameters": {a: Domain(sympy.S.One, sympy.S.One)}}, "lower end is 1"),
        ({"support": Interval(1, 0)}, "empty set"),
        ({"support": Domain(sympy.S.One, sympy.S.Zero)}, "lower end is 1 and its upper end 0"),
        ({"support": Domain(a, sympy.S.Zero)}, "empty"),
        ({"support": (0, oo)}, "0 is not a domain"),
        ({"support": ["(0, oo)", "(0, 1)"]}, "2 domains for 1 variables"),
        ({"support": Domain(sympy.S.Zero, x)}, "it names x itself"),
        ({"support": Domain(sympy.S.Zero, b)}, "reads b, which is neither"),
        ({"parameters": {a: Domain(b, oo)}}, "reads b; a domain may name constants"),
        ({"parameters": {a: Domain(a, oo)}}, "reads a; a domain may name constants"),
        ({"parameters": {a: "0..5"}}, "discrete, and a parameter is differentiated"),
        ({"parameters": {a: 3}}, "3 is not a domain"),
        ({"constraints": [Eq(a, 1)]}, "expected an inequality"),
        ({"constraints": [a > 0]}, "always true"),
        ({"constraints": [a < 0]}, "never true"),
        ({"constraints": [a]}, "is not a condition"),
        ({"constraints": [a < x]}, "x is a variable"),
        ({"constraints": [a < b]}, "reads b, which is neither"),
        ({"meanings": {"rate": "the rate"}}, "'rate' is not declared"),
    ],
)
def test_a_declaration_that_is_wrong_is_answered_with_what_to_mend(changes, message):
    with pytest.raises(DeclarationError, match=message):
        declare(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"logpdf": "__import__('os').system('false')"},
        {"logpdf": "x.__class__"},
        {"support": "(0, exit())"},
        {"parameters": {a: "(0, print(1))"}},
        {"constraints": ["exec(a) < 1"]},
    ],
)
def test_text_in_a_python_declaration_is_never_run(changes):
    with pytest.raises(ExpressionError):
        declare(**changes)


def test_a_python_declaration_may_give_text():
    family = declare(logpdf="log(a) - a*x", constraints=["a < 3"])
    assert family.log_density == EXPONENTIAL
    assert family.constraints == (a < 3,)


def test_decimals_of_a_python_declaration_become_exact():
    family = declare(logpdf=log(0.5 * a) - 0.5 * a * x)
    assert family.log_density == log(a / 2) - a * x / 2
    assert not family.log_density.has(sympy.Float)
    assert family.log_density.has(Rational(1, 2))


def test_a_support_may_not_name_a_variable_below_it():
    with pytest.raises(DeclarationError, match="names y, which is declared below it"):
        declare(variable=(x, y), support=[Domain(sympy.S.Zero, y), "(0, 1)"])


def test_a_domain_may_name_constants_and_the_parameters_above_it():
    family = declare(
        parameters={a: "positive", b: Domain(a, oo)},
        support=Domain(a, b),
        logpdf=-log(b - a),
    )
    assert family.domains[b].lower == a


def test_a_joint_constraint_may_be_several():
    family = declare(constraints=[And(a > 1, a < 5)])
    assert family.constraints == (And(a > 1, a < 5),)


def test_every_error_of_a_declaration_is_an_input_error():
    assert issubclass(DeclarationError, InputError)


@pytest.mark.parametrize(
    ("logpdf", "support"),
    [
        (
            "(a - 1)*log(x/(x + 1)) + (m - 1)*log(1 - (x/(x + 1))**a) + log(a*m)"
            " + log(1/(x + 1) - x/(x + 1)**2)",
            "(0, oo)",
        ),
        (
            "(a - 1)*log(1/(1 + exp(-x))) + (m - 1)*log(1 - 1/(1 + exp(-x))**a) + log(a*m)"
            " + log(exp(-x)/(1 + exp(-x))**2)",
            "(-oo, oo)",
        ),
    ],
)
def test_a_tail_that_cancels_as_it_is_written_is_still_a_density(logpdf, support):
    """Kumaraswamy under odds and under logit: 1 - u^a with u next to 1, far out."""
    from symfisher.family_file import loads_family

    text = f'name = "tail"\nlogpdf = "{logpdf}"\n[variable]\nx = "{support}"\n'
    family = loads_family(text + '[parameters]\na = "positive"\nm = "positive"\n', "tail")
    assert family.mass_checked
