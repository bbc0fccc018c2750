"""A probe's document: what a page shows of a first wrong number."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backlit.learn import exercises, grade_file
from backlit.views.data.probes import probe_document
from tests.learn.wrong import WRONG


def _answers() -> Iterator[tuple[str, str, str]]:
    for name, right, wrong, _ in WRONG:
        yield name, right, wrong


@pytest.mark.parametrize(("name", "right", "wrong"), list(_answers()))
def test_the_address_of_a_wrong_answer_is_one_of_its_document(
    tmp_path: Path, name: str, right: str, wrong: str
) -> None:
    """Also where an exercise's arrays have fewer axes than the layer's."""
    chosen = next(each for each in exercises() if each.name == name)
    path = tmp_path / chosen.file_name
    path.write_text(chosen.solution.replace(right, wrong, 1), encoding="utf-8")
    for finding in grade_file(chosen, path).report.findings:
        view = finding.first_wrong and probe_document(finding.first_wrong)
        if not view:
            continue
        array, _, rest = view["address"].partition("[")
        index = [int(each) for each in rest.removesuffix("]").split(",")]
        sizes = view["document"]["tensors"][array]["shape"]
        assert len(index) == len(sizes)
        assert all(at < size for at, size in zip(index, sizes, strict=True))
