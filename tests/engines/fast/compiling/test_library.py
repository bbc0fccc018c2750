"""Kernels from the compiler, from the cache on disk, and from a cache that is not what it was."""

import ast
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

import backlit
from backlit.engines.fast.compiling import helpers, library
from backlit.engines.fast.compiling.kernel import SOURCES, Kernel, sources
from tests.engines.fast.compiling.asking import KERNELS, PROGRAM, answer, start, works
from tests.engines.fast.test_threads import Refusing, in_child

PACKAGE = Path(backlit.__file__).parent


def test_the_second_process_needs_no_compiler(cache: Path) -> None:
    assert answer(start(cache)) == "[11.0, 22.0, 33.0] True"
    assert len(list(cache.iterdir())) == 1
    assert answer(start(cache)) == "[11.0, 22.0, 33.0] False"


def test_numba_may_be_told_not_to_compile(cache: Path) -> None:
    environment = {**os.environ, "BACKLIT_CACHE": str(cache.parent)}
    command = [sys.executable, "-c", PROGRAM]
    told = {**environment, "NUMBA_DISABLE_JIT": "1"}
    refused = subprocess.run(command, env=told, capture_output=True, text=True, check=False)
    assert refused.stderr.splitlines()[-1].startswith(
        "backlit.errors.ConfigurationError: the fast engine cannot compile its kernels while "
        "NUMBA_DISABLE_JIT is set: "
    )
    answer(start(cache))
    used = subprocess.run(command, env=told, capture_output=True, text=True, check=True)
    assert used.stdout == "[11.0, 22.0, 33.0] False\n"  # what was compiled before can be used


def test_everything_that_kernels_are_made_of_is_in_their_key() -> None:
    hashed = set(sources())
    for pattern in SOURCES:
        assert hashed >= set(PACKAGE.glob(pattern)) > set()
    kernels = [path for path in hashed if path.parent.name in {"kernels", "simd"}]
    needed = set()
    for path in [*kernels, PACKAGE / "pure" / "window.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert node.level <= 1  # its own folder, of which everything is in the key
                if node.level == 0 and str(node.module).startswith("backlit."):
                    needed.add(PACKAGE.parent / f"{str(node.module).replace('.', '/')}.py")
    assert len(needed) > 5
    refusing = {PACKAGE / "errors.py", PACKAGE / "system" / "numbers.py"}  # change no kernel
    assert needed - hashed <= refusing


def test_a_helper_compiles_this_package_and_no_other_that_is_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started: list[Any] = []
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **options: started.append(options))
    helpers._start()
    path = started[0]["env"]["PYTHONPATH"].split(os.pathsep)[0]
    assert Path(path) == PACKAGE.parent


def test_a_file_under_the_wrong_name_does_not_reach_the_kernels_after_it(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "_engines", [])  # else they know these kernels from other tests
    (first, one), (second, other) = list(helpers.compiled(KERNELS[:2], 1))
    assert not library._load(first, other)
    assert library._load(first, one)
    assert library._load(second, other)
    for kernel in (first, second):
        assert works(kernel)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="only on POSIX: fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_fork_waits_until_another_thread_has_compiled(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiling, forking = threading.Event(), threading.Event()
    real = library._compile_now

    def compile_now(*arguments: Any) -> None:
        if threading.current_thread() is thread:
            compiling.set()
            assert forking.wait(300)
        real(*arguments)

    monkeypatch.setattr(library, "_compile_now", compile_now)
    os.register_at_fork(before=forking.set)  # called before those that were registered earlier
    thread = threading.Thread(target=library.addresses, args=[KERNELS[:1]])
    thread.start()
    assert compiling.wait(300)
    assert in_child(lambda: library.addresses(KERNELS[:2])) == 0
    thread.join()
    assert library.addresses(KERNELS[:1])[KERNELS[0]] > 0


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:-1],
        lambda content: content[:-9] + b"\0" * 9,
        lambda content: content + b"more",
        lambda content: b"x" + content[1:],
        lambda content: b"hello\n",
    ],
)
def test_a_damaged_file_is_compiled_anew(
    cache: Path, damage: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled: list[Kernel] = []
    real = helpers.compiled

    def noted(kernels: list[Kernel], processors: int) -> object:
        compiled.extend(kernels)
        return real(kernels, processors)

    monkeypatch.setattr(helpers, "compiled", noted)
    monkeypatch.setattr(library, "_engines", [])

    def compiles() -> bool:
        """Whether a process that has just begun has to compile the kernel, which works."""
        compiled.clear()
        library._addresses.clear()
        assert works(KERNELS[0])
        return compiled == KERNELS[:1]

    assert compiles()
    (file,) = cache.iterdir()
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    assert compiles()
    assert len(file.read_bytes()) == len(whole)
    assert not compiles()


def test_a_cache_that_cannot_be_written_only_costs_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("BACKLIT_CACHE", str(tmp_path / "file"))
    monkeypatch.setattr(library, "_addresses", {})
    monkeypatch.setattr("backlit.engines.fast.compiling.notice._PATIENCE", 0)
    assert library.addresses(KERNELS[:1])[KERNELS[0]] > 0
    assert "compiled 1 kernel in" in (err := capsys.readouterr().err)
    assert "the cache could not be written" in err
    assert (tmp_path / "file").read_text(encoding="utf-8") == "in the way"


def test_a_full_disk_leaves_nothing_half_written(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fdopen

    def full(descriptor: int, mode: str) -> object:
        file = real(descriptor, mode)

        def write(content: bytes) -> int:
            raise OSError(28, "No space left on device")

        class Full:
            def __enter__(self) -> "Full":
                return self

            def __exit__(self, *_: object) -> None:
                file.close()

        Full.write = staticmethod(write)  # type: ignore[attr-defined]
        return Full()

    monkeypatch.setattr(os, "fdopen", full)
    assert library.addresses(KERNELS[:1])[KERNELS[0]] > 0
    assert list(cache.iterdir()) == []


class TestHelpers:
    """Other processes may help; whatever becomes of them, every kernel is compiled once."""

    @pytest.fixture(autouse=True)
    def some(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Also where several workers test, which do without."""
        monkeypatch.setattr(helpers, "_MOST", 3)

    def compile(self, processors: int) -> dict[Kernel, bytes]:
        found = list(helpers.compiled(KERNELS, processors))
        assert sorted(k.key for k, _ in found) == sorted(k.key for k in KERNELS)
        return dict(found)

    def test_they_deliver_machine_code(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(library, "_addresses", {})
        pending: deque[Kernel] = deque(KERNELS)
        results: SimpleQueue[tuple[Kernel, bytes] | None] = SimpleQueue()
        helper = helpers.Helper(pending, results)
        found = dict(filter(None, (results.get(timeout=300) for _ in KERNELS)))
        helper.stop()
        assert found.keys() == set(KERNELS)
        for kernel, code in found.items():
            assert library._load(kernel, code)
            assert works(kernel)

    def test_one_whose_thread_cannot_be_started(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(threading, "Thread", Refusing)
        self.compile(2)

    def test_one_that_cannot_be_started(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse() -> None:
            raise OSError("no more processes")

        monkeypatch.setattr(helpers, "_start", refuse)
        self.compile(2)

    @pytest.mark.parametrize(
        "program", ["pass", "print('no', 'numba', 'here')", "import time; input(); print(5)"]
    )
    def test_one_that_delivers_nothing(self, program: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            helpers,
            "_start",
            lambda: subprocess.Popen(
                [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            ),
        )
        self.compile(3)
