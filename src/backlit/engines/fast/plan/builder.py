"""Collects the steps of a plan, and makes the plan of them.

The rules of the layers (:mod:`.rules`) say what they need; the builder knows where tensors are, who
still waits for an error, and in which phase a step belongs.  :mod:`.collecting` walks through the
layers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from typing import Any

from backlit.engines.fast.compiling.kernel import Kernel
from backlit.network.graph import Graph, Node

from .changes import note_changes
from .layouts import Layout, whole_vectors
from .parts import KernelCall, Operand, Phase, Place, Plan, PlanTensor, numbers
from .update import CompiledUpdate

Bend = tuple[str, float]  # an activation, as its layer's `function` names it


@dataclass(frozen=True)
class Value:
    """A layer's output, or the error of it: where it is, and how it lies there."""

    tensor: PlanTensor
    layout: Layout

    @property
    def operand(self) -> Operand:
        """The first of its images that a call works on."""
        step = self.tensor.size if self.tensor.place is Place.EXTERNAL else None
        return Operand(self.tensor, step=step)


@dataclass(frozen=True)
class PlanPurpose:
    """What a plan is for.

    Attributes:
        training: whether layers behave as in training.
        gradients: whether there is a backward pass.
        everything: whether every activation and every error is kept, the input's included.
        update: what is done with the gradients at the end, if anything is.
    """

    training: bool
    gradients: bool
    everything: bool = False
    update: CompiledUpdate | None = None

    @property
    def inference(self) -> bool:
        """Whether the network is only used, so that its weights hardly ever change."""
        return not (self.training or self.gradients)


@dataclass
class Fusions:
    """Which activations are computed by another layer; :mod:`.fusion` finds them.

    Attributes:
        after: layer -> the activation that it applies to its own output.
        pooled: max pool -> the activation that it applies to its maxima.
        guests: activations that another layer does -> that layer.
    """

    after: dict[str, Bend] = field(default_factory=dict)
    pooled: dict[str, Bend] = field(default_factory=dict)
    guests: dict[str, str] = field(default_factory=dict)


class Builder:
    """Collects the steps of a plan.

    Args:
        graph: the network.
        purpose: what it is to do.
        lanes: of the vectors.
        threads: how many will work.
        fusions: which layers are computed together.
    """

    def __init__(
        self, graph: Graph, purpose: PlanPurpose, lanes: int, threads: int, fusions: Fusions
    ) -> None:
        self.graph, self.purpose = graph, purpose
        self.lanes, self.threads = lanes, threads
        self.values: dict[str, Value] = {}
        self.errors: dict[str, Value] = {}
        self.fusions = fusions
        self._trained = graph.trained_upstream()
        self._prepare = Phase(0, tasks=True)
        self._clear = Phase(0, each=True)
        self._finish = Phase(0, tasks=True)
        self._phases = [Phase(0)]
        self._rows: list[Phase] = []
        self._last: list[Phase] = []
        self._kept: set[str] = set()
        self._scratches = 0

    def plan(self) -> Plan:
        """Everything that was collected, in order."""
        first, last = [self._prepare, self._clear], [*self._rows, self._finish]
        stages = [first, *([phase] for phase in self._phases), last, self._last]
        if self.purpose.everything:
            shown = [*self.values.values(), *self.errors.values()]
        else:
            shown = [self.values[self.graph.output]]
        kept = self._kept | {value.tensor.name for value in shown}
        changed = None
        if self.purpose.inference and self._prepare.steps:
            changes = note_changes(self._prepare, self._sizes())
            assert not self._clear.steps  # as long as nothing has changed it would be left out, too
            stages = [[changes.look], [changes.prepare], *stages[1:]]
            changed = changes.flag
            kept |= changes.kept
        stages = [[phase for phase in stage if phase.steps] for stage in stages]
        return Plan([stage for stage in stages if stage], frozenset(kept), changed)

    # --- where things are ------------------------------------------------------------------------

    def layout(self, name: str) -> Layout:
        """How a layer's output lies in memory."""
        return Layout.of(self.graph.shape(name), self.lanes)

    def new_value(self, name: str, layout: Layout, suffix: str = "") -> Value:
        """Room for a layer's output, or for something of the same kind."""
        tensor = PlanTensor(name + suffix, Place.IMAGES, layout.size)
        return Value(tensor, layout)

    def output(self, node: Node) -> Value:
        """Room for the output of a layer, which is known by its name from now on."""
        value = self.new_value(node.name, self.layout(node.name))
        self.values[node.name] = value
        return value

    def input(self, node: Node, place: int = 0) -> Value:
        """What a layer reads."""
        return self.values[node.inputs[place]]

    def error(self, node: Node) -> Value:
        """The error of a layer's output, complete."""
        return self.errors[node.name]

    def needs_error(self, name: str) -> bool:
        """Whether somebody wants to know the error of an output."""
        return self.purpose.everything or name in self._trained

    def error_of_input(self, node: Node, place: int = 0) -> tuple[Value, bool] | None:
        """Room for the error of what a layer reads, and whether to add to what is there.

        None if nobody needs it.
        """
        name = node.inputs[place]
        if not self.needs_error(name):
            return None
        there = name in self.errors
        if not there:
            self.errors[name] = self.new_value(name, self.values[name].layout, ".error")
        return self.errors[name], there

    def parameter(self, node: Node, name: str, step: int = 0, offset: int = 0) -> Operand:
        """A parameter or a running statistic, in its public order."""
        return self.external(f"{node.name}.{name}", step, offset)

    def gradient(self, node: Node, name: str, step: int = 0) -> Operand:
        """Where the gradient of a parameter is wanted."""
        return self.external(f"{node.name}.{name}.gradient", step)

    def external(self, name: str, step: int = 0, offset: int = 0, itemsize: int = 4) -> Operand:
        """An array that is given with each call."""
        return Operand(PlanTensor(name, Place.EXTERNAL, 0, itemsize), offset, step)

    def shared(self, name: str, size: int) -> Operand:
        """Memory that all threads share."""
        return Operand(PlanTensor(name, Place.SHARED, size))

    def per_thread(self, name: str, size: int) -> Operand:
        """Memory that each thread has for itself."""
        return Operand(PlanTensor(name, Place.PER_THREAD, size))

    def scratch(self, size: int) -> Operand:
        """Memory that each thread has for itself, for one step; what is in it may be anything."""
        self._scratches += 1
        return Operand(PlanTensor(f"scratch.{self._scratches}", Place.SCRATCH, size))

    def keep(self, operand: Operand) -> None:
        """Somebody outside looks at this memory after a run, so nothing may overwrite it."""
        assert operand.tensor is not None
        self._kept.add(operand.tensor.name)

    def parts(self, own: Operand) -> list[Operand]:
        """Every thread's, one after the other."""
        return [Operand(own.tensor, own.offset, part=k) for k in range(self.threads)]

    def _sizes(self) -> dict[str, int]:
        """How many numbers every parameter and running statistic has."""
        arrays = self.graph.parameter_shapes | self.graph.buffer_shapes
        return {name: prod(shape) for name, shape in arrays.items()}

    # --- what is done ----------------------------------------------------------------------------

    def kernel(self, writer: str, **constants: Any) -> Kernel:
        """A kernel for vectors of this width, or of the ``lanes`` among the constants."""
        return Kernel.of(writer, **{"lanes": self.lanes, **constants})

    def prepare(self, title: str, kernel: Kernel, *operands: Operand) -> None:
        """A step that is done once, before the images."""
        self._prepare.steps.append(KernelCall(kernel, operands, title))

    def clear(self, title: str, own: Operand) -> None:
        """Every thread's part of a sum begins at 0."""
        assert own.tensor is not None
        operands = own, *numbers(own.tensor.size)
        self._clear.steps.append(KernelCall(Kernel.of("partials:zero"), operands, title))

    def add(self, title: str, kernel: Kernel, *operands: Operand) -> None:
        """A step for the images of a thread."""
        self._phases[-1].steps.append(KernelCall(kernel, operands, title))

    def between(self, title: str, kernel: Kernel, *operands: Operand) -> None:
        """A step for which all images must have come so far; none goes on before it is done."""
        self._phases += [Phase(0, [KernelCall(kernel, operands, title)], tasks=True), Phase(0)]

    def by_rows(self, units: int, title: str, kernel: Kernel, *operands: Operand) -> None:
        """A step over all images, after them, whose rows are dealt out."""
        assert units  # none would mean the images
        self._rows.append(Phase(units, [KernelCall(kernel, operands, title)]))

    def finish(self, title: str, kernel: Kernel, *operands: Operand) -> None:
        """A step that is done once, after the images."""
        self._finish.steps.append(KernelCall(kernel, operands, title))

    def at_last(self, units: int, title: str, kernel: Kernel, *operands: Operand) -> None:
        """A step after everything else, for which all gradients are there."""
        assert units  # none would mean the images
        self._last.append(Phase(units, [KernelCall(kernel, operands, title)]))

    def sum_of_parts(self, title: str, total: Operand, own: Operand, count: int) -> None:
        """Add up the threads' parts of a gradient."""
        kernel = Kernel.of("partials:sum_of_parts", parts=self.threads)
        self.finish(title, kernel, total, *self.parts(own), *numbers(count))

    def vectors(self, count: int) -> int:
        """``count`` filled up to whole vectors."""
        return whole_vectors(count, self.lanes)
