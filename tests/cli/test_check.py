"""``backlit check`` on the command line: what is typed, and what is refused."""

from __future__ import annotations

import pytest

from .conftest import CommandLine


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "name either the FILE to check or a program with --command"),
        (["--command", "true", "--function", "f"], "--function does not apply to a program"),
        (["--command", "true", "--arguments", "x"], "--arguments does not apply to a program"),
        (["--command", "true", "--layout", "nhwc"], "--layout does not apply to a program"),
        (
            ["f.py", "--network", "run", "--operation", "dense"],
            "--operation does not apply to whole",
        ),
        (["f.py", "--network", "run", "--layout", "nhwc"], "--layout does not apply to whole"),
        (["f.py", "--network", "run", "--arguments", "x"], "--arguments does not apply to whole"),
    ],
)
def test_an_option_that_would_change_nothing_is_named(
    arguments: list[str], says: str, backlit: CommandLine
) -> None:
    result = backlit("check", *arguments)
    assert result.status == 2
    assert says in result.sentence
    assert result.out == ""
