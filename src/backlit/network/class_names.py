"""Names of classes: any text that a terminal and a file can hold.

They come from folders and from files of strangers, and end up on the screen.  A control character
there could move the cursor or change what was printed before, so names with one are refused.
"""

from __future__ import annotations

import unicodedata

# Control characters, halves of characters (from file names in an unknown encoding), line ends.
_REFUSED = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # of writing


def is_printable(name: str) -> bool:
    """Whether a name can be shown as it is."""
    return not any(unicodedata.category(c) in _REFUSED or c in _TURNING for c in name)
