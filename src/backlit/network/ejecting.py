"""From a network to the plain description that a program is written of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from backlit import eject
from backlit.errors import ConfigurationError, InputError
from backlit.pure.dropout import mix32

from .checks import as_array, check_image_shape, checked_labels, class_count, image_count
from .initialization import gain_of

Network = Any  # of network.py, which imports this file

TESTS = 5  # pictures that a program is tested with
DIGITS = ((1, 8, 8), 10)  # the networks to which the digits that come with backlit are given


def describe(
    network: Network,
    training: bool = False,
    *,
    tests: tuple[ArrayLike, ArrayLike] | None = None,
    data: tuple[ArrayLike, ArrayLike] | None = None,
    rule: eject.LearningRule | None = None,
    pads: bool | None = None,
    credit: str = "",
) -> eject.Description:
    """The description of a network, with what the book computes of some pictures.

    Args:
        network: any.
        training: whether the program is to learn.
        tests: raw pictures and their classes, of which the first five are taken; made-up ones if
            there are none.
        data: raw pictures and their classes to learn from.
        rule: how it learns.
        pads: whether pictures of other proportions are widened, not cut.
        credit: where ``data`` is from.

    Raises:
        ConfigurationError: its scores are no row of numbers, one for each class.
        InputError: pictures that the network cannot work on.
    """
    classes = class_count(network.graph)
    if training and data is None and (network.input_shape, classes) == DIGITS:
        digits = import_module("backlit.data.digits").load_digits()
        data, tests = digits.train, tests or digits.test
        credit = credit or digits.credit
        pads = True if pads is None else pads
    images, labels = _checked(network, tests or _made_up(network, classes), TESTS)
    normalization = network.normalization
    return eject.Description(
        input_shape=network.input_shape,
        parts=tuple(_parts(network)),
        numbers=dict(_numbers(network)),
        normalization=(normalization.mean, normalization.std) if normalization else None,
        classes=network.classes or (),
        pads=bool(pads),
        tests=_pictures(images, labels),
        expected=_expected(network, images, labels, training),
        seed=network.seed,
        step=network.training_step,
        rule=(rule or eject.LearningRule()) if training else None,
        examples=eject.share(_pictures(*_checked(network, data))) if training and data else (),
        credit=" ".join(credit.split()),  # one line, whatever ends a line in a language
    )


def _parts(network: Network) -> Iterator[eject.PlacedLayer]:
    for place, node in enumerate(network.graph):
        shape = node.parameter_shapes.get("weight")
        drawn = shape is not None and "weight" not in node.layer.first_values
        yield eject.PlacedLayer(
            node.name,
            node.layer,
            node.inputs,
            node.input_shapes,
            node.output_shape,
            place,
            node.layer.fans(shape)[0] if drawn and shape is not None else 1,
            (gain_of(network.graph, node.name) or 1.0) if drawn else 1.0,
        )


def _numbers(network: Network) -> Iterator[tuple[str, eject.ArrayNumbers]]:
    """The arrays of the layers in order: parameters, then buffers of each."""
    arrays = {**network.parameters, **network.buffers}
    for node in network.graph:
        for name in (*node.parameter_shapes, *node.buffer_shapes):
            array = arrays[f"{node.name}.{name}"]
            values = tuple(map(float, array.ravel().tolist()))
            yield f"{node.name}.{name}", eject.ArrayNumbers(array.shape, values)


def _made_up(network: Network, classes: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Pictures of noise, always the same."""
    shape = (TESTS, *network.input_shape)
    pixels = np.array([mix32(k) & 255 for k in range(int(np.prod(shape)))], np.uint8)
    return pixels.reshape(shape), np.arange(TESTS) % classes


def _checked(
    network: Network, pictures: tuple[ArrayLike, ArrayLike], most: int | None = None
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Raw pictures and their classes, the first ones of them.

    Raises:
        InputError: something else.
    """
    images = as_array("images", pictures[0])
    if images.dtype != np.uint8:
        raise InputError(
            f"a program holds raw pictures, uint8 with values from 0 to 255, got {images.dtype}"
        )
    check_image_shape(images, network.graph)
    labels = checked_labels(pictures[1], image_count(images), class_count(network.graph))
    return images[:most], labels[:most]


def _pictures(images: NDArray[np.uint8], labels: NDArray[np.int64]) -> tuple[eject.Picture, ...]:
    return tuple(
        eject.Picture(image.tobytes(), int(label))
        for image, label in zip(images, labels, strict=True)
    )


def _expected(
    network: Network, images: NDArray[np.uint8], labels: NDArray[np.int64], training: bool
) -> eject.Expected:
    """What the book computes, in float64."""
    book = type(network).from_config(
        network.config(), "pure", {**network.parameters, **network.buffers}
    )
    book.training_step = network.training_step
    seen: NDArray[Any] = images if network.normalization else images.astype(np.float64) / 255
    # One after the other, as the program does it: no number depends on another picture.
    scores = [book.forward(seen[k : k + 1])[0].tolist() for k in range(len(seen))]
    if not training:
        return eject.Expected(scores)
    step = book.propose_step(seen, labels)
    sums = {name: _told_apart(array.ravel().tolist()) for name, array in step.gradients.items()}
    return eject.Expected(scores, step.loss, sums)


def _told_apart(numbers: Sequence[float]) -> float:
    """A sum in which each number counts 1 to 7 times, so that places are not confused."""
    return sum(number * (1 + place % 7) for place, number in enumerate(numbers))


def rule_of(
    optimizer: Any,
    epochs: int,
    batch_size: int,
    schedule: Any = None,
    clip: float | None = None,
    left_out: str = "",
) -> eject.LearningRule:
    """How an optimizer learns.

    Args:
        optimizer: any that states its equations.
        epochs: how often it goes through all pictures.
        batch_size: how many pictures there are in a step.
        schedule: how its learning rate changes; one that is code is said to be left out.
        clip: the largest length of all gradients together.
        left_out: a sentence about what else the program does not do.

    Raises:
        ConfigurationError: one that is code, and states no equations.
    """
    if not getattr(optimizer, "is_stated", False):
        raise ConfigurationError(
            f"{type(optimizer).__name__} states no equations of its rule, of which a program is "
            "written: eject with another optimizer"
        )
    config = schedule.to_config() if schedule is not None else {}
    if config and not eject.can_follow(config):
        name = type(schedule).__name__
        said = f"The run's schedule {name} is code: here the learning rate stays at its highest."
        config, left_out = {}, f"{left_out} {said}".strip()
    return eject.LearningRule(
        optimizer.equations,
        optimizer.settings,
        optimizer.learning_rate,
        epochs,
        batch_size,
        config,
        clip,
        left_out,
    )
