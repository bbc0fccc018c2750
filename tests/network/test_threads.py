"""Several threads with one network."""

import contextlib
import threading
from typing import Any

import numpy as np
import pytest

from backlit.engines.pure.engine import PureEngine
from backlit.network import ProposedStep, engine, register_engine
from tests.network.networks import make


def test_threads_take_turns_with_training_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two passes at once would both start from the same statistics, and one of them be lost."""
    monkeypatch.setattr(engine, "_ENGINES", dict(engine._ENGINES))
    both = threading.Barrier(2)

    class Waiting(PureEngine):
        def loss_and_gradients(self, *arguments: Any, **options: Any) -> ProposedStep:
            step = super().loss_and_gradients(*arguments, **options)
            with contextlib.suppress(threading.BrokenBarrierError):
                both.wait(0.5)  # the other never comes, as it has to wait its turn
            return step

    register_engine("waiting", Waiting)
    network, alone = make("residual", engine="waiting"), make("residual")
    images = np.random.default_rng(0).standard_normal((4, *network.input_shape))
    labels = [0, 1, 2, 0]
    threads = [
        threading.Thread(target=network.loss_and_gradients, args=(images, labels)) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for _ in threads:
        alone.loss_and_gradients(images, labels)
    assert network.training_step == alone.training_step == 2
    np.testing.assert_equal(network.buffers, alone.buffers)
