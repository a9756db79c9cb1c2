"""The JSON that other programs read: its fields, its order, and expressions that are read back."""

import json

import formula_samples as samples
import pytest
from sympy import (
    Abs,
    E,
    EulerGamma,
    Integer,
    Integral,
    Piecewise,
    Rational,
    Sum,
    Symbol,
    besseli,
    beta,
    digamma,
    exp,
    gamma,
    loggamma,
    oo,
    parse_expr,
    pi,
    polygamma,
    sign,
    sqrt,
    zeta,
)

from symfisher.errors import FamilyFileError, TimeLimitError
from symfisher.render import load_format
from symfisher.render.notation import syntax_names
from symfisher.render.sheet import Sheet, note_error, sheet_of
from symfisher.render.syntax import syntax

FORM = load_format("jsonl")


def record(results):
    return json.loads(FORM.document(sheet_of(samples.family, results, FORM)))


def read_back(text, names):
    """As the interface says: by parse_expr with the declared names as symbols."""
    return parse_expr(text, local_dict={name: Symbol(name) for name in names})


def test_the_fields_stand_in_their_documented_order():
    fields = record(samples.RESULTS)
    assert list(fields) == [
        "family", "status", "variables", "parameters", "constants", "regular", "regularity",
        "score", "outer_product", "fisher", "crlb", "kl", "kl_expansion", "verified", "seconds",
    ]  # fmt: skip
    assert list(fields["regularity"]) == [
        "support_fixed", "twice_differentiable", "zero_mean_score",
        "quadratic_mean_differentiable", "forms_agree", "conditions", "reasons",
    ]  # fmt: skip
    assert list(fields["fisher"]) == ["status", "expr", "latex"]
    assert list(fields["kl"]) == ["status", "expr", "latex", "primed"]
    assert list(fields["kl_expansion"]) == ["order", "expr", "latex", "increments"]
    assert fields["verified"] == {"points": 3, "digits": 13.2, "method": "quadrature"}
    assert fields["kl"]["primed"] == {"alpha": "alpha_prime", "beta": "beta_prime"}


def test_a_vector_is_a_list_and_a_matrix_a_list_of_rows():
    fields = record(samples.RESULTS)
    assert fields["score"]["expr"][1] == "alpha/beta - x"
    assert fields["fisher"]["expr"][0] == ["polygamma(1, alpha)", "-1/beta"]
    assert isinstance(fields["kl"]["expr"], str)


def test_shapes_do_not_depend_on_the_number_of_parameters():
    one = samples.fisher.with_(expr=samples.fisher.expr[:1, :1])
    gradient = samples.score.with_(expr=samples.score.expr[:1, :])
    fields = record({"fisher": one, "score": gradient})
    assert fields["fisher"]["expr"] == [["polygamma(1, alpha)"]]
    assert len(fields["score"]["expr"]) == 1
    assert isinstance(fields["score"]["expr"][0], str)


@pytest.mark.parametrize("name", ["fisher", "crlb", "kl_expansion"])
def test_what_does_not_exist_is_null(name):
    absent = samples.missing.with_(name=name)
    assert record({name: absent})[name] is None


@pytest.mark.parametrize("name", ["outer_product", "kl"])
def test_an_expectation_that_does_not_exist_has_status_none(name):
    absent = samples.missing.with_(name=name)
    assert record({name: absent})[name] == {"status": "none", "expr": None, "latex": None}


def test_an_expectation_is_written_as_an_explicit_integral():
    entry = record(samples.RESULTS)["outer_product"]["expr"][0][0]
    value = read_back(entry, ["x", "alpha", "beta"])
    at = {"alpha": Rational(3, 2), "beta": 2}
    assert value.has(Integral)
    # E[log(1 + x) x^(3/2)], x of the gamma family with shape 3/2 and rate 2, by mpmath.quad
    assert float(value.subs(at).evalf()) == pytest.approx(0.6872408051928, abs=1e-12)


def test_a_wrong_target_has_its_error_and_nothing_else():
    sheet = Sheet("nope.toml")
    note_error(sheet, FamilyFileError("nope.toml: there is no such file"))
    fields = json.loads(FORM.document(sheet))
    assert list(fields) == ["family", "status", "error", "seconds"]
    assert fields["error"] == {"kind": "family-file", "message": "nope.toml: there is no such file"}


def test_what_was_finished_in_time_is_kept_beside_the_error():
    sheet = sheet_of(samples.family, {"fisher": samples.fisher}, FORM)
    note_error(sheet, TimeLimitError("the time limit of 1 s was reached"))
    fields = json.loads(FORM.document(sheet))
    assert fields["status"] == "error"
    assert fields["fisher"]["status"] == "closed"


def declared(*names):
    return [Symbol(name) for name in names]


a, b = declared("a", "b")
HOSTILE = [
    (["E"], Symbol("E") * E),
    (["pi"], Symbol("pi") * pi),
    (["S", "N", "Q", "I", "O"], sum(declared("S", "N", "Q", "I", "O")) / 2),
    (["beta", "a", "b"], Symbol("beta") * beta(a, b) ** 2),
    (["beta", "gamma", "a", "b"], Symbol("beta") * beta(a, b) / gamma(Symbol("gamma"))),
    (["zeta"], zeta(Symbol("zeta"))),
    (["zeta", "a"], zeta(Symbol("zeta"), a)),
    (["EulerGamma"], EulerGamma**2 * Symbol("EulerGamma")),
    (["lambda"], exp(-Symbol("lambda")) * Symbol("lambda")),
    (["log", "exp"], loggamma(Symbol("log")) + exp(Symbol("exp"))),
    (["a", "b"], polygamma(2, a) - digamma(b) / sqrt(2) + Rational(1, 3) * besseli(1, a)),
    (["a", "b"], Piecewise((Abs(a), a < b), (sign(b), True))),
    (["a", "k"], Sum(a ** Symbol("k") / Symbol("k"), (Symbol("k"), 1, oo))),
    (["a"], Integer(10) ** 40 / 7 * a),
]


@pytest.mark.parametrize(("names", "expr"), HOSTILE, ids=[str(n) for n, _ in HOSTILE])
def test_expressions_are_read_back_to_the_same_value(names, expr):
    identifiers = syntax_names(names)
    text = syntax(expr, {Symbol(name): identifiers[name] for name in names})
    back = read_back(text, identifiers.values())
    values = [Rational(7 + 3 * i, 11) for i in range(len(names))]
    expected = expr.subs(dict(zip(map(Symbol, names), values))).evalf(30)
    found = back.subs(dict(zip(map(Symbol, identifiers.values()), values))).evalf(30)
    assert abs(expected - found) < 1e-25 * (1 + abs(expected)), text
