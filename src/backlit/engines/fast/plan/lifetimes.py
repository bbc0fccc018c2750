"""How long the numbers of a tensor are needed, so that others can have its memory before and after.

Time is counted in steps of the plan, in the order in which they stand there.  Within a stage
threads do not wait for each other, so one may be at its end while another is at its beginning.
What they share, or look up in each other's memory, is therefore needed for whole stages.  So is
what a thread sums up, as it comes back to it with every few images.  Only the numbers of the few
images that a thread takes through a phase at a time have an order of their own: they are needed
from the step that writes them to the last that reads them, and for the next images anew.  Scratch
is needed in its step alone.

No step may count on what it finds in a tensor that no step before it has written.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from .parts import Place, Plan, PlanTensor


@dataclass(frozen=True)
class Lifetime:
    """When a tensor is needed.

    Attributes:
        tensor: which.
        first: the first step that touches it, or that may run at the same time.
        last: the last one.
        own: whether each thread has one of its own.
        whole: whether it has room for the whole batch; else, if it holds numbers of images, for
            those that a thread takes at a time.
    """

    tensor: PlanTensor
    first: int
    last: int
    own: bool
    whole: bool


def lifetimes(plan: Plan) -> list[Lifetime]:
    """The lifetimes of all tensors of a plan that live in its memory."""
    wide = plan.batch_wide()
    found: dict[str, Lifetime] = {}
    end = 0
    for stage in plan.stages:
        steps = [step for phase in stage for step in phase.steps]
        begin, end = end, end + len(steps)
        for number, step in enumerate(steps, start=begin):
            for tensor in (operand.tensor for operand in step.operands):
                if tensor is not None and tensor.in_memory:
                    new = _during(tensor, tensor.name in wide, number, (begin, end - 1))
                    old = found.setdefault(tensor.name, new)
                    found[tensor.name] = replace(old, last=new.last)
    for name, each in found.items():
        if name in plan.kept:
            found[name] = replace(each, last=end - 1)
    return list(found.values())


def _during(tensor: PlanTensor, whole: bool, step: int, stage: tuple[int, int]) -> Lifetime:
    """The lifetime of a tensor that only this step of a stage touches."""
    few = tensor.place is Place.IMAGES and not whole
    ordered = few or tensor.place is Place.SCRATCH
    own = ordered or tensor.place is Place.PER_THREAD
    first, last = (step, step) if ordered else stage
    return Lifetime(tensor, first, last, own, whole)
