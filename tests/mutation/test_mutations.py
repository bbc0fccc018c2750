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
    changed = tmp_path / "backlit" / mutation.file
    changed.parent.mkdir(parents=True)
    shutil.copy(ROOT / "src" / "backlit" / mutation.file, changed)
    before = changed.read_text(encoding="utf-8")
    mutation.apply(tmp_path)
    after = changed.read_text(encoding="utf-8")
    if changed.suffix == ".py":
        assert ast.dump(ast.parse(after)) != ast.dump(ast.parse(before))
    else:
        assert after != before
        _check_module(changed)
    assert all((ROOT / path.partition("::")[0]).is_file() for path in mutation.tests.split())


def _check_module(file: Path) -> None:
    """Let Node.js read a module of the pages; on a machine without it, the browser will."""
    node = shutil.which("node")
    if node is None:
        assert os.environ.get("CI") != "true", "CI needs Node.js"
        return
    as_module = file.rename(file.with_suffix(".mjs"))
    read = subprocess.run([node, "--check", as_module], capture_output=True, text=True, check=False)
    assert read.returncode == 0, read.stderr


def test_no_mistake_is_listed_twice() -> None:
    assert len({mutation.mistake for mutation in MUTATIONS}) == len(MUTATIONS)
