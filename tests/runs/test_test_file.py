"""``test.json``: what is written is read, and nothing else."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.errors import RunError
from backlit.runs import Run
from backlit.runs.evaluation import TEST, write_test

RESULT: dict[str, Any] = {"images": 9, "loss": 0.1, "accuracy": 2 / 3, "epoch": 2}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Two epochs of a tiny network."""
    net = bl.Network((1, 2, 2), [bl.Flatten(), bl.Dense(2)], engine="pure")
    data = np.random.default_rng(0).standard_normal((4, 1, 2, 2)), np.array([0, 1, 0, 1])
    bl.fit(net, data, epochs=2, batch_size=2, progress=False, run=tmp_path / "run")
    return bl.open_run(tmp_path / "run")


def test_what_is_written_is_read(run: Run) -> None:
    assert run.test_result is None  # nobody has tested it yet
    write_test(run.folder, RESULT)
    assert run.test_result == RESULT
    write_test(run.folder, RESULT | {"loss": math.inf})
    assert run.test_result == RESULT | {"loss": math.inf}
    write_test(run.folder, None)
    assert run.test_result is None


def test_a_result_of_earlier_weights_is_none(run: Run) -> None:
    for epoch in (1, 3):
        write_test(run.folder, RESULT | {"epoch": epoch})
        assert run.test_result is None


@pytest.mark.parametrize(
    "change",
    [
        {"images": 0},
        {"images": -9},
        {"images": 9.5},
        {"images": True},
        {"images": None},
        {"loss": "0.1"},
        {"loss": None},
        {"accuracy": "1"},
        {"accuracy": True},
        {"accuracy": 1.5},
        {"accuracy": -0.1},
        {"accuracy": math.nan},
        {"accuracy": [0.5]},
        {"epoch": "2"},
        {"epoch": None},
    ],
    ids=str,
)
def test_what_nobody_can_have_measured_is_none(change: dict[str, Any], run: Run) -> None:
    write_test(run.folder, RESULT | change)
    assert run.test_result is None


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"3", b'"x"', b"\xff\xfe", b"[" * 100_000, b"{}"],
    ids=lambda content: repr(content[:4]),
)
def test_a_damaged_file_is_none(content: bytes, run: Run) -> None:
    (run.folder / TEST).write_bytes(content)
    assert run.test_result is None


@pytest.mark.parametrize("lacking", RESULT)
def test_a_file_that_lacks_something_is_none(lacking: str, run: Run) -> None:
    left = {name: value for name, value in RESULT.items() if name != lacking}
    (run.folder / TEST).write_text(json.dumps(left), encoding="utf-8")
    assert run.test_result is None


def test_a_folder_in_its_place_is_none(run: Run) -> None:
    (run.folder / TEST).mkdir()
    assert run.test_result is None


def test_a_result_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(RunError):
        write_test(tmp_path / "nowhere", RESULT)
