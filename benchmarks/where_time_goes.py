"""Where the time of a derivation goes, module by module: ``python benchmarks/where_time_goes.py``.

Fisher matrices in both forms of the bundled families of one continuous variable, or of the
families named on the command line, each derived once in one process.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
from collections import defaultdict
from pathlib import Path
from time import process_time

import symfisher as sf
from symfisher.catalog import bundled_family
from symfisher.declaration import Family
from symfisher.expectation.engine import engine

ROOT = Path(sf.__file__).parent


def derive(family: Family) -> float:
    """CPU seconds of both forms with their verification."""
    start = process_time()
    found = engine(family.canonical)
    _ = found.negative_hessian, found.outer_product
    return process_time() - start


def by_module(profile: cProfile.Profile) -> dict[str, float]:
    """Seconds spent in each of our modules, and in each library as a whole."""
    seconds: dict[str, float] = defaultdict(float)
    for (file, _, _), (_, _, own, _, _) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        seconds[_label(file)] += own
    return dict(sorted(seconds.items(), key=lambda item: -item[1]))


def _label(file: str) -> str:
    path = Path(file)
    if path.is_relative_to(ROOT):
        return str(path.relative_to(ROOT))
    parts = path.parts
    return parts[parts.index("site-packages") + 1] if "site-packages" in parts else "Python"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("family", nargs="*", help="names of bundled families")
    names = parser.parse_args().family or [n for n in sf.bundled_names() if _is_plain(n)]
    profile, seconds = cProfile.Profile(), {}
    for name in names:
        family = bundled_family(name)
        seconds[name] = profile.runcall(derive, family)
    ordered = sorted(seconds.values())
    late = ordered[int(0.95 * (len(ordered) - 1))]
    print(f"{len(names)} families under the profiler: median {ordered[len(ordered) // 2]:.3f} s, "
          f"95 % below {late:.3f} s, slowest {max(seconds, key=seconds.__getitem__)}")  # fmt: skip
    modules = by_module(profile)
    total = sum(modules.values())
    for label, spent in list(modules.items())[:20]:
        print(f"{100 * spent / total:6.1f} %  {spent:7.3f} s  {label}")


def _is_plain(name: str) -> bool:
    family = bundled_family(name)
    return len(family.variables) == 1 and not family.is_mass and not family.is_indexed


if __name__ == "__main__":
    main()
