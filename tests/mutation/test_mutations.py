"""The table of mutations still fits the package; ``python3 dev.py mutate`` runs it."""

import ast
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.mutation.mutations import MUTATIONS
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
