"""Tables of what was measured."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from html import escape

from .documents import INSTALLED, OURS, PLAIN, WAYS, best, kept, ladder, median, own, ratio, shown

# A group of columns has a name and heads; without a name, its heads stand alone.
Group = tuple[str, Sequence[str]]


def table(groups: Sequence[Group], rows: Sequence[Sequence[str]], strong: Sequence[int]) -> str:
    """HTML that scrolls sideways on narrow pages; columns by number from 0 are ``strong``."""
    tall = any(name for name, _ in groups)
    upper, lower, column = "", "", 0
    starts: set[int] = set()
    for name, heads in groups:
        if name:
            upper += f'<th colspan="{len(heads)}" class="group">{escape(name)}</th>'
            starts.add(column)
        for head in heads:
            kind = ' class="first"' if column in starts else ""
            if name or not tall:
                lower += f"<th{kind}>{escape(head)}</th>"
            else:
                upper += f'<th rowspan="2">{escape(head)}</th>'
            column += 1
    head = "".join(f"<tr>{row}</tr>" for row in (upper, lower) if row)
    body = ""
    for row in rows:
        body += f'<tr><th scope="row">{escape(row[0])}</th>'
        for place, words in enumerate(row[1:], 1):
            kinds = ["first"] * (place in starts) + ["strong"] * (place in strong)
            kind = f' class="{" ".join(kinds)}"' if kinds else ""
            body += f"<td{kind}>{escape(words)}</td>"
        body += "</tr>"
    inside = f"<thead>{head}</thead><tbody>{body}</tbody>"
    return f'<div class="backlit-scroll"><table class="numbers">{inside}</table></div>'


def steps_html() -> str:
    """Milliseconds a training step, ours and PyTorch's in each of its ways."""
    rows = []
    for name, case in kept("networks")["cases"].items():
        step = case["step"]
        mark = "" if ratio(step) >= case["goal"] else "*"
        ways = [*(shown(median(step, side)) for side in WAYS), shown(best(step, INSTALLED))]
        times = [f"{mark}{ratio(step):.2f}", f"{ratio(step, INSTALLED):.2f}", f"{case['goal']:.1f}"]
        rows.append([name, str(case["batch"]), shown(own(step)), *ways, *times])
    groups = [
        ("", ["network", "batch", "backlit"]),
        ("PyTorch", ["usual", *list(WAYS.values())[1:], "as installed"]),
        ("times the best float32", ["found", "as installed", "goal"]),
    ]
    return table(groups, rows, strong=[2, 8])


def predictions_html() -> str:
    """Milliseconds for 1, 64 and 1000 images."""
    cases = kept("networks")["cases"]
    batches = list(next(iter(cases.values()))["predict"])
    groups: list[Group] = [("", ["network"])]
    for batch in batches:
        count = "1 image" if batch == "1" else f"{batch} images"
        groups.append((count, ["backlit", "PyTorch", "times"]))
    rows = []
    for name, case in cases.items():
        row = [name]
        for batch in batches:
            times = case["predict"][batch]
            row += [shown(own(times)), shown(best(times)), f"{ratio(times):.1f}"]
        rows.append(row)
    return table(groups, rows, strong=range(3, 3 * len(batches) + 1, 3))


def costs_html() -> str:
    """Memory, the time to a first step, and how near the arithmetic comes to a matrix product."""
    document = kept("networks")
    rows = []
    for name, case in document["cases"].items():
        seconds = own(case["step"]) / 1e3
        share = 3 * case["multiply_adds"] * case["batch"] / seconds / document["matrix_product"]
        compiled = case["first"].get("torch.compiled")
        rows.append(
            [
                name,
                f"{share:.0%}",
                f"{case['first'][OURS]:.1f}",
                f"{case['first_again']:.1f}",
                f"{case['first'][PLAIN[0]]:.1f}",
                "–" if compiled is None else f"{compiled:.1f}",
                f"{case['memory'][OURS]:.0f}",
                f"{case['memory'][PLAIN[0]]:.0f}",
            ]
        )
    groups = [
        ("", ["network", "of a matrix product’s speed"]),
        ("seconds to a first step", ["backlit", "again", "PyTorch", "torch.compile"]),
        ("MiB at most", ["backlit", "PyTorch"]),
    ]
    return table(groups, rows, strong=[])


def ladder_html() -> str:
    """A line for each rung, with its gain over the one before."""
    document = ladder()
    rows, before = [], None
    for name, seconds in document["rungs"].items():
        gain = "" if before is None else f"{before / seconds:.1f}"
        speed = document["multiply_adds"] / seconds / 1e9
        rows.append([name, shown(seconds * 1e3), gain, shown(speed)])
        before = seconds
    groups = [("", ["step", "ms", "times the one before", "multiply-adds a ns"])]
    return table(groups, rows, strong=[])


def scaling_html() -> str:
    """Milliseconds a step with one thread and with two."""
    document = kept("scaling")
    counts = [str(each) for each in document["threads"]]
    rows = []
    for name, case in document["cases"].items():
        row = [name]
        for sides in ((OURS,), PLAIN):
            one, two = (best(case["step"][count], sides) for count in counts)
            row += [shown(one), shown(two), f"{one / two:.2f}"]
        rows.append(row)
    heads = [f"{count} thread{'s' * (count != '1')}" for count in counts]
    groups = [("", ["network"]), *((who, [*heads, "times"]) for who in ("backlit", "PyTorch"))]
    return table(groups, rows, strong=[3, 6])


def spread() -> float:
    """Of training steps: half the distance between the quartiles, as a share of the median."""
    shares: list[float] = []
    for case in kept("networks")["cases"].values():
        for times in case["step"].values():
            low, middle, high = statistics.quantiles(times, n=4)
            shares.append((high - low) / 2 / middle)
    return statistics.median(shares)
