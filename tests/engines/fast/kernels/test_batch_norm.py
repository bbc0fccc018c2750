"""The kernels of batch norm against the book."""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from backlit import pure
from backlit.engines.fast.compiling.kernel import Kernel
from backlit.engines.fast.kernels.batch_norm_rows import Rows
from backlit.engines.fast.kernels.sizes import statistics_size
from tests.engines.fast.kernels.widths import EVERY_WIDTH
from tests.engines.fast.layouts import from_maps, maps
from tests.engines.fast.running import run

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
_UNIT = 2.0**-24
_EPS = 1e-3

_ACTIVATIONS = {
    "relu": (pure.relu_forward, pure.relu_backward),
    "gelu": (pure.gelu_forward, pure.gelu_backward),
}


@dataclass
class _Norm:
    """A batch norm of some images, which threads share like ``shares``."""

    x: Floats
    lanes: int
    shares: list[int]
    training: bool = True
    activation: str | None = None
    momentum: float | None = 0.25
    constants: Floats = field(init=False)

    def __post_init__(self) -> None:
        random = np.random.default_rng(3)
        _, self.channels, height, width = self.x.shape
        self.pixels = height * width
        self.stride = self.channels + -self.channels % self.lanes
        self.gamma: Floats = random.normal(size=(self.channels,)).astype(np.float32)
        self.beta: Floats = random.normal(size=(self.channels,)).astype(np.float32)
        self.mean: Floats = random.normal(size=(self.channels,)).astype(np.float32)
        spread = random.uniform(0.5, 2, size=(self.channels,))
        self.variance: Floats = spread.astype(np.float32)
        self.constants = np.full((len(Rows), self.stride), np.nan, np.float32)
        self.source = maps(self.x, self.lanes)
        self.output = np.full_like(self.source, np.nan)

    def run(self, writer: str, count: int, *arguments: Floats, **constants: object) -> None:
        kernel = Kernel.of(writer, stride=self.stride, lanes=self.lanes, **constants)
        run(kernel, count, *arguments)

    def fused(self) -> dict[str, object]:
        return {"activation": (self.activation, 0.0)} if self.activation else {}

    def threads(self) -> list[slice]:
        ends = np.cumsum([0, *self.shares])
        return [slice(a, b) for a, b in pairwise(ends)]

    def forward(self) -> Floats:
        public = {"channels": self.channels, "eps": _EPS}
        running = [self.mean, self.variance]
        if self.training:
            parts = np.zeros((len(self.shares), statistics_size(self.stride)), np.float32)
            for part, images in zip(parts, self.threads(), strict=True):
                for image in self.source[images]:  # in several calls, as the engine does it
                    self.run("batch_norm_statistics:statistics", 1, image, part, pixels=self.pixels)
            public |= {"parts": len(parts), "momentum": self.momentum}
            arguments = [self.gamma, self.beta, *running, self.constants, *parts]
            self.run("batch_norm_statistics:combine", 1, *arguments, **public)
        else:
            arguments = [self.gamma, self.beta, *running, self.constants]
            self.run("batch_norm:constants", 1, *arguments, **public)
        arguments = [self.source, self.constants, self.output]
        self.run(
            "batch_norm:normalize", len(self.x), *arguments, pixels=self.pixels, **self.fused()
        )
        return from_maps(self.output, self.channels)

    def backward(self, dy: Floats, accumulate: bool = False) -> tuple[Floats, Floats, Floats]:
        errors, result = maps(dy, self.lanes), np.full_like(self.source, 2)
        parts = np.zeros((len(self.shares), 2 * self.stride), np.float32)
        common = {"pixels": self.pixels, **self.fused()}
        for part, images in zip(parts, self.threads(), strict=True):
            arguments = [errors[images], self.source[images], self.output[images]]
            count = len(arguments[0])
            self.run("batch_norm_gradient:sums", count, *arguments, self.constants, part, **common)
        gradients = np.zeros((2, self.channels), np.float32)
        self.run(
            "batch_norm_gradient:combine", 1, *gradients, self.constants, *parts,
            parts=len(parts), channels=self.channels, training=self.training,
        )  # fmt: skip
        common |= {"training": self.training} | ({"accumulate": True} if accumulate else {})
        self.run(
            "batch_norm_gradient:input_gradient", len(self.x), errors, self.source, self.output,
            self.constants, result, **common,
        )  # fmt: skip
        return from_maps(result, self.channels), gradients[0], gradients[1]

    def exact(self, dy: Floats) -> tuple[Doubles, Doubles, Doubles, Doubles]:
        """(Y or A, dX, dγ, dβ) of the book."""
        x, gamma, beta, mean, variance, error = (
            array.astype(float).tolist()
            for array in (self.x, self.gamma, self.beta, self.mean, self.variance, dy)
        )
        if self.training:
            mean = variance = None
        y = pure.batch_norm2d_forward(x, gamma, beta, mean, variance, _EPS)
        a = y
        if self.activation:
            forward, backward = _ACTIVATIONS[self.activation]
            a, error = forward(y), backward(error, y)
        dx, dgamma, dbeta = pure.batch_norm2d_backward(error, x, gamma, mean, variance, _EPS)
        return np.array(a), np.array(dx), np.array(dgamma), np.array(dbeta)


def _random(*shape: int) -> tuple[Floats, Floats]:
    random = np.random.default_rng(sum(shape))
    x, dy = random.normal(size=(2, *shape)).astype(np.float32)
    scales = 10.0 ** np.arange(-1, 2)
    return x * np.resize(scales, (shape[1], 1, 1)).astype(np.float32) + np.float32(0.5), dy


@pytest.mark.parametrize(
    ("shape", "lanes", "activation", "training"),
    [
        ((4, 5, 3, 3), 4, None, True),
        ((4, 5, 3, 3), 8, "relu", True),
        ((4, 18, 17, 17), 8, "relu", True),  # more pixels than fit the cache at once
        pytest.param((4, 18, 17, 17), 8, None, True, marks=pytest.mark.widths),
        pytest.param((4, 18, 17, 17), 16, "gelu", True, marks=pytest.mark.widths),
        ((4, 5, 3, 3), 8, "gelu", False),
        pytest.param((4, 18, 2, 2), 4, "relu", False, marks=pytest.mark.widths),
        ((4, 33, 1, 1), 16, None, False),
    ],
)
def test_batch_norm_is_that_of_the_book(
    shape: tuple[int, int, int, int], lanes: int, activation: str | None, training: bool
) -> None:
    x, dy = _random(*shape)
    norm = _Norm(x, lanes, [0, 1, 0, 3], training, activation)
    a, dx, dgamma, dbeta = norm.exact(dy)
    near = 16 * _UNIT
    root = 2 * (x[:, 0].size) ** 0.5 * _UNIT
    _close(norm.forward(), a, near * (1 + np.abs(a).max()))
    got, got_gamma, got_beta = norm.backward(dy)
    _close(got, dx, near * (1 + np.abs(dx).max()))
    # What rounding can do to a sum goes with the size of what is summed up.
    size = np.abs(dy).max() * (x[:, 0].size) ** 0.5 * 4
    _close(got_gamma, dgamma, (near + root) * size)
    _close(got_beta, dbeta, (near + root) * size)


def _close(got: Floats, exact: Doubles, bound: float) -> None:
    assert got.shape == exact.shape
    assert np.max(np.abs(got - exact)) <= bound


def test_running_statistics_move() -> None:
    x, _ = _random(4, 5, 3, 3)
    norm = _Norm(x, 8, [2, 2])
    mean, variance = norm.mean.astype(float), norm.variance.astype(float)
    norm.forward()
    doubles = x.astype(float)
    expected = 0.75 * mean + 0.25 * doubles.mean(axis=(0, 2, 3))
    np.testing.assert_allclose(norm.mean, expected, rtol=1e-5)
    expected = 0.75 * variance + 0.25 * doubles.var(axis=(0, 2, 3), ddof=1)
    np.testing.assert_allclose(norm.variance, expected, rtol=1e-5)


def test_running_statistics_can_be_left_alone() -> None:
    x, _ = _random(4, 5, 3, 3)
    norm = _Norm(x, 8, [4], momentum=None)
    mean, variance = norm.mean.copy(), norm.variance.copy()
    norm.forward()
    assert np.array_equal(norm.mean, mean)
    assert np.array_equal(norm.variance, variance)


@pytest.mark.parametrize("lanes", EVERY_WIDTH)
def test_the_variance_does_not_cancel(lanes: int) -> None:
    random = np.random.default_rng(1)
    x = (random.normal(size=(3, 5, 9, 9)) + 3000).astype(np.float32)
    norm = _Norm(x, lanes, [2, 1])
    norm.forward()
    exact = x.astype(float)
    mean, variance = norm.constants[[Rows.MEAN, Rows.VARIANCE], :5]
    np.testing.assert_allclose(mean, exact.mean(axis=(0, 2, 3)), rtol=4 * _UNIT)
    # The means that it is taken from are rounded, so μ/σ counts once; squared, it would be 0.5.
    np.testing.assert_allclose(variance, exact.var(axis=(0, 2, 3)), rtol=4 * _UNIT * 3000)


def test_sums_do_not_depend_on_how_many_images_a_call_has() -> None:
    x, dy = _random(4, 18, 17, 17)
    norm = _Norm(x, 8, [4], activation="relu")
    norm.forward()
    errors = maps(dy, 8)
    results = []
    for calls in ([slice(4)], [slice(n, n + 1) for n in range(4)]):
        part = np.zeros(statistics_size(norm.stride), np.float32)
        sums = np.zeros((2, norm.stride), np.float32)
        for images in calls:
            count, seen = len(x[images]), norm.source[images]
            norm.run("batch_norm_statistics:statistics", count, seen, part, pixels=norm.pixels)
            arguments = [errors[images], seen, norm.output[images], norm.constants, sums]
            common = {"pixels": norm.pixels, **norm.fused()}
            norm.run("batch_norm_gradient:sums", count, *arguments, **common)
        assert part.view(np.int32)[-1] == 4 * norm.pixels
        moments = part[:-1].reshape(2, norm.stride)
        results.append(np.concatenate([moments, sums])[:, : norm.channels])
    assert np.array_equal(results[0], results[1])


def test_the_error_is_added_to_what_is_there() -> None:
    x, dy = _random(4, 5, 3, 3)
    norm = _Norm(x, 8, [4])
    norm.forward()
    expected = norm.backward(dy)[0] + 2
    np.testing.assert_allclose(norm.backward(dy, accumulate=True)[0], expected, rtol=1e-5)


def test_a_nan_spoils_its_channel_and_no_other() -> None:
    x, _ = _random(4, 5, 3, 3)
    x[1, 2, 0, 0] = np.nan
    y = _Norm(x, 8, [2, 2], activation="relu").forward()
    assert np.isnan(y[:, 2]).all()
    assert np.isfinite(np.delete(y, 2, axis=1)).all()
