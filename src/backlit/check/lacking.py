"""What the Python that runs foreign code lacks, and what is to be done about it."""

from __future__ import annotations

import sys

NOTHING_TYPED = (
    "nothing can be typed in while a program runs on this page: write the value into the program, "
    "in place of input()"
)


def missing(problem: ModuleNotFoundError) -> str:
    """What cannot be imported, and what to do instead."""
    if sys.platform == "emscripten":  # in a browser
        return (
            f"there is no {problem.name} here: this page's Python has the standard library and "
            "backlit.pure, which work on nested lists"
        )
    return f"{problem}, which has to be installed for the Python that backlit runs in"


class NoInput:
    """What ``input()`` reads from in a browser, where there is no terminal to type into."""

    def readline(self, size: int = -1) -> str:
        """Nothing.

        Raises:
            EOFError: always.
        """
        raise EOFError(NOTHING_TYPED)

    read = readlines = __iter__ = __next__ = readline
