"""The reader's folder: files, tries, hints, and progress that survives."""

import json
from pathlib import Path

import pytest

from backlit.errors import InputError
from backlit.learn import Course, exercise, exercises
from backlit.learn.course import PROGRESS, TRIES

FIRST, SECOND = exercise(1), exercise(2)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(tmp_path / "course")


def test_it_begins_with_the_first_file(course: Course) -> None:
    assert course.next == FIRST
    assert course.path(FIRST).read_text("utf-8") == FIRST.file()
    assert not course.path(SECOND).exists()
    assert [course.state(each) for each in exercises()[:2]] == ["waiting", "later"]


def test_a_right_file_opens_the_next_one_and_is_remembered(course: Course) -> None:
    course.path(FIRST).write_text(FIRST.solution_file(), "utf-8")
    assert course.check(FIRST).ok
    assert course.path(SECOND).exists()
    again = Course(course.folder)
    assert again.next == SECOND
    assert again.state(FIRST) == "right"
    assert again.solved == 1


def test_what_the_reader_wrote_is_never_overwritten(course: Course) -> None:
    course.path(SECOND).write_text("mine = 1\n", "utf-8")
    course.path(FIRST).write_text(FIRST.solution_file(), "utf-8")
    course.check(FIRST)
    course.begin(SECOND)
    Course(course.folder)
    assert course.path(SECOND).read_text("utf-8") == "mine = 1\n"
    assert course.path(FIRST).read_text("utf-8") == FIRST.solution_file()


def test_a_solution_is_earned_by_changed_files(course: Course) -> None:
    def tried(code: str) -> int:
        course.path(FIRST).write_text(FIRST.file().replace("...  # your code", code), "utf-8")
        assert not course.check(FIRST).ok
        return course.tries_left(FIRST)

    assert tried("...  # still thinking") == TRIES
    assert tried("return 1") == TRIES - 1
    assert tried("return 1  # again") == TRIES - 1
    assert tried("return 2") == TRIES - 2
    assert tried("return 3") == 0
    assert Course(course.folder).tries_left(FIRST) == 0


def test_a_solved_exercise_shows_its_solution(course: Course) -> None:
    course.path(FIRST).write_text(FIRST.solution_file(), "utf-8")
    course.check(FIRST)
    assert course.tries_left(FIRST) == 0


def test_hints_come_one_after_the_other(course: Course) -> None:
    count = len(FIRST.hints)
    shown = [course.hint(FIRST) for _ in range(count + 1)]
    assert [number for number, _ in shown] == [*range(1, count + 1), count]
    assert [text for _, text in shown] == [*FIRST.hints, FIRST.hints[-1]]


@pytest.mark.parametrize(
    "damaged",
    ["", "{", "[]", '{"seed": 0}', '{"seed": "x", "exercises": {}}', '{"seed":0,"exercises":[]}'],
)
def test_a_damaged_file_is_told_and_kept(course: Course, damaged: str) -> None:
    course.path(FIRST).write_text("mine = 1\n", "utf-8")
    (course.folder / PROGRESS).write_text(damaged, "utf-8")
    again = Course(course.folder)
    assert "cannot be read" in again.remark
    assert (course.folder / "progress.damaged").read_text("utf-8") == damaged
    assert course.path(FIRST).read_text("utf-8") == "mine = 1\n"
    assert not Course(course.folder).remark


def test_a_second_damaged_file_does_not_replace_the_first(course: Course) -> None:
    for text in ("one", "two"):
        (course.folder / PROGRESS).write_text(text, "utf-8")
        Course(course.folder)
    kept = sorted(course.folder.glob("progress.damaged*"))
    assert [path.read_text("utf-8") for path in kept] == ["one", "two"]


def test_a_missing_file_is_one_sentence(course: Course) -> None:
    with pytest.raises(InputError, match="learn show 2"):
        course.check(SECOND)


def test_the_seed_is_kept(tmp_path: Path) -> None:
    Course(tmp_path, seed=7)
    assert Course(tmp_path).seed == 7
    assert json.loads((tmp_path / PROGRESS).read_text("utf-8"))["seed"] == 7
