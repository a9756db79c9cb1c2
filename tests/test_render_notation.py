"""Names as they are written; whatever is not plainly a name is text and nothing else."""

import keyword

import pytest
from sympy import Symbol, parse_expr

from symfisher.render.notation import (
    escape_tex,
    latex_name,
    printable,
    syntax_names,
    unicode_name,
)

NAMES = {
    "alpha": (r"\alpha", "α"),
    "lambda": (r"\lambda", "λ"),
    "lamda": (r"\lambda", "λ"),
    "lambda_": (r"\lambda", "λ"),
    "mu1": (r"\mu_{1}", "μ₁"),
    "x_m": ("x_{m}", "xₘ"),
    "p12": ("p_{12}", "p₁₂"),
    "sigma_xy": (r"\sigma_{\mathrm{xy}}", "σ_xy"),
    "theta_alpha": (r"\theta_{\alpha}", "θ_α"),
    "alpha_prime": (r"\alpha'", "α′"),
    "rate": (r"\mathrm{rate}", "rate"),
    "θ": (r"\theta", "θ"),
    "E": ("E", "E"),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_written_as_the_literature_does(name):
    assert (latex_name(name), unicode_name(name)) == NAMES[name]


@pytest.mark.parametrize("text", [r"\input{/etc/passwd}", "a%b", "$x$", "#1", "~^", "}{", "a&b"])
def test_no_character_of_a_text_reaches_tex(text):
    escaped = escape_tex(text)
    for special in r"\{}$&#_%~^":
        bare = escaped
        for harmless in (r"\textbackslash{}", r"\textasciitilde{}", r"\textasciicircum{}"):
            bare = bare.replace(harmless, "")
        for harmless in (r"\{", r"\}", r"\$", r"\&", r"\#", r"\_", r"\%"):
            bare = bare.replace(harmless, "")
        assert special not in bare


def test_a_strange_name_is_text_in_mathematics():
    assert latex_name(r"\input{x}") == r"\text{\textbackslash{}input\{x\}}"


def test_a_character_that_latex_lacks_is_named():
    assert escape_tex("分") == "[U+5206]"


def test_nothing_steers_the_terminal():
    assert "\x1b" not in printable("a\x1b[31m\x07b")
    assert "\x1b" not in unicode_name("a\x1b[31m")


@pytest.mark.parametrize("names", [["lambda"], ["lambda", "lambda_"], ["log", "x 1", "x_1", "2a"]])
def test_every_name_has_its_own_identifier_that_is_read_back(names):
    identifiers = syntax_names(names)
    assert len(set(identifiers.values())) == len(names)
    for identifier in identifiers.values():
        assert identifier.isidentifier()
        assert not keyword.iskeyword(identifier)
        symbol = Symbol(identifier)
        assert parse_expr(f"log(3)*{identifier}", {identifier: symbol}).has(symbol)


@pytest.mark.parametrize("name", ["E", "S", "N", "Q", "I", "pi", "beta", "gamma", "zeta", "mu_1"])
def test_a_name_that_can_be_read_back_stays(name):
    assert syntax_names([name]) == {name: name}
