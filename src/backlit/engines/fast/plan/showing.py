"""A plan in words, for people: what is done, in which order, by whom, and in how much memory."""

from __future__ import annotations

from .memory import Memory, images_at_a_time
from .parts import Phase, Plan


def plan_text(plan: Plan, threads: int, chunk: int, image_count: int) -> str:
    """The stages of a plan and their steps, one a line, with the kernel that does each.

    Nothing is compiled for it.

    Args:
        plan: what is to be done.
        threads: how many do it.
        chunk: images that a thread takes through a phase at a time, at most.
        image_count: of the batch that it is shown for.
    """
    steps = sum(len(phase.steps) for phase in plan.phases)
    memory = Memory(plan, threads, images_at_a_time(chunk, image_count, threads), image_count)
    who, taken, apart = _count(threads, "thread"), memory.bytes / 1e6, memory.bytes_apart / 1e6
    lines = [
        f"{steps} steps with {len(plan.kernels)} kernels in {len(plan.stages)} stages for batches "
        f"of {image_count}, on {who}; {taken:.1f} MB of memory for tensors that would take "
        f"{apart:.1f} MB side by side"
    ]
    for number, stage in enumerate(plan.stages):
        conditional = plan.changed is not None and number == plan.PREPARE
        condition = ", if something has changed" if conditional else ""
        lines += ["", f"stage {number + 1}{condition}"]
        for phase in stage:
            lines.append(f"  {_who(phase, threads, chunk, image_count)}:")
            width = max(len(step.title) for step in phase.steps)
            lines += [f"    {step.title:<{width}}  {step.kernel.writer}" for step in phase.steps]
    return "\n".join(lines)


def _who(phase: Phase, threads: int, chunk: int, image_count: int) -> str:
    """How a phase is dealt out."""
    if phase.tasks:
        return "each step by one thread"
    if phase.each:
        return "every thread, for itself"
    if phase.units:
        return f"{phase.units} rows, dealt out to the threads"
    share, some = -(-image_count // threads), images_at_a_time(chunk, image_count, threads)
    return f"every thread for its images (at most {share}), {some} at a time"


def _count(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number} {noun}s"
