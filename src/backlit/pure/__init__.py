"""The book: every operation of a convolutional network, forward and backward, in plain Python.

Nested lists, plain loops, the standard library and nothing else; this folder can be copied
anywhere and read, or stepped through in a debugger.  Where to begin:

1. :mod:`~backlit.pure.dense`, the layer you know;
2. :mod:`~backlit.pure.conv2d`, the same with few connections and shared weights;
3. :mod:`~backlit.pure.conv2d_faces`, three ways to the same input gradient;
4. :mod:`~backlit.pure.pooling`, :mod:`~backlit.pure.activations`, :mod:`~backlit.pure.flatten`;
5. :mod:`~backlit.pure.loss`, where the error begins.

What checks arguments and works out sizes stands apart, in :mod:`~backlit.pure.conv2d_sizes`,
:mod:`~backlit.pure.window` and :mod:`~backlit.pure.nested`.

Each ``*_forward`` stands beside its ``*_backward``; backward takes the error ``dy`` from above and
what forward saw, and returns the gradient of each input.
"""

from . import activations
from .activations import *
from .batch_norm import (
    batch_norm2d_backward,
    batch_norm2d_forward,
    batch_norm2d_statistics,
    running_average,
)
from .conv2d import (
    conv2d_backward,
    conv2d_bias_gradient,
    conv2d_filter_gradient,
    conv2d_forward,
    conv2d_input_gradient,
)
from .conv2d_faces import (
    conv2d_input_gradient_correlation,
    conv2d_input_gradient_gather,
    conv2d_input_gradient_scatter,
)
from .dense import dense_backward, dense_forward
from .dropout import dropout_backward, dropout_forward, dropout_key, dropout_mask
from .flatten import flatten_backward, flatten_forward
from .loss import softmax, softmax_cross_entropy_backward, softmax_cross_entropy_forward
from .merge import add_backward, add_forward, concat_backward, concat_forward
from .pooling import (
    avg_pool2d_backward,
    avg_pool2d_forward,
    global_avg_pool2d_backward,
    global_avg_pool2d_forward,
    max_pool2d_backward,
    max_pool2d_forward,
)

__all__ = [
    "add_backward",
    "add_forward",
    "avg_pool2d_backward",
    "avg_pool2d_forward",
    "batch_norm2d_backward",
    "batch_norm2d_forward",
    "batch_norm2d_statistics",
    "concat_backward",
    "concat_forward",
    "conv2d_backward",
    "conv2d_bias_gradient",
    "conv2d_filter_gradient",
    "conv2d_forward",
    "conv2d_input_gradient",
    "conv2d_input_gradient_correlation",
    "conv2d_input_gradient_gather",
    "conv2d_input_gradient_scatter",
    "dense_backward",
    "dense_forward",
    "dropout_backward",
    "dropout_forward",
    "dropout_key",
    "dropout_mask",
    "flatten_backward",
    "flatten_forward",
    "global_avg_pool2d_backward",
    "global_avg_pool2d_forward",
    "max_pool2d_backward",
    "max_pool2d_forward",
    "running_average",
    "softmax",
    "softmax_cross_entropy_backward",
    "softmax_cross_entropy_forward",
]
__all__ += activations.__all__
__all__.sort()
