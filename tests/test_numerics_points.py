"""Sample points: generic, inside the domains, and the same in every run."""

import pytest
from sympy import Integer, Symbol, oo, primefactors, symbols

from symfisher.declaration import Family
from symfisher.domains import Domain
from symfisher.errors import DeclarationError
from symfisher.numerics.points import sample_points

x, y, a, b, c, n = symbols("x y a b c n")
POSITIVE, REAL, UNIT = Domain(Integer(0), oo), Domain(-oo, oo), Domain(Integer(0), Integer(1))


@pytest.fixture(autouse=True)
def _unchecked(monkeypatch):
    """Families without a density that means anything."""
    monkeypatch.setattr("symfisher.validation.check_declaration", lambda family: None)


def family(domains, support=REAL, constraints=(), constants=None):
    return Family("test", x, support, domains, x, constants=constants, constraints=constraints)


def test_points_are_generic_fractions_inside_their_domains():
    shifted = Domain(Integer(1), oo)
    for point in sample_points(family({a: POSITIVE, b: REAL, c: UNIT, y: shifted}), 5):
        assert point[a] > 0
        assert 0 < point[c] < 1
        assert point[y] > 1
        assert abs(point[b]) <= 2.2
        assert all(min(primefactors(value.q)) >= 97 for value in point.values())


def test_the_same_arguments_give_the_same_points():
    one = family({a: POSITIVE, b: REAL})
    assert sample_points(one, 3) == sample_points(one, 3)
    assert sample_points(one, 3) != sample_points(one, 3, seed=1)


def test_two_points_of_a_real_parameter_have_both_signs():
    first, second = sample_points(family({a: REAL, b: REAL}), 2)
    assert first[a] * second[a] < 0
    assert first[b] * second[b] < 0


def test_constraints_hold():
    ellipse = family({a: POSITIVE, b: REAL, c: POSITIVE}, constraints=[b**2 < a * c])
    simplex = family(dict.fromkeys(symbols("p1:6"), UNIT), constraints=[sum(symbols("p1:6")) < 1])
    assert all(p[b] ** 2 < p[a] * p[c] for p in sample_points(ellipse, 4))
    assert all(sum(p.values()) < 1 for p in sample_points(simplex, 4))


def test_a_support_between_two_constants_is_not_empty():
    between = family({c: POSITIVE}, Domain(a, b), constants={a: REAL, b: REAL})
    assert all(point[a] < point[b] for point in sample_points(between, 6))


def test_a_domain_may_name_another_symbol():
    points = sample_points(family({b: Domain(a, oo), a: POSITIVE}), 4)
    assert all(point[b] > point[a] for point in points)


def test_discrete_constants_are_small_integers():
    counted = family({a: UNIT}, constants={n: Domain(Integer(1), oo, discrete=True)})
    assert all(point[n].is_Integer and 2 <= point[n] <= 7 for point in sample_points(counted, 6))


def test_extra_symbols_are_drawn_too():
    extra = {Symbol("a_prime"): POSITIVE}
    (point,) = sample_points(family({a: POSITIVE}), 1, extra=extra)
    assert point[Symbol("a_prime")] > 0
    assert point[Symbol("a_prime")] != point[a]


def test_contradictory_constraints_are_an_error():
    with pytest.raises(DeclarationError, match="no point of the parameter domains"):
        sample_points(family({a: POSITIVE}, constraints=[a < -1]), 1)


def test_domains_in_a_circle_are_an_error():
    with pytest.raises(DeclarationError, match="in a circle"):
        sample_points(family({a: Domain(b, oo), b: Domain(a, oo)}), 1)
