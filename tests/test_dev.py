"""``dev.py`` in a toy project: it sets up what is missing, also after an accident, and no more."""

import ast
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import dev

DEV = Path(dev.__file__)
CREATING, INSTALLING = "dev.py: creating .venv", "dev.py: installing"

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[dependency-groups]
test = [{ include-group = "docs" }]
docs = []
other = []
check = []
wanting = ["no-such-package==1"]
"""
# A build backend that needs nothing, so that these tests need no network; it hangs when told to.
BACKEND = """
import pathlib, time, zipfile

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    while pathlib.Path("hang").exists():
        time.sleep(0.1)
    with zipfile.ZipFile(pathlib.Path(wheel_directory, "toy-1-py3-none-any.whl"), "w") as wheel:
        wheel.writestr("toy.pth", str(pathlib.Path.cwd()))
        info = "toy-1.dist-info/"
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: toy\\nVersion: 1\\n")
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\n")
        wheel.writestr(info + "RECORD", "")
    return "toy-1-py3-none-any.whl"
"""
# Stands for `python -m backlit`.
PROGRAM = """
import sys, time
try:
    print(sys.argv[1:], sys.prefix, flush=True)
    time.sleep(60 if "--wait" in sys.argv else 0)
except KeyboardInterrupt:
    time.sleep(1)  # longer than subprocess itself would wait
    print("saved")
    sys.exit(7)
sys.exit(3 if "--three" in sys.argv else 0)
"""
# Stands for npm: says how it is called, and fails at what the file "failing" names.
NPM = """
import pathlib, sys
command = [each for each in sys.argv[1:] if not each.startswith("/")]
print(*command, flush=True)
if command[0] == "ci":
    pathlib.Path("tools/front/node_modules").mkdir(exist_ok=True)
    pathlib.Path("tools/front/node_modules/backlit-setup.json").unlink(missing_ok=True)
failing = pathlib.Path("failing")
sys.exit(failing.exists() and failing.read_text() in command)
"""
NPM_RUNS = [f"run --silent --prefix {name} --" for name in ("format", "lint", "types")]

# For tests of what needs several groups, so that they are installed once.
EVERYTHING = ("--with", "check", "--with", "docs", "--with", "test")

posix = pytest.mark.skipif(os.name != "posix", reason="only on POSIX: signals and shell scripts")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the real ``dev.py``, in a folder whose name asks for care."""
    return make_project(tmp_path_factory.mktemp("toy") / "a clone, ä")


def make_project(folder: Path) -> Path:
    (folder / "backlit").mkdir(parents=True)
    shutil.copy(DEV, folder)
    (folder / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    (folder / "backend.py").write_text(BACKEND, encoding="utf-8")
    (folder / "backlit" / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    for tool in ("ruff.py", "mypy.py"):
        (folder / tool).touch()
    (folder / "tools" / "front").mkdir(parents=True)
    (folder / "tools" / "front" / "package-lock.json").write_text("{}", encoding="utf-8")
    return folder


def start(
    project: Path, *arguments: str, python: Path | None = None, **variables: str
) -> subprocess.Popen[str]:
    """Start ``dev.py`` in a process group of its own; ``python``: what it takes for its Python."""
    disguise = f"import runpy, sys; sys.executable = {str(python or sys.executable)!r}; sys.argv = "
    program = f"{disguise}{['dev.py', *arguments]}; runpy.run_path('dev.py', run_name='__main__')"
    bundled = Path(sysconfig.get_path("stdlib")) / "ensurepip" / "_bundled"
    wheels = sysconfig.get_config_var("WHEEL_PKG_DIR") or bundled  # the first: on Debian
    settings = {
        "PIP_NO_INDEX": "1",  # nothing is found but the pip that comes with Python
        "PIP_FIND_LINKS": str(wheels),
        "PIP_NO_BUILD_ISOLATION": "0",  # which is how one asks pip for none: nothing is needed
        "PIP_USER": "1",
        "PYTHONDONTWRITEBYTECODE": "",  # kept, compiled modules make pip start quicker
    }
    return subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=project,
        env=os.environ | settings | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )


def run(
    project: Path, *arguments: str, python: Path | None = None, **variables: str
) -> tuple[int, str, str]:
    """Run ``dev.py``: its exit status, standard output and standard error."""
    process = start(project, *arguments, python=python, **variables)
    output, errors = process.communicate(timeout=300)
    return process.returncode, output, errors


def test_a_command_runs_inside_its_own_environment(project: Path) -> None:
    shutil.rmtree(project / ".venv", ignore_errors=True)
    status, output, errors = run(project, "demo", "--seed", "1", "-k", "x", "--three")
    assert status == 3, errors
    assert output == f"['demo', '--seed', '1', '-k', 'x', '--three'] {project / '.venv'}\n"
    assert [line.startswith(CREATING) for line in errors.splitlines()] == [True, False]
    status, output, errors = run(project, "demo")
    assert (status, output, errors) == (0, f"['demo'] {project / '.venv'}\n", "")


def test_it_installs_again_only_what_a_change_asks_for(project: Path) -> None:
    run(project, "demo")
    with (project / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    for arguments, installs in [
        (["demo"], True),
        (["demo"], False),
        (["demo", "--with", "docs"], True),
        (["demo"], False),
        (["demo", "--with", "other"], True),
        (["demo", "--with", "docs"], False),
    ]:
        status, _, errors = run(project, *arguments)
        assert status == 0
        assert (INSTALLING in errors, CREATING in errors) == (installs, False)


@posix
def test_a_set_up_that_is_killed_half_way_is_repeated(project: Path) -> None:
    run(project, "demo")
    (project / "hang").touch()
    process = start(project, "demo", "--with", "test")
    assert process.stderr is not None
    assert INSTALLING in process.stderr.readline()
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    (project / "hang").unlink()
    status, _, errors = run(project, "demo")
    assert status == 0
    assert CREATING in errors


def test_what_cannot_be_installed_leaves_the_rest_alone(project: Path) -> None:
    run(project, "demo")
    status, output, errors = run(project, "demo", "--with", "wanting")
    assert (status, output) == (1, "")
    assert "no-such-package" in errors
    assert errors.endswith("pip could not install what is needed, for the reason above\n")
    assert run(project, "demo") == (0, f"['demo'] {project / '.venv'}\n", "")


def fake_python(folder: Path, refused: str) -> Path:
    """A Python that fails if its arguments look like ``refused``, a shell pattern."""
    path = folder / "python"
    path.write_text(
        f'#!/bin/sh\ncase "$*" in {refused}) echo "refused: $*" >&2; exit 1;; esac\n'
        f'exec "{sys.executable}" "$@"\n',
        encoding="utf-8",
    )
    path.chmod(0o755)
    return path


@posix
@pytest.mark.parametrize(
    "lacking", ['*"-m venv --clear /"*', '*"-m pip"*'], ids=["ensurepip", "pip"]
)
def test_an_environment_is_made_anew_also_without(
    project: Path, tmp_path: Path, lacking: str
) -> None:
    run(project, "demo")
    shutil.rmtree(project / ".venv" / "bin")
    status, output, errors = run(project, "demo", python=fake_python(tmp_path, lacking))
    assert (status, output) == (0, f"['demo'] {project / '.venv'}\n"), errors
    assert CREATING in errors
    assert run(project, "demo")[2] == ""


@posix
def test_without_any_pip_it_says_what_to_install(tmp_path: Path) -> None:
    project = make_project(tmp_path / "clone")
    status, _, errors = run(project, "demo", python=fake_python(tmp_path, "*"))
    assert status == 1
    assert "sudo apt install python3-venv" in errors.splitlines()[-1]
    assert errors.count("refused: -m venv") == 2  # with and without pip, and why it failed


@posix
def test_an_interrupted_program_may_finish_what_it_does(project: Path) -> None:
    run(project, "demo")
    process = start(project, "demo", "--wait")
    assert process.stdout is not None
    assert "--wait" in process.stdout.readline()
    os.killpg(process.pid, signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert (process.returncode, output) == (7, "saved\n")


@pytest.mark.parametrize(("ci", "expected"), [("", 0), ("true", 1)])
def test_without_nodejs_it_says_what_was_not_checked(
    project: Path, tmp_path: Path, ci: str, expected: int
) -> None:
    run(project, "demo", *EVERYTHING)
    status, output, errors = run(project, "check", "--no-tests", PATH=str(tmp_path), CI=ci)
    assert (status, output) == (expected, "")
    first, *rest = errors.splitlines()
    assert first.startswith("dev.py: the front end was not checked: that takes Node.js")
    assert rest == ["dev.py: failed: front end"] * expected


def test_every_step_of_what_has_to_pass_is_run_even_if_one_fails(project: Path) -> None:
    run(project, "demo", *EVERYTHING)
    (project / "docs").mkdir(exist_ok=True)
    build = project / "docs" / "build.py"
    build.write_text("print(input())", encoding="utf-8")  # nobody answers, so this fails
    status, output, errors = run(project, "ci", "mutate", "docs")
    assert status == 1
    headings = [line for line in output.splitlines() if line.startswith("== ")]
    assert headings == ["== dev.py docs", "== dev.py mutate --only-changed"]
    assert errors.splitlines()[-1] == "dev.py: failed: docs, mutate"  # there is no tests.mutation
    build.write_text("import os; print(os.environ['CI'])", encoding="utf-8")
    status, output, _ = run(project, "ci", "docs", CI="false")  # where a server lacks data sets
    assert (status, output.splitlines()[-1]) == (0, "false")


def test_what_has_to_pass_is_named_once() -> None:
    """The servers and ``.ci/run`` ask dev.py, and every step is a command that it has."""
    assert json.loads(run(DEV.parent, "ci", "--list")[1]) == list(dev.PASSES)
    assert all(arguments[0] in dev.COMMANDS for arguments in dev.PASSES.values())
    own = [DEV.parent / ".ci" / "run", *(DEV.parent / ".github" / "workflows").glob("*.yml")]
    commands = {path.name: re.findall(r"dev\.py (.+)", path.read_text("utf-8")) for path in own}
    assert commands["run"] == ["ci"]
    assert commands["ci.yml"][:2] == ['ci --list)" >> "$GITHUB_OUTPUT"', "ci ${{ matrix.name }}"]


@posix
def test_the_front_end_is_checked_with_what_its_lock_file_names(
    project: Path, tmp_path: Path
) -> None:
    run(project, "demo", *EVERYTHING)
    (tmp_path / "npm.py").write_text(NPM, encoding="utf-8")
    for program in ("node", "npm"):
        script = f'#!/bin/sh\nexec "{sys.executable}" "{tmp_path / "npm.py"}" "$@"\n'
        (tmp_path / program).write_text(script, encoding="utf-8")
        (tmp_path / program).chmod(0o755)

    def check(*arguments: str) -> tuple[int, list[str], str]:
        status, output, errors = run(
            project, "check", "--no-tests", *arguments, PATH=str(tmp_path), CI="true"
        )
        return status, output.splitlines(), (errors.splitlines() or [""])[-1]

    lock = project / "tools" / "front" / "package-lock.json"
    assert check()[:2] == (0, ["ci --prefix", *NPM_RUNS])
    assert check() == (0, NPM_RUNS, "")
    lock.write_text('{"lockfileVersion": 3}', encoding="utf-8")
    assert check()[:2] == (0, ["ci --prefix", *NPM_RUNS])
    for failing, named in [("lint", "front end's lint"), ("types", "front end's types")]:
        (project / "failing").write_text(failing, encoding="utf-8")
        assert check() == (1, NPM_RUNS, f"dev.py: failed: {named}")
    (project / "failing").unlink()
    mending = [f"{NPM_RUNS[0]} --write", f"{NPM_RUNS[1]} --fix", NPM_RUNS[2]]
    assert check("--fix") == (0, mending, "")
    lock.write_text("{}", encoding="utf-8")
    (project / "failing").write_text("ci", encoding="utf-8")
    assert check() == (1, ["ci --prefix"], "dev.py: failed: front end")
    (project / "failing").unlink()
    assert check()[:2] == (0, ["ci --prefix", *NPM_RUNS])


@pytest.mark.parametrize(
    "arguments",
    [
        *([], ["nonsense"], ["test", "--with", "nonsense"], ["check", "--no-tests", "-k", "x"]),
        *(["ci", "nonsense"], ["ci", "--nonsense"]),
    ],
)
def test_wrong_usage(project: Path, arguments: list[str]) -> None:
    status, output, errors = run(project, *arguments)
    assert (status, output) == (2, "")
    assert "error: " in errors.splitlines()[-1]


def test_the_help_tells_every_command(project: Path) -> None:
    status, output, _ = run(project, "--help")
    assert status == 0
    assert all(f"\n    {name} " in output for name in dev.COMMANDS)


def test_groups_include_others() -> None:
    needed = set(dev.requirements(["check"]))
    assert set(dev.requirements(["test"])) < needed
    assert any(requirement.startswith("ruff==") for requirement in needed)
    assert not any(requirement.startswith("torch") for requirement in needed)


def test_an_older_python_is_told_so_in_one_sentence() -> None:
    source = DEV.read_text(encoding="utf-8")
    ast.parse(source, feature_version=(3, 6))
    disguise = "import runpy, sys; sys.version_info = (3, 10, 13); "
    program = f"{disguise}runpy.run_path({str(DEV)!r}, run_name='__main__')"
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "needs Python 3.11 or newer, and this is Python 3.10" in answer.stderr
    assert len(answer.stderr.splitlines()) == 1
