"""The images and labels to train on, checked before the first step."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, is_dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from backlit.errors import ConfigurationError, InputError
from backlit.network import Network
from backlit.network.checks import (
    as_array,
    check_image_shape,
    checked_labels,
    first_not_finite,
    without_statistics,
)
from backlit.network.normalization import Normalization

from .optimizers.base import Array

_CHUNK = 1024  # images that are looked at together, to bound memory


@dataclass(frozen=True, eq=False)
class Examples:
    """Images (N, C, H, W), raw (uint8) or as the network sees them, and their N labels."""

    images: Array
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.images)

    def fingerprint(self) -> dict[str, Any]:
        """How many there are, and a hash of every byte of them.

        Other data would train other weights, so a run is only resumed on the data it was begun on.
        """
        digest = hashlib.blake2b(digest_size=16)
        for array in (self.images, self.labels):
            digest.update(f"{array.dtype.str} {array.shape};".encode())
            for start in range(0, len(array), _CHUNK):
                digest.update(np.ascontiguousarray(array[start : start + _CHUNK]).data)
        return {"images": len(self), "hash": digest.hexdigest()}


class AugmentationLike(Protocol):
    """Changes the images of a batch; a dataclass such as ``backlit.data.Augmentation``."""

    def apply(self, images: Array, indices: NDArray[np.intp], count: int, epoch: int) -> Array:
        """Changed copies of ``images``, the numbers ``indices`` of ``count``, in an epoch."""


@dataclass(frozen=True, eq=False)
class Data:
    """All that a training looks at, checked.

    Attributes:
        training: what is trained on.
        validation: what is validated on, or None.
        normalization: what the network sees raw pictures through.
        augmentation: what changes the training images, or None.
    """

    training: Examples
    validation: Examples | None
    normalization: Normalization | None
    augmentation: AugmentationLike | None = None

    def fingerprint(self) -> dict[str, Any]:
        """Those of both parts, and the augmentation's options."""
        augmentation: Any = self.augmentation
        return {
            "training": self.training.fingerprint(),
            "validation": self.validation.fingerprint() if self.validation else None,
            "augmentation": asdict(augmentation) if augmentation else None,
        }

    def batch(self, indices: NDArray[np.intp], epoch: int) -> tuple[Array, NDArray[np.int64]]:
        """The training images and labels of one step."""
        images = self.training.images[indices]
        if self.augmentation:
            images = self.augmentation.apply(images, indices, len(self.training), epoch)
        return images, self.training.labels[indices]


def checked_data(
    net: Network, training: Any, validation: Any, augmentation: Any, batch_size: int
) -> Data:
    """The data for a network, checked as far as that is possible before the first step.

    Args:
        net: the network; raw pictures need no normalization yet.
        training: a pair (images, labels).
        validation: another one, or None.
        augmentation: what changes the training images, or None.
        batch_size: images for one step.

    Raises:
        ConfigurationError: not a pair, or a last batch that a batch norm cannot work on.
        InputError: images or labels that are not what the network works on, or none.
        ShapeError: a network that does not end in one score for each class.
    """
    examples = _checked_examples("training", training, net)
    held_out = _checked_examples("validation", validation, net) if validation is not None else None
    _check_batch_norm(net, len(examples), batch_size)
    normalization = net.normalization
    if normalization is None and examples.images.dtype == np.uint8:
        normalization = Normalization.fit(examples.images)
    _check_raw("training", examples, normalization)
    if held_out:
        _check_raw("validation", held_out, normalization)
    return Data(examples, held_out, normalization, _checked_augmentation(augmentation))


def _checked_augmentation(augmentation: Any) -> AugmentationLike | None:
    if augmentation is None or (is_dataclass(augmentation) and hasattr(augmentation, "apply")):
        checked: AugmentationLike | None = augmentation  # type: ignore[assignment]
        return checked
    raise ConfigurationError(
        "fit: augmentation must be one, such as backlit.data.Augmentation(shift=1), got "
        f"{augmentation!r}"
    )


def _checked_examples(what: str, data: Any, net: Network) -> Examples:
    if not isinstance(data, tuple | list) or len(data) != 2:
        raise ConfigurationError(
            f"fit: the {what} data must be a pair (images, labels), got {type(data).__name__}"
        )
    try:
        images = as_array("images", data[0])
        _check_images(images, net)
        labels = checked_labels(data[1], len(images), net.graph.output_shape[0])
    except InputError as problem:
        raise InputError(f"{what} data: {problem}") from None
    return Examples(images, labels)


def _check_images(images: Array, net: Network) -> None:
    """Shape and dtype as the network says it; then every number of floats."""
    if images.ndim and not len(images):
        raise InputError("there are no images")
    check_image_shape(images, net.graph)
    # Not one image goes through: the network says whether it takes such numbers and has classes.
    # Raw pictures it would refuse only because they get their normalization later.
    net.predict(images[:0] if images.dtype != np.uint8 else images[:0].astype(net.dtype))
    if images.dtype == np.uint8:
        return
    for start in range(0, len(images), _CHUNK):
        with np.errstate(over="ignore"):  # what is too large for the network becomes infinite
            part = images[start : start + _CHUNK].astype(net.dtype, copy=False)
        wrong = first_not_finite(part)
        if wrong:
            raise InputError(f"image {start + wrong[0]} holds {wrong[1]}")


def _check_raw(what: str, examples: Examples, normalization: Normalization | None) -> None:
    """Raw pictures need a normalization, for as many channels as they have."""
    if examples.images.dtype != np.uint8:
        return
    if normalization is None:
        raise InputError(
            f"{what} data: images are raw pictures (uint8), but the training images are floats and "
            "the network has no normalization: give both alike, or set net.normalization"
        )
    normalization.apply(examples.images[:1])


def _check_batch_norm(net: Network, count: int, batch_size: int) -> None:
    """No batch may leave a batch norm with a single number for each channel."""
    last = count % batch_size or batch_size
    node = without_statistics(net.graph, last)
    if node:
        raise ConfigurationError(
            f"fit: {node.name} needs more than one number for each channel, but {count} images in "
            f"batches of {batch_size} leave one image for the last batch: choose another batch_size"
        )
