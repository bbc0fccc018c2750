"""A process that compiles for another one: every line is answered, also one that makes no sense."""

import io
import sys
from types import SimpleNamespace

import pytest

from backlit.engines.fast.compiling import library, worker
from tests.engines.fast.compiling.asking import KERNELS


def test_each_line_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel, answers = KERNELS[0], io.BytesIO()
    lines = [f"{(kernel.writer, kernel.constants)!r}\n", "no kernel\n", "('no:writer', ())\n"]
    text = io.BytesIO("".join(lines).encode())
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=text))
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=answers))
    worker.main()
    answers.seek(0)
    code = answers.read(int.from_bytes(answers.read(worker.LENGTH), "little"))
    assert library._load(kernel, code)
    assert answers.read() == bytes(2 * worker.LENGTH)
