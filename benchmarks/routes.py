"""The ways to a Fisher matrix that are compared, each run in a process of its own.

``python routes.py ROUTE FAMILY LIMIT`` prints one JSON object: ``seconds`` of CPU time, imports not
counted; ``entries``, the upper triangle row by row: a number, or why there is none; and whether the
Hessian was free of the data, so that a route through it had nothing to integrate.
"""

from __future__ import annotations

import json
import re
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from itertools import combinations_with_replacement
from math import ceil

import sympy
import sympy.stats
from cases import CASES, Case
from sympy import Expr, Integral, Rational, Sum, Symbol, expand, expand_power_exp, loggamma

from symfisher.declaration import Family
from symfisher.domains import Domain

FAILURES = (
    ArithmeticError,
    AttributeError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
)
Route = Callable[[Case, float], list[Expr | str]]


class OutOfTime(BaseException):
    """Raised inside a call that does not return; no handler for ``Exception`` stops it."""


def cpu_seconds() -> float:
    """Of this process and of those it has waited for."""
    used = [resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def limited(function: Callable[[], Expr], limit: float) -> Expr | str:
    """Its result, or the reason why there is none."""

    def ring(signum: int, frame: object) -> None:
        raise OutOfTime

    signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, limit)
    try:
        return function()
    except OutOfTime:
        return "time"
    except FAILURES as error:
        return type(error).__name__
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def symfisher_route(case: Case, limit: float) -> list[Expr | str]:
    """Declaration, both forms and their verification, as ``derive`` does them."""
    import symfisher as sf

    d = sf.derive(case.name)
    forms = [d.outer_product, d.negative_hessian, d.fisher]
    digits = min(formula.digits or 0 for formula in forms)
    assert digits >= 10, f"only {digits} digits"
    fisher = forms[-1].expr
    size = range(fisher.shape[0])
    return [fisher[i, j] for i, j in combinations_with_replacement(size, 2)]


def entrywise(expectation: Callable[[Case, Family, Expr], Expr]) -> Route:
    """A route that asks for the mean of each second derivative; after two time-outs it stops."""

    def route(case: Case, limit: float) -> list[Expr | str]:
        family = _with_positive_shape(import_module(f"symfisher.families.{case.name}").family)
        entries: list[Expr | str] = []
        for p, q in combinations_with_replacement(family.parameters, 2):
            if entries.count("time") == 2:
                entries.append("not tried")
                continue
            second = -family.log_density.diff(p, q)
            entries.append(limited(lambda s=second: expectation(case, family, s), limit))
        return entries

    return route


def plain_integral(case: Case, family: Family, integrand: Expr) -> Expr:
    """``integrate`` or ``summation`` of the terms of the Hessian times the density."""
    if not integrand.free_symbols & set(family.variables):
        return integrand
    value = expand(integrand) * _density(case, family)
    for variable, domain in zip(reversed(family.variables), reversed(family.supports), strict=True):
        total = sympy.summation if domain.discrete else sympy.integrate
        value = total(expand(value), (variable, domain.lower, domain.upper))
    return value


def stats_expectation(case: Case, family: Family, integrand: Expr) -> Expr:
    """``sympy.stats.E`` of the second derivative at SymPy's random variable."""
    if not case.stats:
        raise NotImplementedError
    names = {s.name: s for s in (*family.parameters, *family.constants)}
    constructors = {n: getattr(sympy.stats, n) for n in re.findall(r"^\w+", case.stats)}
    variable = eval(case.stats, {**constructors, **names})  # our own text, from cases.py
    return sympy.stats.E(integrand.subs(family.variables[0], variable))


def maxima_integral(case: Case, family: Family, integrand: Expr) -> Expr:
    """Maxima's ``integrate`` or ``simplify_sum`` of the same, one entry a process."""
    if not integrand.free_symbols & set(family.variables):
        return integrand
    value = _maxima(expand(integrand) * _density(case, family))
    for variable, domain in zip(reversed(family.variables), reversed(family.supports), strict=True):
        ends = f"{_maxima(domain.lower)}, {_maxima(domain.upper)}"
        total = "simplify_sum(sum" if domain.discrete else "(integrate"
        value = f"{total}({value}, {variable}, {ends}))"
    assumed = "".join(map(_assumed, family.domains.items()))
    lines = f"load(simplify_sum)$ display2d:false$ {assumed} found_mean: {value}$"
    script = f"{lines} string(float(ev(found_mean, {_point(case)}, numer)));"
    done = subprocess.run(
        ["maxima", "--very-quiet", "--batch-string", script],
        input="positive;\nno;\n" * 20,  # a question of the other kind is asked again
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=partial(_limit_cpu, ceil(signal.getitimer(signal.ITIMER_PROF)[0])),
    )
    if done.returncode < 0:
        raise OutOfTime
    last = done.stdout.strip().splitlines()[-1].strip('" ')
    if "integrate" in last or "sum" in last:
        return Integral(*[family.variables[0]] * 2)
    return sympy.sympify(last.replace("%i", "I"))


ROUTES = {
    "symfisher": symfisher_route,
    "SymPy": entrywise(plain_integral),
    "sympy.stats": entrywise(stats_expectation),
}
if shutil.which("maxima"):
    ROUTES["Maxima"] = entrywise(maxima_integral)


def _assumed(declared: tuple[Symbol, Domain]) -> str:
    """What Maxima may know of a parameter, also in the shapes in which it asks."""
    symbol, domain = declared
    facts = [f"{symbol} > {domain.lower}", f"{symbol} < {domain.upper}"]
    if domain.upper == 1:
        facts += [f"abs({symbol} - 1) < 1"] if domain.lower == 0 else [f"{symbol}^2 < 1"]
    return "".join(f"assume({fact})$" for fact in facts if "oo" not in fact and "pi" not in fact)


def _limit_cpu(seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def _density(case: Case, family: Family) -> Expr:
    """As a product of powers."""
    if case.density:
        names = {s.name: s for s in (*family.variables, *family.domains)}
        return sympy.sympify(case.density, locals=names)
    density = family.log_density.replace(loggamma, lambda a: sympy.log(sympy.gamma(a)))
    return expand_power_exp(sympy.exp(expand(density))).replace(sympy.exp, _power)


def _power(exponent: Expr) -> Expr:
    """e^(a log b) as b^a, which SymPy does for numbers a only."""
    logs = [factor for factor in exponent.as_ordered_factors() if isinstance(factor, sympy.log)]
    return logs[0].args[0] ** (exponent / logs[0]) if len(logs) == 1 else sympy.exp(exponent)


def _with_positive_shape(family: Family) -> Family:
    """The part of a family with one form of support that the comparison uses."""
    return family.cases[0] if len(family.cases) > 1 else family


def _maxima(expression: Expr | str) -> str:
    """SymPy's text in Maxima's names."""
    text = re.sub(r"polygamma\((\d+), ", r"psi[\1](", str(expression))
    for ours, theirs in (
        (r"\boo\b", "inf"),
        (r"\bpi\b", "%pi"),
        (r"\bEulerGamma\b", "%gamma"),
        (r"\bbesseli\b", "bessel_i"),
        (r"\bAbs\b", "abs"),
        (r"\bsign\b", "signum"),
    ):
        text = re.sub(ours, theirs, text)
    return text


def _point(case: Case) -> str:
    return ", ".join(f"{name}={value}" for name, value in case.at.items())


def _number(entry: Expr | str, case: Case) -> float | str:
    """The entry at the case's point."""
    if isinstance(entry, str):
        return entry
    if entry.has(Integral, Sum, sympy.stats.Expectation):
        return "unevaluated"
    at = {s: Rational(case.at[s.name]) for s in entry.free_symbols if s.name in case.at}
    value = sympy.N(entry.subs(at))
    if not value.is_number or value.has(sympy.nan, sympy.zoo, sympy.oo):
        return "no number"
    return float(sympy.re(value))


def _has_constant_hessian(name: str) -> bool:
    family = import_module(f"symfisher.families.{name}").family
    second = sympy.hessian(family.log_density, family.parameters)
    return not second.free_symbols & set(family.variables)


def main() -> None:
    route, name, limit = sys.argv[1:]
    (case,) = (case for case in CASES if case.name == name)
    if route == "symfisher":  # imports are not part of what is measured
        from symfisher.quantities.registry import quantities

        quantities()
    else:  # nor is the declaration, which symfisher's figure holds
        import_module(f"symfisher.families.{name}")
    before = cpu_seconds()
    entries = ROUTES[route](case, float(limit))
    seconds = cpu_seconds() - before
    numbers = [limited(lambda e=e: _number(e, case), 60) for e in entries]
    answer = {"seconds": seconds, "entries": numbers, "constant": _has_constant_hessian(name)}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
