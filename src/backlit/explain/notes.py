"""Conventions that decided a number: the slope at a kink, the winner of a tie."""

from __future__ import annotations

import numpy as np

from .address import Address
from .layer_work import LayerWork
from .part import Part
from .recorded import RecordedPass
from .windows import pool_windows
from .words import in_words, number


def notes_about(
    recorded: RecordedPass, address: Address, parts: tuple[Part, ...]
) -> tuple[str, ...]:
    """A sentence for each convention without which the number could have been another."""
    found = []
    for part in parts:
        if part.layer in recorded.graph and not address.is_parameter:
            work = recorded.work(part.layer)
            found += _kink(work, address) + _ties(work, address, part)
    return tuple(dict.fromkeys(found))


def _kink(work: LayerWork, address: Address) -> list[str]:
    kinks = work.node.layer.kinks
    if address.quantity == "output" or not kinks:
        return []
    x = float(work.tensors["X"][address.index])
    return [
        f"The input of {work.node.name} is exactly {number(kink.at)} here, where it has a kink. "
        f"Its slope there is a convention: that of the {kink.side} side, {number(kink.slope)}."
        for kink in kinks
        if kink.at == x
    ]


def _ties(work: LayerWork, address: Address, part: Part) -> list[str]:
    """Windows of a max pool in which several numbers are the largest, this one among them."""
    if not work.node.layer.winner_takes_error:
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
