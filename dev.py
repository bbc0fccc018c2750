#!/usr/bin/env python3
"""All that a developer of backlit does, each with one command that does its own set-up.

The first run creates a private virtual environment, `.venv`, in this folder and installs what the
command needs; later runs install again only when `pyproject.toml` has changed or a command needs
more.  Nothing has to be activated, and removing `.venv` takes everything back.
"""

import argparse
import hashlib
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - older versions have to parse this file
    sys.exit(
        "dev.py: backlit needs Python 3.11 or newer, and this is Python {}.{}; start dev.py with a "
        "newer one, for example: python3.12 dev.py".format(*sys.version_info)
    )

import tomllib
from collections.abc import Iterable, Iterator
from typing import Any

ROOT = Path(__file__).resolve().parent
PYPROJECT = ROOT / "pyproject.toml"
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "backlit-setup.json"  # what the last set-up installed, and from which pyproject.toml
UNFINISHED = ROOT / ".venv-unfinished"  # there while a set-up runs; left behind if it was cut off
NO_VENV = (
    "dev.py: this Python cannot make a virtual environment that has pip; install what it lacks "
    "(on Debian and Ubuntu: sudo apt install python3-venv) and run this again"
)

FRONT = ROOT / "tools" / "front"  # what checks the pages' JavaScript, with Node.js
FRONT_STAMP = FRONT / "node_modules" / "backlit-setup.json"  # the lock file that is installed

PYTEST = ["-m", "pytest", "--numprocesses=auto", "--dist=worksteal"]
COMMANDS = {
    # name: (dependency groups, what Python is to run, help)
    "demo": ((), ["-m", "backlit", "demo"], "train on handwritten digits, then explain one weight"),
    "test": (("test",), PYTEST, "run the tests (-k conv, -x, a path: as for pytest)"),
    "check": (("check",), [], "format, lint and types, also of the pages, then the tests"),
    "mutate": (("test",), ["-m", "tests.mutation"], "break the code on purpose: tests must notice"),
    "docs": (
        ("docs",),
        ["docs/build.py"],
        "check the pages (--update: renew them), then build site/",
    ),
    "bench": (("bench",), ["-m", "benchmarks"], "measure speed and accuracy"),
    "ci": ((), [], "everything that has to hold before a change is accepted"),
}
# What "passes" means, here, in .ci/run and on the servers: each step is a command of this file.
# The tests come last, so that their closing line is the last thing to be read.
PASSES = {
    "check": ["check", "--no-tests"],
    "docs": ["docs"],
    "mutate": ["mutate", "--only-changed"],  # below, the same tests run unchanged
    "widths": ["test", "--with", "torch", "-q", "-m", "widths"],
    # By now most kernels are compiled, so that lines need not be counted while Numba works.
    # Counting lines makes plain loops three times slower, so the longest proofs are left out of it,
    # and the tests of the project's own tools, which run no line of the package in this process.
    "coverage": [
        *("test", "--cov", "--cov-fail-under=97", "-q", "-m", "not torch and not widths"),
        *("--ignore=tests/pure/test_small_networks_exact.py", "--ignore=tests/docs"),
        *("--ignore=tests/mutation", "--ignore=tests/test_conftest.py"),
        *("--ignore=tests/test_dev.py", "--ignore=tests/test_packaging.py"),
        "--ignore=tests/check/test_pairs.py",
    ],
    "tests": ["test", "--with", "torch"],
}


def main(arguments: list[str]) -> int:
    """Set up what the command needs, run it, and return its exit status."""
    options, rest = parse(arguments)
    groups, program, _ = COMMANDS[options.command]
    if options.command == "ci":
        return passes(options.steps or list(PASSES), options.list)
    set_up({*groups, *options.groups})
    if options.command == "check":
        return check(options.fix, options.tests, rest)
    return run(str(PYTHON), *program, *rest)


def parse(arguments: list[str]) -> tuple[argparse.Namespace, list[str]]:
    """Split the command line into dev.py's own options and those that are passed on."""
    parser = argparse.ArgumentParser(
        prog="dev.py",
        description=__doc__,
        epilog="All other arguments are passed on: dev.py test -k conv, dev.py demo --help.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, (_, _, text) in COMMANDS.items():
        own_help = name == "ci"  # the others pass --help on to the program that they run
        command = commands.add_parser(name, help=text, add_help=own_help, allow_abbrev=False)
        command.add_argument(
            "--with", dest="groups", action="append", default=[], choices=dependency_groups()
        )
        if name == "check":
            command.add_argument("--fix", action="store_true")
            command.add_argument("--no-tests", dest="tests", action="store_false")
        elif name == "ci":
            command.add_argument("steps", nargs="*", metavar="STEP")
            command.add_argument("--list", action="store_true")
    parser.add_argument_group(
        "options after a command",
        "--with GROUP     install one more dependency group of pyproject.toml (test --with torch)\n"
        "--fix            check: mend format and lint where a tool can\n"
        "--no-tests       check: leave out the tests\n"
        "STEP             ci: run only these steps: " + ", ".join(PASSES) + "\n"
        "--list           ci: print the names of the steps as JSON and run none",
    )
    options, rest = parser.parse_known_args(arguments)
    unknown = [*(set(getattr(options, "steps", ())) - PASSES.keys())]
    if options.command == "ci" and (unknown or rest):
        parser.error("ci knows the steps " + ", ".join(PASSES) + ", not " + (unknown + rest)[0])
    if rest and not getattr(options, "tests", True):
        parser.error("without the tests, check takes no other arguments: " + " ".join(rest))
    return options, rest


def check(fix: bool, tests: bool, rest: list[str]) -> int:
    """Run every check even if one fails, and name those that did at the end."""
    steps = {
        "format": ["-m", "ruff", "format", *([] if fix else ["--check"])],
        "lint": ["-m", "ruff", "check", *(["--fix"] if fix else [])],
        "types": ["-m", "mypy"],
    }
    failed = [name for name, step in steps.items() if run(str(PYTHON), *step) != 0]
    failed += check_front(fix)
    if tests and run(str(PYTHON), *PYTEST, *rest) != 0:
        failed.append("tests")
    if failed:
        say("failed: " + ", ".join(failed))
    return 1 if failed else 0


def passes(steps: list[str], only_list: bool) -> int:
    """Run these steps of `PASSES` in its order, every one even if another fails."""
    if only_list:
        print(json.dumps(steps))
        return 0
    os.environ.setdefault("CI", "true")  # the tests take this as: nothing may be skipped
    failed = []
    for name, arguments in PASSES.items():
        if name in steps:
            print("\n== dev.py", *arguments, flush=True)
            command = [sys.executable, str(ROOT / "dev.py"), *arguments]
            if subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode != 0:
                failed.append(name)
    if failed:
        say("failed: " + ", ".join(failed))
    return 1 if failed else 0


def check_front(fix: bool) -> list[str]:
    """Check the pages' JavaScript, for which only `CI=true` demands Node.js; name what failed."""
    npm = shutil.which("npm") if shutil.which("node") else None
    if npm is None:
        say("the front end was not checked: that takes Node.js with npm, which is not installed")
        return ["front end"] if os.environ.get("CI") == "true" else []
    lock = FRONT / "package-lock.json"
    if not FRONT_STAMP.exists() or FRONT_STAMP.read_bytes() != lock.read_bytes():
        say("installing what checks the front end into tools/front/node_modules")
        if run(npm, "ci", "--prefix", str(FRONT)) != 0:  # which begins by removing what is there
            return ["front end"]
        shutil.copy(lock, FRONT_STAMP)
    steps = {"format": ["--write"], "lint": ["--fix"], "types": []}
    command = [npm, "run", "--silent", "--prefix", str(FRONT)]
    return [
        f"front end's {name}"
        for name, mending in steps.items()
        if run(*command, name, "--", *(mending if fix else [])) != 0
    ]


def run(*command: str) -> int:
    """Run a program in the project's folder; return its exit status."""
    process = subprocess.Popen(command, cwd=ROOT)
    # Whoever ends dev.py means the program that it runs.  Ctrl-C reaches that program anyway, which
    # may still have something to save.
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    while True:
        try:
            status = process.wait()
            return status if status >= 0 else 128 - status
        except KeyboardInterrupt:
            continue


def set_up(groups: set[str]) -> None:
    """Make `.venv` hold the package and these dependency groups, if it does not already."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        stamp = {"from": None, "groups": []}
    whole = PYTHON.exists() and not UNFINISHED.exists()
    if whole and stamp["from"] == fingerprint() and groups.issubset(stamp["groups"]):
        return
    UNFINISHED.touch()
    if whole and has_pip():
        groups = groups.union(dependency_groups().keys() & stamp["groups"])
    else:
        create()
    say("installing backlit and what this command needs into .venv")
    # Python compiles a module when it is first imported, and most never are.
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-compile", "--editable", str(ROOT)]
    command = [*pip, *requirements(sorted(groups))]
    failed = subprocess.run(command, env=pip_environment(), check=False).returncode != 0
    if not failed:
        stamp = {"from": fingerprint(), "groups": sorted(groups)}
        STAMP.write_text(json.dumps(stamp), encoding="utf-8")
    UNFINISHED.unlink()
    if failed:
        sys.exit("dev.py: pip could not install what is needed, for the reason above")


def fingerprint() -> str:
    """A hash of everything that makes another installation necessary when it changes."""
    parts = [PYPROJECT.read_bytes(), str(ROOT).encode(), str(sys.implementation.cache_tag).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def dependency_groups() -> dict[str, list[Any]]:
    """The table of that name in pyproject.toml: what only developers need (PEP 735)."""
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))
    return dict(project["dependency-groups"])


def requirements(groups: Iterable[str]) -> Iterator[str]:
    """What is to be installed for these groups and for those that they include."""
    for group in groups:
        for entry in dependency_groups()[group]:
            if isinstance(entry, dict):
                yield from requirements([entry["include-group"]])
            else:
                yield entry


def has_pip() -> bool:
    """Whether `.venv` works, has pip, and belongs to the version of Python that runs this."""
    program = "import pip, sys; print(sys.implementation.cache_tag)"
    answer = subprocess.run([PYTHON, "-c", program], capture_output=True, text=True, check=False)
    return answer.stdout.strip() == sys.implementation.cache_tag


def create() -> None:
    """Create `.venv` afresh, with the newest pip if this Python has a pip that fetches it.

    The one that comes with Python may be years old, and takes twice as long over what follows.
    """
    say(f"creating .venv with Python {platform.python_version()}")
    venv = [sys.executable, "-m", "venv", "--clear"]
    bare = [*venv, "--without-pip", str(VENV)]
    pip = [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--no-compile"]
    fetch = [*pip, "--retries", "0", "--timeout", "5", "pip"]  # there is another way
    problems = ""
    for steps in ((bare, fetch), ([*venv, str(VENV)],)):
        for step in steps:
            done = subprocess.run(
                step, env=pip_environment(), capture_output=True, text=True, check=False
            )
            if done.returncode != 0:
                problems += done.stdout + done.stderr
                break
        else:
            return
    sys.exit(problems + NO_VENV)


def pip_environment() -> dict[str, str]:
    """The user's settings for pip, except that nothing may go into the user's own folders."""
    return {**os.environ, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def say(text: str) -> None:
    """Tell what goes on, without mixing it into the output of the program that is run."""
    print("dev.py: " + text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        say("interrupted; the next run begins the set-up again")
        sys.exit(130)
