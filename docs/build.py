"""Build the pages into ``site/``: run every example in them, then let Sphinx typeset the result.

A page that shows a wrong command, a broken link or an example that fails is an error, so what
stands in the pages is what the package does.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from sphinx.cmd.build import main as sphinx

DOCS = Path(__file__).resolve().parent
SITE = DOCS.parent / "site"
sys.path.insert(0, str(DOCS.parent))

from docs.extensions.links import dead_links  # noqa: E402


def main(arguments: list[str]) -> int:
    """Build from nothing; arguments are passed on to sphinx-build."""
    shutil.rmtree(SITE, ignore_errors=True)
    doctrees = SITE / ".doctrees"
    options = ["-b", "html", "-W", "--keep-going", "-n", "-q", "-d", str(doctrees)]
    status = sphinx([*options, *arguments, str(DOCS), str(SITE)])
    shutil.rmtree(doctrees, ignore_errors=True)
    if status:
        return status
    dead = dead_links(SITE)
    for page, link in dead:
        sys.stderr.write(f"{page} links to {link}, which is not there\n")
    if not dead:
        sys.stdout.write(f"The pages are ready: open {_short(SITE / 'index.html')}\n")
    return bool(dead)


def _short(path: Path) -> Path:
    """The path from where one stands, if it lies below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
