"""What the peers need for the same work; prints one JSON object.

    python geometry_peers.py sympy FAMILY         plain SymPy: symbols, Riemann, scalar curvature
    python geometry_peers.py einsteinpy FAMILY    EinsteinPy, the same
    python geometry_peers.py geomstats            distances and tensors; points come on stdin
    python geometry_peers.py pybregman            divergence and dual geodesics; pairs on stdin

It imports nothing of symfisher and runs in the environment of the peers.
"""

from __future__ import annotations

import json
import sys
import time
from itertools import product


def metric(name):
    """(symbols, metric) as the literature prints it."""
    from sympy import Matrix, diag, polygamma, symbols

    if name == "gamma":
        a, b = symbols("a b", positive=True)
        return [a, b], Matrix([[polygamma(1, a), -1 / b], [-1 / b, a / b**2]])
    m1, m2 = symbols("m1 m2", real=True)
    s1, s2 = symbols("s1 s2", positive=True)
    r = symbols("r", real=True)
    c = 1 / (1 - r**2)
    mean = c * Matrix([[1 / s1**2, -r / (s1 * s2)], [-r / (s1 * s2), 1 / s2**2]])
    rest = c * Matrix(
        [
            [(2 - r**2) / s1**2, -(r**2) / (s1 * s2), -r / s1],
            [-(r**2) / (s1 * s2), (2 - r**2) / s2**2, -r / s2],
            [-r / s1, -r / s2, (1 + r**2) * c],
        ]
    )
    return [m1, m2, s1, s2, r], diag(mean, rest)


def by_sympy(name):
    """By the textbook's formulas, each entry simplified, symmetries used."""
    from sympy import cancel, diff, simplify, together

    symbols, g = metric(name)
    short = simplify if name == "gamma" else lambda e: cancel(together(e))
    start = time.process_time()
    n, inverse = len(symbols), g.inv().applyfunc(short)
    size = range(n)
    slope = {(k, i, j): diff(g[i, j], symbols[k]) for k, i, j in product(size, repeat=3)}
    lower = {
        (k, i, j): (slope[j, k, i] + slope[i, k, j] - slope[k, i, j]) / 2
        for k, i, j in slope
        if i <= j
    }
    gamma = {
        (k, i, j): short(sum(inverse[k, m] * lower[m, i, j] for m in size)) for k, i, j in lower
    }
    gamma |= {(k, j, i): value for (k, i, j), value in gamma.items()}

    def mixed(a, j, k, m):
        value = diff(gamma[a, m, j], symbols[k]) - diff(gamma[a, k, j], symbols[m])
        value += sum(gamma[a, k, b] * gamma[b, m, j] for b in size)
        return value - sum(gamma[a, m, b] * gamma[b, k, j] for b in size)

    curvature = {
        (a, j, k, m): short(mixed(a, j, k, m)) for a, j, k, m in product(size, repeat=4) if k < m
    }

    def entry(a, j, k, m):
        return 0 if k == m else curvature[a, j, k, m] if k < m else -curvature[a, j, m, k]

    pairs = list(product(size, repeat=2))
    ricci = {(j, m): short(sum(entry(a, j, a, m) for a in size)) for j, m in pairs}
    scalar = short(sum(inverse[j, m] * ricci[j, m] for j, m in ricci))
    return {"seconds": time.process_time() - start, "scalar": str(scalar)}


def by_einsteinpy(name):
    from einsteinpy.symbolic import (
        ChristoffelSymbols,
        MetricTensor,
        RicciScalar,
        RicciTensor,
        RiemannCurvatureTensor,
    )
    from sympy import simplify

    symbols, g = metric(name)
    start = time.process_time()
    tensor = MetricTensor(g.tolist(), symbols)
    gamma = ChristoffelSymbols.from_metric(tensor)
    gamma.simplify()
    curvature = RiemannCurvatureTensor.from_christoffels(gamma)
    curvature.simplify()
    scalar = RicciScalar.from_riccitensor(RicciTensor.from_riemann(curvature))
    found = simplify(scalar.expr)
    return {"seconds": time.process_time() - start, "scalar": str(found)}


def by_geomstats(points):
    import numpy as np
    from geomstats.information_geometry.beta import BetaDistributions
    from geomstats.information_geometry.dirichlet import DirichletDistributions
    from geomstats.information_geometry.gamma import GammaDistributions
    from geomstats.information_geometry.normal import UnivariateNormalDistributions

    spaces = {
        "normal": UnivariateNormalDistributions,
        "gamma": GammaDistributions,
        "beta": BetaDistributions,
        "dirichlet": lambda: DirichletDistributions(dim=3),
    }
    found = {}
    for name, (first, second, grid) in points.items():
        space = spaces[name]()
        p, q, x = (np.array(each) for each in (first, second, grid))
        if name == "gamma":  # its second parameter is the mean alpha/beta
            p, q, x = (np.stack([z[:, 0], z[:, 0] / z[:, 1]], 1) for z in (p, q, x))
        dist = space.metric.dist
        dist(p[0], q[0])
        start = time.process_time()
        there = [float(np.squeeze(dist(a, b))) for a, b in zip(p, q)]
        seconds = (time.process_time() - start) / len(p)
        back = [float(np.squeeze(dist(b, a))) for a, b in zip(p, q)]
        found[name] = {"distance": there, "back": back, "seconds": seconds}
        found[name]["metric"] = _time(lambda s=space, x=x: s.metric.metric_matrix(x), len(x))
        if name != "normal":
            few = x[:200]
            found[name]["symbols"] = _time(
                lambda s=space, x=few: s.metric.christoffels(x), len(few)
            )
    return found


def by_pybregman(pairs):
    """Of normal distributions: the divergence, and points on both dual geodesics."""
    import numpy as np
    from bregman.application.distribution.exponential_family.gaussian import GaussianManifold
    from bregman.base import LAMBDA_COORDS, DualCoords, Point
    from bregman.manifold.geodesic import BregmanGeodesic

    manifold = GaussianManifold(1)

    def point(mu, sigma):
        return Point(LAMBDA_COORDS, np.array([mu, sigma**2]))

    def on_geodesic(p, q, coordinates):
        geodesic = BregmanGeodesic(manifold, point(*p), point(*q), dcoords=coordinates)
        mu, variance = manifold.convert_coord(LAMBDA_COORDS, geodesic.path(pairs["t"])).data
        return float(mu), float(variance) ** 0.5

    calls = {
        # pyBregMan 0.1.1 gives the divergence from its second argument to its first.
        "divergence": lambda p, q: float(manifold.kl_divergence(point(*q), point(*p))),
        "exponential geodesic": lambda p, q: on_geodesic(p, q, DualCoords.THETA),
        "mixture geodesic": lambda p, q: on_geodesic(p, q, DualCoords.ETA),
    }
    found = {}
    for name, call in calls.items():
        start = time.process_time()
        value = [call(p, q) for p, q in zip(pairs["first"], pairs["second"])]
        found[name] = {"value": value, "seconds": (time.process_time() - start) / len(value)}
    return found


def _time(call, count):
    call()
    start = time.process_time()
    call()
    return (time.process_time() - start) / count


if __name__ == "__main__":
    route = sys.argv[1]
    if route in ("geomstats", "pybregman"):
        work = by_geomstats if route == "geomstats" else by_pybregman
        print(json.dumps(work(json.load(sys.stdin))))
    else:
        print(json.dumps({"sympy": by_sympy, "einsteinpy": by_einsteinpy}[route](sys.argv[2])))
