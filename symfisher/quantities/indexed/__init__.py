"""Quantities of families with vectors of symbolic length, one expression a block.

Matrices have one block for each pair of declared parameters, with the row's and the column's index
free in it.  What is not derived here is derived for the family written out at a fixed length.
"""
