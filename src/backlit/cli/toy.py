"""``backlit toy``: the page of a network that can be followed with pencil and paper."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from . import options
from .help import OUTPUT
from .options import option
from .output import paragraph, together
from .serve import open_page

EXAMPLES = """
backlit toy
backlit toy --html toy.html
"""


def command(
    html: Annotated[
        Path | None, option(OUTPUT, "FILE", "Write the page to FILE instead of serving it.")
    ] = None,
    port: options.Port = None,
    browser: options.Browser = True,
) -> None:
    """Open the page of a network for pencil and paper: an image of 4x4, a filter of 2x2.

    Its numbers are small and whole, forward and backward, so that everything on the page can be
    worked out by hand. Like the page of a run, it is served to this machine alone, until Ctrl-C.
    """
    from backlit.web import toy

    if html is None:
        open_page(toy.toy_live(), {"address": toy.FIRST, "first": 0, "count": 1}, port, browser)
        return
    from backlit.system.writing import write_atomically

    write_atomically(html, toy.toy_page().encode())
    paragraph(f"{together(str(html))} can be opened in any browser.")
