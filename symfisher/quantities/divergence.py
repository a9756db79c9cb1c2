"""Kullback-Leibler divergence within a family and between families, and what is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations_with_replacement

from sympy import Abs, Derivative, Expr, Piecewise, Subs, Symbol, diff, hyper, lerchphi, meijerg

from symfisher.algebra.tidy import tidy
from symfisher.declaration import Family
from symfisher.expectation.engine import status_of
from symfisher.expectation.mean_ratio import MeanRatio, mean_log_ratio
from symfisher.expectation.pair import Pair, pair_of
from symfisher.formula import Formula, Status, Step
from symfisher.quantities.entropy import entropy
from symfisher.quantities.pairs import closing_note, densities, infinite, roles
from symfisher.quantities.registry import quantity

_TITLE = "Kullback-Leibler divergence"


@quantity("kl", "Kullback-Leibler divergence to a second parameter point of the family.")
def kl(
    family: Family,
    other: Family | str | None = None,
    common: str | tuple[str, ...] = (),
    reverse: bool = False,
) -> Formula:
    """KL(p || q) = E[log p - log q], the expectation under p.

    p is a member of the family; q another, whose parameters are ``extra_symbols["primed"]``, or a
    member of ``other``, a family or a bundled name, with ``extra_symbols["second"]``.  ``common``
    names parameters that two members of one family have in common, ``reverse`` asks for
    KL(q || p).  It is finite only if p has no mass where q has none: ``conditions``, or status
    "none" with the reason.

    Raises:
        InputError: the two are not laws of the same observations.
        UnknownNameError: ``other`` or ``common`` names what does not exist.
    """
    pair = pair_of(family, other, common)
    p, q = reversed(densities(pair)) if reverse else densities(pair)
    symbol = rf"\operatorname{{KL}}({p} \,\|\, {q})"
    found = _reversed(pair) if reverse else mean_log_ratio(pair)
    if found.expr is None:
        return infinite(pair, "kl", _TITLE, symbol, found.reason)
    notes: tuple[str, ...] = ()
    if found.status is Status.QUADRATURE:
        notes = closing_note(pair, common, lambda one: mean_log_ratio(one).status is Status.CLOSED)
    step = Step(
        "KL divergence",
        "Take the expectation of the difference of the log-densities.",
        -pair.log_ratio if reverse else pair.log_ratio,
        found.expr,
    )
    return Formula(
        name="kl",
        title=_TITLE,
        symbol=symbol,
        expr=found.expr,
        family=family,
        status=found.status,
        digits=found.digits,
        trace=(*found.steps, step),
        conditions=found.conditions,
        notes=notes,
        extra_symbols=roles(pair),
    )


def _reversed(pair: Pair) -> MeanRatio:
    """KL(q || p); within a family it is KL(p || q) with the two points exchanged."""
    if not pair.within:
        return mean_log_ratio(pair.swapped)
    forward = mean_log_ratio(pair)
    if forward.expr is None:
        return forward
    back = {**pair.diagonal, **{p: q for q, p in pair.diagonal.items()}}
    return replace(
        forward,
        expr=tidy(forward.expr.xreplace(back)),
        conditions=tuple(c.xreplace(back) for c in forward.conditions),
    )


@quantity(
    "jeffreys_divergence",
    "Jeffreys divergence KL(p || q) + KL(q || p) to a second parameter point.",
    ("kl",),
    default=False,
)
def jeffreys_divergence(
    family: Family, other: Family | str | None = None, common: str | tuple[str, ...] = ()
) -> Formula:
    """J(p, q) = KL(p || q) + KL(q || p), with the options of ``kl``.

    Its Hessian at zero displacement is twice the Fisher matrix (Jeffreys 1946).
    """
    there, back = kl(family, other, common), kl(family, other, common, True)
    pair = pair_of(family, other, common)
    p, q = densities(pair)
    named = there.with_(
        name="jeffreys_divergence", title="Jeffreys divergence", symbol=f"J({p}, {q})"
    )
    if there.expr is None or back.expr is None:
        missing = there if there.expr is None else back
        return named.with_(expr=None, status=Status.NONE, notes=missing.notes)
    conditions = tuple(dict.fromkeys((*there.conditions, *back.conditions)))
    total = tidy(there.expr + back.expr)
    step = Step("Jeffreys divergence", "Add the divergences of both directions.", None, total)
    return named.with_(
        expr=total, status=status_of(total), conditions=conditions, trace=(*there.trace, step)
    )


@quantity(
    "cross_entropy", "Cross-entropy -E[log q] to a second parameter point.", ("kl",), default=False
)
def cross_entropy(
    family: Family, other: Family | str | None = None, common: str | tuple[str, ...] = ()
) -> Formula:
    """H(p, q) = -E[log q] under p, in nats, with the options of ``kl``: H(p) + KL(p || q)."""
    divergence, own = kl(family, other, common), entropy(family)
    pair = pair_of(family, other, common)
    p, q = densities(pair)
    named = divergence.with_(name="cross_entropy", title="Cross-entropy", symbol=f"H({p}, {q})")
    if divergence.expr is None:
        return named
    total = tidy(divergence.expr + own.expr)
    step = Step("cross-entropy", "Add the entropy and the divergence.", None, total)
    return named.with_(
        expr=total, status=status_of(total), trace=(*own.trace, *divergence.trace, step)
    )


def increments_of(family: Family) -> dict[str, Symbol]:
    """Parameter name -> the symbol of its displacement, such as d_a, free of clashes."""
    taken = {s.name for s in (*family.variables, *family.parameters, *family.constants)}
    names = {}
    for parameter in family.parameters:
        name = f"d_{parameter.name}"
        while name in taken:
            name += "_"
        names[parameter.name] = Symbol(name, real=True)
    return names


def curvatures_at_zero(divergence: Formula) -> dict[tuple[int, int], Expr]:
    """Second derivatives of a closed divergence by the primed parameters, at no displacement.

    Where the formula has cases (|mu - mu'| of a density with a kink) the limit is taken from one
    side.  Entries (i, j), i <= j, that SymPy differentiates into what has no numbers are left out.
    """
    parameters = divergence.family.parameters
    prime: Mapping[str, Symbol] = divergence.extra_symbols["primed"]
    back = {prime[p.name]: p for p in parameters if p.name in prime}
    one_sided = divergence.expr.replace(Abs, lambda z: z)
    one_sided = one_sided.replace(Piecewise, lambda *cases: cases[-1][0])
    one_sided = one_sided.replace(lerchphi, _without_division)
    found = {}
    for (i, p), (j, q) in combinations_with_replacement(enumerate(parameters), 2):
        if p.name in prime and q.name in prime:
            curvature = diff(one_sided, prime[p.name], prime[q.name]).xreplace(back)
            if not curvature.has(meijerg, Derivative, Subs):
                found[i, j] = curvature
    return found


def _without_division(z: Expr, s: Expr, a: Expr) -> Expr:
    """Lerch's function as a hypergeometric one, whose derivative at z = 0 needs no limit."""
    if not (s.is_Integer and s.is_positive):
        return lerchphi(z, s, a)
    return hyper([1, *[a] * int(s)], [a + 1] * int(s), z) / a**s
