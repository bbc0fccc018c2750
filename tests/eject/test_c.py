"""A network as C computes what backlit computes, whatever its layers are, and without a warning.

In double precision nothing is left that a wrong index or factor could hide behind; in single
precision the program allows for as many roundings as come after one another.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings

import backlit as bl
from backlit import eject
from backlit.eject.c_plan import Lifetimes
from backlit.network.ejecting import describe, rule_of
from tests.conftest import IN_CI
from tests.eject.networks import WITHOUT_WEIGHTS, examples, network, networks
from tests.eject.test_learning import LAYERS, OPTIMIZERS, learning
from tests.eject.test_pictures import SIZES, binary, drawn, plain, programs
from tests.eject.test_python import program

EXAMPLES = examples()
STRICT = ("-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic")
# What reads or writes outside of an array, or counts too far, is found in CI.
WATCHED = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all") if IN_CI else ()


def compiler() -> str:
    found = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if found is None:
        pytest.skip("there is no C compiler on this machine")
    return found


def compiled(folder: Path, source: str, *options: str, real: str = "double") -> Path:
    file, built = folder / "cnn.c", folder / "cnn"
    file.write_text(source, encoding="utf-8")
    words = [compiler(), *STRICT, "-O0", *options, f"-DREAL={real}"]
    words += [str(file), "-o", str(built), "-lm"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return built


def run(built: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [built, *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=built.parent,
        timeout=120,
    )


def check(folder: Path, source: str, real: str, watched: bool = True) -> None:
    """The program's own test finds all equal."""
    done = run(compiled(folder, source, *(WATCHED if watched else ()), real=real), "test")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert done.stdout.count(": equal\n") == done.stdout.count("\n") >= 5


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_layer(name: str, tmp_path: Path) -> None:
    check(tmp_path, network(EXAMPLES[name]).eject("c", training=True), "double")


# A program that learns has the same way forward, but keeps every output, where one that does not
# learn uses the room of outputs again, and leaves out what only learning needs.
FORWARD = {
    *("conv with everything", "max pools of many kinds", "batch norm", "dropout", "prelu"),
    *("branches", "read by several", "concat", "add of twice the same"),
}
assert FORWARD.issubset(EXAMPLES)


@pytest.mark.parametrize(
    "name",
    [pytest.param(e, marks=[] if e in FORWARD else [pytest.mark.widths]) for e in EXAMPLES],
)
def test_each_layer_on_the_way_forward_alone(name: str, tmp_path: Path) -> None:
    check(tmp_path, network(EXAMPLES[name]).eject("c"), "float")


@pytest.mark.parametrize("real", ["double", "float"])
def test_without_weights(real: str, tmp_path: Path) -> None:
    source = network(WITHOUT_WEIGHTS).eject("c")
    check(tmp_path, source, real, watched=real == "double")  # once is enough for one program


def test_a_credit_stays_a_comment_and_a_name_a_name(tmp_path: Path) -> None:
    images, labels = np.zeros((2, 1, 2, 2), np.uint8), np.array([0, 1])
    net = network([bl.Flatten(), bl.Dense(2)], (1, 2, 2))
    made = describe(net, True, data=(images, labels), credit="by A */ int main; /*\nB @FORM@")
    source = eject.write(made, "c")
    check(tmp_path, source, "double")
    assert "B @FORM@ */" in source  # what is put in is not looked through again


@given(networks())
@settings(phases=[Phase.explicit, Phase.generate], deadline=None, max_examples=8)
def test_any_network(tmp_path_factory: pytest.TempPathFactory, net: bl.Network) -> None:
    check_drawn(tmp_path_factory, net)


@pytest.mark.widths
@given(networks())
@settings(phases=[Phase.explicit, Phase.generate], deadline=None, max_examples=60)
def test_any_of_many_networks(tmp_path_factory: pytest.TempPathFactory, net: bl.Network) -> None:
    check_drawn(tmp_path_factory, net)


def check_drawn(tmp_path_factory: pytest.TempPathFactory, net: bl.Network) -> None:
    folder = tmp_path_factory.mktemp("drawn")
    check(folder, net.eject("c", training=True), "double")
    check(folder, net.eject("c"), "double")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("x[t];", "x[t] * (real)1.001;"),
        ("db[o] += dY[o]", "db[o] -= dY[o]"),
        ("X[at] > X[best]", "X[at] < X[best]"),
    ],
)
@pytest.mark.parametrize("real", ["double", "float"])
def test_a_wrong_number_is_noticed(right: str, wrong: str, real: str, tmp_path: Path) -> None:
    source = digits_network().eject("c", training=True)
    assert right in source
    done = run(compiled(tmp_path, source.replace(right, wrong, 1), real=real), "test")
    assert done.returncode == 1
    assert "NOT equal" in done.stdout


def digits_network() -> bl.Network:
    layers = [bl.Conv2d(4, 3), bl.ELU(), bl.MaxPool2d(2), bl.Flatten(), bl.Dense(10)]
    return bl.Network((1, 8, 8), layers, engine="fast", seed=1)


@pytest.mark.parametrize("training", [False, True], ids=["forward", "training"])
def test_no_number_changes_its_kind_unsaid_and_nothing_is_allocated(
    training: bool, tmp_path: Path
) -> None:
    source = digits_network().eject("c", training=training)
    check(tmp_path, source, "float")
    done = run(compiled(tmp_path, source, "-Wconversion", "-Wshadow", "-O1", real="float"), "test")
    assert done.returncode == 0
    assert not re.search(r"\b(malloc|calloc|realloc|alloca|free)\b", source)
    functions = re.search(r"mathematics it needs ([\w, ]+)\.", source)
    assert functions is not None
    assert functions[1] == ("expf, expm1f, logf, sqrtf" if training else "expf, expm1f")
    assert max(map(len, source.split("\n"))) <= 100


def test_the_room_of_an_output_is_used_again(tmp_path: Path) -> None:
    layers = [bl.Conv2d(8, 3, padding=1), bl.ReLU(), bl.Conv2d(8, 3, padding=1), bl.ReLU()] * 3
    net = bl.Network((8, 8, 8), [*layers, bl.GlobalAvgPool2d(), bl.Dense(3)], engine="fast")
    built = compiled(tmp_path, net.eject("c"), real="float")
    done = run(built)
    assert done.returncode == 2
    found = re.search(r"works in (\d+) bytes", done.stderr)
    assert found is not None
    # An input, an output, its padded copy and the sums of four filters, and no second pair.
    output, padded, sums = 8 * 64, 8 * 100, 4 * (7 * 10 + 8)
    assert int(found[1]) <= 4 * (2 * output + padded + sums + 4 * 16)
    assert run(built, "test").returncode == 0


def test_arrays_of_one_time_do_not_overlap() -> None:
    lives = Lifetimes()
    for name, size, steps in (
        ("a", 5, (0, 2)),
        ("b", 40, (1, 1)),
        ("c", 7, (2, 4)),
        ("d", 3, (3, 5)),
    ):
        for step in steps:
            lives.use(name, size, step)
    plan = lives.plan(4)
    for name, one in lives.found.items():
        start = plan.offsets[name]
        assert start % 4 == 0
        assert start + one.size <= plan.size
        for other, two in lives.found.items():
            if other != name and one.meets(two):
                there = plan.offsets[other]
                assert start + one.size <= there or there + two.size <= start
    assert plan.size < 5 + 40 + 7 + 3


HOST = """
#include <stdint.h>
#include <stdio.h>
void cnn_forward(const float *input, float *scores);
void cnn_begin_anew(uint32_t seed);
float cnn_step(const float *inputs, const int *labels, int N, uint32_t step);
int main(void)
{
    float images[2 * 64], scores[10];
    const int labels[] = {3, 7};
    for (int k = 0; k < 128; k++)
        images[k] = (float)(k * 37 % 101) / 100;
    cnn_forward(images, scores);
    for (int k = 0; k < 10; k++)
        printf("%.9g ", (double)scores[k]);
    cnn_begin_anew(1);
    for (uint32_t step = 1; step <= 20; step++)
        printf("%.9g ", (double)cnn_step(images, labels, 2, step));
    return 0;
}
"""


def test_another_program_can_use_it(tmp_path: Path) -> None:
    net = digits_network()
    host = tmp_path / "host.c"
    host.write_text(HOST, encoding="utf-8")
    source = net.eject("c", training=True)
    built = compiled(tmp_path, source, "-DCNN_LIBRARY", str(host), real="float")
    numbers = [float(word) for word in run(built).stdout.split()]
    image = ((np.arange(64) * 37 % 101) / 100).astype(np.float32).reshape(1, 1, 8, 8)
    expected = net.forward(image)[0]
    # 9 and 36 products are added up, in two orders: each rounds as often, by 2^-24 of its size.
    assert np.abs(numbers[:10] - expected).max() <= 2 * (9 + 36) * 2**-24 * max(1, *abs(expected))
    assert numbers[-1] < numbers[10] / 2


READER = """
#define main program
#include "cnn.c"
#undef main
int main(int count, char **files)
{
    for (int f = 1; f < count; f++) {
        static unsigned char pixels[PIXELS];
        if (!read_picture(files[f], pixels))
            return 1;
        for (int k = 0; k < PIXELS; k++)
            printf("%d ", pixels[k]);
        printf("\\n");
    }
    return 0;
}
"""


@pytest.mark.parametrize("pads", [False, True], ids=["cut", "widened"])
@pytest.mark.parametrize("channels", [1, 3])
def test_it_reads_what_python_reads(channels: int, pads: bool, tmp_path: Path) -> None:
    _, description = programs(channels, pads)
    read = program(eject.write(description, "python"))["read_picture"]
    (tmp_path / "cnn.c").write_text(eject.write(description, "c"), encoding="utf-8")
    built = compiled_beside(tmp_path, READER)
    files = []
    for number, (height, width) in enumerate([*SIZES, (1, 5), (7, 1)]):
        image = drawn(height, width, color=number % 2 == 0)
        for kind in (plain, binary):
            files.append(tmp_path / f"{number}.{kind.__name__}")
            files[-1].write_bytes(kind(image))
    deep = (np.arange(48).reshape(8, 6) * 1300).astype(">u2")
    files.append(tmp_path / "deep.pgm")
    files[-1].write_bytes(b"P5\n6 8\n65535\n" + deep.tobytes())
    done = run(built, *files)
    found = [[int(word) for word in line.split()] for line in done.stdout.splitlines()]
    assert found == [read(str(file)) for file in files]


def compiled_beside(folder: Path, source: str) -> Path:
    """A program that includes the ejected one, in double precision."""
    file = folder / "host.c"
    file.write_text(source, encoding="utf-8")
    words = [compiler(), *STRICT, *WATCHED, "-DREAL=double"]
    words += [str(file), "-o", str(folder / "host"), "-lm"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "host"


def test_it_says_what_is_in_a_picture(tmp_path: Path) -> None:
    _, description = programs(1, False)
    built = compiled(tmp_path, eject.write(description, "c"), *WATCHED)
    file = tmp_path / "x.pgm"
    file.write_bytes(plain(drawn(20, 31, color=False)))
    done = run(built, "predict", file)
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line.split() for line in done.stdout.splitlines()]
    assert sorted(name for name, _ in lines) == ["0", "1", "2"]
    shares = [float(share.rstrip("%")) for _, share in lines]
    assert shares == sorted(shares, reverse=True)
    assert abs(sum(shares) - 100) <= 3 * 0.05 + 1e-9  # each is rounded to a tenth
    for content in (b"", b"P5", b"GIF89a 1 2 3", b"P5\n4 4\n255\nabc", b"P2\n1 1\n9\n10"):
        file.write_bytes(content)
        refused = run(built, "predict", file)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert refused.stderr.count("\n") == 1


def test_weights_can_be_kept_apart(tmp_path: Path) -> None:
    description = replace(describe(digits_network()), weights='the "weights"')
    source = eject.write(description, "c")
    assert "W_conv1[36] =" not in source
    built, file = compiled(tmp_path, source, *WATCHED, real="float"), tmp_path / 'the "weights"'
    content = eject.weights(description)
    file.write_bytes(content)
    assert run(built, "test").returncode == 0
    elsewhere = subprocess.run([built, "test"], cwd="/", capture_output=True, check=False)
    assert elsewhere.returncode == 0  # they lie beside the program
    for wrong in (b"", content[:-1], content + b"x"):
        file.write_bytes(wrong)
        done = run(built, "test")
        assert (done.returncode, done.stdout) == (1, "")
        assert "does not hold the weights" in done.stderr
    file.write_bytes(bytes(len(content)))
    assert run(built, "test").returncode == 1


def test_it_learns_and_keeps_what_it_has_learned(tmp_path: Path) -> None:
    built = compiled(tmp_path, eject.write(learning(LAYERS), "c"), "-O1", real="float")
    kept = tmp_path / "learned"
    done = run(built, "train", "--save", kept)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["epoch 1", "epoch 2", "epoch 3"]
    losses = [float(line.split()[3].rstrip(",")) for line in lines]
    assert losses[2] < losses[0] / 2
    assert int(lines[-1].split()[4]) > 15  # of 30; guessing finds 3
    on = run(built, "train", "--go-on", "--weights", kept).stdout.split()
    assert float(on[3].rstrip(",")) < losses[0] / 2
    assert run(built, "test", "--weights", kept).returncode == 1  # other weights, other scores


STEPS = """
#define main program
#include "cnn.c"
#undef main
int main(void)
{
    for (uint32_t step = 1; step <= 3; step++) {
        int at = 0;
        for (int a = 0; a < ARRAYS; a++) {
            for (int k = 0; k < LEARNED[a].count; k++)
                gradients[at + k] = cos((real)k + (real)step);
            at += LEARNED[a].count;
        }
        step_of_all(step);
    }
    for (int k = 0; k < LEARNED[0].count; k++)
        printf("%.17g ", LEARNED[0].numbers[k]);
    return 0;
}
"""


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=repr)
def test_three_steps_are_those_of_the_optimizer(optimizer: Any, tmp_path: Path) -> None:
    net = network([bl.Flatten(), bl.Dense(3)])
    description = describe(net, True, rule=rule_of(optimizer, 1, 4))
    (tmp_path / "cnn.c").write_text(eject.write(description, "c"), encoding="utf-8")
    found = run(compiled_beside(tmp_path, STEPS)).stdout
    value, state = np.array(net.parameters["dense1.weight"]), None
    for step in range(1, 4):
        gradient = np.cos(np.arange(value.size) + step).reshape(value.shape)
        change, state = optimizer.update(value, gradient, state)
        value = value + change
    # A step is a dozen operations, each of which rounds once.
    assert np.allclose(
        np.array(found.split(), float).reshape(value.shape), value, rtol=1e-13, atol=1e-14
    )
