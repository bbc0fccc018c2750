"""The one library that figures need and the package does not bring along."""

from __future__ import annotations

from importlib.util import find_spec

from backlit.errors import BacklitError


class MissingMatplotlib(BacklitError, ImportError):  # noqa: N818 - it says what is the matter
    """Figures are drawn by matplotlib, and it is not installed."""


def require_matplotlib() -> None:
    """Make sure that figures can be drawn here.

    Raises:
        MissingMatplotlib: they cannot.
    """
    if find_spec("matplotlib") is None:
        raise MissingMatplotlib(
            "figures are drawn by matplotlib, which is not installed: pip install matplotlib"
        )
