"""Weights are packed anew only when they have changed.

Anybody may write into a weight, and the engine is not told; but for a single image packing can take
longer than the convolution.  So a plan for inference begins with a look at the numbers that are
packed, and keeps a copy of them: only if a bit is another than in the last run are they packed
again.  It is the copy that is packed, so that what is packed was made of the very numbers that the
next look compares with, whoever writes into the weights meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from backlit.engines.fast.compiling.kernel import Kernel

from .parts import KernelCall, Operand, Phase, Place, PlanTensor, numbers

_NOTE = Kernel.of("changes:note_changes")


class Changes(NamedTuple):
    """What looks for changes.

    Attributes:
        look: the phase that does.
        flag: is set by it.
        prepare: the phase that is to be done if the flag is set.
        kept: the tensors that outlive a run.
    """

    look: Phase
    flag: PlanTensor
    prepare: Phase
    kept: frozenset[str]


def note_changes(prepare: Phase, sizes: Mapping[str, int]) -> Changes:
    """What looks whether a phase that prepares weights would still find the same ones.

    Args:
        prepare: the phase, whose steps read nothing from outside but parameters and statistics.
        sizes: how many numbers each of these has.
    """
    flag = PlanTensor("changed", Place.SHARED, 1, itemsize=8)
    look, kept = Phase(0, tasks=True), {flag.name}
    copies: dict[PlanTensor, PlanTensor] = {}
    for tensor in (operand.tensor for step in prepare.steps for operand in step.operands):
        if tensor is not None and tensor.place is Place.EXTERNAL and tensor not in copies:
            size = sizes[tensor.name]
            copies[tensor] = PlanTensor(f"{tensor.name}.before", Place.SHARED, size)
            arguments = Operand(tensor), Operand(copies[tensor]), Operand(flag), *numbers(size)
            look.steps.append(KernelCall(_NOTE, arguments, f"{tensor.name}: changed?"))
        if tensor is not None and tensor.place is Place.SHARED:
            kept.add(tensor.name)
    steps = [replace(step, operands=_of_copies(step.operands, copies)) for step in prepare.steps]
    kept |= {copy.name for copy in copies.values()}
    return Changes(look, flag, replace(prepare, steps=steps), frozenset(kept))


def _of_copies(
    operands: tuple[Operand, ...], copies: Mapping[PlanTensor, PlanTensor]
) -> tuple[Operand, ...]:
    """The same operands, read from the copies."""
    return tuple(
        replace(each, tensor=copies.get(each.tensor, each.tensor)) if each.tensor else each
        for each in operands
    )
