"""The programs learn, and each step is the optimizer's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit import eject
from backlit.data import load_dataset
from backlit.network.ejecting import describe, rule_of
from tests.eject.networks import network
from tests.eject.test_python import program
from tests.web.node import node

OPTIMIZERS = [
    bl.SGD(0.1),
    bl.SGD(0.1, momentum=0.8),
    bl.SGD(0.1, momentum=0.8, nesterov=True, weight_decay=0.01),
    bl.Adam(0.01, weight_decay=0.1),
    bl.AdamW(0.01),
    bl.RMSprop(0.01),
    bl.RMSprop(0.01, momentum=0.5, centered=True, weight_decay=0.1),
]


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_three_steps_are_those_of_the_optimizer(optimizer: Any) -> None:
    net = network([bl.Flatten(), bl.Dense(3)])
    source = eject.write(describe(net, True, rule=rule_of(optimizer, 1, 4)), "python")
    names = program(source)
    W = names["W"]["dense1"]
    value, state = np.array(W), None
    kept = [np.zeros_like(value).tolist() for _ in optimizer.equations.kept]
    for step in range(1, 4):
        gradient = np.cos(np.arange(value.size) + step).reshape(value.shape)
        change, state = optimizer.update(value, gradient, state)
        value = value + change
        counted = [step] if "step" in optimizer.state_names else []
        names["update"](W, gradient.tolist(), *kept, *counted)
        # A step is a dozen operations, each of which rounds once.
        assert np.allclose(W, value, rtol=1e-13, atol=1e-14)


def learning(layers: list[Any]) -> eject.Description:
    """A network of digits that has learned nothing yet, and 300 pictures to learn from."""
    digits = load_dataset("digits", limit=300)
    net = bl.Network((1, 8, 8), layers, engine="pure", classes=digits.classes)
    net.normalization = bl.Normalization.fit(digits.train_images)
    rule = rule_of(bl.SGD(0.02, momentum=0.9), 3, 10)
    return describe(net, True, tests=digits.test, data=digits.train, rule=rule)


LAYERS = [
    bl.Conv2d(4, 3, stride=2),
    bl.BatchNorm2d(),
    bl.ReLU(),
    bl.Flatten(),
    bl.Dropout(0.1),
    bl.Dense(10),
]


@pytest.mark.parametrize("target", ["python", "javascript"])
def test_a_program_learns_and_says_how_it_goes(target: str, tmp_path: Path) -> None:
    file = tmp_path / f"cnn{eject.TARGETS[target].suffix}"
    file.write_text(eject.write(learning(LAYERS), target), encoding="utf-8")
    run = sys.executable if target == "python" else node()
    done = subprocess.run([run, file, "train"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["epoch 1", "epoch 2", "epoch 3"]
    losses = [float(line.split()[3].rstrip(",")) for line in lines]
    right = int(lines[-1].split()[4])
    assert losses[2] < losses[0] / 2
    assert right > 15  # of 30; guessing finds 3


def test_what_was_learned_can_be_kept(tmp_path: Path) -> None:
    description = learning([bl.Conv2d(2, 3, stride=2), bl.Flatten(), bl.Dense(10)])
    few = replace(description, examples=description.examples[:40])
    file, weights = tmp_path / "cnn.py", tmp_path / "learned"
    file.write_text(eject.write(few, "python"), encoding="utf-8")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, file, *words], capture_output=True, text=True, check=False
        )

    assert run("train", "--save", str(weights)).returncode == 0
    assert len(weights.read_bytes()) == len(eject.weights(few))
    first = run("train").stdout.split()[3]
    on = run("train", "--go-on", "--weights", str(weights)).stdout.split()[3]
    assert float(on.rstrip(",")) < float(first.rstrip(","))
    assert run("test", "--weights", str(weights)).returncode == 1  # other weights, other scores
    weights.write_bytes(b"abc")
    damaged = run("test", "--weights", str(weights))
    assert damaged.returncode == 1
    assert damaged.stderr.count("\n") == 1


@pytest.mark.parametrize("target", ["python", "javascript"])
def test_a_batch_of_one_number_leaves_finite_statistics(target: str, tmp_path: Path) -> None:
    net = network([bl.BatchNorm2d(), bl.Flatten(), bl.Dense(2)], (1, 1, 1))
    pictures = np.arange(19, dtype=np.uint8).reshape(19, 1, 1, 1)  # 17 to learn from: 16 and 1
    made = describe(net, True, data=(pictures, np.arange(19) % 2))
    file = tmp_path / f"cnn{eject.target_of(target).suffix}"
    file.write_text(eject.write(made, target), encoding="utf-8")
    words = [sys.executable] if target == "python" else [node()]
    done = subprocess.run([*words, file, "train"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "epoch 3" in done.stdout
    assert "nan" not in done.stdout.lower()


def test_without_pictures_training_says_so() -> None:
    source = network([bl.Flatten(), bl.Dense(3)]).eject("python", training=True)
    with pytest.raises(ValueError, match="no pictures in this file to learn from"):
        program(source)["train"]()


def test_a_network_of_digits_is_given_the_digits() -> None:
    net = bl.Network((1, 8, 8), [bl.Flatten(), bl.Dense(10)], engine="pure")
    names = program(net.eject("python", training=True))
    digits = load_dataset("digits")
    pictures = names["unpacked"](names["PICTURES"])
    assert [label for _, label in pictures] == digits.train_labels.tolist()
    assert [pixels for pixels, _ in pictures] == digits.train_images.reshape(-1, 64).tolist()


def test_what_has_nothing_to_learn_is_refused() -> None:
    net = network([bl.MaxPool2d(2), bl.GlobalAvgPool2d()])
    with pytest.raises(bl.BacklitError, match="nothing to learn"):
        net.eject("python", training=True)


def test_rules_that_are_code_are_refused() -> None:
    class Mine(bl.SGD):
        def update(self, *given: Any, **more: Any) -> Any:
            return super().update(*given, **more)

    with pytest.raises(bl.BacklitError, match="Mine states no equations"):
        rule_of(Mine(0.1), 1, 1)


@pytest.mark.parametrize("target", ["python", "javascript"])
def test_letters_of_layers_and_optimizers_do_not_meet(target: str, tmp_path: Path) -> None:
    """A PReLU has a letter a, and so has a centered RMSprop; class names may hold anything."""
    digits = load_dataset("digits", limit=60)
    names = [f"class '{k}\" \\ number {k},  of ten, ${{k}} `é`" for k in range(10)]
    layers = [bl.Conv2d(2, 3, stride=2), bl.PReLU(), bl.Flatten(), bl.Dense(10)]
    net = bl.Network((1, 8, 8), layers, engine="pure", classes=names)
    rule = rule_of(bl.RMSprop(0.01, momentum=0.5, centered=True), 2, 10)
    description = describe(net, True, tests=digits.test, data=digits.train, rule=rule)
    file = tmp_path / f"cnn{eject.TARGETS[target].suffix}"
    file.write_text(eject.write(description, target), encoding="utf-8")
    run = sys.executable if target == "python" else node()
    for word in ("train", "test"):
        done = subprocess.run(
            [run, file, word],
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONUTF8": "1"},
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
    assert names[int(digits.test_labels[0])] in done.stdout


SCHEDULES = [
    bl.StepDecay((0.4, 0.7), 0.3),
    bl.CosineDecay(0.1),
    bl.OneCycle(),
    bl.WarmUp(0.3, 0.2, bl.CosineDecay()),
    bl.WarmUp(0.2),
    bl.ConstantRate(),
]
IN_ORDER = {  # what shuffles, and what stands in its place
    "python": ("random.shuffle(pictures)", "pass"),
    "numpy": ("random.shuffle(pictures)", "pass"),
    "javascript": ("Math.floor(random() * (k + 1))", "k"),
    "c": ("(int)(stir(++dice) % (uint32_t)(k + 1))", "k"),
}


def learned(source: str, target: str, folder: Path) -> list[float]:
    """The weights after a training that begins with those of the program."""
    file = folder / f"cnn{eject.TARGETS[target].suffix}"
    shuffled, ordered = IN_ORDER[target]
    assert source.count(shuffled) == 1
    source = source.replace(shuffled, ordered)
    if target in ("python", "numpy"):
        names = program(source)
        names["train"](False)
        return [float(x) for P in "Wb" for x in np.ravel(names[P]["dense1"])]
    if target == "javascript":
        said = 'train(false, () => {}); console.log(row([W["dense1"], b["dense1"]]).join(" "));\n'
        said += "process.exitCode = 0;\n"  # as for a program that is given no command
        file.write_text(source + said, encoding="utf-8")
        words = [node(), str(file)]
    else:
        compiler = shutil.which("cc")
        if compiler is None:
            pytest.skip("there is no C compiler on this machine")
        said = """#define main program
#include "cnn.c"
#undef main
int main(void)
{
    train(0);
    for (int a = 0; a < ARRAYS; a++)
        for (int k = 0; k < LEARNED[a].count; k++)
            fprintf(stderr, "%.17g ", LEARNED[a].numbers[k]);
    return 0;
}
"""
        file.write_text(source, encoding="utf-8")
        (folder / "host.c").write_text(said, encoding="utf-8")
        strict = ("-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic")
        built = [compiler, *strict, "-DREAL=double", "host.c", "-o", "host", "-lm"]
        subprocess.run(built, cwd=folder, check=True)
        words = [str(folder / "host")]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return [float(word) for word in (done.stderr or done.stdout.splitlines()[-1]).split()]


@pytest.mark.parametrize("target", list(IN_ORDER))
@pytest.mark.parametrize("schedule", SCHEDULES, ids=repr)
def test_two_epochs_are_those_of_the_run(schedule: Any, target: str, tmp_path: Path) -> None:
    """Its learning rate changes, its gradients are shortened, and its weights decay."""
    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, (29, 1, 2, 2), np.uint8)
    labels = generator.integers(0, 3, 29)
    net = bl.Network((1, 2, 2), [bl.Flatten(), bl.Dense(3)], engine="pure")
    net.normalization = bl.Normalization((0.5,), (0.25,))
    optimizer, clip = bl.SGD(0.3, momentum=0.8, weight_decay=0.02), 0.6
    rule = rule_of(optimizer, 2, 5, schedule, clip)
    source = eject.write(describe(net, True, data=(images, labels), rule=rule), target)
    before = np.concatenate([np.ravel(each) for each in net.parameters.values()])
    learners = np.arange(29) % 10 != 0
    bl.fit(
        net,
        (images[learners], labels[learners]),
        epochs=2,
        batch_size=5,
        optimizer=optimizer,
        schedule=schedule,
        clip=clip,
        shuffle=False,
        progress=False,
    )
    after = np.concatenate([np.ravel(each) for each in net.parameters.values()])
    found = np.array(learned(source, target, tmp_path))
    assert np.abs(after - before).max() > 0.05
    # Twelve steps of some dozen operations, each of which rounds once.
    assert np.allclose(found, after, rtol=0, atol=1e-12)


@pytest.mark.parametrize("target", list(IN_ORDER))
def test_only_what_the_run_used_is_in_the_program(target: str) -> None:
    net = network([bl.Flatten(), bl.Dense(3)])
    plain = eject.write(describe(net, True, rule=rule_of(bl.SGD(0.1), 1, 4)), target)
    assert not any(word in plain for word in ("rate_of", "shorten", "at random: here"))
    left = "The run's pictures were mirrored at random: here they stay as they are."
    said = eject.write(describe(net, True, rule=rule_of(bl.SGD(0.1), 1, 4, left_out=left)), target)
    assert left in said


def test_a_schedule_that_is_code_is_said_to_be_left_out() -> None:
    @dataclass(frozen=True)
    class Mine(bl.ConstantRate):
        def factor(self, step: int, total_steps: int) -> float:
            return 1 / (1 + step)

    rule = rule_of(bl.SGD(0.1), 1, 4, Mine())
    assert not rule.schedule
    assert "schedule Mine is code" in rule.left_out
