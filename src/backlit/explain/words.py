"""Small pieces of English: numbers, counts, lists, shares."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from backlit.equations.typeset.numbers import format_number


def number(value: float) -> str:
    """Four significant digits and a real minus sign, as in the equations: "−0.02", "1.2e−5"."""
    return format_number(value)


def count_of(count: int, noun: str, plural: str | None = None) -> str:
    """ "1 image", "64 images"."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def listing(parts: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def percent(share: float) -> str:
    """A share as a percentage with two digits that count: "31 %", "0.0012 %"."""
    if not isfinite(share):
        return "an unknown share"
    if share == 0:
        return "0 %"
    return f"{_two_digits(100 * share)} %"


def _two_digits(number: float) -> str:
    if abs(number) >= 9.95:
        return f"{number:,.0f}"
    text = f"{number:.2g}"
    mantissa, e, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent)}" if e else text
