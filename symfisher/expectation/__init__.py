"""Expectations under a family, by named rules in the order in which they are tried.

``engine.py`` is the door; ``roads.py`` lists the rules, each road to an expectation in its own
file or folder; nothing that one returns is used before it agrees with quadrature.
"""
