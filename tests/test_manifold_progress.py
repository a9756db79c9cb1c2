"""Long numeric work says how far it is and can be stopped without losing what is done."""

from __future__ import annotations

import numpy as np
import pytest

from symfisher.manifold import Manifold, geodesics
from symfisher.manifold.progress import in_parts

POINTS = np.exp(np.random.default_rng(20261122).uniform(-1, 1, (2, 9, 2)))


def interrupting(monkeypatch, after):
    """Ctrl-C while the part after so many of three pairs is worked on."""
    search, calls = geodesics.search, []

    def stopping(*arguments):
        calls.append(1)
        if len(calls) > after:
            raise KeyboardInterrupt
        search(*arguments)

    monkeypatch.setattr(geodesics, "_PART", 3)
    monkeypatch.setattr(geodesics, "search", stopping)


def test_stopped_distances_keep_the_finished_pairs_and_flag_the_others(monkeypatch):
    space = Manifold("gamma")
    whole = space.distance(*POINTS)
    interrupting(monkeypatch, 2)
    with pytest.warns(RuntimeWarning, match="stopped by Ctrl-C; geodesics: 6 of 9 are done"):
        curves = space.geodesic(*POINTS, progress=True)
    np.testing.assert_allclose(curves.length[:6], whole[:6], rtol=1e-12)
    assert np.isnan(curves.length[6:]).all()
    assert not curves.found[6:].any()
    assert curves.reasons[8,] == "stopped before this pair was reached"


def test_without_a_display_ctrl_c_is_the_callers(monkeypatch):
    interrupting(monkeypatch, 2)
    with pytest.raises(KeyboardInterrupt):
        Manifold("gamma").distance(*POINTS, progress=False)


def test_a_stopped_mean_is_the_one_reached_so_far(monkeypatch):
    space = Manifold("gamma")
    exact = space.mean(POINTS[0])
    interrupting(monkeypatch, 9)  # three parts a step
    with pytest.warns(RuntimeWarning, match="the mean is that after 3 steps, the last one"):
        found = space.mean(POINTS[0], progress=True)
    np.testing.assert_allclose(found, exact, rtol=0.05)


def test_progress_is_shown_on_standard_error_alone(capsys, monkeypatch):
    monkeypatch.setattr("symfisher.manifold.progress._PATIENCE", -1.0)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert in_parts(lambda part: None, 10, 3, "work", True) == 10
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "work" in shown.err


def test_nothing_is_shown_where_there_is_no_terminal(capsys, monkeypatch):
    monkeypatch.setattr("symfisher.manifold.progress._PATIENCE", -1.0)
    assert in_parts(lambda part: None, 10, 3, "work") == 10
    assert capsys.readouterr().err == ""
