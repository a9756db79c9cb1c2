"""Supports cut at the kinks of a density."""

import pytest
from sympy import (
    Abs,
    DiracDelta,
    Heaviside,
    Max,
    Min,
    Piecewise,
    diff,
    exp,
    log,
    oo,
    pi,
    sign,
    sqrt,
    symbols,
)

from symfisher.declaration import Family
from symfisher.errors import DeclarationError, DerivationError
from symfisher.pieces import pieces, resolve

x, mu, b, k, th = symbols("x mu b k theta")


@pytest.fixture(autouse=True)
def _unchecked(monkeypatch):
    """Kinked shapes without their normalising constants."""
    monkeypatch.setattr("symfisher.validation.check_density", lambda family: None)


def family(logpdf, parameters, support="(-oo, oo)", **more):
    return Family("test", x, support, parameters, logpdf, **more)


def test_laplace_has_two_smooth_pieces():
    laplace = family(-log(2 * b) - Abs(x - mu) / b, {mu: "real", b: "positive"})
    left, right = pieces(laplace)
    assert (left.lower, left.upper, right.lower, right.upper) == (-oo, mu, mu, oo)
    assert left.log_density == -log(2 * b) - (mu - x) / b
    assert right.log_density == -log(2 * b) - (x - mu) / b


def test_a_smooth_density_is_one_piece_as_declared():
    smooth = family(-((x - mu) ** 2), {mu: "real"})
    (piece,) = pieces(smooth)
    assert piece.log_density is smooth.log_density
    assert (piece.lower, piece.upper) == (-oo, oo)


@pytest.mark.parametrize(
    ("kinked", "support", "cut"),
    [
        (Abs(log(x) - mu), "(0, oo)", exp(mu)),
        (Abs(2 * x - 6 * mu), "(-oo, oo)", 3 * mu),
        (Abs(exp(x) - b), "(-oo, oo)", log(b)),
        (Abs(sqrt(x) - b), "(0, oo)", b**2),
        (Abs(x**b - 2), "(0, oo)", 2 ** (1 / b)),
        (Max(x, mu), "(-oo, oo)", mu),
        (Min(x / b, 1), "(-oo, oo)", b),
        (Piecewise((x, x < mu), (2 * x - mu, True)), "(-oo, oo)", mu),
        (sign(x - mu) * x, "(-oo, oo)", mu),
        (Heaviside(x - mu) * (x - mu), "(-oo, oo)", mu),
    ],
)
def test_the_kink_is_found_behind_invertible_functions(kinked, support, cut):
    density = -kinked + 0 * (mu + b)
    parameters = {p: "positive" if p == b else "real" for p in density.free_symbols - {x}}
    found = pieces(family(density, parameters, support))
    assert [piece.upper for piece in found[:-1]] == [cut]
    assert not any(piece.log_density.has(Abs, sign, Max, Min, Piecewise) for piece in found)


def test_several_kinks_are_put_in_order():
    bump = family(-Abs(x - th) - Abs(x - th - b) - Abs(x**2 - 100), {th: "(-5, 5)", b: "(1, 2)"})
    assert [piece.upper for piece in pieces(bump)] == [-10, th, b + th, 10, oo]


def test_a_kink_outside_the_support_is_no_kink():
    outside = family(-b * Abs(x + 1), {b: "positive"}, "(0, oo)")
    (piece,) = pieces(outside)
    assert piece.log_density == -b * (x + 1)


def test_a_kink_that_is_inside_only_sometimes_is_an_error():
    with pytest.raises((DeclarationError, DerivationError), match="do not keep one order"):
        pieces(family(-Abs(x - mu), {mu: "real"}, "(0, 1)"))


def test_a_kink_that_cannot_be_located_is_an_error():
    with pytest.raises((DeclarationError, DerivationError), match="cannot be located"):
        pieces(family(-Abs(x + exp(x) - mu), {mu: "real"}))


def test_derivatives_on_a_piece_hold_no_delta():
    laplace = family(-log(2 * b) - Abs(x - mu) / b, {mu: "real", b: "positive"})
    second = diff(laplace.log_density, mu, 2)
    for piece in pieces(laplace):
        on_piece = resolve(second, laplace, piece)
        assert not on_piece.has(DiracDelta, Abs, sign)


def test_the_triangular_density_is_cut_at_its_mode():
    density = Piecewise((log(2 * x / th), x <= th), (log(2 * (1 - x) / (1 - th)), True))
    left, right = pieces(family(density, {th: "unit"}, "(0, 1)"))
    assert left.upper == th == right.lower
    assert left.log_density == log(2 * x / th)


def test_counts_are_left_alone():
    count = Family("test", x, "0..oo", {b: "positive"}, logpmf=-b * Abs(x - 2))
    (piece,) = pieces(count)
    assert piece.log_density == count.log_density


def test_an_absolute_value_of_parameters_alone_is_left():
    (piece,) = pieces(family(-(x**2) - log(Abs(sin_free := mu + pi)), {mu: "real"}))
    assert piece.log_density.has(sin_free)
