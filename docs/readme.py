"""Run the sessions that README.md shows, and write what they print back into it.

A session is a fenced block below a comment such as ``<!-- session: lines 1-6, sum … mean -->``; it
runs every line that begins with ``$``, all in one folder, and shows the named lines of what is
printed: the lines 1 to 6, say, or from the next line that holds one text to the next that holds
another ("all" for all lines).  A table below a comment such as ``<!-- measured: speed -->`` is made
of what a benchmark kept in ``docs/measured``.  No number in the README is typed by hand: run this
after a change, with ``--tables`` for the tables alone.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
# What dev.py runs, here without its set-up.
DEVELOPERS = {"demo": ["backlit", "demo"], "bench": ["benchmarks"]}
SESSION = re.compile(r"(<!-- session: lines ([^>]*?) -->\n```(\w+)\n)(.*?)(\n```)", re.DOTALL)
TABLE = re.compile(r"(<!-- measured: (\w+) -->\n).*?\n(?=\n)", re.DOTALL)
MEASURED = ROOT / "docs" / "measured"
FLOAT32 = ("torch.contiguous", "torch.channels_last", "torch.compiled")


def main(arguments: list[str]) -> int:
    """Exit status 0 if every command succeeded."""
    text = README.read_text(encoding="utf-8")
    text = TABLE.sub(lambda found: found[1] + TABLES[found[2]](), text)
    if arguments != ["--tables"]:
        with tempfile.TemporaryDirectory() as folder:
            text = SESSION.sub(lambda found: _rerun(found, Path(folder)), text)
    README.write_text(text, encoding="utf-8")
    return 0


def _rerun(found: re.Match[str], folder: Path) -> str:
    head, lines, language, body, end = found.groups()
    if language == "python":
        code = body.split("\n# prints\n")[0]
        printed = _run([sys.executable, "-c", code], folder)
        commented = "\n".join(f"# {line}".rstrip() for line in printed)
        return f"{head}{code}\n# prints\n{commented}{end}"
    shown = []
    for command in [line for line in body.splitlines() if line.startswith("$ ")]:
        words = shlex.split(command.removeprefix("$ "))
        if words[:2] == ["python3", "dev.py"]:
            words = [*DEVELOPERS[words[2]], *words[3:]]
        printed = _run([sys.executable, "-m", *words], folder)
        shown.append("\n".join([command, *_chosen(printed, lines)]))
    return head + "\n\n".join(shown) + end


def _run(command: list[str], folder: Path) -> list[str]:
    search_path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    settings = {
        "PATH": search_path,
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "80",
        "NO_COLOR": "1",
        "PYTHONUTF8": "1",
        "BACKLIT_CACHE": str(folder / "cache"),  # as empty at first as that of a newcomer
    }
    finished = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **settings},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    if finished.returncode:
        raise SystemExit(f"{shlex.join(command)} failed:\n{finished.stdout}")
    return [line.rstrip() for line in finished.stdout.rstrip().splitlines()]


def _chosen(printed: list[str], lines: str) -> list[str]:
    """The lines to show, with … where some are left out."""
    if lines == "all":
        return printed
    chosen: list[str] = []
    end = 0
    for part in lines.split(", "):
        first, last = _ends(part, printed, end)
        chosen += ["…"] * (first > end) + printed[first:last]
        end = last
    return chosen + ["…"] * (end < len(printed))


def _ends(part: str, printed: list[str], start: int) -> tuple[int, int]:
    """Index of the part's first line, and of the one behind its last."""
    if " … " not in part:
        first, last = (int(number) for number in part.split("-"))
        return first - 1, last
    begin, stop = part.split(" … ")
    first = _next(begin, printed, start)
    return first, _next(stop, printed, first) + 1


def _next(text: str, printed: list[str], start: int) -> int:
    for number in range(start, len(printed)):
        if text in printed[number]:
            return number
    raise SystemExit(f"no line below line {start} holds {text!r}")


def _measured(name: str) -> Any:
    return json.loads((MEASURED / f"{name}.json").read_text(encoding="utf-8"))


def _best(values: Mapping[str, list[float]]) -> float:
    """Milliseconds of the fastest of PyTorch's ways in float32."""
    return min(statistics.median(values[side]) for side in FLOAT32 if side in values)


def _table(heads: list[str], rows: Iterable[list[str]]) -> str:
    """A table in Markdown: text on the left, numbers on the right."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def speed() -> str:
    """A training step of each network, and the prediction of one image."""
    rows = []
    for name, case in _measured("networks")["cases"].items():
        row = [f"{name}, {case['batch']} images"]
        for values in (case["step"], case["predict"]["1"]):
            own, best = statistics.median(values["backlit.fast"]), _best(values)
            row += [f"{own:.3g} ms", f"{best:.3g} ms", f"**{best / own:.1f}**"]
        rows.append(row)
    heads = ["network", "a training step", "PyTorch", "times", "one image", "PyTorch", "times"]
    return _table(heads, rows)


def recipes() -> str:
    """What the recipes reach."""
    rows = []
    for name, each in _measured("recipes")["recipes"].items():
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
    return _table(heads, rows)


TABLES = {"speed": speed, "recipes": recipes}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
