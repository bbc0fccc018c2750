"""BatchNorm2d: in training, all images have to wait for each other twice."""

from __future__ import annotations

from backlit.engines.fast.kernels.batch_norm_rows import Rows
from backlit.engines.fast.kernels.sizes import statistics_size
from backlit.engines.fast.plan.builder import Builder
from backlit.engines.fast.plan.outcome import Outcome
from backlit.engines.fast.plan.parts import Operand
from backlit.engines.fast.plan.registry import Rule, enter
from backlit.layers import BatchNorm2d
from backlit.network.engine import Array
from backlit.network.graph import Node


def _constants(b: Builder, node: Node) -> Operand:
    return b.shared(_name(node), len(Rows) * b.layout(node.name).stride)


def _name(node: Node) -> str:
    return f"{node.name}.constants"


def forward(b: Builder, node: Node) -> None:
    """Y = γ·x̂ + β with the statistics of the batch, or with the running ones."""
    layer, x, y = node.layer, b.input(node), b.output(node)
    assert isinstance(layer, BatchNorm2d)
    stride, pixels = y.layout.stride, y.layout.pixels
    arrays = [
        b.parameter(node, name) for name in ("weight", "bias", "running_mean", "running_variance")
    ]
    channels, constants = y.layout.channels, _constants(b, node)
    if b.purpose.everything:
        b.keep(constants)
    if b.purpose.training:
        part = b.per_thread(f"{node.name}.statistics", statistics_size(stride))
        b.clear(f"{node.name}: statistics", part)
        kernel = b.kernel("batch_norm_statistics:statistics", pixels=pixels, stride=stride)
        b.add(f"{node.name}: statistics", kernel, x.operand, part)
        kernel = b.kernel(
            "batch_norm_statistics:combine",
            parts=b.threads,
            channels=channels,
            stride=stride,
            eps=layer.eps,
            momentum=layer.momentum,
        )
        title = f"{node.name}: statistics of the batch"
        b.between(title, kernel, *arrays, constants, *b.parts(part))
    else:
        kernel = b.kernel("batch_norm:constants", channels=channels, stride=stride, eps=layer.eps)
        b.prepare(f"{node.name}: running statistics", kernel, *arrays, constants)
    activation = b.fusions.after.get(node.name)
    kernel = b.kernel("batch_norm:normalize", pixels=pixels, stride=stride, activation=activation)
    b.add(node.name, kernel, x.operand, constants, y.operand)


def backward(b: Builder, node: Node) -> None:
    """dγ, dβ and dX, which in training depends on the sums over the batch."""
    x, dy, seen = b.input(node), b.error(node), b.values[node.name]
    activation = b.fusions.after.get(node.name)  # whose output is what is seen
    stride, pixels = dy.layout.stride, dy.layout.pixels
    constants, training = _constants(b, node), b.purpose.training
    part = b.per_thread(f"{node.name}.sums", 2 * stride)
    b.clear(f"{node.name}: sums", part)
    shape = {"pixels": pixels, "stride": stride, "activation": activation}
    kernel = b.kernel("batch_norm_gradient:sums", **shape)
    operands = (dy.operand, x.operand, seen.operand, constants)
    b.add(f"{node.name}: sums of errors", kernel, *operands, part)
    kernel = b.kernel(
        "batch_norm_gradient:combine",
        parts=b.threads,
        channels=dy.layout.channels,
        stride=stride,
        training=training,
    )
    gradients = [b.gradient(node, name) for name in ("weight", "bias")]
    b.between(f"{node.name}: γ and β", kernel, *gradients, constants, *b.parts(part))
    wanted = b.error_of_input(node)
    if wanted is None:
        return
    dx, there = wanted
    kernel = b.kernel(
        "batch_norm_gradient:input_gradient",
        training=training,
        accumulate=there,
        **shape,
    )
    b.add(f"{node.name}: error of the input", kernel, *operands, dx.operand)


def auxiliary(done: Outcome, node: Node) -> dict[str, Array]:
    """Mean and variance of each channel, those of the batch or the running ones."""
    constants = done.runner.array(_name(node))
    rows = constants.reshape(len(Rows), -1)[:, : node.output_shape[0]]
    return {"mean": rows[Rows.MEAN].copy(), "variance": rows[Rows.VARIANCE].copy()}


enter(BatchNorm2d, Rule(forward, backward, bends=True, auxiliary=auxiliary))
