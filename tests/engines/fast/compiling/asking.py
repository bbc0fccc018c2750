"""Asking for kernels, in this process and in others."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from backlit.engines.fast.compiling.kernel import Kernel
from tests.engines.fast.running import run

# Kernels that no other test needs, so that none is in this process's memory already.
KERNELS = [Kernel.of("merging:copy", size=1000 + 4 * k, lanes=4) for k in range(12)]

# Adds two parts and prints the sum; and whether Numba was needed.
PROGRAM = """
import ctypes, sys
import numpy as np
from backlit.engines.fast.compiling.kernel import Kernel
from backlit.engines.fast.compiling.library import addresses
kernel = Kernel.of("partials:sum_of_parts", parts=2)
a, b, total = np.array([1, 2, 3], "f4"), np.array([10, 20, 30], "f4"), np.zeros(3, "f4")
given = (ctypes.c_int64 * 5)(1, *(x.ctypes.data for x in (total, a, b)), total.size)
ctypes.CFUNCTYPE(None, ctypes.c_void_p)(addresses([kernel])[kernel])(ctypes.addressof(given))
print(total.tolist(), "numba" in sys.modules)
"""


def works(kernel: Kernel) -> bool:
    """Whether one of these kernels copies as many numbers as it should, and no more."""
    size = dict(kernel.constants)["size"]
    zeros, numbers = np.zeros(2000, np.float32), np.ones(2000, np.float32)
    run(kernel, 1, zeros, numbers)
    return not numbers[:size].any() and bool(numbers[size:].all())


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
