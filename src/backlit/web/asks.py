"""What a page wants to see, as it is said in JSON by anybody."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from backlit.errors import InputError

_MOST_EDITS = 1000


@dataclass(frozen=True)
class Edit:
    """One number that was changed by hand."""

    address: str
    value: float


@dataclass(frozen=True)
class Descent:
    """One step of plain gradient descent: all weights at once, W − η·dW, for the batch shown."""

    rate: float


Change = Edit | Descent


@dataclass(frozen=True)
class Ask:
    """What a page wants to see.

    Attributes:
        first: the first image of the batch.
        count: how many.
        training: whether layers behave as in training.
        edits: what was changed by hand, in order.
        picture: an image of the visitor's own, (C, H, W) as the network sees it, in the place of
            the batch.
        label: its class; None for the one that the network takes it for.
        trained: the step of the training whose network is meant, as it is now; None for the run's.
        upcoming: whether the batch is the one that the training's next step learns from.
    """

    first: int = 0
    count: int = 8
    training: bool = True
    edits: tuple[Change, ...] = ()
    picture: tuple[Any, ...] | None = None
    label: int | None = None
    trained: int | None = None
    upcoming: bool = False


def read_ask(given: Mapping[str, Any]) -> Ask:
    """An :class:`Ask` out of JSON from anybody.

    Raises:
        InputError: it is not of that form; the message names what is wrong.
    """
    unknown = given.keys() - {each.name for each in fields(Ask)}
    if unknown:
        raise InputError(f"unknown keys: {', '.join(sorted(map(str, unknown)))}")
    edits = given.get("edits", [])
    if not isinstance(edits, list) or len(edits) > _MOST_EDITS:
        raise InputError(f"edits must be a list of at most {_MOST_EDITS:,}")
    picture = given.get("picture")
    if picture is not None and not isinstance(picture, list):
        raise InputError("the picture must be an array of numbers")
    return Ask(
        first=_whole(given, "first", 0),
        count=_whole(given, "count", 8),
        training=_flag(given, "training", True),
        edits=tuple(map(_change, edits)),
        picture=None if picture is None else tuple(picture),
        label=None if given.get("label") is None else _whole(given, "label", 0),
        trained=None if given.get("trained") is None else _whole(given, "trained", 0),
        upcoming=_flag(given, "upcoming", False),
    )


def _whole(given: Mapping[str, Any], name: str, default: int) -> int:
    value = given.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 2**31:
        raise InputError(f"{name} must be a whole number")
    return value


def _flag(given: Mapping[str, Any], name: str, default: bool) -> bool:
    value = given.get(name, default)
    if not isinstance(value, bool):
        raise InputError(f"{name} must be true or false")
    return value


def _change(given: Any) -> Change:
    if isinstance(given, dict) and given.keys() == {"descend"}:
        return Descent(finite("a learning rate", given["descend"]))
    if not isinstance(given, dict) or given.keys() != {"address", "value"}:
        raise InputError('an edit must be {"address": …, "value": …} or {"descend": …}')
    address, value = given["address"], given["value"]
    if not isinstance(address, str) or len(address) > 200:
        raise InputError("the address of an edit must be a short text")
    return Edit(address, finite(f"the value of {address}", value))


def finite(what: str, value: Any) -> float:
    """A number as a float.

    Raises:
        InputError: it is none, too large for one, or not finite.
    """
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise InputError(f"{what} must be a number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise InputError(f"{what} must be a finite number")
    return number
