"""The engine "fast": plans of compiled kernels, in float32, on all processors."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from backlit.equations.update_equations import UpdateEquations
from backlit.network.engine import (
    AT_A_TIME,
    Array,
    Arrays,
    ParameterUpdate,
    ProposedStep,
    Recording,
)
from backlit.network.flat import FlatArrays
from backlit.network.graph import INPUT, Graph
from backlit.network.scores import softmax
from backlit.pure import dropout_key
from backlit.system.turns import Turns

from .compiling.library import addresses
from .plan.builder import Builder, PlanPurpose
from .plan.collecting import collect
from .plan.outcome import Outcome, public
from .plan.registry import rule_of
from .plan.running import CHUNK, Runner
from .plan.showing import plan_text
from .plan.update import NOT_FINITE, CompiledUpdate
from .simd.lanes import lanes, processor
from .threads import team

_FORWARD = {training: PlanPurpose(training, gradients=False) for training in (False, True)}


@dataclass(frozen=True)
class _Pass(Outcome):
    """A pass forward and backward."""

    gradients: FlatArrays

    @property
    def loss(self) -> float:
        return float(self.external["losses"].mean(dtype=np.float64))


class FastEngine:
    """The arithmetic of one graph on channels-last maps in float32.

    Args:
        graph: the network's graph.
        seed: of the dropout masks.
    """

    name = "fast"
    dtype = np.dtype(np.float32)

    def __init__(self, graph: Graph, seed: int) -> None:
        self.graph, self.seed = graph, seed
        self._lanes, self._team = lanes(), team()
        self._builders: dict[PlanPurpose, Builder] = {}
        self._ready: dict[PlanPurpose, tuple[Builder, Runner]] = {}
        # The equations of the last step, and the purpose of the plan that ends with them.
        self._last_step: tuple[UpdateEquations, PlanPurpose] | None = None
        self._own = threading.local()
        self._turns = Turns(self._ready.clear)  # the plans' memory is used by one call at a time
        self._dropouts = {
            node.name: place for place, node in enumerate(graph) if node.layer.is_random
        }

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies, also in other processes, make their own plans."""
        return FastEngine, (self.graph, self.seed)

    def prepare(self, images: int) -> None:
        """Compile the kernels of training and of inference, and make room for such batches."""
        self._prepare(images, PlanPurpose(training=True, gradients=True))

    def prepare_update(self, images: int, equations: UpdateEquations) -> None:
        """The same for whole training steps, with the update of the parameters."""
        with self._turns:
            self._prepare(images, self._whole_step(equations))

    def _prepare(self, image_count: int, training: PlanPurpose) -> None:
        purposes = [training, PlanPurpose(False, gradients=False)]
        with self._turns:
            plans = [self._builder(purpose).plan() for purpose in purposes]
            addresses([kernel for plan in plans for kernel in plan.kernels])  # all in one go
            for purpose in purposes:
                self._ready_for(purpose, image_count)

    def plan(self, images: int, *, training: bool) -> str:
        """The plan as text: its stages, their steps, and the kernel of each."""
        with self._turns:
            plan = self._builder(PlanPurpose(training, gradients=training)).plan()
            return plan_text(plan, self._team.size, CHUNK, images)

    def fingerprint(self) -> dict[str, Any]:
        """What decides the order of sums and the instructions that add them up."""
        return {"threads": self._team.size, "lanes": self._lanes, "processor": processor()}

    def forward(
        self, parameters: Arrays, buffers: Arrays, images: Array, *, training: bool, step: int
    ) -> Array:
        """The output of the last layer, (N, …)."""
        purpose = _FORWARD[training]
        if training:  # statistics are those of the whole batch
            blocks = [images]
        else:
            blocks = [images[k : k + AT_A_TIME] for k in range(0, len(images), AT_A_TIME)]
        with self._turns:
            parts = []
            for block in blocks:
                builder, runner = self._ready_for(purpose, len(block))
                external = self._external(parameters, buffers, block, training, step)
                runner.run(len(block), external)
                parts.append(public(runner, builder.values[self.graph.output], external))
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def loss_and_gradients(
        self, parameters: Arrays, buffers: Arrays, images: Array, labels: Array, *, step: int
    ) -> ProposedStep:
        """Mean softmax cross-entropy and dL/d of every parameter, in training mode."""
        with self._turns:
            purpose = PlanPurpose(training=True, gradients=True)
            done = self._run(purpose, parameters, buffers, images, labels, step)
            return self._proposed(done, buffers)

    def proposed_step(
        self,
        parameters: FlatArrays,
        buffers: Arrays,
        images: Array,
        labels: Array,
        *,
        step: int,
        update: ParameterUpdate,
    ) -> ProposedStep:
        """Forward, backward and update as one plan; without the update if it has no kernel."""
        with self._turns:
            purpose = self._whole_step(update.equations)
            if purpose.update is None:
                return self.loss_and_gradients(parameters, buffers, images, labels, step=step)
            done = self._run(purpose, parameters, buffers, images, labels, step, update)
            noted = [done.runner.array(NOT_FINITE, thread) for thread in range(self._team.size)]
            finite = not any(each.any() for each in noted)  # NaN counts as something
            return replace(self._proposed(done, buffers), updated=True, finite=finite)

    def _proposed(self, done: _Pass, buffers: Arrays) -> ProposedStep:
        return ProposedStep(
            done.loss,
            done.public(done.builder.values[self.graph.output]),
            done.gradients,
            {name: done.external[name] for name in buffers},
        )

    def _whole_step(self, equations: UpdateEquations) -> PlanPurpose:
        """The purpose of a plan that ends with an update by these equations, if it has a kernel."""
        if self._last_step is None or self._last_step[0] is not equations:
            size = FlatArrays(self.graph.parameter_shapes, self.dtype).flat.size
            update = CompiledUpdate.of(equations, size, self._lanes)
            self._last_step = equations, PlanPurpose(training=True, gradients=True, update=update)
        return self._last_step[1]

    def record(
        self,
        parameters: Arrays,
        buffers: Arrays,
        images: Array,
        labels: Array,
        *,
        training: bool,
        step: int,
    ) -> Recording:
        """Everything that a pass forward and backward computes; nothing is fused."""
        with self._turns:
            purpose = PlanPurpose(training, gradients=True, everything=True)
            done = self._run(purpose, parameters, buffers, images, labels, step)
            activations = {
                name: done.public(done.builder.values[name])
                for name in (INPUT, *(node.name for node in self.graph))
            }
            logits = activations[self.graph.output]
            return Recording(
                images=images,
                labels=labels,
                loss=done.loss,
                logits=logits,
                probabilities=softmax(logits),
                activations=activations,
                errors={name: done.public(done.builder.errors[name]) for name in activations},
                gradients=done.gradients,
                auxiliary=self._auxiliary(done),
                training=training,
            )

    def _run(
        self,
        purpose: PlanPurpose,
        parameters: Arrays,
        buffers: Arrays,
        images: Array,
        labels: Array,
        step: int,
        update: ParameterUpdate | None = None,
    ) -> _Pass:
        """One pass forward and backward, and with an ``update`` what it makes of the parameters."""
        builder, runner = self._ready_for(purpose, len(images))
        external = self._external(parameters, buffers, images, purpose.training, step)
        external["labels"] = np.ascontiguousarray(labels, np.int64)
        external["losses"] = np.empty(len(images), np.float32)
        external["share"] = np.array([1 / len(images)], np.float32)
        gradients = self._gradients(parameters, kept=purpose.everything)
        external |= {f"{name}.gradient": array for name, array in gradients.items()}
        clip = None
        if update is not None:
            assert isinstance(parameters, FlatArrays)
            assert purpose.update is not None
            external |= purpose.update.arrays(parameters.flat, gradients.flat, update)
            clip = update.clip and partial(update.clip, gradients)
        runner.run(len(images), external, before_last=clip)
        return _Pass(builder, runner, external, gradients)

    def _gradients(self, parameters: Arrays, kept: bool) -> FlatArrays:
        """Where gradients are written to: new arrays if they are ``kept``, else this thread's own.

        New memory costs more than one might think: its pages are made when they are first touched.
        """
        gradients: FlatArrays | None = None if kept else getattr(self._own, "gradients", None)
        if gradients is None:
            shapes = {name: value.shape for name, value in parameters.items()}
            gradients = FlatArrays(shapes, self.dtype)
            if not kept:
                self._own.gradients = gradients
        return gradients

    def _ready_for(self, purpose: PlanPurpose, image_count: int) -> tuple[Builder, Runner]:
        """Who made the plan for a purpose, and who runs it with room for so many images."""
        found = self._ready.get(purpose)
        if found is None or found[1].capacity < image_count:
            builder = self._builder(purpose)
            runner = Runner(builder.plan(), self._team, CHUNK, image_count)
            found = self._ready[purpose] = builder, runner
        return found

    def _builder(self, purpose: PlanPurpose) -> Builder:
        if purpose not in self._builders:
            builder = collect(self.graph, purpose, self._lanes, self._team.size)
            self._builders[purpose] = builder
        return self._builders[purpose]

    def _external(
        self, parameters: Arrays, buffers: Arrays, images: Array, training: bool, step: int
    ) -> dict[str, Array]:
        """What every plan is given: copies of the running statistics if it changes them."""
        external = {name: np.ascontiguousarray(array) for name, array in parameters.items()}
        change = np.copy if training else np.ascontiguousarray
        external |= {name: change(array) for name, array in buffers.items()}
        external["images"] = np.ascontiguousarray(images, np.float32)
        for name, place in self._dropouts.items():
            key = dropout_key(self.seed, place, step)
            external[f"{name}.key"] = np.array([key], np.uint32)
        return external

    def _auxiliary(self, done: Outcome) -> dict[str, dict[str, Array]]:
        """What else took part, by layer: dropout's masks, the statistics of batch norms."""
        rules = [(node, rule_of(node.layer).auxiliary) for node in self.graph]
        found = {node.name: tell(done, node) for node, tell in rules if tell}
        return {name: arrays for name, arrays in found.items() if arrays}
