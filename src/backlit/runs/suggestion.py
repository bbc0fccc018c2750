"""What to explain first after a training: the weight that a mistake pulls at hardest."""

from __future__ import annotations

import copy

from backlit.explain import explain
from backlit.explain.address import LOSS, steepest_weight
from backlit.explain.sentences import has_modes

from .batch import first_wrong
from .run import Run


def suggestion(run: Run) -> tuple[str, ...]:
    """What to type after ``backlit explain RUN``: a weight, and the image that moves it.

    Where a network has no weights, it is its loss.
    """
    number = 0
    choice: tuple[str, ...] = ("--image", "0")
    images, labels = run.dataset.test
    result = run.test_result
    if result is None:
        images, labels = run.dataset.train
        choice = ("--split", "train", *choice)
    elif result["accuracy"] < 1:
        wrong = first_mistake(run)
        if wrong is not None:
            number, choice = wrong, ("--misclassified",)
    part = slice(number, number + 1)
    if not has_modes(run.network.graph):
        twin = copy.deepcopy(run.network)  # which counts a training step
        _, gradients = twin.loss_and_gradients(images[part], labels[part])
        return steepest_weight(gradients) or LOSS, *choice
    # Of one image a batch norm may have no statistics, and dropout may leave the mistake out.
    trace = explain(run.network, images[part], labels[part], training=False)
    if "--misclassified" not in choice:
        choice = (*choice, "--evaluation")
    return steepest_weight(trace.recording.gradients) or LOSS, *choice


def first_mistake(run: Run) -> int | None:
    """The first test image that the network gets wrong; None if there is none."""
    images, labels = run.dataset.test
    return first_wrong(run.network, images, labels, range(len(labels)))
