"""Dually flat structure of the normal family, beside pyBregMan: a section of GEOMETRY.md."""

from __future__ import annotations

import time

import mpmath
import numpy as np

T = 0.3  # of the way along both geodesics


def drawn_pairs(count: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of (mu, sigma), (count, 2) each."""
    rng = np.random.default_rng(5)
    first, second = (
        np.stack([rng.normal(0, 3, count), np.exp(rng.normal(0, 1, count))], 1) for _ in range(2)
    )
    return first, second


def dual(peer: dict) -> None:
    """Print what both need for a pair, and how far the results are from 30 digits and apart."""
    first, second = drawn_pairs()
    rows = ours(first, second)
    print("\n## Dual structure of the normal family\n")
    print("200 pairs; microseconds a pair, largest error of the divergence against 30 digits, and")
    print("largest gap between the two programs' values.\n")
    print("| | symfisher | pyBregMan | error here | error there | gap |")
    print("|---|---:|---:|---:|---:|---:|")
    truth = np.array([true_divergence(p, q) for p, q in zip(first, second)])
    for name, (value, seconds) in rows.items():
        there = np.array(peer[name]["value"]) if peer else None
        cells = [f"{1e6 * seconds:.2f}", f"{1e6 * peer[name]['seconds']:.0f}" if peer else "-"]
        known = name == "divergence"
        cells.append(f"{_gap(value, truth):.0e}" if known else "")
        cells.append(f"{_gap(there, truth):.0e}" if known and peer else "")
        cells.append(f"{_gap(value, there):.0e}" if peer else "-")
        print(f"| {name} | {' | '.join(cells)} |")


def ours(first: np.ndarray, second: np.ndarray) -> dict[str, tuple[np.ndarray, float]]:
    import symfisher as sf
    from symfisher.manifold import DualSpace, Manifold

    kernel = sf.derive("normal").kernel("kl")
    space = DualSpace(Manifold("normal"))
    start = 0.5 * (first + second)

    def between(coordinates, back):
        return back((1 - T) * coordinates(first) + T * coordinates(second), start)

    calls = {
        "divergence": lambda: kernel(*first.T, *second.T),
        "exponential geodesic": lambda: between(space.natural, space.from_natural),
        "mixture geodesic": lambda: between(space.mean, space.from_mean),
    }
    return {name: _timed(call, len(first)) for name, call in calls.items()}


def true_divergence(p: np.ndarray, q: np.ndarray) -> float:
    with mpmath.workdps(30):
        (m1, s1), (m2, s2) = (map(mpmath.mpf, map(float, each)) for each in (p, q))
        return float(
            mpmath.log(s2 / s1) + (s1**2 + (m1 - m2) ** 2) / (2 * s2**2) - mpmath.mpf(1) / 2
        )


def _timed(call, count: int) -> tuple[np.ndarray, float]:
    call()
    start = time.process_time()
    value = call()
    return np.asarray(value), (time.process_time() - start) / count


def _gap(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.max(np.abs(a - b) / np.maximum(np.abs(b), 1e-3)))
