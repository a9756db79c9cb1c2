"""Everything that follows from one declaration, each quantity derived when it is first asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sympy import Basic, MatrixBase

from symfisher.catalog import resolve_target
from symfisher.clock import time_limit as limited
from symfisher.declaration import Family
from symfisher.errors import DoesNotExistError, InputError
from symfisher.formula import Formula, Status, Step
from symfisher.quantities.registry import find_quantity, page, quantities
from symfisher.render.conventions import STANDARD, Notation
from symfisher.suggestions import nearest

if TYPE_CHECKING:
    from symfisher.codegen import Kernel
    from symfisher.quantities.identifiability import Identifiability
    from symfisher.quantities.regularity import Regularity


def derive(target: str | Path | Family, *, time_limit: float | None = None) -> Derivation:
    """The derivation of a bundled family's name, a family file's path or a ``Family``.

    Nothing is derived yet: each quantity is when it is first asked for, in at most ``time_limit``
    seconds.

    Raises:
        InputError: the target does not exist or is no valid declaration.
    """
    return Derivation(resolve_target(target), time_limit=time_limit)


class Derivation:
    """All quantities of one family, in the symbols in which it was declared.

    Every quantity of ``symfisher derive --list-quantities`` is an attribute or a method here;
    ``quantity(name, **options)`` reaches all of them alike.
    """

    def __init__(self, family: Family, *, time_limit: float | None = None) -> None:
        self.family = family
        self.time_limit = time_limit
        self._results: dict[tuple[Any, ...], Any] = {}

    def quantity(self, name: str, **options: Any) -> Any:
        """The quantity called ``name``: a ``Formula``, or a ``Regularity`` for the verdict.

        Raises:
            UnknownNameError: there is no such quantity.
            DerivationError: it could not be derived (``TimeLimitError``: not in the time given).
        """
        wanted = find_quantity(name)
        symbols = {new: old for old, new in self.family.declared_symbols.items()}
        options = {key: in_symbols(value, symbols) for key, value in options.items()}
        key = (name, *sorted(options.items(), key=lambda option: option[0]))
        if key not in self._results:
            with limited(self.time_limit):
                result = wanted(self.family.canonical, **options)
                self._results[key] = in_declared_symbols(result, self.family)
        return self._results[key]

    @property
    def score(self) -> Formula:
        """Gradient of the log-density: a vector in the order of the parameters."""
        return self._formula("score")

    @property
    def hessian(self) -> Formula:
        """Second derivatives of the log-density by the parameters."""
        return self._formula("hessian")

    @property
    def outer_product(self) -> Formula:
        """E[score score^T]."""
        return self._formula("outer_product")

    @property
    def negative_hessian(self) -> Formula:
        """-E[Hessian]."""
        return self._formula("negative_hessian")

    @property
    def regularity(self) -> Regularity:
        """Which of the classical conditions hold, and why one does not."""
        verdict: Regularity = self.quantity("regularity")
        return verdict

    @property
    def fisher(self) -> Formula:
        """Fisher information matrix; status "none" where there is none."""
        return self._formula("fisher")

    def crlb(self, **options: Any) -> Formula:
        """Cramer-Rao lower bound for one observation."""
        return self._formula("crlb", **options)

    def kl(self, **options: Any) -> Formula:
        """Kullback-Leibler divergence to a second parameter point, written with a prime."""
        return self._formula("kl", **options)

    def kl_expansion(self, order: int = 2) -> Formula:
        """Taylor polynomial of the divergence in the displacement of the parameters."""
        return self._formula("kl_expansion", order=order)

    def identifiability(self, at: Mapping[Any, Any]) -> Identifiability:
        """How well the parameters are identified at a point, by the Fisher matrix's eigenvalues."""
        from symfisher.quantities.identifiability import identifiability

        return identifiability(self.family.canonical, {str(s): v for s, v in at.items()})

    # -- families made from this one; each returns the new family's derivation -------------------

    def reparametrize(self, change: Mapping[Any, Any] | str, **options: Any) -> Derivation:
        """In other parameters: new = f(old), old = g(new), or the name of a parametrisation.

        ``parametrizations`` has the names; see ``composition.reparametrization`` for the options.
        """
        from symfisher.composition.reparametrization import named, reparametrize

        if isinstance(change, str):
            return self._of(named(self.family, change))
        return self._of(reparametrize(self.family, change, **options))

    @property
    def parametrizations(self) -> tuple[str, ...]:
        """The names of the parametrisations that ``reparametrize`` knows for this family."""
        from symfisher.composition.reparametrization import parametrizations

        return parametrizations(self.family)

    def submodel(self, ties: Mapping[Any, Any], **options: Any) -> Derivation:
        """With parameters tied or fixed: ``submodel({"mu": "theta", "sigma": "theta"})``."""
        from symfisher.composition.submodel import submodel

        return self._of(submodel(self.family, ties, **options))

    def sample(self, size: int) -> Derivation:
        """Of ``size`` independent observations, written out."""
        from symfisher.composition.product import sample

        return self._of(sample(self.family, size))

    def product(self, *others: Derivation | Family | str) -> Derivation:
        """Of an observation together with independent ones from other families."""
        from symfisher.composition.product import product

        families = (o.family if isinstance(o, Derivation) else resolve_target(o) for o in others)
        return self._of(product(self.family, *families))

    def truncated(self, **ends: Any) -> Derivation:
        """Given that the observation lies in a window: ``truncated(lower=0)``."""
        from symfisher.composition.truncation import truncated

        return self._of(truncated(self.family, **ends))

    def censored(self, **ends: Any) -> Derivation:
        """Where values beyond an end are known only to lie there: ``censored(right="c")``."""
        from symfisher.composition.truncation import censored

        return self._of(censored(self.family, **ends))

    def grouped(self, cuts: Sequence[Any]) -> Derivation:
        """Where only the cell between two cuts is seen."""
        from symfisher.composition.truncation import grouped

        return self._of(grouped(self.family, cuts))

    def regression(self, links: Mapping[Any, Any], *arguments: Any, **options: Any) -> Derivation:
        """With parameters as links of linear predictors: ``regression({"mu": "log"}, ["z"])``."""
        from symfisher.composition.regression import regression

        return self._of(regression(self.family, links, *arguments, **options))

    def _of(self, family: Family) -> Derivation:
        return Derivation(family, time_limit=self.time_limit)

    def _formula(self, name: str, **options: Any) -> Formula:
        formula: Formula = self.quantity(name, **options)
        return formula

    @property
    def results(self) -> dict[str, Any]:
        """Every quantity that is part of "all", by name, in the order in which they are shown."""
        return {name: self._existing(name) for name in page()}

    def _existing(self, name: str) -> Any:
        """The quantity, or a formula that says that it does not exist."""
        try:
            return self.quantity(name)
        except DoesNotExistError as absent:
            return missing(name, self.family, absent)

    @property
    def trace(self) -> tuple[Step, ...]:
        """The steps of all quantities in order, each step once."""
        formulas = (result for result in self.results.values() if isinstance(result, Formula))
        return tuple(dict.fromkeys(step for formula in formulas for step in formula.trace))

    def verify(self, digits: int = 30, **options: Any) -> Any:
        """The checks of every expectation against quadrature at ``digits`` decimal digits."""
        from symfisher.verification import verify

        return verify(self.family, digits=digits, **options)

    def kernel(
        self, name: str, backend: str = "numpy", *, command: str = "", **options: Any
    ) -> Kernel:
        """Code that computes a quantity, in a language: ``kernel("fisher", backend="numpy")``.

        It is called like a function, in declared order: ``kernel(alpha, beta)``; ``.source`` is
        its text and ``.write(path)`` puts that into a file, which needs no symfisher.
        ``options`` are the quantity's; ``command`` is what the source says that made it.

        Raises:
            UnknownNameError: there is no such quantity or backend.
            DoesNotExistError: the family has no such quantity.
            KernelError: the backend lacks a function that the formula needs.
        """
        from symfisher.codegen import find_backend, kernel

        find_backend(backend)
        made_by = command or f'derive("{self.family.name}").kernel("{name}", backend="{backend}")'
        formula = self.quantity(name, **options)
        if not isinstance(formula, Formula):
            raise InputError(f"{name} is a verdict, not a formula: there is no kernel of it")
        return kernel(formula, backend, command=made_by)

    def latex(self, *, steps: bool = False, notation: Notation = STANDARD) -> str:
        """All quantities as a LaTeX fragment (amsmath, amssymb); ``steps`` adds the derivation.

        Raises:
            InputError: the notation renames a symbol that the family does not have, or writes two
                symbols alike.
        """
        if not steps:
            return self._document("latex", notation)
        from symfisher.render.appendix import appendix

        notation.check(self.family)
        formulas = (result for result in self.results.values() if isinstance(result, Formula))
        return appendix(self.family, formulas, notation)

    def _document(self, name: str, notation: Notation = STANDARD) -> str:
        from symfisher.render import load_format
        from symfisher.render.sheet import sheet_of

        form = load_format(name)
        notation.check(self.family)
        return form.document(sheet_of(self.family, self.results, form, notation))

    def __str__(self) -> str:
        return self._document("text")

    def __repr__(self) -> str:
        return f"<Derivation of {self.family!r}>"

    def _repr_html_(self) -> str:
        from symfisher.render.notebook import derivation_html

        return derivation_html(self._document("html"), self.results.values())

    def _repr_latex_(self) -> str:
        formulas = (r for r in self.results.values() if isinstance(r, Formula))
        return "\n\n".join(formula._repr_latex_() for formula in formulas)

    def __getattr__(self, name: str) -> Any:
        """Any other registered quantity, as a method that takes its options."""
        if name.startswith("_"):
            raise AttributeError(name)
        if name in vars(type(self)):  # an AttributeError from within a property: let it be seen
            return vars(type(self))[name].__get__(self)
        if name in quantities():
            return lambda **options: self.quantity(name, **options)
        known = [*quantities(), *(n for n in dir(type(self)) if not n.startswith("_"))]
        raise AttributeError(f"a derivation has no quantity {name!r}{nearest(name, known)}")

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *quantities()})


def in_symbols(option: Any, symbols: Mapping[Any, Any]) -> Any:
    """An option with its expressions in other symbols, hashable: a mapping becomes its items."""
    if isinstance(option, Mapping):
        option = option.items()
    if isinstance(option, Basic):
        return option.xreplace(symbols)
    if isinstance(option, MatrixBase):
        return option.as_immutable().xreplace(symbols)
    if isinstance(option, Iterable) and not isinstance(option, str | Family):
        return tuple(in_symbols(each, symbols) for each in option)
    return option


def missing(name: str, family: Family, reason: DoesNotExistError) -> Formula:
    """The formula that stands for a quantity that the family does not have."""
    return Formula(
        name=name,
        title=find_quantity(name).summary.split(":")[0].rstrip("."),
        symbol="",
        expr=None,
        family=family,
        status=Status.NONE,
        notes=(str(reason),),
    )


def in_declared_symbols(result: Any, family: Family) -> Any:
    """A result of the canonical family in the symbols that the declaration used."""
    # What keeps its name is left out: rebuilding an expression multiplies 2*(a + b) out.
    symbols = {old: new for old, new in family.declared_symbols.items() if old != new}
    conditions = tuple(condition.xreplace(symbols) for condition in result.conditions)
    if not isinstance(result, Formula):
        return replace(result, conditions=conditions)
    return replace(
        result,
        expr=None if result.expr is None else _renamed(result.expr, symbols),
        family=family,
        conditions=conditions,
        trace=tuple(_renamed_step(step, symbols) for step in result.trace),
    )


def _renamed(expr: Any, symbols: Mapping[Any, Any]) -> Any:
    if hasattr(expr, "xreplace"):
        return expr.xreplace(symbols)
    return expr.applyfunc(lambda entry: entry.xreplace(symbols))


def _renamed_step(step: Step, symbols: Mapping[Any, Any]) -> Step:
    sides = (None if s is None else _renamed(s, symbols) for s in (step.before, step.after))
    before, after = sides
    return replace(step, before=before, after=after)
