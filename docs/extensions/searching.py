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


# A size as people write it: 24×24, 24x24, 24 x 24.  The index has it with the letter x.
_TIMES = r"(\d)\s*[x×]\s*(?=\d)"
_SIZES = re.compile(r"\d+(?:x\d+){2,}")

SPLITTER = (
    "function splitQuery(query) { return query"
    f'.replace(/{_TIMES}/gi, "$1x")'
    ".split(/[^\\p{Letter}\\p{Number}_\\p{Emoji_Presentation}]+/gu)"
    ".filter((word) => word); }"
)
"""The same as :func:`words_of`, for the program in the browser."""


def words_of(text: str) -> list[str]:
    """The words of a text or a query; a size is one of them, whichever sign is in it."""
    return re.findall(r"\w+", re.sub(_TIMES, r"\1x", text, flags=re.IGNORECASE))


def words_to_find(text: str) -> list[str]:
    """The words by which a text is found: of a size with more axes also each part, as 8x8."""
    words = words_of(text)
    for word in list(words):
        if _SIZES.fullmatch(word):
            axes = word.split("x")
            ends = [(a, b) for a in range(len(axes)) for b in range(a + 2, len(axes) + 1)]
            words += ["x".join(axes[a:b]) for a, b in ends if b - a < len(axes)]
    return words


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
    words = [
        word for word in words_of(query.lower()) if word not in stopwords and not word.isdecimal()
    ]
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
