"""An expression as an exact fraction in independent generators.

Whatever is not rational (a logarithm, a polygamma, an exponential, a root, an unknown function)
becomes a generator.  Before that, functions that differ by a known identity are carried to one
of them, so that what is equal cancels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from sympy import (
    Add,
    E,
    Expr,
    Function,
    I,
    Pow,
    Tuple,
    beta,
    cos,
    cosh,
    digamma,
    erf,
    erfc,
    exp,
    expand,
    factorial,
    gamma,
    log,
    nan,
    oo,
    polygamma,
    sin,
    sinh,
    tan,
    tanh,
    trigamma,
    zoo,
)

from symfisher.algebra.cost import cost
from symfisher.algebra.gamma_shift import (
    BESSEL_TYPES,
    GAMMA_TYPES,
    Shift,
    argument_of,
    bessel_images,
    gamma_images,
    split_shift,
)
from symfisher.algebra.logarithms import log_image
from symfisher.algebra.powers import Relation, power_products
from symfisher.algebra.ring import UnfitError

Settle = Callable[[Expr], Expr]
UNFIT = (nan, oo, -oo, zoo, I)


@dataclass
class Rewriting:
    """How the nodes of an expression are written in generators, and the relations left."""

    images: dict[Expr, Expr] = field(default_factory=dict)
    products: dict[Expr, list[tuple[Expr, int]]] = field(default_factory=dict)
    relations: list[Relation] = field(default_factory=list)
    powers: list[Expr] = field(default_factory=list)  # independent exponentials and powers
    atoms: list[Expr] = field(default_factory=list)  # all other generators
    shifts: tuple[Shift, ...] = (Shift.BASE,)  # those that lead to different forms


def is_plain(expr: Expr) -> bool:
    """Whether SymPy's own form is canonical: a rational combination of symbols."""
    return all(
        not a.args
        or (a.is_Mul and len(a.args) == 2 and a.args[0].is_Rational and not a.args[1].args)
        for a in Add.make_args(expr)
    )


def leaves(expr: Expr, found: set[Expr]) -> None:
    """Collect the symbols and the maximal non-rational nodes of ``expr``."""
    stack, seen = [expr], set()
    while stack:
        node = stack.pop()
        if node in seen or node.is_Rational:
            continue
        seen.add(node)
        if node.is_Add or node.is_Mul:
            stack.extend(node.args)
        elif node.is_Pow and node.exp.is_Integer:
            stack.append(node.base)
        else:
            found.add(node)


def ordered(nodes: Iterable[Expr]) -> list[Expr]:
    """By length, then by text: an order that no hash enters."""
    return sorted(nodes, key=lambda node: (cost(node), str(node)))


def rewriting(expr: Expr, settle: Settle, shift: Shift = Shift.BASE) -> Rewriting:
    """Images of all non-rational nodes of ``expr``; ``settle`` shortens their arguments."""
    result = Rewriting()
    terminal = _local_images(expr, settle, result)
    result.shifts = _useful_shifts(terminal)
    shifting = () if shift is Shift.NONE else (_gamma_step(shift), _bessel_step)
    for step in (*shifting, _error_step, _circular_step):
        terminal = _apply(step, terminal, settle, result)
    powers = [n for n in terminal if isinstance(n, exp | Pow) or n is E]
    result.atoms = [n for n in terminal if n not in set(powers)]
    found = power_products(powers, result.atoms, settle)
    result.products, result.powers = found.products, found.generators
    result.atoms = [n for n in result.atoms if n not in found.products] + found.roots
    result.relations = found.relations + circular_relations(result.atoms)
    return result


def _local_images(expr: Expr, settle: Settle, result: Rewriting) -> list[Expr]:
    """Rewrite node by node until nothing changes; the nodes that stay."""
    pending: set[Expr] = set()
    leaves(expr, pending)
    terminal: set[Expr] = set()
    while pending:
        node = pending.pop()
        if node in result.images or node in terminal:
            continue
        image = _local_image(node, settle)
        if image == node:
            terminal.add(node)
            if isinstance(node, Pow):
                leaves(node.base, pending)  # its integer powers may be split off
        else:
            result.images[node] = image
            leaves(image, pending)
    return ordered(terminal)


def _apply(
    step: Callable[[Sequence[Expr]], dict[Expr, Expr]],
    terminal: Sequence[Expr],
    settle: Settle,
    result: Rewriting,
) -> list[Expr]:
    """Let ``step`` rewrite a class of nodes; what its images bring in is added to the nodes."""
    images = step(terminal)
    result.images.update(images)
    kept = {node for node in terminal if node not in images}
    for image in images.values():
        kept.update(_local_images(image, settle, result))
    return ordered(node for node in kept if node not in result.images)


def _local_image(node: Expr, settle: Settle) -> Expr:
    if node in UNFIT or node.is_Float:
        raise UnfitError
    if node.is_Symbol or (node.is_number and not node.args):
        return node
    if isinstance(node, log):
        argument = _settled(node.args[0], settle)
        return log_image(argument)
    if isinstance(node, digamma | trigamma):
        return polygamma(int(isinstance(node, trigamma)), node.args[0])
    if isinstance(node, beta) and len(node.args) == 2:
        first, second = node.args
        return gamma(first) * gamma(second) / gamma(first + second)
    if isinstance(node, factorial):
        return gamma(node.args[0] + 1)
    if isinstance(node, GAMMA_TYPES + BESSEL_TYPES):
        opened = [a if is_plain(a) else expand(settle(a)) for a in node.args]
        return node.func(*opened)
    if isinstance(node, exp | Pow):
        settled = [_settled(a, settle) for a in node.args]
        return node.func(*settled)
    if isinstance(node, Function) and all(isinstance(a, Expr | Tuple) for a in node.args):
        return _with_settled_arguments(node, settle)
    return node


def _with_settled_arguments(node: Expr, settle: Settle) -> Expr:
    settled = [
        Tuple(*(_settled(b, settle) for b in a)) if isinstance(a, Tuple) else _settled(a, settle)
        for a in node.args
    ]
    return node if tuple(settled) == node.args else node.func(*settled)


def _settled(argument: Expr, settle: Settle) -> Expr:
    return argument if is_plain(argument) else settle(argument)


# -- classes of functions with identities between them ---------------------------------------


def _useful_shifts(nodes: Sequence[Expr]) -> tuple[Shift, ...]:
    steps = [split_shift(argument_of(n))[1] for n in nodes if isinstance(n, GAMMA_TYPES)]
    raised = (Shift.HIGHEST,) if any(step > 0 for step in steps) else ()
    orders = {n.args[0] for n in nodes if isinstance(n, BESSEL_TYPES)}
    apart = (Shift.NONE,) if len(orders) > 2 else ()
    return (*raised, Shift.BASE, *apart)


def _gamma_step(shift: Shift) -> Callable[[Sequence[Expr]], dict[Expr, Expr]]:
    def step(nodes: Sequence[Expr]) -> dict[Expr, Expr]:
        return gamma_images([n for n in nodes if isinstance(n, GAMMA_TYPES)], shift)

    return step


def _bessel_step(nodes: Sequence[Expr]) -> dict[Expr, Expr]:
    return bessel_images(n for n in nodes if isinstance(n, BESSEL_TYPES))


def _error_step(nodes: Sequence[Expr]) -> dict[Expr, Expr]:
    """erfc(x) as 1 - erf(x), where x comes with both signs or with both functions."""
    chosen = [n for n in nodes if isinstance(n, erf | erfc)]
    variants: dict[Expr, set[Expr]] = {}
    for node in chosen:
        argument = node.args[0]
        key = -argument if argument.could_extract_minus_sign() else argument
        variants.setdefault(key, set()).add(node)
    return {
        node: 1 - erf(node.args[0])
        for group in variants.values()
        if len(group) > 1
        for node in group
        if isinstance(node, erfc)
    }


def _circular_step(nodes: Sequence[Expr]) -> dict[Expr, Expr]:
    """tan(x) as sin(x)/cos(x), where sin(x) or cos(x) occurs too; the same for tanh."""
    present = set(nodes)
    images = {}
    for node in nodes:
        for ratio, above, below in ((tan, sin, cos), (tanh, sinh, cosh)):
            if isinstance(node, ratio):
                x = node.args[0]
                if above(x) in present or below(x) in present:
                    images[node] = above(x) / below(x)
    return images


def circular_relations(nodes: Iterable[Expr]) -> list[Relation]:
    """sin(x)**2 = 1 - cos(x)**2 and sinh(x)**2 = cosh(x)**2 - 1, where both occur."""
    present = set(nodes)
    relations = []
    for node in ordered(n for n in present if isinstance(n, sin | sinh)):
        x = node.args[0]
        if isinstance(node, sin) and cos(x) in present:
            relations.append(Relation(node, 2, 1 - cos(x) ** 2))
        if isinstance(node, sinh) and cosh(x) in present:
            relations.append(Relation(node, 2, cosh(x) ** 2 - 1))
    return relations
