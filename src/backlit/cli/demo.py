"""``backlit demo``: train on handwritten digits, then follow one mistake back into one weight."""

from __future__ import annotations

import json as jsons
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from . import options, parsing
from .help import OUTPUT, TRAINING
from .opening import open_run, open_to_explain
from .options import option
from .output import command_line, console, paragraph, percent, print_json, say, together
from .plan import Plan
from .training import Trained, begin

if TYPE_CHECKING:
    from backlit.explain import Story, Trace

EXAMPLES = """
backlit demo
backlit demo --seed 1 --epochs 3
backlit demo --out runs/mine
"""
PAGE = "page.html"  # in the run's folder
LEARNING_RATE = 0.02  # of the training, and of the plain SGD step that the story ends with
# Under a minute on one core, and above 97 % on digits that the network has not seen.
RECIPE = Plan(
    data="digits",
    model="small",
    validation=0.0,
    epochs=6,
    batch_size=8,
    learning_rate=LEARNING_RATE,
    schedule="cosine",
    warm_up=0.1,
    command="demo",
)


def command(
    out: Annotated[
        Path,
        option(OUTPUT, "RUN", "The run's folder; an earlier demo in it is replaced."),
    ] = Path("runs/demo"),
    seed: Annotated[
        int,
        option(
            TRAINING, "N", "Of the weights and the order of the images.", parsing.number_from_zero
        ),
    ] = 0,
    epochs: Annotated[
        int, option(TRAINING, "N", "How many times every image is seen.", parsing.count)
    ] = RECIPE.epochs,
    engine: options.Engine = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Train on handwritten digits, then explain one weight number by number.

    Trains a small network on the digits that come with the package, takes one that it gets wrong,
    and tells how that error reaches one weight of the first convolution and changes it.
    """
    _remove_earlier(out)
    plan = replace(RECIPE, seed=seed, epochs=epochs, engine=engine)
    if not quiet:
        say("Handwritten digits, 8×8 pixels, come with the package.")
    trained = begin(plan, out, progress=not quiet)
    image, story, trace = _story(trained, engine)
    page = _write_page(trained, image, story, trace)
    if json:
        print_json({**trained.to_dict(), "image": image, "story": story.to_dict(), "page": page})
    else:
        _print(trained, image, story, page)


def _remove_earlier(out: Path) -> None:
    """Make room for a new demo where an earlier one was; anything else is left alone."""
    try:
        config = jsons.loads((out / "config.json").read_text(encoding="utf-8"))
        if config["description"]["plan"]["command"] == RECIPE.command:
            shutil.rmtree(out)
    except (OSError, ValueError, TypeError, KeyError):
        return


def _write_page(trained: Trained, image: int, story: Story, trace: Trace) -> Path:
    """The page on which the story can be followed into every number; where it is."""
    from backlit.network.saving import write_atomically
    from backlit.web import page

    title = f"demo: test image {image}"
    address = str(story.address)
    text = page(trace, title, address=address, indices=[image], run=trained.run)
    file = trained.run / PAGE
    write_atomically(file, text.encode())
    return file


def _story(trained: Trained, engine: str | None) -> tuple[int, Story, Trace]:
    """The first digit that it gets wrong, and how that changes a weight of the first layer."""
    from backlit.explain import explain
    from backlit.explain.steepest import steepest_weight
    from backlit.training import SGD
    from backlit.training.words import about_the_update

    from .batch import first_wrong

    images, labels = trained.dataset.test
    number = first_wrong(trained.network, images, labels, range(len(labels))) or 0
    part = slice(number, number + 1)
    network = open_to_explain(trained.run, engine, 1)
    trace = explain(network, images[part], labels[part])
    address = steepest_weight(trace.recording.gradients)
    shown = SGD(LEARNING_RATE)
    note = about_the_update(open_run(trained.run).settings, shown)
    return number, trace.story(address, optimizer=shown, note=note), trace


def _print(trained: Trained, image: int, story: Story, page: Path) -> None:
    from backlit.views.story import render_story

    out = console()
    assert trained.test is not None
    count = len(trained.dataset.test_labels)
    wrong = round(count * (1 - trained.test.accuracy))
    paragraph(
        f"Of {count} digits that it has not seen the network reads "
        f"{percent(trained.test.accuracy)} right and {wrong} wrong. What would it learn from a "
        f"mistake? Take the first one, test image {image}: this is how its error travels from the "
        "loss back to one weight of the first convolution, and changes it. Of all weights there it "
        "is the one with the largest gradient."
    )
    out.print()
    out.print(render_story(story))
    run = trained.run
    same = ("explain", run, story.address, "--image", image)
    out.print()
    paragraph(
        "All of that, and every other number of this network, can be followed on one page: open "
        f"{together(str(page))} in a browser."
    )
    out.print("\nWhat to try next:")
    for words in (
        # With the story's own rule, so that it shows the same new weight.
        (*same, "--learning-rate", LEARNING_RATE, "--no-story"),
        ("serve", run, story.address, "--first", image, "--count", 1),
        ("toy",),
        ("explain", run, "conv2.weight[3,0,1,1]", "--images", "0:64", "--nudge"),
        ("explain", run),
        ("info", run),
        ("equations", "conv2d", "--stride", 2),
    ):
        out.print(f"  {command_line(*words)}", soft_wrap=True)
