"""Relative errors of generated kernels from 1e-6 to 1e8, against 50 digits of their formulas.

    python benchmarks/accuracy.py [--backend numpy] [--points 40] [FAMILY...]

For each family and quantity it prints the largest relative error of an entry, the largest error in
units of what the rounding of the arguments alone does (the condition number times 2^-52), and the
arguments where the former was met.  An error that the condition number explains is no fault of
the code: no float64 function of these float64 arguments is better.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
from kernel_accuracy import QUANTITIES, errors

import symfisher as sf


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("families", nargs="*")
    parser.add_argument("--backend", default="numpy")
    parser.add_argument("--points", type=int, default=40)
    parser.add_argument("--quantity", action="append")
    options = parser.parse_args()
    for name in options.families or sf.bundled_names():
        derivation = sf.derive(name)
        for quantity in options.quantity or QUANTITIES:
            found = errors(derivation.quantity(quantity), options.backend, options.points)
            if found is None:
                continue
            print(f"{name:24} {quantity:10} {found}", flush=True)


if __name__ == "__main__":
    main()
