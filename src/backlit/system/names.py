"""Where several names are asked for, a single text is none: its letters would be taken for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from backlit.errors import ConfigurationError


def checked_names(what: str, given: Any, of: str = "names") -> tuple[str, ...]:
    """Several names as somebody gave them.

    Args:
        what: the argument, such as "classes".
        given: a list, a tuple, or anything else that names can be taken from.
        of: what they are, where that is not names.

    Raises:
        ConfigurationError: it is one text, or nothing that holds several things.
    """
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        raise ConfigurationError(f"{what} must be a list of {of}, got {given!r}")
    return tuple(map(str, given))
