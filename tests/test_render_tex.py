"""LaTeX as a textbook would have it."""

import pytest
from sympy import (
    Abs,
    Integral,
    Matrix,
    Piecewise,
    Rational,
    Sum,
    besseli,
    beta,
    exp,
    gamma,
    log,
    loggamma,
    oo,
    pi,
    polygamma,
    sqrt,
    symbols,
    zeta,
)

from symfisher.render.metrics import width
from symfisher.render.tex import TexPrinter
from symfisher.render.textree import plain, read

a, b, x, p = symbols("alpha beta x p", positive=True)
mu, sigma1 = symbols("mu sigma1", positive=True)

TEXTBOOK = [
    (1 - p, "1 - p"),
    (b - a, r"\beta - \alpha"),
    (a / b**2, r"\frac{\alpha}{\beta^2}"),
    (-1 / b, r"-\frac{1}{\beta}"),
    (polygamma(0, a) - log(b), r"\psi(\alpha) - \log \beta"),
    (b**2 * polygamma(1, a), r"\beta^2 \psi_1(\alpha)"),
    (polygamma(2, a + 1) ** 2, r"\psi_2(\alpha + 1)^2"),
    (log(a) * log(x), r"\log(\alpha) \log x"),
    (log(x) ** 2, r"\log^2(x)"),
    (loggamma(a) ** 2, r"(\log\Gamma(\alpha))^2"),
    (gamma(a) ** 2 / beta(a, b), r"\frac{\Gamma(\alpha)^2}{\mathrm{B}(\alpha, \beta)}"),
    (zeta(a), r"\zeta(\alpha)"),
    (besseli(1, a) / besseli(0, a) ** 2, r"\frac{I_1(\alpha)}{I_0(\alpha)^2}"),
    (Abs(x - 5 * a), r"\lvert 5 \alpha - x\rvert"),
    (exp(-x), "e^{-x}"),
    (
        exp(-((x - mu) ** 2) / (2 * sigma1**2)),
        r"\exp\left(-\frac{(x - \mu)^2}{2 \sigma_1^2}\right)",
    ),
    (sqrt(1 - p), r"\sqrt{1 - p}"),
    (1 / (sqrt(2 * pi) * p), r"\frac{\sqrt{2}}{2 \sqrt{\pi} p}"),
    (Sum(p**x / x, (x, 1, oo)), r"\sum_{x=1}^{\infty} \frac{p^x}{x}"),
    (Integral(log(x), (x, 0, p)), r"\int\limits_0^p \log(x)\, dx"),
    (
        Piecewise((x, x < p), (p, True)),
        r"\begin{cases} x & p > x \\ p & \text{otherwise} \end{cases}",
    ),
    (Rational(-3, 2), r"-\frac{3}{2}"),
]


@pytest.mark.parametrize(("expr", "tex"), TEXTBOOK, ids=[str(e) for e, _ in TEXTBOOK])
def test_an_expression_is_printed_as_in_a_textbook(expr, tex):
    assert TexPrinter().doprint(expr) == tex


def test_a_matrix_stands_in_round_brackets():
    matrix = Matrix([[polygamma(1, a), -1 / b], [-1 / b, a / b**2]])
    assert TexPrinter().doprint(matrix) == (
        r"\begin{pmatrix} \psi_1(\alpha) & -\frac{1}{\beta} \\[4pt]"
        r" -\frac{1}{\beta} & \frac{\alpha}{\beta^2} \end{pmatrix}"
    )


def test_a_denominator_that_all_entries_share_is_taken_out():
    matrix = Matrix([[a, b], [b, 0]]) / (a * polygamma(1, a) - 1)
    assert TexPrinter().doprint(matrix) == (
        r"\frac{1}{\alpha \psi_1(\alpha) - 1} "
        r"\begin{pmatrix} \alpha & \beta \\ \beta & 0 \end{pmatrix}"
    )


def test_symbols_can_be_renamed():
    assert TexPrinter({p: r"\mathrm{d}p"}).doprint(p**2 * a) == r"\alpha \mathrm{d}p^2"


def test_brackets_grow_only_around_what_is_tall():
    assert r"\left" not in TexPrinter().doprint(log(1 + x * (1 - p)))
    assert r"\left(" in TexPrinter().doprint(log(1 + x / p))


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"\mathcal{I}(\theta)^{-1}", "ℐ(θ)⁻¹"),
        (r"\operatorname{KL}(p_\theta \,\|\, p_{\theta'})", "KL(p_θ ‖ p_θ′)"),
        (r"\operatorname{E}\left[s\,s^{\top}\right]", "E[s sᵀ]"),
        (r"\nabla_\theta \ell", "∇_θℓ"),
        (r"\frac{1}{2}\sqrt{x}", "1/2√(x)"),
        (r"\text{two words}", "two words"),
    ],
)
def test_a_symbol_of_a_formula_has_a_plain_form(tex, text):
    assert plain(read(tex)) == text


def test_a_fraction_is_as_wide_as_its_wider_half():
    line = 0.24  # em that TeX leaves beside it
    assert width(read(r"\frac{abcdef}{x}")) == pytest.approx(width(read("abcdef")) + line)
