"""The training on a served page, while one looks on."""

import re
from typing import Any

import pytest

import backlit as bl
from backlit.explain import explain
from backlit.training import Settings
from backlit.training.examples import checked_data
from backlit.web.live import Live
from backlit.web.trainer import Trainer
from tests.web.reading import cells, near, number, soon
from tests.web.serving import live, served


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


def test_a_layer_is_frozen_while_the_others_learn(shown: Any, one: Live) -> None:
    trainer = one.trainer
    assert trainer
    trainer.begin_again()
    first = trainer.network(0).parameters["conv1.weight"].copy()
    address = "conv1.weight[1,0,2,2]"
    shown.locator(".selected input").fill(address)
    shown.locator(".selected input").press("Enter")
    shown.get_by_role("tab", name="Training").click()
    shown.get_by_text("freeze a layer").click()
    shown.get_by_label("conv1", exact=True).check()
    shown.get_by_text("frozen: conv1").wait_for()
    shown.get_by_role("button", name="look at its next step").click()
    shown.get_by_text("with the images that its next step learns from").wait_for()
    shown.get_by_role("tab", name="Update").click()
    soon(lambda: "its layer is frozen" in shown.locator('[data-test="rule"]').inner_text())
    shown.get_by_role("tab", name="Training").click()
    shown.get_by_role("button", name="one step").click()
    shown.get_by_text("step 1 of 15").wait_for()
    now = "the selected filter now"
    assert cells(shown, now)[2, 2] == pytest.approx(first[1, 0, 2, 2], rel=1e-6)
    after = trainer.network(1).parameters
    assert (after["conv1.weight"] == first).all()
    assert (after["dense1.weight"] != trainer.network(0).parameters["dense1.weight"]).any()
    shown.get_by_text("frozen: conv1").click()
    shown.get_by_label("conv1", exact=True).uncheck()
    soon(lambda: trainer.look()["frozen"] == [])
    shown.get_by_role("button", name="one step").click()
    shown.get_by_text("step 2 of 15").wait_for()
    moved = trainer.network(2).parameters["conv1.weight"][1, 0, 2, 2]
    assert moved != first[1, 0, 2, 2]
    assert cells(shown, now)[2, 2] == pytest.approx(moved, rel=1e-6)
    trainer.begin_again()


def test_a_training_at_a_pace_that_one_can_follow(shown: Any, one: Live) -> None:
    assert one.trainer
    one.trainer.begin_again()
    shown.get_by_role("tab", name="Training").click()
    shown.get_by_label("speed").select_option("2 steps a second")
    shown.get_by_role("button", name="start").click()
    # A busy machine may not show each step.
    shown.get_by_text(re.compile(r"step ([2-9]|1\d) of 15")).wait_for()
    shown.get_by_role("button", name="pause").click()
    shown.get_by_role("button", name="start").wait_for()
    assert 2 <= one.trainer.look()["step"] < 15  # at full speed it would have ended long ago
    one.trainer.begin_again()


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
