"""Long formulas over several rows say the same as on one, and none is wider than its line."""

import random

import pytest
from conftest import CATALOGUE
from latex_reader import Unreadable, value_of_rows
from sympy import Rational, Symbol, exp, log, loggamma, polygamma, symbols

import symfisher as sf
from symfisher.formula import Formula, Status
from symfisher.render import latex
from symfisher.render.breaking import broken
from symfisher.render.conventions import Notation
from symfisher.render.metrics import set_width
from symfisher.render.tex import TexPrinter
from symfisher.render.textree import plain, read
from symfisher.render.values import scalar

a, b, c, x = symbols("a b c x", positive=True)
LONG = sum((a + k) * log(b + k) for k in range(1, 7))
SHAPES = {
    "sum": LONG,
    "product with a sum": x * LONG / b,
    "a sum for each factor": (a - 1) * LONG * (c + 2),
    "fraction": a * LONG / (LONG + x),
    "reciprocal": -1 / LONG,
    "logarithm": c * log(LONG) - a,
    "exponential": a * exp(-LONG / x),
    "power": LONG**3 / a,
    "many factors": (1 - a) * polygamma(1, a + b) * loggamma(c + x) * log(a + c) * (b - x) * log(b),
    "negative in a sum": c - x * (LONG - a * (LONG - b)),
}


# Bessel and zeta functions, and a probability below 1: the reader leaves them alone.
FEW_READABLE = frozenset({"log_series", "von_mises", "zeta"})


def numbers(symbols_, seed=7):
    generator = random.Random(seed)
    return {symbol: Rational(generator.randint(101, 199), 97) for symbol in symbols_}


@pytest.mark.parametrize("room", [8, 14, 22])
@pytest.mark.parametrize("shape", SHAPES)
def test_rows_say_what_the_expression_says(shape, room):
    expr, at = SHAPES[shape], numbers((a, b, c, x))
    rows = broken(expr, TexPrinter(), room)
    values = {symbol.name: float(number) for symbol, number in at.items()}
    assert len(rows) > 1
    assert value_of_rows(rows, values) == pytest.approx(float(expr.subs(at)), rel=1e-12)


@pytest.mark.parametrize("name", CATALOGUE)
def test_what_a_narrow_column_shows_of_a_family_is_its_result(name):
    """Read as a reader would, every entry of the matrix and its inverse has the entry's value."""
    derivation = sf.derive(name)
    formulas = (derivation.fisher, derivation.quantity("kl"))
    closed = [formula for formula in formulas if formula.status == Status.CLOSED]
    read_ = [read_back(e, latex.printer(f)) for f in closed for e in entries_of(f)]
    assert name in FEW_READABLE or not read_ or any(read_)


def entries_of(formula: Formula):
    value = scalar(formula.expr)
    return list(value) if hasattr(value, "shape") else [value]


def read_back(entry, shown):
    """Whether an entry could be read back; it has to have its value then."""
    at = numbers(sorted(entry.free_symbols, key=str))
    values = {plain(read(shown.doprint(symbol))): float(v) for symbol, v in at.items()}
    expected = entry.subs(at).evalf(20)
    if not expected.is_Float:
        return False  # the point is outside the domain of this entry
    try:
        found = value_of_rows(broken(entry, shown, 9), values)
    except Unreadable:
        return False
    assert found == pytest.approx(float(expected), rel=1e-9, abs=1e-12)
    return True


def test_widths_are_those_that_tex_sets():
    """Measured by pdflatex in ten-point Computer Modern: 75.2, 124.3, 86.6 and 306.1 points."""
    base = r"(\sigma + \xi (x - \mu))^{-\frac{1}{\xi}}"
    assert set_width(base) * 10 == pytest.approx(75.2, rel=0.06)
    fraction = rf"\frac{{\xi - \sigma^{{\frac{{1}}{{\xi}}}} {base} + 1}}{{\sigma + \xi (x - \mu)}}"
    assert set_width(fraction) * 10 == pytest.approx(124.3, rel=0.06)
    logarithm = r"\log\left(\frac{\sigma}{\sigma + \xi (x - \mu)}\right)"
    assert set_width(logarithm) * 10 == pytest.approx(86.6, rel=0.08)


def test_what_cannot_be_broken_is_set_in_smaller_letters():
    symbol = Symbol("k", positive=True)
    tall = (symbol + 1) ** (sum((symbol + n) * log(symbol + n) for n in range(1, 12)))
    lines = latex.smaller(latex.display("F", tall, TexPrinter()), Notation(line="column"))
    assert lines[0].startswith(r"\begingroup\ti") or lines[0].startswith(r"\begingroup\s")
    assert lines[-1] == r"\endgroup"
