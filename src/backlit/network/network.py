"""The network: layers with numbers in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from backlit import eject
from backlit.equations.update_equations import UpdateEquations
from backlit.errors import ConfigurationError
from backlit.layers import Layer, layer_from_config
from backlit.network.normalization import Normalization
from backlit.system.numbers import is_count, is_whole
from backlit.system.turns import Turns

from .checks import (
    as_array,
    check_batch_norm,
    checked_arrays,
    checked_classes,
    checked_images,
    checked_labels,
    checked_normalization,
    class_count,
    expected_shapes,
    fitting_arrays,
    image_count,
)
from .ejecting import describe
from .engine import (
    AT_A_TIME,
    Array,
    ParameterUpdate,
    ProposedStep,
    Recording,
    UpdatingEngine,
    make_engine,
)
from .flat import FlatArrays
from .graph import Graph
from .initialization import check_initialization, first_numbers
from .saving import write_tensors
from .scores import cross_entropy, softmax
from .source import in_short, source
from .summary import Summary, summarize


class Evaluation(NamedTuple):
    """Mean loss and share of right answers over a set of images."""

    loss: float
    accuracy: float


class Network:
    """A convolutional network: a graph of layers, its parameters, and an engine that computes.

    Images are (N, C, H, W): floats as the network sees them, or raw pictures (uint8), to which
    :attr:`normalization` is applied, (x/255 − mean)/std.

    Args:
        input_shape: (channels, height, width) of one image.
        layers: the layers in order; each reads the one before it unless it says otherwise.
        engine: who computes: "fast", compiled kernels in float32, or "pure", the book's plain loops
            in float64.  None stands for the environment's ``BACKLIT_ENGINE``, else for "fast".
        seed: of the initial weights and the dropout masks.
        initialization: "he" or "glorot".
        normalization: of raw pictures; training on raw pictures sets it if it is None.
        classes: the names of the classes, if they have any.
        parameters: the numbers to start from, as :meth:`load_parameters` takes them, instead of
            random ones.

    Attributes:
        parameters: name -> array, such as ``"conv1.weight"`` (O, C/G, kH, kW).  Changed in place by
            :meth:`commit_step`; :meth:`load_parameters` replaces the numbers after checking them.
        buffers: name -> array, the running statistics of batch norms.
        training_step: how many training steps it has behind it; seeds the dropout masks.

    Raises:
        ConfigurationError: layers, an engine or an initialization that make no sense.
        ParameterError: ``parameters`` that are not the network's.
        ShapeError: a layer that what arrives at it does not fit.
    """

    def __init__(
        self,
        input_shape: tuple[int, int, int],
        layers: Sequence[Layer],
        engine: str | None = None,
        seed: int = 0,
        *,
        initialization: str = "he",
        normalization: Normalization | None = None,
        classes: Sequence[str] | None = None,
        parameters: Mapping[str, ArrayLike] | None = None,
    ) -> None:
        if not is_whole(seed) or seed < 0:
            raise ConfigurationError(f"seed must be an int of at least 0, got {seed!r}")
        self.graph = Graph(input_shape, layers)
        self.seed = int(seed)
        check_initialization(initialization)
        self.initialization = initialization
        self.classes = checked_classes(classes, self.graph)
        self.training_step = 0
        self._engine = make_engine(engine, self.graph, self.seed)
        self._updating = self._engine if isinstance(self._engine, UpdatingEngine) else None
        self.normalization = normalization
        if parameters is not None:  # compared first: a small file must not ask for much memory
            fitting_arrays(parameters, expected_shapes(parameters, self.graph))
        method = initialization if parameters is None else None
        self._parameters, self._buffers = first_numbers(self.graph, self.dtype, method, self.seed)
        if parameters is not None:
            self.load_parameters(parameters)
        self.turns = Turns()

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers as they were given."""
        return self.graph.layers

    @property
    def input_shape(self) -> tuple[int, ...]:
        """(channels, height, width) of one image."""
        return self.graph.input_shape

    @property
    def normalization(self) -> Normalization | None:
        """What is done to raw pictures, (x/255 − mean)/std for each channel."""
        return self._normalization

    @normalization.setter
    def normalization(self, normalization: Normalization | None) -> None:
        self._normalization = checked_normalization(
            normalization, self.input_shape[0], self._engine.dtype
        )

    @property
    def engine(self) -> str:
        """The name of the engine that computes."""
        return self._engine.name

    @property
    def takes_updates(self) -> bool:
        """Whether the engine can work out new parameters in the same go as the gradients."""
        return self._updating is not None

    @property
    def dtype(self) -> np.dtype[Any]:
        """What the parameters are stored as."""
        return self._engine.dtype

    @property
    def parameters(self) -> dict[str, Array]:
        """The trained arrays by name, the network's own, so that writing into them changes it."""
        return dict(self._parameters)

    @property
    def flat_parameters(self) -> FlatArrays:
        """:attr:`parameters` as views of one row, for whoever changes all of them alike."""
        return self._parameters

    @property
    def buffers(self) -> dict[str, Array]:
        """The running statistics by name, the network's own."""
        return dict(self._buffers)

    def load_parameters(self, mapping: Mapping[str, ArrayLike]) -> None:
        """Take over the numbers of ``mapping``, all or nothing.

        Buffers may be among the names; they are kept as they are where none of them is.

        Raises:
            ParameterError: a name missing or unknown, another shape, a number that is not finite.
        """
        arrays = {**self._parameters, **self._buffers}
        own = {name: arrays[name] for name in expected_shapes(mapping, self.graph)}
        for name, array in checked_arrays(mapping, own).items():
            own[name][...] = array

    def summary(self) -> Summary:
        """A table: layer, output shape, parameters, multiply-adds, receptive field."""
        return summarize(self.graph)

    def forward(self, images: ArrayLike, training: bool = False) -> Array:
        """The output of the last layer for each image, (N, classes) scores.

        Args:
            images: (N, C, H, W); see the class.
            training: whether batch norm uses the batch's statistics and dropout drops.

        Raises:
            InputError: images that are not what the network works on.
        """
        checked = self.checked_images(images)
        if not len(checked):
            return np.zeros((0, *self.graph.output_shape), self.dtype)
        if training:
            check_batch_norm(self.graph, len(checked))
        return self._engine.forward(
            self._parameters, self._buffers, checked, training=training, step=self.training_step
        )

    def predict(self, images: ArrayLike) -> NDArray[np.int64]:
        """The class number with the largest score for each image, (N,).

        Raises:
            InputError: as :meth:`forward`.
        """
        class_count(self.graph)
        chunks = [self.forward(chunk).argmax(1) for chunk in self._chunks(images)]
        return np.concatenate([np.zeros(0, np.int64), *chunks])

    def predict_probabilities(self, images: ArrayLike) -> Array:
        """The softmax of the scores for each image, (N, classes).

        Raises:
            InputError: as :meth:`forward`.
        """
        classes = class_count(self.graph)
        chunks = [softmax(self.forward(chunk)) for chunk in self._chunks(images)]
        return np.concatenate([np.zeros((0, classes), self.dtype), *chunks])

    def evaluate(self, images: ArrayLike, labels: ArrayLike) -> Evaluation:
        """Mean softmax cross-entropy and accuracy, in evaluation mode.

        Raises:
            InputError: as :meth:`loss_and_gradients`.
        """
        array = as_array("images", images)
        classes = checked_labels(labels, image_count(array), class_count(self.graph))
        loss, right = 0.0, 0
        for start in range(0, len(array), AT_A_TIME):
            scores = self.forward(array[start : start + AT_A_TIME])
            truth = classes[start : start + AT_A_TIME]
            loss += float(cross_entropy(scores, truth).sum())
            right += int((scores.argmax(1) == truth).sum())
        return Evaluation(loss / len(array), right / len(array))

    def loss_and_gradients(
        self, images: ArrayLike, labels: ArrayLike
    ) -> tuple[float, dict[str, Array]]:
        """Mean softmax cross-entropy in training mode, and dL/d of every parameter.

        Moves the running statistics and :attr:`training_step`, as a training step does; the
        parameters stay as they are.  Threads that call it at once take turns, so none of these
        moves is lost.

        Args:
            images: (N, C, H, W), at least one; see the class.
            labels: N class numbers.

        Returns:
            The loss, and a dictionary of the names and shapes of :attr:`parameters`.

        Raises:
            InputError: images or labels that are not what the network works on.
        """
        with self.turns:  # the new statistics are made of those that they replace
            step = self.propose_step(images, labels)
            self.commit_step(step)
        return step.loss, {name: array.copy() for name, array in step.gradients.items()}

    def propose_step(
        self, images: ArrayLike, labels: ArrayLike, update: ParameterUpdate | None = None
    ) -> ProposedStep:
        """What a training step would change; nothing is changed before :meth:`commit_step`.

        The arrays of the step are the engine's own, good until its next pass in this thread.

        Args:
            images: as for :meth:`loss_and_gradients`.
            labels: as there.
            update: how the parameters change; carried out if the engine can do it in the same go.

        Raises:
            InputError: images or labels that are not what the network works on.
        """
        checked, truth = self._checked_batch(images, labels)
        check_batch_norm(self.graph, len(checked))
        given = self._parameters, self._buffers, checked, truth
        if update is not None and self._updating is not None:
            return self._updating.proposed_step(*given, step=self.training_step, update=update)
        return self._engine.loss_and_gradients(*given, step=self.training_step)

    def commit_step(self, step: ProposedStep, parameters: Array | None = None) -> None:
        """Change what a training step changes: statistics, the count of steps, the parameters.

        Args:
            step: the step.
            parameters: the new row of :attr:`flat_parameters`; None leaves them as they are.
        """
        for name, value in step.buffers.items():
            self._buffers[name][...] = value
        if parameters is not None:
            self._parameters.flat[...] = parameters
        self.training_step += 1

    def prepare(self, images: int, equations: UpdateEquations | None = None) -> None:
        """Get ready to train on batches of so many images, and to predict.

        The first pass would do it otherwise.  Where kernels have to be compiled it takes seconds.

        Args:
            images: how many there are in a batch.
            equations: the optimizer's, if it is known; see :class:`.engine.ParameterUpdate`.
        """
        if equations is not None and self._updating is not None:
            self._updating.prepare_update(images, equations)
        else:
            self._engine.prepare(images)

    def plan(self, images: int = 64, training: bool = True) -> str:
        """The engine's plan as text: what it does for a batch of so many images, a step a line.

        Args:
            images: how many there are.
            training: a training pass, forward and backward; else a prediction.

        Raises:
            ConfigurationError: not a whole number of images, at least 1.
        """
        if not is_count(images):
            raise ConfigurationError(f"images must be an int of at least 1, got {images!r}")
        return self._engine.plan(int(images), training=training)

    def fingerprint(self) -> dict[str, Any]:
        """What the last bits of the results depend on beside the numbers: threads, processor.

        As the engine says it; {} if it computes the same everywhere.
        """
        of_engine = getattr(self._engine, "fingerprint", dict)
        return dict(of_engine())

    def record(self, images: ArrayLike, labels: ArrayLike, training: bool = True) -> Recording:
        """Every activation, every error and every gradient of one pass; the network stays as it is.

        With ``training=True`` the gradients are those that :meth:`loss_and_gradients` would return
        now.

        Raises:
            InputError: as :meth:`loss_and_gradients`.
        """
        checked, truth = self._checked_batch(images, labels)
        if training:
            check_batch_norm(self.graph, len(checked))
        return self._engine.record(
            self._parameters,
            self._buffers,
            checked,
            truth,
            training=training,
            step=self.training_step,
        )

    def checked_images(self, images: ArrayLike) -> Array:
        """Images as the network sees them: checked, raw pictures normalized, in its dtype.

        Raises:
            InputError: images that are not what the network works on.
        """
        return checked_images(images, self.graph, self.dtype, self.normalization)

    def config(self) -> dict[str, Any]:
        """What JSON can hold of the network: everything but the numbers."""
        return {
            "input_shape": list(self.input_shape),
            "layers": [layer.to_config() for layer in self.layers],
            "seed": self.seed,
            "initialization": self.initialization,
            "normalization": self.normalization.to_config() if self.normalization else None,
            "classes": list(self.classes) if self.classes else None,
        }

    @classmethod
    def from_config(
        cls,
        config: Mapping[str, Any],
        engine: str | None = None,
        parameters: Mapping[str, ArrayLike] | None = None,
    ) -> Network:
        """The network that :meth:`config` described, with ``parameters`` or its initial numbers.

        Raises:
            ConfigurationError: a description that is not complete or makes no sense.
            ParameterError: ``parameters`` that are not those of the network described.
        """
        try:
            normalization = config.get("normalization")
            return cls(
                input_shape=tuple(config["input_shape"]),
                layers=[layer_from_config(layer) for layer in config["layers"]],
                engine=engine,
                seed=config.get("seed", 0),
                initialization=config.get("initialization", "he"),
                normalization=Normalization.from_config(normalization) if normalization else None,
                classes=config.get("classes"),
                parameters=parameters,
            )
        except KeyError as problem:
            raise ConfigurationError(f"the description of a network lacks {problem}") from None
        except (TypeError, AttributeError, RecursionError) as problem:
            raise ConfigurationError(f"this is no description of a network: {problem}") from None

    def source(self) -> str:
        """The Python that builds this network anew: its layers and settings, without its numbers.

        They are kept by :meth:`save`; the network that is built starts from the same first ones.
        """
        return source(
            self.input_shape,
            self.layers,
            seed=self.seed,
            initialization=self.initialization,
            normalization=self.normalization,
            classes=self.classes,
        )

    def in_short(self) -> str:
        """The network in one line, ``1×8×8 → conv 8@3×3 → ReLU → max pool 2×2 → … → dense 10``.

        ``8@3×3`` are eight filters of three rows and columns, ``/2`` is a stride of 2; a layer that
        is read later on is named in brackets.
        """
        return in_short(self.graph)

    def save(self, path: str | Path) -> None:
        """Write the network to one safetensors file, atomically; see :func:`backlit.load`.

        Raises:
            RunError: the file cannot be written.
        """
        tensors = {**self.parameters, **self.buffers}
        write_tensors(Path(path), tensors, {"network": self.config()})

    def eject(
        self,
        target: str = "python",
        training: bool = False,
        *,
        tests: tuple[ArrayLike, ArrayLike] | None = None,
        data: tuple[ArrayLike, ArrayLike] | None = None,
    ) -> str:
        """The network as one program that needs nothing of backlit, its weights inside.

        ``python3 FILE test`` shows that the program computes what backlit computes,
        ``python3 FILE predict PICTURE.pgm`` names the class of a picture, and with training
        ``python3 FILE train`` learns.

        Args:
            target: the language: "python" is plain Python and needs nothing but its standard
                library; "numpy" is Python with NumPy, im2col and col2im; "javascript" is one
                module for Node.js and for browsers; "c" is one file of C99 that allocates nothing
                and computes in float32.
            training: whether the program also goes backward, updates its weights and learns, with
                SGD and momentum.  ``backlit eject RUN --training`` learns as the run did.
            tests: raw pictures (uint8) and their class numbers, of which the program's test takes
                the first five; without them it makes up noise.
            data: raw pictures and their class numbers to learn from.  Without them a network of
                1×8×8 pictures in ten classes is given the digits that come with backlit.

        Raises:
            ConfigurationError: no such language.
            ShapeError: the network does not end in one score for each class.
            InputError: pictures that are not raw ones of the network's size.
        """
        eject.target_of(target)  # refused before anything is computed
        return eject.write(describe(self, training, tests=tests, data=data), target)

    def __repr__(self) -> str:
        names = ", ".join(node.name for node in self.graph)
        return f"Network(input_shape={self.input_shape}, layers=[{names}], engine={self.engine!r})"

    def _repr_html_(self) -> str:
        return self.summary()._repr_html_()

    def _checked_batch(
        self, images: ArrayLike, labels: ArrayLike
    ) -> tuple[Array, NDArray[np.int64]]:
        checked = self.checked_images(images)
        truth = checked_labels(labels, image_count(checked), class_count(self.graph))
        return checked, truth

    def _chunks(self, images: ArrayLike) -> Iterator[Array]:
        array = as_array("images", images)
        if array.ndim == 0 or len(array) == 0:
            self.checked_images(array)
        for start in range(0, len(array) if array.ndim else 0, AT_A_TIME):
            yield array[start : start + AT_A_TIME]
