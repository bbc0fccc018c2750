"""The table of mutations still fits the package; ``python3 dev.py mutate`` runs it."""

import ast
import shutil
from pathlib import Path

import pytest

from tests.mutation.mutations import MUTATIONS
from tests.mutation.runner import ROOT, Mutation


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.mistake)
def test_it_can_be_applied_and_leaves_valid_python(mutation: Mutation, tmp_path: Path) -> None:
    changed = tmp_path / "backlit" / mutation.file
    changed.parent.mkdir(parents=True)
    shutil.copy(ROOT / "src" / "backlit" / mutation.file, changed)
    before = changed.read_text(encoding="utf-8")
    mutation.apply(tmp_path)
    after = changed.read_text(encoding="utf-8")
    assert ast.dump(ast.parse(after)) != ast.dump(ast.parse(before))
    assert all((ROOT / path.partition("::")[0]).is_file() for path in mutation.tests.split())


def test_no_mistake_is_listed_twice() -> None:
    assert len({mutation.mistake for mutation in MUTATIONS}) == len(MUTATIONS)
