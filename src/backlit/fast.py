"""The operations of a convolutional network on NumPy arrays in float32, by compiled kernels.

They have the names and the arguments of those in :mod:`backlit.pure`.  How they are made is the
matter of :mod:`backlit.engines.fast`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

# Where the operations live; they are imported when they are first used.
_ROOMS = {
    "activations": ("elu", "gelu", "leaky_relu", "relu", "sigmoid", "silu", "tanh"),
    "convolution": ("conv2d",),
    "dense": ("dense",),
    "loss": ("softmax_cross_entropy",),
    "normalization": ("batch_norm2d",),
    "pooling": ("avg_pool2d", "global_avg_pool2d", "max_pool2d"),
}
_HOMES = {
    f"{operation}_{way}": room
    for room, operations in _ROOMS.items()
    for operation in operations
    for way in ("forward", "backward")
}
__all__ = [
    "avg_pool2d_backward",
    "avg_pool2d_forward",
    "batch_norm2d_backward",
    "batch_norm2d_forward",
    "conv2d_backward",
    "conv2d_forward",
    "dense_backward",
    "dense_forward",
    "elu_backward",
    "elu_forward",
    "gelu_backward",
    "gelu_forward",
    "global_avg_pool2d_backward",
    "global_avg_pool2d_forward",
    "leaky_relu_backward",
    "leaky_relu_forward",
    "max_pool2d_backward",
    "max_pool2d_forward",
    "relu_backward",
    "relu_forward",
    "sigmoid_backward",
    "sigmoid_forward",
    "silu_backward",
    "silu_forward",
    "softmax_cross_entropy_backward",
    "softmax_cross_entropy_forward",
    "tanh_backward",
    "tanh_forward",
]

if TYPE_CHECKING:
    from .engines.fast.operations.activations import (
        elu_backward,
        elu_forward,
        gelu_backward,
        gelu_forward,
        leaky_relu_backward,
        leaky_relu_forward,
        relu_backward,
        relu_forward,
        sigmoid_backward,
        sigmoid_forward,
        silu_backward,
        silu_forward,
        tanh_backward,
        tanh_forward,
    )
    from .engines.fast.operations.convolution import conv2d_backward, conv2d_forward
    from .engines.fast.operations.dense import dense_backward, dense_forward
    from .engines.fast.operations.loss import (
        softmax_cross_entropy_backward,
        softmax_cross_entropy_forward,
    )
    from .engines.fast.operations.normalization import batch_norm2d_backward, batch_norm2d_forward
    from .engines.fast.operations.pooling import (
        avg_pool2d_backward,
        avg_pool2d_forward,
        global_avg_pool2d_backward,
        global_avg_pool2d_forward,
        max_pool2d_backward,
        max_pool2d_forward,
    )


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    function = getattr(import_module(f".engines.fast.operations.{_HOMES[name]}", __package__), name)
    globals()[name] = function
    return function


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
