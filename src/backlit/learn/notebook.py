"""The course as a notebook, which graders for whole classes open, too.

A notebook is JSON: cells with texts and code.  What nbgrader must know of a cell stands in the
cell's metadata, what Otter-Grader must know in the notebook's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from .exercise import Exercise, exercises
from .parts import GradedPart

Cell = dict[str, Any]

_HEAD = """# A convolutional network of your own

Exercises from one window to a network that reads digits. Complete the code of each where it says
`...  # your code`, run it, then run the cell below it: it says what is right, what is wrong and
why.

If the next cell cannot be run because backlit is missing, put `%pip install backlit` above it.
"""
_SETUP = "from backlit.learn import grade"


def notebook(seed: int = 0, solutions: bool = False) -> str:
    """All exercises as one notebook, in the JSON of nbformat 4.5.

    Args:
        seed: of the exercise in which a bug is to be found.
        solutions: with the solutions, between nbgrader's marks, which take them out again for a
            class.
    """
    cells = [_text("head", _HEAD), _code("setup", _SETUP, _locked("setup"))]
    for each in exercises():
        cells += _cells(each, seed, solutions)
    document = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "otter": {"OK_FORMAT": True, "tests": otter_tests(seed)},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def otter_tests(seed: int = 0) -> dict[str, Any]:
    """The tests of Otter-Grader by their names, one for each function that is graded."""
    return {
        part.function: {
            "name": part.function,
            "points": each.points,
            "suites": [
                {
                    "cases": [
                        {
                            "code": f">>> {_SETUP}\n>>> {_call(each, part, seed)}.ok\nTrue\n",
                            "hidden": False,
                            "locked": False,
                        }
                    ],
                    "scored": True,
                    "setup": "",
                    "teardown": "",
                    "type": "doctest",
                }
            ],
        }
        for each in exercises()
        for part in each.parts
    }


def otter_files(seed: int = 0) -> dict[str, str]:
    """The same as files, for the folder of tests that ``otter check`` looks into."""
    return {
        f"{name}.py": f"OK_FORMAT = True\n\ntest = {test!r}\n"
        for name, test in otter_tests(seed).items()
    }


def _cells(each: Exercise, seed: int, solutions: bool) -> Iterator[Cell]:
    text = f"## {each.number}. {each.title}\n\n{each.text}\n"
    if each.bugs and solutions:
        text += f"\n```python\n{each.start(seed)}```\n"
    yield _text(f"text-{each.name}", text)
    code = each.code if solutions else each.start(seed)
    yield _code(
        f"code-{each.name}",
        code.rstrip("\n"),
        {"grade": False, "solution": True, "locked": False, "grade_id": each.name},
    )
    for part in each.parts:
        name = f"check-{part.function}"
        # Printed, not shown as a value: nbgrader takes the value of a graded cell for points.
        yield _code(name, f"print({_call(each, part, seed)})", _locked(name, each.points))


def _call(each: Exercise, part: GradedPart, seed: int) -> str:
    return f"grade({each.number}, {part.function}{f', seed={seed}' if each.bugs and seed else ''})"


def _locked(name: str, points: int | None = None) -> dict[str, Any]:
    """A cell that is not to be changed; with points, it is graded by whether it runs."""
    graded = {} if points is None else {"points": points}
    return {
        "grade": points is not None,
        "solution": False,
        "locked": True,
        "grade_id": name,
        **graded,
    }


def _text(name: str, source: str) -> Cell:
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": _lines(source)}


def _code(name: str, source: str, nbgrader: dict[str, Any]) -> Cell:
    settings = {**nbgrader, "task": False, "schema_version": 3}
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": {"nbgrader": settings},
        "outputs": [],
        "source": _lines(source),
    }


def _lines(source: str) -> Sequence[str]:
    return source.strip("\n").splitlines(keepends=True)
