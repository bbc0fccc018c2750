"""Notebooks: tables, the page in a frame, and the widget that Python and the browser both move."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.errors import AddressError, ConfigurationError
from backlit.explain import Trace, TracedNumber
from backlit.network.summary import Summary, SummaryRow
from backlit.web import notebook, widget
from backlit.web.bundle import widget_script, widget_style
from tests.web.networks import trace

Show = Callable[..., Any]
WIDGET = "application/vnd.jupyter.widget-view+json"
WEIGHT = "conv1.weight[0,0,1,2]"


@pytest.fixture
def digits() -> Trace:
    return trace("digits")


@pytest.fixture
def without_widgets(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if anywidget were not installed."""
    monkeypatch.setitem(sys.modules, "anywidget", None)


@pytest.fixture
def with_widgets() -> Iterator[Any]:
    """Widgets, all of which are closed in the end; gives the library's own list of them."""
    pytest.importorskip("anywidget", reason="anywidget is not installed: pip install anywidget")
    library = pytest.importorskip("ipywidgets.widgets.widget")
    yield library._instances
    library.Widget.close_all()


def rows(html: str) -> list[list[str]]:
    """The texts of a table's cells."""
    lines = re.findall(r"<tr>(.*?)</tr>", html)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line) for line in lines]


# The table of a network


def test_a_networks_table_has_every_row() -> None:
    net = bl.Network((1, 8, 8), [bl.Conv2d(4, 3), bl.ReLU(name="r"), bl.Flatten(), bl.Dense(3)])
    html = net._repr_html_()
    head, first, *lines, total = rows(html)
    assert head == ["layer", "kind", "output shape", "parameters", "multiply-adds", "sees"]
    assert first == ["input", "", "1 × 8 × 8", "", "", ""]
    assert [line[0] for line in lines] == ["conv1", "r", "flatten1", "dense1"]
    assert lines[0] == ["conv1", "Conv2d", "4 × 6 × 6", "40", "1,296", "3×3"]
    assert total == ["total", "", "", f"{40 + 435}", f"{1296 + 432:,}", ""]
    assert html == net.summary()._repr_html_()
    assert all(word in str(net.summary()) for line in lines for word in line)


def test_numbers_stand_right_and_words_left() -> None:
    cells = re.findall(
        r"<t[hd][^>]*text-align:(\w+)", bl.Network((1, 2, 2), [bl.ReLU()])._repr_html_()
    )
    assert cells[:6] == ["left"] * 3 + ["right"] * 3
    assert cells == cells[:6] * (len(cells) // 6)


def test_names_in_a_table_are_text() -> None:
    row = SummaryRow("<b>&amp;", '"<i>"', ("input",), (1, 2, 2), 0, 0, (1, 1))
    html = Summary((1, 2, 2), (row,))._repr_html_()
    assert "&lt;b&gt;&amp;amp;" in html
    assert "<b>" not in html
    assert "<i>" not in html


def test_a_table_brings_no_color_that_could_not_be_read() -> None:
    """It stands on white and on black: of its own it has a gray line and nothing else."""
    html = bl.Network((1, 2, 2), [bl.ReLU()])._repr_html_()
    assert set(re.findall(r"rgba?\([^)]*\)|#[0-9a-f]{3,}", html)) == {"rgba(128,128,128,.45)"}
    assert not re.search(r"(?<!-)color:|background|<style", html)


# What Jupyter gets


def test_all_forms(digits: Trace, with_widgets: Any) -> None:
    for thing in (digits, digits[WEIGHT]):
        contents, metadata = thing._repr_mimebundle_()
        assert set(contents) == {"text/plain", "text/html", WIDGET}
        assert isinstance(metadata, dict)
        shown = with_widgets[contents[WIDGET]["model_id"]]
        assert shown.trace is digits
        assert shown.address == (WEIGHT if isinstance(thing, TracedNumber) else None)


@pytest.mark.usefixtures("without_widgets")
def test_forms_without_anywidget(digits: Trace) -> None:
    contents, metadata = digits._repr_mimebundle_(include=None, exclude=None)
    assert set(contents) == {"text/plain", "text/html"}
    assert metadata == {}
    assert contents["text/plain"] == repr(digits)
    with pytest.raises(ConfigurationError, match="pip install anywidget"):
        widget(digits)


def test_an_explanation_as_text_is_what_a_terminal_shows(digits: Trace) -> None:
    text = notebook.plain_text(digits[WEIGHT])
    assert text.startswith(WEIGHT)
    assert digits[WEIGHT].sentence.split()[-1] in text
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) <= 100


def test_a_terminal_is_not_made_to_wait_for_a_page(
    digits: Trace, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = SimpleNamespace(display_formatter=SimpleNamespace(active_types=["text/plain"]))
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    assert set(digits._repr_mimebundle_()[0]) == {"text/plain"}
    shell.display_formatter.active_types.append("text/html")
    assert "text/html" in digits._repr_mimebundle_()[0]


@pytest.mark.usefixtures("with_widgets")
def test_marimo_gets_the_widget(digits: Trace) -> None:
    assert digits[WEIGHT]._display_().address == WEIGHT


@pytest.mark.usefixtures("without_widgets")
def test_marimo_gets_the_page_without_anywidget(digits: Trace) -> None:
    assert digits._display_()._repr_html_().startswith("<iframe")


def test_a_page_that_is_too_large_becomes_a_table(
    digits: Trace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for most in (100, 100_000):
        monkeypatch.setattr(notebook, "LARGEST", most)
        html = notebook.html(digits[WEIGHT])
        assert "<iframe" not in html
        assert "backlit.web.page(trace, &quot;my page&quot;" in html
        found = dict(rows(html))
        assert found["images"] == "3"
        assert found["number"] == WEIGHT
        assert found["layers"].startswith("conv1, relu1, ")


def test_the_package_imports_the_page_when_a_notebook_asks() -> None:
    program = (
        "import sys, numpy as np, backlit as bl\n"
        "net = bl.Network((1, 3, 3), [bl.Flatten(), bl.Dense(2)], engine='pure')\n"
        "trace = bl.explain(net, np.zeros((1, 1, 3, 3)), [0])\n"
        "trace['loss'], net._repr_html_()\n"
        "assert not any(name.startswith('backlit.web') for name in sys.modules)\n"
        "assert '<iframe' in trace._repr_mimebundle_()[0]['text/html']\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


# The page in a frame


def framed(thing: Trace | TracedNumber) -> str:
    return f'<!doctype html><link rel="icon" href="data:,"><body>{notebook.html(thing)}</body>'


def test_the_page_works_in_a_frame(opened: Show, digits: Trace) -> None:
    shown = opened(framed(digits[WEIGHT]))
    frame = shown.frame_locator("iframe")
    assert frame.locator(".selected input").input_value() == WEIGHT
    assert "<bee>" in frame.locator("header select").first.inner_text()
    frame.locator(".parameters button").nth(1).click()
    written = frame.locator(".selected input").input_value()
    assert written.startswith("conv1.bias[")
    assert shown.url.endswith("page.html")


def test_no_name_breaks_out_of_a_frame(opened: Show) -> None:
    names = ("it's", "&lt;b&gt; &quot;&amp;amp;", "</script>' onload='alert(1)")
    net = bl.Network((1, 2, 2), [bl.Flatten(), bl.Dense(3)], engine="pure", classes=names)
    shown = opened(framed(bl.explain(net, np.ones((3, 1, 2, 2)), [0, 1, 2])))
    texts = shown.frame_locator("iframe").locator("header select").first.inner_text()
    assert all(name in texts for name in names)
    assert shown.locator("iframe").get_attribute("onload") is None


def test_a_frame_reaches_neither_the_notebook_nor_a_network(opened: Show, digits: Trace) -> None:
    shown = opened(framed(digits))
    assert shown.locator("iframe").get_attribute("sandbox") == "allow-scripts"
    frame = shown.frames[1]
    frame.wait_for_selector(".selected")
    assert frame.evaluate("window.origin") == "null"
    policy = 'meta[http-equiv="Content-Security-Policy"]'
    assert "default-src 'none'" in frame.locator(policy).get_attribute("content")


def test_where_frames_are_taken_away_a_sentence_is_left(digits: Trace) -> None:
    left = re.sub(r"<iframe.*</iframe>", "", notebook.html(digits[WEIGHT]), flags=re.DOTALL)
    assert WEIGHT in left
    assert digits[WEIGHT].sentence in left
    assert len(left) < 600


# The widget in Python


@pytest.mark.usefixtures("with_widgets")
def test_what_a_widget_is_told_to_look_at_exists(digits: Trace) -> None:
    own = widget(digits, ("conv1.weight", 0, 0, 1, 2), image=1, view="filter")
    assert (own.address, own.image, own.view) == (WEIGHT, 1, "filter")
    own.address = "conv2.bias[ 3 ]"
    assert own.address == "conv2.bias[3]"
    with pytest.raises(AddressError, match=r"conv9"):
        own.address = "conv9.bias[3]"
    with pytest.raises(ConfigurationError, match="from 0 to 2, got 3"):
        own.image = 3
    assert (own.address, own.image) == ("conv2.bias[3]", 1)
    with pytest.raises(AddressError):
        widget(digits, "conv1.weight[9,0,0,0]")
    with pytest.raises(ConfigurationError):
        widget(digits, image=-1)
    state = own.get_state()
    assert state["document"]["title"] == "3 images, loss 1.093"
    assert state["_esm"] == widget_script()
    assert state["_css"] == widget_style()


@pytest.mark.usefixtures("with_widgets")
def test_in_a_real_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel runs the cells, and the notebook keeps what they show."""
    client = pytest.importorskip("nbclient", reason="nbclient is not installed")
    pytest.importorskip("ipykernel", reason="ipykernel is not installed")
    build = pytest.importorskip("nbformat.v4")
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    cells = [
        "import numpy as np, backlit as bl\n"
        "net = bl.Network((1, 4, 4), [bl.Conv2d(2, 3), bl.Flatten(), bl.Dense(2)], engine='pure')\n"
        "trace = bl.explain(net, np.random.default_rng(0).random((2, 1, 4, 4)), [0, 1])\n"
        "net",
        "trace",
        "trace['conv1.weight', 0, 0, 1, 2]",
        "import backlit.web\nwidget = backlit.web.widget(trace, view='filter')\n"
        "widget.address = 'conv1.bias[1]'\nwidget",
    ]
    book = build.new_notebook(cells=[build.new_code_cell(cell) for cell in cells])
    client.NotebookClient(book, timeout=60, kernel_name="python3").execute(cwd=str(tmp_path))
    table, whole, one, own = (cell.outputs[-1].data for cell in book.cells)
    assert "<table" in table["text/html"]
    assert table["text/plain"].startswith("Network(")
    for data in (whole, one):
        assert data["text/html"].startswith("<iframe")
        assert "model_id" in data[WIDGET]
    assert one["text/plain"].startswith("conv1.weight[0,0,1,2] = ")
    states = book.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    assert states[own[WIDGET]["model_id"]]["state"]["address"] == "conv1.bias[1]"
