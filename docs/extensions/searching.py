"""Whether the site's search finds what people search for, asked of the index that it searches."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .questions import DOCS


@dataclass(frozen=True)
class Search:
    """What somebody types, and a page that has to be among what is found."""

    query: str
    finds: str


def searches() -> list[Search]:
    """Those in ``docs/questions.toml``."""
    found = tomllib.loads((DOCS / "questions.toml").read_text(encoding="utf-8"))["search"]
    return [Search(**each) for each in found]


def index_of(site: Path) -> dict[str, Any]:
    """The index that Sphinx has made for the program in the browser."""
    text = (site / "searchindex.js").read_text(encoding="utf-8")
    index: dict[str, Any] = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))
    return index


def pages_found(
    index: dict[str, Any], query: str, stem: Callable[[str], str], stopwords: Collection[str]
) -> set[str]:
    """The pages that hold every word of a query, as the search in the browser takes it apart.

    That one passes over common words and over numbers; it finds parts of words too, which nothing
    here relies on.
    """
    words = [word for word in re.split(r"\W+", query.lower()) if word]
    words = [word for word in words if word not in stopwords and not word.isdecimal()]
    found = [_holding(index, stem(word)) for word in words]
    return set.intersection(*found) if found else set()


def _holding(index: dict[str, Any], word: str) -> set[str]:
    numbers: list[int] = []
    for table in ("terms", "titleterms"):
        pages = index[table].get(word, [])
        numbers += [pages] if isinstance(pages, int) else pages
    return {index["docnames"][number] for number in numbers}


def unfound(
    site: Path, stem: Callable[[str], str], stopwords: Collection[str]
) -> list[tuple[str, str]]:
    """The searches that do not find their page, each with that page."""
    index = index_of(site)
    return [
        (each.query, each.finds)
        for each in searches()
        if each.finds not in pages_found(index, each.query, stem, stopwords)
    ]
