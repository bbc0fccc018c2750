"""Pages of unusual networks, links that lead nowhere, numbers that are not finite."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image

import backlit as bl
from backlit.errors import ConfigurationError
from backlit.explain import Trace, explain
from backlit.web import page
from tests.web.networks import trace
from tests.web.reading import number, unfolded

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
    said = unfolded(shown).inner_text()
    assert "Back through loss" in said
    assert "Where the error begins" in said
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


def test_on_a_phone_what_is_cut_has_a_shadow_where_it_goes_on(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), "#filter/conv1.weight[1,0,0,1]/0")
    shown.set_viewport_size({"width": 400, "height": 800})
    shown.get_by_role("tab", name="as Python").click()
    wrapped = shown.locator(".register pre").first
    assert wrapped.evaluate("e => e.scrollWidth <= e.clientWidth")
    shown.get_by_text("All of them at once").click()
    formula = shown.locator(".register details pre")

    def darkest() -> list[int]:
        """In the last and in the first pixels of a row above the letters."""
        picture = Image.open(io.BytesIO(formula.screenshot())).convert("L")
        row = picture.crop((0, 4, picture.width, 5)).tobytes()
        return [min(row[-6:-1]), min(row[1:6])]

    assert formula.evaluate("e => e.scrollWidth > e.clientWidth")
    right, left = darkest()
    assert right < 225
    assert left > 240
    formula.evaluate("e => e.scrollTo(e.scrollWidth, 0)")
    right, left = darkest()
    assert right > 240
    assert left < 225


@pytest.mark.parametrize("place", ["filter/conv1.weight[1,0,0,1]", "forward/conv2.output[0,1,2,2]"])
def test_on_a_phone_a_formula_goes_on_in_the_next_line(
    place: str, opened: Show, digits: Trace
) -> None:
    shown = opened(page(digits, "run"), f"#{place}/0")
    shown.set_viewport_size({"width": 360, "height": 740})
    shown.get_by_role("tab", name="as an equation").click()
    formula = shown.locator(".formula").first
    assert formula.evaluate("e => e.scrollWidth <= e.clientWidth")
    tops = formula.evaluate(
        "e => [...e.querySelector('math').children].map((each) => each.getBoundingClientRect().top)"
    )
    assert max(tops) - min(tops) > 20  # another line
    shown.set_viewport_size({"width": 1280, "height": 740})
    high = formula.bounding_box()["height"]
    assert high < 90  # one line, where there is room


def test_a_sum_stands_above_its_indices(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "run"), "#filter/conv1.weight[1,0,0,1]/0")
    shown.get_by_role("tab", name="as an equation").click()
    below, sign, letter = shown.locator(".formula munder").first.evaluate(
        """sum => {
          const [sign, indices] = [...sum.children].map((each) => each.getBoundingClientRect());
          const letter = sum.closest("math").querySelector("mi").getBoundingClientRect();
          return [indices.top - sign.bottom, sign.height, letter.height];
        }"""
    )
    assert below >= 0
    assert sign > 1.5 * letter


def test_one_to_one_layers_alone_make_a_number_of_an_output(opened: Show) -> None:
    layers = [bl.Conv2d(2, 3, padding=1), bl.Conv2d(2, 3, padding=1), bl.ELU(), bl.Flatten()]
    for place, said in (("conv1", False), ("conv2", True)):
        shown = shown_network(
            opened, (1, 4, 4), [*layers, bl.Dense(2)], f"#forward/{place}.output[0,1,2,2]/0"
        )
        text = shown.locator('[data-test="sum"]').inner_text()
        assert ("makes" in text) == said
        assert ("elu1 makes" in text) == said


@pytest.mark.parametrize(
    ("bias", "said"),
    [
        (50.0, "15 of the 16 errors are 0: behind conv1, maxpool1 stopped what"),
        (-50.0, "16 of the 16 errors are 0: behind conv1, relu1 and maxpool1 stopped what"),
    ],
)
def test_who_stopped_an_error(bias: float, said: str, opened: Show) -> None:
    layers = [bl.Conv2d(1, 3, padding=1), bl.ReLU(), bl.MaxPool2d(4), bl.Flatten(), bl.Dense(2)]
    shown = shown_network(
        opened,
        (1, 4, 4),
        layers,
        "#filter/conv1.weight[0,0,1,1]/0",
        parameters={"conv1.bias": bias},
    )
    assert said in shown.locator("main").inner_text()


def test_strides_stop_errors_without_anybody(opened: Show) -> None:
    layers = [bl.Conv2d(1, 3, padding=1), bl.ReLU(), bl.AvgPool2d(1, 2), bl.Flatten(), bl.Dense(2)]
    shown = shown_network(
        opened, (1, 4, 4), layers, "#filter/conv1.weight[0,0,1,1]/0", parameters={"conv1.bias": 50}
    )
    assert "12 of the 16 errors are 0." in shown.locator("main").inner_text()


def test_totals_are_in_the_units_of_the_maps_beside_them(opened: Show) -> None:
    """Weights of a hundredth in the dense layer make errors, and so products, of thousandths."""
    layers = [bl.Conv2d(2, 3), bl.Conv2d(2, 3), bl.Flatten(), bl.Dense(2)]
    small = {"dense1.weight": [[0.004], [-0.002]], "conv2.weight": 0.02}
    shown = shown_network(
        opened, (1, 7, 7), layers, "#filter/conv1.weight[0,0,1,1]/0", parameters=small
    )
    below = shown.locator('figure:has(svg[aria-label^="products"]) .told').inner_text()
    unit = below.removeprefix("numbers × ").strip()
    said = shown.locator('[data-test="sum"]').inner_text()
    assert unit.startswith("10⁻")
    total, in_units = said.split(": ")[1].split(" in this image")[0].split(" = ")
    assert in_units.endswith(f" × {unit}")
    mantissa = number(in_units.split(" ×")[0])
    power = number("1·" + unit)
    assert mantissa * power == pytest.approx(number(total), rel=5e-3)
    shown = shown_network(
        opened, (1, 7, 7), layers, "#forward/conv2.output[0,0,1,1]/0", parameters=small
    )
    assert "Here are written weights ×" in shown.locator("section.forward").inner_text()


def test_black_is_called_black(opened: Show) -> None:
    """After normalization it is −0.5 / 0.25 = −2, and white is 2."""
    net = bl.Network(
        (1, 5, 5),
        [bl.Conv2d(1, 2), bl.Flatten(), bl.Dense(2)],
        engine="pure",
        seed=1,
        normalization=bl.Normalization((0.5,), (0.25,)),
    )
    picture = np.zeros((1, 1, 5, 5), np.uint8)
    picture[0, 0, 1, 1] = 255
    shown = opened(page(explain(net, picture, [0]), "run"), "#filter/conv1.weight[0,0,0,0]/0")
    assert "normalized: −2 is black, 2 white" in shown.locator(".filter").inner_text()
    shown.get_by_role("tab", name="with numbers").click()
    factors = shown.locator(".terms .number.x").all_inner_texts()
    for text in factors:
        white = "input[0,0,1,1]" in text
        assert text.endswith("2 white" if white else "−2 black"), text


def test_a_score_that_is_just_right(opened: Show) -> None:
    layers = [bl.Conv2d(1, 2), bl.Flatten(), bl.Dense(2)]
    shown = shown_network(
        opened, (1, 3, 3), layers, "#story/conv1.bias[0]/0", parameters={"dense1.bias": (999, 0)}
    )
    assert "its score is just right: nothing pulls at it" in unfolded(shown).inner_text()


def test_too_many_numbers_for_pictures(opened: Show) -> None:
    layers = [bl.Conv2d(50, 1), bl.Flatten(), bl.Dense(2)]
    shown = shown_network(opened, (1, 1, 1), layers, "#update/conv1.bias[3]/0")
    assert "50 numbers are too many for pictures" in shown.locator(".update").inner_text()


def test_the_only_term_of_an_image(opened: Show) -> None:
    shown = shown_network(
        opened, (1, 3, 3), [bl.Flatten(), bl.Dense(2)], "#story/dense1.weight[0,4]/1"
    )
    last = unfolded(shown).inner_text()
    assert "It is this image's only term:" in last
    assert "other 0 terms" not in last


def test_positions_over_the_padding_are_counted_in_one_picture(opened: Show) -> None:
    layers = [bl.Conv2d(1, 3, padding=1), bl.Flatten(), bl.Dense(2)]
    shown = shown_network(opened, (1, 4, 4), layers, "#story/conv1.weight[0,0,0,0]/1")
    said = unfolded(shown).inner_text()
    assert "It has 16 positions in a picture; at 7 of them it lies over the padding" in said


@pytest.mark.parametrize("layer", [bl.ELU(), bl.BatchNorm2d(), bl.ReLU(), bl.MaxPool2d(2)])
def test_nothing_is_drawn_of_what_is_no_number(layer: Any, opened: Show) -> None:
    """The fixture finds complaints in the browser's console."""
    name = f"{layer.kind}1"
    shown = shown_network(
        opened,
        (1, 4, 4),
        [bl.Conv2d(1, 1), layer, bl.Flatten(), bl.Dense(2)],
        f"#number/{name}.output[0,0,1,1]/0",
        parameters={"conv1.weight": np.nan},
    )
    assert "NaN" in shown.locator("main").inner_text()
    shown.locator(".selected input").fill("conv1.error[0,0,1,1]")
    shown.locator(".selected input").press("Enter")
    assert shown.locator("main h2").inner_text().startswith("conv1.error")


def test_the_name_of_a_run_may_be_long(opened: Show, digits: Trace) -> None:
    shown = opened(page(digits, "fashion_mnist_small_adam_cosine_warmup_5"), "#story")
    shown.set_viewport_size({"width": 400, "height": 800})
    assert shown.evaluate("document.documentElement.scrollWidth") <= 400


def test_the_heading_keeps_the_secret_too(opened: Show, digits: Trace) -> None:
    label = int(digits.recording.labels[0])
    shown = opened(page(digits, "run"), f"#number/probability[0,{label}]/0")
    shown.get_by_role("button", name="ask me first").click()
    listed = shown.locator("header select").evaluate("e => [...e.options].map(o => o.text)")
    assert listed[0].endswith("(p ?)")
    assert not listed[1].endswith("(p ?)")


def test_how_batch_norm_works_is_said(opened: Show, digits: Trace) -> None:
    layers = [bl.Conv2d(1, 1), bl.BatchNorm2d(), bl.Dropout(0.1), bl.Flatten(), bl.Dense(2)]
    shown = shown_network(opened, (1, 3, 3), layers, "#story/conv1.weight[0,0,0,0]/0")
    said = shown.get_by_role("complementary", name="mode").inner_text()
    assert said == (
        "As in a training step, batch norm uses mean and variance of these images and dropout "
        "leaves some numbers out."
    )
    shown = opened(page(digits, "run"), "#story")
    assert shown.get_by_role("complementary", name="mode").count() == 0
