"""Accessibility rules (axe-core) on every view, light and dark, and what they cannot know."""

from collections.abc import Callable
from typing import Any

import pytest

from backlit.web import page
from tests.web.accessibility import violations
from tests.web.networks import trace

Show = Callable[..., Any]
VIEWS = {
    "digits": (
        "story/conv1.weight[1,0,1,1]/1",
        "filter/conv2.weight[1,0,1,1]/1",
        "forward/conv2.output[1,2,1,1]/1",
        "number/conv1.output[1,2,1,1]/1",
        "number/relu1.error[1,2,1,1]/1",
        "number/maxpool1.error[1,2,1,1]/1",
        "number/dense1.error[1,1]/1",
        "number/dense1.weight[1,3]/1",
        "number/loss/0",
        "update/conv1.weight[1,0,1,1]/1",
        "matrix/conv1.weight[1,0,1,1]/1",
    ),
    "residual": ("number/batchnorm1.error[1,1,2,2]/1", "number/r.error[1,1,2,2]/1"),
}
PLACES = [(name, place) for name, places in VIEWS.items() for place in places]


@pytest.mark.parametrize(("name", "place"), PLACES, ids=[place for _, place in PLACES])
def test_no_rule_is_broken(name: str, place: str, opened: Show) -> None:
    shown = opened(page(trace(name), "a run"), f"#{place}")
    assert violations(shown) == []
    shown.evaluate("document.documentElement.dataset.theme = 'dark'")
    shown.evaluate("dispatchEvent(new Event('themechange'))")
    shown.wait_for_timeout(50)
    assert violations(shown) == []


@pytest.mark.parametrize("register", ["with numbers", "as an equation", "as Python"])
def test_every_register(register: str, opened: Show) -> None:
    shown = opened(page(trace("digits"), "a run"), "#filter/conv2.weight[1,0,1,1]/1")
    shown.get_by_role("tab", name=register).click()
    assert violations(shown) == []


def test_whoever_wants_no_motion_gets_none(opened: Show) -> None:
    shown = opened(page(trace("digits"), "a run"), "#filter/conv2.weight[1,0,1,1]/1")
    shown.emulate_media(reduced_motion="reduce")
    moving = shown.evaluate(
        "[...document.querySelectorAll('*')].filter(e => "
        "getComputedStyle(e).transitionDuration.split(', ').some(d => parseFloat(d) > 0)).length"
    )
    assert moving == 0
