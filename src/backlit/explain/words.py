"""How numbers are written: in sentences (counts, lists, shares), and in JSON."""

from __future__ import annotations

from math import isfinite, isinf, isnan
from typing import Any

from backlit.equations import format_number
from backlit.equations.expressions import Number


def number(value: Number, digits: int = 4) -> str:
    """Few significant digits and a real minus sign, as in the equations: "−0.02", "1.2e−5"."""
    return format_number(value, digits)


def count_of(count: int, noun: str, plural: str | None = None) -> str:
    """A count with its noun: "1 image", "64 images"."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def in_words(count: int, noun: str, plural: str | None = None) -> str:
    """The same with a small count as a word, for after another number: "two numbers"."""
    written = count_of(count, noun, plural)
    return written if count >= len(_WORDS) else _WORDS[count] + written.removeprefix(str(count))


_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def percent(share: float) -> str:
    """A share as a percentage with two digits that count: "31%", "0.12%", "less than 0.001%"."""
    if not isfinite(share):
        return "an unknown share"
    if 0 < share < 1e-5:
        return "less than 0.001%"
    if share >= 0.0995:
        return f"{100 * share:,.0f}%"
    return f"{100 * share:.2g}%"


def json_number(value: Any) -> float | int | str | None:
    """A number that JSON can hold; ``"NaN"``, ``"Infinity"`` and ``"-Infinity"`` for the others."""
    if value is None or isinstance(value, int):
        return value
    number = float(value)
    if isnan(number):
        return "NaN"
    if isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return number


def json_rows(rows: Any) -> list[Any]:
    """Nested sequences of numbers as lists that JSON can hold."""
    return [json_rows(row) if isinstance(row, list | tuple) else json_number(row) for row in rows]
