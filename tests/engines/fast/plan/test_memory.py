"""Tensors that share memory: nothing may change, whatever is left in it.

A run is repeated with memory full of NaN, and with each tensor filled with NaN just before it is
first needed and just after it is last needed.  Results must be the same bit for bit as with tensors
side by side, in memory that was zeros at first.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import backlit as bl
from backlit.engines.fast import engine
from backlit.engines.fast.plan import running
from backlit.engines.fast.plan.lifetimes import Lifetime, lifetimes
from backlit.engines.fast.plan.parts import Plan
from backlit.engines.fast.plan.running import Runner
from backlit.engines.fast.simd.lanes import WIDTHS
from backlit.layers import Layer
from benchmarks.cases import CASES
from tests.engines.fast import spoiling
from tests.engines.fast.spoiling import Apart, Filled, Spoiled, SpoiledApart
from tests.engines.fast.test_engine import NETWORKS, WINOGRAD

Array = NDArray[Any]
Shape = tuple[int, int, int]
Results = dict[str, Array]
MORE: dict[str, tuple[Shape, list[Layer]]] = {
    "odd channels": (
        (3, 7, 5),
        [
            *(bl.Conv2d(5, 3, padding=2), bl.GELU(), bl.MaxPool2d(3, 2, padding=1)),
            *(bl.Conv2d(13, 2), bl.LeakyReLU(), bl.Conv2d(3, 1), bl.AvgPool2d(2, 1)),
            *(bl.Dropout(0.3), bl.Flatten(), bl.Dense(3)),
        ],
    ),
    "depthwise, and wide enough for Winograd": (
        (3, 12, 12),
        [
            *(bl.Conv2d(13, 3, padding=1, bias=False), bl.BatchNorm2d(), bl.ReLU(name="a")),
            *(bl.Conv2d(13, 3, padding=1, groups=13), bl.SiLU(), bl.Conv2d(16, 3, padding=1)),
            *(bl.BatchNorm2d(), bl.ReLU(name="b"), bl.Conv2d(17, 3, padding=1), bl.ELU()),
            *(bl.Concat("b", "a"), bl.Conv2d(5, 3, 3), bl.Tanh(), bl.GlobalAvgPool2d()),
            bl.Dense(3),
        ],
    ),
}
ALL = {**NETWORKS, **MORE}
SMALL = "a small classifier"
# More than half of all kernels are compiled for these; test_engine.py runs those it has, too.
MANY_KERNELS = {*MORE, "bends away from 0", WINOGRAD}


@pytest.fixture(autouse=True)
def two_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKLIT_THREADS", "2")
    monkeypatch.setattr(running, "addresses", spoiling.addresses)


def network(name: str) -> bl.Network:
    shape, layers = ALL[name]
    net = bl.Network(shape, layers, engine="fast", seed=3)
    random = np.random.default_rng(1)
    for array in net.parameters.values():
        array[...] = random.standard_normal(array.shape) * 0.3
    return net


def results(net: bl.Network, images: Array, labels: Array) -> Results:
    """Everything that a network computes."""
    loss, gradients = net.loss_and_gradients(images, labels)
    found = {"loss": np.array(loss), **gradients}
    found |= {f"{name} after": array.copy() for name, array in net.buffers.items()}
    found |= {
        name: net.forward(images, training=name == "trained") for name in ("scores", "trained")
    }
    return {name: np.array(array) for name, array in found.items()}


def recorded(net: bl.Network, images: Array, labels: Array) -> Results:
    """Everything that a recording shows."""
    found: Results = {}
    for training in (True, False):
        record = net.record(images, labels, training)
        parts = [record.activations, record.errors, record.gradients, *record.auxiliary.values()]
        for place, arrays in enumerate(parts):
            found |= {f"{training} {place} {name}": array for name, array in arrays.items()}
    return found


def same(ours: Results, true: Results) -> None:
    assert ours.keys() == true.keys()
    for name, array in true.items():
        assert np.isfinite(array).all(), name
        assert ours[name].tobytes() == array.tobytes(), name


def check(
    make: Callable[[], bl.Network],
    shape: Shape,
    monkeypatch: pytest.MonkeyPatch,
    batches: Iterable[int],
    what: Callable[[bl.Network, Array, Array], Results] = results,
) -> None:
    """All batches one after the other, in the same memory, which grows in between."""
    found = []
    for runner in (Apart, Runner, Filled, Spoiled, SpoiledApart):
        monkeypatch.setattr(engine, "Runner", runner)
        net = make()
        found.append([what(net, *examples_of(shape, images)) for images in batches])
    for ours in found[1:]:
        for one, true in zip(ours, found[0], strict=True):
            same(one, true)


def examples_of(shape: Shape, count: int) -> tuple[Array, Array]:
    random = np.random.default_rng(count)
    images = random.standard_normal((count, *shape)).astype(np.float32)
    return images, random.integers(0, 3, count)


_QUICK_FIRST = [
    pytest.param(name, marks=[pytest.mark.widths] if name in MANY_KERNELS else []) for name in ALL
]


@pytest.mark.parametrize("name", _QUICK_FIRST)
def test_results_are_the_same_whatever_is_in_memory(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shape = ALL[name][0]
    check(lambda: network(name), shape, monkeypatch, (2, 9, 3, 1, 4, 5, 6, 7, 8))
    for chunk in (1, 3):
        monkeypatch.setattr(engine, "CHUNK", chunk)
        check(lambda: network(name), shape, monkeypatch, (7, 2, 9))


@pytest.mark.parametrize("name", _QUICK_FIRST)
def test_recordings_too(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    check(lambda: network(name), ALL[name][0], monkeypatch, (2, 5), recorded)


@pytest.mark.widths
@pytest.mark.parametrize("lanes", WIDTHS)
@pytest.mark.parametrize("name", ALL)
def test_with_vectors_of_every_width(
    name: str, lanes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKLIT_LANES", str(lanes))
    for what in (results, recorded) if name in MORE else (results,):
        check(lambda: network(name), ALL[name][0], monkeypatch, (9, 2), what)


@pytest.mark.widths
@pytest.mark.parametrize("name", [name for name in CASES if name != "lenet-256"])
def test_networks_that_are_timed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case = CASES[name]
    check(
        lambda: bl.Network(case.shape, case.layers(), engine="fast", seed=0),
        case.shape,
        monkeypatch,
        (3,),
    )


def test_the_check_sees_a_life_that_is_too_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise it would prove nothing."""
    true = lifetimes

    def shorter(plan: Plan) -> list[Lifetime]:
        return [
            Lifetime(each.tensor, each.first, max(each.first, each.last - 1), each.own, each.whole)
            for each in true(plan)
        ]

    monkeypatch.setattr(spoiling, "lifetimes", shorter)
    with pytest.raises(AssertionError):
        check(lambda: network(SMALL), ALL[SMALL][0], monkeypatch, (5,))


def test_memory_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    net = network(SMALL)
    made: list[Runner] = []

    class Counted(Runner):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            made.append(self)

    monkeypatch.setattr(engine, "Runner", Counted)
    pictures, labels = examples_of(ALL[SMALL][0], 9)
    for images in (9, 2, 9, 5):
        net.loss_and_gradients(pictures[:images], labels[:images])
    assert len(made) == 1
    memory = made[0].memory
    assert memory.bytes < memory.bytes_apart
    assert memory.room.nbytes == memory.bytes


def test_a_plan_says_how_much_memory_it_takes() -> None:
    head = network("odd channels").plan(6, training=True).splitlines()[0]
    words = head.split()
    taken, side_by_side = (
        float(words[place - 1]) for place, word in enumerate(words) if word == "MB"
    )
    assert 0 < taken <= side_by_side
