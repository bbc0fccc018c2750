"""Whole networks against PyTorch in float64: loss, gradients, running statistics, to 1e-9."""

from typing import Any

import numpy as np
import pytest

from tests.network.networks import NETWORKS, make

pytestmark = pytest.mark.torch
TOLERANCE = 1e-9


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", NETWORKS)
def test_loss_gradients_and_running_statistics(name: str, seed: int) -> None:
    import torch

    from tests.torch_network import forward

    network = make(name, seed=seed)
    random = np.random.default_rng(seed)
    images = random.standard_normal((5, *network.input_shape))
    labels = random.integers(0, 3, 5)

    def tensor(array: Any) -> Any:
        return torch.from_numpy(np.array(array, np.float64))

    parameters = {k: tensor(v).requires_grad_() for k, v in network.parameters.items()}
    buffers = {k: tensor(v) for k, v in network.buffers.items()}
    recording = network.record(images, labels)
    masks = {k: tensor(v["mask"]) for k, v in recording.auxiliary.items() if "mask" in v}
    picture = tensor(images).requires_grad_()
    scores = forward(
        network.graph, parameters, picture, buffers=buffers, masks=masks, training=True
    )
    loss = torch.nn.functional.cross_entropy(scores, torch.from_numpy(labels))
    loss.backward()

    our_loss, gradients = network.loss_and_gradients(images, labels)
    assert our_loss == pytest.approx(loss.item(), rel=TOLERANCE)
    compare = {key: (gradients[key], parameters[key].grad) for key in parameters}
    compare["input"] = (recording.errors["input"], picture.grad)
    compare.update({key: (network.buffers[key], buffers[key]) for key in buffers})
    for key, (ours, theirs) in compare.items():
        np.testing.assert_allclose(
            ours, theirs.numpy(), rtol=TOLERANCE, atol=TOLERANCE, err_msg=key
        )
    evaluation = forward(
        network.graph, parameters, picture, buffers=buffers, masks={}, training=False
    )
    np.testing.assert_allclose(
        network.forward(images), evaluation.detach().numpy(), rtol=TOLERANCE, atol=TOLERANCE
    )
