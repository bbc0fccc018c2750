"""The page as a widget: in Jupyter, VS Code, Colab and marimo, and in Python's hands.

What is looked at is known on both sides: a click changes :attr:`address`, :attr:`image` and
:attr:`view` in Python, and setting them there moves the view.
"""

from __future__ import annotations

import importlib.util
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from backlit.errors import ConfigurationError
from backlit.explain import Trace
from backlit.explain.address import Key

from .bundle import widget_script, widget_style
from .document import checked_image, document

NEEDED = "anywidget"
_documents: WeakKeyDictionary[Trace, dict[str, Any]] = WeakKeyDictionary()


def has_widgets() -> bool:
    """Whether anywidget is installed."""
    return importlib.util.find_spec(NEEDED) is not None


def widget(
    trace: Trace,
    address: Key | None = None,
    image: int | None = None,
    view: str | None = None,
) -> Any:
    """The page of a trace as a widget, for a notebook.

    It has the attributes ``address``, ``image`` and ``view``, which follow what is clicked, and
    which can be set: ``widget.address = "conv2.bias[3]"``.

    Args:
        trace: of the batch that is shown.
        address: the number that it opens at; by default the weight with the largest gradient.
        image: which image of the batch; by default the one that pulls hardest at a weight.
        view: "story", "filter", "forward", "number", "update" or "matrix"; where the number does
            not have it, the view that shows most of it.

    Raises:
        AddressError: there is no such number.
        ConfigurationError: there is no such image, or anywidget is not installed.
    """
    if not has_widgets():
        raise ConfigurationError(
            f"the widget needs the package {NEEDED}, which is not installed: pip install {NEEDED}"
        )
    written = checked_address(trace, address)
    return _widget_class()(trace, address=written, image=image, view=view)


def document_of(trace: Trace) -> dict[str, Any]:
    """The data of a trace's page, made once."""
    if trace not in _documents:
        _documents[trace] = document(trace, title_of(trace))
    return _documents[trace]


def title_of(trace: Trace) -> str:
    """What a page about a trace is about: its batch."""
    count = trace.images
    return f"{count} image{'s' * (count != 1)}, loss {trace.recording.loss:.4g}"


def checked_address(trace: Trace, key: Key | None) -> str | None:
    """An address as the page writes it; None stays None.

    Raises:
        AddressError: there is no such number.
    """
    return None if key is None else str(trace.address(key))


@cache
def _widget_class() -> type[Any]:
    """The class, made once it is certain that anywidget is there."""
    import anywidget
    import traitlets

    class TraceWidget(anywidget.AnyWidget):
        """The page of a trace in a notebook.

        Attributes:
            address: of the number that is looked at, such as ``"conv2.bias[3]"``.
            image: which image of the batch.
            view: which of the views: "story", "filter", "forward", "number", "update", "matrix".
            document: what the page shows, as data.
        """

        _esm = widget_script()
        _css = widget_style()
        document = traitlets.Dict().tag(sync=True)
        address = traitlets.Unicode(None, allow_none=True).tag(sync=True)
        image = traitlets.Int(None, allow_none=True).tag(sync=True)
        view = traitlets.Unicode(None, allow_none=True).tag(sync=True)

        def __init__(self, trace: Trace, **first: Any) -> None:
            self.trace = trace
            super().__init__(document=document_of(trace), **first)

        @traitlets.validate("address")
        def _known_address(self, proposal: Any) -> str | None:
            return checked_address(self.trace, proposal["value"])

        @traitlets.validate("image")
        def _known_image(self, proposal: Any) -> int | None:
            return checked_image(self.trace, proposal["value"])

    return TraceWidget
