#!/usr/bin/env python3
"""Pictures of the page: every view, light and dark, narrow and wide, of a network for digits.

``python docs/screenshots.py RUN`` draws all of them into ``screenshots/``, to be looked at;
with ``--keep`` those that the README and the documentation show are put into ``docs/_static``.
RUN is a run such as ``backlit demo`` leaves behind.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import sync_playwright  # noqa: E402

from backlit.runs import open_run  # noqa: E402
from backlit.web import page  # noqa: E402
from tests.web.conftest import browser_arguments, browser_path  # noqa: E402

STATIC = ROOT / "docs" / "_static"
IMAGES = range(8, 16)
DEMO = range(12, 13)  # the picture that the README and the story follow, alone: the same numbers
WIDTHS = (400, 1280, 2000)
VIEWS = {
    "story": "#question/from-dense-to-filters",
    "filter": "#question/which-numbers-are-added",
    "forward": "#question/channels-share-a-filter",
    "gather": "#input/maxpool1.error[4,5,1,1]/4/gather",
    "scatter": "#input/maxpool1.error[4,5,1,1]/4/scatter",
    "correlation": "#question/why-turned",
    "pool": "#question/pooling",
    "relu": "#number/conv1.error[4,5,3,3]/4",
    "dense": "#number/flatten1.error[4,40]/4",
    "loss": "#question/one-over-n",
    "update": "#update/conv1.weight[5,0,1,1]/4",
    "matrix": "#matrix/conv1.weight[5,0,1,1]/4",
    "training": "#training/conv1.weight[5,0,1,1]/4",
    "own": "#own/conv1.weight[5,0,1,1]/4",
}
KEPT = ("filter", "forward")


def main() -> int:
    """Draw them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    folder = STATIC if options.keep else ROOT / "screenshots"
    folder.mkdir(exist_ok=True)
    file = ROOT / "screenshots.html"
    file.write_text(_page(options.run, DEMO if options.keep else IMAGES), encoding="utf-8")
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=browser_path(), args=browser_arguments()
            )
            for scheme in ("light", "dark"):
                _draw(browser, file.as_uri(), scheme, folder, options.keep)
            browser.close()
    finally:
        file.unlink()
    print(f"The pictures are in {folder}")
    return 0


def _page(folder: Path, images: range) -> str:
    run = open_run(folder)
    return page(run.explain(images), "digits", indices=images, run=run)


def _draw(browser: Any, url: str, scheme: str, folder: Path, keep: bool) -> None:
    for width in (1280,) if keep else WIDTHS:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            device_scale_factor=1,
        )
        shown = context.new_page()
        for name, place in VIEWS.items():
            if keep and name not in KEPT:
                continue
            shown.goto("about:blank")
            shown.goto(url + place)
            shown.wait_for_selector(".backlit h2")
            shown.wait_for_timeout(150)
            if keep:
                shown.locator("main").screenshot(path=folder / f"see-{name}-{scheme}.png")
            else:
                shown.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
        context.close()


if __name__ == "__main__":
    sys.exit(main())
