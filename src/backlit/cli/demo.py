"""``backlit demo``: train on handwritten digits, then follow one mistake back into one weight."""

from __future__ import annotations

import json as jsons
import shutil
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from . import options, parsing
from .help import OUTPUT, TRAINING
from .options import option
from .output import console, paragraph, percent, print_json, together
from .train import document

if TYPE_CHECKING:
    from backlit.explain import Story, Trace
    from backlit.runs import Run

EXAMPLES = """
backlit demo
backlit demo --seed 1 --epochs 3
backlit demo --out runs/mine
"""
PAGE = "page.html"  # in the run's folder
LEARNING_RATE = 0.02  # of the training, and of the plain SGD step that the story ends with
# Under a minute on one core, and above 97 % on digits that the network has not seen.
RECIPE: dict[str, Any] = {
    "data": "digits",
    "model": "small",
    "validation": 0.0,
    "epochs": 6,
    "batch_size": 8,
    "learning_rate": LEARNING_RATE,
    "schedule": "cosine",
    "warm_up": 0.1,
    "command": "demo",
}


def command(
    out: Annotated[
        Path,
        option(OUTPUT, "RUN", "Folder of the run; an earlier demo in it is replaced."),
    ] = Path("runs/demo"),
    seed: Annotated[
        int,
        option(
            TRAINING,
            "N",
            "Random seed for the weights and the image order.",
            parsing.number_from_zero,
        ),
    ] = 0,
    epochs: Annotated[
        int, option(TRAINING, "N", "Number of passes over the training images.", parsing.count)
    ] = RECIPE["epochs"],
    engine: options.Engine = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Train on handwritten digits, then explain one weight number by number.

    Trains a small network on the digits that come with the package, takes one that it gets wrong,
    and tells how that error reaches one weight of the first convolution and changes it.
    """
    from backlit.runs import TrainingPlan, training

    _remove_earlier(out)
    plan = TrainingPlan(**{**RECIPE, "seed": seed, "epochs": epochs, "engine": engine})
    with redirect_stdout(sys.stderr):  # standard output is for the result
        if not quiet:
            print("Handwritten digits, 8×8 pixels, come with the package.")
        run = training.begin(plan, out, progress=not quiet)
    image, story, trace = _story(run)
    page = _write_page(run, image, story, trace)
    if json:
        print_json({**document(run), "image": image, "story": story.to_dict(), "page": page})
    else:
        _print(run, image, story, page)


def _remove_earlier(out: Path) -> None:
    """Make room for a new demo where an earlier one was; anything else is left alone."""
    try:
        config = jsons.loads((out / "config.json").read_text(encoding="utf-8"))
        if config["description"]["plan"]["command"] == RECIPE["command"]:
            shutil.rmtree(out)
    except (OSError, ValueError, TypeError, KeyError):
        return


def _story(run: Run) -> tuple[int, Story, Trace]:
    """The first digit that it gets wrong, and how that changes a weight of the first layer."""
    from backlit.explain.address import steepest_weight
    from backlit.runs.suggestion import first_mistake

    number = first_mistake(run) or 0
    trace = run.explain(images=number)
    address = steepest_weight(trace.recording.gradients)
    assert address is not None  # the recipe's network has weights
    return number, trace.story(address, optimizer=run.plain_rule(LEARNING_RATE)), trace


def _write_page(run: Run, image: int, story: Story, trace: Trace) -> Path:
    """The page on which the story can be followed into every number; where it is."""
    from backlit.system.writing import write_atomically
    from backlit.web import page

    title = f"demo: test image {image}"
    text = page(trace, title, address=str(story.address), indices=[image], run=run)
    file = run.folder / PAGE
    write_atomically(file, text.encode())
    return file


def _print(run: Run, image: int, story: Story, page: Path) -> None:
    from backlit.system.command_line import command_line
    from backlit.views.story import render_story

    out = console()
    assert run.test_result is not None
    count, accuracy = run.test_result["images"], run.test_result["accuracy"]
    wrong = round(count * (1 - accuracy))
    paragraph(
        f"Of {count} digits that it has not seen the network reads "
        f"{percent(accuracy)} right and {wrong} wrong. What would it learn from a "
        f"mistake? Take the first one, test image {image}: this is how its error travels from the "
        "loss back to one weight of the first convolution, and changes it. Of all weights there it "
        "is the one with the largest gradient."
    )
    out.print()
    out.print(render_story(story))
    folder = run.folder
    same = ("explain", folder, story.address, "--image", image)
    out.print()
    paragraph(
        "All of that, and every other number of this network, can be followed on one page: open "
        f"{together(str(page))} in a browser."
    )
    out.print("\nWhat to try next:")
    for words in (
        # With the story's own rule, so that it shows the same new weight.
        (*same, "--learning-rate", LEARNING_RATE, "--no-story"),
        ("serve", folder, story.address, "--first", image, "--count", 1),
        ("toy",),
        ("explain", folder, "conv2.weight[3,0,1,1]", "--images", "0:64", "--nudge"),
        ("explain", folder),
        ("info", folder),
        ("equations", "conv2d", "--stride", 2),
    ):
        out.print(f"  {command_line(*words)}", soft_wrap=True)
