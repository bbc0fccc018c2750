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


def test_a_table_of_classes(
    backlit: CommandLine, trained: Path, pictures: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(pictures[0].parent)
    names = [path.name for path in pictures]
    result = backlit("predict", trained, *names)
    heading, *lines = result.out.splitlines()
    assert heading.split() == ["picture", "class", "probability"]
    assert [line[: len(names[0])].strip() for line in lines] == [
        each for name in names for each in (name, "", "")
    ]
    ends = {len(line) for line in (heading, *lines)}
    assert ends == {len(heading)}  # the percentages stand below each other
    every = backlit("predict", trained, *names, "--top", "99").out
    assert every.count("%") == 30
    assert max(map(len, every.splitlines())) <= 80
    only = backlit("predict", trained, pictures[0], "--top", "1")
    assert only.out.count("%") == 1


def test_a_saved_network_will_do(
    backlit: CommandLine, trained: Path, pictures: list[Path], tmp_path: Path
) -> None:
    load(trained).save(tmp_path / "network.safetensors")
    of_file = backlit("predict", tmp_path / "network.safetensors", pictures[0], "--json").json
    assert of_file == backlit("predict", trained, pictures[0], "--json").json


def test_dark_on_light_is_turned_and_that_is_said(
    backlit: CommandLine,
    trained: Path,
    pictures: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    paper = tmp_path / "paper.png"
    Image.fromarray(255 - np.asarray(Image.open(pictures[0]))).save(paper)
    plain = backlit("predict", trained, pictures[0], "--json").json["predictions"][0]
    turned = backlit("predict", trained, paper, "--json").json["predictions"][0]
    assert turned["inverted"] is True
    assert turned["top"] == plain["top"]
    monkeypatch.chdir(tmp_path)
    heading, line, *_ = backlit("predict", trained, "paper.png").out.splitlines()
    assert heading.endswith("  how it was read")
    assert line.startswith("paper.png  ")
    assert line.endswith("%  inverted")
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


def test_a_digit_of_other_proportions_is_widened_and_that_is_said(
    backlit: CommandLine, trained: Path, pictures: list[Path], tmp_path: Path
) -> None:
    pixels = np.zeros((24, 8), np.uint8)
    pixels[8:16] = np.asarray(Image.open(pictures[0]))
    Image.fromarray(pixels).save(tmp_path / "tall.png")
    told = backlit("predict", trained, tmp_path / "tall.png", "--json").json["predictions"][0]
    assert told["framed"] == "widened to 24×24"
    assert "%  widened to 24×24\n" in backlit("predict", trained, tmp_path / "tall.png").out
    net = load(trained)
    net.save(tmp_path / "network.safetensors")  # which does not say what it was trained on
    cut = backlit("predict", tmp_path / "network.safetensors", tmp_path / "tall.png", "--json").json
    assert cut["predictions"][0]["framed"] == "cut to 8×8"
    plain = backlit("predict", trained, pictures[0], "--json").json["predictions"][0]
    assert plain["framed"] == ""
    assert cut["predictions"][0]["top"] == plain["top"]  # the middle is that digit


def test_a_picture_of_a_folder_is_cut_as_the_training_pictures_were(
    backlit: CommandLine, tmp_path: Path
) -> None:
    random = np.random.default_rng(0)
    for name in "ab":
        (tmp_path / "photos" / name).mkdir(parents=True)
        for k in range(5):
            pixels = random.integers(0, 255, (8, 12), np.uint8)
            Image.fromarray(pixels).save(tmp_path / "photos" / name / f"{k}.png")
    run = tmp_path / "run"
    arguments = ("--image-size", "8", "--epochs", "1", "--quiet", "--out", run)
    assert backlit("train", tmp_path / "photos", *arguments).status == 0
    picture = tmp_path / "photos" / "a" / "0.png"
    told = backlit("predict", run, picture, "--json").json["predictions"][0]
    assert told["framed"] == "cut to 8×8"


def test_a_picture_of_one_color_is_warned_of(
    backlit: CommandLine, trained: Path, pictures: list[Path], tmp_path: Path
) -> None:
    Image.new("L", (8, 8), 9).save(tmp_path / "blank.png")
    result = backlit("predict", trained, tmp_path / "blank.png", pictures[0])
    assert result.status == 0
    (line,) = result.err.splitlines()
    assert line.startswith(f"backlit: {tmp_path / 'blank.png'}: all its pixels are equal")
    told = backlit("predict", trained, tmp_path / "blank.png", pictures[0], "--json").json
    assert [each["uniform"] for each in told["predictions"]] == [True, False]


def test_a_long_path_has_a_line_of_its_own(
    backlit: CommandLine, trained: Path, pictures: list[Path], tmp_path: Path
) -> None:
    long = tmp_path / ("x" * 70 + ".png")
    long.write_bytes(pictures[0].read_bytes())
    heading, name, *lines = backlit("predict", trained, long).out.splitlines()
    assert heading.split() == ["class", "probability"]
    assert name == str(long)
    assert len(lines) == 3
    assert {len(line) for line in lines} == {len(heading)}


def test_a_bad_picture_keeps_no_other_from_being_looked_at(
    backlit: CommandLine, trained: Path, pictures: list[Path], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(pictures[0].read_bytes()[:60])
    result = backlit("predict", trained, broken, pictures[0], tmp_path / "missing.png")
    assert result.status == 1
    assert result.out.count("%") == 3
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
    [
        ("missing", "there is no run"),
        ("empty", "holds no run"),
        ("text", "in which backlit saves networks"),
    ],
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
