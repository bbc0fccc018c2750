"""Numbers that were changed, by hand or by gradient descent, and all that follows from them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any

import numpy as np

from backlit.errors import AddressError
from backlit.explain import Trace
from backlit.explain.words import json_number

from .requests import Edit


def changed(
    trace: Trace, edits: Iterable[Edit], check: Callable[[], None] = lambda: None
) -> tuple[Trace, list[dict[str, Any]]]:
    """The pass after all edits, in their order, and what a page shows of them.

    Args:
        trace: the pass before them.
        edits: by hand, or by gradient descent.
        check: called before each step; raises what breaks the work off.

    Raises:
        AddressError: an edit of a number that is not there or follows from others.
    """
    shown: list[dict[str, Any]] = []
    for by_hand, some in groupby(edits, lambda each: each.descend is None):
        if by_hand:
            numbers = list(some)
            shown += [{"address": each.address, "value": each.value} for each in numbers]
            trace = edited(trace, numbers)
            continue
        for step in some:
            check()
            shown.append({"descend": step.descend, "loss": json_number(trace.recording.loss)})
            trace = descended(trace, step.descend or 0.0)
    return trace, shown


def edited(trace: Trace, edits: Sequence[Edit]) -> Trace:
    """The same pass with some numbers replaced by hand.

    Raises:
        AddressError: an edit of a number that is not there or follows from others.
    """
    snapshot = trace.snapshot
    images = np.array(trace.recording.images)
    parameters: dict[str, Any] = {}
    for edit in edits:
        address = trace.address(edit.address or "")
        if address.is_pixel:
            images[address.index] = edit.value
        elif address.is_parameter:
            name = address.name
            parameters.setdefault(name, np.array(snapshot.parameters[name]))
            parameters[name][address.index] = edit.value
        else:
            raise AddressError(
                f"{address} follows from others: only weights, biases and pixels can be changed"
            )
    return _again(trace, parameters, images)


def descended(trace: Trace, rate: float) -> Trace:
    """The same pass after one step of gradient descent, W ← W − η·dW, for all parameters."""
    gradients = trace.recording.gradients
    with np.errstate(all="ignore"):  # a rate may be too large; the page shows what comes of it
        parameters = {
            name: values - rate * gradients[name]
            for name, values in trace.snapshot.parameters.items()
        }
    return _again(trace, parameters, trace.recording.images)


def _again(trace: Trace, parameters: dict[str, Any], images: Any) -> Trace:
    snapshot, recording = trace.snapshot, trace.recording
    return Trace(snapshot.edited(parameters), snapshot.record(recording, parameters, images=images))
