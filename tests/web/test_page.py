"""The page in a real browser: what it shows is what the engine computed, wherever one clicks."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.explain import Trace, explain
from backlit.web import page
from tests.web.networks import NETWORKS, trace
from tests.web.reading import cells, near

Show = Callable[..., Any]


@pytest.fixture
def digits() -> Trace:
    return trace("digits")


def test_it_opens_at_the_weight_that_was_asked_for(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "my <run>", address="conv2.weight[3,1,0,2]", image=1))
    assert shown.title() == "my <run>"
    assert shown.locator("h1").inner_text() == "my <run>"
    assert shown.locator(".selected input").input_value() == "conv2.weight[3,1,0,2]"
    one = digits["conv2.weight", 3, 1, 0, 2]
    assert near(shown.locator('[data-test="value"]').inner_text(), one.value, 6)
    assert near(shown.locator('[data-test="gradient"]').inner_text(), one.engine_value, 6)
    assert "<bee>" in shown.locator("header select").first.inner_text()


@pytest.mark.parametrize(
    ("name", "layer"),
    [
        *(("digits", "conv1"), ("digits", "conv2"), ("elu", "conv2"), ("colour", "conv1")),
        *(("colour", "conv2"), ("residual", "conv1"), ("residual", "conv2")),
    ],
)
def test_backward_to_the_filter(name: str, layer: str, opened: Show) -> None:
    """Every product, and their sum; with padding, strides, groups and dilation."""
    one = trace(name)
    shape = one.graph[layer].parameter_shapes["weight"]
    index = (shape[0] - 1, shape[1] - 1, shape[2] - 1, 0)
    written = f"{layer}.weight[{','.join(map(str, index))}]"
    shown = opened(page(one, name, address=written, image=1), f"#filter/{written}/1")
    terms = one[written].terms
    products = cells(shown, "products, position by position")
    errors = cells(shown, f"error map {index[0]} of {layer}")
    assert np.array_equal(errors, one.recording.errors[layer][1, index[0]])
    for term in terms:
        if term.index["n"] == 1:
            at = term.index["i"], term.index["j"]
            assert products[at] == pytest.approx(float(term.product), rel=1e-12, abs=1e-300)
            products[at] = 0.0
    assert not products.any()  # what is left lies in the padding
    shown.get_by_role("tab", name="with numbers").click()
    foot = shown.locator(".terms tfoot .value").inner_text()
    assert near(foot, one[written].engine_value)


def test_forward_at_every_position(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run", image=2), "#forward/conv2.output[2,4,0,0]/2")
    outputs = digits.recording.activations["conv2"][2, 4]
    assert np.array_equal(cells(shown, "output map 4"), outputs)
    count = outputs.size
    for place in range(count):
        row, column = divmod(place, outputs.shape[1])
        assert f"at row {row}, column {column}" in shown.locator("main h2").inner_text()
        last = shown.locator('[data-test="sum"] b.y').inner_text()
        assert near(last, outputs[row, column]) or abs(outputs[row, column]) < 1e-12
        if place + 1 < count:
            shown.get_by_label("one position on").click()
    assert shown.get_by_label("one position on").is_disabled()


@pytest.mark.parametrize("name", ["digits", "colour", "residual"])
def test_three_faces_of_an_error(name: str, opened: Show) -> None:
    """Gather, scatter and correlation show other pictures of the same number."""
    one = trace(name)
    node = [each for each in one.graph if each.name.startswith("conv")][-1]
    below = node.inputs[0]
    errors = one.recording.errors[below]
    index = np.unravel_index(np.abs(errors[1]).argmax(), errors[1].shape)
    written = f"{below}.error[1,{','.join(map(str, map(int, index)))}]"
    explanation = one[written]
    part = next(part for part in explanation.parts if part.layer == node.name)
    shown = opened(page(one, name, image=1), f"#input/{written}/1")
    way = shown.locator("article", has_text=node.name).first
    for face in ("gather", "scatter", "full correlation"):
        way.get_by_role("tab", name=face, exact=True).click()
        assert near(way.locator('[data-test="face"] b').last.inner_text(), part.total), face
    way.get_by_role("tab", name="full correlation", exact=True).click()
    handed = way.locator('[data-test="face"] b').first.inner_text()
    assert near(handed, cells(shown, "products under the window").sum())
    way.get_by_role("tab", name="scatter", exact=True).click()
    arrived = cells(shown, "what has arrived")
    first = way.locator('[data-test="face"] b').first.inner_text()
    assert near(first, arrived[index[1], index[2]])


def test_from_the_loss_to_a_pixel_by_clicks(opened: Show, digits: Trace) -> None:
    """Every link along the strongest thread leads to the number that it shows."""
    shown = opened(page(digits, "run"), "#number/loss/0")
    seen = ["loss"]
    shown.locator(".outcome .truth .number").click()
    for _ in range(12):
        address = shown.locator(".selected input").input_value()
        seen.append(address)
        true = digits[address]
        assert near(shown.locator('[data-test="value"]').inner_text(), true.engine_value, 6)
        if address.startswith("input"):
            break
        # Back along the network: the error of the next layer below, at its strongest place.
        owner = address.split(".")[0]
        below = digits.graph[owner].inputs[0]
        errors = digits.recording.errors[below][0]
        place = ",".join(
            str(int(k)) for k in np.unravel_index(np.abs(errors).argmax(), errors.shape)
        )
        shown.locator(".selected input").fill(f"{below}.error[0,{place}]")
        shown.locator(".selected input").press("Enter")
    assert seen[-1].startswith("input.error")


def test_the_story_follows_links(opened: Show, digits: Trace) -> None:
    written = "conv1.weight[2,0,1,1]"
    shown = opened(page(digits, "run", address=written), f"#story/{written}/1")
    steps = shown.locator(".steps > li")
    assert steps.count() >= 6
    assert "The loss" in steps.first.inner_text()
    assert "The update" in steps.nth(-2).inner_text()
    assert "The nudge" in steps.last.inner_text()
    links = shown.locator(".steps .equation-line .number:has(b)").all_inner_texts()
    assert len(links) > 6
    for text in links:
        found = re.fullmatch(r"(\S+\[[\d,]+\])\s+(\S+)", text.strip())
        assert found, text
        address, value = found.groups()
        one = digits[address]
        true = one.engine_value if "error" in address else one.value
        assert near(value, true), address


def test_an_update(opened: Show, digits: Trace) -> None:
    written = "conv1.weight[1,0,2,0]"
    shown = opened(page(digits, "run", address=written), f"#update/{written}/0")
    one = digits[written]
    text = shown.locator('[data-test="update"] b').inner_text()
    assert near(text, one.value - 0.05 * one.engine_value)
    before, after = cells(shown, "before"), cells(shown, "after")
    gradients = digits.recording.gradients["conv1.weight"][1, 0]
    assert np.allclose(before - 0.05 * gradients, after, rtol=1e-12)


def test_the_matrix_counts_the_connections(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), "#matrix/conv2.weight[0,0,0,0]/0")
    # 3×3 on 3×3 with a padding of 1: of 81 products 32 lie outside
    assert "49 connections" in shown.locator(".matrix").inner_text()
    assert "9 weights" in shown.locator(".matrix").inner_text()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("conv9.weight[0]", "There is no conv9.weight here; write it like conv1.weight[0,0,0,0]."),
        ("conv1.weight[0,0,9,9]", "conv1.weight goes from conv1.weight[0,0,0,0] to conv1.weight["),
        ("", "No number was named; write it like conv1.weight[0,0,0,0]."),
        ("<img src=x>", "There is no <img src=x> here; write it like conv1.weight[0,0,0,0]."),
    ],
)
def test_a_number_that_does_not_exist(wrong: str, said: str, opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"))
    before = shown.locator(".selected input").input_value()
    shown.locator(".selected input").fill(wrong)
    shown.locator(".selected input").press("Enter")
    assert said in shown.get_by_role("alert").inner_text()
    shown.reload()
    assert shown.locator(".selected input").input_value() == before


def test_what_is_being_typed_stays(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"))
    field = shown.locator(".selected input")
    field.fill("conv1.bi")
    shown.evaluate("dispatchEvent(new Event('themechange'))")
    shown.wait_for_timeout(50)
    assert field.input_value() == "conv1.bi"


def test_every_question_is_answered_where_it_leads(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"))
    questions = shown.locator(".questions li button").all_inner_texts()
    assert len(questions) == 8
    for question in questions:
        shown.get_by_role("button", name=question).click()
        box = shown.get_by_role("complementary", name="question")
        said = box.inner_text()
        assert question in said
        assert len(said) > 150
        # There is no stride here.
        assert ("nothing to show of it" in said) == ("stride" in question)
        box.get_by_label("close").click()
        assert box.count() == 0


def test_a_link_to_a_question(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), "#question/why-turned")
    assert "turned by 180°" in shown.get_by_role("complementary", name="question").inner_text()
    assert (
        shown.get_by_role("tab", name="full correlation").get_attribute("aria-selected") == "true"
    )
    assert shown.locator(".selected input").input_value().startswith("maxpool1.error[")


def test_a_link_to_a_question_that_the_network_has_no_layer_for(
    opened: Show, digits: Trace
) -> None:
    shown = opened(page(digits, "run"), "#question/stride")
    box = shown.get_by_role("complementary", name="question")
    assert "nothing to show of it" in box.inner_text()


def test_a_question_stays_in_the_pages_address(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), "#filter/conv1.weight[0,0,0,0]/0")
    shown.get_by_role("button", name="How many gradients does a shared weight get?").click()
    box = shown.get_by_role("complementary", name="question")
    box.wait_for()
    shown.reload()
    assert "How many gradients" in box.inner_text()
    shown.go_back()
    box.wait_for(state="detached")
    assert shown.evaluate("location.hash") == "#filter/conv1.weight[0,0,0,0]/0"


def test_an_address_of_the_page_that_leads_nowhere_does_not_stay(
    opened: Show, digits: Trace
) -> None:
    for damaged in ("#filter/conv1.weight[0,0,0,0]/99", "#question/none", "#%E0%A4%A", "#/"):
        shown = opened(page(digits, "run", address="conv1.weight[1,0,0,2]"), damaged)
        assert shown.evaluate("location.hash").startswith("#story/conv1.weight[1,0,0,2]/")


def test_a_hash_that_leads_nowhere_is_taken_back(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), "#filter/conv1.weight[1,0,0,2]/0")
    shown.evaluate("location.hash = '#question/nosuch'")
    shown.wait_for_function("() => location.hash == '#filter/conv1.weight[1,0,0,2]/0'")


def test_a_page_of_no_run_names_no_run(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "x"), "#update/conv1.weight[1,0,0,2]/0")
    said = shown.locator(".update").inner_text()
    assert 'trace["conv1.weight[1,0,0,2]"].nudge()' in said
    assert "RUN" not in said


def test_back_takes_back_a_step(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), "#filter/conv1.weight[0,0,0,0]/0")
    shown.locator('[data-test="term"] .number').first.click()
    there = shown.locator(".selected input").input_value()
    assert there.startswith("conv1.error")
    shown.get_by_role("button", name="← conv1.weight[0,0,0,0]").click()
    assert shown.locator(".selected input").input_value() == "conv1.weight[0,0,0,0]"
    shown.go_back()
    shown.wait_for_function(f"() => document.querySelector('.selected input').value == '{there}'")
    shown.go_back()
    shown.wait_for_function("() => document.querySelector('.filter h2')")


def test_the_arrow_keys_choose_a_tab(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), "#story/conv1.weight[0,0,0,0]/0")
    shown.get_by_role("tab", name="Story").focus()
    shown.keyboard.press("ArrowRight")
    chosen = shown.locator("[role=tab][aria-selected=true]").first
    assert chosen.inner_text() == "Backward to the filter"
    shown.keyboard.press("ArrowLeft")
    shown.keyboard.press("ArrowLeft")
    assert chosen.inner_text() == "As a matrix"


def test_a_weight_is_not_its_gradient(opened: Show, digits: Trace) -> None:
    written = "conv1.weight[2,0,1,1]"
    shown = opened(page(digits, "run"), f"#number/{written}/1")
    assert shown.locator("main h2").inner_text().startswith(f"dL/d {written} = ")
    shown = opened(page(digits, "run"), f"#story/{written}/1")
    told = shown.locator(".steps").inner_text()
    assert f"dL/d {written} = " in told


def test_what_the_story_adds_up(opened: Show, digits: Trace) -> None:
    """This image's part, the others', and the sum."""
    written = "conv2.weight[1,2,0,1]"
    shown = opened(page(digits, "run"), f"#story/{written}/2")
    terms = digits[written].terms
    own = sum(float(term.product) for term in terms if term.index["n"] == 2)
    total = sum(float(term.product) for term in terms)
    said = (
        shown.locator(".steps > li")
        .filter(has_text="Back through conv2")
        .locator(".says > p b")
        .all_inner_texts()
    )
    assert near(said[-2], own) or abs(own) < 1e-12
    assert near(said[-1], total)


def test_with_the_keyboard_alone(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), "#filter/conv1.weight[0,0,0,0]/0")
    grid = shown.locator('svg[aria-label^="error map 0"]')
    grid.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight"):
        shown.keyboard.press(key)
    error = float(digits.recording.errors["conv1"][0, 0, 1, 3])
    assert "dY[0,0,1,3]" in grid.get_attribute("aria-label")
    shown.keyboard.press("Enter")
    assert "(1, 3)" in shown.locator('[data-test="term"]').inner_text()
    shown.keyboard.press("Enter")
    assert shown.locator(".selected input").input_value() == "conv1.error[0,0,1,3]"
    assert near(shown.locator('[data-test="value"]').inner_text(), error, 6) or error == 0
    for _ in range(60):
        shown.keyboard.press("Tab")
        if shown.evaluate("document.activeElement.getAttribute('role')") == "application":
            break
    else:
        raise AssertionError("no map of the network can be reached with Tab")


def test_nothing_wider_than_a_phone(opened: Show, digits: Trace) -> None:
    """Only what is meant to scroll sideways does."""
    for width in (400, 2000):
        for place in (
            *(
                f"{view}/conv1.weight[0,0,0,0]/0"
                for view in ("story", "filter", "update", "matrix")
            ),
            *("number/maxpool1.error[0,1,1,1]/0", "number/dense1.error[0,1]/0"),
            *("forward/conv2.output[0,1,1,1]/0", "number/flatten1.error[0,5]/0"),
        ):
            shown = opened(page(digits, "run"), f"#{place}")
            shown.set_viewport_size({"width": width, "height": 800})
            wide = shown.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, (place, width, wide)


def test_predict_then_reveal(opened: Show, digits: Trace) -> None:
    written = "conv2.weight[1,0,1,1]"
    shown = opened(page(digits, "run", address=written), f"#filter/{written}/1")
    true = digits[written].engine_value
    gradient = shown.locator('[data-test="gradient"]')
    assert gradient.is_visible()
    shown.get_by_role("button", name="ask me first").click()
    assert not gradient.is_visible()
    assert not shown.locator('svg[aria-label^="products"]').is_visible()
    field, check = shown.locator('input[name="guess"]'), shown.get_by_role("button", name="check")
    for wrong in ("", "x", str(-true), str(true * 1.1)):
        field.fill(wrong)
        check.click()
        assert shown.locator("form.guess [role=alert]").is_visible()
        assert not gradient.is_visible()
    field.fill(f"{true:.4g}".replace("-", "−").replace(".", ","))
    check.click()
    assert gradient.is_visible()
    assert near(shown.get_by_role("status").locator("b").inner_text(), true, 6)
    shown.locator(".selected input").fill("conv2.bias[2]")
    shown.locator(".selected input").press("Enter")
    assert not gradient.is_visible()
    shown.get_by_role("button", name="show me").click()
    assert gradient.is_visible()


@pytest.mark.parametrize(
    "written",
    ["input[0,0,4,4]", "dense1.error[1,1]", "loss"],
)
def test_what_is_asked_stands_nowhere(written: str, opened: Show, digits: Trace) -> None:
    image = 1 if written.startswith("dense") else 0
    shown = opened(page(digits, "run"), f"#number/{written}/{image}")
    answer = digits[written].engine_value
    begins = f"{abs(answer):.12f}"[: 5 if abs(answer) < 0.1 else 4]
    shown.get_by_role("button", name="ask me first").click()
    shown.locator("form.guess").wait_for()
    told = shown.locator("body").inner_text()
    percent = f"{100 * answer:.1f} %"
    assert begins not in told
    assert percent not in told
    shown.get_by_role("button", name="show me").click()
    told = shown.locator("body").inner_text()
    assert begins in told or percent in told


def test_back_leads_to_where_the_page_began(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"))
    began = shown.locator("main h2").inner_text()
    shown.get_by_role("tab", name="Forward").click()
    assert shown.locator("main h2").inner_text() != began
    shown.go_back()
    shown.wait_for_function(f"() => document.querySelector('main h2').innerText == {began!r}")


def test_the_address_names_the_view_that_is_shown(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), "#forward/conv2.output[2,4,0,0]/2")
    shown.locator(".selected input").fill("dense1.error[0,2]")
    shown.locator(".selected input").press("Enter")
    shown.wait_for_function("() => location.hash == '#number/dense1.error[0,2]/0'")


def test_a_step_to_another_view_is_seen_from_its_beginning(opened: Show, digits: Trace) -> None:
    written = "conv1.weight[2,0,1,1]"
    shown = opened(page(digits, "run", address=written), f"#story/{written}/1")
    shown.get_by_role("button", name="open: Back through relu1").click()
    shown.wait_for_function(
        """() => {
            const { top } = document.querySelector('.view h2').getBoundingClientRect();
            return top > 0 && top < 0.6 * innerHeight;
        }"""
    )


def test_flatten_says_where_a_number_went(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), "#number/flatten1.output[1,23]/1")
    # 23 of 5 maps of 3×3: map 2, row 1, column 2
    said = shown.locator("main").inner_text().replace("\n", " ")
    assert "map 2, row 1, column 2 is place 2 · 9 + 1 · 3 + 2 = 23 of the row" in said
    assert cells(shown, "map 2 of relu2")[1, 2] == digits.recording.activations["flatten1"][1, 23]
    shown = opened(page(digits, "run"), "#number/relu2.error[1,2,1,2]/1")
    assert "= 23" in shown.locator("main").inner_text()


def test_batch_norm_shows_where_a_number_lies(opened: Show) -> None:
    one = trace("residual")
    shown = opened(page(one, "run"), "#number/batchnorm1.output[1,2,3,4]/1")
    normal, output = shown.locator(".way .equation-line b").all_inner_texts()
    true = one.recording.activations["batchnorm1"][1, 2, 3, 4]
    assert near(output, true, 4)
    x = one.recording.activations["conv1"][:, 2]
    eps = bl.BatchNorm2d().eps
    assert near(normal, (x[1, 3, 4] - x.mean()) / np.sqrt(x.var() + eps), 4)


def test_a_channel_without_spread_is_normalized_to_zero(opened: Show) -> None:
    """There ε is all that is left below the fraction bar."""
    net = bl.Network(
        (1, 3, 3), [bl.BatchNorm2d(), bl.Flatten(), bl.Dense(2)], engine="pure", seed=1
    )
    pictures = np.full((2, 1, 3, 3), 0.1)
    pictures[0, 0, 0, 0] += 1e-3  # small beside the root of ε
    one = explain(net, pictures, [0, 1])
    shown = opened(page(one, "run"), "#number/batchnorm1.output[0,0,0,0]/0")
    _, output = shown.locator(".way .equation-line b").all_inner_texts()
    assert near(output, one.recording.activations["batchnorm1"][0, 0, 0, 0], 4)


def test_batch_norm_in_evaluation_has_the_running_mean(opened: Show) -> None:
    shape, layers = NETWORKS["residual"]
    net = bl.Network(shape, layers, engine="pure", seed=1)
    pictures = np.random.default_rng(1).standard_normal((2, *shape))
    one = explain(net, pictures, [0, 1], training=False)
    shown = opened(page(one, "run"), "#number/batchnorm1.output[1,2,3,4]/1")
    assert "beside the running mean μ = 0" in shown.locator(".spread").inner_text()
    output = shown.locator(".way .equation-line b").last.inner_text()
    assert near(output, one.recording.activations["batchnorm1"][1, 2, 3, 4], 4)


def test_errors_that_meet_add_up(opened: Show) -> None:
    one = trace("residual")
    shown = opened(page(one, "run"), "#number/r.error[1,1,2,2]/1")
    assert "is read by conv2, add1 and concat1" in shown.locator("main").inner_text()
    sums = cells(shown, "add1.error, map 1")
    assert np.array_equal(sums, one.recording.errors["add1"][1, 1])
    cut = cells(shown, "concat1.error, map 5")  # r comes behind the four maps of tanh1
    assert np.array_equal(cut, one.recording.errors["concat1"][1, 5])


def test_a_refused_number_is_forgotten_with_the_next(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), "#story/conv1.weight[0,0,0,0]/0")
    field = shown.locator(".selected input")
    field.fill("conv9.weight[0,0,0,0]")
    field.press("Enter")
    refusal = shown.locator(".selected [role=alert]")
    assert "conv9" in refusal.inner_text()
    shown.get_by_role("tab", name="Forward").click()
    assert refusal.count() == 0


def test_the_keyboard_can_skip_the_network(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), "#story/conv1.weight[0,0,0,0]/0")
    shown.keyboard.press("Tab")
    shown.keyboard.press("Enter")
    assert shown.evaluate("document.activeElement.name") == "address"


def test_a_tab_says_that_it_went_to_another_number(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), "#filter/conv2.weight[1,0,1,1]/1")
    shown.get_by_role("tab", name="Forward").click()
    there = shown.locator(".selected input").input_value()
    said = shown.get_by_text("This view does not show conv2.weight[1,0,1,1]")
    assert said.inner_text().endswith(f"a number nearby, {there}.")
    shown.get_by_role("tab", name="Terms").click()  # which shows the same number
    assert said.count() == 0


def test_which_image_of_the_data_set_it_is(opened: Show, digits: Trace) -> None:
    indices = range(40, 40 + digits.images)
    shown = opened(page(digits, "run", indices=indices), "#forward/conv1.output[1,0,2,2]/1")
    places = shown.locator(".places")
    assert "image 1 of the batch" in places.inner_text()
    assert "number 41 of the data set" in places.inner_text()
    shown.locator(".selected input").fill("conv1.bias[0]")
    shown.locator(".selected input").press("Enter")
    assert "data set" not in places.inner_text()


def test_the_questions_make_room(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), "#story/conv1.weight[0,0,0,0]/0")
    question = shown.get_by_role("button", name="Where does the 1/N go?")
    assert question.is_visible()
    shown.get_by_role("tab", name="Forward").click()
    assert not question.is_visible()
    shown.get_by_text("Questions, and where").click()
    question.click()
    shown.get_by_label("close").click()
    question.wait_for()


def test_the_loss_of_the_picture_in_the_story(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), "#story/conv1.weight[0,0,0,0]/1")
    p = digits.recording.probabilities[1, digits.recording.labels[1]]
    said = shown.locator(".steps li").first.inner_text()
    assert near(re.findall(r"−ln ([^p]\S+) =", said)[0], p, 4)
    assert near(re.findall(r"= (\S+): small", said)[0], -np.log(p), 4)


def test_a_tab_leads_back_to_the_weight_that_was_visited(opened: Show, digits: Trace) -> None:
    written = "conv2.weight[1,3,2,0]"  # which is not the strongest of its filter
    gradients = digits.recording.gradients["conv2.weight"][1]
    assert np.abs(gradients).argmax() != np.ravel_multi_index((3, 2, 0), gradients.shape)
    shown = opened(page(digits, "run"), f"#filter/{written}/1")
    field = shown.locator(".selected input")
    for tab in ("Forward", "Backward to the filter"):
        shown.get_by_role("tab", name=tab).click()
    assert field.input_value() == written
    field.fill("conv2.error[1,1,0,0]")
    field.press("Enter")
    shown.get_by_role("tab", name="Backward to the filter").click()
    assert field.input_value() == written
