"""Where commands write to: text for people, JSON for programs, sentences for what goes wrong."""

from __future__ import annotations

import codecs
import json
import math
import os
import shutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console


def console(error: bool = False) -> Console:
    """Standard output (or standard error) for text; as wide as the terminal, 80 without one."""
    from rich.console import Console

    # Names of files and classes may hold anything: nothing in them is markup.
    return Console(stderr=error, markup=False, emoji=False, highlight=False)


def print_json(document: Any) -> None:
    """Write one JSON document to standard output, in ASCII, so that any encoding can carry it.

    JSON has no NaN and no infinity; they become the strings "NaN", "Infinity" and "-Infinity".
    """
    print(json.dumps(_plain(document), indent=2, allow_nan=False))


def percent(share: float) -> str:
    """A share from 0 to 1 in percent."""
    return f"{100 * share:.1f}%"


def paragraph(text: str) -> None:
    """Write a paragraph to standard output, in lines that fit."""
    out = console()
    out.print(_wrapped(text, min(out.width, 100)), soft_wrap=True)


def together(text: str) -> str:
    """The same with spaces at which :func:`paragraph` breaks no line: "135.9 kB"."""
    return text.replace(" ", _KEPT)


_KEPT = "\N{NO-BREAK SPACE}"


def _wrapped(text: str, width: int, hanging: str = "") -> str:
    """In lines of at most so many columns, as far as words allow."""
    import textwrap

    lines = textwrap.wrap(
        text, width, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(lines).replace(_KEPT, " ")


def columns(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in plain text; only its last column may be of any width."""
    lines = [headings, *rows]
    widths = [max(len(line[k]) for line in lines) for k in range(len(headings) - 1)]
    padded = [
        [*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[-1]]
        for line in lines
    ]
    return "\n".join("  ".join(line).rstrip() for line in padded)


def say_error(sentence: str) -> None:
    """Write ``backlit: error: …`` to standard error: one line, or in a terminal lines that fit."""
    plain = " ".join(sentence.split())
    text = f"backlit: error: {plain}"
    if sys.stderr.isatty():
        text = _wrapped(text, max(shutil.get_terminal_size().columns, 40), hanging="  ")
    print(text, file=sys.stderr, flush=True)


def say(sentence: str) -> None:
    """Write a remark to standard error, where it disturbs no program that reads the output."""
    print(sentence, file=sys.stderr, flush=True)


def degrade_instead_of_crashing() -> None:
    """Make both streams able to take any text.

    Where an encoding lacks a character, the nearest one that it has is written; where a stream was
    closed before the program began, what is written to it goes nowhere.
    """
    codecs.register_error("backlit", _nearest)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backlit")


def ignore_a_width_of_zero() -> None:
    """Some shells and editors set COLUMNS=0 where they do not know the width; nothing fits in that.

    Without the variable the terminal is asked, or 80 columns are taken.
    """
    if not os.environ.get("COLUMNS", "80").strip("0 "):
        del os.environ["COLUMNS"]


def silence_standard_output() -> None:
    """Let what is still in the buffer go nowhere, so that closing it at the end does not fail."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


def _nearest(problem: UnicodeError) -> tuple[str, int]:
    """What stands in for characters that an encoding lacks, and where to go on."""
    if not isinstance(problem, UnicodeEncodeError):
        raise problem
    from backlit.views.charset import fit

    # The problem's own name for the encoding may be "charmap", which says nothing.
    return fit(problem.object[problem.start : problem.end], "ascii"), problem.end


def _plain(value: Any) -> Any:
    """``value`` with lists for tuples, Python's numbers for NumPy's, and what JSON has of those."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, os.PathLike):
        return str(value)
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value
