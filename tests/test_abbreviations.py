"""Letters in long formulas: put in for them, their values give the formula back."""

import pytest
from sympy import Indexed, IndexedBase, Rational, Sum, Symbol, log, loggamma, symbols

import symfisher as sf
from symfisher.formula import Formula
from symfisher.render import latex
from symfisher.render.abbreviations import shortened
from symfisher.render.conventions import Notation
from symfisher.render.tex import TexPrinter

a, b, x = symbols("a b x", positive=True)
alpha, i, j, k, K = IndexedBase("alpha"), *symbols("i j k", integer=True), Symbol("K")
LONG = loggamma(a + b * x) + loggamma(a - b) * log(a + x) + log(b + a * x)


def restored(value, letters):
    """With the letters' values in their places, an index of the letter put for the value's own."""
    for name, meaning in letters:
        if name.is_Symbol:
            value = value.xreplace({name: meaning})
            continue
        for letter in [part for part in value.atoms(Indexed) if part.base == name.base]:
            own = meaning.xreplace(dict(zip(name.indices, letter.indices, strict=True)))
            value = value.xreplace({letter: own})
    return value


def same(one, other):
    """Equal as they are, or in value: the sign of a sum may stand in another place."""
    if one == other:
        return True
    symbols_ = sorted(other.free_symbols, key=str)
    at = {symbol: Rational(101 + 7 * n, 997) for n, symbol in enumerate(symbols_)}
    return abs((one - other).subs(at).evalf(30)) < 1e-20


def test_what_recurs_is_a_letter_and_its_opposite_the_letter_with_a_minus():
    short, letters = shortened([("", a / LONG + x), ("", b / (-LONG) - a)], TexPrinter(), [a, b, x])
    ((name, value),) = letters
    assert value in (LONG, -LONG)
    assert {s.subs(name, 1) for _, s in short} in ({a + x, -a - b}, {x - a, b - a})


def test_what_differs_in_its_indices_only_is_one_letter_with_indices():
    def weight(index):
        return log(loggamma(alpha[index] + a) * log(alpha[index] + b) + alpha[index])

    value = weight(i) * weight(j) / (1 + Sum(weight(k), (k, 1, K)))
    ((_, short),), letters = shortened([("", value)], TexPrinter(), [])
    ((name, _),) = letters
    base = name.base
    assert short == base[i] * base[j] / (1 + Sum(base[k], (k, 1, K)))


def test_a_letter_is_none_of_the_familys_nor_one_that_is_printed():
    notation = Notation(symbols={"b": "C"})
    names = symbols("A D", positive=True)
    _, letters = shortened([("", a / LONG), ("", x / LONG)], TexPrinter(notation=notation), names)
    assert [str(name) for name, _ in letters] == ["G"]


def test_short_formulas_have_no_letters():
    assert shortened([("", a * b), ("", log(a) / b)], TexPrinter(), [])[1] == []


@pytest.mark.parametrize("name", ["beta", "gev", "dirichlet", "dirichlet_multinomial"])
def test_the_values_of_the_letters_give_the_result_back(name):
    derivation = sf.derive(name)
    results = [derivation.quantity(each) for each in ("score", "fisher", "crlb")]
    for result in (r for r in results if isinstance(r, Formula) and r.expr is not None):
        entries = list(result.expr) if hasattr(result.expr, "shape") else [result.expr]
        sides = [("", entry) for entry in entries]
        short, letters = shortened(sides, latex.printer(result), result.arguments)
        for (_, value), entry in zip(short, entries, strict=True):
            assert same(restored(value, letters), entry)


def test_the_page_says_what_a_letter_stands_for():
    page = "\n".join(latex.displayed(sf.derive("dirichlet").fisher))
    assert r"\psi_1(\alpha_1) - A & -A & -A" in page
    assert r"\text{where } A &= \psi_1(\alpha_1 + \alpha_2 + \alpha_3)" in page
