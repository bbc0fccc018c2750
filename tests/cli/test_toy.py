"""``backlit toy``: the page for pencil and paper."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from backlit.errors import ConfigurationError
from backlit.web.ladder import STEPS
from backlit.web.page import live_page
from backlit.web.requests import Edit, ViewRequest
from backlit.web.toy import toy_live
from tests.cli.conftest import CommandLine


def test_a_file(backlit: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "toy.html"
    done = backlit("toy", "--html", str(file))
    assert done.status == 0
    assert "can be opened in any browser" in " ".join(done.out.split())
    data = json.loads(re.findall(r'id="document">(.*?)</script>', file.read_text("utf-8"))[0])
    assert data["command"] == "backlit toy filter"
    assert "the scores of the picture are 4 and 4" in data["note"]


def test_every_step_can_be_written(backlit: CommandLine, tmp_path: Path) -> None:
    for number, name in enumerate(STEPS, 1):
        by_name, by_number = (tmp_path / f"{called}.html" for called in (name, number))
        assert backlit("toy", name, "--html", str(by_name)).status == 0
        assert backlit("toy", str(number), "--html", str(by_number)).status == 0
        assert by_name.read_text("utf-8") == by_number.read_text("utf-8")
        assert f'"title": "Pencil and paper, step {number}: ' in by_name.read_text("utf-8")


def test_a_step_that_is_not_there(backlit: CommandLine) -> None:
    refused = backlit("toy", "swimming")
    assert refused.status == 2
    assert "no step of the ladder is called 'swimming'; there are filter, channels," in refused.err


def test_the_help_names_every_step(backlit: CommandLine) -> None:
    text = " ".join(backlit("toy", "--help").out.split())
    assert f"{', '.join(list(STEPS)[:-1])} or {list(STEPS)[-1]}" in text
    assert f"1 to {len(STEPS)}" in text


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
    first = STEPS["batch"].first
    assert first in live_page(toy_live("batch"), {"address": first, "first": 0, "count": 2})


def test_what_is_said_of_it_is_not_said_of_a_changed_one() -> None:
    live = toy_live()
    assert live.document(ViewRequest(0, 1))["note"]
    edit = Edit("conv1.weight[0,0,0,0]", 2.0)
    assert not live.document(ViewRequest(0, 1, edits=(edit,)))["note"]
    drawn = live.document(ViewRequest(picture=[[[0.0] * 4] * 4], label=0))
    assert not drawn["note"]
