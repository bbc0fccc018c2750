"""Which kernels a layer is made of: one forward and one backward rule for each kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from backlit.engines.fast.plan.builder import Builder
from backlit.layers import (
    ELU,
    GELU,
    Add,
    AvgPool2d,
    BatchNorm2d,
    Concat,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    Layer,
    LeakyReLU,
    MaxPool2d,
    ReLU,
    Sigmoid,
    SiLU,
    Tanh,
)
from backlit.network.graph import Node

from . import activation, batch_norm, convolution, dense, dropout, ends, merging, pooling, shaping

Emit = Callable[[Builder, Node], None]


@dataclass(frozen=True)
class Rule:
    """What emits the steps of a layer."""

    forward: Emit
    backward: Emit


_ACTIVATION = Rule(activation.forward, activation.backward)
RULES: dict[type[Layer], Rule] = {
    Add: Rule(merging.add_forward, merging.add_backward),
    AvgPool2d: Rule(pooling.average_forward, pooling.average_backward),
    BatchNorm2d: Rule(batch_norm.forward, batch_norm.backward),
    Concat: Rule(merging.concat_forward, merging.concat_backward),
    Conv2d: Rule(convolution.forward, convolution.backward),
    Dense: Rule(dense.forward, dense.backward),
    Dropout: Rule(dropout.forward, dropout.backward),
    Flatten: Rule(shaping.forward, shaping.backward),
    GlobalAvgPool2d: Rule(pooling.global_forward, pooling.global_backward),
    MaxPool2d: Rule(pooling.max_forward, pooling.max_backward),
    **dict.fromkeys((ELU, GELU, LeakyReLU, ReLU, Sigmoid, SiLU, Tanh), _ACTIVATION),
}
begin, error, loss = ends.begin, ends.error, ends.loss
