"""Directives that run what a page shows, while the page is built.

``{live-python}`` runs Python; blocks of one page share their names, as in a notebook, and what a
block prints stands below it.  ``{live-console}`` runs ``backlit`` commands, one a line, all of a
build in one folder, so that a later page finds the run that an earlier command trained.
A block that fails fails the build.
"""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from docs.extensions.notices import without_notices

_namespaces: dict[str, dict[str, Any]] = {}  # page -> the names its blocks have made
_workplace = tempfile.TemporaryDirectory(prefix="backlit-docs-")
BESIDE = "beside"  # a folder in it: what blocks write there is put beside the pages
COLUMNS = 80


class LivePython(SphinxDirective):
    """Run the block; show it (unless ``:hide:``) and what it printed."""

    has_content = True
    option_spec: ClassVar = {"hide": directives.flag, "html": directives.flag}

    def run(self) -> list[nodes.Node]:
        code = "\n".join(self.content)
        printed, said = io.StringIO(), io.StringIO()
        names = _namespaces.setdefault(self.env.docname, {"__name__": "__main__"})
        file = f"{self.env.docname}, line {self.lineno}"
        try:
            with (
                contextlib.redirect_stdout(printed),
                contextlib.redirect_stderr(said),
                contextlib.chdir(_workplace.name),
            ):
                exec(compile(code, file, "exec"), names)
        finally:
            sys.stderr.write(without_notices(said.getvalue()))
        shown: list[nodes.Node] = []
        if "hide" not in self.options:
            shown.append(nodes.literal_block(code, code, language="python"))
        if "html" in self.options:
            shown.append(nodes.raw("", printed.getvalue(), format="html"))
        elif printed.getvalue():
            shown.append(_output(printed.getvalue()))
        return shown


class LiveConsole(SphinxDirective):
    """Run each line that begins with ``$``; show the lines with what they printed."""

    has_content = True
    option_spec: ClassVar = {"status": directives.nonnegative_int, "lines": directives.positive_int}

    def run(self) -> list[nodes.Node]:
        shown = []
        for line in self.content:
            if not line.startswith("$ backlit "):
                raise self.error(f"live-console runs lines like '$ backlit info', not {line!r}")
            shown.append(f"{line}\n{self._run(line.removeprefix('$ '))}".rstrip())
        return [_output("\n\n".join(shown))]

    def _run(self, line: str) -> str:
        arguments = shlex.split(line)[1:]
        finished = subprocess.run(
            [sys.executable, "-m", "backlit", *arguments],
            cwd=_workplace.name,
            env={
                **os.environ,
                "PATH": _search_path(),
                "COLUMNS": str(COLUMNS),
                "NO_COLOR": "1",
                "PYTHONUTF8": "1",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            check=False,
        )
        if finished.returncode != self.options.get("status", 0):
            raise self.error(f"{line!r} ended with {finished.returncode}:\n{finished.stdout}")
        lines = [text.rstrip() for text in without_notices(finished.stdout).splitlines()]
        most = self.options.get("lines", len(lines))
        return "\n".join(lines[:most] + ["…"] * (most < len(lines)))


def _search_path() -> str:
    """With the environment's own programs first, as for a reader who has installed backlit."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])


def _output(text: str) -> nodes.Node:
    block = nodes.literal_block(text.rstrip("\n"), text.rstrip("\n"), language="text")
    block["classes"].append("output")
    return block


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx the directives."""
    app.add_directive("live-python", LivePython)
    app.add_directive("live-console", LiveConsole)
    beside = workplace() / BESIDE
    beside.mkdir(exist_ok=True)
    app.connect("config-inited", lambda _, config: config.html_extra_path.append(str(beside)))
    # Blocks of one page depend on each other's order, and pages on the folder of the build.
    return {"parallel_read_safe": False}


def workplace() -> Path:
    """The folder in which the blocks run."""
    return Path(_workplace.name)
