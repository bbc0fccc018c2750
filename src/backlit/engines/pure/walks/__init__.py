"""Quicker forms of the book's loops, plain Python like these, for the operations that take long.

Each function has the name, the arguments, the result and the errors of one in :mod:`backlit.pure`.
The tests hold it equal to that: on fractions to the last digit, on floats up to the order of sums.
"""

from .batch_norm import batch_norm2d_backward, batch_norm2d_forward, batch_norm2d_statistics
from .convolution import (
    conv2d_backward,
    conv2d_bias_gradient,
    conv2d_filter_gradient,
    conv2d_forward,
    conv2d_input_gradient,
)
from .dense import dense_backward, dense_forward
from .pooling import (
    avg_pool2d_backward,
    avg_pool2d_forward,
    max_pool2d_backward,
    max_pool2d_forward,
)

__all__ = [
    "avg_pool2d_backward",
    "avg_pool2d_forward",
    "batch_norm2d_backward",
    "batch_norm2d_forward",
    "batch_norm2d_statistics",
    "conv2d_backward",
    "conv2d_bias_gradient",
    "conv2d_filter_gradient",
    "conv2d_forward",
    "conv2d_input_gradient",
    "dense_backward",
    "dense_forward",
    "max_pool2d_backward",
    "max_pool2d_forward",
]
