"""Named arrays in one piece of memory."""

import copy
import pickle

import numpy as np
import pytest

import backlit as bl
from backlit.network.flat import FlatArrays, flat_copy

SHAPES = {"a.weight": (3, 1, 2), "a.bias": (3,), "nothing": (0,), "number": ()}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_arrays_are_views_that_begin_at_cache_lines(dtype: type) -> None:
    arrays = FlatArrays(SHAPES, np.dtype(dtype))
    assert {name: array.shape for name, array in arrays.items()} == SHAPES
    for k, array in enumerate(arrays.values(), start=1):
        assert array.ctypes.data % 64 == 0
        array[...] = k
    row = arrays.flat
    assert sorted(set(row.tolist())) == [0, 1, 2, 4]
    assert [int((row == k).sum()) for k in (1, 2, 4)] == [6, 3, 1]
    row *= 2
    assert arrays["a.weight"].tolist() == [[[2, 2]]] * 3


def test_another_row_is_split_alike() -> None:
    arrays = FlatArrays(SHAPES, np.dtype(float))
    arrays["a.bias"][1] = 5
    parts = arrays.split(arrays.flat + 1)
    assert parts.keys() == SHAPES.keys()
    assert parts["a.bias"].tolist() == [1, 6, 1]
    assert arrays["a.bias"].tolist() == [0, 5, 0]


@pytest.mark.parametrize("again", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_copy_is_made_of_views_too(again: object) -> None:
    arrays = flat_copy({"a": np.arange(3.0), "b": np.ones((2, 2))}, np.dtype(np.float32))
    copied = again(arrays)  # type: ignore[operator]
    np.testing.assert_equal(dict(copied), dict(arrays))
    copied.flat[...] = 7
    assert (copied["b"] == 7).all()
    assert (arrays["b"] == 1).all()


def test_a_copied_network_trains_its_own_parameters() -> None:
    net = bl.Network((1, 2, 2), [bl.Flatten(), bl.Dense(2)])
    before = net.parameters["dense1.weight"].copy()
    twin = copy.deepcopy(net)
    data = (np.ones((4, 1, 2, 2)), np.array([0, 1, 0, 0]))
    bl.fit(twin, data, epochs=1, progress=False)
    assert (net.parameters["dense1.weight"] == before).all()
    assert (twin.parameters["dense1.weight"] != before).any()


def test_gradients_that_were_handed_out_stay_as_they_are() -> None:
    for engine in ("pure", "fast"):
        net = bl.Network((1, 2, 2), [bl.Flatten(), bl.Dense(2)], engine=engine)
        images = np.ones((2, 1, 2, 2))
        _, first = net.loss_and_gradients(images, [0, 1])
        kept = {name: array.copy() for name, array in first.items()}
        net.loss_and_gradients(3 * images, [0, 0])
        np.testing.assert_equal(first, kept)
