"""Compiling LaTeX fragments in tests."""

import subprocess

PREAMBLE = r"\documentclass{article}\usepackage{amsmath,amssymb}\begin{document}"


def compile_fragment(fragment, folder):
    """Compile a fragment by pdflatex; the log.  Fails with the log where LaTeX does."""
    source = folder / "page.tex"
    source.write_text(f"{PREAMBLE}\n{fragment}\n\\end{{document}}\n", encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", source.name],
        cwd=folder,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout
