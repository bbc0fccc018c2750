"""Tables of what was measured."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence

from .documents import INSTALLED, OURS, PLAIN, WAYS, best, kept, median, own, ratio, shown

# A group of columns has a name and heads; without a name, its heads stand alone.
Group = tuple[str, Sequence[str]]


def table(
    groups: Sequence[Group], rows: Iterable[Sequence[str]], strong: Sequence[int] = ()
) -> str:
    """A table in Markdown: words on the left, numbers on the right; some columns, from 0, bold."""
    heads = [f"{name} {head}".strip() for name, each in groups for head in each]
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)]]
    for row in rows:
        lines.append([f"**{cell}**" if k in strong else cell for k, cell in enumerate(row)])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def steps_table() -> str:
    """Milliseconds a training step, ours and PyTorch's in each of its ways."""
    rows = []
    for name, case in kept("networks")["cases"].items():
        step = case["step"]
        mark = "" if ratio(step) >= case["goal"] else "★ "
        ways = [*(shown(median(step, side)) for side in WAYS), shown(best(step, INSTALLED))]
        times = [f"{mark}{ratio(step):.2f}", f"{ratio(step, INSTALLED):.2f}", f"{case['goal']:.1f}"]
        rows.append([name, str(case["batch"]), shown(own(step)), *ways, *times])
    groups = [
        ("", ["network", "batch", "backlit"]),
        ("PyTorch", ["usual", *list(WAYS.values())[1:], "as installed"]),
        ("times", ["", "as installed", "goal"]),
    ]
    return table(groups, rows, strong=[2, 8])


def predictions_table() -> str:
    """Milliseconds for 1, 64 and 1000 images."""
    cases = kept("networks")["cases"]
    batches = list(next(iter(cases.values()))["predict"])
    groups: list[Group] = [("", ["network"])]
    for batch in batches:
        count = "1 image:" if batch == "1" else f"{batch} images:"
        groups.append((count, ["backlit", "PyTorch", "times"]))
    rows = []
    for name, case in cases.items():
        row = [name]
        for batch in batches:
            times = case["predict"][batch]
            row += [shown(own(times)), shown(best(times)), f"{ratio(times):.1f}"]
        rows.append(row)
    return table(groups, rows, strong=range(3, 3 * len(batches) + 1, 3))


def costs_table() -> str:
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
        ("", ["network", "share of a matrix product's speed"]),
        ("first step, s:", ["backlit", "again", "PyTorch", "torch.compile"]),
        ("memory, MiB:", ["backlit", "PyTorch"]),
    ]
    return table(groups, rows)


def ladder_table() -> str:
    """A line for each rung, with its gain over the one before."""
    document = kept("ladder")
    rows, before = [], None
    for name, seconds in document["rungs"].items():
        gain = "" if before is None else f"{before / seconds:.1f}"
        speed = document["multiply_adds"] / seconds / 1e9
        rows.append([name, shown(seconds * 1e3), gain, shown(speed)])
        before = seconds
    groups = [("", ["step", "ms", "times the one before", "multiply-adds a ns"])]
    return table(groups, rows)


def scaling_table() -> str:
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


def overview_table() -> str:
    """A training step of each network, and the prediction of one image, beside PyTorch's best."""
    rows = []
    for name, case in kept("networks")["cases"].items():
        row = [f"{name}, {case['batch']} images"]
        for times in (case["step"], case["predict"]["1"]):
            row += [f"{own(times):.3g} ms", f"{best(times):.3g} ms", f"**{ratio(times):.1f}**"]
        rows.append(row)
    heads = ["network", "a training step", "PyTorch", "times", "one image", "PyTorch", "times"]
    return table([("", heads)], rows)


def recipes_table() -> str:
    """What the recipes reach."""
    rows = []
    for name, each in kept("recipes")["recipes"].items():
        rights = [100 * right for right in each["accuracy"]]
        epoch, whole = (statistics.median(each[key]) for key in ("epoch_seconds", "seconds"))
        rows.append(
            [
                f"`{name}`",
                f"{statistics.mean(rights):.2f} %",
                f"{max(rights) - min(rights):.2f}",
                f"{each['options']['epochs']} × {epoch:.1f} s",
                f"{whole:.0f} s" if whole < 100 else f"{whole / 60:.1f} min",
            ]
        )
    heads = ["recipe", "test accuracy", "best − worst seed", "epochs", "in all"]
    return table([("", heads)], rows)


def spread() -> float:
    """Of training steps: half the distance between the quartiles, as a share of the median."""
    shares: list[float] = []
    for case in kept("networks")["cases"].values():
        for times in case["step"].values():
            low, middle, high = statistics.quantiles(times, n=4)
            shares.append((high - low) / 2 / middle)
    return statistics.median(shares)
