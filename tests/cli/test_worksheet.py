"""``backlit worksheet``: pages to print, their key, and the same as data."""

import html
import json
import re
from pathlib import Path
from typing import Any

from backlit.worksheets import worksheet
from tests.cli.conftest import CommandLine


def cells(page: str) -> list[str]:
    return re.findall(r"<td>(.*?)</td>", page)


def test_sheets_and_key_are_written(backlit: CommandLine, tmp_path: Path) -> None:
    done = backlit(
        "worksheet", "conv2d", "--seed", "7", "--copies", "3", "--out", str(tmp_path / "a" / "b")
    )
    assert done.status == 0, done.err
    pages = {
        name: (tmp_path / "a" / "b" / f"{name}.html").read_text("utf-8")
        for name in ("sheets", "key")
    }
    assert [page.count("<article>") for page in pages.values()] == [3, 3]
    for k in range(3):
        sheet = worksheet("conv2d", 7, k)
        asked = [number for each in sheet.questions for number in _flat(each.answer)]
        blank, filled = (
            cells(page.split("<article>")[k + 1]) for page in (pages["sheets"], pages["key"])
        )
        numbers = [n for each in sheet.given for n in _flat(each.numbers)]
        written = [str(each).replace("-", "−") for each in (*numbers, *asked)]
        assert filled == written
        assert blank == written[: len(numbers)] + [""] * len(asked)
        for each in sheet.questions:
            assert html.escape(each.working) in pages["key"]
            assert html.escape(each.working) not in pages["sheets"]


def _flat(nested: Any) -> list[Any]:
    return [n for part in nested for n in _flat(part)] if isinstance(nested, list) else [nested]


def test_as_data(backlit: CommandLine) -> None:
    done = backlit("worksheet", "softmax_cross_entropy", "--copies", "2", "--json")
    sheets = json.loads(done.out)["sheets"]
    assert [sheet["code"] for sheet in sheets] == ["0-1", "0-2"]
    assert sheets[0] == worksheet("softmax_cross_entropy").to_data()
    assert re.fullmatch(r"-?\d+/\d+", sheets[0]["questions"][0]["answer"][0][0])


def test_what_goes_wrong_is_one_sentence(backlit: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("here")
    done = backlit("worksheet", "dense", "--out", str(file / "inner"))
    assert done.status == 1
    assert done.err.startswith(f"backlit: error: {file / 'inner'} cannot be made a folder")
    done = backlit("worksheet", "relu", "--stride", "2", "--out", str(tmp_path / "x"))
    assert done.status == 2
    assert "a worksheet of relu takes size, got 'stride'" in done.err
    assert not (tmp_path / "x").exists()
