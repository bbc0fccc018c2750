"""Runs one kernel on NumPy arrays, outside any plan."""

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backlit.engines.fast.compiling.kernel import Kernel
from backlit.engines.fast.compiling.library import addresses


def run(kernel: Kernel, count: int, *arguments: NDArray[Any] | int) -> None:
    """Call a kernel for ``count`` units; arrays are passed as their addresses."""
    numbers = [count]
    for argument in arguments:
        if isinstance(argument, np.ndarray):
            assert argument.flags.c_contiguous
            numbers.append(argument.ctypes.data)
        else:
            numbers.append(argument)
    given = (ctypes.c_int64 * len(numbers))(*numbers)
    ctypes.CFUNCTYPE(None, ctypes.c_void_p)(addresses([kernel])[kernel])(ctypes.addressof(given))
