"""An operation's facts stand in few files, and CONTRIBUTING.md lists exactly these."""

import re
from pathlib import Path

import pytest

import backlit

PACKAGE = Path(backlit.__file__).parent
CONTRIBUTING = Path(__file__).resolve().parents[2] / "CONTRIBUTING.md"
MOST = 6

# How code may write each of them: hard_sigmoid, HardSigmoid, hardsigmoid, "hard sigmoid".
NAMES = {
    "ReLU6": r"relu_?6",
    "HardSigmoid": r"hard[_ -]?sigmoid",
    "HardSwish": r"hard[_ -]?swish",
    "Softplus": r"soft[_ -]?plus",
}
CODE = {".py", ".js", ".ts", ".css", ".html", ".json"}


def listed() -> set[str]:
    """The files that the guide lists for an activation."""
    guide = CONTRIBUTING.read_text(encoding="utf-8").split("**An activation**")[1]
    lines = guide.split("Name it in")[0]
    return set(re.findall(r"^\d+\. `([\w/]+\.py)`", lines, re.MULTILINE))


def mentioning(name: str) -> set[str]:
    """The files of the package that name an operation, in whatever spelling."""
    return {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*")
        if path.suffix in CODE
        and "vendor" not in path.parts
        and re.search(name, path.read_text(encoding="utf-8"), re.IGNORECASE)
    }


@pytest.mark.parametrize("name", NAMES)
def test_the_files_that_name_an_activation_are_those_that_the_guide_lists(name: str) -> None:
    found = mentioning(NAMES[name])
    assert found == listed()
    assert 1 < len(found) <= MOST


def test_what_stands_everywhere_would_be_noticed() -> None:
    assert len(mentioning("conv2d")) > MOST
