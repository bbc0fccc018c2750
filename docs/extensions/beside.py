"""Pages of the package that lie beside those of the site, and the questions that they answer."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from html import escape
from pathlib import Path

from backlit.web.bundle import modules
from backlit.web.ladder import STEPS
from backlit.web.toy import toy_page
from docs.extensions.running import SETTINGS

# Where a question is answered, if not on the demo's page.
PAGES = {"stride": "toy-stride.html", "one-over-n": "toy-batch.html"}

PROGRAM = "cnn.py"  # the demo's network, ejected


def _asked() -> list[tuple[str, str]]:
    """The slug and the words of each question."""
    return re.findall(r'slug: "([^"]+)",\s+question: "([^"]+)"', modules()["questions.js"])


def questions() -> str:
    """A list of the questions."""
    return "\n".join(f"- {question}" for _, question in _asked())


def linked_questions() -> str:
    """The same for the site, where each leads to the place that answers it."""
    return "\n".join(
        f'- <a href="{PAGES.get(slug, "demo.html")}#question/{slug}">{escape(question)}</a>'
        for slug, question in _asked()
    )


def write_pages(folder: Path) -> None:
    """Write the demo's page and one for each step of the toy's ladder."""
    demo = [sys.executable, "-m", "backlit", "demo", "--quiet", "--json", "--out", "demo"]
    settings = {**os.environ, **SETTINGS}
    subprocess.run(demo, cwd=folder, env=settings, check=True, stdout=subprocess.DEVNULL)
    eject = [sys.executable, "-m", "backlit", "eject", "demo", "--training", "--out", PROGRAM]
    subprocess.run(eject, cwd=folder, env=settings, check=True, stdout=subprocess.DEVNULL)
    (folder / "demo" / "page.html").replace(folder / "demo.html")
    shutil.rmtree(folder / "demo")
    for step in STEPS:
        (folder / f"toy-{step}.html").write_text(toy_page(step), encoding="utf-8")
