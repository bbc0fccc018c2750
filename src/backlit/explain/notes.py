"""Conventions that decided a number: the slope at a kink, the winner of a tie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from backlit.layers import ELU, LeakyReLU, MaxPool2d, ReLU

from .address import Address
from .layer_work import LayerWork
from .part import Part
from .windows import pool_windows
from .words import in_words, number

if TYPE_CHECKING:
    from .trace import Trace


def notes_about(trace: Trace, address: Address, parts: tuple[Part, ...]) -> tuple[str, ...]:
    """A sentence for each convention without which the number could have been another."""
    found = []
    for part in parts:
        if part.layer in trace.graph and not address.is_parameter:
            work = trace.work(part.layer)
            found += _kink(work, address) + _ties(work, address, part)
    return tuple(dict.fromkeys(found))


def _kink(work: LayerWork, address: Address) -> list[str]:
    layer, name = work.node.layer, work.node.name
    match layer:
        case ReLU():
            slope = 0.0
        case LeakyReLU(slope=slope) if slope != 1:
            pass
        case ELU(alpha=slope) if slope != 1:
            pass
        case _:
            return []
    if address.quantity == "output" or float(work.tensors["X"][address.index]) != 0:
        return []
    return [
        f"The input of {name} is exactly 0 here, where it has a kink. Its slope there is a "
        f"convention: that of the left side, {number(slope)}."
    ]


def _ties(work: LayerWork, address: Address, part: Part) -> list[str]:
    """Windows of a max pool in which several numbers are the largest, this one among them."""
    if not isinstance(work.node.layer, MaxPool2d):
        return []
    n, c, *place = address.index
    windows = pool_windows(work.node, work.tensors["X"][n, c])
    if address.quantity == "output":
        seen = [tuple(place)]
    else:
        seen = [(term.index["i"], term.index["j"]) for term in part.terms]
        own = float(work.tensors["X"][address.index])
    notes = []
    for i, j in seen:
        window = windows[i, j]
        equal = int(np.count_nonzero(window == window.max()))
        if equal > 1 and (address.quantity == "output" or own == window.max()):
            notes.append(
                f"In window ({i}, {j}) of {work.node.name} {in_words(equal, 'number')} are equally "
                f"large ({number(float(window.max()))}). Only the first in row order gets the "
                "error: a convention."
            )
    return notes
