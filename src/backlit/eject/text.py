"""Numbers as text, exact and short."""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Iterable, Sequence
from math import inf
from textwrap import wrap

READABLE = 4096
"""So many numbers, and no more, are written as numbers; beyond that they are bytes in base64."""

WIDTH = 79


def is_single(values: Iterable[float]) -> bool:
    """Whether four bytes hold each number exactly."""
    return all(_rounded(value, True) == value for value in values)


def shortest(value: float, single: bool) -> str:
    """The shortest text that is nearest to this number, among those that four bytes hold."""
    for digits in range(1, 10 if single else 18):
        text = f"{value:.{digits}g}"
        if _rounded(float(text), single) == value:
            break
    return _plain(text, value)


def _rounded(value: float, single: bool) -> float:
    if not single:
        return value
    try:
        rounded: float = struct.unpack("<f", struct.pack("<f", value))[0]
    except OverflowError:
        return inf
    return rounded


def _plain(text: str, value: float) -> str:
    """Without an exponent where that is no longer, and without a zero before the point."""
    if "e" in text:
        mantissa, exponent = text.split("e")
        short = f"{mantissa}e{int(exponent)}"
        if value == int(value) and abs(value) < 1e6:
            return str(int(value))
        return short
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text


def exact(value: float) -> str:
    """An option of a layer: six digits where they say it, all of them otherwise."""
    short = f"{value:g}"
    return short if isinstance(value, float) and float(short) == value else repr(value)


def packed(values: Sequence[float], single: bool) -> bytes:
    """Numbers as bytes, little-endian, four for each or eight."""
    return struct.pack(f"<{len(values)}{'f' if single else 'd'}", *values)


def rows(values: Sequence[float], single: bool) -> list[str]:
    """Lines of readable numbers."""
    return wrap(" ".join(shortest(value, single) for value in values), WIDTH)


def base64_rows(content: bytes) -> list[str]:
    """Lines of base64."""
    text = base64.b64encode(content).decode("ascii")
    return [text[k : k + WIDTH - 3] for k in range(0, len(text), WIDTH - 3)]


def filled(template: str, **replacements: str) -> str:
    """A text with ``@NAME@`` replaced; what is put in is not looked through again."""
    return re.sub(r"@(\w+)@", lambda found: replacements.get(found[1], found[0]), template)


def listed(start: str, items: Iterable[str], end: str) -> str:
    """``start item, item, … end`` in lines that fit; no line breaks inside an item."""
    lines, indent = [start], " " * (len(start) - len(start.lstrip()) + 4)
    every = list(items)
    for number, item in enumerate(every):
        word = item + ("," if number < len(every) - 1 else end)
        space = "" if lines[-1] in (start, indent) else " "
        if len(lines[-1]) + len(space) + len(word) > WIDTH and lines[-1] != indent:
            lines.append(indent)
            space = ""
        lines[-1] += space + word
    return "\n".join(lines) if every else start + end
