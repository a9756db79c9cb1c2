"""Expectations with vectors of symbolic length, by index calculus.

Each road gives means of statistics T(x[i]) as functions of the index; by linearity they give all
else.  What a road returns is held against quadrature of the family written out at small lengths.
"""
