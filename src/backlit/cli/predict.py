"""``backlit predict RUN IMAGE...``: what a trained network takes pictures for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import options, parsing
from .help import DATA, OUTPUT
from .opening import open_network
from .options import flag, option
from .output import columns, console, percent, print_json, say_error
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

    Pictures are cut and scaled to the network's size. One that cannot be read does not keep the
    others from being looked at; the exit status is 1 then.
    """
    net = open_network(run, engine)
    answers, failures = _answers(net, images, invert, top)
    if json:
        print_json({"predictions": answers, "failed": failures})
    else:
        _print(answers)
    for failure in failures:
        say_error(failure["error"])
    return FAILED if failures else DONE


def _answers(
    net: Network, images: list[Path], invert: bool | None, top: int
) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """For each picture what the network says, and the pictures that could not be read."""
    from backlit.errors import DataError

    answers, failures = [], []
    for path in images:
        try:
            answers.append(_answer(net, path, invert, top))
        except DataError as problem:
            failures.append({"file": str(path), "error": str(problem)})
    return answers, failures


def _answer(net: Network, path: Path, invert: bool | None, top: int) -> dict[str, Any]:
    from backlit.data.prediction import is_inverted, load_image

    picture = load_image(path, net.input_shape)  # type: ignore[arg-type]
    turned = invert
    if turned is None:
        turned = net.normalization is not None and is_inverted(picture, net.normalization)
    probabilities = net.predict_probabilities((255 - picture if turned else picture)[None])[0]
    ranking = [int(number) for number in (-probabilities).argsort(kind="stable")[:top]]
    best = [
        {
            "class": net.classes[number] if net.classes else str(number),
            "class_number": number,
            "probability": float(probabilities[number]),
        }
        for number in ranking
    ]
    return {"file": str(path), **best[0], "top": best, "inverted": turned}


def _print(answers: list[dict[str, Any]]) -> None:
    rows = []
    for answer in answers:
        first, *others = [
            f"{percent(each['probability']):>7}  {each['class']}" for each in answer["top"]
        ]
        name = answer["file"] + (" (inverted)" if answer["inverted"] else "")
        rows.append((name, first, "   ".join(others)))
    if rows:
        console().print(columns(("picture", "probability, class", "then"), rows), soft_wrap=True)
