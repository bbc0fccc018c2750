"""Nothing is skipped silently: every kind of skip is a skip at home and a failure in CI."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

OTHER_SYSTEM = "only on Linux" if sys.platform == "win32" else "only on Windows"
THIS_SYSTEM = "only on Windows" if sys.platform == "win32" else "only on POSIX"

# Name of a test module: (its code, the reason that has to be told).
SKIPS = {
    "call": ("def test(): pytest.skip('no luck')", "no luck"),
    "mark": ("@pytest.mark.skip(reason='no luck')\ndef test(): pass", "no luck"),
    "condition": ("@pytest.mark.skipif(True, reason='no luck')\ndef test(): pass", "no luck"),
    "data": ("def test(real_data): pass", "the real data sets are not there"),
    "torch": ("@pytest.mark.torch\ndef test(): pass", "python3 dev.py test --with torch"),
    "module": ("pytest.importorskip('no_such_package')", "no_such_package"),
    "unittest": (
        "import unittest\n"
        "class Test(unittest.TestCase):\n"
        "    def test(self): self.skipTest('no luck')",
        "no luck",
    ),
    "wrong_excuse": (f"def test(): pytest.skip('{THIS_SYSTEM}, they say')", THIS_SYSTEM),
}
ALLOWED = {
    "system": (f"def test(): pytest.skip('{OTHER_SYSTEM}: no such thing here')", OTHER_SYSTEM),
    "expected": ("@pytest.mark.xfail(reason='not yet')\ndef test(): assert False", "not yet"),
}
PASSES = """
from hypothesis import settings
def test():
    assert settings().derandomize == {in_ci} and settings().deadline is None
"""
# So that the tests mean the same where PyTorch is installed.
WITHOUT_TORCH = """
_find_spec = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "torch" else _find_spec(name, *rest)
"""


def run_project(folder: Path, in_ci: bool, *arguments: str) -> tuple[int, dict[str, str]]:
    """Run all of the above under the real ``conftest.py``; the exit status, and what came of each.

    What came of a module's only test is "passed", or begins with "skipped", "failure" or "error".
    """
    tests = folder / "tests"
    tests.mkdir(parents=True)
    conftest = Path(__file__).with_name("conftest.py").read_text(encoding="utf-8")
    (tests / "conftest.py").write_text(conftest + WITHOUT_TORCH, encoding="utf-8")
    modules = {name: code for name, (code, _) in (SKIPS | ALLOWED).items()}
    for name, code in (modules | {"passes": PASSES.format(in_ci=in_ci)}).items():
        (tests / f"test_{name}.py").write_text(f"import pytest\n{code}\n", encoding="utf-8")
    options = ["-W", "ignore::pytest.PytestUnknownMarkWarning", "-p", "no:cacheprovider"]
    status = subprocess.run(
        [sys.executable, "-m", "pytest", "--junitxml=report.xml", *options, *arguments],
        cwd=folder,
        env=os.environ | {"CI": "true" if in_ci else "", "PYTEST_ADDOPTS": ""},
        capture_output=True,
        check=False,
    ).returncode
    return status, dict(map(outcome, ElementTree.parse(folder / "report.xml").iter("testcase")))


def outcome(case: ElementTree.Element) -> tuple[str, str]:
    """The module's name, and what came of its test, with the reason."""
    names = f"{case.get('classname')} {case.get('name')}".replace(".", " ").split()
    name = next(part for part in names if part.startswith("test_")).removeprefix("test_")
    results = [f"{child.tag}: {child.get('message')} {child.text}" for child in case]
    return name, results[0] if results else "passed"


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, tuple[int, dict[str, str]]]:
    """In CI or not: the exit status and what came of each test."""
    folder = tmp_path_factory.mktemp("skips")
    everything = "--continue-on-collection-errors"
    return {
        in_ci: run_project(folder / f"ci-{in_ci}" / "project", in_ci, everything)
        for in_ci in (False, True)
    }


@pytest.mark.parametrize("name", SKIPS)
def test_a_skip_is_red_in_ci_and_keeps_its_reason(
    outcomes: dict[bool, tuple[int, dict[str, str]]], name: str
) -> None:
    at_home, in_ci = (outcomes[key][1][name] for key in (False, True))
    assert at_home.startswith("skipped")
    assert in_ci.startswith(("failure", "error"))
    assert SKIPS[name][1] in at_home
    assert SKIPS[name][1] in in_ci


@pytest.mark.parametrize("in_ci", [False, True])
def test_what_another_system_would_be_needed_for_may_be_skipped(
    outcomes: dict[bool, tuple[int, dict[str, str]]], in_ci: bool
) -> None:
    results = outcomes[in_ci][1]
    assert {name: results[name][:7] for name in ALLOWED} == dict.fromkeys(ALLOWED, "skipped")
    assert results["passes"] == "passed"


def test_the_session_is_red_in_ci_alone(
    outcomes: dict[bool, tuple[int, dict[str, str]]],
) -> None:
    assert {in_ci: outcomes[in_ci][0] for in_ci in outcomes} == {False: 0, True: 1}


def test_skips_are_red_with_several_workers(tmp_path: Path) -> None:
    status, results = run_project(
        tmp_path / "project", True, "-n", "2", "tests/test_call.py", "tests/test_system.py"
    )
    assert status == 1
    assert results["call"].startswith("failure")
    assert results["system"].startswith("skipped")


@pytest.mark.torch
def test_the_oracle_is_the_version_that_the_tests_were_written_for() -> None:
    import torch

    assert torch.__version__.partition("+")[0] == "2.13.0"


def test_the_real_data_have_the_expected_parts(real_data: Path) -> None:
    assert (real_data / "fashion_mnist").is_dir()
    assert (real_data / "cifar10_subset").is_dir()
