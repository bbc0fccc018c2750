"""``backlit plot RUN WHAT``: figures for papers and slides."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backlit.errors import RunError

from . import options, parsing
from .help import DATA, EXPLANATION, OUTPUT
from .options import flag, option
from .output import paragraph, together

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from backlit.explain import Trace
    from backlit.network import Graph
    from backlit.runs import Batch

EXAMPLES = """
backlit plot runs/digits filters
backlit plot runs/digits filters --layer conv2 --out filters.pdf
backlit plot runs/digits activations --layer relu1 --image 17
backlit plot runs/digits errors --layer conv1 --misclassified --out errors.png
backlit plot runs/digits gradients --images 0:64
backlit plot runs/digits contributions --address 'conv1.weight[0,0,1,1]'
backlit plot runs/digits curves
backlit plot runs/digits network --out network.pdf
"""

_IMAGES = ("image", "images", "misclassified", "split", "data_dir", "evaluation", "engine")

# What can be drawn, and which options say more about it.
KINDS: dict[str, tuple[str, ...]] = {
    "filters": ("layer",),
    "activations": ("layer", *_IMAGES),
    "errors": ("layer", *_IMAGES),
    "gradients": ("layer", *_IMAGES),
    "curves": (),
    "network": (),
    "contributions": ("layer", "address", *_IMAGES),
}


def kind(text: str) -> str:
    """What is to be drawn."""
    return parsing.one_of(text, KINDS)


def kinds(incomplete: str) -> list[str]:
    """What a shell offers."""
    return [each for each in KINDS if each.startswith(incomplete)]


def command(
    context: typer.Context,
    run: options.RunFolder,
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            parser=kind,
            autocompletion=kinds,
            help="filters: all filters of a convolution. activations, errors: every map of a layer "
            "for one image. gradients: dL/dW of all filters. curves: loss and accuracy of each "
            "epoch. network: its layers as blocks, with shapes and parameters. "
            "contributions: for one weight, the errors, the inputs and their products, "
            "which add up to its gradient.",
        ),
    ],
    layer: Annotated[
        str | None,
        option(EXPLANATION, "NAME", "Layer to draw; by default the first convolution."),
    ] = None,
    address: Annotated[
        str | None,
        option(
            EXPLANATION,
            "ADDRESS",
            "Weight whose contributions are drawn, such as 'conv1.weight[0,0,1,2]'; by default the "
            "one with the largest gradient.",
        ),
    ] = None,
    image: Annotated[
        int | None,
        option(
            DATA,
            "N",
            "Draw image N of the split, counted from 0; by default the first.",
            parsing.number_from_zero,
        ),
    ] = None,
    images: Annotated[
        range | None,
        option(
            DATA,
            "A:B",
            "Take a batch, the images from A up to B, without B, such as 0:64. With --image as "
            "well, that image of the batch is drawn.",
            parsing.image_range,
        ),
    ] = None,
    misclassified: Annotated[
        bool, flag(DATA, "--misclassified", "Draw the first image that the network gets wrong.")
    ] = False,
    split: Annotated[
        str,
        option(
            DATA, "NAME", "Part of the data that the images are from: test or train.", parsing.split
        ),
    ] = "test",
    data_dir: options.DataDir = None,
    out: Annotated[
        Path | None,
        option(
            OUTPUT,
            "FILE",
            "File to write; its name ends with .svg, .pdf or .png. By default an SVG in the "
            "current folder, named after the run and what is drawn.",
        ),
    ] = None,
    evaluation: options.Evaluation = False,
    engine: options.Engine = None,
) -> None:
    """Draw a figure for a paper or a slide.

    Drawing needs matplotlib: pip install matplotlib. The colors are those of the pages: blue below
    zero, white at zero, orange above zero.
    """
    others = [name for name in ("layer", "address", *_IMAGES) if name not in KINDS[what]]
    parsing.refuse(context, others, f"does not apply to {what}: leave it out")
    parsing.not_both(layer=layer is not None, address=address is not None)
    parsing.not_both(image=image is not None, misclassified=misclassified)
    from backlit.views import plots

    name = default_name(run, what, layer, address, image)
    file = Path(name) if out is None else out
    plots.kind_of(file)  # before the work begins
    asked = Asked(
        run,
        layer,
        address,
        {"images": images, "split": split, "image": image, "misclassified": misclassified},
        data_dir,
        engine,
        evaluation,
    )
    figure = _DRAWN[what](asked)
    size = plots.save(figure, file)
    title = str(figure.get_label())
    paragraph(f"{together(f'{file} ({size / 1e3:,.0f} kB)')}: {title[0].lower()}{title[1:]}.")


@dataclass(frozen=True)
class Asked:
    """What was asked for."""

    run: Path
    layer: str | None
    address: str | None
    batch: dict[str, Any]  # as Run.batch takes it
    data_dir: Path | None
    engine: str | None
    evaluation: bool

    def trace(self, check: Callable[[Graph], object]) -> tuple[Trace, Batch]:
        """The trace of the images, once ``check`` has found nothing wrong with the network."""
        from backlit.runs import open_run

        run = open_run(self.run, engine=self.engine, data_dir=self.data_dir)
        check(run.network.graph)
        batch = run.batch(**self.batch)
        return run.explain(batch, training=False if self.evaluation else None), batch


def default_name(
    run: Path, what: str, layer: str | None, address: str | None, image: int | None
) -> str:
    """The file of a figure for which none was named: ``digits-activations-relu1-17.svg``."""
    whole = run.resolve()
    first = whole.stem if whole.is_file() else whole.name
    parts = [first, what, layer, address, None if image is None else str(image)]
    plain = (re.sub(r"[^\w]+", "-", part).strip("-") for part in parts if part)
    return "-".join(part for part in plain if part) + ".svg"


def _filters(asked: Asked) -> Figure:
    from backlit.runs import open_network
    from backlit.views import plots

    return plots.filters(open_network(asked.run, "pure"), asked.layer)


def _curves(asked: Asked) -> Figure:
    from backlit.runs import open_run
    from backlit.views import plots

    if asked.run.is_file():
        raise RunError(f"{asked.run} is a network without a history: give the folder of a run")
    return plots.curves(open_run(asked.run).history, asked.run.resolve().name)


def _network(asked: Asked) -> Figure:
    from backlit.runs import open_network
    from backlit.views import plots

    folder = asked.run.resolve()
    called = folder.stem if folder.is_file() else folder.name
    return plots.network(open_network(asked.run, "pure"), called)


def _gradients(asked: Asked) -> Figure:
    from backlit.views import plots

    trace, batch = asked.trace(lambda graph: plots.convolution(graph, asked.layer))
    return plots.gradients(trace, asked.layer, f"of the loss of {_called(batch)}")


def _activations(asked: Asked) -> Figure:
    from backlit.views import plots

    return _maps(asked, plots.activations)


def _errors(asked: Asked) -> Figure:
    from backlit.views import plots

    return _maps(asked, plots.errors)


def _maps(asked: Asked, draw: Callable[..., Figure]) -> Figure:
    from backlit.views import plots

    trace, batch = asked.trace(lambda graph: plots.any_layer(graph, asked.layer))
    place = batch.chosen or 0
    called = _image_called(batch, place)
    return draw(trace, asked.layer, place, called=called, picture=batch.images[place])


def _contributions(asked: Asked) -> Figure:
    from backlit.views import plots

    def check(graph: Graph) -> object:
        if asked.address is not None:
            return plots.weight_address(graph, asked.address)
        return plots.convolution(graph, asked.layer)

    trace, batch = asked.trace(check)
    address = asked.address or plots.steepest(trace, asked.layer)
    place = batch.chosen if batch.chosen is not None else plots.hardest(trace, address)
    return plots.contributions(trace, address, place, called=_image_called(batch, place))


def _image_called(batch: Batch, place: int) -> str:
    return f"image {batch.indices[place]} of the {batch.split} images"


def _called(batch: Batch) -> str:
    """The images whose loss it is."""
    if len(batch.labels) == 1:
        return _image_called(batch, 0)
    first, last = batch.indices[0], batch.indices[-1]
    return f"the {batch.split} images {first} to {last}"


_DRAWN: dict[str, Callable[[Asked], Figure]] = {
    "filters": _filters,
    "activations": _activations,
    "errors": _errors,
    "gradients": _gradients,
    "curves": _curves,
    "network": _network,
    "contributions": _contributions,
}
