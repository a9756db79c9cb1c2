"""Compiling LaTeX in tests."""

import subprocess

PREAMBLE = r"\documentclass{article}\usepackage{amsmath,amssymb}\begin{document}"


def compile_fragment(fragment, folder):
    """Compile a fragment in an article by pdflatex; its log."""
    source = folder / "page.tex"
    source.write_text(f"{PREAMBLE}\n{fragment}\n\\end{{document}}\n", encoding="utf-8")
    return compile_document(source)


def compile_document(source):
    """Compile a document by pdflatex; its log.  Fails with the log where LaTeX does."""
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", source.name],
        cwd=source.parent,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout
