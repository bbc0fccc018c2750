"""Equations as data: written once, then read, typeset, derived and evaluated.

    >>> from backlit.equations import conv2d
    >>> convolution = conv2d(kernel_size=3, stride=1, padding=1, dilation=1, groups=1)
    >>> print(convolution.gradients["weight"])
    dW[o,c,u,v] = Σ_{n,i,j} dY[n,o,i,j] · X[n,c,i+u−1,j+v−1]

An :class:`Operation` holds its forward equation and, derived from it where it is linear, the
gradient of each operand.  An :class:`Equation` shows itself as text, LaTeX, MathML or speech and
evaluates any one of its elements into the :class:`Term` objects whose sum it is.
Standard library only.
"""

from .equation import Equation
from .glyphs import symbol_text
from .operation import Operation
from .operations import activations
from .operations.activations import *
from .operations.convolution import conv2d
from .operations.dense import dense
from .operations.loss import softmax_cross_entropy
from .operations.normalization import batch_norm2d
from .operations.pooling import avg_pool2d, global_avg_pool2d, max_pool2d
from .operations.registry import OPERATIONS, operation
from .operations.rules import RULES
from .operations.structure import add, concat, dropout, flatten
from .operations.update import update
from .terms import ElementEvaluation, Factor, Term
from .typeset import Formula, Phrase, Span, format_number
from .typeset.wrap import display_width

__all__ = [
    "OPERATIONS",
    "RULES",
    "ElementEvaluation",
    "Equation",
    "Factor",
    "Formula",
    "Operation",
    "Phrase",
    "Span",
    "Term",
    "add",
    "avg_pool2d",
    "batch_norm2d",
    "concat",
    "conv2d",
    "dense",
    "display_width",
    "dropout",
    "flatten",
    "format_number",
    "global_avg_pool2d",
    "max_pool2d",
    "operation",
    "softmax_cross_entropy",
    "symbol_text",
    "update",
]
__all__ += activations.__all__
