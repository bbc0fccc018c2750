"""What may enter a network, and the sentence that is said when it may not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backlit.errors import BacklitError, InputError, ParameterError
from backlit.normalization import Normalization

from .engine import Array
from .graph import Graph


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
    converted = np.ascontiguousarray(array, dtype=dtype)
    if not np.isfinite(converted).all():
        first = int(np.flatnonzero(~np.isfinite(converted).reshape(len(converted), -1).all(1))[0])
        kind = "NaN" if np.isnan(converted[first]).any() else "an infinite number"
        raise InputError(f"image {first} of the batch holds {kind}")
    return converted


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
    missing, unknown = sorted(like.keys() - mapping.keys()), sorted(mapping.keys() - like.keys())
    if missing or unknown:
        parts = [f"missing {', '.join(missing)}"] if missing else []
        parts += [f"unknown {', '.join(unknown)}"] if unknown else []
        raise ParameterError(f"the names do not match the network's: {'; '.join(parts)}")
    arrays = {}
    for name, expected in like.items():
        array = as_array(name, mapping[name], ParameterError)
        if array.shape != expected.shape:
            raise ParameterError(f"{name} must have shape {expected.shape}, got {array.shape}")
        if array.dtype.kind not in "fiu":
            raise ParameterError(f"{name} must hold numbers, got {array.dtype}")
        if not np.isfinite(array).all():
            raise ParameterError(f"{name} holds a number that is not finite")
        if name.endswith(".running_variance") and (array < 0).any():
            raise ParameterError(f"{name} holds a variance below 0, {array.min()}")
        arrays[name] = np.array(array, dtype=expected.dtype, order="C")
    return arrays
