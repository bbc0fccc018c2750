"""The pure engine's speed: images a second of networks, and its convolution beside the book's."""

from __future__ import annotations

from functools import partial

import numpy as np
from rich.console import Console
from rich.table import Table

from backlit import Network, pure
from backlit.engines.pure import walks
from backlit.models import build_model
from benchmarks.measure import Side, measure

# name: (input shape, images at a time)
NETWORKS = {"small": ((1, 8, 8), 8), "lenet": ((1, 28, 28), 1)}
# name: (images, channels, size, filters, kernel, padding)
CONVOLUTIONS = {
    "8x8, 1 to 8 filters": (8, 1, 8, 8, 3, 0),
    "8x8, 8 to 8 filters, padded": (2, 8, 8, 8, 3, 1),
    "14x14, 6 to 16 filters, 5x5": (1, 6, 14, 16, 5, 0),
}


def run(console: Console, rounds: int) -> None:
    console.print(networks(rounds))
    console.print(convolutions(rounds))


def networks(rounds: int) -> Table:
    table = Table("network", "images a step", "inference", "training", title="images a second")
    for name, (shape, count) in NETWORKS.items():
        network = Network(shape, build_model(name, shape, 10), engine="pure")
        random = np.random.default_rng(0)
        images, labels = random.standard_normal((count, *shape)), random.integers(0, 10, count)
        timings = measure(
            {
                "inference": partial(network.forward, images),
                "training": partial(network.loss_and_gradients, images, labels),
            },
            rounds,
        )
        speeds = [
            f"{count / timing.median:,.0f} ±{timing.spread:.0%}" for timing in timings.values()
        ]
        table.add_row(name, str(count), *speeds)
    return table


def convolutions(rounds: int) -> Table:
    table = Table(
        "convolution", "direction", "the book", "the engine's walk", "times", title="milliseconds"
    )
    for name, (count, channels, size, filters, kernel, padding) in CONVOLUTIONS.items():
        random = np.random.default_rng(0)
        x = random.standard_normal((count, channels, size, size)).tolist()
        w = random.standard_normal((filters, channels, kernel, kernel)).tolist()
        b = random.standard_normal(filters).tolist()
        dy = pure.conv2d_forward(x, w, b, padding=padding)
        _assert_same(dy, walks.conv2d_forward(x, w, b, padding=padding))
        _assert_same(
            pure.conv2d_backward(dy, x, w, padding=padding),
            walks.conv2d_backward(dy, x, w, padding=padding),
        )
        directions: dict[str, dict[str, Side]] = {
            "forward": {
                "book": partial(pure.conv2d_forward, x, w, b, padding=padding),
                "walk": partial(walks.conv2d_forward, x, w, b, padding=padding),
            },
            "backward": {
                "book": partial(pure.conv2d_backward, dy, x, w, padding=padding),
                "walk": partial(walks.conv2d_backward, dy, x, w, padding=padding),
            },
        }
        for direction, sides in directions.items():
            timings = measure(sides, rounds)
            old, new = timings["book"], timings["walk"]
            table.add_row(
                name,
                direction,
                f"{old.median * 1e3:.2f} ±{old.spread:.0%}",
                f"{new.median * 1e3:.2f} ±{new.spread:.0%}",
                f"{old.median / new.median:.2f}",
            )
    return table


def _assert_same(ours: object, theirs: object) -> None:
    """Both sides compute the same to rounding, or no time counts."""
    if isinstance(ours, tuple) and isinstance(theirs, tuple):
        for one, other in zip(ours, theirs, strict=True):
            _assert_same(one, other)
    else:
        np.testing.assert_allclose(np.array(ours), np.array(theirs), rtol=1e-9, atol=1e-12)
