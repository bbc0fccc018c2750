"""An operation's equations in the terminal: whole, within the width, plain without colors."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from rich.console import Console

from backlit.equations import OPERATIONS, display_width, max_pool2d, operation, symbol_text
from backlit.views.equations import print_operation, render_operation
from backlit.views.palette import style_of

ESCAPE = re.compile("\x1b\\[[0-9;]*m")


def printed(name: str, width: int, color: bool = False, **options: Any) -> str:
    stream = io.StringIO()
    console = Console(
        file=stream,
        width=width,
        force_terminal=color,
        color_system="truecolor" if color else None,
        no_color=not color,
    )
    print_operation(operation(name, **options), console)
    return stream.getvalue()


def test_a_page() -> None:
    assert printed("dense", 60) == (
        "Dense (fully connected) layer\n"
        "\n"
        "Forward\n"
        "  Y[n,o] = b[o] + Σ_f W[o,f] · X[n,f]\n"
        "    In words: Each output is the sum of all inputs, each\n"
        "    times a weight of its own, and a bias.\n"
        "\n"
        "Backward\n"
        "  dW[o,f] = Σ_n dY[n,o] · X[n,f]\n"
        "    In words: A weight's gradient is the error at its output\n"
        "    times the input it met, added up over the images.\n"
        "\n"
        "  db[o] = Σ_n dY[n,o]\n"
        "    In words: The bias's gradient is the error at its\n"
        "    output, added up over the images.\n"
        "\n"
        "  dX[n,f] = Σ_o dY[n,o] · W[o,f]\n"
        "    In words: An input fed every output, so it collects all\n"
        "    their errors, each times its weight.\n"
        "\n"
        "Letters\n"
        "  n   image in the batch, 0 to N−1\n"
        "  o   output, 0 to O−1\n"
        "  f   input, 0 to F−1\n"
        "  Y   output\n"
        "  b   bias, one number for each output\n"
        "  W   weights\n"
        "  X   input\n"
        "  dW  dL/dW, the gradient of W: how the loss changes with it\n"
        "  dY  dL/dY, the error of Y: how the loss changes with it\n"
        "  db  dL/db, the gradient of b: how the loss changes with it\n"
        "  dX  dL/dX, the error of X: how the loss changes with it\n"
        "  N   number of images in the batch\n"
        "  F   number of inputs of each image\n"
        "  O   number of outputs of each image\n"
    )


@pytest.mark.parametrize("width", [60, 72, 80, 100, 200])
@pytest.mark.parametrize("name", OPERATIONS)
def test_lines_fit(name: str, width: int) -> None:
    for line in printed(name, width).splitlines():
        assert display_width(line) <= min(width, 100), line
        assert line == line.rstrip()


def test_a_very_narrow_terminal_gets_the_least_width() -> None:
    assert printed("dense", 20) == printed("dense", 40)


@pytest.mark.parametrize("name", OPERATIONS)
def test_nothing_is_left_out(name: str) -> None:
    """Every equation, sentence, condition, note and letter is there; each letter once."""
    shown = operation(name)
    text = " ".join(printed(name, 80).split())
    for equation in shown.equations():
        assert " ".join(str(equation).split()) in text
        assert f"In words: {equation.words}" in text
        for condition in equation.conditions:
            assert str(condition) in text
    for note in shown.notes:
        assert note in text
    glossary = printed(name, 80).split("\nLetters\n")[1].split("\n\n")[0]
    explained = re.findall(r"^  (\S+) ", glossary, re.MULTILINE)
    assert sorted(explained) == sorted(symbol_text(role) for role in shown.letters)


def test_batch_norm_shows_each_gradient_once() -> None:
    assert printed("batch_norm2d", 80).count("dγ[c] =") == 1


def test_colors_change_nothing_but_color() -> None:
    colored = printed("conv2d", 80, color=True, stride=2)
    assert ESCAPE.search(colored)
    assert ESCAPE.sub("", colored) == printed("conv2d", 80, stride=2)


def test_no_color_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    stream = io.StringIO()
    print_operation(operation("relu"), Console(file=stream, force_terminal=True, width=80))
    assert "38;2;" not in stream.getvalue()
    assert "38;5;" not in stream.getvalue()


def test_the_console_may_be_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    print_operation(operation("relu"))
    assert "dX = dY · [X > 0]" in capsys.readouterr().out


def test_rendering_returns_something_rich_prints() -> None:
    stream = io.StringIO()
    Console(file=stream, width=80).print(render_operation(operation("tanh"), 80))
    assert "dX = dY · (1 − Y²)" in stream.getvalue()


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_terminals_that_lack_signs(name: str, encoding: str) -> None:
    """Everything can be written in the stream's encoding, and still fits."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n")
    print_operation(operation(name), Console(file=stream, width=80))
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    text = stream.buffer.getvalue().decode(encoding)
    assert "?" not in text
    assert max(map(len, text.splitlines())) <= 80


def test_styles_follow_the_roles() -> None:
    text = render_operation(max_pool2d(2, 2, 0))
    styles = {text.plain[span.start : span.end]: str(span.style) for span in text.spans}
    assert (styles["X"], styles["dY"]) == (style_of("tensor:X"), style_of("error:dY"))
