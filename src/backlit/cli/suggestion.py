"""What to explain first after a training: the weight that a mistake pulls at hardest."""

from __future__ import annotations

import copy
from collections.abc import Mapping

import numpy as np

from backlit.network.engine import Array

from .batch import first_wrong
from .training import Trained


def suggestion(trained: Trained) -> tuple[str, ...]:
    """What to type after ``backlit explain RUN``: a weight, and the image that moves it."""
    number = 0
    choice: tuple[str, ...] = ("--image", "0")
    images, labels = trained.dataset.test
    if trained.test is None:
        images, labels = trained.dataset.train
        choice = ("--split", "train", *choice)
    elif trained.test.accuracy < 1:
        wrong = first_wrong(trained.network, images, labels, range(len(labels)))
        if wrong is not None:
            number, choice = wrong, ("--misclassified",)
    part = slice(number, number + 1)
    twin = copy.deepcopy(trained.network)  # whose running statistics may move
    _, gradients = twin.loss_and_gradients(images[part], labels[part])
    return steepest_weight(gradients), *choice


def steepest_weight(gradients: Mapping[str, Array]) -> str:
    """The weight of the first layer whose gradient is the largest: ``conv1.weight[4,0,2,0]``.

    If all gradients there are 0 it is one in the middle of the first filter.
    """
    name = next(name for name in gradients if name.endswith(".weight"))
    sizes = np.abs(gradients[name])
    place = [int(each) for each in np.unravel_index(sizes.argmax(), sizes.shape)]
    if not sizes.max() > 0:  # also where the loss became NaN
        place = [0 if axis < 2 else size // 2 for axis, size in enumerate(sizes.shape)]
    return f"{name}[{','.join(map(str, place))}]"
