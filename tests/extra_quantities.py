"""The command line with quantities that misbehave: `python extra_quantities.py derive ...`."""

import itertools
import os
import signal
import time

from sympy import Integer

from symfisher.cli import main
from symfisher.errors import MismatchError
from symfisher.formula import Formula
from symfisher.quantities.registry import quantity


def _formula(name, family):
    return Formula(name, f"Test quantity {name}", "q", Integer(7), family)


@quantity("quick", "done at once", default=False)
def quick(family):
    return _formula("quick", family)


@quantity("slow", "keeps Python busy for an hour", default=False)
def slow(family):
    end = time.monotonic() + 3600
    while time.monotonic() < end:
        sum(range(100))


@quantity("stuck", "one call into C that does not come back", default=False)
def stuck(family):
    sum(itertools.repeat(1, 10**13))


@quantity("hungry", "asks for more memory than there may be", default=False)
def hungry(family):
    return bytearray(2**40)


@quantity("wrong", "its two roads disagree", default=False)
def wrong(family):
    raise MismatchError("two roads disagree")


@quantity("killed", "its process is killed", default=False)
def killed(family):
    os.kill(os.getpid(), signal.SIGKILL)


@quantity("broken", "has a defect", default=False)
def broken(family):
    return 1 / 0


if __name__ == "__main__":
    main()
