"""The command line: ``backlit COMMAND``, one file for each command.

A command parses what was typed and calls the room that does the work; nothing is computed here.
What a room needs is imported when a command runs, so that ``backlit --help`` is quick.

Every command ends with status 0 (done), 1 (the work failed), 2 (wrong usage) or 130 (Ctrl-C), and
with one clear sentence on standard error if it is not 0.
"""

from __future__ import annotations

from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit status.

    Args:
        arguments: what follows ``backlit``; by default what the process was started with.
    """
    from .app import app
    from .status import run

    return run(app, arguments)
