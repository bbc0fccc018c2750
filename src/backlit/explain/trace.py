"""The trace of one batch: everything a pass forward and backward computed, ready to be asked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from backlit.errors import AddressError, ConfigurationError
from backlit.network import Network, Recording
from backlit.system.display import Shown

from .address import Address, Key, addressable_shapes, find_address
from .agreement import agreement
from .changing import clamped_parameters, stepped_parameters
from .explanation import Explanation
from .flip import REACH, Flip, flip
from .nudge import EPSILON, Nudge, check_epsilon, nudge
from .recorded import RecordedPass, Snapshot
from .sentences import all_zero, notes_about, sentence_about
from .story import Story
from .telling import chosen_image, tell
from .update import Update, check_parameter, chosen_rule, make_update

if TYPE_CHECKING:
    from backlit.training.optimizers import Optimizer
    from backlit.training.update_rule import UpdateRule

    UpdateRules = Callable[[str], UpdateRule | None]


class Trace(RecordedPass, Shown):
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
        super().__init__(snapshot, recording)
        self._update_rules = update_rules

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Every array that can be addressed, with its shape."""
        return addressable_shapes(self.graph, self.images)

    def address(self, key: Key) -> Address:
        """The address that was written, once it is known to exist.

        Raises:
            AddressError: there is no such number.
        """
        return find_address(key, self.shapes)

    def __getitem__(self, key: Key) -> TracedNumber:
        made = make_explanation(self, self.address(key))
        return TracedNumber(
            **{each.name: getattr(made, each.name) for each in fields(made)}, trace=self
        )

    def update_rule(self, parameter: str) -> UpdateRule | None:
        """The rule by which a parameter is trained; None where that is not known."""
        return None if self._update_rules is None else self._update_rules(parameter)

    def update(
        self,
        key: Key,
        optimizer: Optimizer | UpdateRule | None = None,
        *,
        learning_rate: float | None = None,
        state: Mapping[str, Any] | None = None,
        note: str = "",
        clip: float | None = None,
    ) -> Update:
        """What an optimizer makes of a weight or a bias; the network itself stays as it is.

        Args:
            key: its address, as in ``trace[...]``.
            optimizer: any optimizer, or a whole rule.  By default the rule of the run that the
                trace is from, else plain SGD, W ← W − η·dW.
            learning_rate: η of plain SGD, where no optimizer is given; 0.05 if nothing is.
            state: what the optimizer keeps for the whole parameter; None at its first step.
            note: a whole sentence to be said with it, such as that the training used another rule.
            clip: how long the gradients of all weights together may be before the optimizer gets
                them; longer ones are shortened, as :func:`backlit.fit` does.

        Raises:
            AddressError: there is no such number, or it is no weight and no bias.
            ConfigurationError: no optimizer, a learning rate or clip that is not positive, or a
                state that is not the optimizer's.
        """
        address = self.address(key)
        check_parameter(address)
        own = self.update_rule(address.name)
        rule = chosen_rule(own, optimizer, learning_rate, state, note, clip)
        return make_update(self, address, rule)

    def nudge(self, key: Key, epsilon: float = EPSILON) -> Nudge:
        """Turn a weight, a bias or a pixel by ±epsilon, run forward again and compare the losses.

        Args:
            key: its address, as in ``trace[...]``.
            epsilon: how far it is turned to each side; see :mod:`.nudge`.

        Raises:
            AddressError: there is no such number, or it follows from others and cannot be turned
                by itself.
            ConfigurationError: an epsilon that is not positive, or too small.
        """
        return nudge(self, self.address(key), epsilon)

    def flip(self, key: Key, image: int | None = None, reach: float = REACH) -> Flip:
        """How far a weight, a bias or a pixel must change until an image gets another answer.

        Looked for is the nearest value from which on an image that the network gets wrong is right,
        or one that it gets right is wrong; see :mod:`.flip`.

        Args:
            key: its address, as in ``trace[...]``.
            image: which image of the batch; by default the one that pulls hardest at the weight, or
                the one that the pixel belongs to.
            reach: how far the number is changed, at most, to each side.

        Raises:
            AddressError: there is no such number or image, or it follows from others.
            ConfigurationError: a reach that is not positive.
        """
        address = self.address(key)
        if image is None and address.is_pixel:
            image = address.index[0]
        elif image is None and address.is_parameter:
            image = chosen_image(self, self[address], None)[0]
        return flip(self, address, image or 0, reach)

    def clamped(self, layer: str, channel: int, value: float = 0.0) -> Trace:
        """The same pass with one output map of a layer held at a value; by default it is silenced.

        The filter's weights are 0 and its bias is the value, so its map is that value everywhere
        and nothing passes back through it.  This trace and the network stay as they are::

            trace.clamped("conv1", 5).recording.loss - trace.recording.loss

        Args:
            layer: a convolution or a dense layer, by name.
            channel: its filter, or its unit.
            value: of the map.

        Raises:
            AddressError: no such layer, one without filters, or no such filter.
            ConfigurationError: a value that is not finite, or not 0 where the layer has no bias.
        """
        return self._again(clamped_parameters(self, layer, channel, value))

    def stepped(self, learning_rate: float, frozen: Collection[str] = ()) -> Trace:
        """The same pass after one step of gradient descent with all weights, W ← W − η·dW.

        Args:
            learning_rate: η.
            frozen: layers whose weights and biases stay as they are, by name.

        Raises:
            AddressError: a frozen layer that is not there, or has nothing to learn.
            ConfigurationError: a learning rate that is no finite number, or one name that is not in
                a list.
        """
        return self._again(stepped_parameters(self, learning_rate, frozen))

    def _again(self, parameters: Mapping[str, Any]) -> Trace:
        """The same pass with other parameters."""
        return Trace(
            self.snapshot.edited(parameters), self.snapshot.record(self.recording, parameters)
        )

    def story(
        self,
        *key: Any,
        image: int | None = None,
        optimizer: Optimizer | UpdateRule | None = None,
        learning_rate: float | None = None,
        state: Mapping[str, Any] | None = None,
        epsilon: float = EPSILON,
        note: str = "",
        clip: float | None = None,
    ) -> Story:
        """How the error of one image came from the loss back to one weight, and changed it.

        Args:
            key: the address of a weight or a bias, as in ``trace[...]``; or what ``trace[...]``
                gave for it, which is then not worked out again.
            image: which image of the batch; by default the one that pulls hardest at the weight.
            optimizer: for the update, as in :meth:`update`.
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
        asked = key[0] if len(key) == 1 else key
        number = asked if isinstance(asked, TracedNumber) else self[asked]
        if number.trace is not self:
            number = self[number.address]
        address = number.address
        if not address.is_parameter:
            raise AddressError(f"a story ends at a weight or a bias, and {address} is neither")
        check_epsilon(epsilon)
        own = self.update_rule(address.name)
        rule = chosen_rule(own, optimizer, learning_rate, state, note, clip)
        return tell(self, number, image, epsilon, rule)

    def __repr__(self) -> str:
        mode = "training" if self.recording.training else "evaluation"
        return f"Trace({self.images} images, {mode} mode, loss {self.recording.loss:.4g})"


@dataclass(frozen=True, eq=False)
class TracedNumber(Explanation, Shown):
    """The explanation of a number, with the trace that it is from: what ``trace[...]`` gives.

    In a notebook it is a page that opens at the number.

    Attributes:
        trace: where :meth:`update`, :meth:`nudge` and :meth:`flip` are worked out.
    """

    trace: Trace = field(repr=False)

    def update(
        self,
        optimizer: Optimizer | UpdateRule | None = None,
        *,
        learning_rate: float | None = None,
        state: Mapping[str, Any] | None = None,
        note: str = "",
        clip: float | None = None,
    ) -> Update:
        """What an optimizer makes of this weight or bias; see :meth:`Trace.update`."""
        return self.trace.update(
            self.address, optimizer, learning_rate=learning_rate, state=state, note=note, clip=clip
        )

    def nudge(self, epsilon: float = EPSILON) -> Nudge:
        """What the loss does if this number is turned by ±epsilon; see :meth:`Trace.nudge`."""
        return self.trace.nudge(self.address, epsilon)

    def flip(self, image: int | None = None, reach: float = REACH) -> Flip:
        """How far this must change until an image gets another answer; see :meth:`Trace.flip`."""
        return self.trace.flip(self.address, image, reach)


def make_explanation(recorded: RecordedPass, address: Address) -> Explanation:
    """The explanation of a number that is known to exist, as data alone."""
    # The page's is evaluated in web/front/model.js; tests/web/test_parity.py holds them equal.
    parts = recorded.parts(address)
    terms = [term for part in parts for term in part.terms]
    value, gradient = recorded.value(address), recorded.gradient(address)
    explained = "value" if address.quantity == "output" or address.is_result else "gradient"
    engine = value if explained == "value" or gradient is None else gradient
    dtype = recorded.snapshot.dtype
    return Explanation(
        address=address,
        value=value,
        gradient=gradient,
        explained=explained,
        parts=parts,
        agreement=agreement(
            total=sum(part.total for part in parts),
            engine=engine,
            size=sum(part.size for part in parts),
            terms=len(terms),
            dtype=dtype,
        ),
        sentence=sentence_about(recorded, address, parts),
        notes=notes_about(recorded, address, parts),
        nothing=all_zero(recorded, address, terms),
        dtype=dtype,
    )


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
