"""Convolution and its two gradients, in every width, against the book."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from backlit.engines.fast.compiling.kernel import Kernel
from backlit.engines.fast.kernels.affine_index import (
    AffineIndex,
    forward_index,
    input_gradient_indices,
)
from backlit.engines.fast.kernels.blocks import tile_size
from backlit.engines.fast.kernels.sizes import WeightPacking, packed_size
from backlit.engines.fast.simd.lanes import WIDTHS, registers
from backlit.pure.window import Axis, window
from tests.adapters import PureAdapter, operands_of
from tests.cases import CONV2D, Case
from tests.engines.fast.running import run

Array = NDArray[Any]
SLACK = 64
# One for each thing that the kernels do differently; the whole table takes minutes to compile.
CHOSEN = ("one channel, many filters", "same, stride 2", "3 groups, strided", "everything at once")


class Convolution:
    """A case with its operands in float32 and in the layout of the kernels."""

    def __init__(self, case: Case, lanes: int) -> None:
        self.lanes = lanes
        self.operands = {k: v.astype(np.float32) for k, v in operands_of(case).items()}
        options = dict(case.options)
        self.groups = options.get("groups", 1)
        x, w = self.operands["x"], self.operands["w"]
        self.images, channels, *size = x.shape
        self.filters, self.inputs, *kernel = w.shape
        self.outputs = self.filters // self.groups
        self.kernel = (kernel[0], kernel[1])
        self.axes: tuple[Axis, Axis] = window(
            (size[0], size[1]),
            self.kernel,
            options.get("stride", 1),
            options.get("padding", 0),
            options.get("dilation", 1),
        )
        self.x_shape = (self.images, size[0], size[1], _whole(channels, lanes))
        out = (self.axes[0].output, self.axes[1].output)
        self.y_shape = (self.images, *out, _whole(self.filters, lanes))
        random = np.random.default_rng(1)
        self.dy = random.standard_normal((self.images, self.filters, *out)).astype(np.float32)

    def forward(self) -> Array:
        rows, columns = map(forward_index, self.axes)
        y = _room(self.y_shape)
        biases = np.zeros(self.y_shape[-1] + SLACK, np.float32)
        if "b" in self.operands:
            biases[: self.filters] = self.operands["b"]
        x = _maps(self.operands["x"], self.x_shape)
        self._convolve(rows, columns, x, y, biases, turned=False)
        return _public(y, self.y_shape, self.filters)

    def input_gradient(self) -> Array:
        dx, dy = _room(self.x_shape), _maps(self.dy, self.y_shape)
        for rows in input_gradient_indices(self.axes[0]):
            for columns in input_gradient_indices(self.axes[1]):
                self._convolve(rows, columns, dy, dx, np.zeros(1, np.float32), turned=True)
        return _public(dx, self.x_shape, self.inputs * self.groups)

    def filter_gradient(self) -> Array:
        kernel = Kernel.of(
            "filter_gradient:filter_gradient",
            lanes=self.lanes,
            groups=self.groups,
            inputs=self.inputs,
            outputs=self.outputs,
            source=_steps(self.x_shape),
            target=_steps(self.y_shape),
            rows=tuple(vars(self.axes[0]).values()),
            columns=tuple(vars(self.axes[1]).values()),
            band=3,
        )
        taps = self.kernel[0] * self.kernel[1]
        size = packed_size(self.lanes, self.groups, self.inputs, self.outputs, taps)
        dw = np.zeros(size, np.float32)
        x, dy = _maps(self.operands["x"], self.x_shape), _maps(self.dy, self.y_shape)
        run(kernel, self.images, x, dy, dw)
        parts = dw.reshape(self.groups, *self.kernel, self.inputs, -1)[..., : self.outputs]
        return parts.transpose(0, 4, 3, 1, 2).reshape(self.operands["w"].shape)

    def _convolve(
        self,
        rows: AffineIndex,
        columns: AffineIndex,
        source: Array,
        target: Array,
        b: Array,
        turned: bool,
    ) -> None:
        inputs, outputs = self.inputs, self.outputs
        shapes = self.x_shape, self.y_shape
        if turned:
            inputs, outputs, shapes = outputs, inputs, shapes[::-1]
        common: dict[str, Any] = {
            "lanes": self.lanes,
            "groups": self.groups,
            "inputs": inputs,
            "outputs": outputs,
            "rows": tuple(rows),
            "columns": tuple(columns),
        }
        vectors = -(-outputs // self.lanes)
        _, width = tile_size(columns.positions, vectors, registers(self.lanes))
        by = WeightPacking.of(kernel=self.kernel, width=width, turned=turned, **common)
        size = packed_size(self.lanes, self.groups, inputs, outputs, rows.taps * columns.taps)
        packed = np.full(size + SLACK, np.nan, np.float32)
        run(Kernel.of("packing:pack"), 1, self.operands["w"], packed, *by)
        convolve = Kernel.of(
            "convolution:convolution",
            source=_steps(shapes[0]),
            target=_steps(shapes[1]),
            begin="zero" if turned else "bias",
            **common,
        )
        run(convolve, self.images, source, packed, b, target)


def _whole(count: int, lanes: int) -> int:
    return -(-count // lanes) * lanes


def _steps(shape: tuple[int, ...]) -> tuple[int, int, int]:
    _, height, width, stride = shape
    return height * width * stride, width * stride, stride


def _room(shape: tuple[int, ...]) -> Array:
    """NaN everywhere, so that whatever is not written, or read from padding, shows."""
    return np.full(int(np.prod(shape)) + SLACK, np.nan, np.float32)


def _maps(public: Array, shape: tuple[int, ...]) -> Array:
    flat = _room(shape)
    flat[:-SLACK].reshape(shape)[..., : public.shape[1]] = public.transpose(0, 2, 3, 1)
    return flat


def _public(flat: Array, shape: tuple[int, ...], channels: int) -> Array:
    return flat[:-SLACK].reshape(shape)[..., :channels].transpose(0, 3, 1, 2)


@pytest.mark.widths  # whole layers, whose kernels these are, are tested in every run
@pytest.mark.parametrize("lanes", WIDTHS)
@pytest.mark.parametrize("case", [case for case in CONV2D if case.about in CHOSEN], ids=str)
def test_convolution_is_what_the_book_says(case: Case, lanes: int) -> None:
    ours, book = Convolution(case, lanes), PureAdapter()
    exact = {name: array.astype(float) for name, array in ours.operands.items()}
    gradients = book.backward(case, ours.dy.astype(float), exact)
    sizes = {name: np.abs(array) for name, array in exact.items()}
    bounds = book.backward(case, np.abs(ours.dy).astype(float), sizes)
    # A sum of K products, each rounded: K + 1 roundings of the sum of their sizes at worst.
    weights = ours.inputs * ours.kernel[0] * ours.kernel[1]
    positions = ours.dy.size // ours.filters
    pairs = [
        (ours.forward(), book.forward(case, exact), book.forward(case, sizes), weights + 1),
        (ours.input_gradient(), gradients["x"], bounds["x"], weights * ours.outputs),
        (ours.filter_gradient(), gradients["w"], bounds["w"], positions),
    ]
    for computed, true, size, terms in pairs:
        assert np.all(np.abs(computed - true) <= (terms + 1) * 2.0**-24 * size)
