"""The numbers a network starts from: random, and the same ones every time."""

import numpy as np
import pytest

import backlit as bl
from backlit.errors import ConfigurationError
from backlit.layers import Layer
from tests.network.networks import make


def test_seed_decides() -> None:
    one, same, other = make("plain", seed=1), make("plain", seed=1), make("plain", seed=2)
    for name, array in one.parameters.items():
        np.testing.assert_array_equal(array, same.parameters[name])
    weights = [name for name in one.parameters if name.endswith("weight")]
    assert all((one.parameters[n] != other.parameters[n]).any() for n in weights)


def test_adding_a_layer_leaves_the_others_as_they_were() -> None:
    short = bl.Network((1, 6, 6), [bl.Conv2d(2, 3), bl.ReLU(), bl.Flatten(), bl.Dense(3)])
    layers = [bl.Conv2d(2, 3), bl.ReLU(), bl.Conv2d(2, 3, padding=1), bl.Flatten(), bl.Dense(3)]
    longer = bl.Network((1, 6, 6), layers)
    for name, array in short.parameters.items():
        np.testing.assert_array_equal(array, longer.parameters[name])


@pytest.mark.parametrize("method", ["he", "glorot"])
def test_spread_is_what_the_papers_ask_for(method: str) -> None:
    """The variance of n draws lies within 6 standard deviations, at most √(2/n), of itself."""
    layers = [bl.Conv2d(64, 5), bl.ReLU(), bl.Flatten(), bl.Dense(50)]
    network = bl.Network((16, 8, 8), layers, initialization=method)
    for name, fans in {
        "conv1.weight": (16 * 25, 64 * 25),
        "dense1.weight": (64 * 16, 50),
    }.items():
        weights = network.parameters[name]
        gain = 2 if name == "conv1.weight" else 1
        variance = gain / fans[0] if method == "he" else 2 / sum(fans)
        reach = 6 * np.sqrt(2 / weights.size)
        assert weights.var() / variance == pytest.approx(1.0, abs=reach)
        assert abs(weights.mean()) <= 6 * np.sqrt(variance / weights.size)


@pytest.mark.parametrize(
    ("behind", "gain"),
    [
        ([bl.ReLU()], 2),
        ([bl.BatchNorm2d(), bl.MaxPool2d(2), bl.SiLU()], 2),
        ([bl.ReLU6()], 2),
        ([bl.HardSwish()], 2),
        ([bl.Softplus()], 2),
        ([bl.PReLU(start=3.0)], 0.2),
        ([bl.LeakyReLU(3.0)], 0.2),
        ([bl.ELU(), bl.ReLU()], 1),
        ([bl.Conv2d(4, 1), bl.ReLU()], 1),
        ([bl.Conv2d(64, 1, name="branch"), bl.Add("conv1"), bl.GELU()], 2),
        ([], 1),
    ],
)
def test_he_gain_is_that_of_the_next_activation(behind: list[Layer], gain: float) -> None:
    """Compared with a linear layer: the same random numbers, √gain times as large."""
    linear = bl.Network((16, 8, 8), [bl.Conv2d(64, 5)])
    network = bl.Network((16, 8, 8), [bl.Conv2d(64, 5), *behind])
    np.testing.assert_allclose(
        network.parameters["conv1.weight"],
        np.sqrt(gain) * linear.parameters["conv1.weight"],
        rtol=3 * 2**-24,
    )


def test_the_next_activation_is_found_at_the_end_of_many_paths() -> None:
    """There are 2^60 of them, which nobody could follow one by one."""
    layers: list[Layer] = [bl.Conv2d(2, 1, name="start")]
    for k in range(60):
        layers += [bl.BatchNorm2d(), bl.Add(f"end{k - 1}" if k else "start", name=f"end{k}")]
    layers += [*[bl.Dropout(0.1)] * 1500, bl.ReLU()]
    linear, network = bl.Network((1, 2, 2), layers[:1]), bl.Network((1, 2, 2), layers)
    np.testing.assert_allclose(
        network.parameters["start.weight"],
        np.sqrt(2) * linear.parameters["start.weight"],
        rtol=3 * 2**-24,
    )


def test_unknown_choices() -> None:
    with pytest.raises(ConfigurationError, match="the engine must be fast or pure, got 'warp'"):
        bl.Network((1, 4, 4), [bl.Flatten()], engine="warp")
    with pytest.raises(ConfigurationError, match="one of he, glorot, got 'zeros'"):
        bl.Network((1, 4, 4), [bl.Flatten()], initialization="zeros")
    with pytest.raises(ConfigurationError, match="seed must be an int of at least 0"):
        bl.Network((1, 4, 4), [bl.Flatten()], seed=-1)
    with pytest.raises(ConfigurationError, match="2 class names do not fit"):
        bl.Network((1, 2, 2), [bl.Flatten()], classes=["a", "b"])
