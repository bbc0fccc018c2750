"""One pass forward and backward, recorded: the network as it was, and every number of the pass.

All that is explained is made from a :class:`RecordedPass`, and nothing of it is ever changed.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from functools import cached_property

import numpy as np

from backlit.network import Graph, Network, Recording
from backlit.network.engine import Array
from backlit.network.graph import INPUT

from .address import PROBABILITY, Address
from .explanation import Part
from .work import LayerWork, LossWork, layer_work, loss_work


class Snapshot:
    """Copies of everything that decides what a network computes.

    Nothing here is ever changed, and every network that is made of it is a new one, so whatever
    is tried out can be thrown away and leaves no trace.
    """

    def __init__(self, network: Network) -> None:
        self._config = network.config()
        self.engine = network.engine
        self._step = network.training_step
        self._buffers = _copies(network.buffers)
        self.graph: Graph = network.graph
        self.classes = network.classes
        self.normalization = network.normalization
        self.dtype = network.dtype
        self.parameters = _copies(network.parameters)

    def edited(self, parameters: Mapping[str, Array]) -> Snapshot:
        """The same network with other numbers in some of its parameters, by name."""
        edited = copy.copy(self)
        edited.parameters = {**self.parameters, **_copies(parameters)}
        return edited

    def record(
        self,
        recording: Recording,
        parameters: Mapping[str, Array] | None = None,
        images: Array | None = None,
    ) -> Recording:
        """Run the pass of ``recording`` again with other numbers: same masks, same mode.

        Args:
            recording: the pass to repeat.
            parameters: arrays that replace some of the parameters, by name.
            images: images that replace those of the recording.
        """
        network = self.network(parameters or {})
        images = recording.images if images is None else images
        return network.record(images, recording.labels, training=recording.training)

    def network(self, parameters: Mapping[str, Array] | None = None) -> Network:
        """A new network that computes the same, but for the parameters that are given by name."""
        network = Network.from_config(self._config, self.engine)
        arrays = {**network.parameters, **network.buffers}
        # Written into it and not handed over, since a network that broke may hold NaN.
        for name, value in {**self.parameters, **self._buffers, **(parameters or {})}.items():
            arrays[name][...] = value
        network.training_step = self._step
        return network


class RecordedPass:
    """One pass of a batch, the network as it was, and the equations that give each number.

    A :class:`.trace.Trace` is one that can be asked: it knows what there is, and takes addresses.

    Attributes:
        snapshot: the network as it was.
        recording: what the engine computed.
    """

    def __init__(self, snapshot: Snapshot, recording: Recording) -> None:
        self.snapshot = snapshot
        self.recording = recording
        self._work: dict[str, LayerWork] = {}

    @property
    def graph(self) -> Graph:
        """The network's graph."""
        return self.snapshot.graph

    @property
    def images(self) -> int:
        """How many images the batch has."""
        return len(self.recording.images)

    def class_name(self, label: int) -> str:
        """The name of a class; its number where the network has no names."""
        classes = self.snapshot.classes
        return classes[label] if classes else str(label)

    def work(self, layer: str) -> LayerWork:
        """A layer's equations with the arrays that their letters stand for."""
        if layer not in self._work:
            node = self.graph[layer]
            self._work[layer] = layer_work(node, self.recording, self.snapshot.parameters)
        return self._work[layer]

    @cached_property
    def loss_work(self) -> LossWork:
        """The same for softmax and cross-entropy, which follow the last layer."""
        return loss_work(self.recording, self.graph.output)

    def gradient_norm(self, frozen: Collection[str] = ()) -> float:
        """‖g‖ = √(Σ g²) over the gradients of all parameters together, without frozen layers."""
        from backlit.training.clipping import global_norm

        key = frozenset(frozen)
        if key not in self._norms:
            gradients = self.recording.gradients.items()
            self._norms[key] = global_norm(
                {name: each for name, each in gradients if name.rpartition(".")[0] not in key}
            )
        return self._norms[key]

    @cached_property
    def _norms(self) -> dict[frozenset[str], float]:
        """What :meth:`gradient_norm` has found."""
        return {}

    def parts(self, address: Address) -> tuple[Part, ...]:
        """The equations that give a number, each evaluated for it; their totals add up to it."""
        # The page's is parts in web/front/model.js; tests/web/test_parity.py holds them equal.
        if address.is_result:
            return (self.loss_work.forward(address),)
        if address.is_parameter:
            return (self.work(address.owner).parameter(address),)
        if address.quantity == "output":
            return (self.work(address.owner).forward(address),)
        if address.owner == self.graph.output:
            return (self.loss_work.error(address.index),)
        return tuple(
            part
            for reader in self.graph.readers(address.owner)
            for part in self.work(reader.name).input_errors(address.owner, address.index)
        )

    def value(self, address: Address) -> float:
        """A number as the engine computed it."""
        recording, index, owner = self.recording, address.index, address.owner
        if address.is_parameter:
            return float(self.snapshot.parameters[address.name][index])
        if address.quantity == "error":
            return float(recording.errors[owner][index])
        if address.quantity == "output" or owner == INPUT:
            return float(recording.activations[owner][index])
        return float(recording.probabilities[index] if owner == PROBABILITY else recording.loss)

    def gradient(self, address: Address) -> float | None:
        """dL/d of a number as the engine computed it; None for a probability, which has none."""
        if address.is_parameter:
            return float(self.recording.gradients[address.name][address.index])
        if address.is_result:
            return None if address.owner == PROBABILITY else 1.0  # dL/dL
        return float(self.recording.errors[address.owner][address.index])


def _copies(arrays: Mapping[str, Array]) -> dict[str, Array]:
    copies = {name: np.array(array) for name, array in arrays.items()}
    for each in copies.values():
        each.flags.writeable = False
    return copies
