"""What can be derived: each quantity is a function from a family to a Formula, found by name.

A module of one of the ``FOLDERS`` that decorates a function with ``@quantity`` adds a quantity;
nothing has to be listed anywhere.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache, update_wrapper
from importlib import import_module
from inspect import signature
from types import MappingProxyType
from typing import Any

from symfisher.declaration import Family
from symfisher.errors import DoesNotExistError, UnknownNameError
from symfisher.formula import Formula
from symfisher.suggestions import nearest

FOLDERS = ("symfisher.quantities", "symfisher.geometry")

# Results that one quantity keeps, a family with its options each.
CACHE_SIZE = 64

# The order of a page; any other quantity follows in alphabetical order.
_ORDER = (
    "score",
    "hessian",
    "outer_product",
    "negative_hessian",
    "regularity",
    "fisher",
    "crlb",
    "kl",
    "kl_expansion",
)


@dataclass(frozen=True)
class Quantity:
    """A named function from a family (and options) to a ``Formula`` or ``Regularity``.

    Attributes:
        name: as in ``--quantity``.
        summary: one line for ``--list-quantities``.
        needs: the quantities that it is derived from.
        default: whether it is part of "all", as the cheap ones are.
        function: the derivation; a result is kept for the family object and options.
    """

    name: str
    summary: str
    needs: tuple[str, ...]
    default: bool
    function: Callable[..., Any]

    @property
    def options(self) -> tuple[str, ...]:
        """The names of the options that it takes."""
        return tuple(signature(self.function).parameters)[1:]

    def __call__(self, family: Family, **options: Any) -> Any:
        """The result for a canonical family.

        Raises:
            DoesNotExistError: it is not derived for vectors of symbolic length, or not with these
                options.
        """
        function = self.function if not family.is_indexed else _FOR_VECTORS.get(self.name)
        if function is None:
            raise DoesNotExistError(
                f"{self.name} is not derived for vectors of symbolic length; it is for the family "
                f"written out at a fixed one, family.unrolled(3)"
            )
        foreign = set(options) - set(signature(function).parameters)
        if foreign and foreign <= set(self.options):
            raise DoesNotExistError(
                f"{self.name}: {', '.join(sorted(foreign))} is not there for vectors of symbolic "
                "length; it is for the family written out at a fixed one, family.unrolled(3)"
            )
        return function(family, **options)


_REGISTERED: dict[str, Quantity] = {}
_FOR_VECTORS: dict[str, Callable[..., Any]] = {}


def for_vectors(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the decorated function as the quantity of families with vectors."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        def shown(family: Family, **options: Any) -> Any:
            result = function(family, **options)
            return result.with_free_indices() if isinstance(result, Formula) else result

        _FOR_VECTORS[name] = update_wrapper(lru_cache(CACHE_SIZE, typed=True)(shown), function)
        return function

    return register


def quantity(
    name: str, summary: str, needs: tuple[str, ...] = (), *, default: bool = True
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the decorated ``function(family, **options)``; options have to be hashable."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        kept = update_wrapper(lru_cache(maxsize=CACHE_SIZE, typed=True)(function), function)
        _REGISTERED[name] = Quantity(name, summary, needs, default, kept)
        quantities.cache_clear()
        return kept

    return register


@cache
def quantities() -> Mapping[str, Quantity]:
    """Every quantity by name, in the order in which results are shown."""
    for folder in map(import_module, FOLDERS):
        for module in pkgutil.walk_packages(folder.__path__, f"{folder.__name__}."):
            import_module(module.name)
    places = {name: place for place, name in enumerate(_ORDER)}
    names = sorted(_REGISTERED, key=lambda name: (places.get(name, len(places)), name))
    return MappingProxyType({name: _REGISTERED[name] for name in names})


def find_quantity(name: str) -> Quantity:
    """The quantity called ``name``.

    Raises:
        UnknownNameError: there is none; the message has the nearest names.
    """
    known = quantities()
    if name not in known:
        raise UnknownNameError(f"no quantity is called {name!r}{nearest(name, known)}")
    return known[name]


def page(names: Iterable[str] = ()) -> tuple[str, ...]:
    """The quantities asked for, in the order of a page; none named, or "all": the default ones.

    The regularity verdict joins whatever rests on it.

    Raises:
        UnknownNameError: one of them does not exist; the message has the nearest names.
    """
    asked = [find_quantity(name).name for name in names if name != "all"]
    if not asked or "all" in names:
        asked += [name for name, each in quantities().items() if each.default]
    wanted = {*asked, *({"regularity"} & _all_needs(asked))}
    return tuple(name for name in quantities() if name in wanted)


def _all_needs(names: Iterable[str]) -> set[str]:
    needs: set[str] = set()
    waiting = list(names)
    while waiting:
        new = set(quantities()[waiting.pop()].needs) - needs
        needs |= new
        waiting += [name for name in new if name in quantities()]
    return needs
