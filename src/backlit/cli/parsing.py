"""From what was typed to numbers, with a sentence for what is none."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable
from difflib import get_close_matches
from typing import NamedTuple

import typer

# What the parser itself complains with; it has no public name in every version of typer.
UsageError: type[Exception] = typer.BadParameter.__bases__[0]
_LARGEST = 999_999_999  # side of a window or a picture, and padding: nine digits
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
        raise typer.BadParameter(f"must be a port from 0 to 65535, got {text!r}")
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
            f"must be a whole number from 1 to {_LARGEST:,}, or two such as 8x6 (rows x columns), "
            f"got {text!r}"
        )
    return Size(sides[0], sides[-1])


def padding(text: str) -> object:
    """``1``, ``1x2``, ``same`` or ``valid``."""
    if text in ("same", "valid"):
        return text
    sides = re.fullmatch(r"(\d{1,9})(?:[x×](\d{1,9}))?", str(text).strip().lower(), re.ASCII)
    if not sides:
        raise typer.BadParameter(
            f"must be a whole number from 0 to {_LARGEST:,}, two such as 1x2 (rows x columns), "
            f"same or valid, got {text!r}"
        )
    return tuple(int(side or sides[1]) for side in sides.groups())


def image_range(text: str) -> range:
    """``0:64``: from the first number up to, and without, the second."""
    found = re.fullmatch(r"(\d{0,9}):(\d{1,9})", str(text).strip(), re.ASCII)
    first, end = (int(number or 0) for number in found.groups()) if found else (0, 0)
    if first >= end:
        raise typer.BadParameter(
            f"must be a range such as 0:64, from image 0 up to 64, without 64, got {text!r}"
        )
    return range(first, end)


def engine(text: str) -> str:
    """The name of an engine."""
    from backlit.network import engine_names

    return one_of(text, engine_names())


def target(text: str) -> str:
    """A language that a network can be written in."""
    from backlit.eject import TARGETS

    return one_of(text, TARGETS)


def optimizer(text: str) -> str:
    """The name of an optimizer."""
    from backlit.runs.plan import OPTIMIZERS

    return one_of(text, OPTIMIZERS)


def schedule(text: str) -> str:
    """The name of a schedule."""
    from backlit.runs.plan import SCHEDULES

    return one_of(text, SCHEDULES)


def recipe(text: str) -> str:
    """The name of a recipe."""
    from backlit.recipes import RECIPES

    return one_of(text, RECIPES)


def split(text: str) -> str:
    """Which part of a data set."""
    from backlit.runs.batch import SPLITS

    return one_of(text, SPLITS)


def output_format(text: str) -> str:
    """In which form equations are written."""
    return one_of(text, FORMATS)


def order(text: str) -> str:
    """In which order terms are listed."""
    from backlit.views.explanation import ORDERS

    return one_of(text, ORDERS)


def not_both(**given: bool) -> None:
    """Refuse two options that exclude each other; ``not_both(image=True, misclassified=False)``.

    Raises:
        UsageError: both are given.
    """
    if all(given.values()):
        one, other = (f"--{name}" for name in given)
        raise UsageError(f"give {one} or {other}, not both")


def is_given(context: typer.Context, name: str) -> bool:
    """Whether an option was typed, though perhaps with the value that it has anyway."""
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def refuse(context: typer.Context, names: Iterable[str], why: str) -> None:
    """Options that would change nothing were meant to change something.

    Args:
        context: of the command.
        names: the options that would change nothing, as its parameters are called.
        why: the sentence that begins with the option, such as "does not apply to curves".

    Raises:
        UsageError: one of them is given.
    """
    for name in names:
        if is_given(context, name):
            negated = name in _NEGATED and context.params[name] is False
            option = f"--{'no-' if negated else ''}{name.replace('_', '-')}"
            raise UsageError(f"{option} {why}")


_NEGATED = ("story",)  # options that are switched off by --no-…


def one_of(text: str, names: Collection[str]) -> str:
    """One of some names.

    Raises:
        typer.BadParameter: it is none of them.
    """
    if text not in names:
        close = get_close_matches(text.lower(), names, n=1)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise typer.BadParameter(f"must be one of {', '.join(names)}, got {text!r}{hint}")
    return text


def _whole(text: str, least: int) -> int:
    digits = re.fullmatch(r"\+?(\d{1,18})", str(text).strip(), re.ASCII)
    value = int(digits[1]) if digits else least - 1
    if value < least:
        raise typer.BadParameter(f"must be a whole number of at least {least}, got {text!r}")
    return value


def _number(text: str, expected: str, holds: Callable[[float], bool]) -> float:
    try:
        value = float(str(text))
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or not holds(value):
        raise typer.BadParameter(f"must be {expected}, got {text!r}")
    return value
