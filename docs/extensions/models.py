"""Tables of the ready-made networks and of the recipes, made from the package's own lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from backlit.layers import Conv2d, Dense, Flatten, GlobalAvgPool2d, Layer
from backlit.models import MODELS
from backlit.network.graph import Graph, Node
from backlit.recipes import RECIPES

_CLASSES = 10
_INPUTS = {"small": (1, 8, 8), "resnet20": (3, 32, 32)}  # what they are made for; others 28×28


def models_table() -> str:
    """Every model: its convolutions, what makes its maps smaller, and how it ends."""
    lines = [
        "| model | its layers | halves with | ends with | weights |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, model in MODELS.items():
        layers = model.layers(_CLASSES)
        graph = Graph(_INPUTS.get(name, (1, 28, 28)), layers)
        halving = dict.fromkeys(filter(None, map(_halving, graph)))
        count = sum(node.parameter_count for node in graph)
        lines.append(
            f"| `{name}` | {_kinds(layers)} | {', '.join(halving)} | {_end(layers)} | {count:,} |"
        )
    return "\n".join(lines)


def recipe_models_table() -> str:
    """Every recipe: its model, what data it is for, and what it promises."""
    lines = ["| recipe | model | data | gets right, at least |", "| --- | --- | --- | --- |"]
    for recipe in RECIPES.values():
        model, share = recipe.options["model"], f"{recipe.accuracy:.1%}"
        lines.append(f"| `{recipe.name}` | `{model}` | {recipe.data} | {share} |")
    return "\n".join(lines)


def _kinds(layers: list[Layer]) -> str:
    """How many layers there are of each kind, in the order in which they first come."""
    counts = Counter(type(layer).__name__ for layer in layers)
    return ", ".join(f"{count} {kind}" for kind, count in counts.items())


def _halving(node: Node) -> str:
    """What makes maps smaller by a stride, in words."""
    axes = node.layer.window(node.input_shapes[0])
    if axes is None or all(axis.stride == 1 for axis in axes):
        return ""
    steps = "×".join(str(step) for step in dict.fromkeys(axis.stride for axis in axes))
    kind = "convolutions" if isinstance(node.layer, Conv2d) else type(node.layer).__name__
    return f"{kind} with stride {steps}"


def _end(layers: list[Layer]) -> str:
    """From the last map to the scores."""
    kinds = list(map(type, layers))
    first = next(at for at, kind in enumerate(kinds) if kind in (Flatten, GlobalAvgPool2d))
    return ", ".join(_ending(layers[first:]))


def _ending(layers: list[Layer]) -> Iterator[str]:
    for layer in layers:
        size = f"({layer.units})" if isinstance(layer, Dense) else ""
        yield f"{type(layer).__name__}{size}"
