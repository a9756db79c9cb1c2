"""The lazy face over all quantities."""

import pytest
from sympy import ImmutableDenseMatrix, Symbol, log, polygamma

import symfisher as sf
from symfisher.family_file import loads_family
from symfisher.quantities.registry import quantities


@pytest.fixture(scope="module")
def gamma():
    return sf.derive("gamma")


@pytest.fixture
def plain():
    """The exponential family over symbols that assume nothing."""
    x, rate = Symbol("x"), Symbol("rate")
    return sf.Family("exponential", x, "(0, oo)", {rate: "positive"}, log(rate) - rate * x)


def test_the_gamma_family_has_its_textbook_matrix(gamma):
    alpha, beta = gamma.family.parameters
    assert gamma.fisher.expr == ImmutableDenseMatrix(
        [[polygamma(1, alpha), -1 / beta], [-1 / beta, alpha / beta**2]]
    )


def test_results_are_in_the_symbols_of_the_declaration(plain):
    derivation = sf.derive(plain)
    (rate,) = plain.parameters
    assert rate.assumptions0.get("positive") is None
    assert derivation.fisher.expr == ImmutableDenseMatrix([[rate**-2]])
    assert derivation.score.expr.free_symbols <= {*plain.variables, rate}
    assert derivation.fisher.family is plain


def test_every_quantity_is_reached_by_its_name(gamma):
    for name in quantities():
        assert hasattr(gamma, name)
    assert gamma.quantity("fisher") == gamma.fisher


def test_an_unknown_quantity_is_answered_with_the_nearest(gamma):
    with pytest.raises(AttributeError, match="nearest: fisher"):
        gamma.fischer  # noqa: B018 - the access is the test
    with pytest.raises(sf.UnknownNameError, match="nearest: fisher"):
        gamma.quantity("fischer")


def test_results_are_computed_once(gamma):
    assert gamma.fisher.expr is gamma.fisher.expr


def test_the_trace_has_every_step_once(gamma):
    assert len(gamma.trace) == len(set(gamma.trace)) >= 5


def test_it_is_shown_at_a_prompt_and_in_a_notebook(gamma):
    assert "Fisher information matrix" in str(gamma)
    assert repr(gamma) == "<Derivation of Family('gamma'; alpha, beta)>"
    assert "<math" in gamma._repr_html_()
    assert gamma.fisher._repr_latex_().startswith(r"$\displaystyle \mathcal{I}")
    assert "ψ₁(α)" in str(gamma.fisher)
    assert r"\psi_1(\alpha)" in gamma.latex()
    assert r"\begin{enumerate}" in gamma.latex(steps=True)


SLOW = """
name = "Dagum"
logpdf = "log(a) + log(p) - a*p*log(b) + (a*p - 1)*log(x) - (p + 1)*log(1 + (x/b)**a)"
[variable]
x = "(0, oo)"
[parameters]
a = "positive"
b = "positive"
p = "positive"
"""


def test_a_time_limit_is_kept():
    mine = loads_family(SLOW, "slow.toml")  # nobody has derived it before
    derivation = sf.derive(mine, time_limit=1e-3)
    with pytest.raises(sf.TimeLimitError):
        derivation.quantity("negative_hessian")


def test_what_does_not_exist_has_no_expression_and_a_reason():
    uniform = sf.derive("uniform")
    assert uniform.fisher.expr is None
    assert uniform.crlb().status == "none"
    assert uniform.regularity.reasons
