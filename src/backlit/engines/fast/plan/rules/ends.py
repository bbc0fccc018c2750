"""The two ends of a network: what goes in at the front, and the error that goes in at the back."""

from __future__ import annotations

from backlit.engines.fast.compiling.kernel import Kernel
from backlit.engines.fast.plan.builder import Builder, Value
from backlit.engines.fast.plan.layouts import Layout
from backlit.engines.fast.plan.parts import Operand, Place, PlanTensor, numbers
from backlit.network.graph import INPUT

FEW = 4  # channels


def begin(b: Builder) -> None:
    """The images as maps; few channels are not filled up to whole vectors."""
    shape = b.graph.input_shape
    layers = [node.layer for node in b.graph.readers(INPUT)]
    convolved = all(layer.has_filters and getattr(layer, "groups", 1) == 1 for layer in layers)
    # Only a convolution reads single numbers, and only if nothing has to be written back.
    few = shape[0] <= FEW and convolved and not b.purpose.everything
    b.values[INPUT] = images(b, Layout(shape, shape[0] if few else b.vectors(shape[0])), INPUT)


def images(b: Builder, layout: Layout, name: str) -> Value:
    """The network's input in some layout."""
    channels, height, width = b.graph.input_shape
    public = PlanTensor("images", Place.EXTERNAL, channels * height * width)
    if layout.stride == channels == 1 and not any(layout.halo):
        return Value(public, layout)  # it lies so already
    value = Value(PlanTensor(name, Place.IMAGES, layout.size), layout)
    _as_maps(b, public, value, f"{name}: as maps")
    return value


def _as_maps(b: Builder, public: PlanTensor, value: Value, title: str) -> None:
    """From the public order of numbers into the engine's; a row is a map of one pixel."""
    channels, height, width = (*value.layout.shape, 1, 1)[:3]
    kernel = Kernel.of("layout:images_to_maps", stride=value.layout.stride)
    sizes = numbers(channels, height, width, *value.layout.halo)
    b.add(title, kernel, Operand(public, step=public.size), value.operand, *sizes)


def error(b: Builder) -> None:
    """The error of the output, which is given."""
    output = b.graph.output
    layout = b.layout(output)
    b.errors[output] = b.new_value(output, layout, ".error")
    public = PlanTensor("error", Place.EXTERNAL, layout.numbers)
    _as_maps(b, public, b.errors[output], f"{output}: error as maps")


def loss(b: Builder) -> None:
    """Softmax cross-entropy, its error, and the loss of every image."""
    output = b.graph.output
    scores = b.values[output]
    error = b.new_value(output, scores.layout, ".error")
    b.errors[output] = error
    kernel = b.kernel(
        "loss:softmax_cross_entropy", classes=scores.layout.channels, stride=scores.layout.stride
    )
    labels = b.external("labels", step=1, itemsize=8)
    losses = b.external("losses", step=1)
    b.add("loss", kernel, scores.operand, labels, error.operand, losses, b.external("share"))
