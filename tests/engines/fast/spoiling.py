"""Runners whose memory is full of NaN where nobody may count on what is in it."""

import ctypes
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from numpy.typing import NDArray

from backlit.engines.fast.compiling import library
from backlit.engines.fast.compiling.kernel import Kernel
from backlit.engines.fast.plan.arena import Packing, apart, together
from backlit.engines.fast.plan.layouts import SLACK
from backlit.engines.fast.plan.lifetimes import Lifetime, lifetimes
from backlit.engines.fast.plan.parts import KernelCall, Operand, Phase, Place, Plan
from backlit.engines.fast.plan.running import Runner
from backlit.engines.fast.threads import Team

_SPOIL = Kernel.of("test:spoil")


def spoil(arguments: int) -> None:
    """A kernel: count, address, bytes.  All bits are 1, which is NaN, or −1 as a whole number."""
    _, address, size = (ctypes.c_int64 * 3).from_address(arguments)
    ctypes.memset(address, 0xFF, size)


_CODE = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(spoil)


def addresses(kernels: Iterable[Kernel]) -> dict[Kernel, int]:
    """Where kernels are, :func:`spoil` among them: to be put in the place of the library's."""
    place = ctypes.cast(_CODE, ctypes.c_void_p).value
    assert place is not None
    return {**library.addresses(k for k in kernels if k is not _SPOIL), _SPOIL: place}


def spoiled(plan: Plan, chunk: int, capacity: int) -> Plan:
    """The plan with NaN in every tensor before and after its life, but what is kept."""
    lives = lifetimes(plan)

    def steps(number: int, when: str, chosen: Callable[[Lifetime], bool]) -> list[KernelCall]:
        found = [each for each in lives if getattr(each, when) == number and chosen(each)]
        if when == "last":
            found = [each for each in found if each.tensor.name not in plan.kept]
        return [_spoiling(each, capacity if each.whole else chunk) for each in found]

    def between(number: int, when: str) -> list[Phase]:
        shared = steps(number, when, lambda each: not each.own)
        own = steps(number, when, lambda each: each.tensor.place is Place.PER_THREAD)
        return [Phase(0, shared, tasks=True), Phase(0, own, each=True)]

    def around(number: int, step: KernelCall) -> list[KernelCall]:
        before, after = (steps(number, when, _of_few) for when in ("first", "last"))
        return [*before, step, *after]

    stages, number = [], 0
    for stage in plan.stages:
        begin, phases = number, []
        for phase in stage:
            new = []
            for step in phase.steps:
                new += around(number, step) if phase.over_images else [step]
                number += 1
            phases.append(Phase(phase.units, new, phase.tasks, phase.each))
        stages += [between(begin, "first"), phases, between(number - 1, "last")]
    stages = [[phase for phase in stage if phase.steps] for stage in stages]
    return Plan([stage for stage in stages if stage], plan.kept)


def _of_few(each: Lifetime) -> bool:
    return each.own and each.tensor.place is not Place.PER_THREAD


def _spoiling(each: Lifetime, images: int) -> KernelCall:
    tensor = each.tensor
    count = tensor.size * (images if tensor.place is Place.IMAGES else 1) + SLACK
    return KernelCall(
        _SPOIL, (Operand(tensor, step=0), Operand(None, count * tensor.itemsize)), "spoil"
    )


class Apart(Runner):
    """Tensors side by side, as plain as can be."""

    def __init__(self, plan: Plan, team: Team, chunk: int, capacity: int) -> None:
        super().__init__(plan, team, chunk, capacity, packing=apart)


class Filled(Runner):
    """Everything is NaN before a run."""

    def run(
        self,
        images: int,
        external: Mapping[str, NDArray[Any]],
        before_last: Callable[[], None] | None = None,
    ) -> None:
        self.memory.room[...] = 0xFF
        super().run(images, external, before_last)


class Spoiled(Runner):
    """Every tensor is NaN before and after its life."""

    packing: Packing = staticmethod(together)

    def __init__(self, plan: Plan, team: Team, chunk: int, capacity: int) -> None:
        chunk = max(1, min(chunk, -(-capacity // team.size)))
        plan = spoiled(plan, chunk, capacity)
        super().__init__(plan, team, chunk, capacity, self.packing)


class SpoiledApart(Spoiled):
    """The same side by side: what lives too short is seen for sure."""

    packing: Packing = staticmethod(apart)
