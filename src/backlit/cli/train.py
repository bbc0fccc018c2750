"""``backlit train DATA --out RUN``: a network learns to tell pictures apart."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import completion, options, parsing
from .help import DATA, NETWORK, OUTPUT, TRAINING
from .options import flag, option
from .output import console, paragraph, percent, print_json

if TYPE_CHECKING:
    from backlit.runs import Run

EXAMPLES = """
backlit train digits --out runs/digits
backlit train fashion-mnist --out runs/fashion --model lenet --limit 1000
backlit train photos --out runs/photos --image-size 32 --early-stopping 3
backlit train digits --out runs/adam --optimizer adam --schedule cosine
backlit train fashion-mnist --out runs/elu --recipe fashion-elu
backlit train --out runs/digits --resume
"""


def command(
    context: typer.Context,
    out: Annotated[
        Path, option(OUTPUT, "RUN", "Folder of the run; a new one, unless it is resumed.")
    ],
    data: Annotated[
        str | None,
        typer.Argument(
            metavar="DATA",
            help="digits, fashion-mnist, mnist, cifar10, a folder with one subfolder of pictures "
            "for each class (PNG, JPEG, GIF, BMP, TIFF, WebP, AVIF, PGM, PPM), or a .npz file with "
            "x_train, y_train, x_test and y_test.",
            autocompletion=completion.data_sets,
        ),
    ] = None,
    recipe: Annotated[
        str | None,
        option(
            TRAINING,
            "NAME",
            "Options that reach a known accuracy on fashion-mnist: fashion-elu, "
            "fashion-pooling-free or fashion-best. An option given beside it takes precedence.",
            parsing.recipe,
            completion.recipes,
        ),
    ] = None,
    data_dir: options.DataDir = None,
    limit: Annotated[
        int | None,
        option(
            DATA,
            "N",
            "Use only N training images, and test images in proportion.",
            parsing.count,
        ),
    ] = None,
    image_size: Annotated[
        parsing.Size | None,
        option(
            DATA,
            "N or HxW",
            "Scale all pictures to this size. By default those of a named data set keep their "
            "size, and those of a folder get the size of its median picture, at most 64.",
            parsing.size,
        ),
    ] = None,
    validation: Annotated[
        float,
        option(
            DATA,
            "SHARE",
            "Share of the training images that is held out for validation after each epoch.",
            parsing.share,
        ),
    ] = 0.1,
    augment_shift: Annotated[
        int,
        option(
            DATA,
            "N",
            "Shift every training picture at random, by up to N pixels up or down and left or "
            "right, anew in each epoch.",
            parsing.number_from_zero,
        ),
    ] = 0,
    augment_flip: Annotated[
        bool,
        flag(
            DATA,
            "--augment-flip/--no-augment-flip",
            "Mirror half of the training pictures left to right, chosen at random anew in each "
            "epoch. Not for digits or letters.",
        ),
    ] = False,
    model: Annotated[
        str,
        option(
            NETWORK,
            "NAME or FILE",
            "small, lenet, fashion-elu, pooling-free, pooling-free-wide, vgg-small, vgg-norm, "
            "resnet20, or a JSON file with layers, as backlit info RUN --json prints it.",
            complete=completion.models,
        ),
    ] = "small",
    engine: options.Engine = None,
    epochs: Annotated[
        int, option(TRAINING, "N", "Number of passes over the training images.", parsing.count)
    ] = 5,
    batch_size: Annotated[
        int, option(TRAINING, "N", "Number of images in a training step.", parsing.count)
    ] = 64,
    optimizer: Annotated[
        str,
        option(
            TRAINING,
            "NAME",
            "Rule that updates the weights: sgd, adam, adamw or rmsprop.",
            parsing.optimizer,
            completion.optimizers,
        ),
    ] = "sgd",
    learning_rate: Annotated[
        float | None,
        option(
            TRAINING,
            "RATE",
            "Learning rate; by default 0.05 for sgd, 0.001 for adam and adamw, 0.01 for rmsprop.",
            parsing.positive,
        ),
    ] = None,
    momentum: Annotated[
        float | None,
        option(
            TRAINING,
            "SHARE",
            "Momentum of sgd (by default 0.9) or rmsprop (by default 0).",
            parsing.share,
        ),
    ] = None,
    nesterov: Annotated[
        bool, flag(TRAINING, "--nesterov/--no-nesterov", "Use Nesterov momentum with sgd.")
    ] = False,
    weight_decay: Annotated[
        float | None,
        option(
            TRAINING,
            "RATE",
            "Strength of the weight decay; by default 0.01 for adamw and 0 for the others.",
            parsing.not_negative,
        ),
    ] = None,
    schedule: Annotated[
        str,
        option(
            TRAINING,
            "NAME",
            "How the learning rate changes during the training: constant, step, cosine or "
            "one-cycle.",
            parsing.schedule,
            completion.schedules,
        ),
    ] = "constant",
    warm_up: Annotated[
        float | None,
        option(
            TRAINING,
            "SHARE",
            "Share of the training, at its beginning, in which the learning rate rises from "
            "almost 0, such as 0.05.",
            parsing.share,
        ),
    ] = None,
    clip: Annotated[
        float | None,
        option(
            TRAINING,
            "NORM",
            "Largest norm of all gradients together; longer ones are shortened to it.",
            parsing.positive,
        ),
    ] = None,
    early_stopping: Annotated[
        int | None,
        option(
            TRAINING,
            "N",
            "Stop after N epochs without a lower validation loss, and keep the weights of the "
            "best epoch.",
            parsing.count,
        ),
    ] = None,
    seed: Annotated[
        int,
        option(
            TRAINING,
            "N",
            "Random seed for the weights, the image order and the validation split.",
            parsing.number_from_zero,
        ),
    ] = 0,
    resume: Annotated[
        bool,
        flag(
            OUTPUT,
            "--resume",
            "Continue the run in the folder with its own data and settings; only --epochs may be "
            "changed.",
        ),
    ] = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Train a network on pictures.

    Prints the accuracy on the test images at the end. The folder RUN keeps everything. Ctrl-C
    interrupts a training and saves it; --resume continues it.
    """
    from backlit.runs import TrainingPlan, training

    if data is None and not resume:
        raise parsing.UsageError("DATA is missing; only with --resume it may be left out")
    names = {each.name for each in fields(TrainingPlan)} - {"command"}
    given = {name: context.params[name] for name in names if parsing.is_given(context, name)}
    with redirect_stdout(sys.stderr):  # standard output is for the result
        run = (
            training.resume(out, given, progress=not quiet)
            if resume
            else training.begin(TrainingPlan.of_options(given), out, progress=not quiet)
        )
    if json:
        print_json(document(run))
    else:
        _print(run)


def document(run: Run) -> dict[str, Any]:
    """A finished training, for JSON."""
    return {
        "run": run.folder,
        "plan": run.plan.description()["plan"],
        "parameters": run.network.summary().parameters,
        "history": run.history.to_dict(),
        "test": run.test_result,
    }


def _print(run: Run) -> None:
    from backlit.runs.advice import advice
    from backlit.runs.suggestion import suggestion
    from backlit.system.command_line import command_line

    say = console().print
    if (test := run.test_result) is None:
        say("There are no test images.")
    else:
        count, accuracy = test["images"], percent(test["accuracy"])
        say(f"Test accuracy {accuracy} of {count:,} images, loss {test['loss']:.4f}.")
    if hint := advice(run):
        paragraph(hint)
    say(f"Everything is in {run.folder}.  What to try next:", soft_wrap=True)
    for words in (
        ("explain", run.folder, *suggestion(run)),
        ("predict", run.folder, "PICTURE"),
        ("info", run.folder),
    ):
        say(f"  {command_line(*words)}", soft_wrap=True)
