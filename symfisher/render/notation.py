"""How declared names are written: in LaTeX, in Unicode and as names that SymPy reads back.

A name may come from a file that nobody has looked at, so whatever is not plainly a letter, a
Greek name, a word or one of these with an index is printed as text, with every character that
TeX or a terminal would act on replaced.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterable

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ϵ",
    "zeta": "ζ", "eta": "η", "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ",
    "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "varpi": "ϖ", "rho": "ρ",
    "varrho": "ϱ", "sigma": "σ", "varsigma": "ς", "tau": "τ", "upsilon": "υ", "phi": "φ",
    "varphi": "ϕ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ",
    "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ",
    "Omega": "Ω",
}  # fmt: skip
_FROM_GREEK = {character: name for name, character in GREEK.items()}
# Python keeps `lambda` for itself, so programmers spell the letter in other ways.
_SPELLINGS = {"lamda": "lambda", "lam": "lambda"}
_FROM_GREEK["\N{MICRO SIGN}"] = "mu"  # looks like the letter and is another character

_SUBSCRIPT = dict(zip("0123456789aehijklmnoprstuvx+-βγρφχ", "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ₊₋ᵦᵧᵨᵩᵪ"))

# Names that SymPy's parser needs for itself when it reads an expression back.
_READ_BACK = frozenset(
    """
    Integer Float Rational Symbol Function Integral Sum Product Derivative Subs Piecewise
    Abs Max Min Eq Ne And Or Not True False None oo exp log sqrt loggamma polygamma digamma
    trigamma besseli besselj besselk bessely erf erfc erfi Ei expint uppergamma lowergamma
    polylog lerchphi hyper meijerg factorial binomial sign Heaviside sin cos tan asin acos atan
    sinh cosh tanh asinh acosh atanh cot sec csc floor ceiling
    """.split()  # noqa: SIM905 - sixty words are read more easily than sixty quoted ones
)


def escape_tex(text: str) -> str:
    """``text`` as LaTeX text that prints it and does nothing else."""
    return "".join(_escaped(character) for character in unicodedata.normalize("NFC", text))


def breakable_tex(text: str) -> str:
    """``escape_tex(text)``, that may be broken in long words and after the signs within words."""
    return _WORD_OR_SIGN.sub(_breakable, text)


_WORD_OR_SIGN = re.compile(r"(?P<word>[^\W_]+)|(?P<within>[^\w\s(\[-]|_)(?=[^\W_])|[\W_]")
_LONG_WORD = 14  # letters; English words up to this length TeX breaks itself


def _breakable(match: re.Match[str]) -> str:
    if len(match[0]) > _LONG_WORD:
        return r"\-".join(map(escape_tex, re.findall(".{1,5}", match[0])))
    return escape_tex(match[0]) + (r"\allowbreak{}" if match["within"] else "")


def _escaped(character: str) -> str:
    if character in _TEX_TEXT:
        return _TEX_TEXT[character]
    if " " <= character <= "~":
        return character
    if character in _FROM_GREEK:
        return rf"$\{_FROM_GREEK[character]}$"
    if "À" <= character <= "ž" and character not in "×÷":
        return character  # Latin letters, which every LaTeX of today typesets
    if not character.isprintable():
        return " "
    return f"[U+{ord(character):04X}]"


_TEX_TEXT = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "_": r"\_", "%": r"\%", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': "''",
    "`": "{`}", "–": "--", "—": "---", "’": "'", "‘": "`", "“": "``", "”": "''",
    "∈": r"$\in$", "∞": r"$\infty$", "≤": r"$\le$", "≥": r"$\ge$", "≠": r"$\ne$", "²": "$^2$",
    "·": r"$\cdot$", "−": "$-$", "×": r"$\times$", "∂": r"$\partial$", "√": r"$\surd$",
}  # fmt: skip


def printable(text: str) -> str:
    """``text`` without characters that would steer a terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def split_name(name: str) -> tuple[str, tuple[str, ...], int] | None:
    """(base, indices, primes) of "mu_1", "p12", "alpha_prime"; None where it is no such name."""
    parts = name.rstrip("_").split("_")
    primes = 0
    while len(parts) > 1 and parts[-1] == "prime":
        primes += 1
        parts.pop()
    if not all(re.fullmatch(r"[^\W_]+", part) for part in parts):
        return None
    match = re.fullmatch(r"(\D+?)(\d+)", parts[0])
    if match:
        parts[:1] = match.groups()
    parts = [_FROM_GREEK.get(part, _SPELLINGS.get(part, part)) for part in parts]
    if not all(part.isascii() for part in parts):
        return None
    return parts[0], tuple(parts[1:]), primes


def latex_name(name: str) -> str:
    """A symbol's name in LaTeX mathematics: "sigma2" is ``\\sigma_2``."""
    split = split_name(name)
    if split is None:
        return rf"\text{{{escape_tex(name)}}}"
    base, indices, primes = split
    index = ",".join(map(_latex_part, indices))
    return _latex_part(base) + (f"_{{{index}}}" if index else "") + "'" * primes


def marked_name(name: str, mark: str) -> str:
    """A symbol's name with a mark, such as a prime or a tilde, which goes on its letter.

    ``mark`` is a template of ``base``, ``index`` (with its ``_``) and ``zero`` (the indices and a
    zero).
    """
    split = split_name(name)
    if split is None:
        base: str = latex_name(name)
        return mark.format(base=base, index="", zero="0")
    letter, indices, primes = split
    parts = [_latex_part(part) for part in indices]
    index = f"_{{{','.join(parts)}}}" if parts else ""
    marked = mark.format(base=_latex_part(letter), index=index, zero=",".join([*parts, "0"]))
    return marked + "'" * primes


def _latex_part(part: str) -> str:
    if part in GREEK:
        return rf"\{part}"
    return part if len(part) == 1 or part.isdigit() else rf"\mathrm{{{part}}}"


def unicode_name(name: str) -> str:
    """A symbol's name for a terminal: "sigma2" is ``σ₂``, "alpha_prime" is ``α′``."""
    split = split_name(name)
    if split is None:
        return printable(name)
    base, indices, primes = split
    index = unicode_subscript(",".join(GREEK.get(part, part) for part in indices))
    return GREEK.get(base, base) + index + "′" * primes


def unicode_subscript(index: str) -> str:
    """An index below the line where Unicode has its characters there, else behind a "_"."""
    if all(character in _SUBSCRIPT for character in index):
        return "".join(_SUBSCRIPT[character] for character in index)
    return "_" + index


def syntax_names(names: Iterable[str]) -> dict[str, str]:
    """Each declared name -> the identifier that stands for it in SymPy syntax.

    It is the name itself, but for what cannot be read back: a keyword of Python's ("lambda"
    becomes "lambda_"), a function that expressions call ("log"), and characters that no
    identifier has.
    """
    names = list(names)
    taken = {name: name for name in names if _reads_back(name)}
    for name in names:
        identifier = re.sub(r"\W", "_", unicodedata.normalize("NFKC", name)) or "_"
        if identifier[0].isdigit():
            identifier = "_" + identifier
        while name not in taken and (not _reads_back(identifier) or identifier in taken.values()):
            identifier += "_"
        taken.setdefault(name, identifier)
    return taken


def _reads_back(name: str) -> bool:
    plain = name.isidentifier() and unicodedata.is_normalized("NFKC", name)
    return plain and not keyword.iskeyword(name) and name not in _READ_BACK
