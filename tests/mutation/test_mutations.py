"""The table of mutations still fits the package; ``python3 dev.py mutate`` runs it."""

import ast
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.mutation.mutations import MUTATIONS
from tests.mutation.places import DoesNotFitError
from tests.mutation.renaming import rename_package, renamed
from tests.mutation.runner import ROOT, Mutation


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.mistake)
def test_it_can_be_applied_and_leaves_a_valid_program(mutation: Mutation, tmp_path: Path) -> None:
    file, after = mutation.mutated(ROOT / "src")
    before = file.read_text(encoding="utf-8")
    if file.suffix == ".py":
        assert ast.dump(ast.parse(after)) != ast.dump(ast.parse(before))
    else:
        assert after != before
        _check_module(tmp_path, after)


def _check_module(folder: Path, text: str) -> None:
    """Let Node.js read a module of the pages; on a machine without it, the browser will."""
    node = shutil.which("node")
    if node is None:
        assert os.environ.get("CI") != "true", "CI needs Node.js"
        return
    file = folder / "module.mjs"
    file.write_text(text, encoding="utf-8")
    read = subprocess.run([node, "--check", file], capture_output=True, text=True, check=False)
    assert read.returncode == 0, read.stderr


@pytest.mark.parametrize("tests", sorted({mutation.tests for mutation in MUTATIONS}))
def test_the_tests_that_must_notice_are_there(tests: str) -> None:
    for path in tests.split():
        file, _, test = path.partition("::")
        assert f"def {test}" in (ROOT / file).read_text(encoding="utf-8")


def test_no_mistake_is_listed_twice() -> None:
    assert len({mutation.mistake for mutation in MUTATIONS}) == len(MUTATIONS)


def test_other_names_of_variables_and_files_change_nothing(tmp_path: Path) -> None:
    count = rename_package(ROOT / "src" / "backlit", tmp_path / "backlit")
    assert count > 2000
    assert [str(problem) for each in MUTATIONS if (problem := _problem(each, tmp_path))] == []


def _problem(mutation: Mutation, source: Path) -> DoesNotFitError | None:
    """Why a mutation of Python does not fit, if so."""
    if mutation.mutated(ROOT / "src")[0].suffix == ".py":
        try:
            mutation.mutated(source)
        except DoesNotFitError as problem:
            return problem
    return None


def test_variables_are_renamed_wherever_they_are_used() -> None:
    text = "def f(x, é):\n    é = 1; y = é + x\n    return [y for y in (y, x) if g(y=y)]\n"
    other = "def f(x, é):\n    é = 1; z = é + x\n    return [z for z in (z, x) if g(y=z)]\n"
    assert renamed(text) == (other.replace("z", "y_0"), 1)
