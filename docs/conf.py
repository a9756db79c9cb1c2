"""Configuration of Sphinx: `sphinx-build -W docs build/docs`."""

import runpy
from pathlib import Path

import symfisher

# The pages that follow from the code are written when the documentation is built.
runpy.run_path(str(Path(__file__).parent / "reference" / "generate.py"), run_name="__main__")

project = "symfisher"
author = "The symfisher authors"
copyright = author
version = release = symfisher.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.mathjax"]
myst_enable_extensions = ["amsmath", "dollarmath"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "symfisher"
autodoc_typehints = "description"
autodoc_member_order = "bysource"
exclude_patterns = ["*.toml", "*.j2"]
suppress_warnings = ["misc.highlighting_failure"]  # mathematics is no Python
