"""``python3 dev.py bench``: run the benchmarks and print their tables."""

from __future__ import annotations

import typer
from rich.console import Console

from benchmarks import pure
from benchmarks.measure import machine


def main(rounds: int = typer.Option(7, min=1, help="How often each side is timed.")) -> None:
    """Measure side by side: alternating rounds, medians, and half the quartile distance as ±."""
    console = Console()
    console.print(machine())
    pure.run(console, rounds)


if __name__ == "__main__":
    typer.run(main)
