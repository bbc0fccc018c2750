"""A served page in a real browser: what is changed by hand changes everything that follows."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

import backlit as bl
from backlit.explain import explain
from backlit.training import Settings
from backlit.training.examples import checked_data
from backlit.web.asks import Ask, Descent
from backlit.web.changes import changed
from backlit.web.live import Live
from backlit.web.trainer import Trainer
from tests.web.accessibility import violations
from tests.web.reading import cells, near, number
from tests.web.serving import Served, live, served


@pytest.fixture(scope="module")
def one() -> Live:
    return live()


@pytest.fixture(scope="module")
def server(one: Live) -> Iterator[Served]:
    with served(one, first=0, count=4) as found:
        yield found


@pytest.fixture
def shown(chromium: Any, server: Served) -> Iterator[Any]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.complaints = complaints
    page.goto(server.url)
    yield page
    context.close()
    assert complaints == []


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


def test_a_number_of_an_image_that_the_next_batch_has_not(shown: Any, one: Live) -> None:
    shown.get_by_role("tab", name="Your own input").click()
    shown.locator(".selected input").fill("conv1.output[3,1,2,2]")
    shown.locator(".selected input").press("Enter")
    shown.get_by_role("tab", name="Your own input").click()
    shown.get_by_role("button", name="clear").click()
    soon(shown.get_by_text("Nothing is known of its class").count)
    soon(lambda: shown.locator(".selected input").input_value() == "conv1.output[0,1,2,2]")
    _, black = levels(one)
    net = one.network
    true = net.record(np.full((1, 1, 8, 8), black), np.array([0])).activations["conv1"]
    assert near(shown.locator('[data-test="value"]').inner_text(), true[0, 1, 2, 2], 6)


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
    assert near(measured, one.losses(Ask(0, 4), address, [by])[0], 6)


def test_a_picture_drawn_by_hand(shown: Any, one: Live) -> None:
    shown.get_by_role("tab", name="Your own input").click()
    shown.get_by_role("button", name="clear").click()
    shown.get_by_text("your own picture").first.wait_for()
    picture = shown.locator('svg[aria-label^="your picture"]')
    picture.evaluate("element => element.scrollIntoView({block: 'center'})")
    box = picture.bounding_box()
    assert box
    size = box["width"] / 8
    shown.mouse.move(box["x"] + 2.5 * size, box["y"] + 1.5 * size)
    shown.mouse.down()
    for row in range(2, 6):
        shown.mouse.move(box["x"] + 2.5 * size, box["y"] + (row + 0.5) * size)
    shown.mouse.up()
    white, black = levels(one)
    expected = np.full((8, 8), black)
    expected[2:6, 2] = white
    soon(lambda: np.allclose(cells(shown, "your picture"), expected))
    true = one.network.predict_probabilities(expected[None, None])[0]
    percents = sorted((100 * float(p) for p in true), reverse=True)
    soon(lambda: np.allclose(guesses(shown), percents, rtol=0, atol=0.051))


def levels(one: Live) -> tuple[float, float]:
    """A white and a black pixel as the network sees them."""
    normalization = one.network.normalization
    assert normalization
    white, black = ((level - normalization.mean[0]) / normalization.std[0] for level in (1.0, 0.0))
    return white, black


def guesses(shown: Any) -> list[float]:
    """The probabilities on the page, in per cent."""
    texts = shown.locator(".guesses .value").all_inner_texts()
    return [float(text.strip("<> %")) for text in texts]


def soon(holds: Callable[[], Any]) -> None:
    """Wait until the page has come so far."""
    for _ in range(400):
        if holds():
            return
        time.sleep(0.05)
    assert holds()


def test_a_picture_file(shown: Any, one: Live, tmp_path: Any) -> None:
    grey = np.zeros((16, 20), np.uint8)
    grey[:8] = 255
    file = tmp_path / "half.png"
    Image.fromarray(grey).save(file)
    shown.get_by_role("tab", name="Your own input").click()
    chooser = shown.get_by_label("picture", exact=True)
    chooser.set_input_files(file)
    white, black = levels(one)
    read = one.picture(file.read_bytes())
    assert read["inverted"]  # its border is dark, and the training pictures are not
    said = shown.locator('[data-test="read"]')
    said.wait_for()
    assert "half.png was read as backlit predict reads it: cut to 16×16" in said.inner_text()
    assert "dark and light swapped" in said.inner_text()
    soon(lambda: np.allclose(cells(shown, "your picture"), read["picture"][0]))
    shown.get_by_role("button", name="swap dark and light").click()

    def is_drawn() -> bool:
        drawn = cells(shown, "your picture")
        return np.allclose(drawn[:3], white, atol=0.05) and np.allclose(drawn[5:], black, atol=0.05)

    soon(is_drawn)
    assert "as they are" in said.inner_text()


def test_what_is_no_picture_is_said_so(shown: Any, tmp_path: Any) -> None:
    file = tmp_path / "letter.png"
    file.write_text("Dear network,")
    shown.get_by_role("tab", name="Your own input").click()
    before = cells(shown, "your picture")
    shown.get_by_label("picture", exact=True).set_input_files(file)
    alert = shown.get_by_role("alert")
    alert.wait_for()
    assert alert.inner_text().startswith("letter.png: The file cannot be read as a picture")
    assert np.array_equal(cells(shown, "your picture"), before)
    shown.complaints.clear()  # the browser writes each answer 400 into its console


def test_what_is_drawn_has_the_class_that_it_is_taken_for(shown: Any, one: Live) -> None:
    shown.get_by_role("tab", name="Your own input").click()
    shown.get_by_role("button", name="clear").click()
    shown.get_by_text("Nothing is known of its class").wait_for()
    _, black = levels(one)
    p = one.network.predict_probabilities(np.full((1, 1, 8, 8), black))[0]
    assert one.network.classes
    said = shown.locator(".outcome").inner_text().replace("\n", " ")
    assert f"it is taken for {one.network.classes[p.argmax()]}" in said
    other = int(p.argmin())
    shown.get_by_label("its class").select_option(str(other))
    shown.get_by_text("wrong:").wait_for()
    soon(lambda: near(shown.locator(".outcome .number.y b").inner_text(), -np.log(p[other]), 4))


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
    after, told = changed(trace, [Descent(0.05), Descent(0.05)])
    assert told[0]["loss"] > told[1]["loss"] > after.recording.loss
    assert near(shown.locator(".outcome .number.y b").inner_text(), after.recording.loss, 4)
    shown.get_by_role("button", name="Take the last back").click()
    shown.get_by_text("1 step of gradient descent").wait_for()
    shown.get_by_role("button", name="Take it back").click()
    said.wait_for(state="detached")


def test_one_step_of_the_training_can_be_followed_exactly(shown: Any, one: Live) -> None:
    trainer = one.trainer
    assert trainer
    trainer.begin_again()
    address = "conv1.weight[1,0,2,2]"
    shown.locator(".selected input").fill(address)
    shown.locator(".selected input").press("Enter")
    training = shown.get_by_role("tab", name="Training")
    training.click()
    shown.get_by_role("button", name="one step").click()
    shown.get_by_text("step 1 of 15").wait_for()
    shown.get_by_role("button", name="look at its next step").click()
    shown.get_by_text("with the images that its next step learns from").wait_for()
    shown.get_by_role("tab", name="Update").click()
    rule = shown.locator('[data-test="rule"]')
    rule.wait_for()
    assert "What the training's next step does, SGD" in rule.inner_text()
    assert "momentum" in rule.inner_text()
    promised = rule.locator("summary b").inner_text()
    in_four_digits = rule.locator(".equation-line b").last.inner_text()
    assert near(in_four_digits, number(promised), 4)
    own = shown.locator('svg[aria-label^="the selected filter now"]')
    training.click()
    shown.get_by_role("button", name="one step").click()
    shown.get_by_text("step 2 of 15").wait_for()
    assert near(promised, trainer.network(2).parameters["conv1.weight"][1, 0, 2, 2], 6)
    assert own.is_visible()
    assert near(promised, cells(shown, "the selected filter now")[2, 2], 6)
    trainer.begin_again()


def test_a_training_that_one_looks_on(shown: Any, one: Live) -> None:
    shown.get_by_role("tab", name="Training").click()
    said = shown.locator('[data-test="progress"]')
    said.wait_for()
    assert said.inner_text().startswith("step 0 of 15, epoch 1")
    for step in (1, 2):
        shown.get_by_role("button", name="one step").click()
        shown.get_by_text(f"step {step} of 15").wait_for()
    shown.get_by_role("button", name="look into this network").click()
    in_training = shown.get_by_role("status").filter(has_text="in training")
    in_training.wait_for()
    assert "after step 2" in in_training.inner_text()
    assert one.trainer
    trained = one.trainer.network(2)
    true = explain(trained, one.images[:4], one.labels[:4])
    address = shown.locator(".selected input").input_value()
    assert near(shown.locator('[data-test="value"]').inner_text(), true[address].value, 6)
    shown.get_by_role("button", name="Back to the network of the run").click()
    in_training.wait_for(state="detached")
    shown.get_by_role("button", name="start").click()
    shown.get_by_text("step 15 of 15").wait_for()
    assert shown.get_by_role("button", name="one step").is_disabled()
    assert shown.locator('svg[aria-label^="loss of 15 steps"]').is_visible()
    shown.get_by_role("button", name="begin again").click()
    shown.get_by_text("step 0 of 15").wait_for()
    assert shown.locator('svg[aria-label^="loss of 0 steps"]').is_visible()


def test_a_training_at_a_pace_that_one_can_follow(shown: Any, one: Live) -> None:
    assert one.trainer
    one.trainer.begin_again()
    shown.get_by_role("tab", name="Training").click()
    shown.get_by_label("speed").select_option("2 steps a second")
    shown.get_by_role("button", name="start").click()
    shown.get_by_text("step 2 of 15").wait_for()
    shown.get_by_role("button", name="pause").click()
    shown.get_by_role("button", name="start").wait_for()
    assert 2 <= one.trainer.look()["step"] < 15  # at full speed it would have ended long ago
    one.trainer.begin_again()


def test_who_hurries_through_weights_waits_for_the_last_alone(shown: Any) -> None:
    asked = []
    shown.get_by_role("tab", name="Update").click()
    shown.locator('[data-test="nudge"]').wait_for()
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
    soon(lambda: asked)
    shown.wait_for_timeout(300)
    losses = [json.loads(data)["address"] for url, data in asked if url.endswith("/losses")]
    assert set(losses) == {"conv2.weight[0,0,0,2]"}


@pytest.mark.parametrize("view", ["Update", "Training", "Your own input"])
def test_no_rule_of_accessibility_is_broken(view: str, shown: Any) -> None:
    shown.get_by_role("tab", name=view).click()
    shown.wait_for_function("() => !document.querySelector('[aria-busy=true]')")
    assert violations(shown) == []


def test_black_and_white_of_a_colour_picture(chromium: Any) -> None:
    one = live("colour")
    mean, std = (0.1, 0.5, 0.9), (0.2, 0.25, 0.4)
    one.network.normalization = bl.Normalization(mean, std)
    with served(one, first=0, count=1) as server:
        page = chromium.new_page()
        page.goto(server.url)
        page.get_by_role("tab", name="Your own input").click()
        page.get_by_role("button", name="clear").click()
        page.get_by_text("your own picture").first.wait_for()
        page.locator('svg[aria-label^="your picture"]').focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        step = page.get_by_role("spinbutton", name="channel")
        for channel in range(3):
            step.fill(str(channel))
            step.press("Tab")
            expected = np.full(one.network.input_shape[1:], -mean[channel] / std[channel])
            expected[0, 0] = (1 - mean[channel]) / std[channel]
            wait_for_cells(page, expected)
        page.close()


def wait_for_cells(page: Any, expected: Any) -> None:
    soon(lambda: np.allclose(cells(page, "your picture"), expected))


def test_training_and_evaluation(chromium: Any) -> None:
    one = live("residual", 8)
    with served(one, first=0, count=4) as server:
        page = chromium.new_page()
        page.goto(server.url)
        said = page.get_by_role("complementary", name="mode")
        assert "As in a training step, batch norm" in said.inner_text()
        loss = page.locator(".outcome .number.y b")
        for training in (False, True):
            said.get_by_role("button").click()
            true = explain(one.network, one.images[:4], one.labels[:4], training=training)
            soon(lambda true=true: near(loss.inner_text(), true.recording.loss, 4))  # type: ignore[misc]
        page.get_by_role("tab", name="Your own input").click()
        page.get_by_role("button", name="clear").click()
        page.get_by_text("As in evaluation, batch norm uses mean").wait_for()
        black = [-0.5 / 0.25] * 2
        p = one.network.predict_probabilities(
            np.broadcast_to(np.reshape(black, (1, 2, 1, 1)), (1, *one.network.input_shape))
        )
        percents = sorted((100 * float(each) for each in p[0]), reverse=True)
        soon(lambda: np.allclose(guesses(page), percents, rtol=0, atol=0.051))
        for leave in ("back to the images of the run", "the next images"):
            page.get_by_role("button", name=leave).click()
            page.get_by_text("As in a training step, batch norm").wait_for()
            said.get_by_role("button").click()  # to evaluation, which a drawing leaves as it is
            page.get_by_text("As in evaluation, batch norm").wait_for()
            page.get_by_role("button", name="clear").click()
            page.get_by_text("your own picture").first.wait_for()
            page.get_by_role("button", name="back to the images of the run").click()
            page.get_by_text("your own picture").first.wait_for(state="detached")
            assert "As in evaluation" in said.inner_text()
            said.get_by_role("button").click()
            page.get_by_role("button", name="clear").click()
            page.get_by_text("your own picture").first.wait_for()
        page.close()


def test_which_rule_is_told_where(chromium: Any) -> None:
    one = live()
    settings = Settings(epochs=1, batch_size=4, optimizer=bl.SGD(0.5), clip=1e-3)
    data = checked_data(one.network, (one.images, one.labels), None, None, 4)
    one.trainer = trainer = Trainer(one.network, settings, data)
    with served(one, first=0, count=4) as server:
        page = chromium.new_page()
        page.goto(server.url + "#update/conv1.weight[1,0,2,2]/0")
        training = page.get_by_role("tab", name="Training")
        rule = page.locator('[data-test="rule"]')
        training.click()
        page.get_by_role("button", name="look into this network").click()
        page.get_by_text("This is the network in training").wait_for()
        page.get_by_role("tab", name="Update").click()
        soon(rule.count)  # clipping is no plain gradient descent
        assert "What the training's own rule would do with these images" in rule.inner_text()
        training.click()
        page.get_by_role("button", name="look at its next step").click()
        page.get_by_text("with the images that its next step learns from").wait_for()
        page.get_by_role("tab", name="Update").click()
        soon(lambda: "What the training's next step does" in rule.inner_text())
        promised = rule.locator("summary b").inner_text()
        trainer.step()
        assert near(promised, trainer.network(1).parameters["conv1.weight"][1, 0, 2, 2], 6)
        page.get_by_label("change it by hand to").fill("2")
        page.get_by_role("button", name="compute everything anew").click()
        soon(lambda: "would do with these images" in rule.inner_text())
        page.close()


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
