"""``backlit predict``: picture files through a trained network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backlit import load
from backlit.data import load_dataset

from .conftest import CommandLine


def test_it_says_what_the_network_says(
    backlit: CommandLine, trained: Path, pictures: list[Path]
) -> None:
    result = backlit("predict", trained, *pictures, "--json", "--top", "10")
    images, _ = load_dataset("digits").test
    probabilities = load(trained).predict_probabilities(images[: len(pictures)])
    assert result.status == 0
    assert result.json.keys() == {"predictions", "failed"}
    assert result.json["failed"] == []
    for told, picture, expected in zip(
        result.json["predictions"], pictures, probabilities, strict=True
    ):
        assert told["file"] == str(picture)
        assert told["inverted"] is False
        assert told["class_number"] == expected.argmax()
        assert told["class"] == str(expected.argmax())
        assert told["probability"] == expected.max()
        ranked = [each["class_number"] for each in told["top"]]
        assert ranked == list(np.argsort(-expected, kind="stable"))
        assert sum(each["probability"] for each in told["top"]) == pytest.approx(1, abs=1e-12)


def test_a_line_for_each_picture(backlit: CommandLine, trained: Path, pictures: list[Path]) -> None:
    result = backlit("predict", trained, *pictures)
    heading, *lines = result.out.splitlines()
    assert heading.split() == ["picture", "probability,", "class", "then"]
    assert [line.split("  ")[0] for line in lines] == list(map(str, pictures))
    assert all(line.count("%") == 3 for line in lines)
    only = backlit("predict", trained, pictures[0], "--top", "1")
    assert only.out.count("%") == 1


def test_a_saved_network_will_do(
    backlit: CommandLine, trained: Path, pictures: list[Path], tmp_path: Path
) -> None:
    load(trained).save(tmp_path / "network.safetensors")
    of_file = backlit("predict", tmp_path / "network.safetensors", pictures[0], "--json").json
    assert of_file == backlit("predict", trained, pictures[0], "--json").json


def test_dark_on_light_is_turned_and_that_is_said(
    backlit: CommandLine, trained: Path, pictures: list[Path], tmp_path: Path
) -> None:
    paper = tmp_path / "paper.png"
    Image.fromarray(255 - np.asarray(Image.open(pictures[0]))).save(paper)
    plain = backlit("predict", trained, pictures[0], "--json").json["predictions"][0]
    turned = backlit("predict", trained, paper, "--json").json["predictions"][0]
    assert turned["inverted"] is True
    assert turned["top"] == plain["top"]
    assert "paper.png (inverted)" in backlit("predict", trained, paper).out
    forced = backlit("predict", trained, pictures[0], "--invert", "--json").json["predictions"][0]
    left = backlit("predict", trained, paper, "--no-invert", "--json").json["predictions"][0]
    assert forced["inverted"] is True
    assert left["inverted"] is False
    assert forced["top"] == left["top"] != plain["top"]


def test_a_picture_of_another_size_and_with_colors(
    backlit: CommandLine, trained: Path, tmp_path: Path
) -> None:
    Image.new("RGB", (61, 40), (255, 0, 0)).save(tmp_path / "large.jpg")
    assert backlit("predict", trained, tmp_path / "large.jpg").status == 0


def test_a_bad_picture_keeps_no_other_from_being_looked_at(
    backlit: CommandLine, trained: Path, pictures: list[Path], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(pictures[0].read_bytes()[:60])
    result = backlit("predict", trained, broken, pictures[0], tmp_path / "missing.png")
    assert result.status == 1
    assert result.out.count("\n") == 2
    first, second = result.err.splitlines()
    assert first.startswith(f"backlit: error: {broken} ")
    assert second.startswith(f"backlit: error: {tmp_path / 'missing.png'} ")
    document = backlit("predict", trained, broken, pictures[0], "--json").json
    assert len(document["predictions"]) == 1
    assert document["failed"][0]["file"] == str(broken)


def test_names_are_never_taken_for_markup(
    backlit: CommandLine, trained: Path, pictures: list[Path], tmp_path: Path
) -> None:
    odd = tmp_path / "[red]:smile:[bold].png"
    odd.write_bytes(pictures[0].read_bytes())
    assert "[red]:smile:[bold].png" in backlit("predict", trained, odd).out


@pytest.mark.parametrize(
    ("name", "says"),
    [("missing", "there is no run"), ("empty", "holds no run"), ("text", "no readable")],
)
def test_what_is_no_run(
    name: str, says: str, backlit: CommandLine, pictures: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text").write_text("weights", encoding="utf-8")
    result = backlit("predict", tmp_path / name, pictures[0])
    assert result.status == 1
    assert says in result.sentence
    assert str(tmp_path / name) in result.sentence


def test_a_network_without_a_normalization_says_so(
    backlit: CommandLine, pictures: list[Path], tmp_path: Path
) -> None:
    import backlit as bl

    bl.Network((1, 8, 8), [bl.Flatten(), bl.Dense(2)]).save(tmp_path / "n.safetensors")
    result = backlit("predict", tmp_path / "n.safetensors", pictures[0])
    assert result.status == 1
    assert "normalization" in result.sentence
