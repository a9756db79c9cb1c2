"""geomstats and NGBoost against NumPy by hand, in an environment of their own.

    PYTHON benchmarks/kernel_peers.py FAMILY POINTS

prints how many times faster each is than NumPy by hand, as JSON; {} where neither has the family.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable

import numpy as np
from kernel_timing import cpu_times
from scipy import special

Run = Callable[[], object]


def trigamma(x: np.ndarray) -> np.ndarray:
    return special.polygamma(1, x)


def normal(p: np.ndarray) -> np.ndarray:
    out = np.empty((len(p), 2, 2))
    v = 1 / (p[:, 1] * p[:, 1])
    out[..., 0, 0], out[..., 1, 1] = v, 2 * v
    out[..., 0, 1] = out[..., 1, 0] = 0.0
    return out


def gamma(p: np.ndarray) -> np.ndarray:
    out = np.empty((len(p), 2, 2))
    b = 1 / p[:, 1]
    out[..., 0, 0], out[..., 1, 1] = trigamma(p[:, 0]), p[:, 0] * b * b
    out[..., 0, 1] = out[..., 1, 0] = -b
    return out


def dirichlet(p: np.ndarray) -> np.ndarray:
    t = trigamma(p.sum(-1))
    return np.eye(p.shape[-1]) * trigamma(p)[..., None] - t[..., None, None]


def geomstats_metric(name: str, p: np.ndarray) -> Run | None:
    if importlib.util.find_spec("geomstats") is None:
        return None
    from geomstats.information_geometry.beta import BetaDistributions
    from geomstats.information_geometry.dirichlet import DirichletDistributions
    from geomstats.information_geometry.gamma import GammaDistributions
    from geomstats.information_geometry.normal import UnivariateNormalDistributions

    spaces = {
        "normal": UnivariateNormalDistributions, "gamma": GammaDistributions,
        "beta": BetaDistributions, "dirichlet(10)": lambda: DirichletDistributions(10),
    }  # fmt: skip
    if name not in spaces:
        return None
    space = spaces[name]()
    space.equip_with_metric()
    return lambda: space.metric.metric_matrix(p)


def ngboost_metric(name: str, p: np.ndarray) -> Run | None:
    if importlib.util.find_spec("ngboost") is None:
        return None
    from ngboost.distns import Gamma, Normal
    from ngboost.distns.gamma import GammaLogScore
    from ngboost.distns.normal import NormalLogScore

    kinds = {"normal": (NormalLogScore, Normal), "gamma": (GammaLogScore, Gamma)}
    if name not in kinds:
        return None
    first = p[:, 0] if name == "normal" else np.log(p[:, 0])
    made = type("Scored", kinds[name], {})(np.stack([first, np.log(p[:, 1])]))
    return made.metric


def main() -> None:
    name, count = sys.argv[1], int(sys.argv[2])
    hand = {"normal": normal, "gamma": gamma, "beta": dirichlet, "dirichlet(10)": dirichlet}
    rng = np.random.default_rng(7)
    if name not in hand:
        print("{}")
        return
    points = rng.uniform(0.05, 30, (count, 10 if name == "dirichlet(10)" else 2))
    expected = hand[name](points)
    runs = {"numpy": lambda: hand[name](points)}
    for column, run in (
        ("geomstats", geomstats_metric(name, points)),
        ("ngboost", ngboost_metric(name, points)),
    ):
        if run is not None:
            runs[column] = run
    if "geomstats" in runs and name not in ("normal", "gamma"):  # those have other coordinates
        np.testing.assert_allclose(np.asarray(runs["geomstats"]()), expected, rtol=1e-9)
    times = cpu_times(runs, 0.1)
    print(json.dumps({c: times["numpy"] / t for c, t in times.items() if c != "numpy"}))


if __name__ == "__main__":
    main()
