"""A picture of one's own on a served page: drawn, read from a file, in evaluation."""

from typing import Any

import numpy as np
from PIL import Image

import backlit as bl
from backlit.explain import explain
from backlit.web.live import Live
from backlit.web.requests import PictureRequest
from tests.web.reading import cells, guesses, near, soon
from tests.web.serving import live, served


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


def test_a_picture_file(shown: Any, one: Live, tmp_path: Any) -> None:
    gray = np.zeros((16, 20), np.uint8)
    gray[:8] = 255
    file = tmp_path / "half.png"
    Image.fromarray(gray).save(file)
    shown.get_by_role("tab", name="Your own input").click()
    chooser = shown.get_by_label("picture", exact=True)
    chooser.set_input_files(file)
    white, black = levels(one)
    read = one.picture(PictureRequest(file.read_bytes()))
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


def test_black_and_white_of_a_color_picture(chromium: Any) -> None:
    one = live("color")
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


def levels(one: Live) -> tuple[float, float]:
    """A white and a black pixel as the network sees them."""
    normalization = one.network.normalization
    assert normalization
    white, black = ((level - normalization.mean[0]) / normalization.std[0] for level in (1.0, 0.0))
    return white, black
