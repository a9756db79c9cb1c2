"""Reading family files."""

import pytest
import sympy
from sympy import Rational, Symbol, log, loggamma, oo

from symfisher.domains import Domain
from symfisher.errors import DeclarationError, ExpressionError, FamilyFileError
from symfisher.family_file import LARGEST_FILE, load_family, loads_family

KUMARASWAMY = """
name      = "Kumaraswamy"
logpdf    = "log(a) + log(b) + (a - 1)*log(x) + (b - 1)*log(1 - x**a)"

[variable]
x = "(0, 1)"              # an interval of the reals ...

[parameters]
a = "positive"            # real | positive | negative | unit | an interval "(1, oo)"
b = "positive"
"""

MULTINOMIAL = """
name = "multinomial"
title = "Multinomial counts"
references = ["johnson1997"]
logpmf = '''
  loggamma(n + 1) - loggamma(y1 + 1) - loggamma(y2 + 1) - loggamma(n - y1 - y2 + 1)
  + y1*log(p1) + y2*log(p2) + (n - y1 - y2)*log(1 - p1 - p2)
'''

[variable]
y1 = "0..n"
y2 = "0..n - y1"

[parameters]
p1 = "unit"
p2 = "unit"

[constants]
n = "integer 1..oo"

[constraints]
parameters = ["p1 + p2 < 1"]

[meanings]
p1 = "probability of the first cell"
"""

GEV = """
name = "GEV"
logpdf = "-log(sigma) - (1 + 1/xi)*log(1 + xi*(x - mu)/sigma) - (1 + xi*(x - mu)/sigma)**(-1/xi)"
[variable]
x = '''(Piecewise((mu - sigma/xi, xi > 0), (-oo, True)),
        Piecewise((mu - sigma/xi, xi < 0), (oo, True)))'''
[parameters]
mu = "real"
sigma = "positive"
xi = "real"
"""


def test_a_file_gives_the_same_family_as_python():
    family = loads_family(KUMARASWAMY, "k.toml")
    x, a, b = sympy.symbols("x a b", positive=True)
    assert family.name == "Kumaraswamy"
    assert family.variables == (x,)
    assert family.parameters == (a, b)
    assert family.supports == (Domain(sympy.Integer(0), sympy.Integer(1)),)
    density = log(a) + log(b) + (a - 1) * log(x) + (b - 1) * log(1 - x**a)
    assert family.log_density == density
    assert not family.is_mass


def test_the_symbols_of_a_file_are_the_canonical_ones():
    for text in (KUMARASWAMY, MULTINOMIAL, GEV):
        family = loads_family(text, "f.toml")
        assert family.canonical is family


def test_counts_constants_constraints_and_facts_are_read():
    family = loads_family(MULTINOMIAL, "m.toml")
    n, p1, p2 = (Symbol(s, positive=True) for s in ("n", "p1", "p2"))
    y1 = family.variables[0]
    assert family.is_mass
    assert family.constants == (n,)
    assert family.domains[n] == Domain(sympy.Integer(1), oo, discrete=True)
    assert family.supports[1] == Domain(sympy.Integer(0), n - y1, discrete=True)
    assert family.constraints == (p1 + p2 < 1,)
    assert family.log_density.has(loggamma(n + 1))
    assert family.facts.title == "Multinomial counts"
    assert family.facts.references == ("johnson1997",)
    assert family.facts.meanings == {"p1": "probability of the first cell"}


def test_a_support_with_piecewise_ends_has_a_case_for_each_sign():
    family = loads_family(GEV, "gev.toml")
    heavy, light = family.cases
    mu, sigma, xi = heavy.parameters
    assert heavy.supports == (Domain(mu - sigma / xi, oo),)
    assert light.supports[0].lower == -oo


def test_two_variables_may_have_supports_that_depend_on_earlier_ones():
    text = """
    name = "triangle"
    logpdf = "log(a*(a + 1)) + (a - 1)*log(1 - x - y)"
    [variable]
    x = "(0, 1)"
    y = "(0, 1 - x)"
    [parameters]
    a = "(0.5, oo)"
    """
    family = loads_family(text, "t.toml")
    x, y = family.variables
    assert family.supports[1] == Domain(sympy.Integer(0), 1 - x)
    assert family.domains[family.parameters[0]].lower == Rational(1, 2)
    assert y.is_positive


def test_a_keyword_of_python_may_be_a_parameter_when_it_is_lambda():
    text = """
    name = "exponential"
    logpdf = "log(lambda) - lambda*x"
    variable = { x = "positive" }
    parameters = { lambda = "positive" }
    """
    assert [p.name for p in loads_family(text, "e.toml").parameters] == ["lambda"]


def test_a_file_is_read_from_disk_with_or_without_a_byte_order_mark(tmp_path):
    path = tmp_path / "k.toml"
    for encoding in ("utf-8", "utf-8-sig"):
        path.write_text(KUMARASWAMY, encoding=encoding)
        assert load_family(path).name == "Kumaraswamy"
        assert load_family(str(path)).name == "Kumaraswamy"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("logpdf    =", "logpfd =", "unknown key 'logpfd'; nearest: .*logpdf"),
        ("[parameters]", "[parameter]", r"unknown key 'parameter'; nearest: parameters"),
        ("name      =", "title =", "name is missing"),
        ('name      = "Kumaraswamy"', "name = 3", "name: expected text.* found the value 3"),
        ('"(0, 1)"  ', "[0, 1]", "variable, x: expected text.* found a list"),
        ('a = "positive"', "a = 1", "parameters, a: expected text.* found the value 1"),
        ("logpdf    =", "logpmf = '0'\nlogpdf =", "found logpdf and logpmf|found logpmf and"),
        ("logpdf    =", "title =", "neither logpdf nor logpmf"),
        ("[variable]", "[variable", r"not TOML: .*line 5, column"),
        ('b = "positive"', 'b = "positive"\nb = "real"', r"not TOML: .*overwrite.*line"),
        ('b = "positive"', 'b = "positive"\n[constraints]\nparameter = []', "nearest: parameters"),
        ('b = "positive"', 'b = "positive"\n[constraints]\nparameters = "a"', "list of texts"),
        ("name      =", "references = 'me'\nname =", "references: expected a list of texts"),
    ],
)
def test_a_wrong_key_or_value_is_named(old, new, message):
    with pytest.raises(FamilyFileError, match=message) as caught:
        loads_family(KUMARASWAMY.replace(old, new, 1), "k.toml")
    assert str(caught.value).startswith("k.toml")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("(a - 1)*log(x)", "(a - 1)*log(z)", "k.toml, logpdf, column 31: 'z' is not declared"),
        ('x = "(0, 1)"', 'x = "(1, 0)"', "k.toml, variable, x, .*empty"),
        ('x = "(0, 1)"', 'x = "(0, x)"', "k.toml, variable, x, .*'x' is not declared"),
        ('a = "positive"', 'a = "positiv"', "k.toml, parameters, a, .*nearest: positive"),
        ('a = "positive"', 'a = "positive[K]"', "'K' is not declared"),
    ],
)
def test_a_wrong_expression_is_placed_by_file_field_and_column(old, new, message):
    with pytest.raises(ExpressionError, match=message):
        loads_family(KUMARASWAMY.replace(old, new, 1), "k.toml")


def test_a_name_is_declared_in_one_table_only():
    with pytest.raises(FamilyFileError, match="b is declared in another table"):
        loads_family(KUMARASWAMY + '\n[constants]\nb = "positive"', "k.toml")


@pytest.mark.parametrize("name", ['"1a"', '"a b"', "__class__", "class", "oo", "_a", "a" * 41])
def test_a_name_that_no_expression_could_read_is_an_error(name):
    with pytest.raises(DeclarationError, match="parameters"):
        loads_family(KUMARASWAMY + f'{name} = "positive"', "k.toml")


def test_a_file_that_cannot_be_read_is_an_error_that_says_why(tmp_path):
    binary, large = tmp_path / "b.toml", tmp_path / "l.toml"
    binary.write_bytes(b'name = "\xff"')
    large.write_bytes(b"#" * (LARGEST_FILE + 1))
    for path, message in (
        (tmp_path / "none.toml", "there is no such file"),
        (tmp_path, "this is a folder"),
        (binary, r"not UTF-8 text \(byte 9\)"),
        (large, "larger than 1,000,000 bytes"),
        ("/dev/zero", "not a regular file"),
        ("a" * 5_000 + ".toml", "cannot be read"),
        ("a\0.toml", "no such file|cannot be read"),
    ):
        with pytest.raises(FamilyFileError, match=message):
            load_family(path)
