"""How each kind of layer runs through :mod:`backlit.pure`: one forward and one backward rule each.

A rule works on nested lists.  ``Call`` carries what it may need: the layer with its options, its
inputs, its parameters by short name, and a place to leave what backward will want.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from backlit import pure
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
from backlit.pure.nested import Nested, apply2, shape

Gradients = dict[str, Nested]


@dataclass
class Call:
    """One layer at work on one batch."""

    layer: Any
    inputs: list[Nested]
    parameters: dict[str, Nested]
    buffers: dict[str, Nested]
    training: bool
    key: int  # of the dropout mask
    needs_input_error: bool = True
    auxiliary: dict[str, Nested] = field(default_factory=dict)

    @property
    def x(self) -> Nested:
        """The first input, which for most layers is the only one."""
        return self.inputs[0]


Forward = Callable[[Call], Nested]
Backward = Callable[[Call, Nested], tuple[list[Nested], Gradients]]


@dataclass(frozen=True)
class Rule:
    """Forward: the output.  Backward: the error of each input, and the parameters' gradients."""

    forward: Forward
    backward: Backward


def _conv2d_options(layer: Conv2d) -> tuple[Any, Any, Any, int]:
    return layer.stride, layer.padding, layer.dilation, layer.groups


def _conv2d_forward(call: Call) -> Nested:
    w, b = call.parameters["weight"], call.parameters.get("bias")
    return pure.conv2d_forward(call.x, w, b, *_conv2d_options(call.layer))


def _conv2d_backward(call: Call, dy: Nested) -> tuple[list[Nested], Gradients]:
    w, options = call.parameters["weight"], _conv2d_options(call.layer)
    gradients = {"weight": pure.conv2d_filter_gradient(dy, call.x, w, *options)}
    if call.layer.bias:
        gradients["bias"] = pure.conv2d_bias_gradient(dy, len(w))
    if not call.needs_input_error:
        return [None], gradients
    size = (len(call.x[0][0]), len(call.x[0][0][0]))
    return [pure.conv2d_input_gradient(dy, w, size, *options)], gradients


def _dense_forward(call: Call) -> Nested:
    return pure.dense_forward(call.x, call.parameters["weight"], call.parameters.get("bias"))


def _dense_backward(call: Call, dy: Nested) -> tuple[list[Nested], Gradients]:
    dx, dw, db = pure.dense_backward(dy, call.x, call.parameters["weight"])
    return [dx], ({"weight": dw, "bias": db} if call.layer.bias else {"weight": dw})


def _flatten_forward(call: Call) -> Nested:
    return pure.flatten_forward(call.x) if len(shape(call.x)) == 4 else call.x


def _flatten_backward(call: Call, dy: Nested) -> tuple[list[Nested], Gradients]:
    return [pure.flatten_backward(dy, call.x) if len(shape(call.x)) == 4 else dy], {}


def _batch_norm2d_forward(call: Call) -> Nested:
    if call.training:
        mean, variance = pure.batch_norm2d_statistics(call.x)
    else:
        mean, variance = call.buffers["running_mean"], call.buffers["running_variance"]
    call.auxiliary.update(mean=mean, variance=variance)
    gamma, beta = call.parameters["weight"], call.parameters["bias"]
    return pure.batch_norm2d_forward(call.x, gamma, beta, mean, variance, call.layer.eps)


def _batch_norm2d_backward(call: Call, dy: Nested) -> tuple[list[Nested], Gradients]:
    # In training the statistics depend on the batch, in evaluation they are constants.
    mean = None if call.training else call.auxiliary["mean"]
    variance = None if call.training else call.auxiliary["variance"]
    gamma, eps = call.parameters["weight"], call.layer.eps
    dx, dgamma, dbeta = pure.batch_norm2d_backward(dy, call.x, gamma, mean, variance, eps)
    return [dx], {"weight": dgamma, "bias": dbeta}


def _dropout_forward(call: Call) -> Nested:
    if not call.training:
        return call.x
    sizes = shape(call.x)
    count = 1
    for size in sizes:
        count *= size
    mask = _reshape(pure.dropout_mask(count, call.layer.rate, call.key), sizes)
    call.auxiliary["mask"] = mask
    return pure.dropout_forward(call.x, mask, call.layer.rate)


def _dropout_backward(call: Call, dy: Nested) -> tuple[list[Nested], Gradients]:
    if not call.training:
        return [dy], {}
    return [pure.dropout_backward(dy, call.auxiliary["mask"], call.layer.rate)], {}


def _reshape(flat: list[Any], sizes: tuple[int, ...]) -> Nested:
    """A flat list cut into nested lists of the given sizes."""
    for size in reversed(sizes[1:]):
        flat = [flat[k : k + size] for k in range(0, len(flat), size)]
    return flat


def _one_input(
    forward: Callable[..., Nested],
    backward: Callable[..., Nested],
    options: Callable[[Any], dict[str, Any]] = lambda layer: {},
) -> Rule:
    """The rule of an operation ``forward(x, **options)`` with nothing to learn."""
    return Rule(
        lambda call: forward(call.x, **options(call.layer)),
        lambda call, dy: ([backward(dy, call.x, **options(call.layer))], {}),
    )


def _pool_options(layer: Any) -> dict[str, Any]:
    options = {
        "kernel_size": layer.kernel_size,
        "stride": layer.stride,
        "padding": layer.padding,
    }
    if isinstance(layer, AvgPool2d):
        options["count_include_pad"] = layer.count_include_pad
    return options


RULES: dict[type[Layer], Rule] = {
    Conv2d: Rule(_conv2d_forward, _conv2d_backward),
    Dense: Rule(_dense_forward, _dense_backward),
    Flatten: Rule(_flatten_forward, _flatten_backward),
    MaxPool2d: _one_input(pure.max_pool2d_forward, pure.max_pool2d_backward, _pool_options),
    AvgPool2d: _one_input(pure.avg_pool2d_forward, pure.avg_pool2d_backward, _pool_options),
    GlobalAvgPool2d: _one_input(pure.global_avg_pool2d_forward, pure.global_avg_pool2d_backward),
    ReLU: _one_input(pure.relu_forward, pure.relu_backward),
    LeakyReLU: _one_input(
        pure.leaky_relu_forward, pure.leaky_relu_backward, lambda layer: {"slope": layer.slope}
    ),
    ELU: _one_input(pure.elu_forward, pure.elu_backward, lambda layer: {"alpha": layer.alpha}),
    Sigmoid: _one_input(pure.sigmoid_forward, pure.sigmoid_backward),
    Tanh: _one_input(pure.tanh_forward, pure.tanh_backward),
    GELU: _one_input(pure.gelu_forward, pure.gelu_backward),
    SiLU: _one_input(pure.silu_forward, pure.silu_backward),
    BatchNorm2d: Rule(_batch_norm2d_forward, _batch_norm2d_backward),
    Dropout: Rule(_dropout_forward, _dropout_backward),
    Add: Rule(
        lambda call: pure.add_forward(call.inputs),
        lambda call, dy: (pure.add_backward(dy, call.inputs), {}),
    ),
    Concat: Rule(
        lambda call: pure.concat_forward(call.inputs),
        lambda call, dy: (pure.concat_backward(dy, call.inputs), {}),
    ),
}


def add_up(first: Nested | None, second: Nested) -> Nested:
    """Errors that come back to the same output on several paths add up."""
    return second if first is None else apply2(lambda one, other: one + other, first, second)
