"""Distances by integration in 30 digits: the direction is corrected until the end point is met."""

from __future__ import annotations

import numpy as np
from mpmath import mp


def distance(name, first, second, space):
    """Distances between pairs as floats; None where this file has no metric for the family."""
    if name == "normal":
        gap = (first[:, 0] - second[:, 0]) ** 2 / 2 + (first[:, 1] - second[:, 1]) ** 2
        return np.sqrt(8) * np.arcsinh(np.sqrt(gap / (4 * first[:, 1] * second[:, 1])))
    if name not in METRICS:
        return None
    start = space.log(first, second)
    with mp.workdps(30):
        return np.array(
            [float(_distance(METRICS[name], *each)) for each in zip(first, second, start)]
        )


def _distance(metric, first, second, velocity):
    """Two steps of Newton's method on the direction take nine digits to more than twenty."""
    p, q, v = ([mp.mpf(float(x)) for x in each] for each in (first, second, velocity))
    for _ in range(2):
        end = _end(metric, p, v)
        columns = []
        for i in range(len(v)):
            h = mp.mpf(10) ** -12
            moved = _end(metric, p, [x + h * (j == i) for j, x in enumerate(v)])
            columns.append([(a - b) / h for a, b in zip(moved, end)])
        step = mp.lu_solve(mp.matrix(columns).T, mp.matrix([a - b for a, b in zip(q, end)]))
        v = [x + s for x, s in zip(v, step)]
    assert max(abs(a - b) for a, b in zip(_end(metric, p, v), q)) < mp.mpf(10) ** -15
    g, _ = metric(p)
    return mp.sqrt(sum(g[i][j] * v[i] * v[j] for i in range(len(v)) for j in range(len(v))))


def _end(metric, p, v):
    def slope(state):
        x, w = state[: len(p)], state[len(p) :]
        g, dg = metric(x)
        size = range(len(x))
        right = [
            -sum(
                (dg[i][j][k] - dg[k][i][j] / 2) * w[i] * w[j] for i in size for j in size
            )
            for k in size
        ]  # fmt: skip
        return [*w, *mp.lu_solve(mp.matrix(g), mp.matrix(right))]

    return _extrapolated(slope, [*p, *v])[: len(p)]


def _extrapolated(slope, state, pieces=6, rows=13):
    """The state at t = 1 by Gragg, Bulirsch and Stoer's extrapolated midpoint rule."""
    width = mp.mpf(1) / pieces
    for _ in range(pieces):
        table = []
        for j in range(1, rows + 1):
            h = width / (2 * j)
            before, now = state, [y + h * f for y, f in zip(state, slope(state))]
            for _ in range(2 * j - 1):
                before, now = now, [y + 2 * h * f for y, f in zip(before, slope(now))]
            row = [[(y + z + h * f) / 2 for y, z, f in zip(before, now, slope(now))]]
            for k, older in enumerate(table[-1] if table else [], start=1):
                ratio = (mp.mpf(j) / (j - k)) ** 2 - 1
                row.append([a + (a - b) / ratio for a, b in zip(row[-1], older)])
            table.append(row)
        state = table[-1][-1]
    return state


def _gamma(x):
    a, b = x
    zero = mp.mpf(0)
    g = [[mp.psi(1, a), -1 / b], [-1 / b, a / b**2]]
    by_a = [[mp.psi(2, a), zero], [zero, 1 / b**2]]
    by_b = [[zero, 1 / b**2], [1 / b**2, -2 * a / b**3]]
    return g, [by_a, by_b]


def _beta(x):
    a, b = x
    h, h2 = mp.psi(1, a + b), mp.psi(2, a + b)
    g = [[mp.psi(1, a) - h, -h], [-h, mp.psi(1, b) - h]]
    by_a = [[mp.psi(2, a) - h2, -h2], [-h2, -h2]]
    by_b = [[-h2, -h2], [-h2, mp.psi(2, b) - h2]]
    return g, [by_a, by_b]


METRICS = {"gamma": _gamma, "beta": _beta}
