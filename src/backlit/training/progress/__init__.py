"""How a training shows itself: live on a terminal, in plain lines elsewhere, or not at all.

A display is a callback like any other; the loop knows nothing of it.
"""

from __future__ import annotations

from rich.console import Console

from .display import ProgressDisplay
from .live import LiveDisplay
from .plain import PlainDisplay


def progress_display(wanted: bool = True, console: Console | None = None) -> ProgressDisplay:
    """The display that suits where the output goes.

    Args:
        wanted: False for a display that shows nothing.
        console: where to; by default standard output.
    """
    if not wanted:
        return ProgressDisplay()
    console = console or Console(highlight=False)
    # A forced color does not make a file or a pipe a place where a line can be drawn again.
    moves = console.is_jupyter or (console.is_interactive and console.file.isatty())
    return LiveDisplay(console) if moves else PlainDisplay(console)


__all__ = ["LiveDisplay", "PlainDisplay", "ProgressDisplay", "progress_display"]
