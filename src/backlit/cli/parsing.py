"""From what was typed to numbers, with a sentence for what is none."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

import typer

# What the parser itself complains with; it has no public name in every version of typer.
UsageError: type[Exception] = typer.BadParameter.__bases__[0]
FORMATS = ("text", "latex", "mathml", "python", "json")


def count(text: str) -> int:
    """A whole number of at least 1."""
    return _whole(text, 1)


def number_from_zero(text: str) -> int:
    """A whole number of at least 0."""
    return _whole(text, 0)


def port(text: str) -> int:
    """A port of a machine, 0 for any that is free."""
    number = _whole(text, 0)
    if number > 65535:
        raise typer.BadParameter(f"{text!r} is no port: these go up to 65535")
    return number


def positive(text: str) -> float:
    """A number above 0."""
    return _number(text, "a number above 0", lambda value: value > 0)


def not_negative(text: str) -> float:
    """A number of at least 0."""
    return _number(text, "a number of at least 0", lambda value: value >= 0)


def number(text: str) -> float:
    """Any number."""
    return _number(text, "a number", lambda value: True)


def share(text: str) -> float:
    """A number of at least 0 and below 1."""
    return _number(text, "a number of at least 0 and below 1", lambda value: 0 <= value < 1)


class Size(NamedTuple):
    """Of a picture or a window."""

    rows: int
    columns: int


def size(text: str) -> Size:
    """``32`` or ``24x32``, rows first."""
    found = re.fullmatch(r"(\d{1,9})(?:[x×](\d{1,9}))?", str(text).strip().lower(), re.ASCII)
    sides = [int(side) for side in found.groups() if side] if found else [0]
    if min(sides) < 1:
        raise typer.BadParameter(
            f"a number such as 8, or two such as 8x6 (rows x columns), is needed, not {text!r}"
        )
    return Size(sides[0], sides[-1])


def padding(text: str) -> object:
    """``1``, ``1x2``, ``same`` or ``valid``."""
    if text in ("same", "valid"):
        return text
    sides = re.fullmatch(r"(\d{1,9})(?:[x×](\d{1,9}))?", str(text).strip().lower(), re.ASCII)
    if not sides:
        raise typer.BadParameter(f"1, 1x2 (rows x columns), same or valid is needed, not {text!r}")
    return tuple(int(side or sides[1]) for side in sides.groups())


def image_range(text: str) -> range:
    """``0:64``: from the first number up to, and without, the second."""
    found = re.fullmatch(r"(\d{0,9}):(\d{1,9})", str(text).strip(), re.ASCII)
    first, end = (int(number or 0) for number in found.groups()) if found else (0, 0)
    if first >= end:
        raise typer.BadParameter(
            f"a range like 0:64, from the first image up to and without the last, is needed, not "
            f"{text!r}"
        )
    return range(first, end)


def engine(text: str) -> str:
    """The name of an engine."""
    from backlit.network import engine_names

    return _one_of(text, engine_names())


def optimizer(text: str) -> str:
    """The name of an optimizer."""
    from backlit.runs.plan import OPTIMIZERS

    return _one_of(text, OPTIMIZERS)


def schedule(text: str) -> str:
    """The name of a schedule."""
    from backlit.runs.plan import SCHEDULES

    return _one_of(text, SCHEDULES)


def recipe(text: str) -> str:
    """The name of a recipe."""
    from backlit.recipes import RECIPES

    return _one_of(text, RECIPES)


def split(text: str) -> str:
    """Which part of a data set."""
    return _one_of(text, ("test", "train"))


def output_format(text: str) -> str:
    """In which form equations are written."""
    return _one_of(text, FORMATS)


def order(text: str) -> str:
    """In which order terms are listed."""
    return _one_of(text, ("largest", "loop"))


def not_both(**given: bool) -> None:
    """Refuse two options that exclude each other; ``not_both(image=True, misclassified=False)``.

    Raises:
        UsageError: both are given.
    """
    if all(given.values()):
        one, other = (f"--{name}" for name in given)
        raise UsageError(f"give {one} or {other}, not both")


def _one_of(text: str, names: Iterable[str]) -> str:
    if text not in names:
        raise typer.BadParameter(f"there is no {text!r}, only {', '.join(names)}")
    return text


def _whole(text: str, least: int) -> int:
    digits = re.fullmatch(r"\+?(\d{1,18})", str(text).strip(), re.ASCII)
    value = int(digits[1]) if digits else least - 1
    if value < least:
        raise typer.BadParameter(f"a whole number of at least {least} is needed, not {text!r}")
    return value


def _number(text: str, expected: str, holds: Callable[[float], bool]) -> float:
    try:
        value = float(str(text))
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or not holds(value):
        raise typer.BadParameter(f"{expected} is needed, not {text!r}")
    return value
