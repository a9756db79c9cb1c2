"""Arguments of a kernel that is called from Python, for a language that does not broadcast."""

from __future__ import annotations

from typing import Any

import numpy as np

from symfisher.errors import InputError


def broadcast(
    name: str, arguments: list[str], values: tuple[Any, ...], sampled: int
) -> tuple[list[Any], tuple[int, ...], int]:
    """Contiguous arrays of float64, the shape of the points, and the length of a sample or 0.

    The first ``sampled`` arguments are data with one more axis, the last, for the observations.
    """
    if len(values) != len(arguments):
        raise InputError(
            f"{name} takes {len(arguments)} arguments ({', '.join(arguments)}), not {len(values)}"
        )
    arrays = [np.asarray(value, dtype=np.float64) for value in values]
    wide = [array if i < sampled else array[..., None] for i, array in enumerate(arrays)]
    try:
        full = np.broadcast_shapes(*(a.shape for a in (wide if sampled else arrays)))
    except ValueError:
        shapes = ", ".join(f"{a} {v.shape}" for a, v in zip(arguments, arrays))
        raise InputError(f"the arguments of {name} do not broadcast: {shapes}") from None
    lead, size = (full[:-1], full[-1]) if sampled else (full, 0)
    each = [full if i < sampled else lead for i in range(len(arrays))]
    return [np.ascontiguousarray(np.broadcast_to(a, s)) for a, s in zip(arrays, each)], lead, size
