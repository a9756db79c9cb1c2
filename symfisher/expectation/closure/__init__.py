"""Moment closure: expectations as the unknowns of a linear system of identities."""

from symfisher.expectation.closure.frame import ClosureFrame, frame

__all__ = ["ClosureFrame", "frame"]
