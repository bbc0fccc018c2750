"""What the recipes reach: test accuracy over several seeds, and the time that it takes."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from backlit.engines.fast.threads import thread_count
from backlit.recipes import RECIPES
from benchmarks.measure import machine

RESULTS = Path(__file__).resolve().parent.parent / "docs" / "measured" / "recipes.json"
_SMALL = ("--limit", "300", "--epochs", "1")  # enough to have every kernel compiled


def run(
    console: Console,
    names: Sequence[str],
    seeds: int,
    data_dir: Path | None,
    keep: bool,
    command: str,
) -> None:
    """Train recipes, print the table, and if asked for keep the numbers for the pages."""
    document: dict[str, Any] = {
        "command": command,
        "date": date.today().isoformat(),
        "machine": machine(),
        "versions": {name: version(name) for name in ("backlit", "numpy", "numba")},
        "threads": thread_count(),
        "seeds": seeds,
        "recipes": {},
    }
    for name in names:
        console.print(f"{name} …")
        document["recipes"][name] = measure(console, name, seeds, data_dir)
    console.print(table(document))
    if keep:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(f"{json.dumps(document, indent=1)}\n", encoding="utf-8")
        console.print(f"kept in {RESULTS}")


def measure(console: Console, name: str, seeds: int, data_dir: Path | None) -> dict[str, Any]:
    """Everything about one recipe."""
    recipe = RECIPES[name]
    _train(name, 0, data_dir, *_SMALL)
    found: dict[str, Any] = {
        "summary": recipe.summary,
        "data": recipe.data,
        "goal": recipe.accuracy,
        "options": dict(recipe.options),
        "accuracy": [],
        "seconds": [],  # in all, from starting Python to the accuracy
        "epoch_seconds": [],  # the median epoch
    }
    for seed in range(seeds):
        start = time.perf_counter()
        trained = _train(name, seed, data_dir)
        found["seconds"].append(time.perf_counter() - start)
        epochs = [epoch["seconds"] for epoch in trained["history"]["epochs"]]
        found["epoch_seconds"].append(statistics.median(epochs))
        found["accuracy"].append(trained["test"]["accuracy"])
        found["parameters"] = trained["parameters"]
        console.print(f"  seed {seed}: {found['accuracy'][-1]:.2%}")
    return found


def _train(name: str, seed: int, data_dir: Path | None, *more: str) -> dict[str, Any]:
    """What ``backlit train --recipe`` prints as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "backlit", "train", RECIPES[name].data, "--recipe", name]
        command += ["--seed", str(seed), "--out", f"{folder}/run", "--quiet", "--json", *more]
        command += [] if data_dir is None else ["--data-dir", str(data_dir)]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr.strip())
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


def table(document: dict[str, Any]) -> Table:
    """A row for each recipe."""
    seeds = range(document["seeds"])
    shown = Table(
        *("recipe", "epochs", "goal", *(f"seed {seed}" for seed in seeds)),
        *("mean", "spread", "s an epoch", "s in all"),
        title="Recipes: accuracy on the test images; the spread is from the least to the most",
    )
    for name, found in document["recipes"].items():
        rates = found["accuracy"]
        shown.add_row(
            name, str(found["options"]["epochs"]), f"{found['goal']:.1%}",
            *(f"{rate:.2%}" for rate in rates), f"{statistics.mean(rates):.2%}",
            f"{max(rates) - min(rates):.2%}", f"{statistics.median(found['epoch_seconds']):.1f}",
            f"{statistics.median(found['seconds']):.0f}",
        )  # fmt: skip
    return shown
