"""What is drawn around the numbers: marks, frames, padding; and where a click arrives."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.explain import Trace, explain
from backlit.web import page
from tests.web.networks import trace
from tests.web.reading import border, cells, frames, near, selected, unfolded

Show = Callable[..., Any]


@pytest.fixture
def digits() -> Trace:
    return trace("digits")


def test_what_is_not_added_yet_is_marked(opened: Show, digits: Trace) -> None:
    written = "conv2.weight[1,0,1,1]"
    shown = opened(page(digits, "run", address=written), f"#filter/{written}/1")
    shown.get_by_label("position", exact=True).fill("5")
    later = shown.locator('svg[aria-label^="products"] rect.later').evaluate_all(
        "all => all.map(e => 3 * e.dataset.row + +e.dataset.column)"
    )
    assert later == [5, 6, 7, 8]
    assert frames(shown, "products", "term") == [(1, 1, 1, 1)]  # the fifth, just added
    assert frames(shown, "error map 1", "term") == [(1, 1, 1, 1)]


def test_the_error_map_over_a_padded_input(opened: Show) -> None:
    """A kernel of 3×2 with a row of zeros above and a column on the right, strides 1 and 2."""
    one = trace("color")
    shown = opened(page(one, "run"), "#filter/conv2.weight[0,0,0,1]/0")
    height, width = one.recording.errors["conv2"].shape[2:]
    over = frames(shown, "input 0 of conv2", "over")
    assert over == [(-1, 1, height, 2 * (width - 1) + 1)]
    reach = 1 + 2 * (width - 1)
    inside = one.recording.activations["dropout1"].shape[3]
    assert border(shown, "input 0 of conv2") == (1, 0, 0, max(0, reach + 1 - inside))


def test_gather_shows_the_weights_that_a_number_went_through(opened: Show) -> None:
    one = trace("residual")
    shown = opened(page(one, "run"), "#input/r.error[1,2,3,3]/1")
    way = next(part for part in one["r.error[1,2,3,3]"].parts if part.layer == "conv2")
    totals = np.zeros(4)
    for term in way.terms:
        totals[term.index["o"]] += float(term.product)
    o = int(np.abs(totals).argmax())
    weights = one.snapshot.parameters["conv2.weight"][o, 2]
    used = cells(shown, "the weights it went through")
    for term in way.terms:
        if term.index["o"] == o:
            at = term.index["i"], term.index["j"]
            assert used[at] == weights[term.index["u"], term.index["v"]]
            used[at] = 0
    assert not used.any()


def test_an_entry_of_the_matrix(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), "#matrix/conv2.weight[0,0,0,0]/0")
    canvas = shown.locator(".matrix canvas").first
    box = canvas.bounding_box()
    assert box

    def at(out: int, into: int) -> dict[str, float]:
        return {"x": (into + 0.5) * box["width"] / 9, "y": (out + 0.5) * box["height"] / 9}

    said = shown.locator('[data-test="matrix"]')
    canvas.hover(position=at(0, 0))
    # With a padding of 1 the first output sees the first input through the filter's middle.
    assert said.inner_text().startswith("Output (0, 0), input (0, 0): W[0,0,1,1]")
    error = digits.recording.errors["conv2"][0, 0, 0, 0]
    read = digits.recording.activations["maxpool1"][0, 0, 0, 0]
    told, met, product = said.locator(".error, .x, .gradient").all_inner_texts()
    assert near(told, error, 4)
    assert near(met, read, 4)
    assert near(product, error * read, 4)
    canvas.hover(position=at(0, 8))
    assert said.inner_text().endswith("not connected")
    canvas.click(position=at(4, 1))  # output (1, 1) and input (0, 1)
    assert selected(shown) == "conv2.weight[0,0,0,1]"


def test_windows_of_a_pool_with_padding(opened: Show) -> None:
    one = trace("residual")  # 3×3, stride 2, a border of one
    shown = opened(page(one, "run"), "#number/maxpool1.output[1,2,1,0]/1")
    assert frames(shown, "input map 2", "window") == [(1, -1, 3, 3)]
    assert border(shown, "input map 2")[2] == 1


def test_equals_in_a_window(opened: Show) -> None:
    layers = [bl.MaxPool2d(2), bl.Flatten(), bl.Dense(2)]
    net = bl.Network((1, 2, 4), layers, engine="pure", seed=1)
    picture = np.array([[5.0, 5.0, 7.0, 1.0], [5.0, 5.0, 2.0, 3.0]])[None, None]
    shown = opened(page(explain(net, picture, [0]), "run"), "#number/input.error[0,0,0,0]/0")
    assert "among equals the first in row order wins" in shown.locator("main").inner_text()
    shown = opened(page(explain(net, picture, [0]), "run"), "#number/input.error[0,0,0,2]/0")
    told = shown.locator("main").inner_text()
    assert "It won" in told
    assert "among equals" not in told


def test_the_place_where_paths_meet_is_framed(opened: Show) -> None:
    shown = opened(page(trace("residual"), "run"), "#number/add1.output[1,1,2,4]/1")
    assert frames(shown, "batchnorm2.output, map 1", "term") == [(2, 4, 1, 1)]
    assert frames(shown, "r.output, map 1", "term") == [(2, 4, 1, 1)]


def test_a_click_in_a_padded_map_arrives(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), "#forward/conv2.output[0,2,0,0]/0")
    grid = shown.locator('.forward svg[aria-label^="input"]').first
    channel = re.search(r"input (\d+)", grid.get_attribute("aria-label"))
    assert channel
    grid.locator('rect[data-row="2"][data-column="1"]').click()
    assert selected(shown) == f"maxpool1.output[0,{channel.group(1)},2,1]"


@pytest.mark.parametrize(("x", "y", "map_"), [(0.75, 0.25, 1), (0.25, 0.75, 2), (0.75, 0.75, 3)])
def test_a_click_on_one_of_several_maps(
    x: float, y: float, map_: int, opened: Show, digits: Trace
) -> None:
    shown = opened(page(digits, "run"), "#number/loss/0")
    canvas = shown.locator('canvas[aria-label^="conv1.output"]')
    box = canvas.bounding_box()
    assert box
    canvas.click(position={"x": x * box["width"], "y": y * box["height"]})
    assert selected(shown).startswith(f"conv1.output[0,{map_},")


def test_a_page_opens_at_the_image_that_pulls_hardest(opened: Show, digits: Trace) -> None:
    """At the largest sum by size, whatever its sign."""
    found = set()
    for o in range(4):
        written = f"conv1.weight[{o},0,1,1]"
        sums = np.zeros(3)
        for term in digits[written].terms:
            sums[term.index["n"]] += float(term.product)
        if not sums.any():
            continue
        hardest = int(np.abs(sums).argmax())
        shown = opened(page(digits, "run", address=written))
        assert shown.locator("header select").first.input_value() == str(hardest)
        found.add(bool(sums[hardest] < 0))
    assert found == {True, False}


def test_what_the_story_says_of_the_other_images(opened: Show, digits: Trace) -> None:
    written = "conv2.weight[1,2,0,1]"
    shown = opened(page(digits, "run", address=written), f"#story/{written}/2")
    own = sum(float(t.product) for t in digits[written].terms if t.index["n"] == 2)
    told = unfolded(shown).inner_text()
    others = re.search(r"add (\S+): ", told)
    assert others
    assert near(others.group(1), float(digits[written].engine_value) - own, 3)


def test_which_way_a_score_is_to_go(opened: Show, digits: Trace) -> None:
    said = set()
    for image in range(3):
        for o in range(4):
            written = f"conv1.weight[{o},0,1,1]"
            shown = opened(page(digits, "run", address=written), f"#story/{written}/{image}")
            begins = unfolded(shown).locator("> li").nth(1).inner_text()
            if "Where the error begins" not in begins:
                continue
            truth = "is the true class" in begins
            assert ("too low: it is to rise" in begins) == truth
            assert ("too high: it is to fall" in begins) != truth
            said.add(truth)
    assert said == {True, False}


def test_a_wrong_guess_is_told_whether_its_sign_is_right(opened: Show, digits: Trace) -> None:
    written = "conv2.weight[1,0,1,1]"
    shown = opened(page(digits, "run", address=written), f"#filter/{written}/1")
    shown.get_by_role("button", name="ask me first").click()
    true = float(digits[written].engine_value)
    for guess, hint in (
        (2.345 * true, "the sign is right"),
        (-3.456 * true, "look at the sign"),
        (-true, "the sign is not: the minus belongs to the update"),
        (true / len(digits.recording.labels), "That is divided by the number of images"),
    ):
        shown.locator('input[name="guess"]').fill(f"{guess:.6f}")
        shown.get_by_role("button", name="check").click()
        assert hint in shown.locator("form.guess [role=alert]").inner_text()


def test_a_probability_too_small_for_a_digit(opened: Show) -> None:
    net = bl.Network((1, 2, 2), [bl.Flatten(), bl.Dense(2)], engine="pure", seed=1)
    net.parameters["dense1.weight"][...] = [[2.0] * 4, [0.0] * 4]
    shown = opened(page(explain(net, np.ones((1, 1, 2, 2)), [0]), "run"), "#number/loss/0")
    assert "< 0.1 %" in shown.locator(".outcome").inner_text()
    assert "0.0 %" not in shown.locator(".outcome").inner_text()


def test_what_each_image_adds(opened: Show, digits: Trace) -> None:
    written = "conv2.weight[1,2,0,1]"
    shown = opened(page(digits, "run", address=written), f"#filter/{written}/2")
    sums = np.zeros(3)
    for term in digits[written].terms:
        sums[term.index["n"]] += float(term.product)
    bars = shown.locator(".by-image li .value").all_inner_texts()
    for text, true in zip(bars, sums, strict=True):
        assert near(text, true, 4) or abs(true) < 1e-12
    assert shown.locator(".by-image li.chosen").inner_text().startswith("image 2")


def test_what_each_filter_hands_back(opened: Show, digits: Trace) -> None:
    written = "maxpool1.error[1,2,1,1]"
    shown = opened(page(digits, "run"), f"#input/{written}/1")
    sums = np.zeros(5)
    for term in digits[written].terms:
        sums[term.index["o"]] += float(term.product)
    bars = shown.locator(".by-image li .value").all_inner_texts()
    for text, true in zip(bars, sums, strict=True):
        assert near(text, true, 4) or abs(true) < 1e-12


def test_products_outside_the_input_are_counted(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), "#forward/conv2.output[0,2,0,0]/0")
    # Of 4 channels with 9 products each, a corner sees 4 inputs of each.
    assert "20 of 36 products are left out" in shown.locator(".register").inner_text()
    shown = opened(page(digits, "run"), "#forward/conv2.output[0,2,1,1]/0")
    assert "left out" not in shown.locator(".register").inner_text()


def test_the_marked_place_is_told_beside_the_program(opened: Show, digits: Trace) -> None:
    written = "conv1.weight[1,0,2,2]"
    shown = opened(page(digits, "run", address=written), f"#filter/{written}/1")
    shown.get_by_role("tab", name="as Python").click()
    shown.locator('svg[aria-label^="error map 1"] rect[data-row="4"][data-column="2"]').click()
    assert "at the marked place n = 1, i = 4, j = 2" in shown.locator(".register").inner_text()


def test_filters_of_the_first_group_are_where_stepping_begins(opened: Show) -> None:
    layers = [bl.Conv2d(4, 3, groups=2), bl.Flatten(), bl.Dense(2)]
    net = bl.Network((2, 5, 5), layers, engine="pure", seed=1)
    pictures = np.random.default_rng(2).standard_normal((1, 2, 5, 5))
    shown = opened(page(explain(net, pictures, [0]), "run"), "#input/input.error[0,1,2,2]/0")
    step = shown.get_by_role("spinbutton", name="filter o")
    less = shown.get_by_label("filter o: one less")
    if step.input_value() == "3":
        less.click()
    assert step.input_value() == "2"
    assert less.is_disabled()


def test_the_matrix_with_the_keyboard_alone(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), "#matrix/conv2.weight[0,0,0,0]/0")
    shown.locator(".matrix canvas").first.focus()
    said = shown.locator('[data-test="matrix"]')
    shown.keyboard.press("ArrowDown")
    assert said.inner_text().startswith("Output (0, 0), input (0, 0): W[0,0,1,1]")
    shown.keyboard.press("ArrowRight")
    assert said.inner_text().startswith("Output (0, 0), input (0, 1): W[0,0,1,2]")
    shown.keyboard.press("ArrowUp")  # there is nothing above
    assert said.inner_text().startswith("Output (0, 0), input (0, 1): W[0,0,1,2]")
    shown.keyboard.press("Enter")
    assert selected(shown) == "conv2.weight[0,0,1,2]"
