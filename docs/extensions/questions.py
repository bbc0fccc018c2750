"""The questions of learners, from ``docs/questions.toml``, and the places that answer them."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1]
_HEADING = re.compile(r"^(#+) (.+?)\s*$")


@dataclass(frozen=True)
class Question:
    """What somebody asked.

    Attributes:
        group: what it is about.
        question: in our own words.
        short: the answer in a sentence or two.
        answer: the page and the heading that answer it with numbers, as ``page.md#heading``.
        words: what people search for; all of them stand at that place.
        source: where it was asked.
    """

    group: str
    question: str
    short: str
    answer: str
    words: tuple[str, ...]
    source: str

    @property
    def place(self) -> str:
        """What stands under that heading; empty if there is none."""
        page, _, anchor = self.answer.partition("#")
        return section((DOCS / page).read_text(encoding="utf-8"), anchor)


def asked() -> list[Question]:
    """All questions, in the order of the page."""
    groups = tomllib.loads((DOCS / "questions.toml").read_text(encoding="utf-8"))["group"]
    return [
        Question(group["title"], **{**each, "words": tuple(each["words"])})
        for group in groups
        for each in group["question"]
    ]


def question_count() -> str:
    """How many questions there are, and of how many places they were taken from."""
    every = asked()
    return f"{len(every)} questions from {len({each.source for each in every})} places."


def question_list() -> str:
    """Every question with its answer, in groups."""
    parts: list[str] = []
    for title in dict.fromkeys(each.group for each in asked()):
        parts.append(f"## {title}")
        parts += [_markdown(each) for each in asked() if each.group == title]
    return "\n\n".join(parts)


def _markdown(asked: Question) -> str:
    page = asked.answer.partition("#")[0]
    text = (DOCS / page).read_text(encoding="utf-8")
    heading = _HEADING.match(asked.place.partition("\n")[0]) or _HEADING.match(_first_line(text))
    assert heading is not None, f"{asked.answer} is no heading"
    return (
        f"**{asked.question}**\n{asked.short}\n"
        f"In numbers: [{heading[2]}]({asked.answer}). ([asked here]({asked.source}))"
    )


def _first_line(text: str) -> str:
    return next(line for line in text.splitlines() if line.startswith("# "))


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
