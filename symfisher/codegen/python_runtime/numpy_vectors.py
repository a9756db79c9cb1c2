"""What stands around the formula in a NumPy or Numba kernel of vectors: shapes and lengths."""

import numpy as np


def prepare_vectors(vectors, numbers, short):
    """Float arrays by name, the shape of the points and the length of the vectors.

    Vectors have their entries along the last axis, those named in ``short`` one less: zero stands
    for their last one. Numbers get an axis of length 1 there.
    """
    arrays = dict(zip([*vectors, *numbers], as_floats(**{**vectors, **numbers})))
    length = 0
    for name in vectors:
        if arrays[name].ndim == 0:
            raise ValueError(f"{name} is a number; it has its entries along the last axis")
        if name in short:
            zero = np.zeros(arrays[name].shape[:-1] + (1,), arrays[name].dtype)
            arrays[name] = np.concatenate([arrays[name], zero], axis=-1)
        size = arrays[name].shape[-1]
        if length not in (0, size):
            first = next(iter(vectors))
            raise ValueError(f"{name} belongs to vectors of length {size}, {first} to {length}")
        length = size
    for name in numbers:
        arrays[name] = arrays[name][..., np.newaxis]
    lead = np.broadcast_shapes(*(array.shape[:-1] for array in arrays.values()))
    return arrays, lead, length


def flat_vectors(arrays, lead, result, axes):
    """Contiguous arrays with all points along the first axis; the last one takes the result."""
    points = result if result.flags.c_contiguous else np.empty(result.shape, result.dtype)
    spread = [np.broadcast_to(a, lead + a.shape[-1:]) for a in arrays.values()]
    shape = (-1,) + result.shape[result.ndim - axes :]
    return (
        *(np.ascontiguousarray(a.reshape(-1, a.shape[-1])) for a in spread),
        points.reshape(shape),
    )
