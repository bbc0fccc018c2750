"""What the site makes of the pages' Markdown, beyond what any reader of Markdown makes of it.

Equations are typeset, the reference has the whole docstrings, and pictures follow the theme that is
chosen on the page.  A comment ``<!-- site: … -->`` is Markdown for the site alone.
"""

from __future__ import annotations

import ast
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from docs.extensions.beside import linked_questions, write_pages
from docs.extensions.reference import directives

if TYPE_CHECKING:
    from sphinx.application import Sphinx

_BESIDE = tempfile.TemporaryDirectory(prefix="backlit-site-")
_COMPUTED = re.compile(
    r"<!-- computed: (?P<name>equations|reference|questions)\((?P<arguments>.*?)\) -->\n"
    r".*?<!-- end -->",
    re.DOTALL,
)
_SITE = re.compile(r"<!-- site:(.*?)-->", re.DOTALL)
_PICTURE = re.compile(
    r'<picture>\s*<source [^>]*srcset="(?P<dark>[^"]+)">\s*'
    r'<img alt="(?P<words>[^"]*)" src="(?P<light>[^"]+)"(?: width="(?P<width>\d+)")?>\s*</picture>',
)


def for_the_site(text: str, depth: int) -> str:
    """A page's source as Sphinx is to read it; ``depth``: how many folders below docs/ it lies."""
    text = _COMPUTED.sub(_typeset, text)
    text = _SITE.sub(lambda found: found[1].strip(), text)
    text = _PICTURE.sub(_themed, text)
    # What lies outside docs/ is not on the site.
    outside = re.compile(rf"\[([^]]+)\]\((?:\.\./){{{depth + 1}}}[^)]*\)")
    return outside.sub(lambda found: found[1], text)


def _typeset(found: re.Match[str]) -> str:
    if found["name"] == "equations":
        return f"```{{operation}} {found['arguments']}\n```"
    if found["name"] == "questions":
        return linked_questions()
    return directives(*ast.literal_eval(f"({found['arguments'].strip().rstrip(',')},)"))


def _themed(found: re.Match[str]) -> str:
    width = f":width: {found['width']}px\n" if found["width"] else ""
    return "\n\n".join(
        f"```{{image}} {found[scheme]}\n:alt: {found['words']}\n:class: only-{scheme}\n{width}```"
        for scheme in ("light", "dark")
    )


def _read(app: Sphinx, page: str, source: list[str]) -> None:
    source[0] = for_the_site(source[0], page.count("/"))


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx."""
    app.connect("source-read", _read)
    beside = Path(_BESIDE.name)
    write_pages(beside)
    app.connect("config-inited", lambda _, config: config.html_extra_path.append(str(beside)))
    return {"parallel_read_safe": True}
