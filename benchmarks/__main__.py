"""``python3 dev.py bench [speed|accuracy|networks]``: run the benchmarks and print their tables."""

from __future__ import annotations

import importlib.util
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
def accuracy(seeds: int = SEEDS) -> None:
    """What the demo's network reaches on digits that it has not seen."""
    accuracies.run(Console(), seeds)


if __name__ == "__main__":
    app(prog_name="dev.py bench")
