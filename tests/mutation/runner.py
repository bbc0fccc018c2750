"""Apply one mutation to a copy of the package, run the tests that must notice it, and judge.

A mutation counts as caught only if a test *fails by assertion*: a package that cannot be imported,
or a test that stops for another reason, would show nothing about what the test asserts.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tests.mutation.places import replaced

ROOT = Path(__file__).resolve().parents[2]
TIME_LIMIT = 600  # seconds; a mutation can also make a loop endless


@dataclass(frozen=True)
class Mutation:
    """One mistake, put into the package on purpose.

    How ``where``, ``form`` and ``nth`` find its place, :mod:`tests.mutation.places` tells.
    """

    mistake: str
    """What is done wrong, in words."""
    where: str
    """The function, class or constant that is changed."""
    form: str
    """The form of the piece that is changed."""
    mutant: str
    """What comes in its place."""
    tests: str
    """What has to turn red: paths for pytest, below the project's root, set apart by spaces."""
    nth: int | None = None
    """Which piece of this form, if the definition has several."""

    def mutated(self, source: Path) -> tuple[Path, str]:
        """The file below ``source`` that has the place, and its text with the mistake.

        Raises:
            DoesNotFitError: nothing there has this name and this form, or more than one thing.
        """
        return replaced(source / "backlit", self.where, self.form, self.mutant, self.nth)


def noticed_by(
    tests: str, *changes: tuple[str, str, str, str] | tuple[str, str, str, str, int]
) -> list[Mutation]:
    """Mutations that the same tests have to notice: mistake, where, form, mutant and maybe nth."""
    return [
        Mutation(mistake, where, form, mutant, tests, *nth)
        for mistake, where, form, mutant, *nth in changes
    ]


class Outcome(StrEnum):
    """What a run of the tests told."""

    CAUGHT = "caught"
    SURVIVED = "survived"
    BROKEN = "broken"
    """The tests stopped for another reason than an assertion, or did not run at all."""


@dataclass(frozen=True)
class Result:
    """The outcome, and what it rests on: the test that failed, or what went wrong."""

    outcome: Outcome
    detail: str


def judge(mutation: Mutation, root: Path = ROOT) -> Result:
    """Run the mutation's tests against a mutated copy of the package."""
    return _judge(mutation.tests, mutation, root)


def judge_unchanged(tests: str, root: Path = ROOT) -> Result:
    """The same without a mutation: has to survive, or a red test would prove nothing."""
    return _judge(tests, None, root)


def _judge(tests: str, mutation: Mutation | None, root: Path) -> Result:
    with tempfile.TemporaryDirectory(prefix="backlit-mutation-") as folder:
        source = Path(folder) / "src"
        shutil.copytree(root / "src", source)  # with what Python has compiled, times and all
        if mutation is not None:
            file, text = mutation.mutated(root / "src")
            changed = source / file.relative_to(root / "src")
            changed.write_text(text, encoding="utf-8")
            for compiled in (changed.parent / "__pycache__").glob(f"{changed.stem}.*"):
                compiled.unlink()
        verdict = Path(folder) / "verdict.json"
        try:
            output = _run_tests(tests, root, source, verdict)
        except subprocess.TimeoutExpired:
            return Result(Outcome.BROKEN, f"no end within {TIME_LIMIT} seconds")
        if not verdict.exists():
            return Result(Outcome.BROKEN, output.strip()[-2000:])
        return _read(json.loads(verdict.read_text(encoding="utf-8")), source)


def _run_tests(tests: str, root: Path, source: Path, verdict: Path) -> str:
    """Run pytest with the package taken from ``source``; what it printed.

    PyTorch is left out: the project's own tests have to notice without another implementation.
    """
    options = ["-x", "-q", "-m", "not torch", "-p", "no:cacheprovider"]
    plugin = ["-p", "tests.mutation.verdict", "--hypothesis-profile=mutation"]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(source), str(ROOT)]),
        "PYTHONDONTWRITEBYTECODE": "",  # what is compiled once makes the next start quicker
        "BACKLIT_VERDICT": str(verdict),
    }
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *plugin, *tests.split()],
        cwd=root,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=TIME_LIMIT,
        check=False,
    )
    return run.stdout


def _read(verdict: dict[str, str | int | None], source: Path) -> Result:
    """Judge by what the plugin in ``verdict.py`` wrote down."""
    package = str(verdict["package"])
    if not Path(package).is_relative_to(source.resolve()):
        return Result(Outcome.BROKEN, f"the tests ran against {package}, not against the copy")
    if verdict["failed"] is not None:
        return Result(Outcome.CAUGHT, str(verdict["failed"]))
    if verdict["broken"] is not None:
        return Result(Outcome.BROKEN, str(verdict["broken"]))
    if not verdict["passed"]:
        return Result(Outcome.BROKEN, f"no test ran: {verdict['skipped'] or 'none was chosen'}")
    return Result(Outcome.SURVIVED, f"all {verdict['passed']} tests passed")
