"""``backlit predict RUN IMAGE...``: what a trained network takes pictures for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import options, parsing
from .help import DATA, OUTPUT
from .opening import open_network, open_run
from .options import flag, option
from .output import columns, console, percent, print_json, say, say_error
from .plan import Plan
from .status import DONE, FAILED

if TYPE_CHECKING:
    from backlit import Network

EXAMPLES = """
backlit predict runs/digits five.png
backlit predict runs/digits scans/*.png --top 1
backlit predict runs/digits five.png --json
"""


def command(
    run: options.Run,
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE...", help="Picture files.")],
    invert: Annotated[
        bool | None,
        flag(
            DATA,
            "--invert/--no-invert",
            "Turn dark into light or not. By default a grey picture is turned where its "
            "background is light and that of the training pictures dark, or the other way round.",
        ),
    ] = None,
    top: Annotated[
        int, option(OUTPUT, "N", "How many classes to name for each picture.", parsing.count)
    ] = 3,
    engine: options.Engine = None,
    json: options.Json = False,
) -> int:
    """Say which class a trained network sees in pictures.

    Let the subject fill the picture, as in the training pictures. A picture is scaled to the
    network's size; one of other proportions is cut about its middle first, as the pictures of a
    folder are for training. For a network that was trained on digits, mnist or fashion-mnist it is
    widened with its background instead. Either is said.

    A picture that cannot be read does not keep the others from being looked at; the exit status is
    1 then.
    """
    net = open_network(run, engine)
    looked = Look(net, pad=is_widened(run), invert=invert, top=top)
    answers, failures = _answers(looked, images)
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


@dataclass(frozen=True)
class Look:
    """How pictures are looked at."""

    net: Network
    pad: bool
    invert: bool | None
    top: int


def is_widened(run: Path) -> bool:
    """Whether the training pictures were never cut, so that a picture should not be either."""
    from backlit.data.prediction import ON_PLAIN_GROUND
    from backlit.data.published import forgiving
    from backlit.errors import BacklitError

    try:
        found = open_run(run)
        plan = Plan.of_run(run, found.config)
    except BacklitError:  # a saved network, or a run of Python's
        return False
    known = {forgiving(name) for name in ON_PLAIN_GROUND}
    return plan.image_size is None and forgiving(plan.data) in known


def _answers(look: Look, images: list[Path]) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """For each picture what the network says, and the pictures that could not be read."""
    from backlit.errors import DataError

    answers, failures = [], []
    for path in images:
        try:
            answers.append(_answer(look, path))
        except DataError as problem:
            failures.append({"file": str(path), "error": str(problem)})
    return answers, failures


def _answer(look: Look, path: Path) -> dict[str, Any]:
    from backlit.data.prediction import read

    net = look.net
    shape: tuple[int, int, int] = net.input_shape  # type: ignore[assignment]
    reading = read(
        path.expanduser(),
        shape,
        invert=look.invert,
        normalization=net.normalization,
        pad=look.pad,
    )
    picture = reading.picture
    probabilities = net.predict_probabilities(picture[None])[0]
    ranking = [int(number) for number in (-probabilities).argsort(kind="stable")[: look.top]]
    best = [
        {
            "class": net.classes[number] if net.classes else str(number),
            "class_number": number,
            "probability": float(probabilities[number]),
        }
        for number in ranking
    ]
    return {
        "file": str(path),
        **best[0],
        "top": best,
        "inverted": reading.inverted,
        "framed": reading.framed,
        "uniform": bool((picture == picture[:, :1, :1]).all()),
    }


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
