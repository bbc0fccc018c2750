"""``backlit learn``: the path, grading, hints, solutions, and the notebook."""

import json
from pathlib import Path

import pytest

from backlit.learn import exercise, exercises, notebook
from tests.cli.conftest import CommandLine

FIRST = exercise(1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "mine"


def test_the_path_says_where_to_begin(backlit: CommandLine, folder: Path) -> None:
    done = backlit("learn", "--dir", folder)
    assert done.status == 0
    for each in exercises():
        assert each.title in done.out
    assert "backlit learn check 1" in " ".join(done.out.split())
    assert (folder / FIRST.file_name).exists()


def test_a_check_tells_what_is_wrong_and_then_opens_the_next(
    backlit: CommandLine, folder: Path
) -> None:
    blank = backlit("learn", "check", "--dir", folder)
    assert blank.status == 1
    assert "still blank" in blank.out
    path = folder / FIRST.file_name
    path.write_text(FIRST.solution_file().replace("total +=", "total ="), "utf-8")
    wrong = backlit("learn", "check", "1", "--dir", folder)
    assert wrong.status == 1
    assert "This is the last product alone" in wrong.out
    assert "learn hint 1" in " ".join(wrong.out.split())
    path.write_text(FIRST.solution_file(), "utf-8")
    right = backlit("learn", "check", "1", "--dir", folder)
    assert right.status == 0
    assert "Next: 2." in right.out
    assert (folder / exercise(2).file_name).exists()
    assert max(map(len, (wrong.out + right.out).replace(str(folder), "").splitlines())) <= 80


def test_as_data(backlit: CommandLine, folder: Path) -> None:
    path = backlit("learn", "--json", "--dir", folder).json
    assert [each["exercise"] for each in path["exercises"]] == [e.number for e in exercises()]
    assert path["next"] == 1
    shown = backlit("learn", "show", "1", "--json", "--dir", folder).json
    assert shown["text"] == FIRST.text
    Path(shown["file"]).write_text(FIRST.solution_file(), "utf-8")
    done = backlit("learn", "check", "1", "--json", "--dir", folder)
    assert done.status == 0
    assert done.json["ok"] is True
    assert done.json["next"] == 2
    assert backlit("learn", "hint", "2", "--json", "--dir", folder).json["hint"] == 1


def test_a_solution_is_shown_after_tries_or_anyway(backlit: CommandLine, folder: Path) -> None:
    refused = backlit("learn", "solution", "1", "--dir", folder)
    assert refused.status == 2
    assert "after 2 more tries" in refused.sentence
    assert backlit("learn", "solution", "1", "--anyway", "--dir", folder).out.strip() == (
        FIRST.solution.strip()
    )
    for number in range(2):
        text = FIRST.file().replace("...  # your code", f"return {number}")
        (folder / FIRST.file_name).write_text(text, "utf-8")
        backlit("learn", "check", "1", "--dir", folder)
    assert backlit("learn", "solution", "1", "--dir", folder).status == 0


def test_the_text_and_the_hints(backlit: CommandLine, folder: Path) -> None:
    assert FIRST.text in backlit("learn", "show", "1", "--dir", folder).out
    assert backlit("learn", "hint", "--dir", folder).out.startswith("Hint 1 of 3:")
    assert backlit("learn", "hint", "--dir", folder).out.startswith("Hint 2 of 3:")


def test_a_damaged_file_of_progress_is_told(backlit: CommandLine, folder: Path) -> None:
    backlit("learn", "--dir", folder)
    (folder / "progress.json").write_text("{", "utf-8")
    done = backlit("learn", "--dir", folder)
    assert done.status == 0
    assert "was kept as progress.damaged" in done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["frob"], "there are the actions check, show"),
        (["check", "99"], "there are exercises 1 to"),
        (["check", "2"], "learn show 2"),
    ],
)
def test_wrong_usage_is_one_sentence(
    backlit: CommandLine, folder: Path, arguments: list[str], words: str
) -> None:
    done = backlit("learn", *arguments, "--dir", folder)
    assert done.status in (1, 2)
    assert words in done.sentence


def test_a_notebook_and_otters_tests_are_written(backlit: CommandLine, tmp_path: Path) -> None:
    out = tmp_path / "c.ipynb"
    done = backlit("learn", "notebook", "--out", out, "--otter", tmp_path / "tests", "--seed", "3")
    assert done.status == 0
    assert out.read_text("utf-8") == notebook(3)
    assert (tmp_path / "tests" / "one_window.py").exists()
    done = backlit("learn", "notebook", "--json", "--solutions")
    assert json.loads(done.out) == json.loads(notebook(solutions=True))
