"""What ``array_expectation`` needs of NumPy."""

import numpy as np


def table(values, arguments):
    """An array of numbers."""
    return np.asarray(values, float)


def hold(array):
    """The array itself: NumPy does not differentiate."""
    return array


def all_of(condition):
    """Whether it holds everywhere."""
    return bool(np.all(condition))


def settled(terms, arguments, nodes, centre):
    """The nodes as they are; all of them count."""
    return nodes, True
