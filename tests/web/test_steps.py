"""What one can follow on the page: sums that grow, tabs that lead on, programs that run."""

import dataclasses
import itertools
import re
from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.explain import Trace, explain
from backlit.explain.telling import follow
from backlit.web import page
from tests.web.networks import trace
from tests.web.reading import cells, near, number, selected

Show = Callable[..., Any]


@pytest.fixture
def digits() -> Trace:
    return trace("digits")


def products(one: Trace, written: str, image: int) -> dict[tuple[int, int], float]:
    """What each position of an image adds to a weight's gradient."""
    return {
        (term.index["i"], term.index["j"]): float(term.product)
        for term in one[written].terms
        if term.index["n"] == image
    }


def test_the_sum_of_a_filter_grows_position_by_position(opened: Show) -> None:
    one, image = trace("color"), 1
    written = "conv1.weight[4,2,0,1]"  # whose first row lies in the padding
    shown = opened(page(one, "run", address=written), f"#filter/{written}/{image}")
    height, width = one.recording.errors["conv1"].shape[2:]
    added = products(one, written, image)
    said = shown.locator('[data-test="sum"]')
    term = shown.locator('[data-test="term"] > b')
    shown.get_by_label("position", exact=True).fill("1")
    total = 0.0
    for count, at in enumerate(itertools.product(range(height), range(width)), 1):
        total += added.get(at, 0)
        if count < height * width:
            assert said.inner_text().startswith(f"The first {count} added up")
            assert near(said.locator("b").inner_text(), total, 4)
            assert near(term.inner_text(), added.get(at, 0), 4)
            shown.get_by_label("one position on").click()
    sums = said.locator("b").all_inner_texts()
    assert near(sums[0], total, 4)
    assert near(sums[1], one[written].engine_value, 4)


def test_play_adds_up_all_of_them(opened: Show, digits: Trace) -> None:
    written = "conv2.weight[1,0,1,1]"
    shown = opened(page(digits, "run", address=written), f"#filter/{written}/1")
    shown.get_by_role("button", name="play").click()
    shown.get_by_text("of 9 added").wait_for()
    shown.get_by_text("all 9 added").wait_for()
    assert "All 9 positions" in shown.locator('[data-test="sum"]').inner_text()


def test_a_click_holds_on_to_a_position(opened: Show, digits: Trace) -> None:
    written = "conv1.weight[0,0,2,1]"
    shown = opened(page(digits, "run", address=written), f"#filter/{written}/0")
    picture = shown.locator('svg[aria-label^="input 0 of conv1"]')
    target = picture.locator('rect[data-row="3"][data-column="5"]')
    target.dblclick()  # which is one click
    shown.mouse.move(0, 0)
    told = shown.locator('[data-test="term"]')
    # input (3, 5) met the weight of row 2, column 1 at position (1, 4)
    assert "At position (1, 4)" in told.inner_text()
    target.click()
    assert selected(shown) == "input[0,0,3,5]"


def test_every_tab_leads_to_a_number_nearby(opened: Show, digits: Trace) -> None:
    written, image = "conv2.weight[3,1,0,2]", 1
    shown = opened(page(digits, "run", address=written), f"#filter/{written}/{image}")
    added = products(digits, written, image)
    i, j = max(added, key=lambda at: abs(added[at]))
    tab = shown.get_by_role("tablist", name="Views").get_by_role("tab")
    tab.filter(has_text=re.compile("^Forward$")).click()
    assert selected(shown) == f"conv2.output[1,3,{i},{j}]"  # where the weight gave most
    tab.filter(has_text="Backward to the input").click()
    assert selected(shown).startswith("maxpool1.error[1,")
    tab.filter(has_text="Backward to the filter").click()
    assert selected(shown) == written  # the weight that was visited last
    shown.locator(".selected input").fill("conv2.output[1,0,0,0]")
    shown.locator(".selected input").press("Enter")
    tab.filter(has_text="Backward to the filter").click()
    assert selected(shown).startswith("conv2.weight[0,")  # of the filter that made the output
    gradients = np.abs(digits.recording.gradients["conv2.weight"][0])
    place = np.unravel_index(gradients.argmax(), gradients.shape)
    assert selected(shown) == f"conv2.weight[0,{','.join(str(int(k)) for k in place)}]"


def test_tabs_of_a_network_without_convolutions(opened: Show) -> None:
    net = bl.Network((1, 2, 2), [bl.Flatten(), bl.Dense(2)], engine="pure", seed=1)
    shown = opened(page(explain(net, np.ones((1, 1, 2, 2)), [1]), "run"))
    tabs = shown.get_by_role("tablist", name="Views").get_by_role("tab").all_inner_texts()
    assert tabs == ["Story", "Terms", "Update"]
    assert selected(shown).startswith("dense1.weight[")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        *((name, "conv1.weight[1,0,2,1]") for name in ("digits", "elu", "color", "residual")),
        # The largest terms of a batch norm may hold no error; the way goes on by others.
        *(("residual", f"conv1.weight[{o},{o % 2},1,1]") for o in range(4)),
        *(("residual", f"conv2.weight[{o},1,0,0]") for o in range(4)),
    ],
)
def test_the_story_goes_by_the_strongest_term(name: str, written: str, opened: Show) -> None:
    """The same thread as in the terminal."""
    one, image = trace(name), 2
    thread = follow(one, one[written].address, one[written].parts[0], image)
    shown = opened(page(one, "run", address=written), f"#story/{written}/{image}")
    lines = shown.locator(".steps > li").filter(has=shown.locator(".step"))
    followed = [
        next(text for text in line.locator(".name").all_inner_texts() if ".error[" in text)
        for line in lines.locator(".equation-line").all()
    ]
    expected = [str(link.source) for link in reversed(thread) if link.source]
    assert followed[1:] == expected  # before them comes the score where the error begins
    assert followed[0] == expected[0]


def test_paths_that_leave_the_line_are_drawn(opened: Show) -> None:
    shown = opened(page(trace("residual"), "run"))
    assert shown.locator("svg.arcs path.tip").count() == 2  # from r to add1 and to concat1
    strip = shown.locator(".network").inner_text().replace("\n", " ")
    assert "reads batchnorm2, r" in strip
    assert "reads tanh1, r" in strip
    shown = opened(page(trace("digits"), "run"))
    assert shown.locator("svg.arcs").count() == 0


def test_what_a_pool_passes_back(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), "#number/relu1.error[1,2,1,1]/1")
    passed = cells(shown, "what the pool passes back")
    assert np.array_equal(passed, digits.recording.errors["relu1"][1, 2])


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("digits", "filter/conv2.weight[3,1,0,2]"),
        ("digits", "filter/conv1.weight[1,0,2,2]"),
        ("color", "filter/conv2.weight[5,1,2,1]"),
        ("color", "forward/conv1.output[1,3,2,2]"),
        ("residual", "input/r.error[1,2,3,3]"),
        ("residual", "input/r.error[1,2,3,3]/scatter"),
        ("residual", "input/r.error[1,2,3,3]/correlation"),
        ("digits", "number/dense1.weight[2,7]"),
        ("digits", "number/relu1.error[1,2,1,1]"),
    ],
)
def test_the_program_on_the_page_computes_the_number(name: str, place: str, opened: Show) -> None:
    """With the arrays that its comments name, and the sizes and indices that they give."""
    one = trace(name)
    view, written, *face = place.split("/")
    shown = opened(page(one, name), "/".join([f"#{view}", written, "1", *face]))
    way = shown.locator("article.way", has_text="conv2").first if view == "input" else shown
    way.get_by_role("tab", name="as Python").click()
    panel = way.locator(".register")
    scope: dict[str, Any] = {}
    for comment in panel.locator(".now").all_inner_texts():
        if "marked place" not in comment:
            scope |= known(comment.removeprefix("# "), one, written)
    program = panel.locator("pre").first.inner_text()
    exec(program, scope)
    result = program.split(" = ")[0]
    if " += " in program and face == ["scatter"]:  # all elements of an array at once
        result = "element"
        index = map(int, written.split("[")[1].strip("]").split(","))
        scope["element"] = reduce(lambda array, k: array[k], index, scope["dX"])
    explanation = one[written]
    part = next((p for p in explanation.parts if p.layer == "conv2"), explanation.parts[0])
    true = part.total if view == "input" else explanation.engine_value
    assert scope[result] == pytest.approx(float(true), rel=1e-9, abs=1e-15)


def known(comment: str, one: Trace, written: str) -> dict[str, Any]:
    """``o = 3, u = 0`` or ``X: input``; of "a number of …" the one at the place."""
    found: dict[str, Any] = {}
    for letter, value in re.findall(r"(\w+) = (-?\d+)", comment):
        found[letter] = int(value)
    for letter, like in re.findall(r"(\w+): of the size of ([\w.]+), all 0", comment):
        found[letter] = np.zeros_like(arrays(one)[like]).tolist()
    for letter, whole, array in re.findall(r"(\w+): (a number of )?([\w.]+)", comment):
        if letter in found:
            continue
        numbers = arrays(one)[array]
        place = tuple(map(int, written.split("[")[1].strip("]").split(",")))
        found[letter] = numbers[place] if whole else numbers.tolist()
    return found


def arrays(one: Trace) -> dict[str, Any]:
    """All arrays of a pass, by the names that they have on a page."""
    recording = one.recording
    return {
        **{f"{name}.output": array for name, array in recording.activations.items()},
        **{f"{name}.error": array for name, array in recording.errors.items()},
        **one.snapshot.parameters,
        "input": recording.activations["input"],
    }


def test_where_a_window_begins(opened: Show) -> None:
    shown = opened(page(trace("color"), "run"), "#forward/conv1.output[1,3,2,1]/1")
    said = shown.locator(".forward .hint").first.inner_text()
    assert "begins at row 2 · 2 − 1 = 3, column 1 · 2 − 1 = 1 of the input" in said
    shown = opened(page(trace("residual"), "run"), "#forward/conv2.output[1,3,0,1]/1")
    said = shown.locator(".forward .hint").first.inner_text()
    assert "row 0 − 2 = −2, column 1 − 2 = −1" in said
    assert "takes every 2nd row and column from there" in said
    skipped = shown.locator('svg[aria-label^="input"] rect.unmet').evaluate_all(
        "all => all.map(e => [+e.dataset.row, +e.dataset.column])"
    )
    # The window reaches over rows −2 to 2 and columns −1 to 3, and takes rows 0, 2 and columns 1, 3
    taken = {(0, 1), (0, 3), (2, 1), (2, 3)}
    inside = set(itertools.product(range(3), range(4)))
    assert set(map(tuple, skipped)) == inside - taken


def test_the_update_shows_as_many_digits_as_the_change_needs(opened: Show, digits: Trace) -> None:
    written = "conv1.weight[1,0,2,0]"
    shown = opened(page(digits, "run", address=written), f"#update/{written}/0")
    before, after = (
        shown.locator(f'svg[aria-label^="{name}"] text').all_text_contents()
        for name in ("before", "after")
    )
    gradients = digits.recording.gradients["conv1.weight"][1, 0].ravel()
    for text, other, gradient in zip(before, after, gradients, strict=True):
        if abs(gradient) > np.abs(gradients).max() / 2:
            assert text != other
            assert number(other) - number(text) == pytest.approx(-0.05 * gradient, rel=0.5)


def test_play_goes_on_from_what_was_chosen_meanwhile(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), "#forward/conv1.output[0,0,0,0]/0")
    shown.get_by_role("button", name="play").click()
    shown.get_by_label("filter o: one more").click()
    shown.wait_for_function("() => /^#forward.conv1.output.0,1,0,[2-5]/.test(location.hash)")


def test_what_has_been_typed_stays_until_it_is_sent(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), "#filter/conv1.weight[0,0,0,0]/0")
    field = shown.get_by_role("spinbutton", name="filter o")
    field.type("3")
    shown.evaluate("dispatchEvent(new Event('themechange'))")
    shown.wait_for_timeout(50)
    assert "3" in field.input_value()


@pytest.mark.parametrize("view", ["constructor", "toString", "__proto__"])
def test_a_view_that_every_object_has(view: str, opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), f"#{view}/conv1.weight[0,0,0,0]/0")
    assert shown.locator("main h2").is_visible()


def test_a_difference_that_rounding_does_not_explain(opened: Show) -> None:
    """Of gradients that were tampered with."""
    written = "conv2.weight[1,0,1,1]"
    for factor, words in (
        (1 + 1e-15, "apart, and rounding may make up to"),
        (1 + 1e-10, "that rounding can make"),
        (1.01, "that rounding can make"),
    ):
        wrong = trace.__wrapped__("digits")
        gradients = dict(wrong.recording.gradients)
        gradients["conv2.weight"] = gradients["conv2.weight"] * factor
        changed = dataclasses.replace(wrong.recording, gradients=gradients)
        wrong = Trace(wrong.snapshot, changed)
        shown = opened(page(wrong, "run", address=written), f"#filter/{written}/1")
        assert words in shown.locator(".agreement").inner_text()
