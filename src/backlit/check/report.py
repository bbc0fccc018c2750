"""What a check found, as data, as text and as JSON."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from backlit.equations import format_number
from backlit.system.words import listing

if TYPE_CHECKING:
    from .probes import Probe

_CODE_WIDTH = 72  # of lines that are indented by six
Verdict = Literal["right", "wrong", "failed", "unknown"]
MARKS: dict[Verdict, str] = {
    "right": "right",
    "wrong": "wrong",
    "failed": "failed",
    "unknown": "not understood",
}
"""What is said of a function with such a verdict."""


@dataclass(frozen=True)
class FirstWrong:
    """The first wrong element of a result.

    Attributes:
        result: "input", "weight", "bias", "output", …
        letter: the same as it is written: "dW".
        index: which element, in the package's order of axes; axes that the function's arrays do
            not have may be left out.
        letters: the letters of these axes.
        yours: what the function gave; None where the shape was wrong.
        right: what it should be.
        options: of the probe, in words.
        terms: sentences about products that are missing, doubled or from the wrong place.
        made_of: the numbers that it is made of, where it is made of a few.
        given: the shape of the input, as the function was given it.
        own_index: which element in the function's own layout, where that is another one.
        shape: what came, where that was wrong.
        wanted: what should have come.
        probe: the numbers that were put in.
    """

    result: str
    letter: str
    index: tuple[int, ...]
    letters: tuple[str, ...]
    yours: float | None
    right: float | None
    options: str
    terms: tuple[str, ...] = ()
    made_of: str = ""
    given: tuple[int, ...] = ()
    own_index: tuple[int, ...] | None = None
    shape: tuple[int, ...] | None = None
    wanted: tuple[int, ...] | None = None
    probe: Probe | None = field(default=None, repr=False)

    @property
    def element(self) -> str:
        """``dW[0,1,0,2]``."""
        return f"{self.letter}[{','.join(map(str, self.index))}]" if self.index else self.letter

    @property
    def sentence(self) -> str:
        """Which element it is, for which options and input, what came and what should have come."""
        letters = ", ".join(self.letters)
        called = f", with {letters} for its indices," if letters else ""
        if self.own_index is not None and self.own_index != self.index:
            own = "".join(f"[{each}]" for each in self.own_index)
            called = f"{called.rstrip(',')}{f' ({own} in yours)' if own else ''},"
        given = f" and an input of {self.given}" if self.given else ""
        return (
            f"The first wrong number, with {self.options}{given}: {self.element}{called} is "
            f"{number(self.yours)} and should be {number(self.right)}."
        )

    def document(self) -> dict[str, Any]:
        """For JSON."""
        found: dict[str, Any] = {
            "result": self.result,
            "element": self.element,
            "index": list(self.index),
            "sentence": "" if self.yours is None else self.sentence,
            "yours": self.yours,
            "right": self.right,
            "options": self.options,
            "terms": list(self.terms),
            "made_of": self.made_of,
        }
        if self.shape is not None:
            found |= {"shape": list(self.shape), "expected_shape": list(self.wanted or ())}
        return found


@dataclass(frozen=True)
class Finding:
    """What was found out about one function.

    Attributes:
        operation: what it computes: "conv2d".
        function: its name.
        verdict: "right", "wrong", "failed" (it raised, or could not be tried) or "unknown".
        mistake: the name of the mistake, one of :data:`backlit.mistakes.MISTAKES`; None if it is
            right, or if the mistake has no name.
        sentence: the answer in one sentence or a few.
        first_wrong: the first wrong element, with the right number.
        mistakes: all mistakes by name, where there are several.
        reading: how the function was read, and how to tell it otherwise.
        tried: the options that were tried.
        not_taken: options that the function does not take.
        why: why it is wrong.
        loop: Python that computes the one element.
        page: the page that shows it.
        remarks: what is no mistake, but should be known.
        equation: what it computes instead, where that is known.
        equation_words: what stands in it that needs words.
        repeat: Python that repeats an exception.
    """

    operation: str
    function: str
    verdict: Verdict
    mistake: str | None = None
    sentence: str = ""
    first_wrong: FirstWrong | None = None
    mistakes: tuple[str, ...] = ()
    reading: str = ""
    tried: tuple[str, ...] = ()
    not_taken: tuple[str, ...] = ()
    why: str = ""
    loop: str = ""
    page: str = ""
    remarks: tuple[str, ...] = ()
    equation: str = ""
    equation_words: str = ""
    repeat: str = ""

    def document(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "operation": self.operation,
            "function": self.function,
            "verdict": self.verdict,
            "mistake": self.mistake,
            "mistakes": list(self.mistakes),
            "sentence": self.sentence,
            "why": self.why,
            "first_wrong": None if self.first_wrong is None else self.first_wrong.document(),
            "equation": self.equation,
            "equation_words": self.equation_words,
            "repeat": self.repeat,
            "loop": self.loop,
            "page": self.page,
            "reading": self.reading,
            "tried": list(self.tried),
            "not_taken": list(self.not_taken),
            "remarks": list(self.remarks),
        }

    def lines(self) -> Iterator[tuple[str, str]]:
        """Paragraphs of text, each with its kind: "head", "text", "code" or "note"."""
        yield "head", f"{self.function}: {MARKS[self.verdict]}"
        if self.sentence:
            yield "text", self.sentence
        if self.why:
            yield "text", self.why
        first = self.first_wrong
        if first is not None:
            if first.yours is not None:
                yield "text", first.sentence
            if first.made_of:
                yield "text", first.made_of
            for each in first.terms:
                yield "item", each
        if self.equation:
            yield "text", "What it computes instead:"
            yield (
                "code",
                textwrap.fill(
                    self.equation,
                    _CODE_WIDTH,
                    subsequent_indent="    ",
                    break_long_words=False,
                    break_on_hyphens=False,
                ),
            )
            if self.equation_words:
                yield "text", self.equation_words
        if self.loop:
            assert first is not None
            yield "text", f"This computes {first.element} from nested lists:"
            yield "code", self.loop
        if self.repeat:
            yield "text", "This repeats it, at the end of the file:"
            yield "code", self.repeat
        if self.page:
            yield "text", f"Shown in {self.page}"
        for each in self.remarks:
            yield "note", each
        if self.tried:
            yield "note", f"Tried with: {'; '.join(self.tried)}."
        if self.not_taken:
            yield "note", f"Not taken, and so not tried: {'; '.join(self.not_taken)}."
        if self.reading:
            yield "note", self.reading


@dataclass(frozen=True)
class Report:
    """All that was found.

    Attributes:
        findings: one for each function.
        skipped: names of functions whose operation was not recognized.
    """

    findings: list[Finding] = field(default_factory=list)
    skipped: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every function is right, and there is one."""
        return bool(self.findings) and all(each.verdict == "right" for each in self.findings)

    @property
    def summary(self) -> str:
        """How many functions are what: "9 right, 1 wrong"."""
        counted = Counter(each.verdict for each in self.findings)
        return ", ".join(f"{counted[key]} {words}" for key, words in MARKS.items() if counted[key])

    @property
    def not_checked(self) -> str:
        """Which functions were not checked, and why; a sentence without its end, or nothing."""
        if not self.skipped:
            return ""
        what = "computes" if len(self.skipped) == 1 else "compute"
        return f"Not checked, since nothing tells what {listing(self.skipped)} {what}"

    def document(self) -> dict[str, Any]:
        """For JSON."""
        findings = [each.document() for each in self.findings]
        return {"ok": self.ok, "findings": findings, "skipped": list(self.skipped)}

    def text(self, width: int = 80) -> str:
        """For people, in lines of at most so many columns."""
        return "\n".join(line for _, line in self.typeset(width))

    def typeset(self, width: int = 80) -> Iterator[tuple[str, str]]:
        """Line by line, each with its kind, so that it can be colored."""
        for place, finding in enumerate(self.findings):
            if place:
                yield "text", ""
            for kind, text in finding.lines():
                match kind:
                    case "head":
                        yield f"head {finding.verdict}", text
                    case "code":
                        yield "text", ""
                        for line in text.splitlines():
                            yield "code", f"      {line}"
                        yield "text", ""
                    case _:
                        yield from ((kind, line) for line in _wrapped(text, width, kind == "item"))
        if self.skipped:
            yield "text", ""
            words = f"{self.not_checked}; --function NAME --operation OPERATION does."
            yield from (("note", line) for line in _wrapped(words, width, False))

    def __str__(self) -> str:
        return self.text()


def told_of_its_own(told: Sequence[str]) -> str:
    """A remark about values that code has of its own: "its stride is 2"."""
    return f"As the code has it, {listing(told)}; no argument says otherwise."


def number(value: float | None) -> str:
    """A number as findings tell it, with six digits."""
    return "nothing" if value is None else format_number(value, 6)


def _wrapped(text: str, width: int, is_item: bool) -> list[str]:
    """A paragraph, indented, or an item of a list."""
    return textwrap.wrap(
        text,
        width,
        initial_indent="  - " if is_item else "  ",
        subsequent_indent="    " if is_item else "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
