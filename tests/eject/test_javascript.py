"""A network as JavaScript computes what backlit computes, whatever its layers are."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import Phase, given, settings

import backlit as bl
from backlit import eject
from backlit.network.ejecting import describe
from tests.eject.networks import WITHOUT_WEIGHTS, examples, network, networks
from tests.web.node import node

DRIVER = """
import { pathToFileURL } from "node:url";
const answers = {};
for (const file of process.argv.slice(2)) {
  const lines = [];
  const { test } = await import(pathToFileURL(file).href);
  answers[file] = [test((line) => lines.push(line)), lines];
}
console.log(JSON.stringify(answers));
"""


def answers(folder: Path, programs: dict[str, str]) -> dict[str, tuple[bool, list[str]]]:
    """What the tests of some programs say, by name."""
    files = {}
    for number, (name, source) in enumerate(programs.items()):
        file = folder / f"{number}.mjs"
        file.write_text(source, encoding="utf-8")
        files[str(file)] = name
    driver = folder / "driver.mjs"
    driver.write_text(DRIVER, encoding="utf-8")
    done = subprocess.run(
        [node(), driver, *files], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return {files[file]: answer for file, answer in json.loads(done.stdout).items()}


def wrong(found: dict[str, tuple[bool, list[str]]]) -> dict[str, list[str]]:
    return {
        name: lines
        for name, (equal, lines) in found.items()
        if not equal or len(lines) < 5 or any(not line.endswith(": equal") for line in lines)
    }


@pytest.mark.parametrize("training", [False, True], ids=["forward", "training"])
def test_each_layer(training: bool, tmp_path: Path) -> None:
    programs = {
        name: network(layers).eject("javascript", training=training)
        for name, layers in examples().items()
    }
    assert len(programs) > 50
    assert wrong(answers(tmp_path, programs)) == {}


def test_without_weights(tmp_path: Path) -> None:
    programs = {"none": network(WITHOUT_WEIGHTS).eject("javascript")}
    assert wrong(answers(tmp_path, programs)) == {}


def test_a_wrong_number_is_noticed(tmp_path: Path) -> None:
    source = network([bl.Flatten(), bl.Dense(3)]).eject("javascript")
    broken = source.replace("total += W[o][f]", "total += 1.000001 * W[o][f]")
    assert broken != source
    found = answers(tmp_path, {"right": source, "broken": broken})
    assert list(wrong(found)) == ["broken"]


def test_a_credit_stays_a_comment(tmp_path: Path) -> None:
    images, labels = np.zeros((2, 1, 2, 2), np.uint8), np.array([0, 1])
    net = network([bl.Flatten(), bl.Dense(2)], (1, 2, 2))
    credit = "by A\u2028throw new Error();\nB"  # JavaScript ends a line there, too
    made = describe(net, True, data=(images, labels), credit=credit)
    assert wrong(answers(tmp_path, {"credit": eject.write(made, "javascript")})) == {}


@given(networks())
@settings(phases=[Phase.explicit, Phase.generate], deadline=None, max_examples=8)
def test_any_network(tmp_path_factory: pytest.TempPathFactory, net: bl.Network) -> None:
    programs = {"drawn": net.eject("javascript", training=True)}
    assert wrong(answers(tmp_path_factory.mktemp("drawn"), programs)) == {}


@pytest.mark.widths
@given(networks())
@settings(phases=[Phase.explicit, Phase.generate], deadline=None, max_examples=60)
def test_any_of_many_networks(tmp_path_factory: pytest.TempPathFactory, net: bl.Network) -> None:
    programs = {"drawn": net.eject("javascript", training=True)}
    assert wrong(answers(tmp_path_factory.mktemp("drawn"), programs)) == {}
