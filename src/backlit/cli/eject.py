"""``backlit eject RUN --to python``: a network as one program that needs nothing of backlit."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from backlit.errors import RunError

from . import completion, options, parsing
from .help import NETWORK, OUTPUT, TRAINING
from .options import flag, option

if TYPE_CHECKING:
    from backlit.eject import Description

_MARK = b"written by backlit"
EXAMPLES = """
backlit eject runs/digits --to python --out cnn.py
backlit eject runs/digits --to python --training --out cnn.py
backlit eject runs/digits --to python
"""


def command(
    run: options.Run,
    to: Annotated[
        str,
        option(
            NETWORK,
            "LANGUAGE",
            "The language: python, numpy, javascript or c.",
            parsing.target,
            completion.targets,
        ),
    ] = "python",
    training: Annotated[
        bool,
        flag(TRAINING, "--training", "Let the program learn, too, from the run's own pictures."),
    ] = False,
    out: Annotated[
        Path | None,
        option(OUTPUT, "FILE", "Where to write the program; by default to standard output."),
    ] = None,
    weights: Annotated[
        Path | None,
        option(OUTPUT, "FILE", "Keep the weights apart, in this file beside the program."),
    ] = None,
    data_dir: options.DataDir = None,
) -> None:
    """Write a trained network as one program that needs nothing of backlit.

    Its weights, the normalization and the framing of pictures are inside. Run with the word test
    it shows that it computes what backlit computes, with predict and a PGM or PPM picture it names
    the class, and with train, if it was written with --training, it learns.

    A file that is there already is replaced only if it is such a program, or such weights.
    """
    from backlit.eject import target_of, write
    from backlit.eject import weights as numbers
    from backlit.system.writing import write_atomically

    description = _description(run, training, data_dir)
    if weights is not None:
        _check_beside(out, weights)
        description = replace(description, weights=weights.name)
    program, content = write(description, to), numbers(description)
    _check_free(out, weights, len(content))
    if weights is not None:
        write_atomically(weights, content)
    if out is None:
        print(program, end="")
        return
    write_atomically(out, program.encode())
    target = target_of(to)
    print(f"{out} is {target.title}. It runs with")
    starts = f"{target.runs} {shlex.quote(str(out))}"
    if target.builds:
        built = out.with_suffix("")
        starts = shlex.quote(str(built) if built.is_absolute() else f"./{built}")
        print(f"  {target.builds.format(file=shlex.quote(str(out)), program=starts)}")
    for word in ("test", "predict PICTURE.pgm", *(["train"] if training else [])):
        print(f"  {starts} {word}")


def _check_beside(out: Path | None, weights: Path) -> None:
    """The program looks for its weights in its own folder.

    Raises:
        RunError: they would lie elsewhere, or be the program itself.
    """
    if out is None:
        return
    if out.resolve() == weights.resolve():
        raise RunError(f"{out} cannot be the program and its weights: name two files")
    if out.parent.resolve() != weights.parent.resolve():
        raise RunError(f"{weights} does not lie in the folder of {out}, where it is looked for")


def _check_free(out: Path | None, weights: Path | None, length: int) -> None:
    """Nothing that somebody else wrote is replaced.

    Raises:
        RunError: a file is there that no earlier call wrote.
    """
    if out is not None and out.is_file() and _MARK not in out.read_bytes()[:400]:
        raise RunError(f"{out} is there already, and it is no program that backlit wrote")
    if weights is not None and weights.is_file() and weights.stat().st_size != length:
        raise RunError(f"{weights} is there already, and it holds no weights of this network")


def _description(run: Path, training: bool, data_dir: Path | None) -> Description:
    """Of a run, or of a network in a file."""
    from backlit.network.ejecting import describe
    from backlit.runs import open_network, open_run

    if run.is_dir():
        return open_run(run, data_dir=data_dir).description(training)
    return describe(open_network(run, None), training)
