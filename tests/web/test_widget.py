"""The widget in a browser, with a stand-in for the notebook around it."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from backlit.explain import Trace
from backlit.web.bundle import widget_script, widget_style
from backlit.web.widgets import document_of
from tests.web.networks import trace

Show = Callable[..., Any]
WEIGHT = "conv1.weight[0,0,1,2]"


@pytest.fixture
def digits() -> Trace:
    return trace("digits")


_FAKE = """
class Fake {
  constructor(values) { Object.assign(this, { values, saved: [], heard: {} }); }
  get(name) { return this.values[name]; }
  set(name, value) {
    this.values[name] = value;
    for (const each of this.heard[`change:${name}`] ?? []) each();
  }
  on(name, what) { (this.heard[name] ??= []).push(what); }
  off(name, what) { this.heard[name] = this.heard[name].filter((each) => each !== what); }
  save_changes() { this.saved.push({ ...this.values, document: null }); }
}
"""


def shown_widget(
    opened: Show, one: Trace, values: dict[str, Any] | None = None, style: str = "", views: int = 1
) -> Any:
    """A page that does with the widget what a notebook does; ``python`` is its model."""
    known = {"address": None, "image": None, "view": None, **(values or {})}
    known["document"] = document_of(one)
    given = json.dumps(known).replace("<", "\\u003c")
    module = widget_script().replace("export default", "const widget =").replace("</", "<\\/")
    cells = "".join(f'<div class="cell" id="cell{k}"></div>' for k in range(views))
    shown = opened(
        f'<!doctype html><link rel="icon" href="data:,"><style>{widget_style()}\n{style}</style>'
        f'<p class="note">A notebook</p>{cells}<script type="module">{module}{_FAKE}'
        f"window.python = new Fake({given});"
        'window.closes = [...document.querySelectorAll(".cell")].map((el) => '
        "widget.render({ model: window.python, el }));</script>"
    )
    shown.wait_for_function("() => Boolean(window.closes)")
    return shown


def told(shown: Any) -> list[Any]:
    """What Python knows."""
    values = shown.evaluate("({ ...python.values, document: null })")
    return [values[name] for name in ("address", "image", "view")]


def test_a_click_in_the_widget_reaches_python(opened: Show, digits: Trace) -> None:
    shown = shown_widget(opened, digits, {"address": WEIGHT, "image": 1})
    assert told(shown) == [WEIGHT, 1, "story"]
    shown.get_by_role("tab", name="Update").click()
    assert told(shown) == [WEIGHT, 1, "update"]
    shown.locator(".parameters button").nth(1).click()
    address, _, view = told(shown)
    assert address.startswith("conv1.bias[")
    assert address == shown.locator(".selected input").input_value()
    shown.locator("header select").first.select_option("2")
    assert told(shown) == [address, 2, view]
    saved = shown.evaluate("python.saved")
    assert saved[-1] == {"address": address, "image": 2, "view": view, "document": None}
    assert "#" not in shown.url


def test_python_moves_the_widget(opened: Show, digits: Trace) -> None:
    shown = shown_widget(opened, digits)
    shown.evaluate('python.set("address", "conv2.bias[3]")')
    field = shown.locator(".selected input")
    shown.wait_for_function("() => document.querySelector('.selected input').value[4] === '2'")
    assert field.input_value() == "conv2.bias[3]"
    shown.evaluate('python.set("view", "number"); python.set("image", 2)')
    shown.wait_for_selector("[role=tab][aria-selected=true]:text-is('Terms')")
    assert shown.locator("header select").first.input_value() == "2"
    assert told(shown) == ["conv2.bias[3]", 2, "number"]
    shown.evaluate('python.set("address", "relu1.output[1,0,2,2]")')
    shown.wait_for_function("() => python.values.image === 1")
    shown.evaluate('python.set("image", 0)')
    shown.wait_for_function("() => python.values.address === 'relu1.output[0,0,2,2]'")
    saves = len(shown.evaluate("python.saved"))
    shown.evaluate('python.set("address", "no such number")')
    assert field.input_value() == "relu1.output[0,0,2,2]"
    assert len(shown.evaluate("python.saved")) == saves


def test_two_views_of_one_widget_show_the_same(opened: Show, digits: Trace) -> None:
    shown = shown_widget(opened, digits, {"address": WEIGHT, "image": 0}, views=2)
    first, second = shown.locator("#cell0"), shown.locator("#cell1")
    first.locator(".selected input").fill("conv1.error[2,1,3,3]")
    first.locator(".selected input").press("Enter")
    shown.wait_for_function(
        "() => document.querySelector('#cell1 .selected input').value.startsWith('conv1.error')"
    )
    assert second.locator(".selected input").input_value() == "conv1.error[2,1,3,3]"
    assert told(shown)[:2] == ["conv1.error[2,1,3,3]", 2]
    assert len(shown.evaluate("python.saved")) == 2  # at the beginning, and once for the move
    second.locator("header select").first.select_option("0")
    shown.wait_for_function(
        "() => document.querySelector('#cell0 .selected input').value.includes('[0,')"
    )
    for cell in (first, second):
        assert cell.locator(".selected input").input_value() == "conv1.error[0,1,3,3]"
        assert cell.locator("header select").first.input_value() == "0"
    assert told(shown)[:2] == ["conv1.error[0,1,3,3]", 0]


def test_a_closed_widget_is_gone(opened: Show, digits: Trace) -> None:
    shown = shown_widget(opened, digits)
    shown.evaluate("closes.forEach((close) => close())")
    assert shown.locator(".backlit").count() == 0
    assert shown.evaluate("Object.values(python.heard).flat().length") == 0


DARK = "body { background: #111; color: #eee; }"


@pytest.mark.parametrize(("style", "theme"), [(DARK, "dark"), ("", "light")])
def test_a_widget_is_as_dark_as_its_notebook(
    style: str, theme: str, opened: Show, digits: Trace
) -> None:
    shown = shown_widget(opened, digits, style=style)
    root = shown.locator(".backlit-widget")
    assert root.get_attribute("data-theme") == theme
    ground = root.locator(".backlit").evaluate("each => getComputedStyle(each).backgroundColor")
    assert (ground == "rgb(15, 18, 22)") == (theme == "dark")
    shown.evaluate("document.body.setAttribute('style', 'color: #123; background: #fff')")
    shown.wait_for_selector(".backlit-widget[data-theme=light]")


def test_a_widget_leaves_the_notebook_as_it_is(opened: Show, digits: Trace) -> None:
    style = ":root { --paper: pink; } .note { color: rgb(1, 2, 3); }"
    shown = shown_widget(opened, digits, style=style)
    look = "getComputedStyle(document.documentElement)"
    assert shown.evaluate(f"{look}.getPropertyValue('--paper').trim()") == "pink"
    assert shown.evaluate(f"{look}.colorScheme") == "normal"
    shown.locator(".theme").click()
    assert shown.evaluate("Object.keys(document.documentElement.dataset)") == []
    rules = re.sub(r"/\*.*?\*/", "", widget_style(), flags=re.DOTALL)
    for selector in re.findall(r"^\s*([^@{}/*\s][^{}]*)\{", rules, re.MULTILINE):
        assert selector.startswith((".backlit ", ".backlit-widget", ".backlit{")), selector
