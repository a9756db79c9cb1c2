"""Sample means of the score, of its outer product and of the Hessian against the closed forms.

Hypothesis chooses the parameters over the whole domain, positive ones on a logarithmic scale from
small to large, and the seed of the sample.  A mean may be off by at most ``STANDARD_ERRORS`` of its
own standard errors.  A normal mean goes beyond 6 in two of a thousand million cases; there are
fewer than ten thousand means here, so by Bonferroni all of them together raise a false alarm with
probability below 2e-5, and we state 1e-3 to leave room for the skewness of squared scores.  The
examples are the same in every run, so an alarm is not a matter of chance afterwards.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

import numpy as np
import pytest
import samplers
import truth
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Float, Matrix, hessian

import symfisher as sf

DRAWS = 40_000
STANDARD_ERRORS = 6
EXAMPLES = 6
POSITIVE = (0.08, 60)
# Narrower than that: where a draw would leave float64's range, or where the squared score has no
# variance and its mean no standard error.
RANGES = {
    "burr_xii": {"c": (0.3, 20), "k": (0.3, 20)},
    "dirichlet": dict.fromkeys(["alpha1", "alpha2", "alpha3"], (0.15, 60)),
    "generalized_gamma": {"a": (0.1, 20), "d": (0.3, 10), "p": (0.3, 6)},
    "gev": {"xi": (-0.12, 1.5)},
    "gpd": {"xi": (-0.12, 1.5)},
    "gompertz": {"eta": (0.08, 8), "b": (0.08, 20)},
    "zeta": {"s": (1.6, 12)},
}
shares = st.lists(st.floats(0, 1), min_size=6, max_size=6)


@pytest.mark.slow
@settings(max_examples=EXAMPLES)
@given(shares=shares, seed=st.integers(0, 2**32 - 1))
def test_sample_means_are_the_expectations(family_name, shares, seed):
    family, statistics = prepared(family_name)
    at = parameters(family, shares)
    size = len(family.parameters)
    values = [
        np.broadcast_to(v, DRAWS)
        for v in statistics(*samplers.sample(family, at, DRAWS, seed), *at.values())
    ]
    score, second = values[:size], values[size:]
    d = derived(family_name)
    for i in range(size):
        if d.regularity.zero_mean_score:
            compare(score[i], 0)
        for j in range(size):
            compare(score[i] * score[j], number(d.outer_product.expr[i, j], at))
            compare(-second[i * size + j], number(d.negative_hessian.expr[i, j], at))


def compare(draws, expected):
    """Within the allowance; a statistic that does not vary has to be right."""
    assert np.isfinite(draws).all()
    error = draws.std() / np.sqrt(DRAWS)
    allowed = STANDARD_ERRORS * error + 1e-9 * max(1, abs(expected))
    assert abs(draws.mean() - expected) < allowed


def number(entry, at):
    return float(truth.number(entry, {symbol: Float(value) for symbol, value in at.items()}))


@cache
def derived(name):
    return sf.derive(name)


@cache
def prepared(name):
    family = import_module(f"symfisher.families.{name}").family
    score = [family.log_density.diff(p) for p in family.parameters]
    second = list(hessian(family.log_density, family.parameters))
    return family, samplers.statistics(family, Matrix([*score, *second]))


def parameters(family, shares):
    """Parameters and constants at the given shares of their ranges, in declared order."""
    ranges = RANGES.get(family.name, {})
    while True:
        at = {
            symbol: _at_share(domain, share, ranges.get(symbol.name))
            for (symbol, domain), share in zip(family.domains.items(), shares, strict=False)
        }
        if all(condition.subs(at) for condition in family.constraints):
            return at
        shares = [share * 0.7 for share in shares]


def _at_share(domain, share, limits):
    lower, upper = float(domain.lower), float(domain.upper)
    if domain.discrete:
        return 1 + round(share * 30)
    if limits is None and np.isinf(lower):
        return -5 + 10 * share
    if limits is None and np.isinf(upper):
        limits = (lower + POSITIVE[0], lower + POSITIVE[1])
    if limits and limits[0] > 0:
        return limits[0] * (limits[1] / limits[0]) ** share
    lower, upper = limits or (lower + 0.03 * (upper - lower), upper - 0.03 * (upper - lower))
    return lower + (upper - lower) * share
