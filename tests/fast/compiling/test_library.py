"""Kernels from the compiler, from the cache on disk, and from a cache that is not what it was."""

import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue

import numpy as np
import pytest

from backlit.fast.compiling import helpers, library
from backlit.fast.compiling.kernel import Kernel
from tests.fast.running import run

# Kernels that no other test needs, so that none is in this process's memory already.
KERNELS = [Kernel.of("partials:zero", count=1000 + k) for k in range(12)]

# Adds two parts and prints the sum; and whether Numba was needed.
PROGRAM = """
import ctypes, sys
import numpy as np
from backlit.fast.compiling.kernel import Kernel
from backlit.fast.compiling.library import addresses
kernel = Kernel.of("partials:sum_of_parts", count=3, parts=2)
a, b, total = np.array([1, 2, 3], "f4"), np.array([10, 20, 30], "f4"), np.zeros(3, "f4")
given = (ctypes.c_int64 * 4)(1, *(x.ctypes.data for x in (total, a, b)))
ctypes.CFUNCTYPE(None, ctypes.c_void_p)(addresses([kernel])[kernel])(ctypes.addressof(given))
print(total.tolist(), "numba" in sys.modules)
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and a process that remembers no kernel."""
    monkeypatch.setenv("BACKLIT_CACHE", str(tmp_path))
    monkeypatch.setattr(library, "_addresses", {})
    return tmp_path / "kernels"


def start(cache: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "BACKLIT_CACHE": str(cache.parent)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answer(process: "subprocess.Popen[str]") -> str:
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return out.strip()


def test_the_second_process_needs_no_compiler(cache: Path) -> None:
    assert answer(start(cache)) == "[11.0, 22.0, 33.0] True"
    assert len(list(cache.iterdir())) == 1
    assert answer(start(cache)) == "[11.0, 22.0, 33.0] False"


def test_two_processes_may_compile_at_once(cache: Path) -> None:
    processes = [start(cache) for _ in range(3)]
    assert {answer(process)[:18] for process in processes} == {"[11.0, 22.0, 33.0]"}
    (file,) = cache.iterdir()
    assert file.suffix == ".kernel"


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
def test_a_damaged_file_is_compiled_anew(cache: Path, damage: Callable[[bytes], bytes]) -> None:
    answer(start(cache))
    (file,) = cache.iterdir()
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    assert answer(start(cache)) == "[11.0, 22.0, 33.0] True"
    assert len(file.read_bytes()) == len(whole)
    assert answer(start(cache)) == "[11.0, 22.0, 33.0] False"


def test_a_cache_that_cannot_be_written_only_costs_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    monkeypatch.setenv("BACKLIT_CACHE", str(tmp_path / "file"))
    monkeypatch.setattr(library, "_addresses", {})
    monkeypatch.setattr("backlit.fast.compiling.notice._PATIENCE", 0)
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
            numbers = np.ones(2000, np.float32)
            run(kernel, 1, numbers)
            count = dict(kernel.constants)["count"]
            assert not numbers[:count].any()
            assert numbers[count:].all()

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
