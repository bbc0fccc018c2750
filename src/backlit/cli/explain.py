"""``backlit explain RUN ADDRESS``: one number of a network, and how it came about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from . import options, parsing
from .help import DATA, EXPLANATION
from .options import flag, option

if TYPE_CHECKING:
    pass

EXAMPLES = """
backlit explain runs/digits
backlit explain runs/digits 'conv1.weight[0,0,1,1]' --image 17
backlit explain runs/digits 'conv1.weight[0,0,1,1]' --misclassified
backlit explain runs/digits 'conv2.bias[3]' --images 0:64 --no-story
backlit explain runs/digits 'relu1.error[0,2,3,3]' --terms 20 --order loop
backlit explain runs/digits 'dense1.weight[4,10]' --json
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
        option(DATA, "A:B", "A batch: the images from A up to, without, B.", parsing.image_range),
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
    engine: options.Engine = None,
    json: options.Json = False,
) -> None:
    """Explain one number of a network by the numbers that it is made of.

    For a weight: the equation of its gradient with the numbers of one image or a batch, term by
    term, and the story of how the error came back to it and what the optimizer makes of it.
    """
