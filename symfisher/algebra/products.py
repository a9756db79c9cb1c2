"""Products and sums written so that they stay as they are meant to be read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sympy import Add, Expr, Integer, Mul, Pow, Rational, S, exp, log

from symfisher.algebra.cost import cost, is_negative_term

Scaled = tuple[Expr, Expr]  # (rational multiple, expression)


def times(number: Expr, *factors: Expr) -> Expr:
    """Their product; a number before one sum is not multiplied into it, as SymPy would."""
    product = merged_powers(Mul(*factors))
    if number is S.One:
        return product
    if product.is_Add:
        return Mul(number, product, evaluate=False)
    coefficient, rest = product.as_coeff_Mul()
    if rest.is_Add:
        return times(number * coefficient, rest)
    return number * product


def merged_powers(product: Expr) -> Expr:
    """x**k * y**(-k) as (x/y)**k for positive bases, exp(x)*exp(y) as exp(x + y)."""
    if not product.is_Mul:
        return product
    product = _merged_exponentials(product)
    if not product.is_Mul:
        return product
    by_exponent: dict[Expr, list[Expr]] = {}
    others = []
    for factor in product.args:
        if factor.is_Pow and not factor.exp.is_number and factor.base.is_positive:
            down = is_negative_term(factor.exp)
            exponent = -factor.exp if down else factor.exp
            by_exponent.setdefault(exponent, []).append(1 / factor.base if down else factor.base)
        else:
            others.append(factor)
    if all(len(bases) == 1 for bases in by_exponent.values()):
        return product
    return Mul(*others, *(Pow(Mul(*bases), e) for e, bases in by_exponent.items()))


def _merged_exponentials(product: Mul) -> Expr:
    exponents = [f.args[0] for f in product.args if isinstance(f, exp)]
    if len(exponents) < 2:
        return product
    return Mul(*(f for f in product.args if not isinstance(f, exp)), exp(Add(*exponents)))


def linear_combination(terms: Iterable[Scaled]) -> Expr:
    """The sum of multiples, with logarithms of equal weight brought under one logarithm."""
    plain: list[Expr] = []
    logarithms: dict[Expr, list[tuple[bool, Expr]]] = {}
    for number, expr in terms:
        if isinstance(expr, log):
            logarithms.setdefault(abs(number), []).append((number > 0, expr.args[0]))
        else:
            plain.append(number * expr)
    joined = (_joined_log(weight, parts) for weight, parts in logarithms.items())
    return Add(*plain, *joined)


def _joined_log(weight: Expr, parts: Sequence[tuple[bool, Expr]]) -> Expr:
    """weight * log(...) for signed logarithms, turned so that no minus sign stands before it."""
    above = [x for positive, x in parts if positive]
    below = [x for positive, x in parts if not positive]
    if len(parts) == 1:
        return weight * log(parts[0][1]) if above else -weight * log(parts[0][1])
    if all(x.is_Integer for x in below) or all(x.is_Integer for x in above):
        ratio = Mul(*above) / Mul(*below)
        if ratio.is_Rational and ratio < 1:
            return -weight * log(1 / ratio)
        return -weight * log(1 / ratio) if not above else weight * log(ratio)
    return weight * log(Mul(*above) / Mul(*below))


def without_content(terms: Sequence[Scaled]) -> tuple[Expr, list[Scaled]]:
    """(content, terms / content): coprime integer multiples, most of them positive."""
    numerator, denominator = 0, 1
    for number, _ in terms:
        numerator = int(Integer(numerator).gcd(Integer(number.p)))
        denominator = int(Integer(denominator).lcm(Integer(number.q)))
    content = Rational(numerator, denominator)
    negative = sum(1 for number, _ in terms if number < 0)
    if 2 * negative > len(terms):
        content = -content
    return content, [(number / content, expr) for number, expr in terms]


def shortest(candidates: Iterable[Expr]) -> Expr:
    """The candidate of least cost, the first among equals."""
    return min(candidates, key=cost)
