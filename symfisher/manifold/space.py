"""The parameter space of a family with numbers in place of symbols."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from sympy import Lt, Symbol, lambdify, true

from symfisher.catalog import resolve_target
from symfisher.declaration import Family
from symfisher.errors import InputError
from symfisher.manifold.coordinates import Ends, is_box
from symfisher.manifold.jet import Jet
from symfisher.suggestions import nearest

Array = np.ndarray[Any, Any]
_TRIVIAL = (True, true)


class Space:
    """The metric and an alpha-connection at arrays of points.

    Points are arrays (..., k) of parameters in declared order.

    Args:
        target: a family, the name of a bundled one or the path of a family file.
        alpha: the connection: 0 Levi-Civita, 1 exponential, -1 mixture.
        constants: the values of the family's constants by name.

    Raises:
        InputError: a constant is missing, unknown or outside its domain.
        DoesNotExistError: there is no Fisher metric.
        DerivationError: the metric has no closed form whose derivatives are known.
    """

    def __init__(
        self,
        target: str | Path | Family,
        *,
        alpha: float = 0,
        constants: Mapping[str, float] | None = None,
    ) -> None:
        self.family = resolve_target(target).canonical
        self.alpha = float(self._numbers(alpha, "alpha"))
        self.names = tuple(p.name for p in self.family.parameters)
        self.constants = self._constants(dict(constants or {}))
        self.jet = Jet(self.family, self.constants, self.alpha, line=False)
        self.line = Jet(self.family, self.constants, self.alpha, line=True)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.family!r}, alpha = {self.alpha:g}>"

    def _constants(self, given: dict[str, float]) -> dict[Symbol, float]:
        known = {c.name: c for c in self.family.constants}
        unknown = [name for name in given if name not in known]
        missing = [name for name in known if name not in given]
        if unknown or missing:
            wrong = (
                f"{unknown[0]} is no constant of it{nearest(unknown[0], known)}"
                if unknown
                else f"give constants={{{missing[0]!r}: ...}}: its geometry needs the value"
            )
            raise InputError(f"family '{self.family.name}': {wrong}")
        values = {known[n]: float(self._numbers(v, f"constant {n}")) for n, v in given.items()}
        for symbol, value in values.items():
            domain = self.family.domains[symbol].substitute(values)
            if not domain.lower <= value <= domain.upper:
                raise InputError(
                    f"family '{self.family.name}': the constant {symbol} = {value:g} is outside "
                    f"its domain, {domain.lower} .. {domain.upper}"
                )
        return values

    def _numbers(self, given: Any, what: str) -> Array:
        """What a caller gave as an array of finite or infinite numbers."""
        try:
            found = np.asarray(given, float)
        except (TypeError, ValueError) as error:
            raise InputError(
                f"family '{self.family.name}': {what} has to be real numbers in an array; {error}"
            ) from error
        if found.ndim == 0 and not np.isfinite(found):
            raise InputError(f"family '{self.family.name}': {what} is {found}; give a number")
        return found

    @cached_property
    def ends(self) -> Ends:
        """The ends of the domains; no coordinate is changed where they depend on parameters."""
        domains = [self.family.domains[p] for p in self.family.parameters]
        values = dict(self.constants)
        numbers = [(d.lower.subs(values), d.upper.subs(values)) for d in domains]
        low, high = (
            np.array([float(pair[i]) if not pair[i].free_symbols else sign for pair in numbers])
            for i, sign in ((0, -np.inf), (1, np.inf))
        )
        return Ends(low, high, is_box(self.family))

    @cached_property
    def _conditions(self) -> list[tuple[str, Any]]:
        """Every inequality that a point has to satisfy, in words and as a function."""
        # Over symbols without assumptions: SymPy takes 0 < p for granted where p is positive.
        plain = {s: Symbol(s.name) for s in (*self.family.parameters, *self.family.constants)}
        conditions: list[Any] = list(self.family.constraints)
        for p in self.family.parameters:
            domain = self.family.domains[p]
            conditions += [Lt(domain.lower, p, evaluate=False), Lt(p, domain.upper, evaluate=False)]
        bare = [c.func(*(side.xreplace(plain) for side in c.args)) for c in conditions]
        return [
            (str(c), lambdify([*plain.values()], c, "numpy")) for c in bare if c not in _TRIVIAL
        ]

    def inside(self, points: Any) -> Array:
        """Whether each point lies in the parameter domain, (...)."""
        x = np.asarray(points, float)
        inside = np.isfinite(x).all(-1)
        for _, holds in self._conditions:
            with np.errstate(all="ignore"):
                inside &= np.broadcast_to(holds(*self._columns(x)), inside.shape)
        return inside

    def _columns(self, x: Array) -> list[Any]:
        return [*np.moveaxis(x, -1, 0), *self.constants.values()]

    def points(self, given: Any, what: str = "point") -> Array:
        """Given points as an array (..., k) of floats.

        Raises:
            InputError: their last axis is not k, or one lies outside the domain.
        """
        x = self._numbers(given, f"a {what}")
        k = len(self.names)
        if k == 1 and (x.ndim == 0 or x.shape[-1] != 1):
            x = x[..., None]
        if x.ndim == 0 or x.shape[-1] != k:
            raise InputError(
                f"family '{self.family.name}': a {what} has {k} parameters "
                f"({', '.join(self.names)}); the array given has shape {np.shape(given)}"
            )
        inside = self.inside(x)
        if not inside.all():
            self._complain(x[~inside][0], what)
        return x

    def _complain(self, x: Array, what: str) -> None:
        shown = ", ".join(f"{name} = {value:g}" for name, value in zip(self.names, x))
        with np.errstate(all="ignore"):
            broken = [text for text, holds in self._conditions if not holds(*self._columns(x))]
        raise InputError(
            f"family '{self.family.name}': the {what} {shown} is outside the parameter domain"
            + (f": it needs {' and '.join(broken)}" if broken else "")
        )

    def vectors(self, given: Any) -> Array:
        """Tangent vectors as an array (..., k) of floats.

        Raises:
            InputError: their last axis is not k, or one is not finite.
        """
        v = self._numbers(given, "a tangent vector")
        k = len(self.names)
        if k == 1 and (v.ndim == 0 or v.shape[-1] != 1):
            v = v[..., None]
        if v.ndim == 0 or v.shape[-1] != k or not np.isfinite(v).all():
            raise InputError(
                f"family '{self.family.name}': a tangent vector has {k} finite components; the "
                f"array given has shape {np.shape(given)}"
            )
        return v

    def together(self, *arrays: Array) -> list[Array]:
        """The arrays broadcast against each other.

        Raises:
            InputError: their shapes do not fit.
        """
        try:
            return list(np.broadcast_arrays(*arrays))
        except ValueError as error:
            shapes = ", ".join(str(a.shape) for a in arrays)
            raise InputError(
                f"family '{self.family.name}': arrays of shapes {shapes} cannot be paired: their "
                "leading axes have to be equal or 1"
            ) from error

    # -- tensors ----------------------------------------------------------------------------------

    def metric(self, points: Any) -> Array:
        """g_ij, (..., k, k).

        Raises:
            InputError: a point is outside the domain.
        """
        x = self.points(points)
        k = len(self.names)
        return self.jet.metric(x.reshape(-1, k)).reshape(*x.shape, k)

    def christoffel(self, points: Any) -> Array:
        """Gamma^k_ij of the connection at [..., k, i, j].

        Raises:
            InputError: a point is outside the domain.
        """
        x = self.points(points)
        k = len(self.names)
        return self.jet.symbols(x.reshape(-1, k)).reshape(*x.shape, k, k)

    def norm(self, points: Any, vectors: Any) -> Array:
        """The length of tangent vectors at points, (...)."""
        v = self.vectors(vectors)
        return np.sqrt(np.einsum("...ij,...i,...j->...", self.metric(points), v, v))
