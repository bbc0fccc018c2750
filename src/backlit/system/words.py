"""Several things in one sentence."""

from __future__ import annotations

from collections.abc import Sequence


def listing(parts: Sequence[str], last: str = "and") -> str:
    """A list in words: "a", "a and b", "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"
