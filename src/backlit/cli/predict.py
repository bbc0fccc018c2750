"""``backlit predict RUN IMAGE...``: what a trained network takes pictures for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backlit.errors import DataError, RunError

from . import options, parsing
from .help import DATA, OUTPUT
from .options import flag, option
from .output import columns, console, percent, print_json, say, say_error
from .status import DONE, FAILED

if TYPE_CHECKING:
    from backlit.runs import Prediction

EXAMPLES = """
backlit predict runs/digits five.png
backlit predict runs/digits scans/*.png --top 1
backlit predict runs/digits five.png --json
"""


def command(
    run: options.Run,
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE...", help="The picture files.")],
    invert: Annotated[
        bool | None,
        flag(
            DATA,
            "--invert/--no-invert",
            "Turn dark into light, or leave it. By default a gray picture is inverted if its "
            "background is light and that of the training pictures dark, or the other way round.",
        ),
    ] = None,
    top: Annotated[
        int, option(OUTPUT, "N", "Number of classes to name for each picture.", parsing.count)
    ] = 3,
    engine: options.Engine = None,
    json: options.Json = False,
) -> int:
    """Say which class a trained network sees in pictures.

    Let the subject fill the picture, as in the training pictures. A picture is scaled to the
    network's size. One of other proportions is first cut to its middle, as the pictures of a folder
    are for training, or, for a network that was trained on digits, mnist or fashion-mnist, widened
    with its background. The answer tells what was done.

    A picture that cannot be read does not stop the others; the exit status is then 1.
    """
    predict = _predict(run, invert, engine)
    answers, failures = [], []
    for path in images:
        try:
            answers.append(predict(path).to_dict(top))
        except DataError as problem:
            failures.append({"file": str(path), "error": str(problem)})
    if json:
        print_json({"predictions": answers, "failed": failures})
    else:
        _print(answers)
    for answer in answers:
        if answer["uniform"]:
            say(
                f"backlit: {answer['file']}: all its pixels are equal, so what the network says "
                "of it means nothing"
            )
    for failure in failures:
        say_error(failure["error"])
    return FAILED if failures else DONE


def _predict(run: Path, invert: bool | None, engine: str | None) -> Callable[[Path], Prediction]:
    """What predicts the class of a picture: a run, or a network in a file."""
    from backlit.runs import open_network, open_run
    from backlit.runs.prediction import predict_file

    try:
        return partial(open_run(run, engine=engine).prediction, invert=invert)
    except RunError:  # a network in a file, or what is left of a run
        return partial(predict_file, open_network(run, engine), invert=invert)


def _print(answers: list[dict[str, Any]]) -> None:
    """A line for each class of each picture, the likeliest first, and how the picture was read."""
    rows = [row for answer in answers for row in _rows(answer)]
    headings = ["picture", "class", "probability", "how it was read"]
    if not any(row[-1] for row in rows):  # as they are, all of them
        headings, rows = headings[:-1], [row[:-1] for row in rows]
    if not rows:
        return
    out = console()
    lines = columns(headings, rows).splitlines()
    if max(map(len, lines)) > out.width:  # a long path has a line of its own
        lines = columns(headings[1:], [row[1:] for row in rows]).splitlines()
        names = ["", *(row[0] for row in rows)]
        lines = [
            each
            for name, line in zip(names, lines, strict=True)
            for each in ([name, f"  {line}"] if name else [f"  {line}"])
        ]
    out.print("\n".join(lines), soft_wrap=True)


def _rows(answer: dict[str, Any]) -> list[list[str]]:
    """Picture, class, probability and what was done to the picture; the names once."""
    done = [answer["framed"], "inverted" if answer["inverted"] else ""]
    rows = [
        ["", each["class"], percent(each["probability"]).rjust(len("probability")), ""]
        for each in answer["top"]
    ]
    rows[0][0], rows[0][-1] = answer["file"], ", ".join(filter(None, done))
    return rows
