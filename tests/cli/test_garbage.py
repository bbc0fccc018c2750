"""Whatever is typed, and whatever has happened to a run: a status and a sentence."""

from __future__ import annotations

import io
import os
import random
import shutil
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backlit.cli import main
from backlit.cli.app import COMMANDS, app
from backlit.errors import DataError

from .conftest import CommandLine

UNEXPECTED = "should not have happened"


def flags() -> list[str]:
    """Every option of every command."""
    import typer

    group = typer.main.get_command(app)
    parameters = [each for command in group.commands.values() for each in command.params]  # type: ignore[attr-defined]
    names = {name for each in parameters for name in (*each.opts, *each.secondary_opts)}
    return sorted(name for name in names if name.startswith("-"))


WORDS = st.one_of(
    st.sampled_from(flags()),
    st.sampled_from(["run", "picture.png", "junk", "missing", ".", "digits", "conv2d", "elu"]),
    st.sampled_from(["conv1.weight[0,0,1,1]", "loss", "input[0,0,0,0]", "0:4", "3x3", "same"]),
    st.sampled_from(["0", "1", "-1", "0.5", "1e400", "nan", "", "--", "-", "=", "\x00", "ü[0]"]),
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=8),
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, trained: Path, pictures: list[Path]) -> Path:
    """A folder with a run, a picture, and a file that is neither."""
    folder = tmp_path_factory.mktemp("place")
    shutil.copytree(trained, folder / "run")
    shutil.copy(pictures[0], folder / "picture.png")
    (folder / "junk").write_bytes(os.urandom(100))
    return folder


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may begin that goes on: a million epochs, or a server."""

    def begin(*_: object, **__: object) -> None:
        raise DataError("this would go on")

    monkeypatch.setattr("backlit.runs.training.begin", begin)
    monkeypatch.setattr("backlit.runs.training.resume", begin)
    monkeypatch.setattr("backlit.web.server.listen", begin)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(command=st.sampled_from([*COMMANDS, ""]), words=st.lists(WORDS, max_size=6))
def test_any_words(command: str, words: list[str], place: Path, endless: None) -> None:
    arguments = [*([command] if command else []), *words]
    out, err = io.StringIO(), io.StringIO()
    with chdir(place), redirect_stdout(out), redirect_stderr(err):
        status = main(arguments)
    assert status in (0, 1, 2)
    assert UNEXPECTED not in err.getvalue()
    assert "Traceback" not in err.getvalue()
    if status:
        assert err.getvalue().splitlines()[-1].startswith("backlit: error: ")
    else:
        assert err.getvalue() == ""


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("file", ["weights.safetensors", "state.safetensors", "test.json"])
def test_any_damage_to_a_run(seed: int, file: str, backlit: CommandLine, run: Path) -> None:
    chance = random.Random(seed)
    content = bytearray((run / file).read_bytes())
    for _ in range(3):
        # Nearer to the beginning, where the descriptions are.
        content[int(len(content) * chance.random() ** 3)] = chance.randrange(256)
    (run / file).write_bytes(content)
    for arguments in (["info", run], ["explain", run, "loss"]):
        result = backlit(*arguments)
        assert result.status in (0, 1)
        assert UNEXPECTED not in result.err
        if result.status:
            assert result.sentence
