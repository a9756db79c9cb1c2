"""Reading expressions, conditions and domains from text."""

import json
from pathlib import Path

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import (
    And,
    Eq,
    Expr,
    IndexedBase,
    Integer,
    Piecewise,
    Product,
    Rational,
    Sum,
    Symbol,
    exp,
    gamma,
    hyper,
    log,
    loggamma,
    oo,
    polygamma,
    sqrt,
    trigamma,
)

from symfisher.domains import Domain
from symfisher.errors import ExpressionError, InputError
from symfisher.expressions import parse_condition, parse_domain, parse_expression
from symfisher.expressions.functions import CONSTANTS, FUNCTIONS, SPECIAL

x, a, b, n = sympy.symbols("x a b n", positive=True)
NAMES = {"x": x, "a": a, "b": b, "n": n}


def read(text, **more):
    return parse_expression(text, {**NAMES, **more}, "here")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2*3", Integer(7)),
        ("-x**2", -(x**2)),
        ("2**-x", 2 ** (-x)),
        ("2**-x**2*a", a * 2 ** (-(x**2))),
        ("a**b**x", a ** (b**x)),
        ("a/b/x", a / b / x),
        ("a - b - x", a - b - x),
        ("a - -b", a + b),
        ("a*-b", -a * b),
        ("+a", a),
        ("(a + b)*x", (a + b) * x),
        ("0.5", Rational(1, 2)),
        ("1e-3", Rational(1, 1000)),
        ("2.5e1*x", 25 * x),
        (".5", Rational(1, 2)),
        ("2.", Integer(2)),
        ("1/3", Rational(1, 3)),
        ("Rational(2, 6)", Rational(1, 3)),
        ("log(x) + ln(a)", log(x) + log(a)),
        ("log(8, 2)", Integer(3)),
        ("sqrt(x)", sqrt(x)),
        ("cbrt(x)", x ** Rational(1, 3)),
        ("root(x, 4)", x ** Rational(1, 4)),
        ("E**x", exp(x)),
        ("digamma(x) - trigamma(x)", polygamma(0, x) - polygamma(1, x)),
        ("beta(a, b)", sympy.beta(a, b)),
        ("abs(x - a) + Abs(a - x)", 2 * sympy.Abs(x - a)),
        ("E1(x)", sympy.expint(1, x)),
        ("hyper([a], [b, 1], x)", hyper([a], [b, 1], x)),
        ("hyper([], [b], x)", hyper([], [b], x)),
        ("Max(x, 0)", x),
        ("Piecewise((x, x < a), (a, True))", Piecewise((x, x < a), (a, True))),
        ("Piecewise((1, (x < a) & ~(x < b)), (0, True))",
         Piecewise((1, And(x < a, x >= b)), (0, True))),
        ("KroneckerDelta(x, a)", sympy.KroneckerDelta(x, a)),
        ("\n  x\n  + a\t", x + a),
    ],
)  # fmt: skip
def test_text_is_read_as_sympy_reads_it(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "log(a) + log(b) + (a - 1)*log(x) + (b - 1)*log(1 - x**a)",
        "-loggamma(a) + a*log(b) - (x + 1)*log(a)/2/b - 3*x**2*a**-2",
        "besselk(a, x)*besseli(0, b) + bessely(1, x) - besselj(2, x)",
        "uppergamma(a, x) + lowergamma(a, x)*zeta(a + 1, b) - polylog(2, x)",
        "atan2(x, a) + sinh(x)/cosh(x) + asinh(a)*tanh(b) + sin(x)*cot(a)",
        "exp(-x - exp(-x))/(1 + exp(-a))**2 + LambertW(x) + erfc(x)*erfi(a)",
        "binomial(n, x) + factorial(x) + rf(a, x) + ff(b, x)",
    ],
)
def test_text_without_decimals_agrees_with_sympys_own_parser(text):
    assert sympy.expand(read(text) - sympy.parse_expr(text, local_dict=NAMES)) == 0


@pytest.mark.parametrize("name", ["E", "S", "N", "Q", "I", "pi", "lambda", "oo_", "C", "O"])
def test_a_declared_name_wins_over_a_constant(name):
    symbol = Symbol(name, positive=True)
    assert read(f"{name}*x", **{name: symbol}) == symbol * x


def test_a_declared_name_wins_over_a_function_unless_it_is_called():
    beta, zeta = Symbol("beta", positive=True), Symbol("zeta", positive=True)
    text = "beta*log(beta(a, beta)) + gamma(zeta)"
    expected = beta * log(sympy.beta(a, beta)) + gamma(zeta)
    assert read(text, beta=beta, zeta=zeta) == expected


def test_the_index_of_a_sum_is_a_name_inside_it_only():
    i = Symbol("i", positive=True)
    assert read("Sum(a**i, (i, 1, oo))") == Sum(a**i, (i, 1, oo))
    assert read("Product(i + x, (i, 1, n))") == Product(i + x, (i, 1, n))
    with pytest.raises(ExpressionError, match="'i' is not declared"):
        read("Sum(a**i, (i, 1, oo)) + i")


def test_an_inner_index_may_run_up_to_an_outer_one():
    value = read("Sum(i*j, (i, 1, j), (j, 1, 3))")
    assert value.doit() == sum(i * j for j in range(1, 4) for i in range(1, j + 1))


def test_an_index_may_not_hide_a_declared_name():
    with pytest.raises(ExpressionError, match="a is declared already"):
        read("Sum(a, (a, 1, 3))")


def test_entries_of_a_declared_vector_are_read():
    alpha = IndexedBase("alpha", positive=True)
    i = Symbol("i", positive=True)
    value = read("Sum(loggamma(alpha[i]), (i, 1, n)) + alpha[2]", alpha=alpha)
    assert value == Sum(loggamma(alpha[i]), (i, 1, n)) + alpha[2]
    with pytest.raises(ExpressionError, match=r"write alpha\[i\]"):
        read("alpha + 1", alpha=alpha)


def test_an_error_shows_the_place_with_a_caret():
    with pytest.raises(ExpressionError) as caught:
        parse_expression("log(x) + sigmma*x", {"x": x, "sigma": a}, "family 'f', logpdf")
    first, excerpt, caret = str(caught.value).split("\n")
    assert first.startswith("family 'f', logpdf, column 10: 'sigmma' is not declared")
    assert "nearest: sigma" in first
    assert excerpt[caret.index("^") :].startswith("sigmma")


def test_a_place_on_a_later_line_is_given_by_line_and_column():
    with pytest.raises(ExpressionError, match="line 2, column 5"):
        read("log(x) +\n  a*q")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x^2", r"written \*\*"),
        ("2x", r"written with \*"),
        ("x(a + b)", "cannot be called"),
        ("lgamma(x)", "nearest: .*gamma"),
        ("Loggamma(x)", "nearest: loggamma"),
        ("x == 1", "Eq"),
        ("log", "is a function"),
        ("beta(a)", "takes 2 arguments, found 1"),
        ("a*(x > 0)", "expected a number, found a condition"),
        ("Piecewise((x, a))", "expected a condition"),
        ("\N{GREEK SMALL LETTER SIGMA}", "write sigma"),
        ("\N{GREEK CAPITAL LETTER DELTA}", "write Delta"),
        ("1/(a - a)", "division by zero"),
        ("log(0)", "log of zero"),
        ("log(-2)", "not real"),
        ("(-8)**(1/3)", "not real"),
        ("I", "imaginary"),
        ("x +", "found the end"),
        ("(x", "found the end"),
        ("", "found the end"),
    ],
)
def test_a_mistake_is_answered_with_what_to_write(text, message):
    with pytest.raises(ExpressionError, match=message):
        read(text)


def test_conditions_are_read():
    assert parse_condition("a + b < 1", NAMES, "here") == (a + b < 1)
    assert parse_condition("0.5 < a <= b", NAMES, "here") == And(Rational(1, 2) < a, a <= b)
    assert parse_condition("Eq(a, b)", NAMES, "here") == Eq(a, b)
    with pytest.raises(ExpressionError, match="expected a condition"):
        parse_condition("a + b", NAMES, "here")


# -- domains -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("real", Domain(-oo, oo)),
        (" positive ", Domain(Integer(0), oo)),
        ("negative", Domain(-oo, Integer(0))),
        ("unit", Domain(Integer(0), Integer(1))),
        ("(1, oo)", Domain(Integer(1), oo)),
        ("[0, 1]", Domain(Integer(0), Integer(1))),
        ("(0, 1]", Domain(Integer(0), Integer(1))),
        ("(0, 1 - x)", Domain(Integer(0), 1 - x)),
        ("((a + b)/2, oo)", Domain((a + b) / 2, oo)),
        ("(-pi, pi)", Domain(-sympy.pi, sympy.pi)),
        ("integer 1..oo", Domain(Integer(1), oo, discrete=True)),
        ("0..oo", Domain(Integer(0), oo, discrete=True)),
        ("1..n", Domain(Integer(1), n, discrete=True)),
        ("0..n - x", Domain(Integer(0), n - x, discrete=True)),
        ("(n + 1)..2*(n + 1)", Domain(n + 1, 2 * (n + 1), discrete=True)),
        ("-oo..oo", Domain(-oo, oo, discrete=True)),
        ("3..3", Domain(Integer(3), Integer(3), discrete=True)),
        ("{1, 0}", Domain(Integer(0), Integer(1), True, (Integer(0), Integer(1)))),
    ],
)
def test_a_domain_is_read(text, expected):
    assert parse_domain(text, NAMES, "here") == expected


def test_an_end_may_be_a_piecewise():
    names = {s: Symbol(s, real=True) for s in ("mu", "xi")} | {"sigma": a}
    text = (
        "(Piecewise((mu - sigma/xi, xi > 0), (-oo, True)), "
        "Piecewise((mu - sigma/xi, xi < 0), (oo, True)))"
    )
    domain = parse_domain(text, names, "here")
    end = names["mu"] - a / names["xi"]
    assert domain.lower == Piecewise((end, names["xi"] > 0), (-oo, True))
    assert domain.upper == Piecewise((end, names["xi"] < 0), (oo, True))


@pytest.mark.parametrize(
    "text",
    ["(1, 0)", "(0, 0)", "(a, 0)", "(oo, 1)", "(0, -oo)", "(pi, 3)", "5..2", "oo..oo"],
)
def test_crossed_ends_are_an_error(text):
    with pytest.raises(ExpressionError, match="empty"):
        parse_domain(text, NAMES, "here")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("postive", "nearest: positive"),
        ("integer", r"1\.\.oo"),
        ("integer (0, 1)", "expected '..'"),
        ("(0, 1", "expected"),
        ("(0)", "expected ','"),
        ("(0, 1, 2)", "expected"),
        ("0", "not a domain"),
        ("", "not a domain"),
        ("{}", "empty"),
        ("{0, 0}", "repeated"),
        ("{0, oo}", "infinite"),
        ("0..2.5", "range of integers"),
        ("(0, theta)", "'theta' is not declared"),
        ("positive[K]", "'K' is not declared"),
        ("simplex", "not a domain"),
        ("simplex[]", "expected a number, a name"),
        ("counts[n]", "expected"),
    ],
)
def test_what_is_no_domain_is_an_error(text, message):
    with pytest.raises(ExpressionError, match=message):
        parse_domain(text, NAMES, "here")


# -- any text at all -----------------------------------------------------------------------------

WORDS = [
    *("x", "a", "b", "n", "0", "1", "2", "7", "0.5", "1e3", "10**9", "1/3", "oo", "True"),
    *("+", "-", "*", "/", "**", "(", ")", "[", "]", ",", "<", ">=", "&", "|", "~", "..", "{", "}"),
    *("(i, 1, n)", "(x, x > 0)", "[1, a]", "i", ".", "'", "__", "=", ":", ";", "\n", "é", "\0"),
    *(f"{name}(" for name in (*FUNCTIONS, *SPECIAL)),
    *CONSTANTS,
]


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.one_of(st.lists(st.sampled_from(WORDS), max_size=14).map("".join), st.text(max_size=30)))
def test_any_text_gives_an_expression_in_the_declared_names_or_an_input_error(text):
    for parse in (parse_expression, parse_condition, parse_domain):
        try:
            value = parse(text, NAMES, "here")
        except InputError:
            continue
        assert value.free_symbols <= set(NAMES.values())


def expressions():
    """Well-formed texts, so that much of what is drawn reaches the evaluation."""
    leaves = st.sampled_from(["x", "a", "b", "0", "1", "2", "-3", "1/2", "10**5", "pi", "E"])

    def grow(inner):
        calls = st.builds(
            lambda f, arguments: f"{f}({', '.join(arguments)})",
            st.sampled_from([*FUNCTIONS, "sqrt", "cbrt", "root"]),
            st.lists(inner, min_size=1, max_size=3),
        )
        pairs = st.builds(
            lambda left, operator, right: f"({left} {operator} {right})",
            *(inner, st.sampled_from(["+", "-", "*", "/", "**"]), inner),
        )
        cases = st.builds(
            lambda p, q, r, s: f"Piecewise(({p}, {q} < {r}), ({s}, True))",
            *(inner, inner, inner, inner),
        )
        return st.one_of(calls, pairs, cases)

    return st.recursive(leaves, grow, max_leaves=8)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(expressions())
def test_a_well_formed_text_gives_a_finite_expression_or_an_input_error(text):
    try:
        value = read(text)
    except InputError:
        return
    assert isinstance(value, Expr)
    assert value.free_symbols <= set(NAMES.values())
    assert not value.has(sympy.I, sympy.nan, sympy.zoo)


LITERATURE = Path(__file__).parent / "data" / "open_families.json"
ENTRIES = json.loads(LITERATURE.read_text()) if LITERATURE.exists() else []


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["id"])
def test_a_density_of_the_literature_reads_as_sympys_own_parser_reads_it(entry):
    names = {}
    for table in ("constants", "parameters", "variable"):
        for name, text in entry[table].items():
            domain = parse_domain(text, names, entry["id"])
            names[name] = Symbol(name, **domain.assumptions())
    value = parse_expression(entry["logdensity"], names, entry["id"])
    bound = {symbol.name: symbol for symbol in value.atoms(Symbol)}
    reference = sympy.parse_expr(
        entry["logdensity"], local_dict={**bound, **names, "trigamma": trigamma}
    )
    reference = reference.replace(lambda e: e.is_Float, lambda e: Rational(str(e)))
    assert value.free_symbols <= set(names.values())
    if not value.has(Piecewise):
        assert sympy.expand(value - reference) == 0
