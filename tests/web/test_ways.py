"""Ways through the page: addresses, questions, tabs, Back, the keyboard."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backlit.explain import Trace
from backlit.web import page
from backlit.web.bundle import modules
from backlit.web.toy import toy_page
from tests.web.networks import trace
from tests.web.reading import near

Show = Callable[..., Any]


@pytest.fixture
def digits() -> Trace:
    return trace("digits")


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
        assert ("no such layer" in said) == ("stride" in question)
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
    assert "opened by backlit toy stride." in box.inner_text()


def test_the_step_that_a_question_names_has_such_a_layer(opened: Show) -> None:
    found = re.findall(r'slug: "(.+?)",.*?toy: "(.+?)",', modules()["questions.js"], re.DOTALL)
    assert len(found) == 8
    for slug, step in found:
        shown = opened(toy_page(step), f"#question/{slug}")
        said = shown.get_by_role("complementary", name="question").inner_text()
        assert "no such layer" not in said, (slug, step)


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


def test_a_refused_number_is_forgotten_with_the_next(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), "#story/conv1.weight[0,0,0,0]/0")
    field = shown.locator(".selected input")
    field.fill("conv9.weight[0,0,0,0]")
    field.press("Enter")
    refusal = shown.locator(".selected [role=alert]")
    assert "conv9" in refusal.inner_text()
    shown.get_by_role("tab", name="Forward").click()
    assert refusal.count() == 0


def test_a_tab_says_that_it_went_to_another_number(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), "#filter/conv2.weight[1,0,1,1]/1")
    shown.get_by_role("tab", name="Forward").click()
    there = shown.locator(".selected input").input_value()
    said = shown.get_by_text("This view does not show conv2.weight[1,0,1,1]")
    assert said.inner_text().endswith(f"a number nearby, {there}.")
    shown.get_by_role("tab", name="Terms").click()  # which shows the same number
    assert said.count() == 0


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


def test_the_arrow_keys_choose_a_tab(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), "#story/conv1.weight[0,0,0,0]/0")
    shown.get_by_role("tab", name="Story").focus()
    shown.keyboard.press("ArrowRight")
    chosen = shown.locator("[role=tab][aria-selected=true]").first
    assert chosen.inner_text() == "Backward to the filter"
    shown.keyboard.press("ArrowLeft")
    shown.keyboard.press("ArrowLeft")
    assert chosen.inner_text() == "As a matrix"


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


def test_the_keyboard_can_skip_the_network(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), "#story/conv1.weight[0,0,0,0]/0")
    shown.keyboard.press("Tab")
    shown.keyboard.press("Enter")
    assert shown.evaluate("document.activeElement.name") == "address"
