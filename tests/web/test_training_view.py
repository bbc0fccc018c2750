"""How a network was trained, as the page shows it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.explain import explain
from backlit.runs import Film
from backlit.runs.evaluation import write_test
from backlit.runs.film import read_film
from backlit.web import page
from tests.web.networks import NETWORKS
from tests.web.reading import cells

Show = Callable[..., Any]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "run"
    shape, layers = NETWORKS["digits"]
    random = np.random.default_rng(0)
    images, labels = random.integers(0, 256, (24, *shape), np.uint8), np.arange(24) % 3
    net = bl.Network(shape, layers, engine="pure", seed=1)
    bl.fit(
        net,
        (images, labels),
        validation=(images[:6], labels[:6]),
        epochs=3,
        batch_size=4,
        callbacks=[Film(frames=7)],
        run=folder,
        progress=False,
    )
    return folder


def shown_page(opened: Show, run: Path | None) -> Any:
    net = bl.load(run, "pure") if run else None
    if net is None:
        shape, layers = NETWORKS["digits"]
        net = bl.Network(shape, layers, engine="pure", seed=1)
    images = np.zeros((1, *net.input_shape)) + np.arange(8)
    text = page(explain(net, images, [1]), "a run", run=bl.open_run(run) if run else None)
    return opened(text, "#training/conv1.weight[0,0,0,0]/0")


def test_the_curves_end_where_the_training_ended(opened: Show, run: Path) -> None:
    shown = shown_page(opened, run)
    last = bl.open_run(run).history.records[-1]
    loss, accuracy = (shown.locator("svg.course").nth(k) for k in (0, 1))
    told = loss.get_attribute("aria-label")
    assert f"training {last.loss:.3g}" in told
    assert f"validation {last.validation_loss:.3g}" in told
    assert "accuracy: training" in accuracy.get_attribute("aria-label")
    assert loss.locator("circle.n0").count() == 3
    assert loss.locator("text.tick").nth(1).text_content() == "0"  # where its axis begins


def test_how_it_did_on_images_that_it_has_not_seen(opened: Show, run: Path) -> None:
    result = {"images": 1234, "loss": 0.5, "accuracy": 0.625, "epoch": 3}
    write_test(run, result)
    try:
        shown = shown_page(opened, run)
    finally:
        write_test(run, None)
    assert (
        "On 1,234 images that it had not seen: 62.5 % right" in shown.locator("main").inner_text()
    )
    assert shown_page(opened, run).locator('[data-test="held-out"]').count() == 0


def test_the_film_can_be_walked_through(opened: Show, run: Path) -> None:
    shown = shown_page(opened, run)
    frames = read_film(run)
    said = shown.locator('[data-test="frame"]')
    for frame in reversed(frames):  # it begins with the filters as they are in the end
        assert said.inner_text().startswith(f"after {frame.step} of 18 steps")
        own = cells(shown, "the selected filter")
        assert np.allclose(own, frame.weights["conv1.weight"][0, 0], rtol=1e-6)
        canvas = shown.locator('canvas[aria-label^="conv1.weight"]')
        canvas.focus()
        shown.keyboard.press("Home")
        shown.keyboard.press("ArrowRight")
        told = canvas.get_attribute("aria-label")
        place = [int(k) for k in told.split("[")[1].split("]")[0].split(",")]
        *_, row, column = place
        value = float(told.split("= ")[1].replace("−", "-"))
        assert value == pytest.approx(
            float(frame.weights["conv1.weight"][place[0], 0, row, column]), rel=1e-3
        )
        shown.keyboard.press("Tab")
        if frame is not frames[0]:
            shown.get_by_label("one frame back").click()
    assert shown.get_by_label("one frame back").is_disabled()
    shown.get_by_role("button", name="play").click()
    shown.get_by_text("after 18 of 18 steps").wait_for()


def test_a_click_on_a_filter_goes_to_the_weight(opened: Show, run: Path) -> None:
    shown = shown_page(opened, run)
    canvas = shown.locator('canvas[aria-label^="conv2.weight"]')
    canvas.click(position={"x": 6, "y": 6})
    assert shown.locator(".selected input").input_value() == "conv2.weight[0,0,0,0]"
    canvas.focus()
    for key in ("PageDown",) * 6 + ("ArrowRight", "Enter"):
        shown.keyboard.press(key)
    # six maps on, of four channels each: filter 1, channel 2
    assert shown.locator(".selected input").input_value() == "conv2.weight[1,2,0,1]"


def test_without_a_run_there_is_nothing_to_tell(opened: Show) -> None:
    shown = shown_page(opened, None)
    assert shown.get_by_role("tab", name="Update").is_visible()
    assert shown.get_by_role("tab", name="Training").count() == 0
