"""A network as it was at one moment, kept apart from the one that may train on."""

from __future__ import annotations

import copy
from collections.abc import Mapping

import numpy as np

from backlit.network import Graph, Network, Recording
from backlit.network.engine import Array


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
        network = self._network(parameters or {})
        images = recording.images if images is None else images
        return network.record(images, recording.labels, training=recording.training)

    def _network(self, parameters: Mapping[str, Array]) -> Network:
        network = Network.from_config(self._config, self.engine)
        arrays = {**network.parameters, **network.buffers}
        for name, value in {**self.parameters, **self._buffers, **parameters}.items():
            arrays[name][...] = value
        network.training_step = self._step
        return network


def _copies(arrays: Mapping[str, Array]) -> dict[str, Array]:
    copies = {name: np.array(array) for name, array in arrays.items()}
    for each in copies.values():
        each.flags.writeable = False
    return copies
