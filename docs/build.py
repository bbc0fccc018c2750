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


def main(arguments: list[str]) -> int:
    """Build from nothing; arguments are passed on to sphinx-build."""
    shutil.rmtree(SITE, ignore_errors=True)
    doctrees = SITE / ".doctrees"
    options = ["-b", "html", "-W", "--keep-going", "-n", "-q", "-d", str(doctrees)]
    status = sphinx([*options, *arguments, str(DOCS), str(SITE)])
    shutil.rmtree(doctrees, ignore_errors=True)
    if status == 0:
        sys.stdout.write(f"the pages are in {SITE / 'index.html'}\n")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
