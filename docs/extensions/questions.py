"""The questions of learners, from ``docs/questions.toml``, and the places that answer them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from backlit.web.ladder import STEPS
from docs.extensions.headings import first_heading, section, slug
from docs.extensions.ladder import heading_of

DOCS = Path(__file__).resolve().parents[1]


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
        toy: the step of ``backlit toy`` on which it can be worked out, if there is one.
    """

    group: str
    question: str
    short: str
    answer: str
    words: tuple[str, ...]
    source: str
    toy: str = ""

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


def _markdown(one: Question) -> str:
    heading = first_heading(one.place)
    on_paper = f" On paper: {_step(one.toy)}." if one.toy else ""
    return (
        f"**{one.question}**\n{one.short}\n"
        f"In numbers: [{heading}]({one.answer}).{on_paper} ([asked here]({one.source}))"
    )


def _step(name: str) -> str:
    """A link to a step of the ladder."""
    return f"[`backlit toy {name}`](toy.md#{slug(heading_of(STEPS[name]))})"
