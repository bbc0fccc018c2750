"""``backlit toy``: the page for pencil and paper."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from backlit.errors import ConfigurationError
from backlit.web.page import live_page
from backlit.web.requests import Edit, ViewRequest
from backlit.web.toy import FIRST, toy_live
from tests.cli.conftest import CommandLine


def test_a_file(backlit: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "toy.html"
    done = backlit("toy", "--html", str(file))
    assert done.status == 0
    assert "can be opened in any browser" in " ".join(done.out.split())
    data = json.loads(re.findall(r'id="document">(.*?)</script>', file.read_text("utf-8"))[0])
    assert data["command"] == "backlit toy"
    assert data["note"].startswith("For stripe and ramp the scores are 336 and 0")


def test_a_folder_is_no_file(backlit: CommandLine, tmp_path: Path) -> None:
    done = backlit("toy", "--html", str(tmp_path))
    assert done.status == 1
    assert str(tmp_path.name) in done.err


def test_it_is_served(backlit: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def refuse(port: int | None) -> Any:
        asked.append(port)
        raise ConfigurationError("no")

    monkeypatch.setattr("backlit.web.server.listen", refuse)
    refused = backlit("toy", "--port", "8123", "--no-browser")
    assert refused.err.strip() == "backlit: error: no"
    assert asked == [8123]
    assert FIRST in live_page(toy_live(), {"address": FIRST, "first": 0, "count": 1})


def test_what_is_said_of_it_is_not_said_of_a_changed_one() -> None:
    live = toy_live()
    assert live.document(ViewRequest(0, 1))["note"]
    edit = Edit("conv1.weight[0,0,0,0]", 2.0)
    assert not live.document(ViewRequest(0, 1, edits=(edit,)))["note"]
    drawn = live.document(ViewRequest(picture=[[[0.0] * 4] * 4], label=0))
    assert not drawn["note"]
