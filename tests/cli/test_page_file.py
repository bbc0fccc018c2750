"""``backlit explain … --html FILE``."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import CommandLine


def data_of(file: Path) -> Any:
    """The document in a page."""
    found = re.search(
        r'<script type="application/json" id="document">(.*?)</script>', file.read_text("utf-8")
    )
    assert found
    return json.loads(found.group(1))


def test_a_page_of_the_first_images(backlit: CommandLine, trained: Path, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    result = backlit("explain", trained, "--html", file)
    assert result.status == 0, result.err
    assert str(file) in result.out.replace("\n", "")
    assert data_of(file)["indices"] == list(range(8))
    assert file.stat().st_size < 2_000_000


def test_a_page_at_a_number_of_one_image(
    backlit: CommandLine, trained: Path, tmp_path: Path
) -> None:
    file = tmp_path / "page.html"
    address = "conv1.weight[1,0,2,2]"
    result = backlit("explain", trained, address, "--image", "3", "--html", file)
    assert result.status == 0, result.err
    assert data_of(file)["indices"] == [3]
    assert f'"address": "{address}"' in file.read_text("utf-8")


def test_fewer_images_than_a_page_would_show(
    backlit: CommandLine, tmp_path: Path, pictures: list[Path]
) -> None:
    run = tmp_path / "few"
    options = ("--limit", "5", "--epochs", "1", "--quiet")
    assert backlit("train", "digits", "--out", run, *options).status == 0
    file = tmp_path / "page.html"
    result = backlit("explain", run, "--html", file, "--split", "train")
    assert result.status == 0, result.err
    assert 1 <= len(data_of(file)["indices"]) <= 8


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("conv9.weight[0]", "--html", "page.html"), "there is no conv9.weight"),
        (("--html", "."), "cannot be written"),
        (("--html", "nowhere/page.html"), "cannot be written"),
        (("--html", "page.html", "--images", "100000:100001"), "there is no batch"),
    ],
)
def test_nothing_is_written_where_something_is_wrong(
    options: tuple[str, ...],
    words: str,
    backlit: CommandLine,
    trained: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    result = backlit("explain", trained, *options)
    assert result.status in (1, 2)
    assert words in result.sentence
    assert not list(tmp_path.iterdir())


def test_a_page_or_json_but_not_both(backlit: CommandLine, trained: Path) -> None:
    assert backlit("explain", trained, "--json", "--html", "page.html").status == 2
