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
    out: Annotated[Path, option(OUTPUT, "RUN", "The run's folder; a new one.")],
    data: Annotated[
        str | None,
        typer.Argument(
            metavar="DATA",
            help="digits, fashion-mnist, mnist, cifar10, or the path of a folder with one "
            "subfolder of pictures for each class.",
            autocompletion=completion.data_sets,
        ),
    ] = None,
    recipe: Annotated[
        str | None,
        option(
            TRAINING,
            "NAME",
            "Options that reach a known accuracy: fashion-elu, fashion-pooling-free or "
            "fashion-best, all for fashion-mnist. What is typed beside it wins.",
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
            "Use only so many training images, and test images in proportion.",
            parsing.count,
        ),
    ] = None,
    image_size: Annotated[
        parsing.Size | None,
        option(
            DATA,
            "N or HxW",
            "Scale all pictures to this size. By default they keep theirs, and those of a folder "
            "become as large as its median picture, at most 64.",
            parsing.size,
        ),
    ] = None,
    validation: Annotated[
        float,
        option(
            DATA,
            "SHARE",
            "How much of the training data is held out to watch the training with.",
            parsing.share,
        ),
    ] = 0.1,
    augment_shift: Annotated[
        int,
        option(
            DATA,
            "N",
            "In each epoch, move every training picture by up to so many pixels up or down and "
            "left or right, at random.",
            parsing.number_from_zero,
        ),
    ] = 0,
    augment_flip: Annotated[
        bool,
        flag(
            DATA,
            "--augment-flip/--no-augment-flip",
            "In each epoch, mirror half of the training pictures left to right, chosen at random. "
            "Not for digits or letters.",
        ),
    ] = False,
    model: Annotated[
        str,
        option(
            NETWORK,
            "NAME or FILE",
            "small, lenet, fashion-elu, pooling-free, pooling-free-wide, vgg-small, vgg-norm, "
            "resnet20, or a JSON file with layers as backlit info RUN --json prints them.",
            complete=completion.models,
        ),
    ] = "small",
    engine: options.Engine = None,
    epochs: Annotated[
        int, option(TRAINING, "N", "How many times every image is seen.", parsing.count)
    ] = 5,
    batch_size: Annotated[int, option(TRAINING, "N", "Images in one step.", parsing.count)] = 64,
    optimizer: Annotated[
        str,
        option(
            TRAINING,
            "NAME",
            "sgd, adam, adamw or rmsprop.",
            parsing.optimizer,
            completion.optimizers,
        ),
    ] = "sgd",
    learning_rate: Annotated[
        float | None,
        option(
            TRAINING,
            "RATE",
            "Unless given, 0.05 for sgd, 0.001 for adam and adamw, 0.01 for rmsprop.",
            parsing.positive,
        ),
    ] = None,
    momentum: Annotated[
        float | None,
        option(TRAINING, "SHARE", "Of sgd (0.9 unless given) and rmsprop (0).", parsing.share),
    ] = None,
    nesterov: Annotated[
        bool, flag(TRAINING, "--nesterov/--no-nesterov", "Look ahead by one velocity, for sgd.")
    ] = False,
    weight_decay: Annotated[
        float | None,
        option(
            TRAINING,
            "RATE",
            "Unless given, 0.01 for adamw and 0 for the others.",
            parsing.not_negative,
        ),
    ] = None,
    schedule: Annotated[
        str,
        option(
            TRAINING,
            "NAME",
            "Of the learning rate: constant, step, cosine or one-cycle.",
            parsing.schedule,
            completion.schedules,
        ),
    ] = "constant",
    warm_up: Annotated[
        float | None,
        option(
            TRAINING,
            "SHARE",
            "How much of the training the learning rate rises in first, such as 0.05.",
            parsing.share,
        ),
    ] = None,
    clip: Annotated[
        float | None,
        option(
            TRAINING,
            "NORM",
            "The greatest length of all gradients together; longer ones are shortened.",
            parsing.positive,
        ),
    ] = None,
    early_stopping: Annotated[
        int | None,
        option(
            TRAINING,
            "N",
            "Stop after so many epochs without a lower validation loss, and keep the weights of "
            "the best one.",
            parsing.count,
        ),
    ] = None,
    seed: Annotated[
        int,
        option(
            TRAINING,
            "N",
            "Of the weights, the order of the images and what is held out.",
            parsing.number_from_zero,
        ),
    ] = 0,
    resume: Annotated[
        bool,
        flag(
            OUTPUT,
            "--resume",
            "Continue the run in that folder, with the data and settings that it was begun with; "
            "only --epochs may be another number.",
        ),
    ] = False,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Train a network on pictures.

    Prints the accuracy on the test images at the end. Everything is kept in the folder RUN, also
    if the training is interrupted: Ctrl-C saves, and --resume goes on from there.
    """
    from backlit.runs import TrainingPlan, training

    if data is None and not resume:
        raise typer.BadParameter(
            "missing, unless a run is continued with --resume", param_hint="DATA"
        )
    names = {each.name for each in fields(TrainingPlan)} - {"command"}
    given = {name: context.params[name] for name in names if _is_given(context, name)}
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


def _is_given(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


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
