"""``backlit equations``: parse, ask the equations, print."""

from __future__ import annotations

import ast
from xml.etree import ElementTree

import pytest

from backlit.equations import OPERATIONS, RULES, operation
from backlit.equations.program import legend

from .conftest import CommandLine


def test_alone_it_lists_every_layer(backlit: CommandLine) -> None:
    result = backlit("equations")
    assert result.status == 0
    assert [line.split()[0] for line in result.out.splitlines()[1:]] == [*OPERATIONS, *RULES]
    document = backlit("equations", "--json").json
    assert document["operations"].keys() == OPERATIONS.keys()
    assert document["optimizers"].keys() == RULES.keys()


@pytest.mark.parametrize("name", [*OPERATIONS, *RULES])
def test_every_layer_and_optimizer_can_be_shown_in_every_form(
    name: str, backlit: CommandLine
) -> None:
    shown = operation(name, general=False)
    text = backlit("equations", name)
    assert text.status == 0
    assert shown.title in text.out
    assert max(map(len, text.out.splitlines())) <= 80
    latex = backlit("equations", name, "--format", "latex").out.splitlines()
    assert latex == [each.latex() for each in shown.equations()]
    programs = backlit("equations", name, "--format", "python").out
    assert programs.strip() == "\n\n".join(
        f"# {each}\n{legend(each)}\n{each.python()}" for each in shown.equations()
    )
    ast.parse(programs)
    for line in backlit("equations", name, "--format", "mathml").out.splitlines():
        assert ElementTree.fromstring(line).tag.endswith("math")
    document = backlit("equations", name, "--json").json
    assert document == backlit("equations", name, "--format", "json").json
    assert document.keys() == {
        *("name", "title", "forward", "gradients", "faces", "shapes", "letters", "notes"),
    }
    told = [*document["forward"], *document["gradients"].values(), *document["faces"].values()]
    assert {each["text"] for each in told} == {each.text() for each in shown.equations()}
    assert {each["python"] for each in told} == {each.python() for each in shown.equations()}


@pytest.mark.parametrize(
    ("typed", "options"),
    [
        (["--stride", "2", "--padding", "1"], {"stride": 2, "padding": 1}),
        (["--kernel-size", "3x5", "--padding", "same"], {"kernel_size": (3, 5), "padding": "same"}),
        (["--padding", "1x2", "--dilation", "2"], {"padding": (1, 2), "dilation": 2}),
        (["--groups", "4", "--no-bias"], {"groups": 4, "bias": False}),
        (["--padding", "valid"], {"padding": "valid"}),
    ],
)
def test_options_arrive(typed: list[str], options: dict[str, object], backlit: CommandLine) -> None:
    document = backlit("equations", "conv2d", *typed, "--json").json
    shown = operation("conv2d", general=False, **options)
    assert document["forward"][0]["text"] == shown.forward.text()
    assert document["gradients"]["input"]["text"] == shown.gradients["input"].text()
    assert ("bias" in document["gradients"]) == options.get("bias", True)


@pytest.mark.parametrize(
    ("name", "typed", "options"),
    [
        ("elu", ["--alpha", "0.5"], {"alpha": 0.5}),
        ("leaky_relu", ["--slope", "0.2"], {"slope": 0.2}),
        ("batch_norm2d", ["--evaluation", "--eps", "0.001"], {"training": False, "eps": 0.001}),
        ("dropout", ["--rate", "0.3"], {"rate": 0.3}),
        ("update", ["--learning-rate", "0.1"], {"learning_rate": 0.1}),
        ("adam", ["--learning-rate", "0.1"], {"learning_rate": 0.1}),
        (
            "avg_pool2d",
            ["--exclude-pad", "--padding", "1"],
            {"count_include_pad": False, "padding": 1},
        ),
    ],
)
def test_options_of_other_layers_arrive(
    name: str, typed: list[str], options: dict[str, object], backlit: CommandLine
) -> None:
    document = backlit("equations", name, *typed, "--json").json
    shown = operation(name, general=False, **options)
    assert [each["text"] for each in document["forward"]] == [each.text() for each in shown.steps]


@pytest.mark.parametrize(
    ("typed", "forward"),
    [
        (["conv2d"], "Y[n,o,i,j] = b[o] + Σ_{c,u,v} W[o,c,u,v] · X[n,c,i+u,j+v]"),
        (["conv2d", "--kernel-size", "5"], "Σ_{c,u,v} W[o,c,u,v] · X[n,c,i+u,j+v]"),
        (["conv2d", "--padding", "1"], "X[n,c,i+u−1,j+v−1]"),
        (["conv2d", "--dilation", "2"], "X[n,c,i+2u,j+2v]"),
        (["conv2d", "--groups", "2"], "X[n,g(o)·C_g+c,i+u,j+v]"),
        (["conv2d", "--general"], "X[n,g(o)·C_g+c,i·s+u·d−p,j·s+v·d−p]"),
        (["conv2d", "--general", "--stride", "2"], "X[n,g(o)·C_g+c,2i+u·d−p,2j+v·d−p]"),
        (["max_pool2d"], "Y[n,c,i,j] = max_{u,v} X[n,c,i·kH+u,j·kW+v]"),
        (["max_pool2d", "--kernel-size", "3"], "Y[n,c,i,j] = max_{u,v} X[n,c,3i+u,3j+v]"),
        (["max_pool2d", "--stride", "1"], "Y[n,c,i,j] = max_{u,v} X[n,c,i+u,j+v]"),
        (["avg_pool2d", "--padding", "1"], "X[n,c,i·kH+u−1,j·kW+v−1]"),
        (["avg_pool2d", "--general"], "X[n,c,i·s+u−p,j·s+v−p]"),
    ],
)
def test_the_plainest_case_and_what_is_asked_for(
    typed: list[str], forward: str, backlit: CommandLine
) -> None:
    assert forward in backlit("equations", *typed, "--json").json["forward"][0]["text"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["conv3d"], "did you mean conv2d"),
        (["adan"], "did you mean adam"),
        (["adam", "--stride", "2"], "adam has no option 'stride'"),
        (["perceptron"], "there is no operation 'perceptron'"),
        (["elu", "--stride", "2"], "elu has no option 'stride'"),
        *(
            (
                ["conv2d", f"--{option}", value],
                f"'--{option}': must be a whole number from 1 to 999,999,999, or two such as 8x6 "
                f"(rows x columns), got '{value}'",
            )
            for option in ("stride", "kernel-size", "dilation")
            for value in ("0", "-1", "0x1", "1x0", "2x", "1.5", "1234567890")
        ),
        *(
            (
                ["conv2d", "--padding", value],
                "must be a whole number from 0 to 999,999,999, two such as 1x2 (rows x columns), "
                f"same or valid, got '{value}'",
            )
            for value in ("-1", "1x-1", "1x", "0.5")
        ),
        (
            ["max_pool2d", "--kernel-size", "2", "--padding", "2"],
            "the padding must be smaller than the kernel",
        ),
        (["conv2d", "--padding", "most"], "same or valid"),
        (["conv2d", "--groups", "0"], "whole number of at least 1, got '0'"),
        (["conv2d", "--format", "word"], "latex"),
        (["--stride", "2"], "--stride is an option of a layer: name the layer"),
        (["dropout", "--rate", "1"], "below 1"),
    ],
)
def test_wrong_usage(arguments: list[str], says: str, backlit: CommandLine) -> None:
    result = backlit("equations", *arguments)
    assert result.status == 2
    assert says in result.sentence
    assert result.out == ""
