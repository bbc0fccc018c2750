"""An optimizer's rule, compiled, applied to the rows of a network."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from .compiling.kernel import Kernel
from .compiling.library import addresses
from .kernels.sizes import RUN
from .simd.lanes import lanes
from .threads import Job, team

_EXECUTE = Kernel.of("execute:execute")
_Call = ctypes.CFUNCTYPE(None, ctypes.c_void_p)  # releases Python's lock while it runs
_FEW = 1 << 17  # numbers: for less than that, waking a thread takes longer than it saves
_WIDEST = 16  # lanes
Row = NDArray[np.float32]


class Updater:
    """Applies a kernel of :mod:`.kernels.optimizers` to rows of so many numbers.

    Args:
        writer: of the kernel.
        options: its constants, besides the lanes.
        size: numbers in a row, a multiple of :data:`.kernels.sizes.RUN`.
        states: rows that the optimizer keeps.
        numbers: numbers that it is given.
    """

    def __init__(
        self, writer: str, options: Mapping[str, bool], size: int, states: int, numbers: int
    ) -> None:
        kernel = Kernel.of(f"optimizers:{writer}", lanes=lanes(), **options)
        code = addresses([kernel, _EXECUTE])
        self._team, self._execute = team(), _Call(code[_EXECUTE])
        parts = self._team.size if size >= _FEW else 1
        self._numbers = np.zeros(numbers, np.float32)
        self._finite = np.zeros((parts, _WIDEST), np.float32)
        operands = 5 + 2 * states
        self._programs = np.zeros((parts, 2 + 2 * operands), np.int64)
        self._programs[:, :2] = code[kernel], operands
        self._programs[:, 3::2] = 4 * RUN  # bytes that an operand moves on for each unit
        self._programs[:, (9, 11)] = 0
        self._scratch = np.zeros((parts, 1 + operands), np.int64)
        self._arguments = np.array(
            [self._part(part, parts, size // RUN) for part in range(parts)], np.int64
        )
        self._jobs = [self._job(part) for part in range(parts)]

    def __call__(
        self,
        weights: Row,
        gradients: Row,
        new: Row,
        numbers: Sequence[float],
        state: Sequence[tuple[Row, Row]],
    ) -> bool:
        """Write new weights and new states; whether all of them are finite.

        Args:
            weights: of the network.
            gradients: of the loss.
            new: where the new weights are written to.
            numbers: what the kernel's docstring names.
            state: each row of the optimizer's state, and where what becomes of it is written to.
        """
        self._numbers[...] = numbers
        rows = [weights, gradients, new, self._finite[0], self._numbers]
        rows += [row for pair in state for row in pair]
        for part, program in enumerate(self._programs):
            rows[3] = self._finite[part]
            program[2::2] = [_address(row) for row in rows]
        self._team.run(self._jobs)
        return not self._finite.any()  # NaN counts as something

    def _part(self, part: int, parts: int, units: int) -> list[int]:
        """The executor's arguments: program, its steps, first unit, end, units at a time, room."""
        first, end = (units * k // parts for k in (part, part + 1))
        program, scratch = _address(self._programs[part]), _address(self._scratch[part])
        return [program, 1, first, end, max(1, end - first), scratch]

    def _job(self, part: int) -> Job:
        place = _address(self._arguments[part])
        return lambda: self._execute(place)


def _address(array: NDArray[np.float32] | NDArray[np.int64]) -> int:
    place: int = array.__array_interface__["data"][0]
    return place
