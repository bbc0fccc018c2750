"""What may enter a network, and the sentence that is said when it may not."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backlit.errors import BacklitError, ConfigurationError, InputError, ParameterError, ShapeError
from backlit.layers import Shape
from backlit.network.class_names import is_printable
from backlit.network.normalization import Normalization
from backlit.system.names import checked_names

from .engine import Array
from .graph import Graph, Node


def checked_images(
    images: Any, graph: Graph, dtype: np.dtype[Any], normalization: Normalization | None
) -> Array:
    """Images as the network sees them: (N, C, H, W), finite, in the engine's dtype.

    Arrays of uint8 are raw pictures, to which the stored normalization is applied; arrays of
    floats are taken as they are.

    Raises:
        InputError: another shape or dtype, raw pictures without a normalization, NaN or infinity.
    """
    array = as_array("images", images)
    check_image_shape(array, graph)
    if array.dtype == np.uint8:
        if normalization is None:
            raise InputError(
                "images are raw pictures (uint8), but the network has no normalization yet: train "
                "it with fit on raw pictures, set net.normalization, or give floats"
            )
        return np.ascontiguousarray(normalization.apply(array, dtype))
    if array.dtype.kind != "f":
        raise InputError(f"images must be floats, or raw pictures as uint8, got {array.dtype}")
    if array.dtype == dtype:
        converted = np.ascontiguousarray(array)
    else:
        with np.errstate(over="ignore"):  # what is too large becomes infinite, and is refused below
            converted = np.ascontiguousarray(array, dtype=dtype)
    wrong = first_not_finite(converted)
    if wrong:
        raise InputError(f"image {wrong[0]} of the batch holds {wrong[1]}")
    return converted


def first_not_finite(images: Array) -> tuple[int, str] | None:
    """The first image with a number that is not finite, and what it holds; None if none does."""
    finite = np.isfinite(images)
    if finite.all():
        return None
    first = int(finite.reshape(len(images), -1).all(1).argmin())
    return first, "NaN" if np.isnan(images[first]).any() else "an infinite number"


def as_array(what: str, values: Any, error: type[BacklitError] = InputError) -> NDArray[Any]:
    """``values`` as an array.

    Raises:
        InputError: lists of different lengths, or anything else that is no array; or ``error``.
    """
    try:
        return np.asarray(values)
    except (ValueError, TypeError, OverflowError) as problem:
        raise error(f"{what} must be an array of numbers: {problem}") from None


def check_image_shape(array: Array, graph: Graph) -> None:
    """Make sure that images are (N, C, H, W) of the network's input, and say how they could be.

    Raises:
        InputError: another shape.
    """
    expected = graph.input_shape
    if array.shape[1:] == expected:
        return
    wanted = "(N, " + ", ".join(map(str, expected)) + ")"
    hint = ""
    if array.shape == expected:
        hint = "; for one image use images[None]"
    elif array.shape[1:] == (*expected[1:], expected[0]):
        hint = "; channels come before height and width: use images.transpose(0, 3, 1, 2)"
    elif expected[0] == 1 and array.shape[1:] == expected[1:]:
        hint = "; add the channel with images[:, None]"
    raise InputError(f"images must have shape {wanted}, got {array.shape}{hint}")


def image_count(images: Array) -> int:
    """How many images there are.

    Raises:
        InputError: none.
    """
    if images.ndim == 0 or len(images) == 0:
        raise InputError("an empty batch has no mean loss: give at least one image")
    return len(images)


def checked_labels(labels: Any, count: int, classes: int) -> NDArray[np.int64]:
    """Labels as N class numbers from 0 to ``classes`` − 1.

    Raises:
        InputError: another count, shape or dtype, or a number that is no class.
    """
    array = as_array("labels", labels)
    if array.shape != (count,):
        raise InputError(f"{count} images need labels of shape ({count},), got {array.shape}")
    if array.dtype.kind not in "iu" and count:
        raise InputError(f"labels must be whole class numbers, got {array.dtype}")
    wrong = np.flatnonzero((array < 0) | (array >= classes))
    if wrong.size:
        first = int(wrong[0])
        raise InputError(
            f"label {array[first]} of image {first} is not one of the network's {classes} classes, "
            f"0 to {classes - 1}"
        )
    return array.astype(np.int64)


def checked_arrays(mapping: Mapping[str, Any], like: Mapping[str, Array]) -> dict[str, Array]:
    """Named arrays with exactly the names and shapes of ``like``, in its dtypes.

    Raises:
        ParameterError: a name missing or unknown, another shape, a number that is not finite.
    """
    found = fitting_arrays(mapping, {name: array.shape for name, array in like.items()})
    arrays = {}
    for name, array in found.items():
        if array.dtype.kind not in "fiu":
            raise ParameterError(f"{name} must hold numbers, got {array.dtype}")
        if not np.isfinite(array).all():
            raise ParameterError(f"{name} holds a number that is not finite")
        if name.endswith(".running_variance") and (array < 0).any():
            raise ParameterError(f"{name} holds a variance below 0, {array.min()}")
        dtype = like[name].dtype
        with np.errstate(over="ignore"):
            arrays[name] = np.array(array, dtype=dtype, order="C")
        if not np.isfinite(arrays[name]).all():
            largest = np.abs(array).max()
            raise ParameterError(f"{name} holds a number too large for {dtype}, {largest:.3g}")
    return arrays


def fitting_arrays(
    mapping: Mapping[str, Any], shapes: Mapping[str, Shape]
) -> dict[str, NDArray[Any]]:
    """Named arrays with exactly the names and shapes of ``shapes``; nothing is said of dtypes.

    Raises:
        ParameterError: a name missing or unknown, or another shape.
    """
    missing = sorted(shapes.keys() - mapping.keys())
    unknown = sorted(map(str, mapping.keys() - shapes.keys()))
    if missing or unknown:
        parts = [f"missing {', '.join(missing)}"] if missing else []
        parts += [f"unknown {', '.join(unknown)}"] if unknown else []
        raise ParameterError(f"the names do not match the network's: {'; '.join(parts)}")
    arrays = {}
    for name, shape in shapes.items():
        arrays[name] = as_array(name, mapping[name], ParameterError)
        if arrays[name].shape != shape:
            raise ParameterError(f"{name} must have shape {shape}, got {arrays[name].shape}")
    return arrays


def checked_normalization(
    normalization: Any, channels: int, dtype: np.dtype[Any]
) -> Normalization | None:
    """A normalization for pictures of so many channels, or None.

    Raises:
        ConfigurationError: something else, or one that makes numbers which ``dtype`` cannot hold.
    """
    if normalization is None:
        return None
    if not isinstance(normalization, Normalization):
        raise ConfigurationError(
            f"normalization must be a backlit Normalization or None, got {normalization!r}"
        )
    if normalization.channels != channels:
        raise ConfigurationError(
            f"the normalization must be for as many channels as the network's images have, "
            f"{channels}, got one for {normalization.channels}"
        )
    extremes = np.array([0, 255], np.uint8).repeat(channels).reshape(2, channels, 1, 1)
    with np.errstate(all="ignore"):
        seen = normalization.apply(extremes, dtype)
    if not np.isfinite(seen).all():
        raise ConfigurationError(
            f"the normalization must make finite numbers in {dtype}, got {normalization!r}"
        )
    return normalization


def class_count(graph: Graph) -> int:
    """How many classes a network tells apart.

    Raises:
        ShapeError: it does not end in one score for each.
    """
    shape = graph.output_shape
    if len(shape) != 1:
        raise ShapeError(
            f"the last layer, {graph.output}, gives shape {shape}; one score for each class is "
            "needed: end the network with Flatten() and Dense(classes)"
        )
    return shape[0]


def checked_classes(classes: Any, graph: Graph) -> tuple[str, ...] | None:
    """The names of a network's classes, or None.

    Raises:
        ConfigurationError: no names, names that cannot be shown, or not one for each score.
    """
    if classes is None:
        return None
    names = checked_names("classes", classes)
    unusable = [name for name in names if not is_printable(name)]
    if unusable:
        raise ConfigurationError(
            f"the class name {unusable[0]!a} holds a character that cannot be shown"
        )
    if len(graph.output_shape) != 1 or len(names) != graph.output_shape[0]:
        raise ConfigurationError(
            f"{len(names)} class names do not fit the output of {graph.output}, "
            f"{graph.output_shape}"
        )
    return names


def check_batch_norm(graph: Graph, count: int) -> None:
    """Make sure that so many images have statistics, of more than one number for each channel.

    Raises:
        InputError: they have not.
    """
    node = without_statistics(graph, count)
    if node:
        _, height, width = node.output_shape
        raise InputError(
            f"{node.name} needs more than one number for each channel in training, got a "
            f"batch of {count} with {height}×{width} maps"
        )


def without_statistics(graph: Graph, count: int) -> Node | None:
    """The first batch norm that so many images give a single number for each channel, if any."""
    norms = (node for node in graph if node.layer.needs_batch)
    return next((node for node in norms if count * prod(node.output_shape[1:]) < 2), None)


def expected_shapes(parameters: Any, graph: Graph) -> dict[str, Shape]:
    """The shapes that named arrays must have: with those of buffers, if any is among them.

    Raises:
        ParameterError: no dictionary.
    """
    if not isinstance(parameters, Mapping):
        raise ParameterError(f"parameters must be a dictionary of arrays, got {parameters!r}")
    shapes, buffers = graph.parameter_shapes, graph.buffer_shapes
    return {**shapes, **buffers} if any(name in buffers for name in parameters) else shapes
