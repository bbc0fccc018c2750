"""The zoo: programs as people write them, right and wrong, and what is said about each."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest

import backlit
from backlit.check import Report
from backlit.errors import InputError
from tests.check.zoo.labels import RIGHT, TWO, WRONG, Program

pytestmark = pytest.mark.usefixtures("in_this_process")

ZOO = Path(__file__).parent / "zoo"


def read(program: Program) -> bool:
    return "torch" not in program.file


@cache
def network() -> backlit.Network:
    """What the zoo's whole networks are, too."""
    layers = [
        *(backlit.Conv2d(3, 3), backlit.ReLU(), backlit.MaxPool2d(2)),
        *(backlit.Flatten(), backlit.Dense(4)),
    ]
    return backlit.Network((2, 6, 6), layers, engine="pure", seed=1)


@cache
def report(file: str, function: str, operation: str) -> Report:
    """What a person sees: of the whole file, and if that is not enough, of the one function."""
    name = function.partition(".")[0]
    if operation == "network":
        return backlit.check(ZOO / file, function=name, network=network())
    try:
        found = backlit.check(ZOO / file)
    except InputError:
        return backlit.check(ZOO / file, function=name, operation=operation)
    if any(each.function == name for each in found.findings):
        return found
    more = backlit.check(ZOO / file, function=name, operation=operation)
    return Report([*found.findings, *more.findings])


def report_of(program: Program) -> Report:
    return report(program.file, program.function, program.operation)


def names_of(program: Program) -> set[str]:
    """The mistakes that were named, "described" for those without a name."""
    bad = [each for each in report_of(program).findings if each.verdict != "right"]
    return {name for each in bad for name in each.mistakes or ("described",)}


def is_named(program: Program) -> bool:
    """Whether nothing but the truth is said of it, and something is."""
    bad = [each for each in report_of(program).findings if each.verdict != "right"]
    understood = bad and all(each.verdict != "unknown" for each in bad)
    return bool(understood) and names_of(program) <= {*program.mistakes, *program.also}


# One in so many of each list; the others are checked together with what else takes minutes.
SHARE = 9


def parameters(programs: list[Program], share: int = SHARE) -> list[Any]:
    return [
        pytest.param(program, id=program.file, marks=() if k % share == 0 else pytest.mark.widths)
        for k, program in enumerate(filter(read, programs))
    ]


@pytest.mark.parametrize("program", parameters(RIGHT))
def test_no_right_program_is_refused(program: Program) -> None:
    assert [each.sentence for each in report_of(program).findings if each.verdict != "right"] == []


@pytest.mark.parametrize("program", parameters(WRONG))
def test_every_wrong_program_is_refused(program: Program) -> None:
    assert not report_of(program).ok


@pytest.mark.parametrize("share", [SHARE, pytest.param(1, marks=pytest.mark.widths)])
def test_mistakes_are_named_rightly_and_uniquely(share: int) -> None:
    programs = WRONG[::share]
    missed = [(each.file, names_of(each)) for each in programs if not is_named(each)]
    assert len(missed) <= len(programs) // 20, missed  # 57 of 60


@pytest.mark.parametrize("program", parameters(TWO, share=11))
def test_two_mistakes_are_named_as_two_or_described(program: Program) -> None:
    """One of the two alone would be no true answer, but of a network the first one is told."""
    assert not report_of(program).ok
    names = names_of(program)
    if program.operation == "network":
        assert "is the first on the way back" in report_of(program).findings[0].sentence
        assert names < set(program.mistakes)
        return
    assert names == set(program.mistakes) or names == {"described"}
