"""PyTorch's answer to a whole network: its graph, walked once, in the dtype of its parameters."""

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - its usual name

from backlit.layers import LAYERS, BatchNorm2d
from backlit.network import Graph, Node
from tests.torch_oracle import conv2d, pool


def forward(
    graph: Graph,
    parameters: Mapping[str, Any],
    images: Any,
    *,
    buffers: Mapping[str, Any],
    masks: Mapping[str, Any],
    training: bool,
) -> Any:
    """The output of the last layer.  Batch norms move ``buffers`` in training, as torch does."""
    outputs = {"input": images}
    for node in graph:
        inputs = [outputs[name] for name in node.inputs]
        own = {name: parameters[f"{node.name}.{name}"] for name in node.parameter_shapes}
        if isinstance(node.layer, BatchNorm2d):
            outputs[node.name] = _batch_norm(node, inputs[0], own, buffers, training)
        elif node.name in masks:
            scale = 1 / (1 - node.layer.rate)  # type: ignore[attr-defined]
            outputs[node.name] = inputs[0] * masks[node.name] * scale
        else:
            outputs[node.name] = _LAYERS[type(node.layer).__name__](node.layer, inputs, own)
    return outputs[graph.output]


def _batch_norm(node: Node, x: Any, own: Any, buffers: Any, training: bool) -> Any:
    mean, variance = (buffers[f"{node.name}.running_{what}"] for what in ("mean", "variance"))
    layer: Any = node.layer
    return F.batch_norm(
        x, mean, variance, own["weight"], own["bias"], training, layer.momentum, layer.eps
    )


def _conv2d(layer: Any, inputs: Any, own: Any) -> Any:
    names = ("stride", "padding", "dilation", "groups")
    return conv2d(
        inputs[0], own["weight"], own.get("bias"), {name: getattr(layer, name) for name in names}
    )


def _pool(operation: str, layer: Any, x: Any) -> Any:
    names = ("kernel_size", "stride", "padding", "count_include_pad")
    options = {name: getattr(layer, name) for name in names if hasattr(layer, name)}
    return pool(operation, x, options)


_LAYERS: dict[str, Any] = {
    "Conv2d": _conv2d,
    "Dense": lambda layer, x, own: F.linear(x[0], own["weight"], own.get("bias")),
    "MaxPool2d": lambda layer, x, own: _pool("max_pool2d", layer, x[0]),
    "AvgPool2d": lambda layer, x, own: _pool("avg_pool2d", layer, x[0]),
    "GlobalAvgPool2d": lambda layer, x, own: x[0].mean((2, 3)),
    "Flatten": lambda layer, x, own: x[0].flatten(1),
    "ReLU": lambda layer, x, own: F.relu(x[0]),
    "ReLU6": lambda layer, x, own: F.relu6(x[0]),
    "LeakyReLU": lambda layer, x, own: F.leaky_relu(x[0], layer.slope),
    "PReLU": lambda layer, x, own: F.prelu(x[0], own["weight"]),
    "ELU": lambda layer, x, own: F.elu(x[0], layer.alpha),
    "Sigmoid": lambda layer, x, own: torch.sigmoid(x[0]),
    "HardSigmoid": lambda layer, x, own: F.relu6(x[0] + 3) / 6,
    "Tanh": lambda layer, x, own: torch.tanh(x[0]),
    "GELU": lambda layer, x, own: F.gelu(x[0]),
    "HardSwish": lambda layer, x, own: F.hardswish(x[0]),
    "Softplus": lambda layer, x, own: F.softplus(x[0]),
    "SiLU": lambda layer, x, own: F.silu(x[0]),
    "Dropout": lambda layer, x, own: x[0],
    "Add": lambda layer, x, own: sum(x[1:], x[0]),
    "Concat": lambda layer, x, own: torch.cat(x, 1),
}
assert _LAYERS.keys() | {"BatchNorm2d"} == LAYERS.keys(), "a layer that PyTorch is not asked about"
