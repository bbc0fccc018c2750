"""Links inside the built pages, and those among them that lead nowhere."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


def dead_links(site: Path) -> list[tuple[str, str]]:
    """Links inside the built pages that lead nowhere, each with its page.

    Sphinx finds those in the text; this finds also those that an extension or a theme wrote.
    """
    pages = {path.resolve(): _read(path) for path in sorted(site.rglob("*.html"))}
    dead = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue  # somewhere else
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            there = pages.get(target)
            fragment = unquote(parts.fragment)
            if there and (there.shows(fragment) or fragment in _programs(target)):
                continue
            if not target.exists() or (there and fragment and fragment not in there.places):
                dead.append((str(path.relative_to(site.resolve())), link))
    return dead


def _programs(page: Path) -> set[str]:
    """The programs that the playground begins with where its address names them."""
    file = page.parent / "examples.json"
    if not file.is_file():
        return set()
    return {each["name"] for each in json.loads(file.read_text(encoding="utf-8"))}


class _Page(HTMLParser):
    """The links of a page, and the places in it that a link can lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.places: set[str] = set()
        self._text = ""
        self._ours = False

    def shows(self, fragment: str) -> bool:
        """Whether this is one of our own pages, and knows the question that the fragment names."""
        slug = fragment.removeprefix("question/")
        return self._ours and slug != fragment and f'"{slug}"' in self._text

    def handle_data(self, data: str) -> None:
        """Keep the text, scripts included."""
        if self._ours:
            self._text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the tag links to, and what it is called."""
        self._ours |= tag == "meta" and ("content", "backlit") in attrs
        for name, value in attrs:
            if value and name in ("href", "src"):
                self.links.append(value)
            elif value and (name == "id" or (tag == "a" and name == "name")):
                self.places.add(value)


def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page
