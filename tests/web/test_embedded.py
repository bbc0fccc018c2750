"""A page works wherever it is embedded, and its steps can be taken back there."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from backlit.web import page
from backlit.web.notebook import html
from tests.web.conftest import Watched
from tests.web.networks import trace
from tests.web.reading import selected

pytestmark = pytest.mark.pages

HOST, OTHER = "http://course.test/lesson", "http://files.test/page.html"
BLOB = 'URL.createObjectURL(new Blob([text], {type: "text/html"}))'
DATA = '"data:text/html;base64," + btoa(String.fromCharCode(...new TextEncoder().encode(text)))'
SANDBOX = 'frame.sandbox = "allow-scripts"; '
WAYS = {
    "srcdoc": "frame.srcdoc = text",
    "srcdoc in a sandbox": f"{SANDBOX}frame.srcdoc = text",
    "data": "frame.src = data",
    "data in a sandbox": f"{SANDBOX}frame.src = data",
    "blob": f"frame.src = {BLOB}",
    "blob in a sandbox": f"{SANDBOX}frame.src = {BLOB}",
    "another origin": f"frame.src = {OTHER!r}",
    "another origin in a sandbox": f"{SANDBOX}frame.src = {OTHER!r}",
    "the same origin": "frame.src = '/page.html'",
}
WRITTEN = "frame.contentDocument.write(text); frame.contentDocument.close()"
OBJECTS = {
    "object": "frame.type = 'text/html'; frame.data = '/page.html'",
    "embed": "frame.type = 'text/html'; frame.src = '/page.html'",
}
# What browsers do elsewhere: refuse to change an address, or any use of the history.
NO_ADDRESS = """for (const name of ["pushState", "replaceState"]) {
    const real = history[name].bind(history);
    history[name] = (state, title, url) => {
        if (url !== undefined) throw new DOMException("no", "SecurityError");
        real(state, title);
    };
}"""
NO_HISTORY = """for (const name of ["pushState", "replaceState"])
    history[name] = () => { throw new DOMException("no", "SecurityError"); };"""
NO_STORAGE = """for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"])
    Object.defineProperty(window, name, {
        get() { throw new DOMException("no", "SecurityError"); } });"""


@pytest.fixture(scope="module")
def text() -> str:
    return page(trace("digits"), "run", address="conv1.weight[1,0,0,2]", view="filter")


@pytest.fixture
def browsing(chromium: Any, text: str) -> Iterator[Any]:
    """A browser's tab on a page that may embed ours; it must not complain about anything."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    watched = Watched(context.new_page())

    def answer(route: Any) -> None:
        inner = route.request.url.endswith("page.html")
        route.fulfill(
            content_type="text/html",
            body=text if inner else "<!doctype html><title>lesson</title><h1>Lesson</h1>",
        )

    context.route("http://**/*", answer)
    yield watched.page
    context.close()
    assert watched.complaints == []


def embedded(tab: Any, text: str, how: str, element: str = "iframe") -> Any:
    """Our page inside of another."""
    tab.goto(HOST)
    data = "data:text/html;base64," + base64.b64encode(text.encode()).decode()
    tab.evaluate(
        f"""([text, data]) => {{
            const frame = document.createElement({element!r});
            frame.width = "1200";
            frame.height = "800";
            document.body.append(frame);
            {how};
        }}""",
        [text, data],
    )
    return within(tab)


def within(tab: Any) -> Any:
    """The inner page, once it is there."""
    tab.wait_for_function("() => window.frames.length > 0")
    for _ in range(100):
        for frame in tab.frames[1:]:
            if frame.locator(".selected input").count():
                return frame
        tab.wait_for_timeout(50)
    raise AssertionError("the page does not show itself")


def back(tab: Any) -> Callable[[], Any]:
    """Back, of the browser; Playwright's own waits for the outer page alone to go somewhere."""
    session = tab.context.new_cdp_session(tab)

    def go() -> None:
        tab.wait_for_timeout(100)  # a step in a frame is known to the browser a little later
        found = session.send("Page.getNavigationHistory")
        entry = found["entries"][found["currentIndex"] - 1]
        session.send("Page.navigateToHistoryEntry", {"entryId": entry["id"]})

    return go


def use(shown: Any, back: Callable[[], Any] | None) -> None:
    """Everything that a reader does: clicks, tabs, keyboard, fields, and Back."""

    def becomes(number: str) -> None:
        shown.wait_for_function(
            f"() => document.querySelector('.selected input').value == {json.dumps(number)}"
        )

    def step_back(number: str) -> None:
        if back:
            back()
            becomes(number)

    start = "conv1.weight[1,0,0,2]"
    assert selected(shown) == start
    shown.locator('[data-test="term"] .number').first.click()
    error = selected(shown)
    assert error.startswith("conv1.error")
    shown.get_by_role("tab", name="Forward", exact=True).click()
    assert selected(shown).startswith("conv1.output")
    step_back(error)
    step_back(start)

    shown.locator(".selected input").fill("conv2.bias[3]")
    shown.locator(".selected input").press("Enter")
    becomes("conv2.bias[3]")
    shown.locator(".selected input").fill("conv9.bias[3]")
    shown.locator(".selected input").press("Enter")
    assert "There is no conv9.bias" in shown.locator(".selected").inner_text()
    step_back(start)

    shown.get_by_role("tab", name="Update").click()
    assert shown.locator(".update").is_visible()
    chosen = shown.locator('.tabs [role="tab"][aria-selected="true"]').first
    chosen.press("ArrowRight")
    assert not shown.locator(".update").is_visible()
    shown.get_by_role("tab", name="Backward to the filter").click()
    grid = shown.locator('svg[aria-label^="error map"]').first
    grid.press("ArrowDown")
    assert "dY[" in grid.get_attribute("aria-label")
    shown.locator("header select").first.select_option("2")
    assert shown.locator("header select").first.input_value() == "2"

    shown.get_by_role("button", name="Ask me first").click()
    shown.locator(".guess input").fill("none")
    shown.locator(".guess").get_by_role("button", name="check").click()
    assert "Write a number" in shown.locator(".guess").inner_text()
    shown.get_by_role("button", name="show me").click()
    assert "It is" in shown.locator(".guess").inner_text()


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_embed_a_page(way: str, browsing: Any, text: str) -> None:
    shown = embedded(browsing, text, WAYS[way])
    use(shown, back(browsing))
    assert shown.evaluate("location.hash").startswith("#")  # and its address follows
    assert browsing.url == HOST


def test_a_page_that_was_written_into_a_frame_leaves_the_history_alone(
    browsing: Any, text: str
) -> None:
    """Its address is that of the page around it, which Back would load in its place."""
    shown = embedded(browsing, text, WRITTEN)
    before = browsing.evaluate("history.length")
    use(shown, None)
    assert browsing.evaluate("history.length") == before
    assert shown.evaluate("location.href") == HOST


@pytest.mark.parametrize("way", OBJECTS)
def test_a_page_that_is_an_object(way: str, browsing: Any, text: str) -> None:
    use(embedded(browsing, text, OBJECTS[way], way), back(browsing))


def test_a_page_alone_in_an_address_that_is_its_text(browsing: Any, text: str) -> None:
    browsing.goto("data:text/html;base64," + base64.b64encode(text.encode()).decode())
    use(browsing, back(browsing))


def test_where_the_address_cannot_be_changed_the_history_remembers(
    browsing: Any, text: str
) -> None:
    browsing.add_init_script(NO_ADDRESS)
    browsing.goto(OTHER)
    use(browsing, back(browsing))
    assert browsing.url == OTHER


def test_where_a_browser_allows_nothing_a_page_reacts(browsing: Any, text: str) -> None:
    browsing.add_init_script(NO_HISTORY + NO_STORAGE)
    browsing.goto(OTHER)
    use(browsing, None)


def test_an_address_of_the_page_around_it_is_not_its_own(browsing: Any, text: str) -> None:
    shown = embedded(browsing, text, WAYS["srcdoc"])
    browsing.evaluate("location.hash = '#filter/conv2.weight[0,0,0,0]/0'")
    assert selected(shown) == "conv1.weight[1,0,0,2]"


def test_the_frame_of_a_notebook_takes_what_is_typed(browsing: Any) -> None:
    browsing.goto(HOST)
    browsing.evaluate(
        "text => document.body.insertAdjacentHTML('beforeend', text)",
        html(trace("digits")["conv1.weight", 1, 0, 0, 2]),
    )
    browsing.locator("iframe").scroll_into_view_if_needed()
    shown = within(browsing)
    shown.locator(".selected input").fill("conv2.bias[3]")
    shown.locator(".selected input").press("Enter")
    assert shown.locator("main h2").inner_text().startswith("The story of conv2.bias[3]") or (
        "conv2.bias[3]" in shown.locator("main").inner_text()
    )


def test_a_page_whose_program_is_kept_from_running_says_so(browsing: Any, text: str) -> None:
    browsing.goto(HOST)
    browsing.evaluate(
        """text => {
            const frame = document.createElement("iframe");
            frame.sandbox = "";
            frame.srcdoc = text;
            document.body.append(frame);
        }""",
        text.replace('<script type="module">', '<script type="text/plain">'),
    )
    said = browsing.frame_locator("iframe").locator("#blocked")
    said.wait_for(state="visible", timeout=10_000)
    assert "please allow scripts" in said.inner_text()
