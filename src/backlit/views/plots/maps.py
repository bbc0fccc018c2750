"""What a layer made of one image, and the errors that came back to it."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from backlit.errors import InputError
from backlit.explain import Trace
from backlit.network.graph import INPUT

from .colors import diverging, grays
from .figure import own_style
from .layers import any_layer
from .tiles import tile_figure


def activations(
    trace: Trace,
    layer: str | None = None,
    image: int = 0,
    *,
    called: str = "",
    picture: NDArray[Any] | None = None,
) -> Figure:
    """Every map that a layer made of one image, with one scale.

    Args:
        trace: of the batch that the image is in.
        layer: the name of a layer, or "input"; the first convolution if it is None.
        image: which image of the batch.
        called: what it is called, instead of its number in the batch.
        picture: its raw pixels (C, H, W), to be shown beside the maps.

    Raises:
        AddressError: there is no such layer.
        InputError: there is no such image.
    """
    name = any_layer(trace.graph, layer)
    maps = _maps(trace.recording.activations[name], trace, image)
    twice = name == INPUT and len(maps) == 1
    role, label = ("input", "input X") if name == INPUT else ("output", f"output of {name}")
    title = "The input" if name == INPUT else f"Activations of {name}"
    colors = grays(maps) if name == INPUT else diverging(maps)
    with own_style():
        head = (title, role, [_about(trace, image, called), _size(maps)])
        shown = None if twice else shown_picture(trace, image, picture)
        return tile_figure(head, maps, colors, label, picture=shown).figure


def errors(
    trace: Trace,
    layer: str | None = None,
    image: int = 0,
    *,
    called: str = "",
    picture: NDArray[Any] | None = None,
) -> Figure:
    """dL/dY of every map of a layer for one image, with one scale.

    Args:
        trace: of the batch that the image is in.
        layer: the name of a layer, or "input"; the first convolution if it is None.
        image: which image of the batch.
        called: what it is called, instead of its number in the batch.
        picture: its raw pixels (C, H, W), to be shown beside the maps.

    Raises:
        AddressError: there is no such layer.
        InputError: there is no such image.
    """
    name = any_layer(trace.graph, layer)
    maps = _maps(trace.recording.errors[name], trace, image)
    with own_style():
        about = [_about(trace, image, called), _size(maps)]
        head = (f"Errors of {name}", "error", about)
        letter = "X" if name == INPUT else "Y"
        shown = shown_picture(trace, image, picture)
        label = f"error dL/d{letter}"
        return tile_figure(head, maps, diverging(maps), label, picture=shown).figure


def check_image(trace: Trace, image: int) -> None:
    """Make sure that the batch has such an image.

    Raises:
        InputError: it has not.
    """
    if not 0 <= image < trace.images:
        raise InputError(
            f"the images of the batch are 0 to {trace.images - 1}: there is no image {image}"
        )


def about_image(trace: Trace, image: int) -> str:
    """Its class, and what the network takes it for."""
    probabilities = trace.recording.probabilities[image]
    label, guess = int(trace.recording.labels[image]), int(probabilities.argmax())
    found = "recognized" if label == guess else f"taken for {trace.class_name(guess)}"
    return f"class {trace.class_name(label)}, {found} ({_percent(float(probabilities[guess]))})"


def _percent(share: float) -> str:
    """A share that is not the whole is not called that."""
    return "> 99.9%" if 0.9995 <= share < 1 else f"{share:.1%}"


def shown_picture(trace: Trace, image: int, raw: NDArray[Any] | None) -> NDArray[Any]:
    """A picture as it can be shown: (H, W) in grays or (H, W, 3) in color, from 0 to 1.

    Without its raw pixels, what the network saw is stretched to that range.
    """
    if raw is not None:
        pixels = np.asarray(raw, dtype=float) / 255
    else:
        seen = np.asarray(trace.recording.images[image], dtype=float)
        low, high = float(seen.min()), float(seen.max())
        pixels = (seen - low) / (high - low) if high > low else np.full_like(seen, 0.5)
    return pixels.transpose(1, 2, 0) if len(pixels) == 3 else pixels.mean(0)


def _maps(batch: NDArray[Any], trace: Trace, image: int) -> NDArray[Any]:
    """One image's maps as (C, 1, H, W); of a flat layer each number is a map of its own."""
    check_image(trace, image)
    maps: NDArray[Any] = batch[image]
    return maps.reshape(len(maps), 1, *(maps.shape[1:] or (1, 1)))


def _about(trace: Trace, image: int, called: str) -> str:
    return f"{called or f'image {image} of the batch'}: {about_image(trace, image)}"


def _size(maps: NDArray[Any]) -> str:
    count, _, height, width = maps.shape
    if (height, width) == (1, 1):
        return "1 number" if count == 1 else f"{count} numbers"
    return f"{'1 map' if count == 1 else f'{count} maps'} of {height} × {width}"
