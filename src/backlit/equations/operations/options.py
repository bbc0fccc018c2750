"""Options of windows, as numbers or as letters: kernel, stride, padding, dilation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias, cast

from ...errors import ConfigurationError
from ...system.numbers import is_count, is_whole

Pair: TypeAlias = int | Sequence[int] | None
Padding: TypeAlias = int | str | Sequence[int | Sequence[int]] | None


def pair(operation: str, name: str, value: Pair, least: int = 1) -> tuple[int, int] | None:
    """(rows, columns) of an option; None stays None, a letter.

    Raises:
        ConfigurationError: not a whole number of at least ``least``, nor two of them.
    """
    if value is None:
        return None
    numbers = (value, value) if is_whole(value) else value
    if not _are_whole(numbers, 2, least):
        raise ConfigurationError(
            f"{operation}: {name} must be a whole number of at least {least}, "
            f"or two (rows, columns), got {value!r}"
        )
    rows, columns = cast(tuple[int, int], numbers)
    return rows, columns


def positive(operation: str, name: str, value: int | None) -> int | None:
    """One whole number of at least 1; None stays None.

    Raises:
        ConfigurationError: anything else.
    """
    if value is not None and not is_count(value):
        raise ConfigurationError(
            f"{operation}: {name} must be a whole number of at least 1, got {value!r}"
        )
    return value


def paddings(operation: str, value: Padding) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """((top, bottom), (left, right)) of a padding other than "same"; None stays None.

    Raises:
        ConfigurationError: neither a number, nor a pair, nor a pair of pairs.
    """
    if value is None:
        return None
    if value == "valid":
        return (0, 0), (0, 0)
    if isinstance(value, int) and is_whole(value) and value >= 0:
        return (value, value), (value, value)
    if isinstance(value, Sequence) and not isinstance(value, str) and len(value) == 2:
        rows, columns = ((each, each) if is_whole(each) else each for each in value)
        if _are_whole(rows, 2, 0) and _are_whole(columns, 2, 0):
            (top, bottom), (left, right) = cast(tuple[tuple[int, int], ...], (rows, columns))
            return (top, bottom), (left, right)
    raise ConfigurationError(
        f"{operation}: padding must be a whole number of at least 0, (rows, columns), "
        f'((top, bottom), (left, right)), "same" or "valid", got {value!r}'
    )


def _are_whole(values: object, count: int, least: int) -> bool:
    return (
        isinstance(values, Sequence)
        and not isinstance(values, str)
        and len(values) == count
        and all(is_whole(each) and each >= least for each in values)
    )
