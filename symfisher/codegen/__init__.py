"""Kernels: formulas as code that runs without symfisher.

    d.kernel("fisher", backend="numpy")          a Kernel: .source, .write(path), and a function
    kernel(formula, backend="c")                 the same from any Formula

How it comes about::

    Formula -> compile_formula -> Program -> Backend.render -> source

``Program`` (program.py) is straight-line code over plain SymPy expressions: ``arguments`` in
the order of the call, ``guards`` (conditions on the arguments, each with the value to return
where it fails: "nan", or "-oo" for a log-density outside its support), ``steps`` (``symbol =
value``, each value reads arguments and earlier steps only) and ``outputs`` (each distinct entry
once, with all places where it stands: a symmetric matrix is computed once per pair). The same
program serves every language: stable forms (stability.py) and powers by multiplication
(powers.py) are in it already.

**A backend** is one file in backends/, found by its name; backend.py has the protocol: SUMMARY,
SUFFIX, NEEDS, LANGUAGE, ``render(program, write, command)`` and ``load(source, name)``.
LANGUAGE (writer.py) says how the language spells numbers, choices, conditions and the functions
of the one table in functions.py, as format strings: "trigamma": "trigamma({0})". ``write(expr)``
returns the code of any value or condition; afterwards ``write.called`` has the names of the
functions that were called, which tells what of a runtime has to be emitted. A function that
the table of a language lacks is reported with the entry that needs it and the backends that
have it; a backend does nothing for that. ``documentation(program, command)`` gives the lines of
the comment at the top, ``program.offset(place)`` the row-major place of an entry.

Powers that a backend meets: ``power(x, y)`` of the table for general ones, sqrt, and b*b, b*b*b
which are written out. Numbers reach ``LANGUAGE.number`` as exact SymPy numbers, pi**2/6 included.
Names in a program are free of the reserved words of all languages (names.py).
"""

from symfisher.codegen.backend import Backend, backend_summaries, find_backend
from symfisher.codegen.compilation import compile_formula
from symfisher.codegen.kernel import Kernel, kernel
from symfisher.codegen.program import Argument, Guard, Output, Program, Step
from symfisher.codegen.writer import Language, Writer

__all__ = [
    "Argument",
    "Backend",
    "Guard",
    "Kernel",
    "Language",
    "Output",
    "Program",
    "Step",
    "Writer",
    "backend_summaries",
    "compile_formula",
    "find_backend",
    "kernel",
]
