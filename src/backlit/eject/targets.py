"""The languages that a network can be written in, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from backlit.errors import ConfigurationError

from .description import Description
from .text import packed


@dataclass(frozen=True)
class Target:
    """A language.

    Attributes:
        name: as it is asked for.
        title: what a program is, as half a sentence.
        suffix: of a file: ".py".
        runs: the command that runs such a file: "python3"; "" for a program that was built.
        module: of this package; its ``write(description)`` gives the program.
        builds: the command that makes a program of a file, without the names of both; "" if none
            is needed.
    """

    name: str
    title: str
    suffix: str
    runs: str
    module: str
    builds: str = ""

    @property
    def write(self) -> Callable[[Description], str]:
        """What writes a description as a program."""
        written: Callable[[Description], str] = import_module(self.module, __package__).write
        return written


TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        Target(
            "python",
            "plain Python and needs nothing but its standard library",
            ".py",
            "python3",
            ".python",
        ),
        Target(
            "numpy",
            "one Python file that needs NumPy, with im2col and col2im",
            ".py",
            "python3",
            ".numpy_writer",
        ),
        Target(
            "javascript",
            "one JavaScript module without dependencies, for Node.js and for browsers",
            ".mjs",
            "node",
            ".javascript",
        ),
        Target(
            "c",
            "one file of C99 that allocates nothing",
            ".c",
            "",
            ".c",
            "cc -O3 -march=native {file} -o {program} -lm",
        ),
    )
}


def target_of(name: object) -> Target:
    """The target of a name.

    Raises:
        ConfigurationError: there is none.
    """
    if not isinstance(name, str) or name not in TARGETS:
        known = ", ".join(TARGETS)
        raise ConfigurationError(f"a network can be ejected to {known}, not to {name!r}")
    return TARGETS[name]


def write(description: Description, target: str) -> str:
    """A network as a program.

    Args:
        description: of the network.
        target: the name of a language, see :data:`TARGETS`.

    Raises:
        ConfigurationError: no such language, or a network that it cannot express.
    """
    _check(description)
    return target_of(target).write(description)


def weights(description: Description) -> bytes:
    """All numbers of a network as every program reads them from a file.

    They are those of the layers in order, first the parameters and then the running statistics of
    each, as floats of four bytes, little-endian; of eight if four do not hold them exactly.
    """
    values = [value for each in description.numbers.values() for value in each.values]
    return packed(values, description.single)


def _check(description: Description) -> None:
    if description.training and not any(part.parameters for part in description.parts):
        raise ConfigurationError(
            "a network without weights has nothing to learn: eject it without training"
        )
