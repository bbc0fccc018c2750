"""A served page in a real browser: what is changed by hand changes everything that follows."""

import json
from typing import Any

import numpy as np
import pytest

from backlit.errors import AddressError
from backlit.explain import explain
from backlit.web.changes import changed
from backlit.web.live import Live
from backlit.web.requests import Edit, FlipRequest, LossesRequest, ViewRequest
from tests.web.accessibility import violations
from tests.web.reading import near, number, soon
from tests.web.serving import array, live, served


def test_another_batch(shown: Any, one: Live) -> None:
    shown.get_by_label("the next images").click()
    shown.get_by_text("4 to 7 of 20").wait_for()
    true = explain(one.network, one.images[4:8], one.labels[4:8])
    address = shown.locator(".selected input").input_value()
    engine = true[address].engine_value
    assert near(shown.locator('[data-test="gradient"]').inner_text(), engine, 6)
    shown.get_by_label("the images before").click()
    shown.get_by_text("0 to 3 of 20").wait_for()


def test_two_weights_changed_by_hand(shown: Any, one: Live) -> None:
    addresses = ["conv1.weight[1,0,2,2]", "conv2.bias[3]"]
    shown.get_by_role("tab", name="Update").click()
    for address, value in zip(addresses, ("-1.5", "0.75"), strict=True):
        shown.locator(".selected input").fill(address)
        shown.locator(".selected input").press("Enter")
        shown.get_by_label("change it by hand to").fill(value)
        shown.get_by_role("button", name="compute everything anew").click()
        shown.get_by_text(f"Changed by hand: {address}").wait_for()
    assert "and 1 more" in shown.get_by_role("status").filter(has_text="by hand").inner_text()
    changed_net = live().network
    changed_net.parameters["conv1.weight"][1, 0, 2, 2] = -1.5
    changed_net.parameters["conv2.bias"][3] = 0.75
    loss = explain(changed_net, one.images[:4], one.labels[:4]).recording.loss
    assert near(shown.locator(".outcome .number.y b").inner_text(), loss, 4)
    shown.get_by_role("button", name="Take all back").click()
    shown.get_by_text("Changed by hand").wait_for(state="detached")


def test_the_last_change_is_taken_back_and_not_the_first(shown: Any) -> None:
    shown.get_by_role("tab", name="Update").click()
    for value in ("0.5", "0.25"):
        shown.get_by_label("change it by hand to").fill(value)
        shown.get_by_role("button", name="compute everything anew").click()
        shown.get_by_text(f"= {value}").first.wait_for()
    shown.get_by_role("button", name="Take the last back").click()
    soon(lambda: shown.locator('[data-test="value"]').inner_text() == "0.5")
    shown.get_by_role("button", name="Take it back").click()
    shown.get_by_text("Changed by hand").wait_for(state="detached")


def test_of_two_quick_edits_none_is_lost(shown: Any, one: Live) -> None:
    shown.get_by_role("tab", name="Update").click()
    shown.get_by_label("change it by hand to").fill("0.5")
    shown.evaluate(
        """() => {
            const [edit] = [...document.querySelectorAll("form.choices button")];
            const step = edit.nextElementSibling;
            edit.click();
            step.click();
        }"""
    )
    said = shown.get_by_role("status").filter(has_text="gradient descent")
    said.wait_for()
    assert "Changed by hand" in said.inner_text()
    shown.get_by_role("button", name="Take all back").click()
    said.wait_for(state="detached")


def test_an_answer_that_comes_too_late_changes_nothing(shown: Any) -> None:
    shown.get_by_role("tab", name="Update").click()
    shown.get_by_label("change it by hand to").fill("0.5")
    shown.evaluate(
        """() => {
            const [edit] = [...document.querySelectorAll("form.choices button")];
            const step = edit.nextElementSibling;
            const real = window.fetch;
            window.late = new Promise((tell) => {
                window.fetch = async (path, options) => {
                    window.fetch = real;
                    const answer = await real(path, { ...options, signal: undefined });
                    await new Promise((go) => { window.release = () => { go(); tell(); }; });
                    return answer;
                };
            });
            edit.click();
            step.click();
        }"""
    )
    said = shown.get_by_role("status").filter(has_text="gradient descent")
    soon(said.count)
    shown.evaluate("async () => { window.release(); await window.late; }")
    shown.wait_for_timeout(300)
    assert said.count() == 1
    shown.get_by_role("button", name="Take all back").click()
    said.wait_for(state="detached")


def test_the_update_is_marked_on_the_side_where_the_loss_falls(shown: Any) -> None:
    shown.get_by_role("tab", name="Update").click()
    shown.locator('[data-test="nudge"]').wait_for()
    gradient = number(shown.locator('[data-test="gradient"]').inner_text())
    marker = shown.locator(".nudge line.after")
    middle = shown.locator(".nudge line.axis").nth(1)
    there, now = (float(each.get_attribute("x1")) for each in (marker, middle))
    assert there != now
    assert (there > now) == (gradient < 0)


def test_a_weight_changed_by_hand(shown: Any, one: Live) -> None:
    address = "conv1.weight[1,0,2,2]"
    shown.locator(".selected input").fill(address)
    shown.locator(".selected input").press("Enter")
    shown.get_by_role("tab", name="Update").click()
    shown.get_by_label("change it by hand to").fill("-1.5")
    shown.get_by_role("button", name="compute everything anew").click()
    changed_by_hand = shown.get_by_role("status").filter(has_text="Changed by hand")
    changed_by_hand.wait_for()
    assert f"{address} = −1.5" in changed_by_hand.inner_text()
    changed = live().network
    changed.parameters["conv1.weight"][1, 0, 2, 2] = -1.5
    true = explain(changed, one.images[:4], one.labels[:4])
    assert near(shown.locator('[data-test="value"]').inner_text(), -1.5, 6)
    assert near(shown.locator('[data-test="gradient"]').inner_text(), true[address].engine_value, 6)
    shown.get_by_role("button", name="Take it back").click()
    changed_by_hand.wait_for(state="detached")
    before = one.network.parameters["conv1.weight"][1, 0, 2, 2]
    assert near(shown.locator('[data-test="value"]').inner_text(), before, 6)


def test_the_loss_is_measured_as_the_weight_is_turned(shown: Any, one: Live) -> None:
    address = "conv2.weight[1,0,1,1]"
    shown.locator(".selected input").fill(address)
    shown.locator(".selected input").press("Enter")
    shown.get_by_role("tab", name="Update").click()
    said = shown.locator('[data-test="nudge"] b')
    said.first.wait_for()
    slider = shown.get_by_label("turn it")
    slider.focus()
    for _ in range(4):
        shown.keyboard.press("ArrowRight")
    by = float(slider.input_value())
    assert by > 0
    trace = explain(one.network, one.images[:4], one.labels[:4])
    changed = live().network
    changed.parameters["conv2.weight"][1, 0, 1, 1] += by
    measured = explain(changed, one.images[:4], one.labels[:4]).recording.loss
    predicted = trace.recording.loss + by * trace[address].engine_value
    assert near(said.nth(0).inner_text(), measured, 5)
    assert near(said.nth(1).inner_text(), predicted, 5)


def test_what_the_update_does_to_the_loss(shown: Any, one: Live) -> None:
    shown.get_by_role("tab", name="Update").click()
    said = shown.locator('[data-test="after"]')
    soon(lambda: said.count() and "…" not in said.inner_text())
    address = shown.locator(".selected input").input_value()
    found = explain(one.network, one.images[:4], one.labels[:4])[address]
    assert found.gradient is not None
    by = -0.05 * found.gradient
    predicted, measured = said.locator("b").all_inner_texts()
    loss = explain(one.network, one.images[:4], one.labels[:4]).recording.loss
    assert near(predicted, loss + by * found.gradient, 6)
    assert near(measured, one.losses(LossesRequest(0, 4, address=address, offsets=[by]))[0], 6)


def test_a_step_with_all_weights(shown: Any, one: Live) -> None:
    shown.get_by_role("tab", name="Update").click()
    button = shown.get_by_role("button", name="or take this step with all weights")
    button.click()
    said = shown.get_by_role("status").filter(has_text="gradient descent")
    said.wait_for()
    assert "1 step of gradient descent" in said.inner_text()
    button.click()
    shown.get_by_text("2 steps of gradient descent").wait_for()
    trace = explain(one.network, one.images[:4], one.labels[:4])
    after, told = changed(trace, [Edit(descend=0.05), Edit(descend=0.05)])
    assert told[0]["loss"] > told[1]["loss"] > after.recording.loss
    assert near(shown.locator(".outcome .number.y b").inner_text(), after.recording.loss, 4)
    shown.get_by_role("button", name="Take the last back").click()
    shown.get_by_text("1 step of gradient descent").wait_for()
    shown.get_by_role("button", name="Take it back").click()
    said.wait_for(state="detached")


def test_who_hurries_through_weights_waits_for_the_last_alone(shown: Any) -> None:
    asked = []
    shown.get_by_role("tab", name="Update").click()
    # The weight that the page opens with asks twice, and the second request comes after the curve.
    after = shown.locator('[data-test="after"]')
    after.wait_for()
    soon(lambda: "…" not in after.inner_text())
    shown.on("request", lambda request: asked.append((request.url, request.post_data)))
    field = shown.locator(".selected input")
    field.evaluate(
        """field => {
            for (const column of [0, 1, 2]) {
                field.value = `conv2.weight[0,0,0,${column}]`;
                field.form.requestSubmit();
            }
        }"""
    )
    shown.locator('[data-test="nudge"]').wait_for()
    soon(lambda: any(url.endswith("/losses") for url, _ in asked))
    shown.wait_for_timeout(300)
    losses = [json.loads(data)["address"] for url, data in asked if url.endswith("/losses")]
    assert set(losses) == {"conv2.weight[0,0,0,2]"}


@pytest.mark.parametrize("view", ["Update", "Training", "Your own input"])
def test_no_rule_of_accessibility_is_broken(view: str, shown: Any) -> None:
    shown.get_by_role("tab", name=view).click()
    shown.wait_for_function("() => !document.querySelector('[aria-busy=true]')")
    assert violations(shown) == []


def test_where_nothing_is_finite_nothing_is_measured(chromium: Any) -> None:
    one = live()
    one.network.parameters["conv1.weight"][...] = np.inf
    with np.errstate(all="ignore"), served(one, first=0, count=2) as server:
        page, complaints = chromium.new_page(), []
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(server.url + "#update/conv2.weight[0,0,0,0]/0")
        page.get_by_text("is not finite, so there is nothing to measure").wait_for()
        page.close()
        assert complaints == []


def test_a_report_that_is_not_to_be_had_is_said(shown: Any) -> None:
    answer = {"error": "no report today"}
    shown.route("**/update-report", lambda route: route.fulfill(status=400, json=answer))
    shown.reload()
    for tab in ("Story", "Update"):
        shown.get_by_role("tab", name=tab).click()
        shown.get_by_role("alert").filter(has_text="no report today").wait_for()
    shown.complaints.clear()  # the browser tells of the answer, too


def test_how_far_it_is_to_another_answer(shown: Any, one: Live) -> None:
    """The value is the one that Python finds, and with it the image gets the other answer."""
    shown.get_by_role("tab", name="Update").click()
    address, image = "dense1.bias[0]", 1
    shown.locator(".selected input").fill(address)
    shown.locator(".selected input").press("Enter")
    shown.locator("header select").first.select_option(str(image))
    trace = explain(one.network, one.images[:4], one.labels[:4])
    found = trace[address].flip(image)
    assert found.at is not None
    shown.get_by_role("button", name="How much would this number alone have to change").click()
    answer = shown.locator('[data-test="flip"]')
    answer.wait_for()
    assert answer.inner_text() == found.sentence
    shown.get_by_role("button", name="Change it to").click()
    shown.get_by_text(f"Changed by hand: {address}").wait_for()
    after = shown.evaluate("document.querySelector('.flip').innerText")
    before = "right" if found.label != found.predicted else "wrong"
    assert f"to get this image {'wrong' if before == 'right' else 'right'}?" in after


def test_what_cannot_be_asked_for_a_flip(one: Live) -> None:
    with pytest.raises(AddressError, match="follows from other numbers"):
        one.flip(FlipRequest(address="conv1.output[0,0,0,0]", image=0))
    with pytest.raises(AddressError, match="there is no 9"):
        one.flip(FlipRequest(count=4, address="conv1.bias[0]", image=9))


def loss_on(shown: Any) -> str:
    return str(shown.locator(".outcome .number.y b").inner_text())


def test_a_filter_is_silenced_and_a_map_held(shown: Any, one: Live) -> None:
    trace = explain(one.network, one.images[:4], one.labels[:4])
    shown.locator(".selected input").fill("conv1.weight[1,0,2,2]")
    shown.locator(".selected input").press("Enter")
    shown.get_by_role("tab", name="Update").click()
    shown.get_by_role("button", name="silence filter 1").click()
    said = shown.get_by_role("status").filter(has_text="Silenced: map 1 of conv1")
    said.wait_for()
    silenced = trace.clamped("conv1", 1)
    assert near(loss_on(shown), silenced.recording.loss, 4)
    first, last = said.inner_text().split("The loss was ")[1].split(" before that, and is now ")
    assert near(first, trace.recording.loss, 4)
    assert near(last.split(". ")[0], silenced.recording.loss, 4)
    shown.get_by_label("or hold its output at").fill("2.5")
    shown.get_by_role("button", name="hold it").click()
    shown.get_by_role("status").filter(has_text="Held: map 1 of conv1 is 2.5").wait_for()
    assert near(loss_on(shown), trace.clamped("conv1", 1, 2.5).recording.loss, 4)
    shown.get_by_role("button", name="Take the last back").click()
    soon(lambda: near(loss_on(shown), silenced.recording.loss, 4))
    shown.get_by_role("button", name="Take it back").click()
    soon(lambda: near(loss_on(shown), trace.recording.loss, 4))


def test_steps_leave_a_frozen_layer_as_it_is(shown: Any, one: Live) -> None:
    trace = explain(one.network, one.images[:4], one.labels[:4])
    address = "conv1.weight[1,0,2,2]"
    shown.locator(".selected input").fill(address)
    shown.locator(".selected input").press("Enter")
    shown.get_by_role("tab", name="Update").click()
    shown.get_by_role("button", name="freeze conv1 in steps").click()
    shown.get_by_role("status").filter(has_text="Frozen: conv1").wait_for()
    assert shown.get_by_role("button", name="conv1 is frozen").is_disabled()
    shown.get_by_role("button", name="or take this step with all weights").click()
    shown.get_by_role("status").filter(has_text="1 step of gradient descent").wait_for()
    assert near(shown.locator('[data-test="value"]').inner_text(), trace[address].value, 6)
    after = trace.stepped(0.05, frozen=["conv1"])
    shown.locator(".selected input").fill("dense1.bias[1]")
    shown.locator(".selected input").press("Enter")
    assert near(shown.locator('[data-test="value"]').inner_text(), after["dense1.bias[1]"].value, 6)
    assert after["dense1.bias[1]"].value != trace["dense1.bias[1]"].value


def test_edits_of_maps_and_layers_that_are_not_there(one: Live) -> None:
    for edit, says in (
        (Edit(layer="conv1", channel=9, value=0.0), "there is no 9"),
        (Edit(layer="relu1", channel=0, value=0.0), "no layer with filters"),
        (Edit(freeze="relu1"), "no layer with weights"),
    ):
        with pytest.raises(AddressError, match=says):
            one.document(ViewRequest(0, 4, edits=(edit,)))
    with pytest.raises(ValueError, match="an edit is"):
        Edit(layer="conv1", value=1.0)


def test_what_is_frozen_stays_frozen_where_a_pass_is_known_already(one: Live) -> None:
    freeze, step = Edit(freeze="conv1"), Edit(descend=0.05)
    one.document(ViewRequest(0, 4, edits=(freeze,)))
    found = one.document(ViewRequest(0, 4, edits=(freeze, step)))
    np.testing.assert_array_equal(
        array(found, "conv1.weight"), one.network.parameters["conv1.weight"]
    )
    assert not np.array_equal(
        array(found, "dense1.weight"), one.network.parameters["dense1.weight"]
    )
