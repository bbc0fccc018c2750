"""Lines that depend on who builds the pages, and so stand neither in them nor beside them."""

from __future__ import annotations

import re

_COMPILED = re.compile(r"^backlit: (compiled|waited) .*kernels?\b.*\n?", re.MULTILINE)


def without_notices(text: str) -> str:
    """Without what the engine says of kernels, which it compiles only if its cache lacks them."""
    return _COMPILED.sub("", text)
