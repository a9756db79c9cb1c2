"""Compiling LaTeX in tests."""

import re
import subprocess

PREAMBLE = r"\documentclass[%s]{article}\usepackage{amsmath,amssymb}%s\begin{document}"
COMPLAINT = re.compile(r"^(?:Overfull|.*Warning).*$", re.MULTILINE)


def compile_fragment(fragment, folder, *, options="", preamble="", engine="pdflatex"):
    """Compile a fragment in an article; its log."""
    source = folder / "page.tex"
    opening = PREAMBLE % (options, preamble)
    source.write_text(f"{opening}\n{fragment}\n\\end{{document}}\n", encoding="utf-8")
    return compile_document(source, engine)


def compile_document(source, engine="pdflatex"):
    """Compile a document; its log.  Fails with the log where LaTeX does."""
    command = [engine, "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape"]
    done = subprocess.run(
        [*command, source.name],
        cwd=source.parent,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return source.with_suffix(".log").read_text(encoding="utf-8", errors="replace")


def complaints(log):
    """The lines of a log that say that a box is overfull, or warn of anything."""
    return COMPLAINT.findall(log)
