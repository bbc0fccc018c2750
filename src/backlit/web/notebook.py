"""How traces and explanations show themselves in notebooks.

Jupyter gets every form and takes the best that it can show: the widget where anywidget is
installed, the page in a frame, plain text.  The frame is a sandbox: the page in it runs, and can
neither reach the notebook nor a network.
"""

from __future__ import annotations

import sys
from html import escape
from io import StringIO
from typing import Any

from rich.console import Console

from backlit.equations import format_number
from backlit.explain import Trace, TracedNumber
from backlit.system.display import MimeBundle
from backlit.views.explanation import render_explanation

from .page import framed_page
from .widgets import document_of, has_widgets, widget

Thing = Trace | TracedNumber

# Characters of a frame.  Jupyter's server passes on 3 MB of output in 3 seconds, and then no more;
# and each frame stays in the notebook's file.
LARGEST = 2_500_000
_HEIGHT = 760  # of the frame, in pixels
_WIDTH = 100  # of plain text, in characters
_FRAME = (
    '<iframe title="{title}" sandbox="allow-scripts" loading="lazy" style="display:block;'
    "width:100%;height:{height}px;border:1px solid rgba(128,128,128,.35);border-radius:12px;"
    "box-sizing:border-box\" srcdoc='{page}'></iframe>"
    '<p style="margin:.4em 0;font-size:.85em;opacity:.7">{caption}</p>'
)


def bundle(thing: Thing) -> MimeBundle:
    """What :class:`backlit.system.display.Shown` gives to Jupyter: data and metadata by type."""
    plain = {"text/plain": plain_text(thing)}
    if _is_terminal():
        return plain, {}
    contents: dict[str, Any] = {}
    metadata: dict[str, Any] = {}
    if has_widgets():
        trace, address = _parts(thing)
        contents, metadata = widget(trace, address)._repr_mimebundle_() or ({}, {})
    return {**contents, **plain, "text/html": html(thing)}, metadata


def shown(thing: Thing) -> Any:
    """What marimo shows: the widget, or where there is none the page in a frame."""
    if not has_widgets():
        return Html(html(thing))
    trace, address = _parts(thing)
    return widget(trace, address)


class Html(str):
    """A piece of HTML, which notebooks show as such."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return str(self)


def html(thing: Thing) -> str:
    """The page in a frame; a short table where that would be too much for a notebook."""
    trace, address = _parts(thing)
    data = document_of(trace)
    if sum(len(each["data"]) for each in data["tensors"].values()) > LARGEST:
        return _table(thing)
    text = framed_page(data, {"address": address})
    framed = _FRAME.format(
        title=escape(data["title"]),
        height=_HEIGHT,
        caption=escape(_caption(thing)),
        page=text.replace("&", "&amp;").replace("'", "&#39;"),
    )
    return framed if len(framed) <= LARGEST else _table(thing)


def plain_text(thing: Thing) -> str:
    """What a thing is where there is nothing but text."""
    if isinstance(thing, Trace):
        return repr(thing)
    out = StringIO()
    console = Console(file=out, width=_WIDTH, color_system=None, force_jupyter=False)
    console.print(render_explanation(thing, width=_WIDTH))
    return "\n".join(line.rstrip() for line in out.getvalue().strip("\n").splitlines())


def _parts(thing: Thing) -> tuple[Trace, str | None]:
    """The trace, and the number that its page opens at."""
    if isinstance(thing, Trace):
        return thing, None
    return thing.trace, str(thing.address)


def _caption(thing: Thing) -> str:
    """What a thing is in a line or two: all that is left where frames are taken away."""
    if isinstance(thing, Trace):
        return repr(thing)
    return f"{thing.address} = {format_number(thing.value)}. {thing.sentence}"


def _is_terminal() -> bool:
    """Whether who asks is an IPython that shows text and nothing else: it would ask in vain."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and shell.display_formatter.active_types == ["text/plain"]


def _table(thing: Thing) -> str:
    """What there is to say of a trace whose page is too large."""
    trace, address = _parts(thing)
    recording = trace.recording
    rows = {
        "images": f"{trace.images:,}",
        "mode": "training" if recording.training else "evaluation",
        "loss": f"{recording.loss:.6g}",
        "layers": ", ".join(node.name for node in trace.graph),
    }
    if isinstance(thing, TracedNumber):
        rows |= {"number": str(thing.address), "value": f"{thing.value:.6g}"}
        if thing.gradient is not None:
            rows["dL/d of it"] = f"{thing.gradient:.6g}"
    cells = "".join(
        f'<tr><th scope="row" style="text-align:left;padding:.2em 1.2em .2em 0">{escape(name)}</th>'
        f'<td style="text-align:left;padding:.2em 0">{escape(value)}</td></tr>'
        for name, value in rows.items()
    )
    at = "" if address is None else f', address="{address}"'
    code = escape(f'pathlib.Path("page.html").write_text(backlit.web.page(trace, "my page"{at}))')
    return (
        f'<table style="border-collapse:collapse;margin:.5em 0">{cells}</table>'
        "<p>The page of this trace is too large for a notebook’s file; explain fewer images, or "
        f"write it into a file of its own: <code>{code}</code></p>"
    )
