"""The engine "fast": plans of compiled kernels, in float32, on all processors."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from backlit.equations.update_equations import UpdateEquations
from backlit.layers import BatchNorm2d, Dropout
from backlit.network.engine import Array, Arrays, ParameterUpdate, ProposedStep, Recording
from backlit.network.flat import FlatArrays
from backlit.network.graph import INPUT, Graph
from backlit.pure import dropout_key, dropout_mask
from backlit.system.turns import Turns

from .compiling.library import addresses
from .plan.builder import Builder, PlanPurpose, Value
from .plan.collecting import collect
from .plan.outcome import public
from .plan.running import Runner
from .plan.showing import plan_text
from .plan.update import NOT_FINITE, CompiledUpdate
from .simd.lanes import lanes, processor
from .threads import team

_CHUNK = 8  # images that a thread takes through the layers at a time
_BLOCK = 256  # images that inference takes at a time
_FORWARD = {training: PlanPurpose(training, gradients=False) for training in (False, True)}


class _Pass(NamedTuple):
    """A pass that was run, and where its results are."""

    builder: Builder
    runner: Runner
    external: dict[str, Array]
    gradients: FlatArrays

    @property
    def loss(self) -> float:
        return float(self.external["losses"].mean(dtype=np.float64))

    def public(self, value: Value) -> Array:
        return public(self.runner, value, self.external)


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
        self._plans: dict[PlanPurpose, tuple[Builder, Runner]] = {}
        self._steps: tuple[UpdateEquations, PlanPurpose] | None = None  # those asked for last
        self._own = threading.local()
        self._turns = Turns(self._plans.clear)  # the plans' memory is used by one call at a time
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

    def _prepare(self, images: int, training: PlanPurpose) -> None:
        purposes = [training, PlanPurpose(False, gradients=False)]
        with self._turns:
            plans = [self._build(purpose).plan() for purpose in purposes]
            addresses([kernel for plan in plans for kernel in plan.kernels])  # all in one go
            for purpose in purposes:
                self._plan(purpose, images)

    def plan(self, images: int, *, training: bool) -> str:
        """The stages of the plan, their steps, and the kernel of each."""
        with self._turns:
            _, runner = self._plan(PlanPurpose(training, gradients=training), images)
            return plan_text(runner, images)

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
            blocks = [images[k : k + _BLOCK] for k in range(0, len(images), _BLOCK)]
        with self._turns:
            parts = []
            for block in blocks:
                builder, runner = self._plan(purpose, len(block))
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
        """Forward, backward and update as one program."""
        with self._turns:
            purpose = self._whole_step(update.equations)
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
        """The purpose of a plan that ends with an update by these equations."""
        if self._steps is None or self._steps[0] is not equations:
            size = FlatArrays(self.graph.parameter_shapes, self.dtype).flat.size
            update = CompiledUpdate.of(equations, size, self._lanes)
            self._steps = equations, PlanPurpose(training=True, gradients=True, update=update)
        return self._steps[1]

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
                probabilities=_softmax(logits),
                activations=activations,
                errors={name: done.public(done.builder.errors[name]) for name in activations},
                gradients=done.gradients,
                auxiliary=self._auxiliary(done.runner, activations, training, step),
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
        builder, runner = self._plan(purpose, len(images))
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

    def _plan(self, purpose: PlanPurpose, images: int) -> tuple[Builder, Runner]:
        """The plan for a purpose, with room for so many images."""
        found = self._plans.get(purpose)
        if found is None or found[1].capacity < images:
            builder = found[0] if found else self._build(purpose)
            runner = Runner(builder.plan(), self._team, _CHUNK, images)
            found = self._plans[purpose] = builder, runner
        return found

    def _build(self, purpose: PlanPurpose) -> Builder:
        return collect(self.graph, purpose, self._lanes, self._team.size)

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

    def _auxiliary(
        self, runner: Runner, activations: dict[str, Array], training: bool, step: int
    ) -> dict[str, dict[str, Array]]:
        """What else took part: dropout's masks, the statistics of batch norms."""
        found: dict[str, dict[str, Array]] = {}
        for node in self.graph:
            if isinstance(node.layer, Dropout) and training:
                shape = activations[node.name].shape
                key = dropout_key(self.seed, self._dropouts[node.name], step)
                mask = dropout_mask(int(np.prod(shape)), node.layer.rate, key)
                found[node.name] = {"mask": np.array(mask, np.float32).reshape(shape)}
            if isinstance(node.layer, BatchNorm2d):
                channels = node.output_shape[0]
                rows = runner.array(f"{node.name}.constants")
                stride = -(-channels // self._lanes) * self._lanes
                found[node.name] = {
                    name: rows[row * stride : row * stride + channels].copy()
                    for name, row in (("mean", 0), ("variance", 4))
                }
        return found


def _softmax(scores: NDArray[Any]) -> NDArray[Any]:
    powers = np.exp(scores - scores.max(1, keepdims=True))
    shares: NDArray[Any] = powers / powers.sum(1, keepdims=True)
    return shares
