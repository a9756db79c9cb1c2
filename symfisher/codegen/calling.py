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
    arrays = [_floats(name, value) for name, value in zip(arguments, values)]
    wide = [array if i < sampled else array[..., None] for i, array in enumerate(arrays)]
    try:
        full = np.broadcast_shapes(*(a.shape for a in (wide if sampled else arrays)))
    except ValueError:
        shapes = ", ".join(f"{a} {v.shape}" for a, v in zip(arguments, arrays))
        raise InputError(f"the arguments of {name} do not broadcast: {shapes}") from None
    lead, size = (full[:-1], full[-1]) if sampled else (full, 0)
    each = [full if i < sampled else lead for i in range(len(arrays))]
    return [np.ascontiguousarray(np.broadcast_to(a, s)) for a, s in zip(arrays, each)], lead, size


def _floats(name: str, value: Any) -> Any:
    """An array of float64; whole numbers that it rounds are refused."""
    try:
        array = np.asarray(value)
        floats = array.astype(np.float64)
    except (TypeError, ValueError):
        raise InputError(f"{name} holds {value!r:.40}, which are not real numbers") from None
    if array.dtype.kind == "c":
        raise InputError(f"{name} holds {array.dtype}, which are not real numbers")
    if array.dtype.kind in "iuO" and array.size and np.max(np.abs(floats)) > 2**53:
        raise InputError(f"{name} has a whole number above 2**53: float64 rounds it")
    return floats
