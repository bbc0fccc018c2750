"""A network for pencil and paper: one image of 4×4, one filter of 2×2, small whole numbers.

The image counts from 0 to 15, dark to bright, a ramp; the filter counts from 1 to 4.  What follows
is made so that the error that comes back to the filter is whole too: the dense layer looks for a
stripe from corner to corner, and its score is so far above the other, which is always 0, that the
error of the scores is (1, −1) to the last bit.  Its weights then *are* the error of the
convolution.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from backlit.equations import format_number
from backlit.explain import Trace, explain
from backlit.layers import Conv2d, Dense, Flatten
from backlit.network import Network

from .live import Live
from .page import page

IMAGE = np.arange(16.0).reshape(1, 1, 4, 4)
FILTER = np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 1, 2, 2)
ERROR = np.array([[1.0, 0.0, 0.0], [0.0, 2.0, 0.0], [0.0, 0.0, 1.0]])
CLASSES = ("stripe", "ramp")  # as in "the picture is a ramp, but taken for a stripe"
TRUE = CLASSES.index("ramp")
TITLE = "A toy for pencil and paper"
FIRST = "conv1.weight[0,0,0,0]"  # the weight that the page opens at
COMMAND = "backlit toy"


def toy_network() -> Network:
    """One convolution with one filter, and a dense layer for two classes."""
    weights = {
        "conv1.weight": FILTER,
        "conv1.bias": np.zeros(1),
        "dense1.weight": np.stack([ERROR.ravel(), np.zeros(9)]),
    }
    return Network(
        (1, 4, 4),
        [Conv2d(1, 2), Flatten(), Dense(2, bias=False)],
        engine="pure",
        classes=CLASSES,
        parameters=weights,
    )


def toy() -> Trace:
    """The one image through the one filter and back; all numbers are whole but one probability."""
    return explain(toy_network(), IMAGE, [TRUE])


def toy_page() -> str:
    """The page of the toy, in one file."""
    trace = toy()
    return page(trace, TITLE, address=FIRST, note=toy_note(trace), command=COMMAND)


def toy_live() -> Live:
    """What a server shows of it."""
    labels = np.array([TRUE], np.int64)
    return Live(toy_network(), IMAGE, labels, TITLE, note=toy_note(toy()))


def toy_note(trace: Trace) -> str:
    """What a page of the toy says on top: why its numbers are what they are.

    Args:
        trace: from :func:`toy`, whose numbers are told.
    """
    output = trace.graph.output
    scores = map(format_number, trace.recording.activations[output][0].tolist())
    errors = map(format_number, trace.recording.errors[output][0].tolist())
    return (
        f"For {_listed(CLASSES)} the scores are {_listed(scores)}: this network is completely sure,"
        f" and wrong, since the picture is a {CLASSES[TRUE]}. So the errors of the scores are"
        f" {_listed(errors)}, and every error on the way back is a whole number."
    )


def _listed(both: Iterable[str]) -> str:
    return " and ".join(both)
