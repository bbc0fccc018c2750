"""The judge of mutations tells a failed assertion from everything else."""

import shutil
from pathlib import Path

import pytest

from tests.mutation.runner import ROOT, Mutation, Outcome, judge, judge_unchanged

KERNEL = '"""A toy."""\n\ndef double(x: int) -> int:\n    return x + x\n'
TESTS = {
    "asserts": "from backlit.toy import double\ndef test(): assert double(3) == 6",
    "asserts_nothing": "from backlit.toy import double\ndef test(): double(3)",
    "expects_an_error": (
        "import pytest\nfrom backlit.toy import double\n"
        "def test():\n    with pytest.raises(TypeError): double({})"
    ),
    "fails_in_set_up": (
        "import pytest\nfrom backlit.toy import double\n"
        "@pytest.fixture\ndef six():\n    assert double(3) == 6\n"
        "def test(six): pass"
    ),
    "is_skipped": (
        "import pytest\nfrom backlit.toy import double\n"
        "def test():\n    pytest.skip('no browser here')\n    assert double(3) == 6"
    ),
    "is_deselected": (
        "import pytest\nfrom backlit.toy import double\n"
        "@pytest.mark.torch\ndef test(): assert double(3) == 6"
    ),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package named backlit with one function, and one test file for each way to test it."""
    root = tmp_path_factory.mktemp("toy")
    package = root / "src" / "backlit"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "toy.py").write_text(KERNEL, encoding="utf-8")
    (root / "tests").mkdir()
    shutil.copy(ROOT / "pyproject.toml", root)
    shutil.copy(ROOT / "tests" / "conftest.py", root / "conftest.py")
    for name, code in TESTS.items():
        (root / "tests" / f"test_{name}.py").write_text(f"{code}\n", encoding="utf-8")
    return root


def change(mutant: str, test: str) -> Mutation:
    return Mutation("a toy", "double", "return $X + $X", mutant, f"tests/test_{test}.py")


@pytest.mark.parametrize(
    ("mutant", "test", "outcome"),
    [
        ("return x + x + 1", "asserts", Outcome.CAUGHT),
        ("return 6", "expects_an_error", Outcome.CAUGHT),
        ("return x * 2", "asserts", Outcome.SURVIVED),
        ("return x + x + 1", "asserts_nothing", Outcome.SURVIVED),
        ("return y", "asserts", Outcome.BROKEN),
        ("return return", "asserts", Outcome.BROKEN),
        ("return x + x + 1", "fails_in_set_up", Outcome.BROKEN),
        ("return x + x + 1", "is_deselected", Outcome.BROKEN),
        ("return x + x + 1", "does_not_exist", Outcome.BROKEN),
    ],
)
def test_outcomes(project: Path, mutant: str, test: str, outcome: Outcome) -> None:
    assert judge(change(mutant, test), project).outcome is outcome


def test_why_no_test_ran_is_told(project: Path) -> None:
    result = judge(change("return x + x + 1", "is_skipped"), project)
    assert result.outcome is Outcome.BROKEN
    assert "no browser here" in result.detail


def test_the_unchanged_package_survives(project: Path) -> None:
    assert judge_unchanged("tests/test_asserts.py", project).outcome is Outcome.SURVIVED
