"""``backlit explain RUN ADDRESS``: one number of a network, and how it came about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backlit.errors import AddressError

from . import options, parsing
from .help import DATA, EXPLANATION, OUTPUT
from .opening import open_network, open_run, open_to_explain
from .options import flag, option
from .output import columns, console, paragraph, percent, print_json, together

if TYPE_CHECKING:
    from backlit.explain import Address, Explanation, Story, Trace, Update
    from backlit.network import Network
    from backlit.training import Run
    from backlit.training.update_rule import UpdateRule

    from .batch import Batch

EXAMPLES = """
backlit explain runs/digits
backlit explain runs/digits 'conv1.weight[0,0,1,1]' --image 17
backlit explain runs/digits 'conv1.weight[0,0,1,1]' --misclassified
backlit explain runs/digits 'conv2.bias[3]' --images 0:64 --no-story
backlit explain runs/digits 'relu1.error[0,2,3,3]' --terms 20 --order loop
backlit explain runs/digits 'dense1.weight[4,10]' --json
backlit explain runs/digits --images 0:8 --html page.html
"""


def command(
    run: options.Run,
    address: Annotated[
        str | None,
        typer.Argument(
            metavar="ADDRESS",
            help="Which number: 'conv1.weight[0,0,1,2]', 'conv1.bias[0]', 'relu1.output[0,3,5,6]', "
            "'relu1.error[0,3,5,6]', 'input[0,0,3,4]', 'probability[0,7]' or loss. Indices count "
            "from 0; that of the image counts within the batch. Without it, all that there is.",
        ),
    ] = None,
    image: Annotated[
        int | None,
        option(
            DATA, "N", "Explain this image of the test images, from 0.", parsing.number_from_zero
        ),
    ] = None,
    images: Annotated[
        range | None,
        option(
            DATA,
            "A:B",
            "A batch: the images from A up to, without, B. With --image as well, the story follows "
            "that image of the batch, and addresses count within the batch.",
            parsing.image_range,
        ),
    ] = None,
    misclassified: Annotated[
        bool, flag(DATA, "--misclassified", "Take the first image that the network gets wrong.")
    ] = False,
    split: Annotated[
        str, option(DATA, "NAME", "Which images: test or train.", parsing.split)
    ] = "test",
    data_dir: options.DataDir = None,
    story: Annotated[
        bool,
        flag(
            EXPLANATION,
            "--story/--no-story",
            "Tell, for a weight or a bias, how the error came from the loss to it, or not.",
        ),
    ] = True,
    nudge: Annotated[
        bool,
        flag(EXPLANATION, "--nudge", "Turn the number by ±ε, and see what the loss really does."),
    ] = False,
    epsilon: Annotated[
        float, option(EXPLANATION, "NUMBER", "The ε of the nudge.", parsing.positive)
    ] = 1e-3,
    terms: Annotated[
        int | None, option(EXPLANATION, "N", "How many terms to list.", parsing.count)
    ] = None,
    order: Annotated[
        str,
        option(EXPLANATION, "NAME", "Of the terms: largest (first) or loop.", parsing.order),
    ] = "largest",
    learning_rate: Annotated[
        float | None,
        option(
            EXPLANATION,
            "RATE",
            "Show the update of plain SGD at this rate, instead of the run's optimizer.",
            parsing.positive,
        ),
    ] = None,
    html: Annotated[
        Path | None,
        option(
            OUTPUT,
            "FILE",
            "Write a page to be opened in a browser, on which every number can be followed; it "
            "needs no network. Without a choice of images it shows the first eight.",
        ),
    ] = None,
    evaluation: options.Evaluation = False,
    engine: options.Engine = None,
    json: options.Json = False,
) -> None:
    """Explain one number of a network by the numbers that it is made of.

    For a weight: the equation of its gradient with the numbers of one image or a batch, term by
    term, and the story of how the error came back to it and what the optimizer makes of it.
    """
    if address is None and html is None:
        _list(open_network(run, "pure"), json)
        return
    if image is not None and misclassified:
        raise typer.BadParameter("one of them, not both", param_hint="--image, --misclassified")
    if json and html:
        raise typer.BadParameter("one of them, not both", param_hint="--json, --html")
    from backlit.explain import explain
    from backlit.explain.address import elements, find_address

    from .batch import AT_A_TIME, Choice, take
    from .page_file import SEVERAL, write_page

    network = open_to_explain(run, engine, AT_A_TIME if misclassified else 1)
    found = open_run(run)
    choice = Choice(split, image, images, misclassified, SEVERAL if html else None)
    batch = take(found, network, choice, data_dir, progress=not json)
    count = len(batch.labels)
    # Before the work begins:
    asked = address and find_address(address, elements(network.graph, count))
    if asked and images is not None and batch.chosen is not None:
        _check_image(asked, batch, "--image" if image is not None else "--misclassified")
    training = choice.in_training(network.graph, evaluation)
    trace = explain(open_to_explain(run, engine, count), batch.images, batch.labels, training)
    if html:
        size = write_page(trace, batch, address, html)
        paragraph(f"{together(str(html))} ({size / 1e6:.1f} MB) can be opened in any browser.")
        return
    assert address is not None
    told = Told(trace, address, batch, Asked(learning_rate, epsilon, story, nudge))
    if json:
        print_json(told.to_dict(terms))
    else:
        told.show(terms or 8, order)


def _check_image(address: Address, batch: Batch, option: str) -> None:
    """An address may not mean another image of the batch than the one that was picked.

    Raises:
        AddressError: it does.
    """
    if address.is_parameter or not address.index or address.index[0] == batch.chosen:
        return
    assert batch.chosen is not None
    right = replace(address, index=(batch.chosen, *address.index[1:]))
    span = f"{batch.indices.start}:{batch.indices.stop}"
    raise AddressError(
        f"{address} is of image number {address.index[0]} of the batch {span}, but {option} picks "
        f"number {batch.chosen}: write '{right}', or leave out {option}"
    )


def _list(network: Network, json: bool) -> None:
    """Every array whose numbers can be explained."""
    from backlit.explain.address import elements

    shapes = elements(network.graph, 1)
    if json:
        print_json({"arrays": shapes})
        return
    rows = [(name, " × ".join(map(str, shape)) or "one number") for name, shape in shapes.items()]
    out = console()
    out.print("What can be explained, with its size (of outputs and errors, images first):\n")
    out.print(columns(("name", "size"), rows), soft_wrap=True)


def _rule(run: Run, network: Network, parameter: str, learning_rate: float | None) -> UpdateRule:
    """By what the weight is changed: the run's own rule, unless a rate was given."""
    from backlit.training import SGD
    from backlit.training.update_rule import UpdateRule
    from backlit.training.words import about_the_update

    if learning_rate is None:
        return UpdateRule.of_run(run, parameter, network.parameters[parameter])
    plain = SGD(learning_rate)
    return UpdateRule(plain, note=about_the_update(run.settings, plain))


@dataclass(frozen=True)
class Asked:
    """What is to be told of a number beside its explanation."""

    learning_rate: float | None
    epsilon: float
    story: bool
    nudge: bool


class Told:
    """What is told of one number: the parts that were asked for and that apply to it."""

    def __init__(self, trace: Trace, address: str, batch: Batch, asked: Asked) -> None:
        self.trace, self.batch = trace, batch
        self.explanation: Explanation = trace[address]
        self.nudge = self.explanation.nudge(asked.epsilon) if asked.nudge else None
        self.update: Update | None = None
        self.story: Story | None = None
        own = self.explanation.address
        if not own.is_parameter:
            return
        rule = _rule(batch.run, batch.network, own.name, asked.learning_rate)
        self.update = self.explanation.update(
            rule.optimizer, state=rule.state, note=rule.note, clip=rule.clip
        )
        if asked.story:
            self.story = trace.story(
                own,
                image=batch.chosen,
                optimizer=rule.optimizer,
                state=rule.state,
                epsilon=asked.epsilon,
                note=rule.note,
                clip=rule.clip,
            )

    def to_dict(self, terms: int | None) -> dict[str, Any]:
        """For JSON; ``update``, ``nudge`` and ``story`` are null where they were not told."""
        return {
            "run": self.batch.run.folder,
            "engine": self.trace.snapshot.engine,
            "split": self.batch.split,
            "images": list(self.batch.indices),
            "training": self.trace.recording.training,
            "labels": self.batch.labels,
            "loss": self.trace.recording.loss,
            "explanation": self.explanation.to_dict(terms),
            "update": self.update.to_dict() if self.update else None,
            "nudge": self.nudge.to_dict() if self.nudge else None,
            "story": self.story.to_dict() if self.story else None,
        }

    def show(self, terms: int, order: str) -> None:
        """Print it all."""
        from backlit.views.explanation import render_explanation
        from backlit.views.nudge import render_nudge, render_update
        from backlit.views.story import render_story

        out = console()
        paragraph(" ".join(filter(None, (self._about_the_images(), self._about_the_mode()))))
        out.print()
        out.print(render_explanation(self.explanation, terms=terms, order=order))
        if self.story:
            out.print()
            out.print(render_story(self.story))
        elif self.update:
            out.print()
            out.print(render_update(self.update))
        if self.nudge and not self.story:  # a story ends with the nudge
            out.print()
            out.print(render_nudge(self.nudge))

    def _about_the_mode(self) -> str:
        from backlit.explain.mode import mode_words

        training = self.trace.recording.training
        words = mode_words(self.trace.graph, training)
        return f"{words} (--evaluation shows the other.)" if words and training else words

    def _about_the_images(self) -> str:
        batch = self.batch
        if batch.chosen is None:
            span = f"{batch.indices.start} to {batch.indices.stop - 1}"
            return f"A batch of {len(batch.labels):,} {batch.split} images, {span}."
        probabilities = self.trace.recording.probabilities[batch.chosen]
        names = batch.network.classes or [str(k) for k in range(len(probabilities))]
        label, guess = int(batch.labels[batch.chosen]), int(probabilities.argmax())
        place = "the only image of its batch, so number 0"
        if len(batch.labels) > 1:
            span = f"{batch.indices.start} to {batch.indices.stop - 1}"
            place = f"number {batch.chosen} in the batch of the images {span}"
        verdict = "recognized" if label == guess else f"taken for {names[guess]}"
        return (
            f"Image {batch.indices[batch.chosen]} of the {batch.split} images ({place}): class "
            f"{names[label]}, {verdict} ({percent(float(probabilities[guess]))})."
        )
