"""The trace of one batch: everything a pass forward and backward computed, ready to be asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from backlit.errors import ConfigurationError
from backlit.network import Graph, Network, Recording
from backlit.system.display import Shown

from .address import Address, Key, elements, find_address
from .explanation import Explanation
from .layer_work import LayerWork, layer_work
from .makers import make_explanation
from .snapshot import Snapshot
from .update import update_rule

if TYPE_CHECKING:
    from backlit.training.optimizers import Optimizer
    from backlit.training.update_rule import UpdateRule

    from .story_data import Story

    UpdateRules = Callable[[str], UpdateRule | None]


class Trace(Shown):
    """Every activation, every error and every gradient of one batch; made by :func:`explain`.

    Any number can be asked for by its address (see :mod:`.address`)::

        trace["conv1.weight", 0, 0, 1, 2]
        trace["conv1.weight[0,0,1,2]"]

    In a notebook it is a page on which all of them can be followed; see :mod:`backlit.web`.

    Attributes:
        snapshot: the network as it was.
        recording: what the engine computed.
    """

    def __init__(
        self, snapshot: Snapshot, recording: Recording, update_rules: UpdateRules | None = None
    ) -> None:
        self.snapshot = snapshot
        self.recording = recording
        self._update_rules = update_rules
        self._work: dict[str, LayerWork] = {}

    @property
    def graph(self) -> Graph:
        """The network's graph."""
        return self.snapshot.graph

    @property
    def images(self) -> int:
        """How many images the batch has."""
        return len(self.recording.images)

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Every array that can be addressed, with its shape."""
        return elements(self.graph, self.images)

    def address(self, key: Key) -> Address:
        """The address that was written, once it is known to exist.

        Raises:
            AddressError: there is no such number.
        """
        return find_address(key, self.shapes)

    def __getitem__(self, key: Key) -> Explanation:
        return make_explanation(self, self.address(key))

    def work(self, layer: str) -> LayerWork:
        """A layer's equations with the arrays that their letters stand for."""
        if layer not in self._work:
            node = self.graph[layer]
            self._work[layer] = layer_work(node, self.recording, self.snapshot.parameters)
        return self._work[layer]

    def update_rule(self, parameter: str) -> UpdateRule | None:
        """The rule by which a parameter is trained; None where that is not known."""
        return None if self._update_rules is None else self._update_rules(parameter)

    def class_name(self, label: int) -> str:
        """What a class is called; its number where the network has no names."""
        classes = self.snapshot.classes
        return classes[label] if classes else str(label)

    def story(
        self,
        *key: Any,
        image: int | None = None,
        optimizer: Optimizer | UpdateRule | None = None,
        learning_rate: float | None = None,
        state: Mapping[str, Any] | None = None,
        epsilon: float = 1e-3,
        note: str = "",
        clip: float | None = None,
    ) -> Story:
        """How the error of one image came from the loss back to one weight, and changed it.

        Args:
            key: the address of a weight or a bias, as in ``trace[...]``.
            image: which image of the batch; by default the one that pulls hardest at the weight.
            optimizer: for the update, as in :meth:`Explanation.update`.
            learning_rate: η of plain SGD, where no optimizer is given; 0.05 if nothing is.
            state: what the optimizer keeps for the whole parameter; None at its first step.
            epsilon: how far the last step nudges the weight.
            note: a whole sentence to be said with the update.
            clip: how long the gradients of all weights together may be before the update.

        Raises:
            AddressError: there is no such weight, or no such image.
            ConfigurationError: an optimizer, a learning rate, a state or an epsilon that is not
                usable.
        """
        from .story import tell

        address = self.address(key[0] if len(key) == 1 else key)
        own = self.update_rule(address.name)
        rule = update_rule(own, optimizer, learning_rate, state, note, clip)
        return tell(self, address, image, epsilon, rule)

    def __repr__(self) -> str:
        mode = "training" if self.recording.training else "evaluation"
        return f"Trace({self.images} images, {mode} mode, loss {self.recording.loss:.4g})"


def explain(
    network: Network,
    images: ArrayLike,
    labels: ArrayLike,
    training: bool = True,
    update_rules: UpdateRules | None = None,
) -> Trace:
    """Run a batch forward and backward, and keep everything, to be explained number by number.

    The network stays as it is, and the trace stays as it is when the network trains on.

    Args:
        network: any network that ends with one score for each class.
        images: (N, C, H, W), raw pictures (uint8) or floats as the network sees them.
        labels: N class numbers.
        training: whether batch norm uses the batch's statistics and dropout drops, as in a
            training step; the gradients are then those that the next step would use.
        update_rules: from a parameter's name to the rule by which it is trained, which its updates
            then show; see :meth:`backlit.runs.Run.explain`.

    Raises:
        ConfigurationError: no network.
        InputError: images or labels that are not what the network works on.
    """
    if not isinstance(network, Network):
        raise ConfigurationError(f"explain: the first argument must be a Network, got {network!r}")
    snapshot = Snapshot(network)
    own = np.array(network.checked_images(images))  # the caller may write into theirs
    return Trace(snapshot, network.record(own, labels, training=training), update_rules)
