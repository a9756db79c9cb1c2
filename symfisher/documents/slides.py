"""A talk about one family, 16:9, its parts appearing one after another: Beamer or Typst."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from symfisher.derivation import Derivation
from symfisher.documents.frames import frames
from symfisher.documents.pages import Part, Size
from symfisher.errors import UnknownNameError
from symfisher.render import latex
from symfisher.render.conventions import STANDARD, Notation
from symfisher.render.notation import breakable_tex, escape_tex, printable
from symfisher.render.typst import quoted, typst
from symfisher.suggestions import nearest, shown


def slides(derivation: Derivation, notation: Notation = STANDARD, *, form: str = "beamer") -> str:
    """The source of the talk, for pdflatex or lualatex ("beamer") or for ``typst compile``.

    Raises:
        UnknownNameError: there is no such form.
        DerivationError: a quantity could not be derived.
        InputError: the notation does not fit the family's symbols.
    """
    if form not in FORMS:
        raise UnknownNameError(
            f"no form of slides is called {shown(repr(form))}{nearest(form, FORMS)}; "
            f"there are: {', '.join(FORMS)}"
        )
    name, write, text = FORMS[form]
    facts = derivation.family.facts
    return _template(name).render(
        title=(_title if form == "beamer" else text)(facts.title),
        signs=any(set("<>|\\{}") & set(said) for said in (facts.title, *facts.meanings.values())),
        frames=frames(derivation, notation),
        write=write,
        text=text,
    )


def _title(text: str) -> str:
    """The title on the page, and as plain text for the PDF's own title."""
    broken, plain = breakable_tex(text), escape_tex(text)
    return broken if broken == plain else rf"\texorpdfstring{{{broken}}}{{{plain}}}"


@cache
def _template(name: str) -> Template:
    environment = Environment(
        loader=PackageLoader("symfisher.documents"),
        undefined=StrictUndefined,
        autoescape=False,  # every text is escaped by the function for TeX or Typst
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(name)


def _beamer(part: Part, size: Size) -> str:
    if not part.rows:
        return _sentence(part, breakable_tex, str)
    lines = [rf"\begin{{{part.environment}}}", *_ended(part.rows), rf"\end{{{part.environment}}}"]
    return "\n".join(latex.smaller(lines, Notation(line=size.line), letters=size.letters))


def _sentence(part: Part, text: Callable[[str], str], mathematics: Callable[[str], str]) -> str:
    pieces = enumerate(part.said)
    return "".join(f"${mathematics(p)}$" if i % 2 else text(p) for i, p in pieces)


def _ended(rows: tuple[str, ...]) -> list[str]:
    return [*(rf"{row} \\" for row in rows[:-1]), rows[-1]]


def _typst(part: Part, size: Size) -> str:
    if part.rows:
        body = " ".join(_ended(part.rows))
        if part.environment == "align*":
            body = rf"\begin{{aligned}} {body} \end{{aligned}}"
        return f"$ {typst(body)} $"
    return _sentence(part, _typst_text, typst)


def _typst_text(text: str) -> str:
    return f"#{quoted(printable(text))};" if text else ""


FORMS: dict[str, tuple[str, Callable[[Part, Size], str], Callable[[str], str]]] = {
    "beamer": ("beamer.tex", _beamer, breakable_tex),
    "typst": ("slides.typ", _typst, _typst_text),
}
