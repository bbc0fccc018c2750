"""How things show themselves in a notebook: a place for functions that a room below puts there.

``explain`` makes traces and does not know what they look like; ``web`` knows it, and lies below.
So the package's own ``__init__``, which sees all rooms, puts functions here that import ``web``
when a notebook asks for the first time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

MimeBundle = tuple[dict[str, Any], dict[str, Any]]  # contents and metadata by MIME type


@dataclass(frozen=True)
class Display:
    """Who shows things.

    Attributes:
        bundle: gives the forms of a thing by MIME type, for everything that speaks Jupyter's
            protocol.
        shown: gives a thing that marimo can show.
    """

    bundle: Callable[[Any], MimeBundle]
    shown: Callable[[Any], Any]


_display: list[Display] = []


def show_with(display: Display) -> None:
    """Let things be shown by this from now on."""
    _display[:] = [display]


class Shown:
    """What shows itself in a notebook."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> MimeBundle:
        """Jupyter's protocol; what is included or excluded is up to who asks."""
        return _display[0].bundle(self) if _display else ({"text/plain": repr(self)}, {})

    def _display_(self) -> Any:
        """Marimo's protocol."""
        return _display[0].shown(self) if _display else repr(self)
