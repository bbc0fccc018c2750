"""Raw pictures as lines of text: a class, and a letter for each pixel, or base64."""

from __future__ import annotations

import base64
import string
from collections.abc import Iterable, Sequence

from .description import Picture

ALPHABET = "." + string.digits[1:] + string.ascii_lowercase + string.ascii_uppercase
LARGEST = 256 * 1024
"""So many characters of pictures to learn from go into a program, and no more."""


def alphabet(pictures: Iterable[Picture]) -> tuple[int, ...]:
    """The values that occur, if there is a letter for each; else ()."""
    found = sorted({value for picture in pictures for value in picture.pixels})
    return tuple(found) if len(found) <= len(ALPHABET) else ()


def encoded(picture: Picture, values: Sequence[int]) -> str:
    """A line: the class, and the pixels."""
    if values:
        letters = dict(zip(values, ALPHABET, strict=False))
        pixels = "".join(letters[value] for value in picture.pixels)
    else:
        pixels = base64.b64encode(picture.pixels).decode("ascii")
    return f"{picture.label} {pixels}"


def share(pictures: Sequence[Picture]) -> tuple[Picture, ...]:
    """As many of the pictures as a program takes, from the first one on."""
    if not pictures:
        return ()
    length = len(encoded(pictures[0], alphabet(pictures))) + 1
    return tuple(pictures[: max(1, LARGEST // length)])
