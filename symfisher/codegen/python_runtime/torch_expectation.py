"""What ``array_expectation`` needs of PyTorch."""

import torch


def table(values, arguments):
    """A tensor of numbers."""
    if torch.is_tensor(values):
        return values
    like = arguments[0] if arguments else torch.zeros((), dtype=torch.float64)
    values = list(values) if hasattr(values, "__len__") else values
    return torch.tensor(values, dtype=torch.float64).to(like)


def hold(array):
    """The tensor out of differentiation."""
    return array.detach()


def all_of(condition):
    """Whether it holds everywhere."""
    return bool(torch.all(condition))


def settled(terms, arguments, nodes, centre):
    """The nodes that count, the others at the centre: there derivatives are finite."""
    g, height = terms(nodes, *arguments)
    g = g if torch.is_tensor(g) else torch.full_like(nodes, g)
    counts = torch.isfinite(g) & torch.isfinite(height) & (height > -700.0)
    return torch.where(counts, nodes, centre), counts
