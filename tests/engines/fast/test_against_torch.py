"""PyTorch as an oracle for whole networks in float32: scores, gradients, and a hundred steps."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.data import batches, load_dataset
from backlit.layers import Layer
from benchmarks.cases import CASES, fashion_elu, pooling_free
from benchmarks.worker import examples, parameters

pytestmark = pytest.mark.torch
IMAGES = 8


def distance(ours: Any, true: Any) -> float:
    """‖ours − true‖/‖true‖."""
    return float(np.linalg.norm(np.asarray(ours, float) - true) / np.linalg.norm(true))


@pytest.mark.parametrize("smooth", [False, True])
@pytest.mark.parametrize("name", [name for name in CASES if name != "lenet-256"])
def test_scores_and_gradients_of_every_network_that_is_timed(name: str, smooth: bool) -> None:
    """Against PyTorch in float64.

    Twenty layers add roundings of some 2⁻²⁴ of their numbers each, and batch norms over small maps
    enlarge them: scores may be 2⁻¹⁶ off.  A ReLU whose input is nearer to 0 than that may stand the
    other way, which happens to as large a share of them, and moves the gradient by the root of that
    share, once for each such layer.  With ELUs in their place nothing jumps.
    """
    import torch

    from tests.torch_network import forward

    case = CASES[name]
    images, labels = examples(case.shape, IMAGES)
    layers = case.layers()
    kinks = sum(isinstance(layer, bl.ReLU) for layer in layers)
    if smooth:
        layers = [bl.ELU(name=each.name) if isinstance(each, bl.ReLU) else each for each in layers]
    net = bl.Network(case.shape, layers, engine="fast")
    net.load_parameters(own := parameters(name))
    theirs = {key: torch.tensor(array).double().requires_grad_() for key, array in own.items()}
    buffers = {key: torch.tensor(array).double() for key, array in net.buffers.items()}
    pictures = torch.from_numpy(images).double()
    scores = forward(net.graph, theirs, pictures, buffers=buffers, masks={}, training=True)
    loss = torch.nn.functional.cross_entropy(scores, torch.from_numpy(labels))
    loss.backward()

    our_loss, ours = net.loss_and_gradients(images, labels)
    assert abs(our_loss - loss.item()) <= 2.0**-16 * loss.item()
    true = np.concatenate([theirs[key].grad.numpy().ravel() for key in own])
    off = distance(np.concatenate([ours[key].ravel() for key in own]), true)
    assert off <= (2.0**-12 if smooth or not kinks else math.sqrt(kinks * 2.0**-16))
    with torch.no_grad():
        scores = forward(net.graph, theirs, pictures, buffers=buffers, masks={}, training=False)
    assert distance(net.forward(images), scores.numpy()) <= 2.0**-16


def classic() -> list[Layer]:
    """LeNet as it was first drawn: bent by tanh, and with averages for pools."""
    return [
        bl.Conv2d(6, 5, padding=2), bl.Tanh(), bl.AvgPool2d(2),
        bl.Conv2d(16, 5), bl.Tanh(), bl.AvgPool2d(2),
        bl.Flatten(), bl.Dense(120), bl.Tanh(), bl.Dense(84), bl.Tanh(), bl.Dense(10),
    ]  # fmt: skip


@pytest.mark.parametrize("layers", [classic, fashion_elu, pooling_free])
def test_a_hundred_steps_take_the_same_course(
    layers: Callable[[], list[Layer]], real_data: Path
) -> None:
    """Real pictures, the same weights and batches: losses within 1e-3 of each other.

    Only a network without jumps can be held to that.  Where a ReLU meets a maximum over a flat
    background, all inputs of a window are equal but for their last bit, and which of them wins is
    chance: PyTorch's own float32 and float64 are 4 % apart after 100 steps of such a LeNet.
    """
    import torch

    from tests.torch_network import forward

    data = load_dataset("fashion-mnist", data_dir=real_data, limit=1000, progress=False)
    net = bl.Network((1, 28, 28), layers(), engine="fast")
    net.normalization = bl.Normalization.fit(data.train_images)
    images, labels = net.checked_images(data.train_images), data.train_labels
    theirs = {
        key: torch.tensor(array.copy(), requires_grad=True) for key, array in net.parameters.items()
    }
    optimizer = torch.optim.SGD(theirs.values(), lr=0.01, momentum=0.9)
    own, losses = bl.SGD(0.01, momentum=0.9), []
    state: dict[str, Any] = {}
    for epoch in range(7):
        for chosen in batches(1000, 64, 0, epoch):
            optimizer.zero_grad()
            scores = forward(
                net.graph,
                theirs,
                torch.from_numpy(images[chosen]),
                buffers={},
                masks={},
                training=True,
            )
            loss = torch.nn.functional.cross_entropy(scores, torch.from_numpy(labels[chosen]))
            loss.backward()
            optimizer.step()
            ours, gradients = net.loss_and_gradients(images[chosen], labels[chosen])
            for key, array in net.parameters.items():
                delta, state[key] = own.update(array, gradients[key], state.get(key))
                array += delta
            losses.append((ours, loss.item()))
    assert len(losses) >= 100
    assert losses[-1][1] < 0.6 * losses[0][1]  # something was learned
    for step, (ours, true) in enumerate(losses[:100]):
        assert abs(ours - true) <= 1e-3 * true, step
