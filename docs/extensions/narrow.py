"""What programs printed, on a narrow screen: sentences are wrapped, tables and pictures are not.

A terminal has 80 columns, a phone at this size of letters some 50.  So a block of output gets a
class for the style sheet: ``wraps`` if its long lines are sentences, which stay readable in pieces;
``small`` if they are rows of a table or of a picture, which have to stay below one another.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

FITTING = 48  # columns that a phone shows
_PRINTED = ("console", "text", "json")
# Beyond the indentation two spaces keep columns apart; pictures are made of such lines and grays.
_ALIGNED = re.compile(r"\S {2,}\S|[─━│┃┏┡├└░▒▓█]")


def class_of(printed: str) -> str | None:
    """``wraps``, ``small``, or None for a block that fits."""
    long = [line for line in printed.splitlines() if len(line) > FITTING]
    if not long:
        return None
    rows = [line for line in long if _ALIGNED.search(line)]
    return "small" if len(rows) > 1 else "wraps"  # a row alone has none to stand below


def _mark(app: Sphinx, tree: nodes.document, *_: Any) -> None:
    for block in tree.findall(lambda node: node.tagname == "literal_block"):
        found = class_of(block.astext()) if block.get("language") in _PRINTED else None
        if found is not None:
            block["classes"].append(found)


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx."""
    app.connect("doctree-resolved", _mark)
    return {"parallel_read_safe": True}
