"""``backlit explain RUN ADDRESS``: one number of a network, and how it came about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backlit.errors import AddressError

from . import options, parsing
from .help import DATA, EXPLANATION, OUTPUT
from .options import flag, option
from .output import columns, console, paragraph, percent, print_json, together

if TYPE_CHECKING:
    from backlit.explain import Address, Explanation, Flip, Story, Trace, Update
    from backlit.explain.nudge import Nudge
    from backlit.network import Network
    from backlit.runs import Batch, Run

EXAMPLES = """
backlit explain runs/digits
backlit explain runs/digits 'conv1.weight[0,0,1,1]' --image 17
backlit explain runs/digits 'conv1.weight[0,0,1,1]' --misclassified
backlit explain runs/digits 'conv2.bias[3]' --images 0:64 --no-story
backlit explain runs/digits 'relu1.error[0,2,3,3]' --terms 20 --order loop
backlit explain runs/digits 'dense1.weight[4,10]' --json
backlit explain runs/digits --images 0:8 --html page.html
"""


# Which images, and in which way they pass the network.
_PASS = ("image", "images", "misclassified", "split", "data_dir", "evaluation", "engine")
# How one number is told.
_TELLING = ("nudge", "epsilon", "terms", "order", "learning_rate", "story")


def command(
    context: typer.Context,
    run: options.RunFolder,
    address: Annotated[
        str | None,
        typer.Argument(
            metavar="ADDRESS",
            help="The number to explain, such as 'conv1.weight[0,0,1,2]', 'conv1.bias[0]', "
            "'relu1.output[0,3,5,6]', 'relu1.error[0,3,5,6]', 'input[0,0,3,4]', 'probability[0,7]' "
            "or loss. Indices count from 0; the first index of an output, an error, an input or a "
            "probability is the image's place in the batch. Without an address, all arrays are "
            "listed.",
        ),
    ] = None,
    image: Annotated[
        int | None,
        option(
            DATA,
            "N",
            "Explain image N of the split, counted from 0; by default the first.",
            parsing.number_from_zero,
        ),
    ] = None,
    images: Annotated[
        range | None,
        option(
            DATA,
            "A:B",
            "Explain a batch, the images from A up to B, without B, such as 0:64. With --image as "
            "well, the story follows that image of the batch.",
            parsing.image_range,
        ),
    ] = None,
    misclassified: Annotated[
        bool, flag(DATA, "--misclassified", "Explain the first image that the network gets wrong.")
    ] = False,
    split: Annotated[
        str,
        option(
            DATA, "NAME", "Part of the data that the images are from: test or train.", parsing.split
        ),
    ] = "test",
    data_dir: options.DataDir = None,
    story: Annotated[
        bool,
        flag(
            EXPLANATION,
            "--story/--no-story",
            "Tell, for a weight or a bias, how the error came from the loss back to it.",
        ),
    ] = True,
    nudge: Annotated[
        bool,
        flag(
            EXPLANATION,
            "--nudge",
            "Change the number by ±ε and measure what the loss really does; and look for the "
            "nearest value at which the image is taken for another class.",
        ),
    ] = False,
    epsilon: Annotated[
        float, option(EXPLANATION, "NUMBER", "The ε of the nudge.", parsing.positive)
    ] = 1e-3,
    terms: Annotated[
        int | None,
        option(
            EXPLANATION,
            "N",
            "Number of terms to list; by default 8, with --json all.",
            parsing.count,
        ),
    ] = None,
    order: Annotated[
        str,
        option(
            EXPLANATION,
            "NAME",
            "Order of the terms: largest (the largest first) or loop (that of the equation).",
            parsing.order,
        ),
    ] = "largest",
    learning_rate: Annotated[
        float | None,
        option(
            EXPLANATION,
            "RATE",
            "Show an update by plain SGD with this rate, not by the run's own rule.",
            parsing.positive,
        ),
    ] = None,
    html: Annotated[
        Path | None,
        option(
            OUTPUT,
            "FILE",
            "Write a page for a browser, on which every number can be followed, even offline. By "
            "default it shows the first eight images.",
        ),
    ] = None,
    evaluation: options.Evaluation = False,
    engine: options.Engine = None,
    json: options.Json = False,
) -> None:
    """Explain one number of a network by the numbers that it is made of.

    For a weight: the equation of its gradient with the numbers of one image or a batch, term by
    term; the story of how the error came from the loss back to it; and its update by the run's own
    rule.
    """
    if address is None and html is None:
        why = "is for the explanation of one number: name its ADDRESS"
        parsing.refuse(context, (*_PASS, *_TELLING), f"{why} (without it, all arrays are listed)")
        from backlit.runs import open_network

        _list(open_network(run, "pure"), json)
        return
    parsing.not_both(image=image is not None, misclassified=misclassified)
    parsing.not_both(json=json, html=html is not None)
    if html is not None:
        parsing.refuse(context, _TELLING, "does not apply to the page of --html: leave one out")
    if json:
        parsing.refuse(context, ["order"], "does not apply to --json: leave one out")
    from backlit.explain.address import addressable_shapes, find_address
    from backlit.runs import open_run

    found = open_run(run, engine=engine, data_dir=data_dir, progress=not json)
    several = html is not None and image is None and images is None and not misclassified
    batch = found.batch(
        slice(options.SEVERAL) if several else images,
        split=split,
        image=image,
        misclassified=misclassified,
    )
    # Checked before the work begins:
    shapes = addressable_shapes(found.network.graph, len(batch.labels))
    number = None if address is None else find_address(address, shapes)
    if number and html is None:
        _refuse_what_does_not_apply(context, number)
    if number and images is not None and batch.chosen is not None:
        _check_image(number, batch, "--image" if image is not None else "--misclassified")
    trace = found.explain(batch, training=False if evaluation else None)
    if html:
        _write_page(html, trace, batch, number, found)
        return
    assert number is not None
    rule = None if learning_rate is None else found.plain_rule(learning_rate)
    explanation = trace[number]
    told_story = update = None
    if number.is_parameter and story:
        told_story = trace.story(explanation, image=batch.chosen, optimizer=rule, epsilon=epsilon)
        update = told_story.update
    elif number.is_parameter:
        update = explanation.update(rule)
    nudged = flipped = None
    if nudge:
        nudged = (told_story and told_story.nudge) or explanation.nudge(epsilon)
        flipped = explanation.flip(told_story.image if told_story else batch.chosen)
    told = Told(found, batch, trace, explanation, update, nudged, flipped, told_story)
    if json:
        print_json(_document(told, terms))
    else:
        _show(told, terms or 8, order)


@dataclass(frozen=True)
class Told:
    """What is told of one number; None for what was not asked for or does not apply to it."""

    run: Run
    batch: Batch
    trace: Trace
    explanation: Explanation
    update: Update | None
    nudge: Nudge | None
    flip: Flip | None
    story: Story | None


def _refuse_what_does_not_apply(context: typer.Context, number: Address) -> None:
    """A rate is for what is learned, and ε for a nudge, which ends a story."""
    if not number.is_parameter:
        why = f"is for the update of a weight or a bias, and {number} is not learned: leave it out"
        parsing.refuse(context, ["learning_rate"], why)
    if not context.params["nudge"] and not (number.is_parameter and context.params["story"]):
        parsing.refuse(context, ["epsilon"], "is the ε of a nudge: add --nudge")


def _check_image(address: Address, batch: Batch, option: str) -> None:
    """An address may not mean another image of the batch than the one that was picked.

    Raises:
        AddressError: it does.
    """
    if address.is_parameter or not address.index or address.index[0] == batch.chosen:
        return
    assert batch.chosen is not None
    right = replace(address, index=(batch.chosen, *address.index[1:]))
    span = f"{batch.indices[0]}:{batch.indices[-1] + 1}"
    raise AddressError(
        f"{address} is of image number {address.index[0]} of the batch {span}, but {option} picks "
        f"number {batch.chosen}: write '{right}', or leave out {option}"
    )


def _list(network: Network, json: bool) -> None:
    """Every array whose numbers can be explained."""
    from backlit.explain.address import addressable_shapes

    shapes = addressable_shapes(network.graph, 1)
    if json:
        print_json({"arrays": shapes})
        return
    rows = [(name, " × ".join(map(str, shape)) or "one number") for name, shape in shapes.items()]
    out = console()
    out.print("What can be explained, with its size (of outputs and errors, images first):\n")
    out.print(columns(("name", "size"), rows), soft_wrap=True)


def _document(told: Told, terms: int | None) -> dict[str, Any]:
    """All that is told, for JSON."""
    return {
        "run": told.run.folder,
        "engine": told.trace.snapshot.engine,
        "split": told.batch.split,
        "images": list(told.batch.indices),
        "training": told.trace.recording.training,
        "labels": told.batch.labels,
        "loss": told.trace.recording.loss,
        "explanation": told.explanation.to_dict(terms),
        "update": told.update.to_dict() if told.update else None,
        "nudge": told.nudge.to_dict() if told.nudge else None,
        "flip": told.flip.to_dict() if told.flip else None,
        "story": told.story.to_dict() if told.story else None,
    }


def _show(told: Told, terms: int, order: str) -> None:
    """Print all that is told."""
    from backlit.views.explanation import render_explanation
    from backlit.views.nudge import render_flip, render_nudge, render_update
    from backlit.views.story import render_story

    out = console()
    paragraph(" ".join(filter(None, (_about_the_images(told), _about_the_mode(told.trace)))))
    out.print()
    out.print(render_explanation(told.explanation, terms=terms, order=order))
    if told.story:
        out.print()
        out.print(render_story(told.story))
    elif told.update:
        out.print()
        out.print(render_update(told.update))
    if told.nudge and not told.story:  # a story ends with the nudge
        out.print()
        out.print(render_nudge(told.nudge))
    if told.flip:
        out.print()
        out.print(render_flip(told.flip))


def _about_the_mode(trace: Trace) -> str:
    from backlit.explain.sentences import mode_words

    training = trace.recording.training
    words = mode_words(trace.graph, training)
    return f"{words} (--evaluation shows the other.)" if words and training else words


def _about_the_images(told: Told) -> str:
    batch, trace = told.batch, told.trace
    span = f"{batch.indices[0]} to {batch.indices[-1]}"
    if batch.chosen is None:
        return f"A batch of {len(batch.labels):,} {batch.split} images, {span}."
    probabilities = trace.recording.probabilities[batch.chosen]
    label, guess = int(batch.labels[batch.chosen]), int(probabilities.argmax())
    place = "the only image of its batch, so number 0"
    if len(batch.labels) > 1:
        place = f"number {batch.chosen} in the batch of the images {span}"
    verdict = "recognized" if label == guess else f"taken for {trace.class_name(guess)}"
    return (
        f"Image {batch.indices[batch.chosen]} of the {batch.split} images ({place}): class "
        f"{trace.class_name(label)}, {verdict} ({percent(float(probabilities[guess]))})."
    )


def _write_page(file: Path, trace: Trace, batch: Batch, number: Address | None, run: Run) -> None:
    """Write the page on which every number of the batch can be followed."""
    from backlit.system.writing import write_atomically
    from backlit.web import page

    text = page(
        trace,
        f"{run.folder.resolve().name}: {batch.split} images",
        address=None if number is None else str(number),
        image=batch.chosen,
        indices=batch.indices,
        run=run,
    ).encode()
    write_atomically(file, text)
    size = f"{len(text) / 1e6:.1f} MB"
    paragraph(f"{together(str(file))} ({size}) can be opened in any browser.")
