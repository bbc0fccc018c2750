"""From a command line to an exit status: whatever goes wrong becomes one sentence.

====== ==========================================================================================
0      done
1      the work failed: a file is missing or damaged, the loss became NaN, …
2      wrong usage: what was typed, or a model file that it names, asks for what makes no sense
130    interrupted with Ctrl-C
====== ==========================================================================================
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from functools import cache
from typing import Any

import typer

from backlit.errors import AddressError, BacklitError, ConfigurationError, TrainingInterrupted

from .output import (
    degrade_instead_of_crashing,
    ignore_a_width_of_zero,
    say_error,
    silence_standard_output,
)
from .parsing import UsageError

DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130
DEBUG = "BACKLIT_DEBUG"


def run(app: typer.Typer, arguments: Sequence[str] | None) -> int:
    """Run the application and return its exit status; print what went wrong."""
    degrade_instead_of_crashing()
    ignore_a_width_of_zero()
    command = _build(app)
    args = None if arguments is None else list(arguments)
    try:
        status = command.main(args=args, prog_name="backlit", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        silence_standard_output()  # the reader, such as `head`, has had enough
        return FAILED
    except (KeyboardInterrupt, typer.Abort):
        status = INTERRUPTED
    except Exception as problem:
        return _report(problem)
    if status == INTERRUPTED:  # which is what newer versions of typer make of Ctrl-C
        say_error("interrupted")
    return status if isinstance(status, int) else DONE


@cache
def _build(app: typer.Typer) -> Any:
    """All commands with their options, which take longer to build than most commands to run."""
    return typer.main.get_command(app)


def _report(problem: Exception) -> int:
    """Say what went wrong; return the exit status that it means."""
    if isinstance(problem, UsageError):
        say_error(_usage_sentence(problem))
        return WRONG_USAGE
    if isinstance(problem, BacklitError):
        say_error(str(problem))
        if isinstance(problem, TrainingInterrupted):
            return INTERRUPTED
        return WRONG_USAGE if isinstance(problem, ConfigurationError | AddressError) else FAILED
    if os.environ.get(DEBUG):
        raise problem
    if isinstance(problem, OSError) and problem.strerror:
        _give_up_what_cannot_be_written()
        where = f"{problem.filename}: " if problem.filename else ""
        say_error(f"{where}{problem.strerror}")
    else:
        say_error(
            f"this should not have happened ({type(problem).__name__}: {problem}); please report "
            f"it with what the same command prints when {DEBUG}=1 is set"
        )
    return FAILED


def _give_up_what_cannot_be_written() -> None:
    """Output that a full disk refused would be tried, and complained about, again at the exit."""
    try:
        sys.stdout.flush()
    except OSError:
        silence_standard_output()


def _usage_sentence(problem: Exception) -> str:
    """The parser's complaint, and where help is."""
    message = " ".join(problem.format_message().split())  # type: ignore[attr-defined]
    context = getattr(problem, "ctx", None)
    path = context.command_path if context else "backlit"
    # As all other errors begin, and end; DATA stays.
    message = re.sub(r"^[A-Z](?=[a-z])", lambda first: first[0].lower(), message).rstrip(".")
    return f"{message} (see {path} --help)"
