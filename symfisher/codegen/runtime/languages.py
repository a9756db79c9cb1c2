"""The special functions in C, Numba, JavaScript and R."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import ClassVar

from symfisher.codegen.runtime.definitions import Definition
from symfisher.codegen.runtime.writing import Text

_INLINED = 35  # statements; what is longer takes seconds to compile where it is inlined


class C(Text):
    """C99: static inline functions, each guarded, so that two headers can bring the same one."""

    own: ClassVar[dict[str, str]] = {"sqrt": "sqrt", "power": "pow", "floor": "floor"}
    types: ClassVar[dict[str, str]] = {"float": "double", "int": "int", "Bits": "uint64_t"}
    preamble = (
        "#ifndef SYMFISHER_RUNTIME\n"
        "#define SYMFISHER_RUNTIME\n"
        "#ifdef FP_FAST_FMA\n"
        "#define SYMFISHER_FMA(x, y, z) fma(x, y, z)\n"
        "#else\n"
        "#define SYMFISHER_FMA(x, y, z) ((x) * (y) + (z))\n"
        "#endif\n"
        "static inline uint64_t symfisher_bits(double x) {\n"
        "    uint64_t pattern;\n"
        "    memcpy(&pattern, &x, sizeof pattern);\n"
        "    return pattern;\n"
        "}\n"
        "static inline double symfisher_from_bits(uint64_t pattern) {\n"
        "    double x;\n"
        "    memcpy(&x, &pattern, sizeof x);\n"
        "    return x;\n"
        "}\n"
        "static inline double symfisher_rint(double x) {\n"
        "    return (x + 6755399441055744.0) - 6755399441055744.0; /* SSE2 has no rint */\n"
        "}\n"
        "#endif\n"
    )

    def called(self, name: str) -> str:
        return self.own.get(name, f"symfisher_{name}")

    def head(self, definition: Definition) -> list[str]:
        arguments = ", ".join(f"{self.types[k]} {name}" for name, k in definition.arguments.items())
        guard = f"SYMFISHER_{definition.name.upper()}"
        comment = definition.sentence.replace("\n", "\n * ").replace(" * \n", " *\n")
        return [
            f"#ifndef {guard}",
            f"#define {guard}",
            f"/* {comment} */",
            f"static inline double {self.called(definition.name)}({arguments}) {{",
        ]

    def tail(self) -> list[str]:
        return ["}", "#endif"]

    def declarations(self, definition: Definition) -> list[str]:
        lines = []
        for kind, name in self.types.items():
            declared = [n for n, k in definition.locals.items() if k == kind]
            if declared:
                lines.append(f"{name} {', '.join(declared)};")
        return lines

    def assigned(self, name: str, value: str) -> str:
        return f"const double {name} = {value};"

    def number(self, value: float | int) -> str:
        if isinstance(value, int) and value >= 2**31:
            return f"UINT64_C(0x{value:016X})"
        return repr(value)

    def multiply_add(self, x: str, y: str, constant: str) -> str:
        return f"SYMFISHER_FMA({x}, {y}, {constant})"

    def table_name(self, name: str) -> str:
        return f"symfisher_{name.lower()}_table"

    def table(self, name: str) -> str:
        guard = f"SYMFISHER_{name}_TABLE"
        declaration = f"static const double {self.table_name(name)}[]"
        values = self.table_values(name)
        return f"#ifndef {guard}\n#define {guard}\n{declaration} = {{{values}}};\n#endif\n"


class JavaScript(Text):
    """Plain functions; the elementary functions are those of Math."""

    own: ClassVar[dict[str, str]] = {
        name: f"Math.{name}" for name in ("exp", "expm1", "floor", "log", "log1p", "sqrt")
    } | {"power": "Math.pow", "rint": "Math.round", "log_inside": "Math.log"}
    infinity = "Infinity"
    nan = "NaN"
    preamble = ""

    def head(self, definition: Definition) -> list[str]:
        comment = "\n".join(f"// {line}".rstrip() for line in definition.sentence.split("\n"))
        return [
            comment,
            f"function {self.called(definition.name)}({', '.join(definition.arguments)}) {{",
        ]

    def declarations(self, definition: Definition) -> list[str]:
        return [f"let {', '.join(definition.locals)};"] if definition.locals else []

    def assigned(self, name: str, value: str) -> str:
        return f"const {name} = {value};"

    def table(self, name: str) -> str:
        return f"const {self.table_name(name)} = [{self.table_values(name)}];\n"

    def expression(self, node: ast.expr) -> str:
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq):
            return super().expression(node).replace("==", "===").replace("!=", "!==")
        return super().expression(node)


class Numba(Text):
    """Functions that Numba inlines; contraction to fused operations is allowed, nothing else is."""

    own: ClassVar[dict[str, str]] = {
        "sqrt": "math.sqrt",
        "power": "math.pow",
        "floor": "math.floor",
    }
    infinity = "math.inf"
    nan = "math.nan"
    end = ""
    decorator = '@numba.njit(fastmath={"contract"}, error_model="numpy", forceinline=True)'
    preamble = (
        f"{decorator}\n"
        "def _bits(x):\n"
        "    return np.float64(x).view(np.int64)\n\n\n"
        f"{decorator}\n"
        "def _from_bits(pattern):\n"
        "    return np.int64(pattern).view(np.float64)\n\n\n"
        f"{decorator}\n"
        "def _rint(x):\n"
        "    return (x + 6755399441055744.0) - 6755399441055744.0\n\n\n"
    )

    def head(self, definition: Definition) -> list[str]:
        quoted = definition.sentence.replace("\n", "\n    ").replace("\n    \n", "\n\n")
        closing = '\n    """' if "\n" in quoted else '"""'
        parts = (node for statement in definition.body for node in ast.walk(statement))
        once = sum(isinstance(node, ast.stmt) for node in parts) > _INLINED
        return [
            self.decorator.replace(", forceinline=True", "") if once else self.decorator,
            f"def {self.called(definition.name)}({', '.join(definition.arguments)}):",
            f'    """{quoted}{closing}',
        ]

    def tail(self) -> list[str]:
        return ["", ""]

    def declarations(self, definition: Definition) -> list[str]:
        return []

    def table(self, name: str) -> str:
        return f"{self.table_name(name)} = np.array([{self.table_values(name)}])\n"

    def choice(self, test: str, yes: str, no: str) -> str:
        return f"{yes} if {test} else {no}"

    def loop(self, counter: str, ends: list[str], body: Sequence[ast.stmt]) -> list[str]:
        lines = ["    " + line for line in self.block(body)]
        return [f"for {counter} in range({', '.join(ends)}):", *lines]

    def nested(self, word: str, condition: str, body: Sequence[ast.stmt]) -> list[str]:
        return [f"{word} {condition}:", *("    " + line for line in self.block(body))]

    def otherwise(self, body: Sequence[ast.stmt]) -> list[str]:
        return ["else:", *("    " + line for line in self.block(body))]


class R(Text):
    """Functions of one point each; a kernel applies them to vectors with mapply."""

    own: ClassVar[dict[str, str]] = {
        name: name for name in ("exp", "expm1", "floor", "log", "log1p", "sqrt")
    } | {"rint": "round", "log_inside": "log"}
    infinity = "Inf"
    nan = "NaN"
    end = ""
    preamble = ""

    def called(self, name: str) -> str:
        return self.own.get(name, f".{name}")

    def head(self, definition: Definition) -> list[str]:
        comment = "\n".join(f"# {line}".rstrip() for line in definition.sentence.split("\n"))
        return [
            comment,
            f"{self.called(definition.name)} <- function({', '.join(definition.arguments)}) {{",
        ]

    def declarations(self, definition: Definition) -> list[str]:
        return []

    def table_name(self, name: str) -> str:
        return f".{name.lower()}_table"

    def table(self, name: str) -> str:
        return f"{self.table_name(name)} <- c({self.table_values(name)})\n"

    def statement(self, node: ast.stmt) -> list[str]:
        if isinstance(node, ast.AugAssign):
            assert isinstance(node.target, ast.Name)
            value = ast.BinOp(node.target, node.op, node.value)
            return [f"{self.name(node.target.id)} = {self.expression(value)}"]
        if isinstance(node, ast.Return):
            assert node.value is not None
            return [self.expression(node.value)]
        return super().statement(node)

    def loop(self, counter: str, ends: list[str], body: Sequence[ast.stmt]) -> list[str]:
        start, stop = ends if len(ends) == 2 else ("0", *ends)
        header = f"for ({self.name(counter)} in {start} + seq_len(max(0, {stop} - {start})) - 1) {{"
        return [header, *("    " + line for line in self.block(body)), "}"]

    def nested(self, word: str, condition: str, body: Sequence[ast.stmt]) -> list[str]:
        return super().nested(word, f"isTRUE({condition})", body)

    def choice(self, test: str, yes: str, no: str) -> str:
        return f"if (isTRUE({test})) {yes} else {no}"

    def name(self, name: str) -> str:
        return "each" if name == "_" else super().name(name)

    def call(self, node: ast.Call) -> str:
        assert isinstance(node.func, ast.Name)
        if node.func.id == "power":
            base, exponent = map(self.inside, node.args)
            return f"({base}^{exponent})"
        return super().call(node)

    def expression(self, node: ast.expr) -> str:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            return f"{self.inside(node.left)} %% {self.inside(node.right)}"
        if isinstance(node, ast.Subscript):
            assert isinstance(node.value, ast.Name)
            return f"{self.table_name(node.value.id)}[{self.inside(node.slice)} + 1]"
        return super().expression(node)


LANGUAGES: dict[str, C | JavaScript | Numba | R] = {
    "c": C(),
    "javascript": JavaScript(),
    "numba": Numba(),
    "r": R(),
}
