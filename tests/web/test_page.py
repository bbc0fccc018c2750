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
from tests.web.reading import cells, near, unfolded

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
        *(("digits", "conv1"), ("digits", "conv2"), ("elu", "conv2"), ("color", "conv1")),
        *(("color", "conv2"), ("residual", "conv1"), ("residual", "conv2")),
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


@pytest.mark.parametrize("name", ["digits", "color", "residual"])
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


def test_an_activation_shows_its_curve_with_the_slope_there(opened: Show) -> None:
    """The slope on the curve times the error above is the error below; a PReLU's is learned."""
    one = trace("bends")
    for node in one.graph:
        if node.layer.family != "activation":
            continue
        index = ",".join("1" for _ in one.recording.errors[node.name].shape)
        below = one[f"{node.inputs[0]}.error[{index}]"].engine_value
        above = one[f"{node.name}.error[{index}]"].engine_value
        written = f"{node.inputs[0]}.error[{index}]"
        told = opened(page(one, "bends", image=1), f"#number/{written}/1")
        caption = told.locator(".curve figcaption").first.inner_text()
        assert caption.startswith(f"{type(node.layer).__name__}: at X = ")
        assert near(caption.rsplit(" ", 1)[1], below / above), node.name


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


def test_the_story_is_folded_and_each_step_opens(opened: Show, digits: Trace) -> None:
    """The whole way is seen first, in about a screen."""
    written = "conv1.weight[2,0,1,1]"
    shown = opened(page(digits, "run", address=written), f"#story/{written}/1")
    words = shown.locator(".steps .says")
    assert words.count() >= 5
    assert not any(each.is_visible() for each in words.all())
    assert all(each.is_visible() for each in shown.locator(".steps .equation-line").all()[:5])
    folded = shown.locator(".steps").bounding_box()["height"]
    steps = shown.locator(".steps > li").count()
    assert folded < 130 * steps  # a heading, a line, and a line to open it, besides loss and update
    shown.locator(".steps .fold > summary").nth(2).click()
    assert [each.is_visible() for each in words.all()].count(True) == 1
    unfolded(shown)
    assert all(each.is_visible() for each in words.all())
    shown.get_by_role("button", name="Fold all steps").click()
    assert not any(each.is_visible() for each in words.all())


def test_an_update(opened: Show, digits: Trace) -> None:
    written = "conv1.weight[1,0,2,0]"
    shown = opened(page(digits, "run", address=written), f"#update/{written}/0")
    one = digits[written]
    text = shown.locator('[data-test="update"] b').inner_text()
    assert near(text, one.value - 0.05 * one.engine_value)
    before, after = cells(shown, "before"), cells(shown, "after")
    gradients = digits.recording.gradients["conv1.weight"][1, 0]
    assert np.allclose(before - 0.05 * gradients, after, rtol=1e-12)


def test_how_far_it_is_to_another_answer(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run", address="dense1.bias[1]", view="update"))
    said = shown.locator('[data-test="flip"]').inner_text()
    assert said == digits["dense1.bias", 1].flip().sentence
    shown.locator(".selected input").fill("dense1.bias[0]")
    shown.locator(".selected input").press("Enter")
    assert 'trace["dense1.bias[0]"].flip()' in shown.locator(".flip").inner_text()


def test_the_matrix_counts_the_connections(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), "#matrix/conv2.weight[0,0,0,0]/0")
    # 3×3 on 3×3 with a padding of 1: of 81 products 32 lie outside
    assert "49 connections" in shown.locator(".matrix").inner_text()
    assert "9 weights" in shown.locator(".matrix").inner_text()


def test_what_is_being_typed_stays(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"))
    field = shown.locator(".selected input")
    field.fill("conv1.bi")
    shown.evaluate("dispatchEvent(new Event('themechange'))")
    shown.wait_for_timeout(50)
    assert field.input_value() == "conv1.bi"


def test_a_page_of_no_run_names_no_run(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "x"), "#update/conv1.weight[1,0,0,2]/0")
    said = shown.locator(".update").inner_text()
    assert 'trace["conv1.weight[1,0,0,2]"].nudge()' in said
    assert "RUN" not in said


def test_a_weight_is_not_its_gradient(opened: Show, digits: Trace) -> None:
    written = "conv1.weight[2,0,1,1]"
    shown = opened(page(digits, "run"), f"#number/{written}/1")
    assert shown.locator("main h2").inner_text().startswith(f"dL/d {written} = ")
    shown = opened(page(digits, "run"), f"#story/{written}/1")
    told = unfolded(shown).inner_text()
    assert f"dL/d {written} = " in told


def test_what_the_story_adds_up(opened: Show, digits: Trace) -> None:
    """This image's part, the others', and the sum."""
    written = "conv2.weight[1,2,0,1]"
    shown = opened(page(digits, "run"), f"#story/{written}/2")
    terms = digits[written].terms
    own = sum(float(term.product) for term in terms if term.index["n"] == 2)
    total = sum(float(term.product) for term in terms)
    said = (
        unfolded(shown)
        .locator("> li")
        .filter(has_text="Back through conv2")
        .locator(".says > p b")
        .all_inner_texts()
    )
    assert near(said[-2], own) or abs(own) < 1e-12
    assert near(said[-1], total)


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


def test_which_image_of_the_data_set_it_is(opened: Show, digits: Trace) -> None:
    indices = range(40, 40 + digits.images)
    shown = opened(page(digits, "run", indices=indices), "#forward/conv1.output[1,0,2,2]/1")
    places = shown.locator(".places")
    assert "image 1 of the batch" in places.inner_text()
    assert "number 41 of the data set" in places.inner_text()
    shown.locator(".selected input").fill("conv1.bias[0]")
    shown.locator(".selected input").press("Enter")
    assert "data set" not in places.inner_text()


def test_the_loss_of_the_picture_in_the_story(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), "#story/conv1.weight[0,0,0,0]/1")
    p = digits.recording.probabilities[1, digits.recording.labels[1]]
    said = shown.locator(".steps li").first.inner_text()
    assert near(re.findall(r"−ln ([^p]\S+) =", said)[0], p, 4)
    assert near(re.findall(r"= (\S+): small", said)[0], -np.log(p), 4)
