"""What the benchmarks kept, and how its numbers are put."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "measured"
OURS, BOOK, NUMPY = "backlit.fast", "backlit.pure", "numpy"
PLAIN = ("torch.contiguous", "torch.channels_last")
FLOAT32 = (*PLAIN, "torch.compiled")
INSTALLED = tuple(f"{side}.installed" for side in PLAIN)  # memory goes back to the system
WAYS = {
    "torch.contiguous": "PyTorch",
    "torch.channels_last": "channels last",
    "torch.compiled": "torch.compile",
    "torch.bfloat16": "bfloat16",
}
Times = Mapping[str, Sequence[float]]  # milliseconds in rounds, by side


def kept(name: str) -> dict[str, Any]:
    """What ``bench NAME --keep`` wrote."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return found


def measured_by(name: str) -> str:
    """On which machine, when, and by which command; and whether the machine had other work."""
    document = kept(name)
    versions = [
        f"{library} {version}"
        for library, version in document.get("versions", {}).items()
        if library != "numpy"  # is named with the machine
    ]
    where = "; ".join([", ".join([document["machine"], *versions]), document["date"]])
    source = f"*Measured by `{document['command']}`: {where}.*"
    load = document.get("load", 0)
    if load <= document.get("processors", 0) + 1:  # what the benchmark before leaves behind
        return source
    return (
        f"**The machine was busy with other work (a load of {load:g} on "
        f"{document['processors']} processors) when this was measured: do not rely on these "
        f"numbers before they are measured again.**\n\n{source}"
    )


def median(times: Times, side: str) -> float | None:
    """Of the rounds; None if the side could not compute the case."""
    return statistics.median(times[side]) if side in times else None


def own(times: Times) -> float:
    """Of backlit's fast engine."""
    return statistics.median(times[OURS])


def best(times: Times, sides: Iterable[str] = FLOAT32) -> float:
    """Of the fastest of PyTorch's ways."""
    return min(statistics.median(times[side]) for side in sides if side in times)


def ratio(times: Times, sides: Iterable[str] = FLOAT32) -> float:
    """How many times PyTorch's best speed backlit has."""
    return best(times, sides) / own(times)


def shown(value: float | None) -> str:
    """Three digits, which is more than the spread of rounds can vouch for."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if value >= 100 else f"{value:#.3g}".rstrip(".")


def reach(numbers: Iterable[float], form: str = ".1f") -> str:
    """The least and the largest, in words."""
    each = sorted(numbers)
    low, high = f"{each[0]:{form}}", f"{each[-1]:{form}}"
    return low if low == high else f"{low} to {high}"
