"""The folder of what can be made or fetched again: compiled kernels, downloads."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "BACKLIT_CACHE"


def cache_folder() -> Path:
    """What ``BACKLIT_CACHE`` says (a leading ``~`` is the user's home), else the user's cache."""
    asked = os.environ.get(VARIABLE)
    if asked:
        return Path(os.path.expanduser(asked))  # noqa: PTH111 - the other one raises, without a home
    from platformdirs import user_cache_path

    return user_cache_path("backlit", appauthor=False)
