"""Exact arithmetic on expressions: fractions of polynomials in symbols and special values.

Every subexpression that is not rational in others, such as exp(t), log(1 - p), p**n, sqrt(a) or
polygamma(0, a), becomes one *generator*; sums, products, quotients and derivatives are then done
on fractions of integer polynomials, which have one form each.  Generators are chosen so that no
polynomial relation is left between them: arguments that differ by an integer share a gamma or
polygamma, powers of one base share a root, Bessel functions of neighbouring orders follow from
two, sines and cosines are rational in the tangent of the half angle.  A zero is therefore seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import gcd, lcm
from typing import Any, Generic, TypeVar

import flint
from sympy import (
    Add,
    Derivative,
    E,
    Expr,
    Function,
    Integer,
    Mul,
    Number,
    NumberSymbol,
    Pow,
    Rational,
    Subs,
    Sum,
    Symbol,
    cos,
    diff,
    erfc,
    exp,
    factorint,
    log,
    sin,
    tan,
)

from symfisher.algebra.fraction_functions import FUNCTION_RULES

Polynomial = Any  # flint.fmpz_mpoly
T = TypeVar("T")
R = TypeVar("R")
Exponents = tuple[int, ...]
Sign = Callable[[Expr], "int | None"]


class Unconvertible(Exception):
    """The expression is not a fraction over independent generators."""


class Angle(Function):
    """Marks the root that is wanted of an angle, beside those of ordinary generators."""


class _Restart(Exception):
    """The field needs more generators, or a finer root of one that it has already used."""

    def __init__(self, size: int = 0, key: Expr | None = None, root: int = 1) -> None:
        super().__init__(size, key, root)
        self.size, self.key, self.root = size, key, root


class Fraction:
    """A quotient of two coprime polynomials, the leading coefficient of ``den`` positive."""

    __slots__ = ("den", "field", "num")

    def __init__(self, field: Field, num: Polynomial, den: Polynomial) -> None:
        self.field, self.num, self.den = field, num, den

    def __bool__(self) -> bool:
        return not self.num.is_zero()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Fraction):
            return NotImplemented
        return bool(self.num == other.num and self.den == other.den)

    __hash__ = None  # type: ignore[assignment]

    def __neg__(self) -> Fraction:
        return Fraction(self.field, -self.num, self.den)

    def __add__(self, other: Fraction) -> Fraction:
        if self.den == other.den:
            return self.field.fraction(self.num + other.num, self.den)
        return self.field.fraction(
            self.num * other.den + other.num * self.den, self.den * other.den
        )

    def __sub__(self, other: Fraction) -> Fraction:
        return self + (-other)

    def __mul__(self, other: Fraction) -> Fraction:
        return self.field.fraction(self.num * other.num, self.den * other.den)

    def __truediv__(self, other: Fraction) -> Fraction:
        if not other:
            raise ZeroDivisionError("division by a fraction that is zero")
        return self.field.fraction(self.num * other.den, self.den * other.num)

    def __pow__(self, power: int) -> Fraction:
        if power >= 0:
            return self.field.fraction(self.num**power, self.den**power)
        return self.field.one / self ** (-power)

    def scaled(self, p: int, q: int = 1) -> Fraction:
        """This fraction times the rational p/q."""
        return self.field.fraction(self.num * p, self.den * q)

    def rational(self) -> Rational | None:
        """Its value if it is a rational number."""
        if not (self.num.is_constant() and self.den.is_constant()):
            return None
        return Rational(_constant(self.num), _constant(self.den))

    def generators(self) -> list[int]:
        """Indices of the generators that occur."""
        degrees = zip(self.num.degrees(), self.den.degrees(), strict=True)
        return [index for index, (n, d) in enumerate(degrees) if n > 0 or d > 0]

    def __repr__(self) -> str:
        return f"Fraction({self.field.expression(self)})"


class Field:
    """The field of fractions, with its generators bound one by one as conversion meets them.

    ``sign`` tells the sign of an expression over the whole domain (or None), ``data`` are symbols
    whose sines and cosines are kept as such.  Run computations in a ``Workspace``:
    a generator can be refined to a root only by starting again.
    """

    def __init__(
        self,
        sign: Sign,
        data: Iterable[Symbol] = (),
        size: int = 24,
        roots: Mapping[Expr, int] | None = None,
    ) -> None:
        names = tuple(f"g{index}" for index in range(size))
        self._context = flint.fmpz_mpoly_ctx.get(names, "lex")
        self._gens = self._context.gens()
        self._roots = dict(roots or {})
        self._index: dict[Expr, int] = {}
        self.keys: list[Expr] = []
        self._relations: list[tuple[int, Polynomial]] = []
        self._converted: dict[Expr, Fraction] = {}
        self._derivatives: dict[tuple[int, Symbol], Fraction] = {}
        self._signs: dict[Expr, int | None] = {}
        self._sign = sign
        self.data = frozenset(data)
        self.registry: dict[Any, Any] = {}  # what the function rules remember of their arguments
        self.zero = Fraction(self, self._context.constant(0), self._context.constant(1))
        self.one = Fraction(self, self._context.constant(1), self._context.constant(1))

    # -- fractions ----------------------------------------------------------------------------

    def fraction(self, num: Polynomial, den: Polynomial) -> Fraction:
        """num/den in lowest terms."""
        if num.is_zero():
            return self.zero
        if self._relations:
            num, den = self._reduced(num, den)
            if num.is_zero():
                return self.zero
        common = num.gcd(den)
        if not common.is_one():
            num, den = num / common, den / common
        if den.leading_coefficient() < 0:
            num, den = -num, -den
        return Fraction(self, num, den)

    def monomial(self, exponents: Iterable[int], coefficient: int) -> Fraction:
        polynomial = self._context.from_dict({tuple(exponents): coefficient})
        return self.fraction(polynomial, self._context.constant(1))

    def polynomial(self, terms: Mapping[Exponents, Any]) -> Fraction:
        """The polynomial with these coefficients."""
        return self.fraction(self._context.from_dict(dict(terms)), self._context.constant(1))

    def generator_at(self, index: int) -> Fraction:
        """The generator with this index (a root, where its key has one)."""
        return self.fraction(self._gens[index], self._context.constant(1))

    def factors(self, polynomial: Polynomial) -> list[tuple[Polynomial, int]]:
        """Irreducible factors with their powers, an integer content among them."""
        return self._factors(polynomial, 1)

    def number(self, p: int, q: int = 1) -> Fraction:
        return self.fraction(self._context.constant(int(p)), self._context.constant(int(q)))

    def _reduced(self, num: Polynomial, den: Polynomial) -> tuple[Polynomial, Polynomial]:
        """Square roots rationalised: g**2 replaced by what it is, no g left in ``den``."""
        for index, square in self._relations:
            a, b = self._split_root(den, index, square)
            if not b.is_zero():
                root = self._gens[index]
                num, den = num * (a - b * root), a * a - b * b * square
                if den.is_zero():
                    raise Unconvertible("a square root that is rational")
            else:
                den = a
            c, d = self._split_root(num, index, square)
            num = c + d * self._gens[index]
        return num, den

    def _split_root(
        self, polynomial: Polynomial, index: int, square: Polynomial
    ) -> tuple[Polynomial, Polynomial]:
        """a, b with polynomial = a + b*g under g**2 = square."""
        if polynomial.degrees()[index] <= 0:
            return polynomial, self._context.constant(0)
        parts: dict[int, dict[Any, Any]] = {}
        for exponents, coefficient in polynomial.to_dict().items():
            power = int(exponents[index])
            rest = (*exponents[:index], 0, *exponents[index + 1 :])
            parts.setdefault(power, {})[rest] = coefficient
        halves = [self._context.constant(0), self._context.constant(0)]
        for power, terms in parts.items():
            part = self._context.from_dict(terms)
            halves[power % 2] = halves[power % 2] + part * square ** (power // 2)
        return halves[0], halves[1]

    # -- generators ---------------------------------------------------------------------------

    def generator(self, key: Expr, power: Rational | int = 1) -> Fraction:
        """key**power, where ``key`` is taken as independent of all other generators."""
        power = Rational(power)
        root = self._roots.get(key, 1)
        if root % power.q:
            raise _Restart(key=key, root=lcm(root, int(power.q)))
        index = self._bind(key)
        exponent = int(power * root)
        value = self._gens[index] ** abs(exponent)
        one = self._context.constant(1)
        return self.fraction(value, one) if exponent >= 0 else self.fraction(one, value)

    def _bind(self, key: Expr) -> int:
        index = self._index.get(key)
        if index is None:
            index = len(self.keys)
            if index == len(self._gens):
                raise _Restart(size=2 * index)
            self._index[key] = index
            self.keys.append(key)
        return index

    def root_of(self, index: int) -> int:
        return self._roots.get(self.keys[index], 1)

    def angle_root(self, angle: Expr) -> int:
        """n, where tan(angle/(2n)) is the generator for this angle."""
        return self._roots.get(Angle(angle), 1)

    def half_angle_tangent(self, angle: Expr, part: int) -> Fraction:
        """tan(angle/(2n)) for an n that ``part`` divides."""
        root = self.angle_root(angle)
        if root % part:
            raise _Restart(key=Angle(angle), root=lcm(root, part))
        return self.generator(tan(angle / (2 * root)))

    def _algebraic_root(self, base: Expr, value: Fraction, power: Rational) -> Fraction:
        """base**power for a base that is itself a polynomial in generators or a prime."""
        if power.q != 2 or not value.den.is_constant() or value.den != 1:
            raise Unconvertible(f"{base}**{power}")
        key = Pow(base, Rational(1, 2), evaluate=False)
        if key not in self._index:
            self.relate(key, value)
        root = self.fraction(self._gens[self._index[key]], self._context.constant(1))
        return root ** int(2 * power)

    def relate(self, key: Expr, square: Fraction) -> None:
        """Make ``key`` a generator whose square is the polynomial ``square``."""
        index = self._bind(key)
        self._relations.append((index, square.num))

    def is_bound(self, key: Expr) -> bool:
        return key in self._index

    # -- conversion ---------------------------------------------------------------------------

    def constant_or_converted(self, expr: Expr, symbols: Iterable[Symbol]) -> Fraction:
        """Like ``convert``; what cannot be converted is a generator if it holds no ``symbols``."""
        try:
            return self.convert(expr)
        except Unconvertible:
            if expr.free_symbols & set(symbols):
                raise
            return self.generator(expr)

    def convert(self, expr: Expr) -> Fraction:
        """The fraction that ``expr`` is; raises ``Unconvertible`` where it is none."""
        known = self._converted.get(expr)
        if known is None:
            known = self._converted[expr] = self._convert(expr)
        return known

    def _convert(self, expr: Expr) -> Fraction:
        if isinstance(expr, Rational):
            return self.number(expr.p, expr.q)
        if isinstance(expr, Symbol | NumberSymbol) and expr is not E:
            return self.generator(expr)
        if isinstance(expr, Add):
            return self.sum(self.convert(term) for term in expr.args)
        if isinstance(expr, Mul):
            product = self.one
            for factor in expr.args:
                product = product * self.convert(factor)
            return product
        if isinstance(expr, exp) or expr is E:
            return self.power(None, self.convert(expr.as_base_exp()[1]))
        if isinstance(expr, Pow):
            base, exponent = expr.args
            if isinstance(exponent, Integer):
                return self.convert(base) ** int(exponent)
            return self.power(self.convert(base), self.convert(exponent))
        if isinstance(expr, log):
            return self.log(self.convert(expr.args[0]))
        rule = FUNCTION_RULES.get(type(expr).__name__)
        if rule is None or isinstance(expr, Number):
            raise Unconvertible(str(expr))
        return rule(self, expr)

    def sum(self, terms: Iterable[Fraction]) -> Fraction:
        total = self.zero
        for term in terms:
            total = total + term
        return total

    def log(self, value: Fraction) -> Fraction:
        """log of a positive fraction, over its factors."""
        total = self.zero
        for coefficient, base in self.log_terms(value):
            total = total + (
                coefficient if base is None else coefficient * self.generator(log(base))
            )
        return total

    def power(self, base: Fraction | None, exponent: Fraction) -> Fraction:
        """base**exponent for a positive base (None: the number e)."""
        logarithm = [(self.one, None)] if base is None else self.log_terms(base)
        result = self.one
        for coefficient, root in logarithm:
            for number, monomial in self.terms(coefficient * exponent):
                result = result * self._raised(root, number, monomial)
        return result

    def _raised(self, base: Expr | None, number: Rational, monomial: Expr) -> Fraction:
        """base**(number*monomial)."""
        if base is None:
            argument, rest = _logarithmic_factor(monomial)
            if argument is not None:
                return self._raised(argument, number, rest)
            return self.generator(exp(monomial), number)
        if monomial != 1:
            return self.generator(Pow(base, monomial), number)
        value = self.convert(base)
        if number.is_Integer:
            return value ** int(number)
        if base in self._index or isinstance(base, Symbol | NumberSymbol):
            return self.generator(base, number)
        return self._algebraic_root(base, value, number)

    def terms(self, value: Fraction) -> list[tuple[Rational, Expr]]:
        """value as sum of number * monomial, over its own denominator."""
        content = value.den.content()
        denominator = self.polynomial_expression(value.den / self._context.constant(content))
        result = []
        for exponents, coefficient in value.num.terms():
            monomial = self._monomial_expression(exponents)
            result.append((Rational(int(coefficient), int(content)), monomial / denominator))
        return result

    def log_terms(self, value: Fraction) -> list[tuple[Fraction, Expr | None]]:
        """(c, b) with log(value) = sum of c*log(b), every b positive, None for the number e."""
        factors = [*self._factors(value.num, 1), *self._factors(value.den, -1)]
        result: list[tuple[Fraction, Expr | None]] = []
        negative, unsigned = 0, self.one
        for polynomial, power in factors:
            sign = None if self._holds_tangent(polynomial) else self._sign_of(polynomial)
            if sign is None:
                unsigned = unsigned * self.fraction(polynomial, self._context.constant(1)) ** power
                continue
            if sign < 0:
                negative += power
                polynomial = -polynomial
            result += self._log_of_factor(polynomial, power)
        return result + self._log_of_rest(unsigned.scaled(-1) if negative % 2 else unsigned)

    def _holds_tangent(self, polynomial: Polynomial) -> bool:
        degrees = zip(polynomial.degrees(), self.keys)
        return any(degree > 0 and isinstance(key, tan) for degree, key in degrees)

    def _log_of_rest(self, rest: Fraction) -> list[tuple[Fraction, Expr | None]]:
        if rest == self.one:
            return []
        expression = self.expression(rest)
        if self.sign(expression) == -1:
            raise Unconvertible(f"the logarithm of {expression}")
        return [(self.one, expression)]

    def _log_of_factor(self, factor: Polynomial, power: int) -> list[tuple[Fraction, Expr | None]]:
        if factor.is_constant():
            primes = factorint(_constant(factor))
            return [(self.number(power * k), Integer(p)) for p, k in sorted(primes.items())]
        index = self._index_of_generator(factor)
        if index is None:
            return [(self.number(power), self.polynomial_expression(factor))]
        key, root = self.keys[index], self.root_of(index)
        if isinstance(key, exp):
            return [(self.convert(key.args[0]).scaled(power, root), None)]
        if isinstance(key, Pow):
            base, exponent = key.args
            return [(self.convert(exponent).scaled(power, root), base)]
        return [(self.number(power, root), key)]

    def _index_of_generator(self, polynomial: Polynomial) -> int | None:
        if polynomial.total_degree() != 1 or len(polynomial) != 1:
            return None
        if polynomial.leading_coefficient() != 1:
            return None
        return next(i for i, degree in enumerate(polynomial.degrees()) if degree)

    def _factors(self, polynomial: Polynomial, sign: int) -> list[tuple[Polynomial, int]]:
        """Irreducible factors with their powers; the integer content is one of them.

        A generator that is a root counts as what it is the root of where it can:
        1 - a, not (1 - sqrt(a))*(1 + sqrt(a)).
        """
        strides = self._strides(polynomial)
        if strides is None:
            content, factors = polynomial.factor()
        else:
            common = polynomial.term_content()
            content, factors = (polynomial / common).deflate(strides).factor()
            factors = [(factor.inflate(strides), power) for factor, power in factors]
            factors += common.factor()[1]
            content = content * common.factor()[0]
        result = [] if content == 1 else [(self._context.constant(content), sign)]
        return result + [(factor, sign * int(power)) for factor, power in factors]

    def _strides(self, polynomial: Polynomial) -> list[int] | None:
        """For each generator a step of its exponents (beyond the lowest) that divides its root."""
        if not self._roots:
            return None
        strides = [1] * len(self._gens)
        exponents = list(polynomial.monoms())
        for key, root in self._roots.items():
            index = self._index.get(key)
            if index is not None:
                lowest = min(e[index] for e in exponents)
                strides[index] = gcd(root, *(int(e[index] - lowest) for e in exponents))
        return strides

    # -- signs --------------------------------------------------------------------------------

    def sign(self, expr: Expr) -> int | None:
        """1 or -1 where the expression has that sign on the whole domain."""
        if expr not in self._signs:
            if expr.is_positive:
                self._signs[expr] = 1
            elif expr.is_negative:
                self._signs[expr] = -1
            elif isinstance(expr, Sum):
                self._signs[expr] = _sign_of_sum(expr)
            elif expr.has(Sum):
                self._signs[expr] = None  # a question of form is no reason to evaluate a sum
            else:
                self._signs[expr] = self._sign(expr) or None
        return self._signs[expr]

    def _sign_of(self, polynomial: Polynomial) -> int | None:
        if polynomial.is_constant():
            return 1 if _constant(polynomial) > 0 else -1
        return self.sign(self.polynomial_expression(polynomial))

    # -- calculus -----------------------------------------------------------------------------

    def derivative(self, value: Fraction, symbol: Symbol) -> Fraction:
        """d value / d symbol; generators may be added for the derivatives of functions."""
        total = self.zero
        for index in value.generators():
            slope = self._slope(index, symbol)
            if slope:
                d_num, d_den = value.num.derivative(index), value.den.derivative(index)
                partial = d_num * value.den - value.num * d_den
                total = total + self.fraction(partial, value.den * value.den) * slope
        return total

    def _slope(self, index: int, symbol: Symbol) -> Fraction:
        known = self._derivatives.get((index, symbol))
        if known is None:
            key, root = self.keys[index], self.root_of(index)
            slope = self.zero
            if symbol not in key.free_symbols:
                pass
            elif isinstance(key, tan):
                t = self.generator(key)
                slope = (self.one + t * t) * self.convert(diff(key.args[0], symbol))
            else:
                slope = self.convert(_derivative(Pow(key, Rational(1, root)), symbol))
            known = self._derivatives[index, symbol] = slope
        return known

    # -- back to SymPy ------------------------------------------------------------------------

    def expression(self, value: Fraction) -> Expr:
        """The fraction over its irreducible factors, each turned positive where its sign is known.

        The order of the generators, which may differ from run to run, does not show.
        """
        if not value:
            return Integer(0)
        value = self._in_sines(value)
        if value.den.is_constant() and len(value.num) == 1:
            return self.polynomial_expression(value.num) / _constant(value.den)
        sign, factors, exponent = Integer(1), [], []
        for polynomial, power in (*self._factors(value.num, 1), *self._factors(value.den, -1)):
            factor, flipped = self._oriented(polynomial)
            if isinstance(factor, exp):
                exponent.append(power * factor.args[0])
            else:
                factors.append(factor**power)
            sign = -sign if flipped and power % 2 else sign
        return Mul(sign, *factors, exp(Add(*exponent)))

    def expanded(self, value: Fraction) -> Expr:
        """The fraction as a sum over its products of logarithms and other special values."""
        value = self._in_sines(value)
        parts: dict[Expr, Fraction] = {}
        special = [not isinstance(key, Symbol | Pow | exp) for key in self.keys]
        for exponents, coefficient in value.num.terms():
            inside = [special[i] if p else False for i, p in enumerate(exponents)]
            name = self._monomial_expression([p if k else 0 for p, k in zip(exponents, inside)])
            rest = self.monomial([0 if k else p for p, k in zip(exponents, inside)], coefficient)
            parts[name] = parts.get(name, self.zero) + rest / self.fraction(value.den, value.den**0)
        return Add(*(name * self.expression(part) for name, part in parts.items()))

    def _in_sines(self, value: Fraction) -> Fraction:
        """tan(a/2) = sin(a)/(1 + cos(a)) wherever such a generator occurs."""
        for index in value.generators():
            if isinstance(self.keys[index], tan):
                sine, cosine = self.kept_sine_cosine(2 * self.keys[index].args[0])
                tangent = sine / (self.one + cosine)
                num, den = (self._replaced(p, index, tangent) for p in (value.num, value.den))
                value = num / den
        return value

    def _replaced(self, polynomial: Polynomial, index: int, value: Fraction) -> Fraction:
        total = self.zero
        for exponents, coefficient in polynomial.terms():
            rest = (*exponents[:index], 0, *exponents[index + 1 :])
            total = total + self.monomial(rest, coefficient) * value ** int(exponents[index])
        return total

    def kept_sine_cosine(self, angle: Expr) -> tuple[Fraction, Fraction]:
        """Sine and cosine as generators of their own, with their one relation."""
        cosine = self.generator(cos(angle))
        if not self.is_bound(sin(angle)):
            self.relate(sin(angle), self.one - cosine * cosine)
        return self.generator(sin(angle)), cosine

    def _oriented(self, polynomial: Polynomial) -> tuple[Expr, bool]:
        """The factor as an expression, and whether its sign was changed."""
        expr = self.polynomial_expression(polynomial)
        if len(polynomial) == 1:
            return expr, False
        mirrored = _mirrored_erfc(expr)
        if mirrored is not None:
            return mirrored
        sign = self.sign(expr)
        if sign == -1 or (sign is None and _starts_negative(expr)):
            return self.polynomial_expression(-polynomial), True
        return expr, False

    def polynomial_expression(self, polynomial: Polynomial) -> Expr:
        return Add(
            *(
                Integer(int(coefficient)) * self._monomial_expression(exponents)
                for exponents, coefficient in polynomial.terms()
            )
        )

    def _monomial_expression(self, exponents: Iterable[int]) -> Expr:
        factors, exponent = [], []
        for index, power in enumerate(exponents):
            if power:
                key, number = self.keys[index], Rational(int(power), self.root_of(index))
                if isinstance(key, exp):
                    exponent.append(number * key.args[0])
                else:
                    factors.append(Pow(key, number))
        return Mul(*factors, exp(Add(*exponent)))


class Workspace(Generic[T]):
    """A computation in a field, done again whenever the field turns out too small for it.

    ``build(field)`` makes what the work needs; ``run(compute)`` is ``compute`` of that.
    """

    def __init__(
        self, build: Callable[[Field], T], sign: Sign, data: Iterable[Symbol] = ()
    ) -> None:
        self._build, self._sign, self._data = build, sign, tuple(data)
        self._size = 24
        self._roots: dict[Expr, int] = {}
        self._built: T | None = None

    def run(self, compute: Callable[[T], R]) -> R:
        """Raises ``Unconvertible`` where an expression is no fraction of generators."""
        for _ in range(16):
            try:
                if self._built is None:
                    field = Field(self._sign, self._data, self._size, self._roots)
                    self._built = self._build(field)
                return compute(self._built)
            except _Restart as need:
                self._built = None
                self._size = max(self._size, need.size)
                if need.key is not None:
                    self._roots[need.key] = need.root
        raise Unconvertible("too many roots or generators")


def _derivative(expr: Expr, symbol: Symbol) -> Expr:
    result = diff(expr, symbol)
    if result.has(Derivative, Subs):
        from symfisher.algebra.special import replace_derivatives

        result = replace_derivatives(result)
    if result.has(Derivative, Subs):
        raise Unconvertible(f"the derivative of {expr} by {symbol}")
    return result


def _logarithmic_factor(monomial: Expr) -> tuple[Expr | None, Expr]:
    """a, r with monomial = r*log(a), or None."""
    logarithms = [f for f in Mul.make_args(monomial) if isinstance(f, log)]
    if len(logarithms) != 1:
        return None, monomial
    return logarithms[0].args[0], monomial / logarithms[0]


def _sign_of_sum(expr: Expr) -> int | None:
    """1 if the summand is positive at every index; an infinite sum is never evaluated here."""
    summand, (index, lower, _) = expr.args[0], expr.args[1]
    if len(expr.args) > 2 or not lower.is_nonnegative:
        return None
    kind = "positive" if lower.is_positive else "nonnegative"
    return (
        1
        if summand.xreplace({index: Symbol("j", integer=True, **{kind: True})}).is_positive
        else None
    )


def _constant(polynomial: Polynomial) -> int:
    return 0 if polynomial.is_zero() else int(polynomial.leading_coefficient())


def _mirrored_erfc(expr: Expr) -> tuple[Expr, bool] | None:
    """2 - erfc(z) is erfc(-z), which keeps its digits where it is small."""
    number, rest = expr.as_coeff_Add()
    if number == 2 and isinstance(-rest, erfc):
        return erfc(-(-rest).args[0]), False
    return (erfc(-rest.args[0]), True) if number == -2 and isinstance(rest, erfc) else None


def _starts_negative(expr: Expr) -> bool:
    return bool(expr.as_ordered_terms()[0].could_extract_minus_sign())
