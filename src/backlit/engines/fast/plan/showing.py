"""A plan in words, for people: what is done, in which order, by whom, and in how much memory."""

from __future__ import annotations

from .parts import Phase
from .running import Runner


def plan_text(runner: Runner, image_count: int) -> str:
    """The stages of a plan and their steps, one a line, with the kernel that does each.

    Args:
        runner: the plan with its memory.
        image_count: of the batch that it is shown for.
    """
    plan, threads = runner.plan, _count(runner.team.size, "thread")
    steps = sum(len(phase.steps) for phase in plan.phases)
    memory = runner.memory
    lines = [
        f"{steps} steps with {len(plan.kernels)} kernels in {len(plan.stages)} stages for batches "
        f"of {image_count}, on {threads}; {memory.bytes / 1e6:.1f} MB of memory for tensors that "
        f"would take {memory.bytes_apart / 1e6:.1f} MB side by side"
    ]
    for number, stage in enumerate(plan.stages):
        conditional = plan.changed is not None and number == plan.PREPARE
        condition = ", if something has changed" if conditional else ""
        lines += ["", f"stage {number + 1}{condition}"]
        for phase in stage:
            lines.append(f"  {_who(phase, runner, image_count)}:")
            width = max(len(step.title) for step in phase.steps)
            lines += [f"    {step.title:<{width}}  {step.kernel.writer}" for step in phase.steps]
    return "\n".join(lines)


def _who(phase: Phase, runner: Runner, image_count: int) -> str:
    """How a phase is dealt out."""
    if phase.tasks:
        return "each step by one thread"
    if phase.each:
        return "every thread, for itself"
    if phase.units:
        return f"{phase.units} rows, dealt out to the threads"
    share = -(-image_count // runner.team.size)
    return f"every thread for its images (at most {share}), {runner.chunk} at a time"


def _count(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number} {noun}s"
