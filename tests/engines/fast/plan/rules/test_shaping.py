"""Flatten where there is nothing to flatten: rows stay as they are, and so do their errors."""

import numpy as np

import backlit as bl


def test_rows_pass_through_and_their_errors_are_added() -> None:
    layers = [
        bl.Flatten(),
        bl.Dense(4),
        bl.Flatten(),  # of rows already
        bl.Add("dense1"),  # which has two readers
        bl.Dense(2),
    ]
    fast, book = (bl.Network((1, 2, 2), layers, engine=name, seed=3) for name in ("fast", "pure"))
    images = np.random.default_rng(0).normal(size=(3, 1, 2, 2)).astype(np.float32)
    (loss, gradients), (right, truth) = (
        network.loss_and_gradients(images, [0, 1, 1]) for network in (fast, book)
    )
    assert abs(loss - right) < 2**-18
    for name, gradient in truth.items():  # a dozen roundings of numbers no larger than the largest
        assert np.abs(gradients[name] - gradient).max() <= 2.0**-18 * np.abs(gradient).max()
