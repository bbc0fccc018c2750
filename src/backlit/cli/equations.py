"""``backlit equations LAYER``: what a layer computes, and how the error passes through it.

An optimizer's rule is shown in the same way: ``backlit equations adam``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import completion, options, parsing
from .help import LAYER, OUTPUT
from .options import flag, option
from .output import columns, console, print_json

if TYPE_CHECKING:
    from backlit.equations import Equation, Operation

EXAMPLES = """
backlit equations
backlit equations conv2d
backlit equations conv2d --stride 2 --padding 1
backlit equations conv2d --kernel-size 3x5 --padding same --groups 2
backlit equations max_pool2d --kernel-size 2 --format latex
backlit equations conv2d --stride 2 --format python
backlit equations conv2d --general
backlit equations adam
"""


def command(
    layer: Annotated[
        str | None,
        typer.Argument(
            metavar="LAYER",
            help="A layer, such as conv2d, max_pool2d, elu or batch_norm2d, or an optimizer: sgd, "
            "momentum, nesterov, rmsprop, adam or adamw. Without one, all are listed.",
            autocompletion=completion.operations,
        ),
    ] = None,
    kernel_size: Annotated[
        parsing.Size | None,
        option(LAYER, "N or NxM", "Size of the window, rows first.", parsing.size),
    ] = None,
    stride: Annotated[
        parsing.Size | None, option(LAYER, "N or NxM", "Step of the window.", parsing.size)
    ] = None,
    padding: Annotated[
        object,
        option(
            LAYER,
            "N, NxM or NAME",
            "Rows and columns of zeros around the image, or same or valid.",
            parsing.padding,
        ),
    ] = None,
    dilation: Annotated[
        parsing.Size | None,
        option(
            LAYER, "N or NxM", "Distance between neighboring weights of a filter.", parsing.size
        ),
    ] = None,
    groups: Annotated[
        int | None, option(LAYER, "N", "Number of groups of channels and filters.", parsing.count)
    ] = None,
    bias: Annotated[bool | None, flag(LAYER, "--bias/--no-bias", "With or without a bias.")] = None,
    count_include_pad: Annotated[
        bool | None,
        flag(
            LAYER,
            "--count-include-pad/--exclude-pad",
            "Whether an average counts the padding.",
        ),
    ] = None,
    slope: Annotated[
        float | None, option(LAYER, "NUMBER", "Slope of leaky_relu below 0.", parsing.number)
    ] = None,
    alpha: Annotated[float | None, option(LAYER, "NUMBER", "α of elu.", parsing.number)] = None,
    eps: Annotated[
        float | None, option(LAYER, "NUMBER", "ε of batch_norm2d.", parsing.positive)
    ] = None,
    training: Annotated[
        bool | None,
        flag(
            LAYER,
            "--training/--evaluation",
            "Whether batch_norm2d uses the statistics of the batch or the running ones.",
        ),
    ] = None,
    rate: Annotated[
        float | None,
        option(LAYER, "SHARE", "Share of the numbers that dropout drops.", parsing.share),
    ] = None,
    learning_rate: Annotated[
        float | None,
        option(LAYER, "RATE", "Learning rate η of update or an optimizer.", parsing.positive),
    ] = None,
    general: Annotated[
        bool,
        flag(LAYER, "--general", "Leave letters for all options that are not given."),
    ] = False,
    format: Annotated[
        str,
        option(
            OUTPUT,
            "NAME",
            "How equations are written: text, latex, mathml, python or json.",
            parsing.output_format,
            completion.formats,
        ),
    ] = "text",
    json: options.Json = False,
) -> None:
    """Show the equations of a layer, forward and backward, or the rule of an optimizer.

    Shown is the plainest case, without padding, dilation and groups, with stride 1 or, of a
    pool, with windows side by side; what is given appears. The window's size stays a letter until
    it is given; with --general all that is not given does.
    """
    given = {
        "kernel_size": kernel_size,
        "stride": stride,
        "padding": padding,
        "dilation": dilation,
        "groups": groups,
        "bias": bias,
        "count_include_pad": count_include_pad,
        "slope": slope,
        "alpha": alpha,
        "eps": eps,
        "training": training,
        "rate": rate,
        "learning_rate": learning_rate,
    }
    chosen = {name: value for name, value in given.items() if value is not None}
    form = "json" if json else format
    if layer is None:
        _list(form, chosen | ({"general": True} if general else {}))
    else:
        from backlit.equations import operation

        _show(operation(layer, general=general, **chosen), form)


def _list(form: str, chosen: dict[str, Any]) -> None:
    from backlit.equations import OPERATIONS, RULES

    if chosen:
        name = next(iter(chosen)).replace("_", "-")
        raise parsing.UsageError(f"--{name} is an option of a layer: name the layer")
    titles = {name: build().title for name, build in OPERATIONS.items()}
    optimizers = {name: build().title for name, build in RULES.items()}
    if form == "json":
        print_json({"operations": titles, "optimizers": optimizers})
    else:
        rows = [*titles.items(), *optimizers.items()]
        console().print(columns(("layer or optimizer", "what it is"), rows), soft_wrap=True)


def _show(shown: Operation, form: str) -> None:
    if form == "json":
        print_json(_document(shown))
    elif form == "text":
        from backlit.views.equations import print_operation

        print_operation(shown, console())
    elif form == "python":
        print("\n\n".join(map(_program, shown.equations())))
    else:
        for equation in shown.equations():
            print(equation.latex() if form == "latex" else equation.mathml())


def _program(equation: Equation) -> str:
    """The loops, below the equation and what their names mean."""
    from backlit.equations.program import legend

    return f"# {equation}\n{legend(equation)}\n{equation.python()}"


def _document(shown: Operation) -> dict[str, Any]:
    """What there is to know of an operation, for JSON."""
    return {
        "name": shown.name,
        "title": shown.title,
        "forward": [_equation(each) for each in shown.steps],
        "gradients": {name: _equation(each) for name, each in shown.gradients.items()},
        "faces": {name: _equation(each) for name, each in shown.faces.items()},
        "shapes": [shape.text() for shape in shown.shapes],
        "letters": dict(_letters(shown)),
        "notes": list(shown.notes),
    }


def _equation(equation: Equation) -> dict[str, Any]:
    return {
        "name": equation.name,
        "text": equation.text(),
        "latex": equation.latex(),
        "mathml": equation.mathml(),
        "python": equation.python(),
        "words": equation.words,
        "conditions": [condition.text() for condition in equation.conditions],
    }


def _letters(shown: Operation) -> Iterator[tuple[str, str]]:
    from backlit.equations import symbol_text

    for role, words in shown.letters.items():
        yield symbol_text(role), words
