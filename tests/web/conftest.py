"""A real browser without a network, and a watch over what it says."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backlit.web.live import Live
from tests.web.serving import Served, live, served

CHROMIUM = "BACKLIT_CHROMIUM"  # where the browser is, if it has no usual name
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


def browser_path() -> str | None:
    """The browser that this machine has; None for the one that Playwright has installed."""
    return os.environ.get(CHROMIUM) or next(filter(None, map(shutil.which, _NAMES)), None)


def browser_arguments() -> list[str]:
    """What it is started with: nothing of its own goes to the network."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [*_QUIET, *(["--no-sandbox"] if root else [])]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser."""
    tool = pytest.importorskip(
        "playwright.sync_api", reason="Playwright is not installed: pip install playwright"
    )
    with tool.sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(
                executable_path=browser_path(), args=browser_arguments()
            )
        except tool.Error as problem:
            reason = str(problem).splitlines()[0]
            pytest.skip(f"no Chromium to open pages in ({reason}); {CHROMIUM} says where one is")
        yield browser
        browser.close()


class Watched:
    """A page of the browser, and everything that it should not have done."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.asked: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _said(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


@pytest.fixture
def tab(chromium: Any) -> Iterator[Watched]:
    """A page that may read files and nothing else; it must not complain about anything."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    watched = Watched(context.new_page())

    def decide(route: Any) -> None:
        watched.asked.append(route.request.url)
        if route.request.url.startswith("file:"):
            route.continue_()
        else:
            route.abort()

    context.route("**/*", decide)
    yield watched
    context.close()
    assert watched.complaints == []
    assert [url for url in watched.asked if not url.startswith(("file:", "data:"))] == []


@pytest.fixture
def opened(tab: Watched, tmp_path: Path) -> Callable[..., Any]:
    """``opened(html, "#story/…")`` shows a page from a file."""

    def show(html: str, place: str = "") -> Any:
        file = tmp_path / "page.html"
        file.write_text(html, encoding="utf-8")
        tab.page.goto("about:blank")
        tab.page.goto(file.as_uri() + place)
        return tab.page

    return show


@pytest.fixture(scope="module")
def one() -> Live:
    return live()


@pytest.fixture(scope="module")
def server(one: Live) -> Iterator[Served]:
    with served(one, first=0, count=4) as found:
        yield found


@pytest.fixture
def shown(chromium: Any, server: Served) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.complaints = complaints
    page.goto(server.url)
    yield page
    context.close()
    assert complaints == []
