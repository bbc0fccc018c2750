"""The page for teachers names only what there is."""

import re
import shlex
from pathlib import Path

import pytest

from backlit.cli import main
from backlit.learn import exercises
from backlit.mistakes import MISTAKES
from backlit.web.ladder import STEPS

TEXT = (Path(__file__).parents[2] / "docs" / "teaching.md").read_text("utf-8")
LESSONS = TEXT[TEXT.index("## Lesson 1") : TEXT.index("## Grading")]


def test_mistakes_are_called_as_the_checker_calls_them() -> None:
    named = re.findall(r"\(`([a-z-]+)`\)", TEXT)
    assert len(named) >= 12
    assert set(named) <= set(MISTAKES)


def test_steps_of_the_ladder_exist() -> None:
    named = re.findall(r"`backlit toy (\w+)`", TEXT)
    assert named
    assert set(named) <= set(STEPS)


@pytest.mark.parametrize("line", sorted(set(re.findall(r"`backlit (worksheet [^`]+)`", LESSONS))))
def test_worksheets_can_be_written(line: str, tmp_path: Path) -> None:
    words = shlex.split(line)
    if "--out" in words:
        words[words.index("--out") + 1] = str(tmp_path)
    else:
        words += ["--out", str(tmp_path)]
    assert main(words) == 0
    assert (tmp_path / "key.html").exists()


def test_every_exercise_has_its_lesson() -> None:
    named = {
        number
        for listed in re.findall(r"Exercises? ((?:\d+(?:, | and | to )?)+)", LESSONS)
        for first, last in re.findall(r"(\d+)(?: to (\d+))?", listed)
        for number in range(int(first), int(last or first) + 1)
    } | {int(n) for n in re.findall(r"(?:goes on with|then) (\d+)", LESSONS)}
    named |= {
        n
        for a, b in re.findall(r"(\d+) to (\d+) at home", LESSONS)
        for n in range(int(a), int(b) + 1)
    }
    assert named == {each.number for each in exercises()}
