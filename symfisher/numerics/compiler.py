"""Compiles SymPy expressions to a ``Program`` that loses no accuracy near the ends of a support.

Every expression has two numeric faces: its value, and the logarithm of its absolute value with
its sign.  ``log``, non-integer powers and products with exponentials use the second, so that
log(1 + exp(z)), 1 - x**a near x = 1 or x**(-2)*exp(-1/x) near 0 neither overflow nor cancel.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sympy import (
    Abs,
    Add,
    Basic,
    Expr,
    Integer,
    Mul,
    Pow,
    S,
    Symbol,
    besseli,
    besselk,
    cosh,
    erfc,
    exp,
    gamma,
    log,
)

from symfisher.numerics import disguises, functions, gamma_sums, local
from symfisher.numerics.program import Program, Slot


class Ends(NamedTuple):
    """The ends of a variable's support that are finite; ``None`` for an infinite one."""

    lower: Expr | None = None
    upper: Expr | None = None


class LogSlot(NamedTuple):
    """log |e| and the sign of e; a sign of ``None`` says that e is positive."""

    magnitude: Slot
    sign: Slot | None


def compile_program(
    expressions: Iterable[Expr],
    variables: Mapping[Symbol, Ends] | None = None,
) -> Program:
    """The program whose outputs are the expressions' values, in order.

    ``variables`` are the symbols that run over quadrature nodes, outer ones first.
    """
    compiler = Compiler(variables or {})
    compiler.program.outputs = tuple(compiler.value(e) for e in expressions)
    return compiler.program


class Compiler:
    """The state of one compilation: the program so far and what is known of each expression."""

    def __init__(self, variables: Mapping[Symbol, Ends]) -> None:
        self.program = Program()
        self.emit = self.program.emit
        self.variables = dict(variables)
        self._values: dict[Basic, Slot] = {}
        self._logs: dict[Basic, LogSlot] = {}
        self._reads: dict[Basic, frozenset[Symbol]] = {}

    # what an expression depends on

    def reads(self, e: Basic) -> frozenset[Symbol]:
        """The quadrature variables that occur in ``e``."""
        known = self._reads.get(e)
        if known is None:
            if isinstance(e, Symbol):
                known = frozenset((e,)) if e in self.variables else frozenset()
            else:
                known = frozenset().union(*(self.reads(a) for a in e.args))
            self._reads[e] = known
        return known

    def innermost(self, e: Basic) -> Symbol | None:
        """The last declared variable with a finite end that ``e`` reads."""
        reads = self.reads(e)
        ended = [v for v, ends in self.variables.items() if v in reads and ends != Ends()]
        return ended[-1] if ended else None

    # values

    def value(self, e: Expr) -> Slot:
        slot = self._values.get(e)
        if slot is None:
            slot = self._values[e] = self._value(e)
        return slot

    def _value(self, e: Expr) -> Slot:
        if e.is_Number or e.is_NumberSymbol or e in (S.NaN, S.ComplexInfinity, S.ImaginaryUnit):
            return self.program.constant(e)
        if isinstance(e, Symbol):
            return self.symbol(e)
        if isinstance(e, Add):
            return self._add(e)
        if isinstance(e, Mul):
            return self._multiply(e)
        if isinstance(e, exp):
            return self.emit("exp", self.value(e.args[0]))
        if isinstance(e, Pow):
            return self._power(e)
        if isinstance(e, log):
            return self._real_log(e.args[0])
        return functions.compile_function(self, e)

    def symbol(self, e: Symbol) -> Slot:
        if e in self.variables:
            return self.program.input((e, "value"), varying=True)
        return self.program.input(e, varying=False)

    def _real_log(self, argument: Expr) -> Slot:
        if isinstance(argument, Mul) and self.reads(argument) and gamma_sums.has_gamma(argument):
            return self.value(Add(*(log(f) for f in argument.args)))
        if self.reads(argument) and gamma_sums.is_gamma_like(argument):
            return self.sum_of([log(argument)])
        magnitude, sign = self.log(argument)
        return magnitude if sign is None else self.emit("real_log", magnitude, sign)

    def _add(self, e: Add) -> Slot:
        tail = functions.error_function_tail(self, e)
        if tail is not None:
            return self.emit("constant_plus_erf", *tail)
        shown = disguises.shown(self, e)
        return self.sum_of(e.args) if shown is None else self.value(shown)

    def sum_of(self, terms: Iterable[Expr]) -> Slot:
        """The value of a sum; terms that could cancel near an end are taken together."""
        terms = tuple(terms)
        slots, terms = gamma_sums.log_gamma_sums(self, terms)
        polynomial, terms = local.polynomial_terms(self, terms)
        slots += polynomial
        near_one = None if slots else self.constant_plus_exponential(terms)
        if near_one is not None:
            return self.emit("constant_plus_exponential", *near_one[:3])
        slots += [self.value(t) for t in terms]
        return slots[0] if len(slots) == 1 else self.emit("add", *slots)

    def constant_plus_exponential(
        self, terms: tuple[Expr, ...]
    ) -> tuple[Slot, Slot, Slot, Slot] | None:
        """c, k, log E and log |log E| of a sum c + k E with E a varying exponential or power."""
        moving = [disguises.share(self, t) for t in terms if self.reads(t)]
        still = [t for t in terms if not self.reads(t)]
        if len(moving) != 1 or not still:
            return None
        scaled = disguises.scaled_power(self, moving[0])
        if scaled is not None:
            return self.value(Add(*still)), *self._scaled(scaled)
        split = self.exponential_term(moving[0])
        if split is None:
            return None
        return self.value(Add(*still)), *split, self._log_of_log(moving[0], split[1])

    def _scaled(self, power: disguises.ScaledPower) -> tuple[Slot, Slot, Slot]:
        """k, log E and log |log E| of k E with E = base^p: log(x/b) does not cancel at x = b."""
        exponent, base = self.value(power.exponent), power.base
        magnitude = self.emit("multiply", exponent, local.log_sum(self, (base,)))
        tiny = [self.emit("log_abs", exponent), local.log_log(self, base)]
        return self.value(power.scale), magnitude, self.emit("add", *tiny)

    def _log_of_log(self, term: Expr, exponent: Slot) -> Slot:
        """log |log E|, which is finite where log E is too small for a float."""
        factors = [f for f in Mul.make_args(term) if self.reads(f)]
        if len(factors) == 1 and isinstance(factors[0], exp):
            return self.log(factors[0].args[0]).magnitude
        if len(factors) == 1 and isinstance(factors[0], Pow):
            base, power = factors[0].as_base_exp()
            return self._log_product([self.log(power), self.log(log(base))]).magnitude
        return self.emit("log_abs", exponent)

    def exponential_term(self, term: Expr) -> tuple[Slot, Slot] | None:
        """k and log E of a term k E whose E > 0 is an exponential or a non-integer power."""
        factors = Mul.make_args(term)
        moving = [f for f in factors if self.reads(f)]
        if not any(self.is_exponential(f) for f in moving):
            return None
        logs = [self.log(f) for f in moving]
        if any(sign is not None for _, sign in logs):
            return None
        scale = self.value(Mul(*(f for f in factors if not self.reads(f))))
        return scale, self._total([magnitude for magnitude, _ in logs])

    def is_exponential(self, e: Expr) -> bool:
        """Whether ``e`` can leave the range of floats: its logarithm is the safe face."""
        if isinstance(e, Pow):
            whole = e.exp.is_Integer
            return not whole or self.is_exponential(e.base) or self._is_exponential_sum(e.base)
        return isinstance(e, exp | cosh | besselk | besseli | gamma | erfc)

    def _is_exponential_sum(self, e: Expr) -> bool:
        return isinstance(e, Add) and any(
            self.is_exponential(f) for t in e.args for f in Mul.make_args(t) if self.reads(f)
        )

    def _multiply(self, e: Mul) -> Slot:
        """Factors that may overflow are multiplied by adding their logarithms."""
        factors = e.args
        wild = [f for f in factors if self.is_exponential(f)]
        if not wild:
            return self._product([self.value(f) for f in factors])
        merged = [
            f for f in factors if f in wild or self._is_power(f) or self._is_exponential_sum(f)
        ]
        if len(merged) < 2:
            return self._product([self.value(f) for f in factors])
        logs = [self.log(f) for f in merged]
        slots = [self.value(f) for f in factors if f not in merged]
        slots += [sign for _, sign in logs if sign is not None]
        slots.append(self.emit("exp", self._total([magnitude for magnitude, _ in logs])))
        return self._product(slots)

    def _is_power(self, e: Expr) -> bool:
        """Whether ``e`` is a power of something that vanishes or diverges at an end."""
        base = e.base if isinstance(e, Pow) else e
        return self.innermost(base) is not None and (isinstance(base, Symbol | Add))

    def _product(self, slots: list[Slot]) -> Slot:
        return slots[0] if len(slots) == 1 else self.emit("multiply", *slots)

    def _total(self, slots: list[Slot]) -> Slot:
        return slots[0] if len(slots) == 1 else self.emit("add", *slots)

    def _power(self, e: Pow) -> Slot:
        base, exponent = e.base, e.exp
        if exponent.is_Integer:
            return self.emit(
                "integer_power", self.value(base), self.program.constant(int(exponent))
            )
        if exponent == S.Half and not self.is_exponential(base):
            return self.emit("sqrt", self.value(base))
        if base is S.Exp1:
            return self.emit("exp", self.value(exponent))
        magnitude = self._real_log(base)
        return self.emit("exp", self.emit("multiply", self.value(exponent), magnitude))

    # logarithms

    def log(self, e: Expr) -> LogSlot:
        slots = self._logs.get(e)
        if slots is None:
            slots = self._logs[e] = self._log(e)
        return slots

    def _log(self, e: Expr) -> LogSlot:
        if isinstance(e, Mul) and disguises.is_ratio(self, e):
            return LogSlot(local.log_sum(self, (e,)), self._sign(e))
        if isinstance(e, Mul):
            return self._log_product(self._logs_of_factors(e))
        if isinstance(e, exp):
            return LogSlot(self.value(e.args[0]), None)
        if isinstance(e, Pow):
            return self._log_power(e)
        if isinstance(e, Add):
            return self._log_add(e)
        if isinstance(e, log) and self._is_complement(e.args[0]):
            below = self.emit("log_log1m_exp", self.log(1 - e.args[0]).magnitude)
            return LogSlot(below, self.program.constant(-1))
        if isinstance(e, log) and self.innermost(e.args[0]) is not None:
            return LogSlot(local.log_log(self, e.args[0]), self._sign(e))
        if isinstance(e, log) and isinstance(e.args[0], Add):
            return self._log_of_softplus(e)
        if isinstance(e, Abs):
            return LogSlot(self.log(e.args[0]).magnitude, None)
        if isinstance(e, Symbol) and self.innermost(e) is not None:
            return LogSlot(local.log_sum(self, (e,)), self._sign(e))
        return functions.log_function(self, e) or self.plain_log(e)

    def _is_complement(self, e: Expr) -> bool:
        """Whether ``e`` is 1 - E with an exponential E, whose logarithm goes on as -E does."""
        one, rest = e.as_coeff_Add()
        return bool(one == 1 and isinstance(-rest, exp) and self.reads(rest))

    def _log_of_softplus(self, e: Expr) -> LogSlot:
        """log log(1 + E) goes on as log E where E is too small for a float."""
        one, rest = e.args[0].as_coeff_Add()
        magnitude, sign = self.log(rest)
        if one != 1 or sign is not None or isinstance(rest, Add):
            return functions.log_function(self, e) or self.plain_log(e)
        return LogSlot(self.emit("log_log1p_exp", magnitude), None)

    def _logs_of_factors(self, e: Mul) -> list[LogSlot]:
        """One for each factor, with several gamma functions of a variable taken together."""
        gammas = [f for f in e.args if self.reads(f) and gamma_sums.has_gamma(f)]
        if len(gammas) < 2:
            return [self.log(f) for f in e.args]
        together = LogSlot(self.value(Add(*(log(f) for f in gammas))), None)
        return [together, *(self.log(f) for f in e.args if f not in gammas)]

    def plain_log(self, e: Expr) -> LogSlot:
        return LogSlot(self.emit("log_abs", self.value(e)), self._sign(e))

    def _sign(self, e: Expr) -> Slot | None:
        positive = (e.is_Number and e > 0) or (isinstance(e, Symbol) and self._is_positive(e))
        return None if positive else self.emit("sign", self.value(e))

    def _is_positive(self, e: Symbol) -> bool:
        ends = self.variables.get(e, Ends())
        return bool(e.is_positive or (ends.lower is not None and ends.lower.is_nonnegative))

    def _log_product(self, logs: list[LogSlot]) -> LogSlot:
        signs = [sign for _, sign in logs if sign is not None]
        return LogSlot(
            self._total([magnitude for magnitude, _ in logs]),
            self._product(signs) if signs else None,
        )

    def _log_power(self, e: Pow) -> LogSlot:
        exponent = self.value(e.exp)
        if not e.exp.is_Integer:
            return LogSlot(self.emit("multiply", exponent, self._real_log(e.base)), None)
        magnitude, sign = self.log(e.base)
        power = self.emit("multiply", exponent, magnitude)
        return LogSlot(power, None if e.exp % 2 == 0 else sign)

    def _log_add(self, e: Add) -> LogSlot:
        tail = functions.error_function_tail(self, e)
        if tail is not None:
            return LogSlot(self.emit("log_constant_plus_erf", *tail), self._sign(e))
        shown = disguises.shown(self, e)
        if shown is not None:
            return self.log(shown)
        near_one = self.constant_plus_exponential(e.args)
        if near_one is not None:
            pair = self.emit("log_constant_plus_exponential", *near_one)
            return LogSlot(self.emit("first", pair), self.emit("second", pair))
        split = [self._term(t) for t in e.args] if self._is_exponential_sum(e) else []
        if split and all(s is not None for s in split):
            pair = self.emit("log_sum", *(slot for s in split if s is not None for slot in s))
            return LogSlot(self.emit("first", pair), self.emit("second", pair))
        if self.innermost(e) is not None:
            return LogSlot(local.log_sum(self, e.args), self._sign(e))
        return self.plain_log(e)

    def _term(self, term: Expr) -> tuple[Slot, Slot] | None:
        if not self.reads(term):
            return self.value(term), self.program.constant(Integer(0))
        return self.exponential_term(term)
