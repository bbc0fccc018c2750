import copy
import pickle
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.errors import InputError
from tests.explain.networks import BRANCHES, MODES, Small

RESIDUAL, DROPOUT = BRANCHES[0], MODES[2]


def state(net: bl.Network) -> list[Any]:
    arrays = {**net.parameters, **net.buffers}
    return [net.training_step, *((name, array.tobytes()) for name, array in arrays.items())]


@pytest.mark.parametrize("small", [RESIDUAL, DROPOUT], ids=str)
def test_explaining_leaves_the_network_as_it_is(small: Small) -> None:
    net, batch = small.network(), small.batch()
    before = state(net)
    trace = bl.explain(net, *batch)
    trace.story("conv1.weight", 0, 0, 1, 1)
    trace["conv1.weight", 0, 0, 1, 1].nudge()
    trace["input", 0, 0, 1, 1].nudge()
    assert state(net) == before


def test_a_nudge_that_fails_leaves_the_network_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    net = RESIDUAL.network()
    trace = bl.explain(net, *RESIDUAL.batch())
    before = state(net)
    monkeypatch.setattr(bl.Network, "record", lambda *args, **options: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        trace["conv1.weight", 0, 0, 1, 1].nudge()
    assert state(net) == before


@pytest.mark.parametrize("small", [RESIDUAL, DROPOUT], ids=str)
def test_a_trace_stays_as_it_is_when_the_network_trains_on(small: Small) -> None:
    net, (images, labels) = small.network(), small.batch()
    trace, key = bl.explain(net, images, labels), ("conv1.weight", 1, 0, 1, 1)
    before = trace[key].to_dict(), trace[key].nudge().to_dict()
    net.loss_and_gradients(images, labels)
    for array in (*net.parameters.values(), *net.buffers.values(), images):
        array += 1
    assert (trace[key].to_dict(), trace[key].nudge().to_dict()) == before


def test_gradients_are_those_of_the_next_training_step() -> None:
    net, batch = DROPOUT.network(), DROPOUT.batch()
    trace = bl.explain(net, *batch)
    loss, gradients = net.loss_and_gradients(*batch)
    assert trace["loss"].value == loss
    assert trace["conv1.bias", 1].gradient == gradients["conv1.bias"][1]


def test_raw_pictures_are_explained_as_the_network_sees_them() -> None:
    normalization = bl.Normalization(mean=(0.5,), std=(0.25,))
    net = bl.Network((1, 2, 2), [bl.Flatten(), bl.Dense(2)], normalization=normalization)
    trace = bl.explain(net, np.full((1, 1, 2, 2), 255, np.uint8), np.array([1]))
    assert trace["input", 0, 0, 1, 1].value == 2.0
    assert trace["input", 0, 0, 1, 1].nudge().relative_difference < 1e-4


def test_what_the_network_does_not_work_on_is_refused() -> None:
    net = DROPOUT.network()
    with pytest.raises(InputError, match="images must have shape"):
        bl.explain(net, np.zeros((1, 3)), np.array([0]))
    with pytest.raises(InputError, match="label 7 of image 0"):
        bl.explain(net, np.zeros((1, 2, 4, 4)), np.array([7]))


def test_a_number_whose_square_is_beyond_the_largest_float_is_explained() -> None:
    net = bl.Network((1, 2, 2), [bl.GELU(), bl.Flatten(), bl.Dense(2)], "pure")
    trace = bl.explain(net, np.full((1, 1, 2, 2), 1e200), [1])
    number = trace["input.error[0,0,0,0]"]
    (part,) = number.parts
    assert part.total == number.gradient == trace["gelu1.error[0,0,0,0]"].gradient


@pytest.mark.parametrize("again", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_trace_that_was_asked_can_be_copied(again: Any) -> None:
    trace = bl.explain(DROPOUT.network(), *DROPOUT.batch())
    numbers = [trace["conv1.weight", 0, 0, 1, 1], trace["input.error", 0, 0, 1, 1], trace["loss"]]
    copied = again(trace)
    for number in numbers:
        assert copied[number.address].to_dict() == number.to_dict()
        assert again(number).to_dict() == number.to_dict()


def test_a_trace_says_what_it_is() -> None:
    assert repr(DROPOUT.trace()).startswith("Trace(3 images, training mode, loss ")


CALL = "bl.explain(bl.Network((1, 1, 1), [bl.Flatten(), bl.Dense(2)]), [[[[1.0]]]], [0])"


@pytest.mark.parametrize(
    "imports",
    [
        "import backlit as bl",
        "import backlit.explain; import backlit as bl",
        "import backlit as bl; bl.explain; import backlit.explain",
        "from backlit.explain import Trace; import backlit as bl",
        "import backlit as bl; from backlit.explain.trace import Trace",
    ],
)
def test_explain_is_the_function_and_the_package_in_any_order_of_imports(imports: str) -> None:
    program = (
        f"{imports}\n"
        f"trace = {CALL}\n"
        "import backlit.explain as package\n"
        "from backlit import explain\n"
        "assert isinstance(trace, package.Trace)\n"
        "assert explain is package is bl.explain and callable(package.explain)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_explaining_loads_nothing_that_shows() -> None:
    program = (
        f"import sys, backlit as bl; {CALL}['dense1.weight[0,0]']; assert 'rich' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
