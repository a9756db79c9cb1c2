"""No rule eats more than its share of the time."""

import time

import pytest

from symfisher.catalog import bundled_family
from symfisher.clock import time_limit
from symfisher.errors import TimeLimitError
from symfisher.expectation import engine as module
from symfisher.expectation.budget import within


def forever(*_):
    while True:
        time.sleep(0.01)


def test_work_that_takes_too_long_is_given_up():
    start = time.monotonic()
    assert within(0.2, forever, None) is None
    assert time.monotonic() - start < 1
    assert within(5.0, lambda: 3, None) == 3


def test_a_limit_set_outside_comes_first():
    with pytest.raises(TimeLimitError, match=r"0\.2 s"), time_limit(0.2):
        within(10.0, forever, None)


def test_a_road_that_does_not_return_leaves_the_others(monkeypatch):
    """The first road is replaced by one that never comes to an end."""
    roads = module.roads()
    monkeypatch.setattr(module, "ROAD_SECONDS", 0.3)
    monkeypatch.setattr(module, "roads", lambda: (forever, *roads))
    start = time.monotonic()
    found = module.Engine(bundled_family("gumbel").canonical).negative_hessian
    assert str(found.status) == "closed"
    assert time.monotonic() - start < 5
