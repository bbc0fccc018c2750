"""Grade a reader's work: right, still blank, or wrong and why."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backlit.check import Finding, Report
from backlit.check.judging import told_error
from backlit.errors import BacklitError, ConfigurationError, InputError
from backlit.system.words import listing

from .exercise import Exercise, exercise, meaning
from .work import Work, of_file, of_functions


@dataclass(frozen=True)
class Grade:
    """What came of an exercise.

    Attributes:
        exercise: which one.
        report: a finding for each function that is graded.
        asked: how many functions were graded.
        blank: those that are still blank, or as they were at the beginning.
    """

    exercise: Exercise
    report: Report
    asked: int
    blank: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether all is right."""
        return self.report.ok and not self.blank

    @property
    def possible(self) -> int:
        """How many points there are for what was graded."""
        return self.exercise.points * self.asked

    @property
    def points(self) -> int:
        """How many of them were earned."""
        right = sum(each.verdict == "right" for each in self.report.findings)
        return self.exercise.points * right

    @property
    def remarks(self) -> tuple[str, ...]:
        """A sentence about each function that is still blank."""
        words = (
            "is as it was at the beginning"
            if self.exercise.bugs
            else "is still blank: write your code where it says “... # your code”"
        )
        return tuple(f"{name} {words}." for name in self.blank)

    def lines(self, width: int = 80) -> Iterator[tuple[str, str]]:
        """For readers, line by line, each with its kind as in :meth:`Report.typeset`."""
        for sentence in self.remarks:
            yield "text", sentence
        if self.report.findings:
            yield from self.report.typeset(width)
        noun = "point" if self.possible == 1 else "points"
        yield "text", f"{self.points} of {self.possible} {noun}."

    def document(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "exercise": self.exercise.number,
            "name": self.exercise.name,
            "ok": self.ok,
            "points": self.points,
            "possible": self.possible,
            "blank": list(self.blank),
            "findings": [each.document() for each in self.report.findings],
        }

    def __str__(self) -> str:
        head = f"{self.exercise.number}. {self.exercise.title}"
        return "\n".join([head, *(line for _, line in self.lines())])

    __repr__ = __str__


class NotYet(BacklitError, AssertionError):  # noqa: N818 - it is a step on the way
    """An exercise is not right yet; the message says why.

    Attributes:
        grade: all that was found.
    """

    def __init__(self, grade: Grade) -> None:
        super().__init__(str(grade))
        self.grade = grade

    def _render_traceback_(self) -> list[str]:
        """In a notebook: the reasons, without the lines of this package."""
        return str(self).splitlines()


def grade(which: int | str, *functions: Callable[..., Any], seed: int = 0) -> Grade:
    """Grade functions of a notebook, and show points and reasons.

    Args:
        which: the number or the name of the exercise.
        functions: those that were written; each is one that the exercise asks for.
        seed: of the exercise in which a bug is to be found.

    Returns:
        The grade, which a notebook shows.

    Raises:
        NotYet: something is blank or wrong; an automatic grader then gives no points.
        ConfigurationError: there is no such exercise, or it does not ask for these functions.
    """
    chosen = exercise(which)
    names = [getattr(each, "__name__", "") for each in functions]
    asked = [part.function for part in chosen.parts]
    if not names or not set(names) <= set(asked):
        given = listing(names) or "nothing"
        raise ConfigurationError(
            f"exercise {chosen.number} asks for {listing(asked)}, and was given {given}"
        )
    work = of_functions(functions)
    found = _graded(chosen, work, names, seed)
    if not found.ok:
        raise NotYet(found)
    return found


def grade_file(which: Exercise, path: Path, seed: int = 0) -> Grade:
    """Grade a reader's file.

    Args:
        which: the exercise.
        path: the file, which is run in a process of its own.
        seed: of the exercise in which a bug is to be found.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        work = of_file(path)
    except (OSError, UnicodeError) as problem:
        raise InputError(f"{path} cannot be read: {problem}") from None
    try:
        return _graded(which, work, [part.function for part in which.parts], seed)
    finally:
        work.close()


def _graded(which: Exercise, work: Work, names: Sequence[str], seed: int) -> Grade:
    parts = [part for part in which.parts if part.function in names]
    if work.error is not None:
        sentence = f"{told_error('It', work.error)}."
        found = Finding("file", which.file_name, "failed", None, sentence)
        return Grade(which, Report([found]), len(parts))
    blank = tuple(name for name in names if _is_blank(which, work.source, name, seed))
    findings = []
    for part in parts:
        if part.function in blank and not which.bugs:
            continue
        if part.function not in work.names:
            sentence = f"There is no function {part.function} any more; the exercise asks for it."
            findings.append(Finding("file", part.function, "failed", None, sentence))
        else:
            findings.append(part.judge(work))
    return Grade(which, Report(findings), len(parts), blank)


def _functions(source: str) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(source)
    return {each.name: each for each in tree.body if isinstance(each, ast.FunctionDef)}


def _is_blank(which: Exercise, source: str, name: str, seed: int) -> bool:
    """Whether a function holds a blank, in our words or nbgrader's, or its bug as it was."""
    function = _functions(source).get(name)
    if function is None:
        return False
    if which.bugs:
        start = _functions(which.start(seed))[name]
        return meaning(ast.unparse(function)) == meaning(ast.unparse(start))
    return any(_is_open(node) for node in ast.walk(function))


def _is_open(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return node.value.value is Ellipsis
    return isinstance(node, ast.Raise) and "NotImplementedError" in ast.unparse(node)
