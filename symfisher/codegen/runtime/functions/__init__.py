"""The special functions, each described once, in a part of Python that translates.

A description is a function of floats (and ints where it says so) with assignments, ``for k in
range(...)``, ``while``, ``if``, the conditional expression, calls of other descriptions and
``horner(x, TABLE)``.  Division by zero, overflow and operations on NaN follow IEEE 754 in every
target.  Where speed matters nothing but conditional expressions branches, so that a compiler can
use vector instructions.
"""
