"""What a paper takes: it compiles without a complaint, in the notation that was asked for."""

import shutil

import pytest
from latex import compile_document, compile_fragment, complaints

import symfisher as sf
from symfisher.documents.article import article, part
from symfisher.documents.bibliography import bibliography, entries
from symfisher.documents.proposition import proposition
from symfisher.documents.table import family_table
from symfisher.errors import InputError, UnknownNameError

HOSTILE = r"<script>alert(1)</script> \input{x} $a_b$ %#&~^"
ANOTHER = sf.Notation(
    matrix="J", polygamma="prime", second="tilde", logarithm="ln", brackets="square", macros=True
)

needs_latex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex")
needs_lualatex = pytest.mark.skipif(shutil.which("lualatex") is None, reason="no lualatex")


@needs_latex
@pytest.mark.parametrize("line", ["text", "column"])
def test_every_family_compiles_without_a_complaint(line, derivations, tmp_path):
    """Propositions, appendices and the table of all families, by both engines."""
    notation = sf.Notation(line=line)
    all_ = derivations.values()
    pieces = [proposition(each, notation) for each in all_]
    pieces += [each.latex(steps=True, notation=notation) for each in all_]
    pieces += [family_table(all_, notation)]
    options = "twocolumn" if line == "column" else ""
    for engine in filter(shutil.which, ("pdflatex", "lualatex")):
        log = compile_fragment("\n".join(pieces), tmp_path, options=options, engine=engine)
        assert complaints(log) == [], engine


@needs_latex
def test_every_family_compiles_with_macros_in_another_notation(derivations, tmp_path):
    body = "\n".join(proposition(each, ANOTHER) for each in derivations.values())
    log = compile_fragment(body, tmp_path, preamble=ANOTHER.definitions())
    assert complaints(log) == []


@needs_latex
def test_an_article_stands_by_itself(tmp_path):
    source = tmp_path / "paper.tex"
    source.write_text(article([sf.derive("gamma"), sf.derive("weibull")]), encoding="utf-8")
    assert complaints(compile_document(source)) == []


def test_the_notation_is_kept_on_the_whole_page():
    notation = sf.Notation(
        matrix="F", polygamma="prime", second="star", logarithm="ln", symbols={"alpha": "k"}
    )
    page = sf.derive("gamma").latex(steps=True, notation=notation)
    assert r"F(\theta) = \begin{pmatrix} \psi'(k)" in page
    assert r"\beta^*" in page
    for other in (r"\log", r"\alpha", r"\mathcal{I}", r"\psi_1", r"\beta'"):
        assert other not in page.replace(r"\allowdisplaybreaks", ""), other


def test_macros_stand_for_what_they_define():
    page = part("proposition", [sf.derive("gamma")], ANOTHER)
    assert r"\Fisher(\theta)" in page
    assert r"\KL(" in page
    assert r"\operatorname" not in page
    assert r"\providecommand{\KL}{\operatorname{KL}}" in ANOTHER.definitions()


def test_a_theorem_environment_of_the_papers_own_is_used():
    page = proposition(sf.derive("gamma"), environment="theorem", cite=True)
    assert r"\begin{theorem}[{Gamma distribution, shape and rate \cite{johnson1994" in page
    assert r"\end{theorem}" in page


def test_what_does_not_exist_is_said_with_its_reason():
    page = proposition(sf.derive("uniform"))
    assert "does not exist" in page
    assert r"\mathcal{I}(\theta) =" not in page


def test_a_proposition_states_no_bound_for_a_family_that_has_none():
    page = proposition(sf.derive("uniform"))
    assert r"\mathcal{I}(\theta)^{-1} =" not in page


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"symbols": {"alpha": r"\input{x}"}}, "is not a name"),
        ({"matrix": "FF"}, "write one letter"),
        ({"polygamma": "indx"}, "nearest: index"),
        ({"line": "wide"}, "choose one of text, column"),
    ],
)
def test_a_notation_that_cannot_be_is_refused(options, message):
    with pytest.raises((InputError, UnknownNameError), match=message):
        sf.Notation(**options)


@pytest.mark.parametrize(
    ("notation", "message"),
    [
        (sf.Notation(symbols={"alpa": "k"}), "nearest: alpha"),
        (sf.Notation(symbols={"alpha": "beta"}), r"both be printed as \\beta"),
        (sf.Notation(matrix="x"), "the Fisher matrix would both be printed as x"),
    ],
)
def test_a_notation_that_does_not_fit_the_family_is_refused(notation, message):
    with pytest.raises(InputError, match=message):
        sf.derive("gamma").latex(notation=notation)


@needs_latex
def test_names_are_printed_and_never_interpreted(tmp_path):
    from sympy import Symbol, log, pi

    mu, x = Symbol("mu", real=True), Symbol("x", real=True)
    density = -((x - mu) ** 2) / 2 - log(2 * pi) / 2
    family = sf.Family(
        HOSTILE, x, "(-oo, oo)", {mu: "real"}, density, title=HOSTILE, meanings={"mu": HOSTILE}
    )
    page = article([sf.derive(family)])
    assert r"\input" not in page
    source = tmp_path / "hostile.tex"
    source.write_text(page, encoding="utf-8")
    assert complaints(compile_document(source)) == []


def test_the_bibliography_holds_what_the_families_cite_and_nothing_else():
    gamma = sf.derive("gamma").family
    text = bibliography([gamma])
    assert text.count("@") == len(gamma.facts.references)
    assert all(f"{{{key}," in text for key in gamma.facts.references)


def test_every_reference_of_a_family_has_its_entry(derivations):
    cited = {key for each in derivations.values() for key in each.family.facts.references}
    assert cited <= set(entries())


def test_the_number_of_observations_is_no_letter_of_the_familys():
    assert r"\frac{1}{N} \mathcal{I}(\theta)^{-1}" in proposition(sf.derive("binomial"))
    assert r"\frac{1}{n} \mathcal{I}(\theta)^{-1}" in proposition(sf.derive("gamma"))


@needs_latex
def test_long_names_break_and_stay_within_the_table(tmp_path):
    from sympy import Symbol, log

    x, a = Symbol("x", positive=True), Symbol("a", positive=True)
    names = ("a_family_whose_name_has_many_underscores_in_it", "Donaudampfschifffahrtsgesellschaft")
    families = [sf.Family(n, x, "(0, oo)", {a: "positive"}, log(a) - a * x) for n in names]
    page = article([sf.derive(family) for family in families], sf.Notation(line="column"))
    source = tmp_path / "long.tex"
    source.write_text(page, encoding="utf-8")
    assert complaints(compile_document(source)) == []
