"""Node.js, which runs the front end's modules without a browser."""

import json
import shutil
import subprocess
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent / "front"


def node() -> str:
    """The program; without it a test is skipped."""
    found = shutil.which("node")
    if found is None:
        pytest.skip("Node.js is not installed, which runs the page's JavaScript")
    return found


def answers(questions: list[dict[str, Any]]) -> list[Any]:
    """What ``front/parity.mjs`` answers, all of it in one process."""
    with as_file(files("backlit.web") / "front") as front:
        run = subprocess.run(
            [node(), str(HERE / "parity.mjs"), str(front)],
            input=json.dumps(questions),
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
    assert run.returncode == 0, run.stderr
    found: list[Any] = json.loads(run.stdout)
    return found
