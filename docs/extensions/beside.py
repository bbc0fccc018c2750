"""Pages of the package that lie beside those of the site, and the questions that they answer."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from html import escape
from pathlib import Path

import backlit as bl
from backlit.data import load_dataset
from backlit.web import page
from backlit.web.bundle import modules
from backlit.web.toy import toy_page
from docs.extensions.running import SETTINGS

# Where a question is answered, if not on the demo's page.
PAGES = {"stride": "strided.html"}


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
    """Write the demo's page, one of a network with stride 2, and the toy."""
    demo = [sys.executable, "-m", "backlit", "demo", "--quiet", "--json", "--out", "demo"]
    settings = {**os.environ, **SETTINGS}
    subprocess.run(demo, cwd=folder, env=settings, check=True, stdout=subprocess.DEVNULL)
    (folder / "demo" / "page.html").replace(folder / "demo.html")
    shutil.rmtree(folder / "demo")
    digits = load_dataset("digits")
    net = bl.Network(
        (1, 8, 8),
        [
            *(bl.Conv2d(6, 3, stride=2, padding=1), bl.ReLU()),
            *(bl.Conv2d(8, 3, padding=1), bl.ReLU(), bl.Flatten(), bl.Dense(10)),
        ],
        engine="pure",
        seed=0,
    )
    some = digits.train_images[:200], digits.train_labels[:200]
    bl.fit(net, some, epochs=2, batch_size=8, progress=False)
    trace = bl.explain(net, digits.test_images[:4], digits.test_labels[:4])
    strided = page(trace, "digits, a first convolution with stride 2")
    (folder / "strided.html").write_text(strided, encoding="utf-8")
    (folder / "toy.html").write_text(toy_page(), encoding="utf-8")
