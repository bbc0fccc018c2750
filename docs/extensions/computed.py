"""Pages that hold what they computed: plain Markdown, recomputed in place.

On a page, every fenced block of ``python`` is run, and what it prints stands in the block of
``text`` behind it.  In a block of ``console`` every line that begins with ``$`` is run, and what it
prints stands below it; a comment ``<!-- lines: 1-6, sum … mean -->`` before it chooses lines: by
number, or from the next line that holds one text to the next that holds another, and one
``<!-- status: 1 -->`` says with which exit status they end.  Python below ``<!-- file: NAME -->``
is not run, but written into that file, for the commands below.  Between
``<!-- computed: EXPRESSION -->`` and ``<!-- end -->`` stands the value of a Python expression:
equations, tables, pictures, quoted source.  Other blocks are only shown.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from docs.extensions.helpers import Helpers
from docs.extensions.running import ExampleError, Runner

ROOT = Path(__file__).resolve().parents[2]
TOP = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
PART = re.compile(
    r"(?P<head><!-- computed:(?P<expression>.*?)-->\n)(?P<content>.*?)(?P<end><!-- end -->)"
    r"|<!-- file: (?P<file>[\w./-]+) -->\n^```python\n(?P<program>.*?)^```\n"
    r"|(?P<python>^```python\n(?P<code>.*?)^```\n)(?:\n```text\n(?P<printed>.*?)^```\n)?"
    r"|(?P<choice>(?:<!-- lines: (?P<lines>[^>]*?) -->\n)?(?:<!-- status: (?P<status>\d+) -->\n)?)"
    r"^```console\n(?P<session>.*?)^```\n"
    r"|^```.*?^```\n",
    re.DOTALL | re.MULTILINE,
)
# How long something took, which is never the same twice.
TIME = re.compile(r"[\d,.]+ (?:images/s|ms|s|seconds)\b")
_TELLING = 3  # digits of which the last may differ by one
NUMBER = re.compile(r"[−-]?\d[\d,]*(?:\.\d+)?(?:e[−+-]?\d+)?%?")


def pages() -> list[Path]:
    """All that is computed: README and CONTRIBUTING, and every page of the documentation."""
    docs = ROOT / "docs"
    return [*TOP, *sorted(docs.glob("*.md")), *sorted((docs / "operations").glob("*.md"))]


def quick(page: Path) -> bool:
    """Whether a page runs no command, and so is recomputed in a moment."""
    return not re.search(r"^```console\n", page.read_text(encoding="utf-8"), re.MULTILINE)


class Page:
    """One page, and what stands on it when everything is computed anew."""

    def __init__(self, path: Path, folder: Path, commands: bool = True) -> None:
        """``commands``: False leaves out what a page with commands runs, and so is quick."""
        self.path = path
        self.text = path.read_text(encoding="utf-8")
        self.helpers = Helpers(path)
        self._runner = Runner(folder)
        self._exact = quick(path)
        self._runs = commands or self._exact

    def recomputed(self) -> str:
        """Its text with everything computed anew; what differs by rounding alone stays as it is."""
        return PART.sub(self._part, self.text)

    def _part(self, found: re.Match[str]) -> str:
        line = self.text.count("\n", 0, found.start()) + 1
        place = f"{self.path.relative_to(ROOT)}, line {line}"
        if found["head"]:
            new = self._runner.value(found["expression"], self.helpers.names(), place).strip()
            return f"{found['head']}\n{self._kept(found['content'].strip(), new)}\n\n{found['end']}"
        if not self._runs:
            return found[0]
        if found["file"]:
            self._runner.write(found["file"], found["program"])
        if found["python"]:
            new = "\n".join(
                line.rstrip() for line in self._runner.python(found["code"], place).splitlines()
            ).strip("\n")
            if not new:
                return found["python"]
            printed = self._kept((found["printed"] or "").rstrip("\n"), new)
            return f"{found['python']}\n```text\n{printed}\n```\n"
        if found["session"] is not None:
            lines, status = found["lines"] or "all", int(found["status"] or 0)
            new = "\n\n".join(self._session(found["session"], lines, status, place))
            session = self._kept(found["session"].rstrip("\n"), new)
            return f"{found['choice'] or ''}```console\n{session}\n```\n"
        return found[0]

    def _kept(self, old: str, new: str) -> str:
        """What stands there already, if it says the same."""
        return old if not self._exact and alike(old, new) else new

    def _session(self, session: str, lines: str, status: int, place: str) -> Iterator[str]:
        for command in [line for line in session.splitlines() if line.startswith("$ ")]:
            printed = self._runner.command(command, place, status)
            yield "\n".join([command, *chosen(printed, lines, place)])


def renew(paths: list[Path], write: bool, commands: bool = True) -> list[str]:
    """Compute pages anew; which of them, and of their pictures, are not what they should be."""
    stale = []
    for path in paths:
        with tempfile.TemporaryDirectory(prefix="backlit-docs-") as folder:
            page = Page(path, Path(folder), commands)
            new = page.recomputed()
            files = {path: new, **page.helpers.files}
        for file, text in files.items():
            if not file.exists() or file.read_text(encoding="utf-8") != text:
                stale.append(str(file.relative_to(ROOT)))
                if write:
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_text(text, encoding="utf-8")
    return stale


def chosen(printed: list[str], lines: str, place: str) -> list[str]:
    """The lines to show, with … where some are left out."""
    if lines == "all":
        return printed
    shown: list[str] = []
    end = 0
    for part in lines.split(", "):
        if " … " in part:
            begin, stop = part.split(" … ")
            first = _next(begin, printed, end, place)
            last = _next(stop, printed, first, place) + 1
        else:
            first, last = (int(number) for number in part.split("-"))
            first -= 1
        shown += ["…"] * (first > end) + printed[first:last]
        end = last
    return shown + ["…"] * (end < len(printed))


def _next(text: str, printed: list[str], start: int, place: str) -> int:
    for number in range(start, len(printed)):
        if text in printed[number]:
            return number
    raise ExampleError(f"{place}: no line below line {start} holds {text!r}")


def alike(old: str, new: str) -> bool:
    """Whether two texts differ only in times, and in the last digits of numbers with a point.

    Another processor rounds in another order; a training carries that on into the third or fourth
    digit of what it arrives at.
    """
    olds, news = (NUMBER.findall(TIME.sub("", text)) for text in (old, new))
    words = [NUMBER.sub("#", TIME.sub("", text)).split() for text in (old, new)]
    return words[0] == words[1] and all(map(_near, olds, news))


def _near(old: str, new: str) -> bool:
    if old == new:
        return True
    if "." not in old + new and "e" not in old + new:
        return False
    a, b = (float(text.replace("−", "-").replace(",", "").rstrip("%")) for text in (old, new))
    last = 10.0 ** -min(_places(old), _places(new))
    # In the last of one or two digits a difference is no rounding: 0.4 for 0.3 is a third more.
    rounded = last < 1 and min(_digits(old), _digits(new)) >= _TELLING
    return abs(a - b) <= max(1e-3 * abs(a), 1.001 * last if rounded else 0.0)


def _digits(text: str) -> int:
    """How many digits a number has without the zeros in front."""
    mantissa = text.partition("e")[0]
    return len("".join(filter(str.isdigit, mantissa)).lstrip("0"))


def _places(text: str) -> float:
    """How many digits stand behind the point."""
    mantissa, _, exponent = text.rstrip("%").replace("−", "-").partition("e")
    return len(mantissa.partition(".")[2]) - int(exponent or 0)
