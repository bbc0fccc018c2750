"""Tables and drawings of what the benchmarks measured, for the pages on speed."""

from __future__ import annotations

import json
import statistics
from html import escape
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "measured"
OURS, FLOAT32 = "backlit.fast", ("torch.contiguous", "torch.channels_last", "torch.compiled")
_WAYS = {
    "torch.contiguous": "PyTorch",
    "torch.channels_last": "channels last",
    "torch.compiled": "torch.compile",
    "torch.bfloat16": "bfloat16",
}


def networks() -> dict[str, Any]:
    """What ``bench networks --keep`` wrote."""
    found: dict[str, Any] = json.loads((FOLDER / "networks.json").read_text("utf-8"))
    return found


def ladder() -> dict[str, Any]:
    """What ``bench ladder --keep`` wrote."""
    found: dict[str, Any] = json.loads((FOLDER / "ladder.json").read_text("utf-8"))
    return found


def source_html(document: dict[str, Any]) -> str:
    """On which machine, when, and by which command."""
    versions = ", ".join(
        f"{name} {version}" for name, version in document.get("versions", {}).items()
    )
    parts = [document["machine"], *([versions] if versions else []), document["date"]]
    text = "; ".join(map(escape, parts))
    return f"<p><small>{text}; <code>{escape(document['command'])}</code></small></p>"


def _table(heads: list[str], rows: list[list[str]]) -> str:
    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(text)}</td>" for text in row[1:])
        + "</tr>"
        for row in rows
    )
    table = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f'<table class="docutils numbers">{table}</table>'


def _median(values: dict[str, list[float]], side: str) -> float | None:
    return statistics.median(values[side]) if side in values else None


def _best(values: dict[str, list[float]]) -> float:
    return min(statistics.median(values[side]) for side in FLOAT32 if side in values)


def _ms(value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}" if value < 1 else f"{value:.2f}"


def steps_html() -> str:
    """Milliseconds a training step, ours and PyTorch's in each of its ways."""
    rows = []
    for name, case in networks()["cases"].items():
        step = case["step"]
        own = statistics.median(step[OURS])
        ratio = _best(step) / own
        mark = "" if ratio >= case["goal"] else " *"
        ways = [_ms(_median(step, side)) for side in _WAYS]
        rows.append(
            [name, str(case["batch"]), _ms(own), *ways, f"{ratio:.2f}", f"{case['goal']}{mark}"]
        )
    heads = ["network", "batch", "backlit", *_WAYS.values(), "times the best float32", "goal"]
    return _table(heads, rows)


def predictions_html() -> str:
    """Milliseconds for 1, 64 and 1000 images."""
    document = networks()
    batches = list(next(iter(document["cases"].values()))["predict"])
    heads = ["network"]
    for batch in batches:
        count = "1 image" if batch == "1" else f"{batch} images"
        heads += [count, "PyTorch", "times"]
    rows = []
    for name, case in document["cases"].items():
        row = [name]
        for batch in batches:
            own, best = (
                statistics.median(case["predict"][batch][OURS]),
                _best(case["predict"][batch]),
            )
            row += [_ms(own), _ms(best), f"{best / own:.1f}"]
        rows.append(row)
    return _table(heads, rows)


def costs_html() -> str:
    """Memory, the time to a first step, and how near the arithmetic comes to a matrix product."""
    document = networks()
    rows = []
    for name, case in document["cases"].items():
        seconds = statistics.median(case["step"][OURS]) / 1e3
        share = 3 * case["multiply_adds"] * case["batch"] / seconds / document["matrix_product"]
        compiled = case["first"].get("torch.compiled")
        rows.append(
            [
                name,
                f"{share:.0%}",
                f"{case['first'][OURS]:.1f}",
                f"{case['first_again']:.1f}",
                f"{case['first']['torch.contiguous']:.1f}",
                "–" if compiled is None else f"{compiled:.0f}",
                f"{case['memory'][OURS]:.0f}",
                f"{case['memory']['torch.contiguous']:.0f}",
            ]
        )
    heads = [
        *("network", "of a matrix product's speed", "s to a first step", "the next time"),
        *("PyTorch", "torch.compile", "MiB", "PyTorch's MiB"),
    ]
    return _table(heads, rows)


def ladder_html() -> str:
    """A line for each step, with a bar whose length is the logarithm of the speed."""
    document = ladder()
    rungs = list(document["rungs"].items())
    rows, before = [], None
    for name, seconds in rungs:
        gain = "" if before is None else f"{before / seconds:.1f}"
        speed = document["multiply_adds"] / seconds / 1e9
        rows.append([name, f"{seconds * 1e3:,.2f}", gain, f"{speed:.2g}"])
        before = seconds
    return _table(["step", "ms", "times the one before", "multiply-adds a ns"], rows)


def ratios_svg() -> str:
    """Bars: how many times PyTorch's best float32 speed a training step has, and the goals."""
    cases = networks()["cases"]
    height, left, width, unit = 26, 130, 640, 95
    lines = []
    for place, (name, case) in enumerate(cases.items()):
        y = 12 + place * height
        ratio = _best(case["step"]) / statistics.median(case["step"][OURS])
        goal = left + case["goal"] * unit
        lines += [
            f'<text x="{left - 8}" y="{y + 13}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{left}" y="{y}" width="{ratio * unit:.1f}" height="17" rx="2" class="bar"/>',
            f'<line x1="{goal}" x2="{goal}" y1="{y - 3}" y2="{y + 20}" class="goal"/>',
            f'<text x="{left + ratio * unit + 6:.1f}" y="{y + 13}">{ratio:.2f}</text>',
        ]
    foot = 12 + len(cases) * height
    one = left + unit
    return (
        f'<svg viewBox="0 0 {width} {foot + 24}" role="img" class="ratios" '
        'aria-label="How many times the speed of PyTorch">'
        f'<line x1="{one}" x2="{one}" y1="4" y2="{foot}" class="one"/>'
        + "".join(lines)
        + f'<text x="{one}" y="{foot + 14}" text-anchor="middle">PyTorch</text></svg>'
    )
