"""What a plan is made of: tensors, steps that work on them, and phases of steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar

from backlit.engines.fast.compiling.kernel import Kernel


class Place(Enum):
    """Where a tensor lives, and so who sees it."""

    IMAGES = "images"  # numbers of every image of the batch; or of those of a thread's chunk
    SHARED = "shared"  # one for all threads: packed weights, statistics
    PER_THREAD = "per thread"  # one for each thread: its part of a gradient
    SCRATCH = "scratch"  # one for each thread, and of no use after the step that has it
    EXTERNAL = "external"  # an array that is given with each call: parameters, images, labels
    NUMBER = "number"  # a plain number that is given with each call


@dataclass(frozen=True)
class PlanTensor:
    """A piece of memory.

    Attributes:
        name: unique in the plan, such as "conv1", "conv1.error" or "conv1.weight.packed".
        place: where it lives.
        size: numbers in all, or of one image where there is one for each.
        itemsize: bytes of a number.
    """

    name: str
    place: Place
    size: int
    itemsize: int = 4

    @property
    def in_memory(self) -> bool:
        """Whether it lives in the memory of the plan."""
        return self.place not in (Place.EXTERNAL, Place.NUMBER)


@dataclass(frozen=True)
class Operand:
    """An argument of a kernel: an address in a tensor that may move with the units, or a number.

    Attributes:
        tensor: where the address is; None for a plain number.
        offset: items from its beginning; or the number.
        step: items for each unit; None for the tensor's own (an image, or none).
        part: for :attr:`Place.PER_THREAD`, whose: None for the own one.
    """

    tensor: PlanTensor | None
    offset: int = 0
    step: int | None = None
    part: int | None = None


FIRST = Operand(None, 0, 1)  # the number of the first unit of a call
COUNT = Operand(PlanTensor("count", Place.NUMBER, 0))  # how many images the batch has


def numbers(*values: int) -> list[Operand]:
    """Plain numbers as operands, such as sizes that a kernel is told with each call."""
    return [Operand(None, value) for value in values]


@dataclass(frozen=True)
class KernelCall:
    """One kernel with its operands, done for some units at a time."""

    kernel: Kernel
    operands: tuple[Operand, ...]
    title: str  # for people: "conv1 forward"


@dataclass
class Phase:
    """Steps that a thread can do from begin to end without waiting for another.

    Attributes:
        units: what is dealt out to the threads: 0 for the images of the batch, else a number, such
            as the rows of a weight matrix.
        steps: done in this order for a few units at a time.
        tasks: whether it is the steps that are dealt out, one unit each.
        each: whether every thread does all steps once, on what is its own.
    """

    units: int
    steps: list[KernelCall] = field(default_factory=list)
    tasks: bool = False
    each: bool = False

    @property
    def over_images(self) -> bool:
        """Whether the images of the batch are dealt out."""
        return not (self.units or self.tasks or self.each)


@dataclass
class Plan:
    """Everything that is to be done, in order.

    Attributes:
        stages: phases that do not depend on what another thread does in the same stage; the
            threads wait for each other between stages.
        kept: tensors that are looked at from outside.
        changed: a flag that stage :attr:`LOOK` sets if stage :attr:`PREPARE` has to be done again;
            None if all stages are always done.
    """

    stages: list[list[Phase]]
    kept: frozenset[str]
    changed: PlanTensor | None = None

    # The first stages of a plan that has `changed`.
    LOOK: ClassVar[int] = 0  # sets the flag
    PREPARE: ClassVar[int] = 1  # is left out while the flag is not set

    @property
    def phases(self) -> list[Phase]:
        """All phases, in order."""
        return [phase for stage in self.stages for phase in stage]

    @property
    def kernels(self) -> list[Kernel]:
        """Every kernel that is needed, once each."""
        return list(dict.fromkeys(step.kernel for phase in self.phases for step in phase.steps))

    def batch_wide(self) -> frozenset[str]:
        """The tensors of images that more than one phase sees: they need room for the batch."""
        seen: dict[str, set[int]] = {}
        for number, phase in enumerate(self.phases):
            for step in phase.steps:
                for operand in step.operands:
                    tensor = operand.tensor
                    if tensor is not None and tensor.place is Place.IMAGES:
                        # Other units than images see all images at once.
                        key = number if phase.over_images else -1 - number
                        seen.setdefault(tensor.name, set()).add(key)
        wide = {name for name, numbers in seen.items() if len(numbers) > 1 or min(numbers) < 0}
        return frozenset(wide | self.kept)
