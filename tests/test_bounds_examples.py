"""The examples on bounds and biases: what they print is so, and what they write can be used."""

import runpy

import pytest
from conftest import ROOT

import symfisher as sf

pytest.importorskip("matplotlib")


def run(name, tmp_path):
    picture, page = tmp_path / f"{name}.png", tmp_path / f"{name}.tex"
    runpy.run_path(str(ROOT / "examples" / f"{name}.py"))["main"](str(picture), str(page))
    assert picture.stat().st_size > 10_000
    assert r"\begin{document}" in page.read_text(encoding="utf-8")
    return page.read_text(encoding="utf-8")


def test_maximum_likelihood_comes_to_the_bound_and_the_moments_do_not(tmp_path, capsys):
    """4000 draws: a relative error of 0.022 in a variance, of which 5 are allowed."""
    source = run("cramer_rao_monte_carlo", tmp_path)
    rows = capsys.readouterr().out.splitlines()[1:]
    likelihood, moments = (float(row.split()[-1]) for row in rows)
    assert 0.9 < likelihood < 1.12
    assert moments > 1.5
    assert r"\psi_1(\alpha)" in source


def test_the_derived_bias_is_the_simulated_one(tmp_path, capsys):
    """From n = 40 on, within 5 standard errors: a false alarm in one of 10^6 runs."""
    run("weibull_bias", tmp_path)
    rows = [row.split() for row in capsys.readouterr().out.splitlines()[1:]]
    assert len(rows) == 5
    for row in rows[2:]:
        found, error, derived = float(row[4]), float(row[6].rstrip(",")), float(row[8])
        assert abs(found - derived) < 5 * error


def test_a_nearly_normal_student_t_forgets_its_degrees_of_freedom(tmp_path, capsys):
    """nu^4 times the effective information on nu tends to 3/2: (8/3) nu^2 observations."""
    run("student_t_identifiability", tmp_path)
    needed = [float(row.split()[6]) for row in capsys.readouterr().out.splitlines()]
    assert needed == sorted(needed)
    assert needed[-1] / 100**2 == pytest.approx(2.7, abs=0.1)


@pytest.mark.parametrize("unknown", [{"alpha": 1, "betta": 1}])
def test_a_picture_asks_for_the_family_s_names(unknown):
    from symfisher.plots.bounds import plot_bound

    with pytest.raises(sf.InputError, match="has no betta"):
        plot_bound("gamma", "alpha", unknown, [10], {})


def test_a_picture_of_no_bound_says_why():
    from symfisher.plots.bounds import plot_bound

    with pytest.raises(sf.InputError, match="moves with"):
        plot_bound("uniform", "theta", {"theta": 1}, [10], {})
