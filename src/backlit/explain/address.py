"""Addresses: how one number of a network is asked for.

    conv1.weight[0,0,1,2]   filter 0, channel 0, row 1, column 2 of a layer's weight
    conv1.bias[0]           a bias
    relu1.output[3,0,5,6]   what a layer made of image 3: channel 0, row 5, column 6
    relu1.error[3,0,5,6]    dL/d of that number
    input[3,0,5,6]          a pixel, as the network sees it; input.error[…] is dL/d of it
    probability[3,7]        how much the network believes that image 3 is of class 7
    loss                    the mean loss of the batch

All indices count from 0, the image first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from operator import index as whole_number
from typing import Any, TypeAlias

import numpy as np

from backlit.errors import AddressError
from backlit.network import Graph
from backlit.network.engine import Array
from backlit.network.graph import INPUT

Key: TypeAlias = "Address | str | tuple[Any, ...]"

PROBABILITY = "probability"
LOSS = "loss"
THE_LOSS = "the loss"  # what the equations of the loss belong to: no layer's name has a space
_WRITTEN = re.compile(r"\s*([^\[\]\s]+)\s*(?:\[\s*(.*?)\s*\]\s*)?")


@dataclass(frozen=True)
class Address:
    """Where one number of a network is found: the array that it is in, and its place there.

    Attributes:
        owner: the layer's name, or "input", "probability" or "loss".
        quantity: "weight", "bias", "output" or "error"; empty where the owner says it all.
        index: where in the array, from 0.
    """

    owner: str
    quantity: str
    index: tuple[int, ...]

    @property
    def name(self) -> str:
        """The array's name, ``conv1.weight``."""
        return f"{self.owner}.{self.quantity}" if self.quantity else self.owner

    @property
    def is_parameter(self) -> bool:
        """Whether it is the address of a number that training changes: of a weight or a bias."""
        return self.quantity in ("weight", "bias")

    @property
    def is_result(self) -> bool:
        """Whether it is the address of a probability or of the loss, after the last layer."""
        return self.owner in (PROBABILITY, LOSS) and not self.quantity

    @property
    def is_pixel(self) -> bool:
        """Whether it is the address of a pixel: of a number of a picture."""
        return self.owner == INPUT and not self.quantity

    def __str__(self) -> str:
        return f"{self.name}[{','.join(map(str, self.index))}]" if self.index else self.name


def addressable_shapes(graph: Graph, images: int) -> dict[str, tuple[int, ...]]:
    """Every array that can be addressed, with its shape, for a batch of so many images."""
    found = {INPUT: (images, *graph.input_shape), f"{INPUT}.error": (images, *graph.input_shape)}
    for node in graph:
        for name, shape in node.parameter_shapes.items():
            found[f"{node.name}.{name}"] = shape
        found[f"{node.name}.output"] = (images, *node.output_shape)
        found[f"{node.name}.error"] = (images, *node.output_shape)
    return {**found, PROBABILITY: (images, *graph.output_shape), LOSS: ()}


def find_address(key: Key, shapes: Mapping[str, tuple[int, ...]]) -> Address:
    """The address that was written, once it is known to exist.

    Args:
        key: ``"conv1.weight[0,0,1,2]"``, ``("conv1.weight", 0, 0, 1, 2)`` or an :class:`Address`.
        shapes: from :func:`addressable_shapes`.

    Raises:
        AddressError: it is no address, there is no such array, or no such element in it.
    """
    name, index = _parts(key)
    if name not in shapes:
        raise AddressError(_unknown(name if len(name) <= 80 else f"{name[:60]}…", shapes))
    shape = shapes[name]
    if len(index) != len(shape):
        raise AddressError(_wrong_count(name, index, shape))
    if not all(0 <= place < size for place, size in zip(index, shape, strict=True)):
        last = ",".join(str(size - 1) for size in shape)
        raise AddressError(
            f"{name} has shape {shape}, so the last element is {name}[{last}]; "
            f"there is no [{','.join(map(str, index))}]"
        )
    owner, _, quantity = name.partition(".")
    return Address(owner, quantity, index)


def steepest_weight(gradients: Mapping[str, Array]) -> str | None:
    """The weight of the first layer whose gradient is the largest: ``conv1.weight[4,0,2,0]``.

    If all gradients there are 0 it is one in the middle of the first filter; None if there are no
    weights.
    """
    # The page's is firstWeight in web/front/near.js; tests/web/test_parity.py holds them equal.
    name = next((name for name in gradients if name.endswith(".weight")), None)
    if name is None:
        return None
    sizes = np.abs(gradients[name])
    place = [int(each) for each in np.unravel_index(sizes.argmax(), sizes.shape)]
    if not sizes.max() > 0:  # also where the loss became NaN
        place = [0 if axis < 2 else size // 2 for axis, size in enumerate(sizes.shape)]
    return f"{name}[{','.join(map(str, place))}]"


def _parts(key: Key) -> tuple[str, tuple[int, ...]]:
    if isinstance(key, Address):
        return key.name, key.index
    if isinstance(key, tuple) and key and isinstance(key[0], str):
        return key[0].strip(), _whole_numbers(key[1:], key)
    written = _WRITTEN.fullmatch(key) if isinstance(key, str) else None
    if written is None:
        raise AddressError(
            f"an address is written like 'conv1.weight[0,0,1,2]' or 'loss', got {_short(key)}"
        )
    name, places = written.groups()
    return name, _whole_numbers(re.split(r"\s*,\s*", places) if places else (), key)


def _whole_numbers(places: Any, key: Key) -> tuple[int, ...]:
    try:
        return tuple(map(_whole_number, places))
    except (TypeError, ValueError):
        raise AddressError(
            f"the indices of an address are whole numbers, got {_short(key)}"
        ) from None


def _whole_number(place: Any) -> int:
    if isinstance(place, str):
        if not re.fullmatch(r"-?[0-9]{1,18}", place):
            raise ValueError(place)
        return int(place)
    if isinstance(place, bool):
        raise TypeError(place)
    return whole_number(place)


def _short(key: object) -> str:
    """What was given, as far as it fits into a message."""
    text = repr(key)
    return text if len(text) <= 80 else f"{text[:60]}…"


def _unknown(name: str, shapes: Mapping[str, tuple[int, ...]]) -> str:
    owner = name.partition(".")[0]
    own = [known for known in shapes if known.startswith(f"{owner}.")]
    if own:
        return f"there is no {name}; of {owner} there are {', '.join(own)}"
    close = get_close_matches(name, shapes, n=1)
    if close:
        return f"there is no {name}; did you mean {close[0]}?"
    return f"there is no {name}; there are {_summary(shapes)}"


def _summary(shapes: Mapping[str, tuple[int, ...]]) -> str:
    """All names, those of one owner together: conv1.weight/bias/output/error."""
    quantities: dict[str, list[str]] = {}
    for name in shapes:
        owner, _, quantity = name.partition(".")
        quantities.setdefault(owner, []).extend([quantity] if quantity else [])
    return ", ".join(
        f"{owner}.{'/'.join(each)}" if each and owner != INPUT else owner
        for owner, each in quantities.items()
    )


def _wrong_count(name: str, index: tuple[int, ...], shape: tuple[int, ...]) -> str:
    if not shape:
        return f"{name} is a single number, without an index"
    example = f"{name}[{','.join('0' * len(shape))}]"
    count = "1 index" if len(shape) == 1 else f"{len(shape)} indices"
    return f"{name} has shape {shape}: give {count}, such as {example}, not {len(index)}"
