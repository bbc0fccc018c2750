"""Numbers for JSON, which knows neither NaN nor infinity."""

from __future__ import annotations

import math
from typing import Any


def json_number(value: Any) -> float | int | str | None:
    """A number that JSON can hold; ``"NaN"``, ``"Infinity"`` and ``"-Infinity"`` for the others."""
    if value is None or isinstance(value, int):
        return value
    number = float(value)
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return number


def json_rows(rows: Any) -> list[Any]:
    """Nested sequences of numbers as lists that JSON can hold."""
    return [json_rows(row) if isinstance(row, list | tuple) else json_number(row) for row in rows]
