"""What a mistake of :mod:`backlit.mistakes` gives in place of a gradient of the book.

A mutated function of the book returns it; see :mod:`tests.mutation.drawn_mutations`.
"""

from collections.abc import Mapping
from typing import Any

from backlit import equations
from backlit.mistakes import mutations_of, wrong_way
from backlit.pure.nested import shape

Numbers = Any
SYMBOLS = {"dy": "dY", "x": "X", "w": "W"}
PLAIN = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}


def mistaken(result: str, mistake: str | None, right: Numbers, given: Mapping[str, Any]) -> Numbers:
    """The wrong gradient of a convolution; the right one where the equations have no such options.

    Args:
        result: "weight", "bias" or "input".
        mistake: its name; None for the equation as it is.
        right: what the book computes.
        given: the arguments of the book's function by name.
    """
    options = {name: given.get(name, plain) for name, plain in PLAIN.items()}
    if not _is_even(options["padding"]) or 0 in shape(right):
        return right
    operation = equations.conv2d(None, **options)
    changes = [each for each in mutations_of(operation, result) if each.mistake == mistake]
    assert bool(changes) == (mistake is not None)
    way = wrong_way(operation, result, changes[:1])
    assert way is not None
    tensors = {SYMBOLS[name]: given[name] for name in SYMBOLS if name in given}
    sizes = {}
    if result == "input":
        _, channels, IH, IW = shape(right)
        sizes = {"C": channels, "IH": IH, "IW": IW}
    return way.line.compute(tensors, sizes)


def _is_even(padding: Any) -> bool:
    """Whether it is the same on both sides."""
    return isinstance(padding, int) or (
        isinstance(padding, tuple) and all(isinstance(each, int) for each in padding)
    )
