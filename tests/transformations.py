"""Bundled families in disguise: their densities under maps of the data and of the parameters.

The Fisher matrix does not change under a monotone map of the data, and becomes J^T F J under a
change of parameters.  Each case is the text of a family file, its logs expanded or not.
"""

import json
import random
from dataclasses import dataclass

from sympy import (
    Expr,
    Integer,
    Matrix,
    Rational,
    Symbol,
    diff,
    exp,
    expand,
    expand_log,
    log,
    oo,
    sqrt,
    sympify,
)

import symfisher as sf
from symfisher.catalog import bundled_family
from symfisher.declaration import Family

Y = Symbol("y", real=True)
# name -> (x in terms of y, y in terms of x, whether it reverses, where it applies)
MAPS = {
    "2x": (Y / 2, lambda x: 2 * x, False, "any"),
    "(x - 1)/3": (3 * Y + 1, lambda x: (x - 1) / 3, False, "any"),
    "exp x": (log(Y), exp, False, "any"),
    "log x": (exp(Y), log, False, "positive"),
    "1/x": (1 / Y, lambda x: 1 / x, True, "positive"),
    "sqrt x": (Y**2, sqrt, False, "positive"),
    "x**3": (Y ** Rational(1, 3), lambda x: x**3, False, "positive"),
    "logit x": (1 / (1 + exp(-Y)), lambda x: log(x / (1 - x)), False, "unit"),
    "odds": (Y / (1 + Y), lambda x: x / (1 - x), False, "unit"),
    "-log x": (exp(-Y), lambda x: -log(x), True, "unit"),
    "1 - x": (1 - Y, lambda x: 1 - x, True, "unit"),
}
ENDS = {  # images of the ends that cannot be put in
    ("exp x", oo): oo, ("exp x", -oo): Integer(0), ("log x", Integer(0)): -oo, ("log x", oo): oo,
    ("1/x", Integer(0)): oo, ("1/x", oo): Integer(0), ("logit x", Integer(0)): -oo,
    ("logit x", Integer(1)): oo, ("odds", Integer(1)): oo, ("-log x", Integer(0)): oo,
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A disguised family: its file's text, the original, and the old parameters in the new."""

    label: str
    text: str
    original: Family
    old_in_new: tuple[Expr, ...]


def families() -> list[str]:
    """Bundled continuous families of one variable whose support has one form."""
    names = []
    for name in sf.bundled_names():
        family = bundled_family(name)
        alone = len(family.variables) == 1 and len(family.cases) == 1
        if alone and not family.is_mass and name != "von_mises":
            names.append(name)
    return names


def case(seed: int) -> Case:
    """A reproducible disguise of a family."""
    generator = random.Random(seed)
    family = bundled_family(generator.choice(families()))
    lower, upper = family.supports[0].lower, family.supports[0].upper
    place = "unit" if (lower, upper) == (0, 1) else "positive" if lower.is_nonnegative else "any"
    usable = {"any": {"any"}, "positive": {"any", "positive"}, "unit": {"any", "positive", "unit"}}
    name = generator.choice([m for m in MAPS if MAPS[m][3] in usable[place]])
    inverse, forward, reverses, _ = MAPS[name]
    ends = [ENDS.get((name, end)) for end in (lower, upper)]
    ends = [forward(end) if known is None else known for end, known in zip((lower, upper), ends)]
    if reverses:
        ends.reverse()
    slope = diff(inverse, Y) * (-1 if reverses else 1)
    changes = {p: _change(p, family, generator) for p in family.parameters}
    replace = {p: old for p, (old, _, _) in changes.items()}
    density = family.log_density.subs(family.variables[0], inverse) + log(slope)
    density = density.subs(replace, simultaneous=True)
    if generator.random() < 0.5:
        density = expand(expand_log(density))
    domains = "".join(f"{new} = {json.dumps(domain)}\n" for _, new, domain in changes.values())
    constants = "".join(f'{c} = "{family.domains[c]}"\n' for c in family.constants)
    low, high = (sympify(end).subs(replace) for end in ends)
    text = (
        f'name = "{family.name}"\nlogpdf = {json.dumps(str(density))}\n'
        f'[variable]\ny = "({low}, {high})"\n[parameters]\n{domains}'
        + (f"[constants]\n{constants}" if constants else "")
    )
    label = f"{family.name} under {name} in {[new for _, new, _ in changes.values()]}"
    return Case(label, text, family, tuple(replace[p] for p in family.parameters))


def _change(p: Symbol, family: Family, generator: random.Random) -> tuple[Expr, str, str]:
    """(the old parameter in the new one, the new one's name, its domain)."""
    domain = family.domains[p]
    real, positive = Symbol(f"{p}_n", real=True), Symbol(f"{p}_n", positive=True)
    choices = []
    if (domain.lower, domain.upper) == (0, oo):
        choices = [(exp(real), "real"), (sqrt(positive), "positive"), (positive**2, "positive")]
        choices += [(1 / positive, "positive"), (positive / 2, "positive")]
    elif (domain.lower, domain.upper) == (-oo, oo):
        choices = [(real - 1, "real"), (real / 2, "real")]
    if not choices or generator.random() < 0.3:
        return p, p.name, str(domain)
    old, name = generator.choice(choices)
    return old, f"{p}_n", name


def transformed(matrix: Matrix, this: Case, family: Family) -> Matrix:
    """J^T F J in the symbols of the disguised family."""
    mine = {s.name: s for s in (*family.parameters, *family.constants)}
    olds = [o.xreplace({s: mine[s.name] for s in o.free_symbols}) for o in this.old_in_new]
    constants = {c: mine[c.name] for c in this.original.constants}
    jacobian = Matrix([[diff(old, new) for new in family.parameters] for old in olds])
    replace = {**dict(zip(this.original.parameters, olds)), **constants}
    return jacobian.T * matrix.subs(replace, simultaneous=True) * jacobian
