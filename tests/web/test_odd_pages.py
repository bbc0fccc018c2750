"""Pages of unusual networks, links that lead nowhere, numbers that are not finite."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.errors import ConfigurationError
from backlit.explain import Trace, explain
from backlit.web import page
from tests.web.networks import trace

Show = Callable[..., Any]


@pytest.fixture
def digits() -> Trace:
    return trace("digits")


def shown_network(
    opened: Show, shape: tuple[int, int, int], layers: list[Any], place: str, **options: Any
) -> Any:
    """A page of another network, with whatever is special about it."""
    net = bl.Network(shape, layers, engine="pure", seed=1)
    random = np.random.default_rng(2)
    for name, array in options.pop("parameters", {}).items():
        net.parameters[name][...] = array
    pictures = random.standard_normal((2, *shape))
    return opened(page(explain(net, pictures, [0, 1]), "run", **options), place)


def test_filters_of_other_groups_hand_nothing_back(opened: Show) -> None:
    layers = [bl.Conv2d(4, 3, groups=2), bl.Flatten(), bl.Dense(2)]
    shown = shown_network(opened, (2, 5, 5), layers, "#input/input.error[0,1,2,2]/0")
    stepper = shown.get_by_role("spinbutton", name="filter o")
    assert (stepper.get_attribute("min"), stepper.get_attribute("max")) == ("2", "3")


def test_a_layer_may_be_called_loss(opened: Show) -> None:
    layers = [bl.Conv2d(2, 2), bl.ReLU(name="loss"), bl.Flatten(), bl.Dense(2, name="größe-1")]
    shown = shown_network(opened, (1, 4, 4), layers, "#story/conv1.weight[1,0,0,1]/1")
    assert "Back through loss" in shown.locator(".steps").inner_text()
    assert "Where the error begins" in shown.locator(".steps").inner_text()
    shown.locator(".selected input").fill("größe-1.weight[1,3]")
    shown.locator(".selected input").press("Enter")
    assert "dL/d größe-1.weight[1,3]" in shown.locator("main").inner_text()


def test_a_convolution_before_flatten_makes_no_number_of_its_own(opened: Show) -> None:
    layers = [bl.Conv2d(2, 2), bl.Flatten(), bl.Dense(2)]
    shown = shown_network(opened, (1, 4, 4), layers, "#forward/conv1.output[1,1,2,2]/1")
    assert "flatten1 makes" not in shown.locator('[data-test="sum"]').inner_text()


def test_what_a_pool_says_when_nothing_comes_back(opened: Show) -> None:
    layers = [bl.Conv2d(1, 1), bl.MaxPool2d(2, 3), bl.ReLU(), bl.Flatten(), bl.Dense(2)]
    off = {"conv1.bias": -50.0}
    shown = shown_network(
        opened, (1, 5, 5), layers, "#number/conv1.error[0,0,2,2]/0", parameters=off
    )
    assert "lies in no window" in shown.locator("main").inner_text()
    said = set()
    for row, column in ((0, 0), (0, 1), (1, 0), (1, 1)):
        shown.locator(".selected input").fill(f"conv1.error[0,0,{row},{column}]")
        shown.locator(".selected input").press("Enter")
        text = shown.locator("main").inner_text()
        said |= {words for words in ("It won, but the error behind", "It lost") if words in text}
    assert said == {"It won, but the error behind", "It lost"}


@pytest.mark.parametrize(
    "place", ["#%E0%A4%A", "#%", "#story/conv1.weight[0,0,0,0]/0.5", "#number/loss/-1", "#x/y/z"]
)
def test_a_link_that_leads_nowhere_opens_at_the_beginning(
    place: str, opened: Show, digits: Trace
) -> None:
    shown = opened(page(digits, "run"), place)
    assert digits[shown.locator(".selected input").input_value()].address.is_parameter
    assert shown.locator("main h2").is_visible()


def test_the_image_of_the_address_is_the_one_that_is_shown(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run", address="conv1.output[2,0,1,1]"))
    assert shown.locator("header select").first.input_value() == "2"
    with pytest.raises(ConfigurationError, match="from 0 to 2"):
        page(digits, "run", image=3)


def test_a_cell_of_a_larger_map_is_not_asked_of_a_smaller(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), "#filter/conv1.weight[0,0,0,0]/0")
    grid = shown.locator('svg[aria-label^="error map 0"]')
    box = grid.bounding_box()
    assert box
    grid.hover(position={"x": box["width"] - 4, "y": box["height"] - 4})
    assert "(5, 5)" in shown.locator('[data-test="term"]').inner_text()
    shown.locator(".selected input").fill("conv2.weight[0,0,0,0]")
    shown.locator(".selected input").press("Enter")
    assert "(5, 5)" not in shown.locator('[data-test="term"]').inner_text()


def test_numbers_that_are_not_finite_are_shown_as_such(opened: Show) -> None:
    layers = [bl.Conv2d(1, 2), bl.Flatten(), bl.Dense(2)]
    broken = {"dense1.weight": np.inf}
    shown = shown_network(
        opened, (1, 3, 3), layers, "#filter/conv1.weight[0,0,0,0]/0", parameters=broken
    )
    text = shown.locator('svg[aria-label^="error map"]').text_content()
    assert "NaN" in text or "∞" in text
    assert "≈0" not in text


def test_long_names_on_a_phone(opened: Show) -> None:
    name, relu = "block3_residual_branch_convolution_a", "block3_residual_activation"
    layers = [
        *(bl.Conv2d(2, 3, padding=1, name=name), bl.ReLU(name=relu)),
        *(bl.Add(relu), bl.Concat(relu), bl.Flatten(), bl.Dense(2)),
    ]
    for place in (
        *(f"{view}/{name}.weight[0,1,1,1]/0" for view in ("story", "filter", "update", "matrix")),
        *(f"number/{relu}.error[0,1,2,3]/0", f"forward/{name}.output[0,1,2,3]/0"),
    ):
        shown = shown_network(opened, (2, 5, 5), layers, f"#{place}")
        shown.set_viewport_size({"width": 400, "height": 800})
        assert shown.evaluate("document.documentElement.scrollWidth") <= 400, place
    shown = shown_network(opened, (2, 5, 5), layers, f"#number/{relu}.error[0,1,2,3]/0")
    assert "is read by add1, add1 and concat1" in shown.locator("main").inner_text()
