"""Exact algebra beneath the engine: short forms of results, and functions SymPy lacks."""
