"""symfisher's information geometry beside geomstats, EinsteinPy and plain SymPy, in one run.

    python benchmarks/geometry.py --peers PYTHON > benchmarks/GEOMETRY.md

PYTHON is the interpreter of an environment with the peers (geomstats 2.8.0 needs numpy below 2.4):

    python -m venv peers
    peers/bin/pip install "numpy<2.4" geomstats autograd einsteinpy pybregman

All times are CPU seconds of one process on one core, imports not counted.  Without ``--peers`` only
symfisher and hand-written NumPy run.  A few minutes, most of them EinsteinPy's.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")

import numpy as np
from geometry_dual import T, drawn_pairs, dual

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

FAMILIES = ("normal", "gamma", "beta", "dirichlet")
PAIRS, GRID = 12, 10_000

OURS = """
import time, symfisher as sf
from symfisher.quantities.registry import quantities
quantities()
d = sf.derive("{name}")
d.fisher
start = time.process_time()
d.christoffel_second(), d.riemann()
scalar = d.scalar_curvature().expr
print(time.process_time() - start)
print(scalar)
"""


def points(name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs for distances and a grid for tensors, within two units of 1 on the log scale."""
    rng = np.random.default_rng(20261122)
    k = 3 if name == "dirichlet" else 2
    drawn = np.exp(rng.uniform(-1.5, 1.5, (2 * PAIRS + GRID, k)))
    if name == "normal":
        drawn[:, 0] = np.log(drawn[:, 0])
    return drawn[:PAIRS], drawn[PAIRS : 2 * PAIRS], drawn[2 * PAIRS :]


def symbolic(peers: str | None) -> None:
    print("## Christoffel symbols, Riemann tensor and scalar curvature, simplified\n")
    print("CPU seconds, in a fresh process, the metric being known.\n")
    print("| family | symfisher | SymPy | EinsteinPy |\n|---|---|---|---|")
    for name in ("gamma", "bivariate_normal"):
        ours = subprocess.run(
            [sys.executable, "-c", OURS.format(name=name)], capture_output=True, text=True,
            check=True, cwd=HERE.parent,
        ).stdout.split("\n")  # fmt: skip
        cells = [f"{float(ours[0]):.2f}"]
        for route in ("sympy", "einsteinpy"):
            cells.append(f"{_peer(peers, route, name)['seconds']:.2f}" if peers else "-")
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def _peer(python: str, *arguments: str, data: str | None = None) -> dict:
    command = [python, str(HERE / "geometry_peers.py"), *arguments]
    done = subprocess.run(command, input=data, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.strip().split("\n")[-1])


def distances(peer: dict) -> None:
    from geometry_truth import distance

    from symfisher.manifold import Manifold

    print("\n## Distances between points, as boundary-value problems\n")
    print(
        f"{PAIRS} pairs; errors against the closed form (normal) or 30-digit integration (gamma, "
        "beta: 4 pairs);\nasymmetry is the largest |d(p, q) - d(q, p)|; seconds are CPU a pair "
        "(symfisher: 200 pairs at once, and one by one).\n"
    )
    print(
        "| family | symfisher s a pair | one by one | geomstats | symfisher error | geomstats error"
        " | symfisher asymmetry | geomstats asymmetry |\n|---|---|---|---|---|---|---|---|"
    )
    for name in FAMILIES:
        space = Manifold(name)
        p, q, _ = points(name)
        many = (np.tile(p, (17, 1)), np.tile(q, (17, 1)))
        together = _time(lambda s=space, m=many: s.distance(*m, closed_form=False), len(many[0]))
        single = _time(
            lambda s=space, a=p, b=q: [s.distance(x, y, closed_form=False) for x, y in zip(a, b)],
            PAIRS,
        )
        there, back = (space.distance(*each, closed_form=False) for each in ((p, q), (q, p)))
        exact = distance(name, p[:4], q[:4], space)
        cells = [f"{together:.1e}", f"{single:.1e}"]
        cells.append(f"{peer[name]['seconds']:.1e}" if peer else "-")
        cells.append("-" if exact is None else f"{np.abs(there[:4] - exact).max():.0e}")
        theirs = np.array(peer[name]["distance"]) if peer else None
        known = theirs is not None and exact is not None
        cells.append(f"{np.abs(theirs[:4] - exact).max():.0e}" if known else "-")
        cells.append(f"{np.abs(there - back).max():.0e}")
        cells.append(f"{np.abs(theirs - peer[name]['back']).max():.0e}" if peer else "-")
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def wide() -> None:
    """Pairs over five orders of magnitude, which no peer solves, and normal distributions."""
    from symfisher.manifold import Manifold, normal_geodesic

    print("\n## Far pairs\n")
    print("Parameters drawn from 1e-2 to 1e3 on the log scale, 400 pairs; relative figures.\n")
    print(
        "| family | found | asymmetry | largest error estimated | s a pair |\n|---|---|---|---|---|"
    )
    rng = np.random.default_rng(20261122)
    for name in ("gamma", "beta", "dirichlet"):
        space = Manifold(name)
        p, q = 10 ** rng.uniform(-2, 3, (2, 400, len(space.names)))
        there, back = space.geodesic(p, q), space.geodesic(q, p)
        seconds = _time(lambda s=space, p=p, q=q: s.geodesic(p, q), 400)
        gap = np.nanmax(np.abs(there.length / back.length - 1))
        error = np.nanmax(there.error[there.found] / there.length[there.found])
        print(f"| {name} | {there.found.sum()} | {gap:.0e} | {error:.0e} | {seconds:.1e} |")
    print(
        "\nMultivariate normal distributions, covariances with eigenvalues exp(3 N(0, 1)): 20 "
        "pairs.\n"
    )
    print("| dimension | found | largest bound of the error | s a pair |\n|---|---|---|---|")
    for n in (2, 5, 10):
        pairs = [_normals(rng, n) for _ in range(20)]
        found = [normal_geodesic(*pair) for pair in pairs]
        error = max(each.error / each.length for each in found if each.found)
        seconds = _time(lambda pairs=pairs: [normal_geodesic(*each) for each in pairs], 20)
        print(f"| {n} | {sum(e.found for e in found)} | {error:.0e} | {seconds:.1e} |")


def _normals(rng: np.random.Generator, n: int) -> tuple[np.ndarray, ...]:
    """Mean, covariance, mean, covariance."""
    turned = np.linalg.qr(rng.normal(size=(2, n, n)))[0]
    s, t = turned * np.exp(3 * rng.normal(size=(2, 1, n))) @ np.swapaxes(turned, 1, 2)
    m, q = 3 * rng.normal(size=(2, n))
    return m, s, q, t


def tensors(peer: dict) -> None:
    import symfisher as sf
    from symfisher.codegen import kernel

    print(f"\n## Metric and Christoffel symbols at {GRID:,} points\n")
    print("CPU nanoseconds a point.\n")
    print("| family | tensor | by hand in NumPy | NumPy kernel | Numba kernel | geomstats |")
    print("|---|---|---|---|---|---|")
    for name in ("gamma", "beta"):
        for tensor, quantity in (("metric", "metric"), ("symbols", "christoffel_second")):
            x = points(name)[2].T.copy()
            formula = sf.derive(name).quantity(quantity)
            cells = [_nanoseconds(lambda n=name, t=tensor, x=x: BY_HAND[n, t](*x))]
            for backend in ("numpy", "numba"):
                run = kernel(formula, backend=backend).function
                cells.append(_nanoseconds(lambda r=run, x=x: r(*x)))
            cells.append(f"{1e9 * peer[name][tensor]:,.0f}" if peer else "-")
            print(f"| {name} | {tensor} | {' | '.join(cells)} |", flush=True)


def _nanoseconds(call) -> str:
    return f"{1e9 * min(_time(call, GRID) for _ in range(5)):,.0f}"


def _time(call, count: int) -> float:
    call()
    start = time.process_time()
    call()
    return (time.process_time() - start) / count


def gamma_metric(a, b):
    from scipy.special import polygamma

    g = np.empty((len(a), 2, 2))
    g[:, 0, 0] = polygamma(1, a)
    g[:, 0, 1] = g[:, 1, 0] = -1 / b
    g[:, 1, 1] = a / b**2
    return g


def gamma_symbols(a, b):
    from scipy.special import polygamma

    f, f2 = polygamma(1, a), polygamma(2, a)
    scale = 1 / (a * f - 1)
    s = np.empty((len(a), 2, 2, 2))
    s[:, 0, 0, 0] = a * f2 * scale / 2
    s[:, 0, 0, 1] = s[:, 0, 1, 0] = scale / (2 * b)
    s[:, 0, 1, 1] = -a * scale / (2 * b**2)
    s[:, 1, 0, 0] = b * f2 * scale / 2
    s[:, 1, 0, 1] = s[:, 1, 1, 0] = f * scale / 2
    s[:, 1, 1, 1] = -scale / (2 * b) - 1 / b
    return s


def beta_metric(a, b):
    from scipy.special import polygamma

    h = polygamma(1, a + b)
    g = np.empty((len(a), 2, 2))
    g[:, 0, 0] = polygamma(1, a) - h
    g[:, 0, 1] = g[:, 1, 0] = -h
    g[:, 1, 1] = polygamma(1, b) - h
    return g


def beta_symbols(a, b):
    from scipy.special import polygamma

    f, g, h = polygamma(1, a), polygamma(1, b), polygamma(1, a + b)
    f2, g2, h2 = polygamma(2, a), polygamma(2, b), polygamma(2, a + b)
    scale = 1 / (2 * (f * g - h * (f + g)))
    s = np.empty((len(a), 2, 2, 2))
    s[:, 0, 0, 0] = (f2 * (g - h) - g * h2) * scale
    s[:, 0, 0, 1] = s[:, 0, 1, 0] = -g * h2 * scale
    s[:, 0, 1, 1] = (h * g2 - g * h2) * scale
    s[:, 1, 0, 0] = (h * f2 - f * h2) * scale
    s[:, 1, 0, 1] = s[:, 1, 1, 0] = -f * h2 * scale
    s[:, 1, 1, 1] = (g2 * (f - h) - f * h2) * scale
    return s


BY_HAND = {
    ("gamma", "metric"): gamma_metric,
    ("gamma", "symbols"): gamma_symbols,
    ("beta", "metric"): beta_metric,
    ("beta", "symbols"): beta_symbols,
}


def check_by_hand() -> None:
    """The hand-written functions compute the same."""
    from symfisher.manifold import Manifold

    for (name, tensor), function in BY_HAND.items():
        space, x = Manifold(name), points(name)[2][:50]
        ours = space.metric(x) if tensor == "metric" else space.christoffel(x)
        np.testing.assert_allclose(function(*x.T), ours, rtol=1e-9)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--peers", metavar="PYTHON", help="interpreter with the peers installed")
    peers = parser.parse_args().peers
    print("# Information geometry: one run of benchmarks/geometry.py\n")
    check_by_hand()
    symbolic(peers)
    drawn = {name: [each.tolist() for each in points(name)] for name in FAMILIES}
    peer = _peer(peers, "geomstats", data=json.dumps(drawn)) if peers else {}
    distances(peer)
    wide()
    tensors(peer)
    first, second = (each.tolist() for each in drawn_pairs())
    pairs = json.dumps({"first": first, "second": second, "t": T})
    dual(_peer(peers, "pybregman", data=pairs) if peers else {})


if __name__ == "__main__":
    main()
