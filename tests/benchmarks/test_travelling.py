"""Benchmarks that go from case to case; the sides are in this process, and no time is looked at."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

import backlit as bl
from backlit.layers import Layer
from benchmarks import learners, peers, scaling, sizes, traveller
from benchmarks.cases import CASES, Case
from benchmarks.traveller import Journey, Traveller, sized

STEP = {"do": "time", "what": "step", "for": 0}


class Inside(Traveller):
    """A traveller without a process of its own, who calls NumPy's network PyTorch."""

    def __init__(self, side: str, threads: int, name: str = "") -> None:
        self.side = name or side
        self._journey = Journey("numpy" if side.startswith("torch") else side)

    def ask(self, do: str, **what: Any) -> Any:
        return json.loads(json.dumps(self._journey.answer({"do": do, **what})))

    def close(self) -> None:
        pass


def tiny() -> list[Layer]:
    return [bl.Conv2d(2, 3), bl.ELU(), bl.MaxPool2d(2), bl.Flatten(), bl.Dense(10)]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One small case, timed as shortly as can be, and kept elsewhere."""
    monkeypatch.setitem(CASES, "tiny", Case((1, 8, 8), tiny, 4, 1.0))
    monkeypatch.setitem(sizes.PIXELS, "tiny", (6, 8))
    monkeypatch.setattr(sizes, "BATCHES", (1, 2))
    for module in (learners, scaling, sizes):
        monkeypatch.setattr(module, "_SECONDS", 0)
    monkeypatch.setattr(peers, "OURS", "backlit.pure")
    monkeypatch.setattr(traveller, "Traveller", Inside)
    monkeypatch.setattr(traveller, "MEASURED", tmp_path / "measured")
    monkeypatch.setattr(traveller, "version", lambda name: "1.0")


def kept(tmp_path: Path, name: str) -> Any:
    return json.loads((tmp_path / "measured" / f"{name}.json").read_text("utf-8"))


def test_scaling_keeps_times_by_threads_and_sides(tmp_path: Path) -> None:
    found = scaling.run(Console(quiet=True), ["tiny"], 2, True, "bench scaling")
    assert kept(tmp_path, "scaling") == json.loads(json.dumps(found))
    assert found["threads"] == [1, 2]
    step = found["cases"]["tiny"]["step"]
    assert step.keys() == {"1", "2"}
    for times in step.values():
        assert times.keys() == {"backlit.pure", *traveller.PLAIN}
        assert all(len(rounds) == 2 for rounds in times.values())


def test_sizes_keeps_batches_and_sizes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sizes, "SIDES", (peers.OURS, *traveller.PLAIN))
    found = sizes.run(Console(quiet=True), ["tiny"], 2, 1, True, "bench sizes")
    assert kept(tmp_path, "sizes") == json.loads(json.dumps(found))
    case = found["cases"]["tiny"]
    assert (case["pixels"], case["batch"]) == (8, 4)
    assert list(case["batches"]) == ["1", "2"]
    assert list(case["sizes"]) == ["6", "8"]


def test_learners_count_the_book_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learners, "SIDES", (peers.OURS, *traveller.PLAIN, "numpy"))
    found = learners.run(Console(quiet=True), ["tiny"], 2, 1, True, "bench peers")
    assert kept(tmp_path, "peers") == json.loads(json.dumps(found))
    case = {"batch": 64, "step": {"numpy": [3.0, 5.0, 4.0]}, "few": {"backlit.pure": [10.0] * 3}}
    assert learners.milliseconds(case, 2) == {"numpy": 4.0, "backlit.pure": 320.0}


def test_sides_that_disagree_are_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    numpy = Inside("numpy", 1)
    other = Inside("backlit.pure", 1)
    numpy.go("tiny", 2)
    other.go("tiny", 2)
    traveller.check([numpy, other], CASES["tiny"])
    numpy._journey.side.images *= 1.02
    with pytest.raises(SystemExit, match=r"backlit\.pure"):
        traveller.check([numpy, other], CASES["tiny"])


def test_a_traveller_begins_everywhere_with_the_same_weights() -> None:
    journey = Journey("numpy")
    at = {"do": "go", "case": "tiny", "pixels": 6, "batch": 3}
    assert journey.answer(at) is True
    assert journey.side.images.shape == (3, 1, 6, 6)
    fresh = {name: each.copy() for name, each in journey.side.layers["conv1"].parameters.items()}
    assert journey.answer(STEP) > 0
    assert journey.answer({**at, "batch": 5}) is True
    for name, each in journey.side.layers["conv1"].parameters.items():
        np.testing.assert_array_equal(each, fresh[name])
    assert sized("tiny", None).shape == (1, 8, 8)


def test_a_process_answers_and_ends() -> None:
    outside = Traveller("numpy", 1)
    try:
        outside.go("lenet", 1)
        assert outside.ask("time", what="step", **{"for": 0}) > 0
        with pytest.raises(
            SystemExit, match="numpy cannot compute resnet20 with 1 images: TypeError"
        ):
            outside.go("resnet20", 1)
    finally:
        outside.close()
    assert outside._process.returncode != 0
