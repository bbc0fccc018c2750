"""The table of mutations still fits the package; ``python3 dev.py mutate`` runs it."""

import ast
import json
import os
import shutil
import subprocess
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

from tests.mutation.mutations import MUTATIONS
from tests.mutation.places import DoesNotFitError
from tests.mutation.renaming import rename_package, renamed
from tests.mutation.runner import ROOT, Mutation

# Reads modules without running them, given their texts; tells what is wrong with each.
READER = """
import { readFileSync } from "node:fs";
import { SourceTextModule } from "node:vm";

function wrong(text) {
  try {
    new SourceTextModule(text);
    return null;
  } catch (error) {
    return String(error);
  }
}
console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(wrong)));
"""


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.mistake)
def test_it_can_be_applied_and_leaves_a_valid_program(mutation: Mutation) -> None:
    file, after = mutation.mutated(ROOT / "src")
    before = file.read_text(encoding="utf-8")
    if file.suffix == ".py":
        assert ast.dump(ast.parse(after)) != ast.dump(ast.parse(before))
    else:
        assert after != before
        if shutil.which("node") is None:  # without it, the browser will read the module
            assert os.environ.get("CI") != "true", "CI needs Node.js"
        else:
            assert _wrong_modules()[after] is None


@cache
def _wrong_modules() -> dict[str, str | None]:
    """What Node.js finds wrong with each mutated module of the pages, all read in one process."""
    texts = []
    for mutation in MUTATIONS:
        with suppress(DoesNotFitError):  # which is told where this mutation is tested
            file, text = mutation.mutated(ROOT / "src")
            if file.suffix != ".py":
                texts.append(text)
    options = ["--experimental-vm-modules", "--no-warnings", "--input-type=module"]
    answer = subprocess.run(
        ["node", *options, "--eval", READER],
        input=json.dumps(texts),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return dict(zip(texts, json.loads(answer.stdout), strict=True))


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
