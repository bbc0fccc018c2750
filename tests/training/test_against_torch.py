"""PyTorch as an oracle: the same update rules, schedules, clipping, and the same whole training.

Everything here is float64.  An update rule does about ten operations, so twenty-five steps differ
by some hundred roundings of 1e-16 at most; 1e-13 leaves a little room for steps that build on each
other.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.data import batches
from backlit.network.flat import flat_copy
from backlit.training import Optimizer, Schedule
from backlit.training.clipping import clip_gradients
from backlit.training.optimizer_state import OptimizerState
from tests.training.problems import floats

pytestmark = pytest.mark.torch
RULE = 1e-13
TRAINING = 1e-10

PAIRS: dict[str, tuple[Optimizer, Callable[[Any, Any], Any]]] = {
    "plain": (bl.SGD(0.1), lambda t, p: t.SGD(p, 0.1)),
    "decay": (bl.SGD(0.1, weight_decay=0.03), lambda t, p: t.SGD(p, 0.1, weight_decay=0.03)),
    "momentum": (bl.SGD(0.1, momentum=0.9), lambda t, p: t.SGD(p, 0.1, momentum=0.9)),
    "momentum and decay": (
        bl.SGD(0.1, momentum=0.7, weight_decay=0.03),
        lambda t, p: t.SGD(p, 0.1, momentum=0.7, weight_decay=0.03),
    ),
    "nesterov": (
        bl.SGD(0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
        lambda t, p: t.SGD(p, 0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    ),
    "adam": (bl.Adam(), lambda t, p: t.Adam(p)),
    "adam with everything": (
        bl.Adam(0.02, beta1=0.7, beta2=0.95, eps=1e-4, weight_decay=0.1),
        lambda t, p: t.Adam(p, 0.02, betas=(0.7, 0.95), eps=1e-4, weight_decay=0.1),
    ),
    "adamw": (bl.AdamW(0.01), lambda t, p: t.AdamW(p, 0.01)),
    "adamw with everything": (
        bl.AdamW(0.02, beta1=0.7, beta2=0.95, eps=1e-4, weight_decay=0.3),
        lambda t, p: t.AdamW(p, 0.02, betas=(0.7, 0.95), eps=1e-4, weight_decay=0.3),
    ),
    "rmsprop": (bl.RMSprop(), lambda t, p: t.RMSprop(p)),
    "rmsprop centered": (
        bl.RMSprop(0.02, alpha=0.9, eps=1e-3, centered=True),
        lambda t, p: t.RMSprop(p, 0.02, alpha=0.9, eps=1e-3, centered=True),
    ),
    "rmsprop with everything": (
        bl.RMSprop(0.02, 0.9, 1e-3, weight_decay=0.1, momentum=0.6, centered=True),
        lambda t, p: t.RMSprop(p, 0.02, 0.9, 1e-3, weight_decay=0.1, momentum=0.6, centered=True),
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_update_rules(name: str) -> None:
    import torch

    optimizer, make_oracle = PAIRS[name]
    random = np.random.default_rng(0)
    start = {"conv1.weight": random.standard_normal((2, 1, 3, 3)), "conv1.bias": np.zeros(2)}
    ours = flat_copy(start, np.dtype(float))
    theirs = {key: torch.tensor(array, requires_grad=True) for key, array in ours.items()}
    oracle = make_oracle(torch.optim, list(theirs.values()))
    state = OptimizerState(optimizer, ours)
    for step in range(25):
        gradients = {key: random.standard_normal(array.shape) for key, array in ours.items()}
        rate = optimizer.learning_rate * (1 + step % 3)  # a schedule at work
        for group in oracle.param_groups:
            group["lr"] = rate
        for key, tensor in theirs.items():
            tensor.grad = torch.from_numpy(gradients[key])
        oracle.step()
        change = state.change(gradients, rate)
        ours.flat[...] = change.parameters
        state.take(change)
        for key, tensor in theirs.items():
            np.testing.assert_allclose(ours[key], tensor.detach(), rtol=RULE, atol=RULE)


def cosine(t: Any, optimizer: Any, total: int) -> Any:
    return t.CosineAnnealingLR(optimizer, T_max=total)


def cosine_with_floor(t: Any, optimizer: Any, total: int) -> Any:
    return t.CosineAnnealingLR(optimizer, T_max=total, eta_min=0.2)


def one_cycle(t: Any, optimizer: Any, total: int) -> Any:
    return t.OneCycleLR(optimizer, max_lr=1.0, total_steps=total, cycle_momentum=False)


def step(t: Any, optimizer: Any, total: int) -> Any:
    return t.MultiStepLR(optimizer, [total // 2, 3 * total // 4], gamma=0.1)


def warm_up(t: Any, optimizer: Any, total: int) -> Any:
    warm = total // 4
    line = t.LinearLR(optimizer, start_factor=0.1, total_iters=warm)
    then = t.CosineAnnealingLR(optimizer, T_max=total - warm)
    return t.SequentialLR(optimizer, [line, then], milestones=[warm])


@pytest.mark.parametrize("total", [8, 40, 100])
@pytest.mark.parametrize(
    ("schedule", "make_oracle"),
    [
        (bl.CosineDecay(), cosine),
        (bl.CosineDecay(floor=0.2), cosine_with_floor),
        (bl.OneCycle(), one_cycle),
        (bl.StepDecay(), step),
        (bl.WarmUp(0.25, then=bl.CosineDecay()), warm_up),
    ],
)
@pytest.mark.filterwarnings("ignore::UserWarning")  # torch's own, about its epoch parameter
def test_schedules(schedule: Schedule, make_oracle: Callable[..., Any], total: int) -> None:
    import torch

    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    oracle = make_oracle(torch.optim.lr_scheduler, optimizer, total)
    for now in range(total):
        rate = optimizer.param_groups[0]["lr"]
        # The oracle multiplies its way along, one rounding or two a step.
        assert schedule.factor(now, total) == pytest.approx(rate, rel=1e-12, abs=1e-14)
        optimizer.step()
        oracle.step()


@pytest.mark.parametrize("limit", [0.1, 1e6])
def test_clipping(limit: float) -> None:
    import torch

    random = np.random.default_rng(0)
    gradients = {"a": random.standard_normal((3, 4)), "b": random.standard_normal(5)}
    tensors = [torch.zeros(array.shape, dtype=torch.float64) for array in gradients.values()]
    for tensor, array in zip(tensors, gradients.values(), strict=True):
        tensor.grad = torch.from_numpy(array.copy())
    torch.nn.utils.clip_grad_norm_(tensors, limit)
    clip_gradients(gradients, limit)
    for ours, tensor in zip(gradients.values(), tensors, strict=True):
        np.testing.assert_allclose(ours, tensor.grad, rtol=1e-6)  # it adds 1e-6 to the norm


@pytest.mark.parametrize(
    ("optimizer", "make_oracle"),
    [
        (
            bl.SGD(0.05, momentum=0.9, weight_decay=0.01),
            lambda t, p: t.SGD(p, 0.05, momentum=0.9, weight_decay=0.01),
        ),
        (bl.AdamW(0.01), lambda t, p: t.AdamW(p, 0.01)),
    ],
    ids=["sgd", "adamw"],
)
def test_a_whole_training(optimizer: Optimizer, make_oracle: Callable[[Any, Any], Any]) -> None:
    """Convolution, batch norm and a schedule: 21 steps, small last batches, then validation."""
    import torch

    from tests.torch_network import forward

    net = bl.Network(
        (1, 4, 4),
        [
            # A bias before a batch norm has the gradient 0, and Adam would scale its rounding up.
            bl.Conv2d(2, 3, bias=False),
            bl.BatchNorm2d(),
            bl.ELU(),
            bl.MaxPool2d(2),
            bl.Flatten(),
            bl.Dense(3),
        ],
    )
    images, labels = floats(20)
    held_out = floats(7, seed=1)

    def tensors(arrays: dict[str, Any]) -> dict[str, Any]:
        return {name: torch.tensor(array.copy()) for name, array in arrays.items()}

    parameters, buffers = tensors(net.parameters), tensors(net.buffers)
    for tensor in parameters.values():
        tensor.requires_grad_()
    oracle = make_oracle(torch.optim, list(parameters.values()))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(oracle, T_max=21)

    def scores(which: Any, training: bool) -> Any:
        x = torch.from_numpy(which)
        return forward(net.graph, parameters, x, buffers=buffers, masks={}, training=training)

    losses = []
    for epoch in range(7):
        total = 0.0
        for indices in batches(20, 8, seed=3, epoch=epoch):
            truth = torch.from_numpy(labels[indices])
            loss = torch.nn.functional.cross_entropy(scores(images[indices], True), truth)
            oracle.zero_grad()
            loss.backward()
            oracle.step()
            schedule.step()
            total += loss.item() * len(indices)
        losses.append(total / 20)
    with torch.no_grad():
        truth = torch.from_numpy(held_out[1])
        held_out_loss = torch.nn.functional.cross_entropy(scores(held_out[0], False), truth)

    history = bl.fit(
        net,
        (images, labels),
        validation=held_out,
        epochs=7,
        batch_size=8,
        optimizer=optimizer,
        schedule=bl.CosineDecay(),
        seed=3,
        progress=False,
    )
    np.testing.assert_allclose(history.loss, losses, rtol=TRAINING)
    assert history.validation_loss[-1] == pytest.approx(held_out_loss.item(), rel=TRAINING)
    for name, tensor in {**parameters, **buffers}.items():
        ours = {**net.parameters, **net.buffers}[name]
        np.testing.assert_allclose(ours, tensor.detach(), rtol=TRAINING, atol=TRAINING)
