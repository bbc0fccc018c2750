"""Sphinx's settings.  Nothing on a page comes from the network."""

import logging
import sys
from pathlib import Path

import backlit

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
# Furo imports a package that lets every library's messages through; matplotlib's first is about
# the fonts of this machine.
logging.getLogger("matplotlib").setLevel(logging.WARNING)

project = "backlit"
copyright = "The backlit authors, MIT license"
release = backlit.__version__
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
    "docs.extensions.site",
    "docs.extensions.directive",
    "docs.extensions.narrow",
    "docs.extensions.language",
]
myst_heading_anchors = 3
exclude_patterns = ["extensions", "playground"]
html_theme = "furo"
html_title = "backlit"
html_static_path = ["_static"]
html_css_files = ["backlit.css"]
html_search_scorer = str(Path(__file__).resolve().parent / "extensions" / "scorer.js")
html_js_files = [("run.js", {"type": "module"})]
html_copy_source = False
html_show_sphinx = False
napoleon_use_ivar = True
autodoc_member_order = "bysource"
autodoc_typehints = "description"
# Types of other libraries, and names in docstrings that are prose, have no page here.
nitpick_ignore_regex = [(r"py:.*", r".*")]
