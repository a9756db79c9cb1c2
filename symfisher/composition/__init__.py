"""Families made from families: reparametrised, tied, truncated, censored, multiplied, regressed.

Each function takes a ``Family`` and returns one; what is derived from it afterwards is derived from
its own log-density, as for any other family.
"""
