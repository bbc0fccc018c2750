"""``python3 dev.py bench [NAME]``: run the benchmarks, or one of them, and print their tables."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks import accuracy as accuracies
from benchmarks import pure
from benchmarks.measure import machine

app = typer.Typer(help=__doc__, add_completion=False, rich_markup_mode=None)
ROUNDS = typer.Option(7, min=1, help="How often each side is timed.")
SEEDS = typer.Option(3, min=1, help="How many seeds, from 0 on.")


@app.callback(invoke_without_command=True)
def everything(context: typer.Context) -> None:
    """All benchmarks, or the one that is named."""
    if context.invoked_subcommand is None:
        speed(ROUNDS.default)
        accuracy(SEEDS.default)


@app.command()
def speed(rounds: int = ROUNDS) -> None:
    """Side by side: alternating rounds, medians, and half the quartile distance as ±."""
    console = Console()
    console.print(machine())
    pure.run(console, rounds)


@app.command()
def networks(
    cases: Annotated[list[str] | None, typer.Argument(metavar="[CASE]...")] = None,
    rounds: int = typer.Option(5, min=2, help="How often each side is timed."),
    threads: int = typer.Option(2, min=1, help="Of each side."),
    keep: bool = typer.Option(False, help="Write the numbers where the pages read them."),
) -> None:
    """Training and inference beside PyTorch (bench networks --with torch), in processes in turn."""
    if importlib.util.find_spec("torch") is None:
        raise SystemExit("PyTorch is not installed: python3 dev.py bench networks --with torch")
    from benchmarks import networks as whole
    from benchmarks.cases import CASES

    names = cases or list(CASES)
    for name in names:
        if name not in CASES:
            raise SystemExit(f"there is no case {name!r}, only {', '.join(CASES)}")
    given = ["networks", *(cases or []), "--rounds", str(rounds), "--threads", str(threads)]
    command = " ".join(["python3 dev.py bench", *given, "--with torch"])
    whole.run(Console(width=120), names, rounds, threads, keep, command)


@app.command()
def scaling(
    cases: Annotated[list[str] | None, typer.Argument(metavar="[CASE]...")] = None,
    rounds: int = typer.Option(5, min=2, help="How often each side is timed."),
    keep: bool = typer.Option(False, help="Write the numbers where the pages read them."),
) -> None:
    """A training step with one thread and with two, ours and PyTorch's (--with torch)."""
    _ask_for_torch("scaling")
    from benchmarks import scaling as scales
    from benchmarks.cases import CASES

    names = _chosen(cases, list(CASES))
    scales.run(Console(width=100), names, rounds, keep, _command("scaling", cases, rounds))


@app.command()
def sizes(
    cases: Annotated[list[str] | None, typer.Argument(metavar="[CASE]...")] = None,
    rounds: int = typer.Option(3, min=2, help="How often each side is timed."),
    threads: int = typer.Option(2, min=1, help="Of each side."),
    keep: bool = typer.Option(False, help="Write the numbers where the pages read them."),
) -> None:
    """What a step costs an image, in batches and images small and large (--with torch)."""
    _ask_for_torch("sizes")
    from benchmarks import sizes as growing

    names = _chosen(cases, list(growing.PIXELS))
    command = _command("sizes", cases, rounds, threads)
    growing.run(Console(width=100), names, rounds, threads, keep, command)


@app.command()
def peers(
    cases: Annotated[list[str] | None, typer.Argument(metavar="[CASE]...")] = None,
    rounds: int = typer.Option(5, min=2, help="How often each side is timed."),
    threads: int = typer.Option(2, min=1, help="Of each side."),
    keep: bool = typer.Option(False, help="Write the numbers where the pages read them."),
) -> None:
    """Beside what a learner meets: plain loops, NumPy with im2col, PyTorch (--with torch)."""
    _ask_for_torch("peers")
    from benchmarks import learners

    names = _chosen(cases, list(learners.CASE_NAMES))
    command = _command("peers", cases, rounds, threads)
    learners.run(Console(width=100), names, rounds, threads, keep, command)


def _ask_for_torch(name: str) -> None:
    if importlib.util.find_spec("torch") is None:
        raise SystemExit(f"PyTorch is not installed: python3 dev.py bench {name} --with torch")


def _chosen(cases: list[str] | None, known: list[str]) -> list[str]:
    for name in cases or ():
        if name not in known:
            raise SystemExit(f"there is no case {name!r}, only {', '.join(known)}")
    return cases or known


def _command(name: str, cases: list[str] | None, rounds: int, threads: int | None = None) -> str:
    """What repeats a measurement, for its document."""
    given = [name, *(cases or []), "--rounds", str(rounds)]
    given += [] if threads is None else ["--threads", str(threads)]
    return " ".join(["python3 dev.py bench", *given, "--with torch"])


@app.command()
def recipes(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...")] = None,
    seeds: int = SEEDS,
    data_dir: Annotated[Path | None, typer.Option(help="Where the data lie.")] = None,
    keep: bool = typer.Option(False, help="Write the numbers where the pages read them."),
) -> None:
    """Accuracy over several seeds, and time, of what backlit train --recipe NAME trains."""
    from backlit.recipes import RECIPES
    from benchmarks import recipes as ready

    for name in names or ():
        if name not in RECIPES:
            raise SystemExit(f"there is no recipe {name!r}, only {', '.join(RECIPES)}")
    command = " ".join(["python3 dev.py bench recipes", *(names or []), "--seeds", str(seeds)])
    ready.run(Console(width=120), names or list(RECIPES), seeds, data_dir, keep, command)


@app.command()
def ladder(
    keep: bool = typer.Option(False, help="Write the numbers where pages read them."),
) -> None:
    """One convolution from plain loops to the last kernel, step by step, on one thread."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # read when NumPy is imported first
        os.environ[name] = "1"
    command = [sys.executable, "-m", "benchmarks.ladder", *(["--keep"] if keep else [])]
    raise SystemExit(subprocess.call(command))


@app.command()
def profile(case: str = typer.Argument("lenet", help="Which network.")) -> None:
    """Where the time of a training step goes: every step of the plan alone, on one thread."""
    from benchmarks import profile as profiles
    from benchmarks.cases import CASES

    if case not in CASES:
        raise SystemExit(f"there is no case {case!r}, only {', '.join(CASES)}")
    profiles.run(Console(width=100), case)


@app.command()
def accuracy(seeds: int = SEEDS) -> None:
    """What the demo's network reaches on digits that it has not seen."""
    accuracies.run(Console(), seeds)


if __name__ == "__main__":
    app(prog_name="dev.py bench")
