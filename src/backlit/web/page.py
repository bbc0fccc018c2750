"""A page in one file: the front end, its style, and the data of one trace."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from backlit.explain import Trace
from backlit.explain.address import steepest_weight
from backlit.runs import Run

from .bundle import script, style
from .course import course
from .document import checked_image, document
from .live import Live
from .requests import ViewRequest
from .update_report import update_report

# Nothing is loaded from anywhere: what is in the file is all there is.
_ALONE = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="generator" content="backlit">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>
html, body {{ margin: 0; }}
#blocked {{ animation: blocked 0s 3s both; }}
@keyframes blocked {{ from {{ visibility: hidden; }} }}
{style}
</style>
</head>
<body>
<div id="backlit"><p id="blocked">A program in this page shows it: please allow scripts.</p></div>
<script type="application/json" id="document">{document}</script>
<script type="module">
{script}
const element = document.getElementById("backlit");
const data = JSON.parse(document.getElementById("document").textContent);
element.textContent = "";
mount(element, data, {opening}, {options});
</script>
</body>
</html>
"""

SERVE = "backlit serve RUN"  # of the page of any run


def page(
    trace: Trace,
    title: str,
    *,
    address: str | None = None,
    image: int | None = None,
    view: str | None = None,
    indices: Iterable[int] | None = None,
    run: Run | None = None,
    note: str = "",
    command: str | None = None,
) -> str:
    """A page that shows a trace, complete in one file, for any browser, without a network.

    Args:
        trace: of the batch that is shown.
        title: what the page is about, such as the run's name.
        address: the number that it opens at; by default the weight with the largest gradient.
        image: which image of the batch; by default the one that pulls hardest at a weight.
        view: which view, by its name in the front end.
        indices: the number of each image in its data set.
        run: the training, which the page then tells of too.
        note: a sentence or two for the top of the page.
        command: what serves the same page, which can do more; the page tells of it.  By default
            the command for the run, if there is one.

    Raises:
        AddressError: there is no such number.
    """
    if address is not None:
        address = str(trace.address(address))
    address = address or steepest_weight(trace.recording.gradients)
    opening = {"address": address, "image": checked_image(trace, image), "view": view}
    data = {
        **document(trace, title, indices, note),
        "command": command or (SERVE if run else ""),
        "course": course(run) if run else None,
        "update_report": _update_report(trace, address, run) if address else None,
        "flip": _flip(trace, address, image) if address else None,
    }
    return _html(data, opening, _ALONE)


def _update_report(trace: Trace, address: str, run: Run | None) -> dict[str, Any] | None:
    """Of the number that a page opens at; a file cannot request others."""
    found = trace.address(address)
    if not found.is_parameter:
        return None
    if run is None:
        return update_report(trace, found, None)
    values = trace.snapshot.parameters[found.name]
    return update_report(trace, found, run.update_rule(found.name, values))


def _flip(trace: Trace, address: str, image: int | None) -> dict[str, Any] | None:
    """How far the number that a page opens at must change until the image gets another answer."""
    found = trace.address(address)
    return trace.flip(found, image).to_dict() if found.is_parameter else None


def live_page(live: Live, opening: Mapping[str, Any]) -> str:
    """A page that can ask the server, which it came from, for more; see :mod:`.live`.

    Args:
        live: what computes.
        opening: what the page opens at: address, image and view, as for :func:`page`; and first,
            count and in_training, as in a :class:`.ViewRequest`.

    Raises:
        AddressError: there is no such number.
    """
    given = {name: opening[name] for name in ("first", "count", "in_training") if name in opening}
    document = live.document(ViewRequest(**given), whole=True)
    return _html(document, opening, f"{_ALONE}; connect-src 'self'")


def framed_page(data: Mapping[str, Any], opening: Mapping[str, Any]) -> str:
    """A page for a frame, whose own address cannot tell what is looked at.

    Args:
        data: from :func:`.document.document`.
        opening: address, image and view, as for :func:`page`.
    """
    return _html(data, opening, _ALONE, {"hash": False})


def _html(
    data: Mapping[str, Any],
    opening: Mapping[str, Any],
    policy: str,
    options: Mapping[str, Any] | None = None,
) -> str:
    wanted = ("address", "image", "view")
    look = {key: opening[key] for key in wanted if opening.get(key) is not None}
    return _PAGE.format(
        policy=policy,
        title=escape(data["title"]),
        style=style(),
        document=_inline(data),
        script=script().removesuffix(_exports()),
        opening=_inline(look),
        options=_inline(options or {}),
    )


def _exports() -> str:
    """The last line of the script, which a script in a page must not have."""
    lines = script().rstrip("\n").splitlines()
    return lines[-1] + "\n"


def _inline(data: Any) -> str:
    """JSON that can stand in a script element: no character in it ends the element."""
    return json.dumps(data, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")
