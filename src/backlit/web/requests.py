"""What a page can request of its server, as it comes in JSON from anybody.

msgspec reads a request into one of these structures and takes nothing else: no other keys, no text
for a number, no number that is not finite.  What it refuses is said in one sentence.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta

from backlit.errors import InputError

from .pacing import SLOWEST

Whole = Annotated[int, Meta(ge=-(2**31), le=2**31)]  # which image or step there is, others know
ShortText = Annotated[str, Meta(max_length=200)]
Action = Literal["look", "start", "pause", "step", "again", "freeze", "thaw"]
R = TypeVar("R", bound="Request")


_KINDS_OF_EDIT = ({"address", "value"}, {"descend"}, {"layer", "channel", "value"}, {"freeze"})


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request, or a part of one."""


class Edit(Request, frozen=True):
    """One change: of a number or of a whole map by hand, or a step of gradient descent.

    Attributes:
        address: of the number that was changed by hand.
        value: its new value; or that of the whole map.
        layer: a layer one of whose output maps is held at the value.
        channel: which map, by its filter.
        freeze: a layer whose weights later steps leave as they are.
        descend: the learning rate η of a step W ← W − η·dW for the images that are shown.
    """

    address: ShortText | None = None
    value: float | None = None
    descend: float | None = None
    layer: ShortText | None = None
    channel: Whole | None = None
    freeze: ShortText | None = None

    def __post_init__(self) -> None:
        given = {name for name in self.__struct_fields__ if getattr(self, name) is not None}
        if given not in _KINDS_OF_EDIT:
            raise ValueError(
                'an edit is {"address": …, "value": …}, {"layer": …, "channel": …, "value": …}, '
                '{"descend": …} or {"freeze": …}'
            )


class ViewRequest(Request, frozen=True):
    """What a page is to show.

    Attributes:
        first: the first image of the batch.
        count: how many.
        in_training: whether layers work as in a training step.
        edits: what was changed, by hand or by gradient descent, in order.
        picture: an image of the visitor's own, (C, H, W) as the network sees it, in the place of
            the batch.
        label: its class; None for the one that the network takes it for.
        at_step: show the network as the page's trainer has it after so many steps; None for the
            run's own.
        upcoming: whether the batch is the one that the training's next step learns from.
    """

    first: Whole = 0
    count: Whole = 8
    in_training: bool = True
    edits: Annotated[tuple[Edit, ...], Meta(max_length=1000)] = ()
    picture: list[list[list[float]]] | None = None
    label: Whole | None = None
    at_step: Whole | None = None
    upcoming: bool = False


class LossesRequest(ViewRequest, frozen=True, kw_only=True):
    """What the loss becomes if the number at an address is changed by each of the offsets."""

    address: ShortText
    offsets: Annotated[list[float], Meta(max_length=201)]


class FlipRequest(ViewRequest, frozen=True, kw_only=True):
    """How far the number at an address must change until an image gets another answer."""

    address: ShortText
    image: Whole


class UpdateRequest(ViewRequest, frozen=True, kw_only=True):
    """What the training makes of the weight or bias at an address."""

    address: ShortText


class PictureRequest(Request, frozen=True):
    """A picture file, in base64 as JSON holds it; ``invert`` is None for a guess by its border."""

    file: bytes
    invert: bool | None = None


class TrainerRequest(Request, frozen=True):
    """What the page's trainer is to do, and from which step on its losses are wanted.

    ``pace`` is the least number of seconds from step to step; ``layer`` the one to freeze or thaw.
    """

    do: Action = "look"
    since: Annotated[int, Meta(ge=0, le=2**62)] = 0
    pace: Annotated[float, Meta(ge=0, le=SLOWEST)] = 0.0
    layer: ShortText = ""


def read_request(body: bytes, kind: type[R]) -> R:
    """A request out of the bytes that somebody has sent.

    Raises:
        InputError: it is not of that form; the message names what is wrong.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as problem:
        raise InputError(_sentence(str(problem))) from None
    except (msgspec.DecodeError, RecursionError, ValueError):
        raise InputError("the request is not JSON") from None


_TYPES = {
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "bool": "true or false",
    "array": "a list",
    "object": "a JSON object",
    "bytes": "a text in base64",
}
_LIMIT = re.compile(r"Expected `(\w+)`(?: of length)? (>=|<=) (-?[\d.]+)")
_TYPE = re.compile(r"Expected `([\w |]+)`, got `(\w+)`")
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(\w+)`")


def _sentence(problem: str) -> str:
    """A complaint of msgspec's in words: "Expected `int`, got `str` - at `$.first`"."""
    problem, _, place = problem.partition(" - at `")
    where = place.rstrip("`").removeprefix("$").removeprefix(".") or "the request"
    if found := _TYPE.fullmatch(problem):
        expected = found[1].removesuffix(" | null")
        return f"{where} must be {_TYPES[expected]}, got {_TYPES.get(found[2], found[2])}"
    if found := _LIMIT.fullmatch(problem):
        size = f"{float(found[3]):,.0f}"
        most = "at most" if found[2] == "<=" else "at least"
        units = {"str": f" {size} characters", "array": f" {size} entries"}.get(found[1])
        return f"{where} must {f'have {most}{units}' if units else f'be {most} {size}'}"
    if found := _UNKNOWN.fullmatch(problem):
        return f"{where} has the unknown key {found[1]!r}"
    if found := _MISSING.fullmatch(problem):
        return f"{where} needs the key {found[1]!r}"
    return f"{where}: {problem[:1].lower()}{problem[1:]}"
