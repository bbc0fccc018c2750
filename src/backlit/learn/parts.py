"""How a function is graded: by :mod:`backlit.check`, or by values and known wrong ways."""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from textwrap import indent
from typing import Any, Protocol

from backlit.check import Finding, check
from backlit.check.judging import told_error
from backlit.check.layouts import layouts_of
from backlit.check.probes import KINDS
from backlit.check.report import number
from backlit.equations import Operation
from backlit.errors import InputError
from backlit.mistakes import MISTAKES, Accumulation, accumulations, wrong_ways
from backlit.mistakes.accumulation import INDENT

from .work import Work

Nested = Any  # a list of any depth, or a number


class GradedPart(Protocol):
    """One function of an exercise, and how it is graded."""

    @property
    def function(self) -> str:
        """Its name."""

    def judge(self, work: Work) -> Finding:
        """What is to be said about the reader's."""


@dataclass(frozen=True)
class WrongWay:
    """A way in which people get it wrong.

    Attributes:
        sentence: what was done, and why it is wrong.
        compute: the function as they write it.
        mistake: its name in :data:`backlit.mistakes.MISTAKES`, if it has one there.
    """

    sentence: str
    compute: Callable[..., Nested]
    mistake: str | None = None


@dataclass(frozen=True)
class Compared:
    """Graded by values: the reader's function against the solution, then against wrong ways.

    Attributes:
        solution: the function as it should be.
        trials: the arguments of each call; the first ones are small and may be shown.
        wrong_ways: in which people get it wrong.
    """

    solution: Callable[..., Nested]
    trials: Sequence[tuple[Any, ...]]
    wrong_ways: Sequence[WrongWay] = ()

    @property
    def function(self) -> str:
        """Its name."""
        return self.solution.__name__

    def judge(self, work: Work) -> Finding:
        """Right, a known wrong way, or the first number that differs."""
        answers = [work.call(self.function, *trial) for trial in self.trials]
        right = [_of(self.solution, trial) for trial in self.trials]
        given = [_RAISED if answer.error else answer.value for answer in answers]
        if same(given, right):
            if any(answer.changed for answer in answers):
                return self._finding(
                    "wrong",
                    "The result is right, but an argument is changed in place.",
                    "inputs-changed",
                    MISTAKES["inputs-changed"].why,
                )
            return self._finding("right", f"It is right in {len(given)} trials.")
        for way in self.wrong_ways:
            if same(given, [_of(way.compute, trial) for trial in self.trials]):
                return self._finding("wrong", way.sentence, way.mistake, self._first(given, right))
        raised = next((answer.error for answer in answers if answer.error), None)
        if raised is not None:
            return self._finding("failed", f"{told_error(self.function, raised)}.")
        return self._finding("wrong", self._first(given, right))

    def _first(self, given: Sequence[Nested], right: Sequence[Nested]) -> str:
        """The first call that went wrong."""
        for trial, yours, wanted in zip(self.trials, given, right, strict=True):
            if yours != _RAISED and not same(yours, wanted):
                return f"{self._call(trial)} {_difference(yours, wanted)}."
        return ""

    def _call(self, trial: tuple[Any, ...]) -> str:
        text = f"{self.function}({', '.join(map(str, trial))})"
        return text if len(text) <= _SHORT else f"{self.function} with larger numbers"

    def _finding(
        self, verdict: Any, sentence: str, mistake: str | None = None, why: str = ""
    ) -> Finding:
        return Finding(
            "values",
            self.function,
            verdict,
            mistake,
            sentence,
            why=why,
            mistakes=(mistake,) if mistake else (),
        )


@dataclass(frozen=True)
class Checked:
    """Graded by :func:`backlit.check`, with many options.

    Attributes:
        function: its name.
        operation: what it computes.
        arguments: what its arguments are.
        layout: how its arrays are laid out.
        names: whether a mistake is named; otherwise only what is wrong is said.
        says: of a mistake by its name, what is said in place of why it is wrong.
    """

    function: str
    operation: str
    arguments: Sequence[str]
    layout: str | None = None
    names: bool = True
    says: Mapping[str, str] = field(default_factory=dict)

    def judge(self, work: Work) -> Finding:
        """Right, or the mistake by name."""
        try:
            report = check(
                work.subject,
                function=self.function,
                operation=self.operation,
                arguments=self.arguments,
                layout=self.layout,
            )
        except InputError as problem:
            return Finding(self.operation, self.function, "failed", None, f"{problem}.")
        found = replace(report.findings[0], reading="", tried=(), not_taken=(), loop="")
        found = self._shortened(found)
        if self.names or found.verdict != "wrong":
            return replace(found, why=self.says.get(found.mistake or "", found.why))
        return replace(
            found,
            sentence=found.sentence.split(":")[0] + ".",
            mistake=None,
            mistakes=(),
            why="",
            equation="",
            page="",
            first_wrong=None if found.first_wrong is None else replace(found.first_wrong, terms=()),
        )

    def _shortened(self, found: Finding) -> Finding:
        """Without the axes that the reader's arrays do not have: dW[0,1] for dW[0,0,0,1]."""
        layout = next(each for each in layouts_of(self.operation) if each.name == self.layout)
        kind = KINDS[self.operation]
        axes = {
            kind.symbols[role]: letters
            for role, letters in kind.axes.items()
            if role in kind.symbols and role != "dy"
        }

        def short(text: str) -> str:
            return _INDEXED.sub(lambda match: kept(match[1], match[2]), text)

        def kept(symbol: str, inner: str) -> str:
            letters, parts = axes.get(symbol.removeprefix("d"), ""), inner.split(",")
            if len(letters) != len(parts):
                return f"{symbol}[{inner}]"
            kept = [p for a, p in zip(letters, parts, strict=True) if a not in layout.single]
            return f"{symbol}[{','.join(kept)}]" if kept else symbol

        first = found.first_wrong
        if first is not None and len(first.letters) == len(first.index):
            pairs = [
                pair
                for pair in zip(first.letters, first.index, strict=True)
                if pair[0] not in layout.single
            ]
            first = replace(
                first,
                letters=tuple(letter for letter, _ in pairs),
                index=tuple(place for _, place in pairs),
                terms=tuple(map(short, first.terms)),
            )
        return replace(found, first_wrong=first, equation=short(found.equation))


_INDEXED = re.compile(r"(d?[A-Z]|d?b)\[([^\]]*)\]")


@dataclass(frozen=True)
class Bug:
    """A mistake that is planted into a right function, to be found.

    The function holds the loops of the operation's own equation, and the bug is the same equation
    with the mistake, see :func:`backlit.mistakes.wrong_ways`.

    Attributes:
        operation: that the function computes.
        result: "weight", "bias" or "input".
        mistake: its name in :data:`backlit.mistakes.MISTAKES`.
        words: which of several ways to make it.
        nth: which of those that have the same words.
    """

    operation: Operation
    result: str
    mistake: str
    words: str = ""
    nth: int = 0

    def planted(self, solution: str) -> str:
        """The solution with the bug in it."""
        right = _loops(accumulations(self.operation)[self.result])
        if solution.count(right) != 1:
            raise ValueError(f"the loops of {self.result} do not stand there once")
        ways = [
            way.line
            for way in wrong_ways(self.operation, self.result)
            if len(way.changes) == 1 and way.mistakes == (self.mistake,) and way.words == self.words
        ]
        wrong = ways[self.nth]
        assert isinstance(wrong, Accumulation)
        return solution.replace(right, _loops(wrong))

    @property
    def where(self) -> str:
        """The result that it spoils, in words."""
        return {"weight": "dw", "bias": "db", "input": "dx"}[self.result]

    @property
    def hints(self) -> tuple[str, ...]:
        """What is wrong, its name, and why."""
        known = MISTAKES[self.mistake]
        return (f"Wrong is {self.where}.", f"It is this: {known.title}.", known.why)


def _loops(line: Accumulation) -> str:
    """Its loops as they stand in the body of a function."""
    return indent(line.program(), INDENT) + "\n"


# --- comparing ------------------------------------------------------------------------------------

_RAISED = "an exception"
_SHORT = 76
_NEAR = 1e-9


def same(one: Nested, other: Nested) -> bool:
    """Whether two results are equal, number by number."""
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if _is_number(one) and _is_number(other):
        return math.isclose(one, other, rel_tol=_NEAR, abs_tol=_NEAR)
    return bool(one == other)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _of(function: Callable[..., Nested], trial: tuple[Any, ...]) -> Nested:
    """What a function of ours gives; a wrong way may fail where nobody's result is the same."""
    try:
        return function(*copy.deepcopy(trial))
    except (ArithmeticError, LookupError):
        return _RAISED


def _difference(yours: Nested, right: Nested) -> str:
    if yours is None:
        return "returns nothing; what a function gives stands behind its return"
    if not isinstance(right, list | tuple) or len(str(right)) <= _SHORT:
        return f"gives {_said(yours)} and should give {_said(right)}"
    sizes, wanted = _sizes(yours), _sizes(right)
    if sizes != wanted:
        return f"gives {_by(sizes)} and should give {_by(wanted)}"
    place, one, other = next(_differing(yours, right, ()))
    where = "".join(f"[{k}]" for k in place)
    return f"gives {number(one)} at {where} and should give {number(other)} there"


def _differing(yours: Nested, right: Nested, place: tuple[int, ...]) -> Any:
    if isinstance(right, list | tuple):
        for k, (one, other) in enumerate(zip(yours, right, strict=True)):
            yield from _differing(one, other, (*place, k))
    elif not same(yours, right):
        yield place, yours, right


def _sizes(nested: Nested) -> tuple[int, ...]:
    if not isinstance(nested, list | tuple):
        return ()
    return (len(nested), *(_sizes(nested[0]) if nested else ()))


def _by(sizes: tuple[int, ...]) -> str:
    return f"a list of {'×'.join(map(str, sizes))}" if sizes else "a single number"


def _said(value: Nested) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_said, value))}]"
    return number(value) if _is_number(value) else repr(value)
