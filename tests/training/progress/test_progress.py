"""What a training shows: live on terminals of any width, in plain lines elsewhere."""

import io
import os
import re
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

import backlit as bl
from backlit.training import EpochRecord, Settings, Training
from backlit.training.history import History
from backlit.training.progress import LiveDisplay, PlainDisplay, ProgressDisplay, progress_display
from backlit.training.progress.display import duration, opening, percent, speed
from backlit.training.progress.layout import layout
from backlit.training.training import Position
from tests.training.problems import dense, floats

ROOT = Path(__file__).resolve().parents[3]
RECORD = EpochRecord(1, 0.82344, 0.74321, 0.41237, 0.88611, 0.05, 12.3, 1234.4)
WITHOUT = EpochRecord(1, 0.82344, 0.74321, None, None, 0.05, 12.3, 1234.4)


def training(epochs: int = 5, validation: int = 360, **position: Any) -> Training:
    """A training of 1,437 images that stands somewhere."""
    return Training(
        net=dense(),
        settings=Settings(epochs=epochs),
        images=1437,
        validation_images=validation,
        position=Position(**position),
    )


class FakeTerminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def terminal(width: int) -> Console:
    return Console(file=FakeTerminal(), force_terminal=True, width=width, color_system=None)


def shown(display: LiveDisplay, width: int = 80) -> list[str]:
    """The moving lines as of now."""
    console = terminal(width)
    with console.capture() as capture:
        console.print(display.render())
    return [line.rstrip() for line in capture.get().splitlines()]


def test_plain_lines_say_everything() -> None:
    output = io.StringIO()
    display = PlainDisplay(Console(file=output, width=40), silence=1e9)
    display.on_train_begin(training())
    display.on_step_end(training(batch=1, images=64, loss=64.0, right=32, seconds=0.5))
    display.on_epoch_end(training(), RECORD)
    display.on_epoch_end(training(), WITHOUT)
    assert output.getvalue().splitlines() == [
        "Training on 1,437 images, validating on 360: 5 epochs of 23 batches.",
        "epoch 1/5: loss 0.8234, accuracy 74.32%; validation 0.4124, 88.61%; 1,234 images/s, 12 s",
        "epoch 1/5: loss 0.8234, accuracy 74.32%; 1,234 images/s, 12 s",
    ]


def test_a_long_epoch_gives_plain_signs_of_life() -> None:
    output = io.StringIO()
    display = PlainDisplay(Console(file=output), silence=0)
    now = training()
    display.on_train_begin(now)
    now.position = Position(batch=12, images=768, loss=768 * 0.5, right=384, seconds=16.0)
    display.on_step_end(now)
    line = output.getvalue().splitlines()[1]
    start = "epoch 1/5, batch 12/23: loss 0.5000, accuracy 50.00%, 48 images/s, "
    assert re.fullmatch(re.escape(start) + r"\d+ ms left", line)


def test_a_note_stays_on_every_display() -> None:
    output, tty = io.StringIO(), terminal(80)
    note = "The run was saved with threads 2."
    for display in (PlainDisplay(Console(file=output)), LiveDisplay(tty)):
        with display:
            display.note(note)
            display.on_train_begin(training())
    assert isinstance(tty.file, io.StringIO)
    for text in (output.getvalue(), tty.file.getvalue()):
        assert text.splitlines()[0] == note
    with pytest.warns(UserWarning, match=note):
        ProgressDisplay().note(note)


def test_plain_lines_are_ascii() -> None:
    """They may go into a file in any encoding."""
    output = io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True)
    display = PlainDisplay(Console(file=output))
    display.on_train_begin(training())
    display.on_epoch_end(training(), RECORD)


@pytest.mark.parametrize(
    ("now", "sentence"),
    [
        (training(), "Training on 1,437 images, validating on 360: 5 epochs of 23 batches."),
        (training(1, 0), "Training on 1,437 images: 1 epoch of 23 batches."),
        (
            training(epoch=2, batch=4),
            "Training on 1,437 images, validating on 360: resuming with epoch 3 of 5 after 4 of "
            "its 23 batches.",
        ),
        (training(epoch=5), "Nothing left to train.  The run has finished its 5 epochs."),
    ],
)
def test_openings(now: Training, sentence: str) -> None:
    assert opening(now) == sentence


def test_the_opening_of_a_run_that_stopped_early_says_why() -> None:
    now = training(epoch=2)
    now.history = History([RECORD, RECORD], stopped="Stopped after epoch 2: enough.")
    assert opening(now) == "Nothing left to train.  Stopped after epoch 2: enough."


@pytest.mark.parametrize(
    ("width", "epochs"), [(50, 1), (50, 20), (60, 1), (60, 20), (60, 1000), (80, 1000), (200, 5)]
)
@pytest.mark.parametrize("validation", [False, True])
def test_every_line_fits(width: int, validation: bool, epochs: int) -> None:
    shape = layout(width, epochs, validation)
    extreme = EpochRecord(epochs, 1234.5, 1.0, 0.0 if validation else None, 1.0, 0.1, 1e5, 99999.0)
    lines = [*shape.header(), shape.row(RECORD, epochs), shape.row(extreme, epochs)]
    assert max(map(len, lines)) <= width
    if width >= 60 and epochs <= 20:
        assert "images/s" in lines[0] + lines[1]


def test_the_table_on_80_columns() -> None:
    shape = layout(80, 5, validation=True)
    assert [*shape.header(), shape.row(RECORD, 5)] == [
        "                training         validation",
        "epoch     loss  accuracy     loss  accuracy  images/s         time",
        "  1/5   0.8234    74.32%   0.4124    88.61%     1,234         12 s",
    ]


def test_the_table_on_60_columns() -> None:
    shape = layout(60, 5, validation=True)
    assert [*shape.header(), shape.row(RECORD, 5)] == [
        "             training      validation",
        "epoch    loss    acc.    loss    acc.  images/s         time",
        "  1/5  0.8234   74.3%  0.4124   88.6%     1,234         12 s",
    ]


@pytest.mark.parametrize("width", [60, 80])
def test_the_moving_lines(width: int) -> None:
    now = training()
    with LiveDisplay(terminal(width)) as display:
        display.on_train_begin(now)
        now.position = Position(batch=12, images=768, loss=768 * 0.5, right=384, seconds=16.0)
        row, footer = shown(display, width)
        assert len(row) <= width
        accuracy = "50.00%" if width == 80 else "50.0%"
        assert re.fullmatch(rf" +1/5 +0.5000 +{accuracy} +━+[╸╺]?━* +48 +\d+ ms left", row)
        assert re.fullmatch(r"batch 12 of 23, \d+ ms left in all", footer)
        now.position.batch = 23
        display.on_validation_step(now, 180)
        assert shown(display, width)[0].endswith("validating")


def test_without_validation_the_bar_comes_last() -> None:
    now = training(validation=0)
    with LiveDisplay(terminal(80)) as display:
        display.on_train_begin(now)
        now.position = Position(batch=23, images=1437, loss=1.0, right=1437, seconds=2.0)
        row, _ = shown(display)
        assert re.fullmatch(r" +1/5 +0.0007 +100.00% +718 +0 ms left +━{17}", row)
        assert len(row) <= 80


def test_the_last_epoch_has_nothing_left_in_all_but_itself() -> None:
    now = training(epochs=1)
    with LiveDisplay(terminal(80)) as display:
        display.on_train_begin(now)
        now.position = Position(batch=12, images=768, loss=1.0, right=1, seconds=1.0)
        assert shown(display)[1] == "batch 12 of 23"


def test_before_the_first_step_there_is_no_number_to_show() -> None:
    with LiveDisplay(terminal(80)) as display:
        display.on_train_begin(training())
        row, footer = shown(display)
        assert "nan" not in row
        assert "left" not in row
        assert footer == "batch 0 of 23"


def test_a_finished_epoch_has_one_line_and_no_moving_one() -> None:
    now = training()
    with LiveDisplay(terminal(80)) as display:
        display.on_train_begin(now)
        now.history.records.append(RECORD)
        display.on_epoch_end(now, RECORD)
        assert shown(display) == [""]


def test_after_the_last_epoch_there_is_no_next_one() -> None:
    now = training()
    with LiveDisplay(terminal(80)) as display:
        display.on_train_begin(now)
        now.position = Position(epoch=now.epochs)
        assert shown(display) == [""]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0068, "7 ms"),
        (0.999, "999 ms"),
        (0.9996, "1.0 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (99.4, "99 s"),
        (99.6, "2 min"),
        (3600, "60 min"),
        (36000, "10.0 h"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_numbers() -> None:
    assert (percent(0.98765), percent(0.98765, 1), percent(1)) == ("98.77%", "98.8%", "100.00%")
    assert (speed(3.21), speed(32.1), speed(32100)) == ("3.2", "32", "32,100")


def kind(file: io.StringIO, **variables: str) -> type[ProgressDisplay]:
    return type(progress_display(True, Console(file=file, _environ=variables)))


def test_the_display_suits_the_place() -> None:
    assert type(progress_display(False)) is ProgressDisplay
    assert kind(FakeTerminal(), TERM="xterm") is LiveDisplay
    assert kind(FakeTerminal(), TERM="xterm", NO_COLOR="1") is LiveDisplay
    assert kind(FakeTerminal(), TERM="dumb") is PlainDisplay
    assert kind(io.StringIO(), TERM="xterm") is PlainDisplay
    assert kind(io.StringIO(), TERM="xterm", FORCE_COLOR="1") is PlainDisplay


def test_piped_output_of_a_whole_training(capsys: pytest.CaptureFixture[str]) -> None:
    bl.fit(dense(), floats(), epochs=2, validation=floats(4))
    output, errors = capsys.readouterr()
    assert errors == ""
    lines = output.splitlines()
    assert lines[0] == "Training on 12 images, validating on 4: 2 epochs of 1 batch."
    number = r"\d+\.\d{4}"
    share = r"\d+\.\d\d%"
    for epoch, line in zip((1, 2), lines[1:], strict=True):
        pattern = rf"epoch {epoch}/2: loss {number}, accuracy {share}; validation {number}, {share}"
        assert re.fullmatch(rf"{pattern}; [\d,]+ images/s, (\d+ ms|\d\.\d s)", line)


def test_no_progress_is_silence(capsys: pytest.CaptureFixture[str]) -> None:
    bl.fit(dense(), floats(), progress=False)
    assert capsys.readouterr() == ("", "")


def test_why_a_training_stopped_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    stopping = bl.EarlyStopping("loss", patience=1)
    history = bl.fit(dense(), floats(), epochs=50, optimizer=bl.SGD(5.0), callbacks=[stopping])
    assert capsys.readouterr().out.splitlines()[-1] == history.stopped


CHILD = """
import sys
import backlit
from tests.training.problems import dense, floats
try:
    backlit.fit(dense(), floats(40), validation=floats(9), epochs=2, batch_size=4,
                optimizer=backlit.SGD(float(sys.argv[1])))
except backlit.errors.TrainingError as problem:
    sys.exit(str(problem))
"""


def chunks(descriptor: int) -> Iterator[bytes]:
    """What comes from a pseudo-terminal until its other end is closed."""
    while select.select([descriptor], [], [], 60)[0]:
        try:
            chunk = os.read(descriptor, 65536)
        except OSError:  # how Linux says that it is closed
            return
        if not chunk:
            return
        yield chunk


def on_a_terminal(rate: str, **variables: str) -> str:
    """Everything that a training writes to a pseudo-terminal of 80 columns."""
    import pty

    ours, theirs = pty.openpty()
    environment = {**os.environ, "COLUMNS": "80", "TERM": "xterm-256color", **variables}
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, rate], cwd=ROOT, stdout=theirs, stderr=theirs, env=environment
    )
    os.close(theirs)
    output = b"".join(chunks(ours)).decode()
    os.close(ours)
    process.wait(timeout=60)
    return output


ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
posix = pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX are pseudo-terminals")


@posix
def test_on_a_real_terminal() -> None:
    output = on_a_terminal("0.01")
    lines = [line.strip() for line in re.split(r"[\r\n]+", ESCAPE.sub("", output))]
    for epoch in (1, 2):
        row = rf"{epoch}/2( +\d\.\d{{4}} +\d+\.\d\d%){{2}} +[\d,]+ +(\d+ ms|\d\.\d s)"
        assert sum(re.fullmatch(row, line) is not None for line in lines) == 1
    assert any("━" in line for line in lines)
    assert output.rindex("\x1b[?25h") > output.rindex("\x1b[?25l")  # the cursor is back


@posix
def test_a_training_that_fails_leaves_the_terminal_in_order() -> None:
    output = on_a_terminal("1e300")
    assert output.rindex("\x1b[?25h") > output.rindex("\x1b[?25l")
    # The sentence begins at the left margin, and no moving line is left below it.
    after = ESCAPE.sub("", output[output.rindex("\x1b[?25h") :])
    assert re.search(r"(^|[\r\n])epoch 1, batch \d+ of 10 .*extreme values\s*$", after, re.DOTALL)


@posix
def test_no_color_is_no_color() -> None:
    color = re.compile(r"\x1b\[[0-9;]*(3[0-8]|9[0-7]|4[0-8])[0-9;]*m")
    assert color.search(on_a_terminal("0.01"))
    assert not color.search(on_a_terminal("0.01", NO_COLOR="1"))
