"""``backlit serve RUN``: the live page, for this machine alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from . import options, parsing
from .help import DATA
from .options import option
from .output import say

if TYPE_CHECKING:
    from backlit.web.live import Live

EXAMPLES = """
backlit serve runs/digits
backlit serve runs/digits 'conv1.weight[0,0,1,1]' --first 100
backlit serve runs/fashion --data-dir data/fashion-mnist --no-browser
"""


def command(
    run: options.RunFolder,
    address: Annotated[
        str | None,
        typer.Argument(
            metavar="ADDRESS", help="The number that the page opens at, written as for explain."
        ),
    ] = None,
    first: Annotated[
        int,
        option(
            DATA,
            "N",
            "Number of the first image of the batch, counted from 0.",
            parsing.number_from_zero,
        ),
    ] = 0,
    count: Annotated[
        int, option(DATA, "N", "Number of images in the batch.", parsing.count)
    ] = options.SEVERAL,
    split: Annotated[
        str,
        option(
            DATA, "NAME", "Part of the data that the images are from: test or train.", parsing.split
        ),
    ] = "test",
    data_dir: options.DataDir = None,
    port: options.Port = None,
    browser: options.Browser = True,
    evaluation: options.Evaluation = False,
    engine: options.Engine = None,
) -> None:
    """Open a page on which every number of a network can be followed, changed and tried out.

    The page is served to this machine alone, at 127.0.0.1, until Ctrl-C. The run itself stays as it
    is, whatever is done on the page.
    """
    live = _live(run, split, count, data_dir, engine)
    opening = {"address": address, "first": first, "count": count, "in_training": not evaluation}
    _check(live, opening)
    open_page(live, opening, port, browser)


def open_page(live: Live, opening: dict[str, Any], port: int | None, browser: bool) -> None:
    """Serve a page until Ctrl-C.

    Args:
        live: what it shows.
        opening: what it opens at, see :func:`backlit.web.page.live_page`.
        port: which one; None for any.
        browser: whether one is opened.

    Raises:
        ConfigurationError: the port cannot be had.
    """
    from backlit.web.server import HOST, listen, serve

    server = listen(port)
    url = f"http://{HOST}:{server.getsockname()[1]}/"

    def ready() -> None:
        say(f"The page is at {url} (Ctrl-C ends it).")
        if browser:
            import threading
            import webbrowser

            # A browser in the terminal takes over, and must not keep the server from answering.
            threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()

    serve(live, opening, server, ready)


def _live(run: Path, split: str, count: int, data_dir: Path | None, engine: str | None) -> Live:
    """What the page shows: the run's network and the images of a split."""
    from backlit.runs import open_run
    from backlit.web.live import live_run

    return live_run(open_run(run, engine=engine, data_dir=data_dir), split, count)


def _check(live: Live, opening: dict[str, Any]) -> None:
    """Find out now, and not in the browser, that something is not there."""
    from backlit.explain.address import addressable_shapes, find_address
    from backlit.web.requests import ViewRequest

    live.check(ViewRequest(opening["first"], opening["count"]))
    if opening["address"] is not None:
        find_address(opening["address"], addressable_shapes(live.network.graph, opening["count"]))
