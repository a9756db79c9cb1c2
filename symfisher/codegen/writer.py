"""From an expression to a line of code, in any language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sympy import Add, Expr, Integer, Mul, Piecewise, Pow, Rational, S
from sympy.core.relational import Relational
from sympy.logic.boolalg import And, Boolean, BooleanFalse, BooleanTrue, Not, Or

from symfisher.codegen.functions import WHOLE_NUMBERS, function_call
from symfisher.codegen.nodes import Beyond, Computed, Polynomial, explicit

_SUM, _PRODUCT, _POWER, _ATOM = 1, 2, 3, 4
_COMPARISONS = {
    "Equality": "==",
    "Unequality": "!=",
    "StrictLessThan": "<",
    "LessThan": "<=",
    "StrictGreaterThan": ">",
    "GreaterThan": ">=",
}


@dataclass(frozen=True)
class Language:
    """How a language writes what is more than +, -, * and /.

    Attributes:
        functions: name in ``functions.FUNCTIONS`` -> the call, with {0}, {1} ... for the arguments;
            "reciprocal" too where that is better than 1/x.
        number: an exact number or constant (a rational, pi**2/6, EulerGamma, oo) as a literal; ""
            for one that is to be written out as an expression of smaller ones.
        select: the value of a choice, with {condition}, {yes} and {no}.
        both, either, negation: logical operators, with {0} and {1}; the operands have parentheses.
        true, false: logical constants.
        computed: what a function of the generated code is called.
    """

    functions: Mapping[str, str]
    number: Callable[[Expr], str]
    select: str
    both: str = "{0} & {1}"
    either: str = "{0} | {1}"
    negation: str = "~{0}"
    true: str = "True"
    false: str = "False"
    computed: str = "{0}"


class MissingFunction(Exception):
    """An expression calls a function that the language's table does not have."""

    def __init__(self, function: str, expr: Expr) -> None:
        super().__init__(function)
        self.function = function
        self.expr = expr


class _Text(NamedTuple):
    text: str
    level: int

    def inside(self, level: int) -> str:
        """With parentheses where it binds less tightly than what is around it."""
        return self.text if self.level >= level else f"({self.text})"


class Writer:
    """Writes expressions in one language and remembers which functions they call.

    ``called`` are the names of ``functions.FUNCTIONS`` in the order in which they were met.
    """

    def __init__(self, language: Language) -> None:
        self.language = language
        self.called: dict[str, None] = {}

    def __call__(self, expr: Expr) -> str:
        """The code of an expression or condition.

        Raises:
            MissingFunction: the language has no such function.
        """
        return self._text(expr).text

    def _text(self, e: Expr) -> _Text:
        if isinstance(e, Boolean | Relational) and not e.is_Symbol:
            return _Text(self._condition(e), _SUM)
        if e.is_Symbol:
            return _Text(e.name, _ATOM)
        literal = self.language.number(explicit(e)) if e.is_number else ""
        if literal:
            return _number(literal)
        if isinstance(e, Add):
            return self._sum(e)
        if isinstance(e, Mul):
            return self._product(e)
        if isinstance(e, Pow):
            return self._power(e)
        if isinstance(e, Piecewise):
            return _Text(self._choice(e), _ATOM)
        return self._call(e)

    def _sum(self, e: Add) -> _Text:
        """Positive terms first; the numbers among the terms are one literal."""
        numbers = [] if e.is_number else [term for term in e.args if term.is_number]
        terms = [term for term in e.args if term not in numbers]
        positive = [term for term in terms if not _is_negative(term)]
        negative = [-term for term in terms if _is_negative(term)]
        constant = Add(*numbers)
        if constant != 0:
            (negative if constant.is_negative else positive).append(abs(constant))
        if not positive:
            first, *negative = negative
            text = "-" + self._text(first).inside(_PRODUCT)
        else:
            text = " + ".join(self._text(term).inside(_SUM) for term in positive)
        text += "".join(" - " + self._text(term).inside(_PRODUCT) for term in negative)
        return _Text(text, _SUM)

    def _product(self, e: Mul) -> _Text:
        if not _is_negative(e):
            return self._product_text(e)
        turned = _turned(e)
        if turned is not None:
            return self._product_text(turned)
        return _Text("-" + self._product_text(-e).inside(_PRODUCT), _SUM)

    def _product_text(self, e: Expr) -> _Text:
        """Factors above and below one stroke; the numbers among them are one literal."""
        if not isinstance(e, Mul):
            return self._text(e)
        numbers = [f for f in e.args if f.is_Rational or (f.is_number and not e.is_number)]
        constant = Mul(*numbers)
        factors = [factor for factor in e.args if factor not in numbers]
        below = [1 / factor for factor in factors if _is_reciprocal(factor)]
        above = [factor for factor in factors if not _is_reciprocal(factor)]
        numerator, denominator = _split(constant, bool(below))
        if numerator != 1 or not above:
            above = [numerator, *above]
        if denominator != 1:
            below = [denominator, *below]
        text = "*".join(self._text(factor).inside(_PRODUCT) for factor in above)
        if not below:
            return _Text(text, _PRODUCT)
        level = _POWER if len(below) == 1 and not _is_square(below[0]) else _PRODUCT
        lower = "*".join(self._text(factor).inside(level) for factor in below)
        plain = len(below) == 1 and not _is_square(below[0])
        return _Text(f"{text}/{lower}" if plain else f"{text}/({lower})", _PRODUCT)

    def _power(self, e: Pow) -> _Text:
        base, exponent = e.base, e.exp
        if base is S.Exp1:
            return self._named("exp", (exponent,), e)
        if _is_reciprocal(e):
            if "reciprocal" in self.language.functions:
                return _Text(
                    self.language.functions["reciprocal"].format(self._text(1 / e).text), _ATOM
                )
            below = self._text(1 / e)
            return _Text("1/" + below.inside(_POWER), _PRODUCT)
        if exponent == S.Half:
            return self._named("sqrt", (base,), e)
        if exponent in (Integer(2), Integer(3)) and base.is_Symbol:
            return _Text("*".join([base.name] * int(exponent)), _PRODUCT)
        return self._named("power", (base, exponent), e)

    def _polynomial(self, e: Expr) -> _Text:
        """Horner's scheme, written out."""
        w, *coefficients = e.args
        factor = self._text(w).inside(_PRODUCT)
        text = self._text(coefficients[-1]).inside(_PRODUCT)
        for c in reversed(coefficients[:-1]):
            head = f"{self._text(c).text} + " if c != 0 else ""
            text = f"({head}{factor}*{text})"
        return _Text(text, _ATOM)

    def _call(self, e: Expr) -> _Text:
        if isinstance(e, Polynomial):
            return self._polynomial(e)
        if isinstance(e, Beyond):
            z, start, far, near = (self._text(a).text for a in e.args)
            return _Text(
                self.language.select.format(condition=f"{z} > {start}", yes=far, no=near), _ATOM
            )
        if isinstance(e, Computed):
            function, part, *given = e.args
            texts = [str(part), *(self._text(a).text for a in given)]
            called = self.language.computed.format(function.name)
            return _Text(f"{called}({', '.join(texts)})", _ATOM)
        name, arguments = function_call(e)
        if name in ("maximum", "minimum") and len(arguments) > 2:
            first, *rest = arguments
            return self._named(name, (first, e.func(*rest)), e)
        return self._named(name, arguments, e)

    def _named(self, name: str, arguments: tuple[Expr, ...], e: Expr) -> _Text:
        if name not in self.language.functions:
            raise MissingFunction(name, e)
        self.called.setdefault(name)
        whole = WHOLE_NUMBERS.get(name, 0)
        texts = [str(a) for a in arguments[:whole]]
        texts += [self._text(a).text for a in arguments[whole:]]
        return _Text(self.language.functions[name].format(*texts), _ATOM)

    def _choice(self, e: Piecewise) -> str:
        """A chain of choices; the value is not a number where no condition holds."""
        *cases, (last, condition) = e.args
        if condition == True:  # noqa: E712  (a SymPy truth value)
            text = self._text(last).text
        else:
            cases, text = list(e.args), self.language.number(S.NaN)
        for value, holds in reversed(cases):
            text = self.language.select.format(
                condition=self._condition(holds), yes=self._text(value).text, no=text
            )
        return text

    def _condition(self, e: Boolean) -> str:
        language = self.language
        if isinstance(e, BooleanTrue):
            return language.true
        if isinstance(e, BooleanFalse):
            return language.false
        if isinstance(e, Relational):
            left, right = (self._text(side).text for side in (e.lhs, e.rhs))
            return f"{left} {_COMPARISONS[type(e).__name__]} {right}"
        if isinstance(e, Not):
            return language.negation.format(f"({self._condition(e.args[0])})")
        if isinstance(e, And | Or):
            form = language.both if isinstance(e, And) else language.either
            first, *rest = (f"({self._condition(part)})" for part in e.args)
            for part in rest:
                first = form.format(first, part)
            return first
        return self._text(e).text


def _number(text: str) -> _Text:
    plain = text.replace(".", "", 1).isalnum() or (text.endswith(")") and "/" not in text)
    return _Text(text, _ATOM if plain and not text.startswith("-") else _SUM)


def _is_negative(e: Expr) -> bool:
    coefficient = e.as_coeff_Mul()[0]
    return bool(coefficient.is_negative)


def _turned(e: Mul) -> Expr | None:
    """A negative product with its sign in a difference: -r/(p - 1) as r/(1 - p)."""
    for factor in e.args:
        base, exponent = factor.as_base_exp()
        signs = [_is_negative(term) for term in base.args] if base.is_Add else []
        if exponent in (1, -1) and sorted(signs) == [False, True]:
            rest = [f for f in (-e).args if f != factor] if (-e).is_Mul else []
            return Mul(*rest, (-base) ** exponent, evaluate=False)
    return None


def _is_reciprocal(e: Expr) -> bool:
    return bool(e.is_Pow and e.exp.is_Rational and e.exp.is_negative and e.base is not S.Exp1)


def _is_square(e: Expr) -> bool:
    return bool(e.is_Pow and e.exp in (2, 3))


def _split(constant: Expr, quotient: bool) -> tuple[Expr, Expr]:
    """The number in front as numerator and denominator; 1/4 is exact, so it stays above."""
    if not isinstance(constant, Rational):
        return constant, S.One
    power_of_two = constant.q & (constant.q - 1) == 0
    if power_of_two and not quotient:
        return constant, S.One
    return Integer(constant.p), Integer(constant.q)
