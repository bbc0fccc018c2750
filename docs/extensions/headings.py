"""The headings of a page: what a link calls them, and what stands below them."""

from __future__ import annotations

import re

_HEADING = re.compile(r"^(#+) (.+?)\s*$")


def first_heading(text: str) -> str:
    """The words of the first heading; empty if there is none."""
    return next((found[2] for line in text.splitlines() if (found := _HEADING.match(line))), "")


def section(text: str, anchor: str) -> str:
    """From the heading that an anchor means to the next one that is not below it.

    Without an anchor it is the whole page, and for an anchor that is not there nothing.
    """
    if not anchor:
        return text
    kept: list[str] = []
    depth, fenced = 0, False
    for line in text.splitlines():
        fenced ^= line.startswith("```")
        heading = None if fenced else _HEADING.match(line)
        if heading and depth and len(heading[1]) <= depth:
            break
        if heading and not depth and slug(heading[2]) == anchor:
            depth = len(heading[1])
        if depth:
            kept.append(line)
    return "\n".join(kept)


def slug(heading: str) -> str:
    """What GitHub and Sphinx call a heading in a link."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
