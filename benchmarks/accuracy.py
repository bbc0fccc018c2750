"""What the demo's network learns: accuracy on held-out digits over several seeds."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile

from rich.console import Console
from rich.table import Table


def run(console: Console, seeds: int) -> None:
    """Run ``backlit demo`` once for each seed and tell how well it reads."""
    table = Table("seed", "accuracy on held-out digits", title="backlit demo")
    accuracies = []
    for seed in range(seeds):
        accuracies.append(_accuracy(seed))
        table.add_row(str(seed), f"{accuracies[-1]:.2%}")
    table.add_section()
    table.add_row("mean", f"{statistics.mean(accuracies):.2%}")
    table.add_row("least", f"{min(accuracies):.2%}")
    console.print(table)


def _accuracy(seed: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        command = ["demo", "--seed", str(seed), "--out", f"{folder}/run", "--quiet", "--json"]
        printed = subprocess.run(
            [sys.executable, "-m", "backlit", *command], check=True, capture_output=True, text=True
        ).stdout
    accuracy: float = json.loads(printed)["test"]["accuracy"]
    return accuracy
