"""Where paths of a network meet: add (residual connections) and concat.

    add       Y = A + B + …          dA = dY, dB = dY, …: everyone gets the whole error
    concat    Y = A's channels, then B's, …          each gets back the error of its own channels

The other direction, one output read by several layers, needs no operation of its own: the errors
that come back from its readers **add up**.

Source of residual connections: K. He et al., "Deep residual learning for image recognition", 2015.
"""

from .nested import Batch, Nested, apply2, shape


def add_forward(inputs: list[Nested]) -> Nested:
    """Y = A + B + …, element by element; all of one shape.

    Raises:
        ValueError: no input, or inputs of different shapes.
    """
    if not inputs:
        raise ValueError("add needs at least one input")
    total, *others = inputs
    for other in others:
        if shape(other) != shape(total):
            raise ValueError(f"add needs equal shapes, got {shape(total)} and {shape(other)}")
        total = apply2(lambda one, another: one + another, total, other)
    return total


def add_backward(dy: Nested, inputs: list[Nested]) -> list[Nested]:
    """dA = dB = … = dY: a sum has slope 1 towards each of its parts."""
    return [dy for _ in inputs]


def concat_forward(inputs: list[Batch]) -> Batch:
    """Y = the channels of A, then those of B, …; for rows (N, K) their entries.

    Raises:
        ValueError: no input, or batches of different length or image size.
    """
    if not inputs:
        raise ValueError("concat needs at least one input")
    if len({len(batch) for batch in inputs}) > 1:
        raise ValueError(f"concat needs batches of one length, got {[len(b) for b in inputs]}")
    if len({shape(batch)[2:] for batch in inputs}) > 1:
        raise ValueError(f"concat needs maps of one size, got shapes {[shape(b) for b in inputs]}")
    Y: Batch = []
    for n in range(len(inputs[0])):  # each image
        Y.append([])
        for batch in inputs:
            Y[n].extend(batch[n])
    return Y


def concat_backward(dy: Batch, inputs: list[Batch]) -> list[Batch]:
    """Cut dY along the channels where the inputs were joined; of them only the shape is used.

    Raises:
        ValueError: dY does not have as many channels as the inputs together.
    """
    if not dy:
        return [[] for _ in inputs]
    channels = [len(batch[0]) for batch in inputs]
    if len(dy[0]) != sum(channels):
        raise ValueError(f"dy must have {sum(channels)} channels, got {len(dy[0])}")
    parts, first = [], 0
    for count in channels:
        parts.append([image[first : first + count] for image in dy])
        first += count
    return parts
