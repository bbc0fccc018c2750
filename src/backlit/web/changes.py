"""What was changed, by hand or by gradient descent, and all that follows from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from backlit.errors import AddressError
from backlit.explain import Trace
from backlit.explain.changing import check_layer
from backlit.explain.words import json_number

from .requests import Edit


def changed(
    trace: Trace,
    edits: Sequence[Edit],
    check: Callable[[], None] = lambda: None,
    earlier: Sequence[Edit] = (),
) -> tuple[Trace, list[dict[str, Any]]]:
    """The pass after all edits, in their order, and what a page shows of them.

    Args:
        trace: the pass before them.
        edits: what was changed.
        check: called before each pass; raises what breaks the work off.
        earlier: the edits that led to the trace; layers that they froze still are.

    Raises:
        AddressError: an edit of a number, a map or a layer that is not there, or of a number that
            follows from others.
        ConfigurationError: a map that cannot be held at such a value.
    """
    shown: list[dict[str, Any]] = []
    frozen = [each.freeze for each in earlier if each.freeze is not None]
    numbers: list[Edit] = []  # in a row, which need but one pass
    for edit in edits:
        if edit.address is not None:
            numbers.append(edit)
            shown.append({"address": edit.address, "value": edit.value})
            continue
        trace, numbers = edited(trace, numbers), []
        check()
        loss = json_number(trace.recording.loss)
        if edit.freeze is not None:
            check_layer(trace.graph, edit.freeze)
            frozen.append(edit.freeze)
            shown.append({"freeze": edit.freeze})
        elif edit.layer is not None:
            channel, value = edit.channel or 0, edit.value or 0.0
            trace = trace.clamped(edit.layer, channel, value)
            shown.append({"layer": edit.layer, "channel": channel, "value": value, "loss": loss})
        else:
            trace = trace.stepped(edit.descend or 0.0, frozen)
            shown.append({"descend": edit.descend, "loss": loss})
    return edited(trace, numbers), shown


def edited(trace: Trace, edits: Sequence[Edit]) -> Trace:
    """The same pass with some numbers replaced by hand.

    Raises:
        AddressError: an edit of a number that is not there or follows from others.
    """
    if not edits:
        return trace
    snapshot, recording = trace.snapshot, trace.recording
    images = np.array(recording.images)
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
    return Trace(snapshot.edited(parameters), snapshot.record(recording, parameters, images=images))
