"""What stands around the formula in a NumPy kernel: shapes, types, domains, blocks."""

import numpy as np

FLOAT64 = np.dtype(np.float64)
BLOCK = 32768  # numbers written together: 256 KiB, which a second-level cache holds


def float_type(**arguments):
    """The type of the result: float32 where every array is, float64 otherwise."""
    for name, array in arguments.items():
        if array.dtype.kind not in "biuf":
            raise TypeError(f"{name} holds {array.dtype}, which are not real numbers")
        whole = array.dtype.kind in "iu" and array.size
        if whole and max(int(array.max()), -int(array.min())) > 2**53:
            raise OverflowError(f"{name} has a whole number above 2**53: float64 rounds it")
    arrays = arguments.values()
    deciding = [a.dtype for a in arrays if a.ndim] or [a.dtype for a in arrays]
    single = all(dtype.kind == "f" and dtype.itemsize <= 4 for dtype in deciding)
    return np.dtype(np.float32 if single else np.float64)


def as_floats(**arguments):
    """Arrays of one float type: float32 where every array is, float64 otherwise."""
    dtype = float_type(**arguments)
    return [array.astype(dtype) for array in arguments.values()]


def prepare(names, values, entries, out):
    """The arguments as float64 arrays, and the array for the result: broadcast shape + entries."""
    arrays = [np.asarray(value) for value in values]
    dtype = FLOAT64
    if any(array.dtype is not FLOAT64 for array in arrays):
        dtype = float_type(**dict(zip(names, arrays)))
        arrays = [array.astype(FLOAT64) for array in arrays]
    shape = np.broadcast(*arrays).shape if len(arrays) > 1 else arrays[0].shape
    return arrays, result_array(out, shape + entries, dtype)


def prepare_sample(names, values, entries, out, count):
    """As ``prepare``, where the first ``count`` arguments are samples along their last axis.

    The other arguments get an axis of length 1 there.
    """
    arrays = [np.asarray(value) for value in values]
    dtype = float_type(**dict(zip(names, arrays)))
    arrays = [np.asarray(array, FLOAT64) for array in arrays]
    samples = np.broadcast_arrays(*map(np.atleast_1d, arrays[:count]))
    arrays = [*samples, *(array[..., np.newaxis] for array in arrays[count:])]
    shape = np.broadcast(*arrays).shape[:-1] + entries
    return arrays, result_array(out, shape, dtype)


def result_array(out, shape, dtype):
    """The array that takes the result: ``out`` where there is one of that shape."""
    if out is None:
        return np.empty(shape, dtype)
    if out.shape != shape:
        raise ValueError(f"out has shape {out.shape}; the result has {shape}")
    return out


def in_blocks(points, arrays, out, axes):
    """Compute all points, where they are many in blocks that fit into a cache."""
    dimensions = out.ndim - axes
    if out.size <= BLOCK or dimensions == 0:
        points(*arrays, out)
        return
    row = out.size // len(out)
    if row > BLOCK and dimensions > 1:
        for i in range(len(out)):
            rows = [a if a.ndim < dimensions else a[i if len(a) > 1 else 0] for a in arrays]
            in_blocks(points, rows, out[i], axes)
        return
    step = max(1, BLOCK // row)
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


def flat(arrays, result, axes):
    """Contiguous arrays of all points along one axis; the last one takes the result."""
    shape = result.shape[: result.ndim - axes]
    points = result if result.flags.c_contiguous else np.empty(result.shape, result.dtype)
    points = points.reshape((-1,) + result.shape[result.ndim - axes :])
    if len(shape) == 1 and all(a.shape == shape and a.flags.c_contiguous for a in arrays):
        return (*arrays, points)
    spread = (np.ascontiguousarray(np.broadcast_to(a, shape)) for a in arrays)
    return (*(a.reshape(-1) for a in spread), points)


def flat_samples(arrays, result, axes, count):
    """As ``flat``, where the first ``count`` arrays keep the axis of their sample."""
    shape = result.shape[: result.ndim - axes]
    samples = [np.broadcast_to(a, shape + a.shape[-1:]) for a in arrays[:count]]
    rest = flat([a[..., 0] for a in arrays[count:]], result, axes)
    return (*(a.reshape(-1, a.shape[-1]) for a in samples), *rest)
