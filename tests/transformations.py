"""Bundled families in disguise: their densities under maps of the data and of the parameters.

The Fisher matrix does not change under a monotone map of the data, and becomes J^T F J under a
change of parameters.  Each case is the text of a family file, its logs expanded or not.
"""

import json
import random
from dataclasses import dataclass
from itertools import product

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
        if alone and not family.is_mass and not family.is_indexed:
            names.append(name)
    return names


def declared_forms() -> list[tuple[str, str]]:
    """(family, name of a parametrisation) for all that these families declare."""
    return [(n, form) for n in families() for form in bundled_family(n).facts.parametrizations]


def case(seed: int) -> Case:
    """A reproducible disguise of a family: any map of the data, any change of each parameter."""
    generator = random.Random(seed)
    family = bundled_family(generator.choice(families()))
    name = generator.choice(usable_maps(family))
    changes = {p: _change(p, family, generator) for p in family.parameters}
    olds = {p: old for p, (old, _, _) in changes.items()}
    domains = {new: domain for _, new, domain in changes.values()}
    return _disguised(family, name, olds, domains, expanded=generator.random() < 0.5)


def declared_case(family_name: str, form: str, seed: int) -> Case:
    """A family in one of its declared parametrisations, its data mapped."""
    generator = random.Random(f"{family_name} {form} {seed}")
    family = bundled_family(family_name)
    texts = family.facts.parametrizations[form]
    olds = {p: sympify(texts.get(p.name, p.name)) for p in family.parameters}
    names = dict.fromkeys(s.name for old in olds.values() for s in _ordered(old.free_symbols))
    constants = {c.name: c for c in family.constants}
    domains = _domains([n for n in names if n not in constants], family, olds)
    symbols = {n: Symbol(n, **NAMED.get(domain, {"real": True})) for n, domain in domains.items()}
    symbols |= constants
    olds = {p: e.subs({s: symbols[s.name] for s in e.free_symbols}) for p, e in olds.items()}
    maps = usable_maps(family)
    name = generator.choice(maps) if seed else "2x"
    return _disguised(family, name, olds, domains, expanded=generator.random() < 0.5)


NAMED = {"positive": {"positive": True}, "(2, oo)": {"positive": True},
         "unit": {"positive": True}, "negative": {"negative": True}}  # fmt: skip
TRIED = {  # domains that a new parameter may have, the widest first, with values from them
    "real": (-3, Rational(-2, 3), Rational(1, 4), 5),
    "positive": (Rational(1, 9), Rational(2, 3), 2, 7),
    "(2, oo)": (Rational(9, 4), 3, 5, 9),
    "unit": (Rational(1, 9), Rational(1, 3), Rational(2, 3), Rational(8, 9)),
    "negative": (-7, -2, Rational(-2, 3), Rational(-1, 9)),
}


def _domains(names: list[str], family: Family, olds: dict[Symbol, Expr]) -> dict[str, str]:
    """The widest domains of new parameters from which the old ones stay in theirs."""
    for domains in product(TRIED, repeat=len(names)):
        points = product(*(TRIED[d] for d in domains))
        if all(_lands(dict(zip(names, values)), family, olds) for values in points):
            return dict(zip(names, domains))
    raise AssertionError(f"{family.name}: no domains for {names}")


def _lands(values: dict[str, Expr], family: Family, olds: dict[Symbol, Expr]) -> bool:
    """Whether a point of the new parameters is a point of the old ones."""
    for parameter, old in olds.items():
        value = old.subs({s: values.get(s.name, s) for s in old.free_symbols}).evalf()
        domain = family.domains[parameter]
        if not (value.is_real and value.is_finite and domain.lower < value < domain.upper):
            return False
    return True


def _ordered(symbols: set[Symbol]) -> list[Symbol]:
    return sorted(symbols, key=lambda s: s.name)


def usable_maps(family: Family) -> list[str]:
    """The maps of the data that apply on the family's support."""
    lower, upper = family.supports[0].lower, family.supports[0].upper
    place = "unit" if (lower, upper) == (0, 1) else "positive" if lower.is_nonnegative else "any"
    usable = {"any": {"any"}, "positive": {"any", "positive"}, "unit": {"any", "positive", "unit"}}
    return [m for m in MAPS if MAPS[m][3] in usable[place]]


def _disguised(
    family: Family,
    name: str,
    olds: dict[Symbol, Expr],
    domains: dict[str, str],
    *,
    expanded: bool,
) -> Case:
    """The text of the family under the map ``name`` with its old parameters in new ones."""
    lower, upper = family.supports[0].lower, family.supports[0].upper
    inverse, forward, reverses, _ = MAPS[name]
    ends = [ENDS.get((name, end)) for end in (lower, upper)]
    ends = [forward(end) if known is None else known for end, known in zip((lower, upper), ends)]
    if reverses:
        ends.reverse()
    slope = diff(inverse, Y) * (-1 if reverses else 1)
    density = family.log_density.subs(family.variables[0], inverse) + log(slope)
    density = density.subs(olds, simultaneous=True)
    if expanded:
        density = expand(expand_log(density))
    parameters = "".join(f"{new} = {json.dumps(domain)}\n" for new, domain in domains.items())
    constants = "".join(f'{c} = "{family.domains[c]}"\n' for c in family.constants)
    low, high = (sympify(end).subs(olds, simultaneous=True) for end in ends)
    text = (
        f'name = "{family.name}"\nlogpdf = {json.dumps(str(density))}\n'
        f'[variable]\ny = "({low}, {high})"\n[parameters]\n{parameters}'
        + (f"[constants]\n{constants}" if constants else "")
    )
    label = f"{family.name} under {name} in {list(domains)}"
    return Case(label, text, family, tuple(olds[p] for p in family.parameters))


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
