"""A network as Python computes what backlit computes, whatever its layers are."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

import backlit as bl
from tests.eject.networks import WITHOUT_WEIGHTS, examples, network, networks

EXAMPLES = examples()


def program(source: str) -> dict[str, Any]:
    """The names of a program."""
    ast.parse(source, feature_version=(3, 8))
    names: dict[str, Any] = {"__name__": "cnn", "__file__": "cnn.py"}
    exec(compile(source, "cnn.py", "exec"), names)
    return names


def check(net: bl.Network, training: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """The program's own test finds all equal."""
    status = program(net.eject("python", training=training))["main"](["test"])
    printed = capsys.readouterr().out
    assert status == 0, printed
    assert printed.count(": equal\n") == printed.count("\n") >= 5


@pytest.mark.parametrize("training", [False, True], ids=["forward", "training"])
@pytest.mark.parametrize("name", EXAMPLES)
def test_each_layer(name: str, training: bool, capsys: pytest.CaptureFixture[str]) -> None:
    check(network(EXAMPLES[name]), training, capsys)


def test_without_weights(capsys: pytest.CaptureFixture[str]) -> None:
    check(network(WITHOUT_WEIGHTS), False, capsys)


@given(networks())
@settings(
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_network(capsys: pytest.CaptureFixture[str], net: bl.Network) -> None:
    check(net, True, capsys)


@pytest.mark.widths
@given(networks())
@settings(
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_of_many_networks(capsys: pytest.CaptureFixture[str], net: bl.Network) -> None:
    check(net, True, capsys)


def test_what_is_no_number_is_noticed(capsys: pytest.CaptureFixture[str]) -> None:
    compared = program(network(WITHOUT_WEIGHTS).eject("python"))["compared"]
    assert compared("it", [1.0, 2.0], [1.0, 2.0 + 1e-15])
    assert not compared("it", [1.0, 2.0], [1.0, float("nan")])
    assert "it: NOT equal" in capsys.readouterr().out


def test_numbers_that_four_bytes_do_not_hold(capsys: pytest.CaptureFixture[str]) -> None:
    net = bl.Network((1, 2, 2), [bl.Flatten(), bl.Dense(2)], engine="pure", seed=0)
    for array in net.parameters.values():
        array[:] = 1
    net.parameters["dense1.weight"][0, 0] = 1e39
    check(net, False, capsys)


def test_a_command_that_is_not_there_is_told_those_that_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main = program(network(WITHOUT_WEIGHTS).eject("python"))["main"]
    assert main(["tset"]) == 2
    assert "expected test, got 'tset'" in capsys.readouterr().err
    assert main([]) == 2  # nothing was asked for, so all that can be is told
    assert "python3 cnn.py test" in capsys.readouterr().err
