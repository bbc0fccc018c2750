"""A reader's folder: the files of the exercises, and how far the reader has come."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from backlit.errors import InputError, RunError
from backlit.system.writing import write_atomically

from .exercise import Exercise, exercises, meaning
from .grading import Grade, grade_file

PROGRESS = "progress.json"
TRIES = 2
"""Checks of changed files before a solution is shown."""

State = Literal["right", "begun", "waiting", "later"]


@dataclass
class Standing:
    """What is known of one exercise.

    Attributes:
        solved: whether it was right once.
        tries: what was checked and was not right; each changed file counts once.
        hints: how many hints were shown.
    """

    solved: bool = False
    tries: list[str] = field(default_factory=list)
    hints: int = 0


class Course:
    """The folder of a reader.

    Args:
        folder: is made with the first file, if it is not there.
        seed: of the exercise in which a bug is to be found; kept in the folder.

    Attributes:
        remark: a sentence about a damaged file of progress, if there was one.
    """

    def __init__(self, folder: Path, seed: int = 0) -> None:
        self.folder = folder
        self.seed = seed
        self.remark = ""
        self._standings: dict[str, Standing] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise RunError(
                f"{folder} cannot be made a folder: {problem.strerror or problem}"
            ) from None
        self._read()
        self.begin(self.next or exercises()[0])
        self._write()

    def __getitem__(self, which: Exercise) -> Standing:
        return self._standings.setdefault(which.name, Standing())

    @property
    def next(self) -> Exercise | None:
        """The first exercise that is not solved; None after the last."""
        return next((each for each in exercises() if not self[each].solved), None)

    @property
    def solved(self) -> int:
        """How many are solved."""
        return sum(self[each].solved for each in exercises())

    def path(self, which: Exercise) -> Path:
        """The reader's file."""
        return self.folder / which.file_name

    def begin(self, which: Exercise) -> Path:
        """Write the file of an exercise, unless it is there; what a reader wrote is left alone."""
        path = self.path(which)
        if not path.exists():
            write_atomically(path, which.file(self.seed).encode())
        return path

    def state(self, which: Exercise) -> State:
        """How far an exercise is."""
        if self[which].solved:
            return "right"
        if self[which].tries:
            return "begun"
        return "waiting" if which == self.next or self.path(which).exists() else "later"

    def check(self, which: Exercise) -> Grade:
        """Grade the reader's file, keep what came of it, and write the next file if it is right.

        Raises:
            InputError: there is no file yet.
        """
        path = self.path(which)
        if not path.is_file():
            raise InputError(f"{path} is not there; `backlit learn show {which.number}` writes it")
        grade = grade_file(which, path, self.seed)
        standing = self[which]
        if grade.ok:
            standing.solved = True
            if self.next is not None:
                self.begin(self.next)
        elif len(grade.blank) < grade.asked:
            tried = _fingerprint(path.read_text(encoding="utf-8"))
            if tried not in standing.tries:
                standing.tries.append(tried)
        self._write()
        return grade

    def hint(self, which: Exercise) -> tuple[int, str]:
        """The next hint with its number from 1; the last again, when there are no more."""
        hints = which.all_hints(self.seed)
        standing = self[which]
        standing.hints = min(standing.hints + 1, len(hints))
        self._write()
        return standing.hints, hints[standing.hints - 1]

    def tries_left(self, which: Exercise) -> int:
        """How many honest tries are missing before the solution is shown."""
        standing = self[which]
        return 0 if standing.solved else max(0, TRIES - len(standing.tries))

    def refusal(self, which: Exercise) -> str:
        """Why the solution is not shown yet, without the end of the sentence; "" if it is shown."""
        left = self.tries_left(which)
        noun = "try" if left == 1 else "tries"
        words = (
            f"the solution of exercise {which.number} is shown after {left} more {noun} of your "
            "own: change your file and check it"
        )
        return words if left else ""

    # --- what is kept ---------------------------------------------------------------------------

    def _read(self) -> None:
        path = self.folder / PROGRESS
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return
        except (OSError, UnicodeError) as problem:
            self._set_aside(path, str(problem))
            return
        try:
            found = json.loads(text)
            self.seed = int(found["seed"])
            for name, each in found["exercises"].items():
                self._standings[name] = Standing(
                    bool(each["solved"]), [str(t) for t in each["tries"]], int(each["hints"])
                )
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            self._standings.clear()
            self._set_aside(path, f"{type(problem).__name__}: {problem}")

    def _set_aside(self, path: Path, problem: str) -> None:
        kept = path.with_suffix(".damaged")
        number = 1
        while kept.exists():
            number += 1
            kept = path.with_suffix(f".damaged{number}")
        try:
            path.rename(kept)
        except OSError as cause:
            raise RunError(f"{path} cannot be read: {problem}") from cause
        self.remark = (
            f"{path} cannot be read ({problem}), so it was kept as {kept.name} and a new one was "
            "begun; your files are untouched, and `backlit learn check` finds what is right in "
            "them."
        )

    def _write(self) -> None:
        document: dict[str, Any] = {
            "seed": self.seed,
            "exercises": {
                name: {"solved": each.solved, "tries": each.tries, "hints": each.hints}
                for name, each in self._standings.items()
                if each != Standing()
            },
        }
        text = json.dumps(document, indent=2) + "\n"
        write_atomically(self.folder / PROGRESS, text.encode(), durable=False)


def _fingerprint(code: str) -> str:
    """The same for files that differ in comments and spaces only."""
    import hashlib

    try:
        said = meaning(code)
    except SyntaxError:
        said = code
    return hashlib.sha256(said.encode()).hexdigest()[:16]
