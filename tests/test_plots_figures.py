"""Pictures of a family: what they draw is what the formulas say."""

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("agg")

from matplotlib import pyplot  # noqa: E402
from scipy import stats  # noqa: E402

import symfisher as sf  # noqa: E402
from symfisher.errors import DoesNotExistError, InputError, UnknownNameError  # noqa: E402
from symfisher.plots.draws import draws  # noqa: E402
from symfisher.plots.figures import (  # noqa: E402
    bound_against_variance,
    density_with_score,
    kl_against_quadratic,
)
from symfisher.plots.style import EXPORTS, SIZES, save, settings, style  # noqa: E402

AT = {"alpha": 2.5, "beta": 1.5}


@pytest.fixture(autouse=True)
def _closed():
    yield
    pyplot.close("all")


def test_the_density_that_is_drawn_is_the_density():
    axes = density_with_score("gamma", AT)
    x, heights = axes.get_lines()[0].get_data()
    assert np.allclose(heights, stats.gamma(2.5, scale=1 / 1.5).pdf(x), rtol=1e-10)


def test_the_axes_that_are_given_are_the_ones_that_return():
    _, axes = pyplot.subplots()
    assert density_with_score("poisson", {"lamda": 3}, axes=axes) is axes


def test_the_quadratic_touches_the_divergence():
    axes = kl_against_quadratic("gamma", AT, {"alpha": 1}, 0.1)
    t, exact = axes.get_lines()[0].get_data()
    _, quadratic = axes.get_lines()[1].get_data()
    # KL of gamma laws from their densities, by mpmath at 30 digits: psi_1(2.5)/2 * t^2 + O(t^3)
    assert np.allclose(quadratic, 0.4903577561002348 / 2 * np.asarray(t) ** 2, rtol=1e-12)
    assert np.max(np.abs(np.asarray(exact) - quadratic)) < 1e-4


def test_the_mean_of_normal_data_attains_the_bound():
    """The variance of the sample mean is the bound exactly; its simulated value is within five
    standard errors (false alarm below 1e-6)."""
    axes = bound_against_variance(
        "normal", {"mu": 1, "sigma": 2}, "mu", (5, 20), replications=2000, seed=3
    )
    n, bound = axes.get_lines()[0].get_data()
    assert np.allclose(bound, 4 / np.asarray(n), rtol=1e-12)
    simulated = np.asarray(axes.containers[0].lines[0].get_ydata())
    assert np.allclose(simulated / bound, 1, atol=5 * np.sqrt(2 / 2000))


def test_an_estimator_of_ones_own_can_be_drawn():
    """The median of normal data has pi/2 times the variance of the mean, for large samples."""
    axes = bound_against_variance(
        "normal",
        {"mu": 0, "sigma": 1},
        "mu",
        (401,),
        estimator=lambda data: np.median(data, axis=1),
        replications=2000,
    )
    _, bound = axes.get_lines()[0].get_data()
    simulated = axes.containers[0].lines[0].get_ydata()
    assert simulated[0] / bound[0] == pytest.approx(np.pi / 2, abs=5 * 1.57 * np.sqrt(2 / 2000))


@pytest.mark.parametrize(
    ("name", "at", "law"),
    [
        ("gamma", AT, stats.gamma(2.5, scale=1 / 1.5)),
        ("cauchy", {"mu": 1, "sigma": 2}, stats.cauchy(1, 2)),
        ("beta", {"alpha": 0.6, "beta": 3}, stats.beta(0.6, 3)),
    ],
)
def test_draws_follow_their_density(name, at, law):
    """Kolmogorov-Smirnov at a false alarm rate of 1e-6, with a fixed seed."""
    family = sf.derive(name).family.canonical
    point = {s: at[s.name] for s in family.parameters}
    assert stats.kstest(draws(family, point, (5000,), seed=1), law.cdf).pvalue > 1e-6


def test_wrong_arguments_are_named():
    with pytest.raises(InputError, match="alhpa is neither a parameter nor a constant; nearest"):
        density_with_score("gamma", {"alhpa": 1, "beta": 1})
    with pytest.raises(InputError, match="at has no value of beta"):
        density_with_score("gamma", {"alpha": 1})
    with pytest.raises(InputError, match="has several variables"):
        density_with_score("dirichlet", {"alpha1": 1, "alpha2": 2, "alpha3": 3})
    with pytest.raises(DoesNotExistError, match="support's end"):
        bound_against_variance("uniform", {"theta": 1})


@pytest.mark.parametrize("size", SIZES)
def test_letters_are_legible_in_every_size(size):
    """No letter below 6.5 pt in print, which journals ask for; twice that on a slide."""
    smallest = min(v for k, v in settings(size).items() if k.endswith(("size", "fontsize")) and
                   isinstance(v, float) and "marker" not in k)  # fmt: skip
    assert smallest >= (13 if size == "slide" else 6.5)


@pytest.mark.parametrize("kind", EXPORTS)
def test_a_picture_is_saved_in_every_format(kind, tmp_path):
    import shutil

    if kind == "pgf" and shutil.which("pdflatex") is None:
        pytest.skip("no pdflatex")
    with style("column"):
        axes = density_with_score("gamma", AT, size="column")
    save(axes.figure, tmp_path / f"picture.{kind}")
    assert [path.name for path in tmp_path.iterdir()] == [f"picture.{kind}"]
    assert (tmp_path / f"picture.{kind}").stat().st_size > 1000


def test_a_picture_that_cannot_be_written_leaves_nothing(tmp_path):
    _, axes = pyplot.subplots()
    with pytest.raises(UnknownNameError, match=r"ends in \.pdf"):
        save(axes.figure, tmp_path / "picture.gif")
    with pytest.raises(InputError, match="no folder"):
        save(axes.figure, tmp_path / "nowhere" / "picture.svg")
    assert list(tmp_path.iterdir()) == []
