"""What stands around the formula in a NumPy kernel: shapes, types, domains, blocks."""

import numpy as np

FLOAT64 = np.dtype(np.float64)


def prepare(names, values, entries, out):
    """The arguments as float arrays, and the array for the result: broadcast shape + entries."""
    arrays = [np.asarray(value) for value in values]
    dtype = FLOAT64
    for array in arrays:
        if array.dtype is not FLOAT64:
            arrays, dtype = converted(names, values, arrays)
            break
    shape = arrays[0].shape if len(arrays) == 1 else broadcast(names, arrays)
    if out is None:
        return arrays, np.empty(shape + entries, dtype)
    if out.shape != shape + entries:
        raise ValueError(f"out has shape {out.shape}; the result has {shape + entries}")
    return arrays, out


def prepare_sample(names, values, entries, out, count):
    """As ``prepare``, where the first ``count`` arguments are samples along their last axis.

    The other arguments get an axis of length 1 there.
    """
    arrays = [np.asarray(value) for value in values]
    arrays, dtype = converted(names, values, arrays)
    samples = np.broadcast_arrays(*map(np.atleast_1d, arrays[:count]))
    arrays = [*samples, *(array[..., np.newaxis] for array in arrays[count:])]
    shape = broadcast(names, arrays)[:-1] + entries
    if out is not None and out.shape != shape:
        raise ValueError(f"out has shape {out.shape}; the result has {shape}")
    return arrays, np.empty(shape, dtype) if out is None else out


def converted(names, values, arrays):
    """Arrays of one float type: float32 where every array is, float64 otherwise."""
    for name, array in zip(names, arrays):
        if array.dtype.kind not in "biuf":
            raise TypeError(f"{name} holds {array.dtype}, which are not real numbers")
        whole = array.dtype.kind in "iu" and array.size
        if whole and max(int(array.max()), -int(array.min())) > 2**53:
            raise OverflowError(f"{name} has a whole number above 2**53: float64 rounds it")
    strong = [a.dtype for v, a in zip(values, arrays) if not isinstance(v, (int, float))]
    single = strong and all(dtype.kind == "f" and dtype.itemsize <= 4 for dtype in strong)
    dtype = np.dtype(np.float32 if single else np.float64)
    return [array.astype(dtype) for array in arrays], dtype


def broadcast(names, arrays):
    """The shape that the arguments broadcast to."""
    try:
        return np.broadcast(*arrays).shape
    except ValueError:
        shapes = ", ".join(f"{name} {a.shape}" for name, a in zip(names, arrays))
        raise ValueError(f"these shapes do not broadcast together: {shapes}") from None


def in_blocks(points, arrays, out, axes, most):
    """Compute all points, where they are many in blocks that fit into a cache."""
    dimensions = out.ndim - axes
    if out.size <= most or dimensions == 0:
        points(*arrays, out)
        return
    row = out.size // len(out)
    if row > most and dimensions > 1:
        for i in range(len(out)):
            rows = [a if a.ndim < dimensions else a[i if len(a) > 1 else 0] for a in arrays]
            in_blocks(points, rows, out[i], axes, most)
        return
    step = max(1, most // row)
    for first in range(0, len(out), step):
        part = slice(first, first + step)
        parts = [a if a.ndim < dimensions or len(a) == 1 else a[part] for a in arrays]
        points(*parts, out[part])


def require(holds, condition, **arguments):
    """Raise an error that shows the first value that is outside its domain."""
    if np.all(holds):
        return
    values = np.broadcast_arrays(*arguments.values(), holds)
    place = tuple(np.argwhere(~values[-1])[0])
    found = ", ".join(f"{name} = {v[place]}" for name, v in zip(arguments, values))
    where = f" at {tuple(map(int, place))}" if place else ""
    raise ValueError(f"{found}{where} is outside the domain: {condition}")


def put(out, holds, axes, value):
    """Write a value to all entries of the points where a condition does not hold."""
    shape = out.shape[: out.ndim - axes]
    out[~np.broadcast_to(holds, shape)] = value
