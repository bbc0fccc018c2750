"""What layers made of an image, and the errors that came back."""

from __future__ import annotations

import numpy as np
import pytest

from backlit.errors import AddressError, InputError
from backlit.views import plots

from .figures import TRACES, bar, cells, colored, digits, numbers, residual, sheet, words

LAYERS = [(name, layer) for name, trace in TRACES.items() for layer in trace().recording.errors]


@pytest.mark.parametrize(("name", "layer"), LAYERS)
def test_every_number_of_the_image_is_drawn(name: str, layer: str) -> None:
    recording = TRACES[name]().recording
    label = "input X" if layer == "input" else f"output of {layer}"
    figure = plots.activations(TRACES[name](), layer, 2)
    np.testing.assert_array_equal(numbers(figure, label), recording.activations[layer][2].ravel())
    label = f"error dL/d{'X' if layer == 'input' else 'Y'}"
    figure = plots.errors(TRACES[name](), layer, 2)
    errors = recording.errors[layer][2]
    np.testing.assert_array_equal(numbers(figure, label), errors.ravel())
    most = np.abs(errors).max() or 1
    assert bar(figure, label).get_xlim() == (-most, most)


def test_the_image_is_named_and_shown() -> None:
    trace = colored()
    raw = np.zeros((3, 11, 9), np.uint8)
    raw[0] = 255
    figure = plots.activations(trace, "conv1", 1, called="image 7", picture=raw)
    (shown,) = sheet(figure).images
    red = np.zeros((11, 9, 3))
    red[..., 0] = 1
    np.testing.assert_array_equal(np.asarray(shown.get_array()), red)
    about = next(text for text in words(figure) if text.startswith("image 7: class a class"))
    guess = int(trace.recording.probabilities[1].argmax())
    verdict = "recognized" if guess == 1 else f"taken for {trace.class_name(guess)}"
    assert f"indeed, {verdict} (" in about


def test_without_its_pixels_what_the_network_saw_is_shown_in_grays() -> None:
    (shown,) = sheet(plots.errors(digits(), "conv1")).images
    seen = digits().recording.images[0, 0]
    expected = (seen - seen.min()) / (seen.max() - seen.min())
    np.testing.assert_allclose(np.asarray(shown.get_array()), expected)
    assert shown.get_cmap().name == "gray"


def test_an_input_is_drawn_in_its_own_grays() -> None:
    drawn = cells(plots.activations(digits(), "input"), "input X")
    seen = digits().recording.images[0]
    assert (drawn.norm.vmin, drawn.norm.vmax) == (seen.min(), seen.max())
    white = drawn.get_cmap()(1.0)
    assert white[:3] == (1, 1, 1)


def test_the_numbers_of_a_flat_layer_are_written() -> None:
    written = words(plots.activations(digits(), "dense1"))
    scores = digits().recording.activations["dense1"][0]
    decimals = 2 if np.abs(scores).max() < 10 else 1
    assert {f"{score:.{decimals}f}".replace("-", "−") for score in scores} <= set(written)
    assert "10 numbers" in written


def test_layers_and_images_that_are_not_there() -> None:
    with pytest.raises(AddressError, match="no layer 'flaten1'; did you mean flatten1"):
        plots.activations(digits(), "flaten1")
    with pytest.raises(AddressError, match="'q'; the layers are input, conv1, "):
        plots.errors(digits(), "q")
    with pytest.raises(InputError, match="0 to 2: there is no image 3"):
        plots.errors(digits(), "conv1", 3)


def test_the_first_convolution_is_the_default() -> None:
    assert plots.errors(residual()).get_label() == "Errors of conv1"
