"""A plan with memory and threads: what really runs."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backlit.engines.fast.compiling.kernel import Kernel
from backlit.engines.fast.compiling.library import addresses
from backlit.engines.fast.threads import Team

from .arena import Packing, together
from .barrier import WAIT, Barrier
from .memory import Memory, images_at_a_time
from .parts import KernelCall, Operand, Phase, Place, Plan

CHUNK = 8  # images that a thread takes through the layers of a network at a time
_EXECUTE = Kernel.of("execute:execute")
_PASSING = {"images", "labels", "error"}  # arrays of one call
_Call = ctypes.CFUNCTYPE(None, ctypes.c_void_p)  # releases Python's lock while it runs


class Runner:
    """Memory for a plan, and the programs that the threads walk through.

    Args:
        plan: what is to be done.
        team: the threads.
        chunk: images that a thread takes through a phase at a time.
        capacity: images that there is room for.
        packing: gives tensors their places in memory.
    """

    def __init__(
        self, plan: Plan, team: Team, chunk: int, capacity: int, packing: Packing = together
    ) -> None:
        self.plan, self.team, self.capacity = plan, team, capacity
        self.chunk = images_at_a_time(chunk, capacity, team.size)
        self.memory = Memory(plan, team.size, self.chunk, capacity, packing)
        self._wide = plan.batch_wide()
        self._patches: dict[str, list[tuple[NDArray[np.int64], int, int]]] = {}
        self._bound: dict[str, NDArray[Any]] = {}
        code = addresses([*plan.kernels, _EXECUTE, WAIT])
        self._barrier = Barrier(team.size, code[WAIT])
        self._code = code
        self._execute = _Call(code[_EXECUTE])
        longest = max((len(s.operands) for p in plan.phases for s in p.steps), default=0)
        self._scratch = [np.zeros(longest + 1, np.int64) for _ in range(team.size)]
        self._stages = [
            [[self._program(phase, thread) for phase in stage] for thread in range(team.size)]
            for stage in plan.stages
        ]
        # One image is work for one thread; waking another would take longer than what it can do.
        own_parts = any(phase.each for phase in plan.phases)
        self._alone = [] if own_parts else self._whole(plan.stages)
        self._look = self._whole([plan.stages[plan.LOOK]] if plan.changed else [])
        self._changed = self.memory.array(plan.changed.name) if plan.changed else None
        self._prepared = False  # whether what is packed was made of the copies that are looked at

    def array(self, name: str, thread: int = 0) -> NDArray[Any]:
        """A tensor that is kept, as a row of numbers; others are overwritten when they are used."""
        return self.memory.array(name, thread)

    def run(
        self,
        image_count: int,
        external: Mapping[str, NDArray[Any]],
        before_last: Callable[[], None] | None = None,
    ) -> None:
        """Run all phases.

        Args:
            image_count: how many images the batch has, at most the capacity.
            external: the arrays of all external tensors, contiguous.
            before_last: called by this thread before the last stage.
        """
        for name, array in external.items():
            self._bind(name, array)
        for words, place, _ in self._patches.get("count", ()):
            words[place] = image_count
        first = self._first_stage()
        if image_count == 1 and self._alone:
            assert before_last is None  # a plan with an update has parts of its own
            self._do(self._alone[first:])
        else:
            stages = [
                [
                    self._job(programs, thread, image_count)
                    for thread, programs in enumerate(threads)
                ]
                for threads in self._stages[first:]
            ]
            if before_last is None:
                self._run_stages(stages)
            else:
                self._run_stages(stages[:-1])
                before_last()
                self._run_stages(stages[-1:])
        self._prepared = True

    def _run_stages(self, stages: list[list[Callable[[], None]]]) -> None:
        self.team.run(self._barrier.jobs(stages), self._barrier.give_up)

    def _first_stage(self) -> int:
        """Look whether weights have changed; the stage to begin with."""
        if self._changed is None:
            return 0
        self._changed[0] = 0
        prepared = self._prepared
        self._prepared = False  # until the end of a run that isn't cut off
        self._do(self._look)
        unchanged = prepared and not self._changed[0]
        return self.plan.PREPARE + 1 if unchanged else self.plan.PREPARE

    def _do(self, stages: list[list[_Program]]) -> None:
        """All of some stages, for one image, by this thread."""
        for programs in stages:
            for program in programs:
                self._execute(program.place)

    def alone(
        self, phase: Phase, step: KernelCall, image_count: int, external: Mapping[str, NDArray[Any]]
    ) -> Callable[[], None]:
        """One step by itself for the whole batch, for profiles; see :meth:`run`."""
        program = self._written(replace(phase, steps=[step]), [step], 0)
        self._bound.clear()
        self._prepared = False  # the step may be the one that looks for changes
        for name, array in external.items():
            self._bind(name, array)
        for words, place, _ in self._patches.get("count", ()):
            words[place] = image_count
        program.arguments[2:4] = 0, image_count if phase.over_images else phase.units or 1
        return lambda: self._execute(program.place)

    def _job(self, programs: list[_Program], thread: int, image_count: int) -> Callable[[], None]:
        """What a thread does in a stage."""
        places = []
        for program in programs:
            first, end = self._share(program.phase, thread, image_count)
            if first < end and program.steps:
                program.arguments[2:4] = first, end
                places.append(program.place)
        execute = self._execute

        def job() -> None:
            for place in places:
                execute(place)

        return job

    def _share(self, phase: Phase, thread: int, image_count: int) -> tuple[int, int]:
        """The units of a thread: from the first to behind the last."""
        if phase.tasks or phase.each:
            return 0, 1
        units = phase.units or image_count
        return units * thread // self.team.size, units * (thread + 1) // self.team.size

    def _bind(self, name: str, array: NDArray[Any]) -> None:
        if self._bound.get(name) is array:
            return
        self._bound.pop(name, None)
        patches = self._patches.get(name)
        if not patches:
            return
        begin = address(array)
        for words, place, offset in patches:
            words[place] = begin + offset
        # Only what belongs to the network stays where it is; the caller's own arrays may go, or
        # move when they are resized, and are not kept alive here.  The network's are views of one
        # row (FlatArrays), and so are told by not owning their memory.
        if not array.flags.owndata and name not in _PASSING:
            self._bound[name] = array

    def _whole(self, stages: list[list[Phase]]) -> list[list[_Program]]:
        """All of some stages, for one thread and one image."""
        found = [[self._written(phase, phase.steps, 0) for phase in stage] for stage in stages]
        for program in (program for programs in found for program in programs):
            program.arguments[2:4] = 0, program.phase.units or 1
        return found

    def _program(self, phase: Phase, thread: int) -> _Program:
        """What a thread does of a phase."""
        steps = phase.steps[thread :: self.team.size] if phase.tasks else phase.steps
        return self._written(phase, steps, thread)

    def _written(self, phase: Phase, steps: list[KernelCall], thread: int) -> _Program:
        length = sum(2 + 2 * len(step.operands) for step in steps)
        words = np.zeros(length, np.int64)
        place = 0
        for step in steps:
            words[place : place + 2] = self._code[step.kernel], len(step.operands)
            place += 2
            for operand in step.operands:
                words[place + 1] = self._stride(operand, phase)
                words[place] = self._base(operand, thread, words, place)
                place += 2
        chunk = self.chunk if phase.over_images else 1 << 40
        return _Program(phase, words, len(steps), chunk, self._scratch[thread])

    def _stride(self, operand: Operand, phase: Phase) -> int:
        """Bytes that an operand moves on for each unit."""
        tensor = operand.tensor
        if tensor is None:
            return operand.step or 0
        if operand.step is not None:
            return operand.step * tensor.itemsize
        if tensor.place is Place.IMAGES and phase.over_images:
            return tensor.size * tensor.itemsize if tensor.name in self._wide else 0
        return 0

    def _base(self, operand: Operand, thread: int, words: NDArray[np.int64], place: int) -> int:
        tensor = operand.tensor
        if tensor is None:
            return operand.offset
        offset = operand.offset * tensor.itemsize
        if not tensor.in_memory:
            self._patches.setdefault(tensor.name, []).append((words, place, offset))
            return 0
        owner = thread if operand.part is None else operand.part
        return self.memory.address(tensor, owner) + offset


class _Program:
    """One thread's part of a phase, as the executor reads it."""

    def __init__(
        self,
        phase: Phase,
        words: NDArray[np.int64],
        steps: int,
        chunk: int,
        scratch: NDArray[np.int64],
    ) -> None:
        self.phase, self.words, self.steps = phase, words, steps
        place = address(scratch)
        self.arguments = np.array([address(words), steps, 0, 0, chunk, place], np.int64)
        self.place = address(self.arguments)


def address(array: NDArray[Any]) -> int:
    """Where an array's numbers lie."""
    place: int = array.__array_interface__["data"][0]
    return place
