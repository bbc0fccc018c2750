"""How a command of backlit is typed on this machine."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path


def command_line(*words: object) -> str:
    """A command of backlit as it can be typed in this shell, to be shown to people.

    Args:
        words: what follows ``backlit``.
    """
    typed = [*_program(), *map(str, words)]
    return subprocess.list2cmdline(typed) if os.name == "nt" else shlex.join(typed)


def _program() -> list[str]:
    """How this program is started from here: by its name if the shell finds it by that."""
    if shutil.which("backlit"):
        return ["backlit"]
    beside = Path(sys.executable).with_name("backlit.exe" if os.name == "nt" else "backlit")
    if not beside.is_file():
        return [Path(sys.executable).name, "-m", "backlit"]
    here = Path.cwd()
    return [str(beside.relative_to(here) if beside.is_relative_to(here) else beside)]
