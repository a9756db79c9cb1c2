"""A distribution from a recent paper, from its log-density to a paper of one's own.

    python examples/new_distribution.py folder

The unit-Weibull distribution (Mazucheli et al. 2020, Journal of Applied Statistics 47, 954-974)
is that of exp(-W) for a Weibull variable W. From its log-density alone: the verdict, the Fisher
matrix, the bound, a check at 25 digits, the bias of the estimates, an article in LaTeX, and a
kernel.
"""

import sys
from pathlib import Path

import symfisher as sf

FAMILY = """\
name   = "Unit-Weibull"
logpdf = "log(a) + log(b) - log(x) + (b - 1)*log(-log(x)) - a*(-log(x))**b"

[variable]
x = "(0, 1)"

[parameters]
a = "positive"
b = "positive"
"""


def main(folder: str = "unit_weibull") -> None:
    where = Path(folder)
    where.mkdir(exist_ok=True)
    declaration = where / "unit_weibull.toml"
    declaration.write_text(FAMILY, encoding="utf-8")

    d = sf.derive(declaration)
    print(d.fisher)
    print(d.cox_snell_bias())
    report = d.verify(digits=25)
    assert d.regularity.regular
    assert report.passed
    print(report)

    (where / "unit_weibull.tex").write_text(article(d), encoding="utf-8")
    d.kernel("fisher", backend="c").write(where / "unit_weibull_fisher.h")
    print(f"written: {', '.join(sorted(path.name for path in where.iterdir()))}")


def article(derivation: sf.Derivation) -> str:
    """A document around the derivation's LaTeX, with every step."""
    head = "\\documentclass{article}\n\\usepackage{amsmath, amssymb}\n\\begin{document}\n"
    return f"{head}{derivation.latex()}\n{derivation.latex(steps=True)}\n\\end{{document}}\n"


if __name__ == "__main__":
    main(*sys.argv[1:])
