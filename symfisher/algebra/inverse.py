"""Inverse of a symbolic symmetric matrix, block by block over one fraction field."""

from __future__ import annotations

from sympy import Expr, ImmutableDenseMatrix, Matrix, Symbol, count_ops, zeros
from sympy.polys.matrices import DomainMatrix
from sympy.polys.matrices.exceptions import DMNonInvertibleMatrixError

MOST_OPERATIONS = 300


def inverse(matrix: ImmutableDenseMatrix) -> ImmutableDenseMatrix | None:
    """The inverse of a symmetric matrix; None where it is singular."""
    result = zeros(*matrix.shape)
    for block in _blocks(matrix):
        inverted = _inverse_block(matrix.extract(block, block))
        if inverted is None:
            return None
        for a, i in enumerate(block):
            for b, j in enumerate(block):
                result[i, j] = inverted[a, b]
    return ImmutableDenseMatrix(result)


def _blocks(matrix: ImmutableDenseMatrix) -> list[list[int]]:
    """Index sets between which the matrix is zero, each in ascending order."""
    waiting = list(range(matrix.rows))
    blocks = []
    while waiting:
        block, todo = [], [waiting.pop(0)]
        while todo:
            i = todo.pop()
            block.append(i)
            linked = [j for j in waiting if matrix[i, j] != 0]
            waiting = [j for j in waiting if j not in linked]
            todo += linked
        blocks.append(sorted(block))
    return blocks


def _inverse_block(block: Matrix) -> Matrix | None:
    """Gauss-Jordan in the field of fractions of the entries' indeterminates."""
    if block.rows == 1:
        return None if block[0, 0] == 0 else Matrix([[1 / block[0, 0]]])
    names: dict[Expr, Symbol] = {}
    read = _opaque if is_long(block) else _plain
    plain = block.applyfunc(lambda entry: read(entry, names))
    try:
        inverted = DomainMatrix.from_Matrix(plain).to_field().inv()
    except DMNonInvertibleMatrixError:
        return None
    back = {symbol: expr for expr, symbol in names.items()}
    return inverted.to_Matrix().applyfunc(lambda entry: entry.xreplace(back))


def is_long(matrix: Matrix) -> bool:
    """Whether an inverse is left as cofactors of whole entries: simplifying it would not end."""
    return bool(count_ops(matrix) > MOST_OPERATIONS)


def _opaque(entry: Expr, names: dict[Expr, Symbol]) -> Expr:
    if entry.is_Rational:
        return entry
    return names.setdefault(entry, Symbol(f"_g{len(names)}"))


def _plain(entry: Expr, names: dict[Expr, Symbol]) -> Expr:
    """The entry with every non-rational part standing as a symbol of its own."""
    if entry.is_Symbol or entry.is_Rational:
        return entry
    if entry.is_Add or entry.is_Mul:
        return entry.func(*(_plain(arg, names) for arg in entry.args))
    if entry.is_Pow and entry.exp.is_Integer:
        return _plain(entry.base, names) ** entry.exp
    if entry not in names:
        names[entry] = Symbol(f"_g{len(names)}")
    return names[entry]
