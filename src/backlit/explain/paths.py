"""Where paths of the network meet: the errors that come back on them add up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from backlit.equations import Phrase, format_number
from backlit.equations.typeset.layout import Digits, Fenced, Layout, Operator, Words, row

from .address import Address

if TYPE_CHECKING:
    from .part import Part


def paths_formula(address: Address, parts: Sequence[Part]) -> Phrase:
    """``relu1.error[…] = error through conv2 + error through add1``."""
    return _sum(address.name, [Words(f"error through {part.layer}") for part in parts])


def paths_numbers(address: Address, parts: Sequence[Part], total: float) -> Phrase:
    """``relu1.error[0,1,2,3] = 0.0123 + (−0.02) = −0.0077``."""
    numbers = [Digits(format_number(part.total)) for part in parts]
    fenced = [
        Fenced("()", each) if place and part.total < 0 else each
        for place, (each, part) in enumerate(zip(numbers, parts, strict=True))
    ]
    phrase = _sum(str(address), fenced)
    return Phrase(row(phrase.layout, Operator("="), Digits(format_number(total))))


def _sum(left: str, parts: Sequence[Layout]) -> Phrase:
    boxes: list[Layout] = [Words(left)]
    for place, part in enumerate(parts):
        boxes += [Operator("+" if place else "="), part]
    return Phrase(row(*boxes))
