"""Check every number of the pages, then let Sphinx make the site of them in ``site/``.

Where npm is installed, the site has a playground, too, in which Python runs in the browser.

``--update`` writes what was computed anew into the pages, instead of complaining that it differs;
paths behind it restrict that to some pages.  A page that shows a wrong number, an example that
fails, a broken link, or a search that does not find its page is an error.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

from sphinx.cmd.build import main as sphinx
from sphinx.search.en import SearchEnglish

DOCS = Path(__file__).resolve().parent
SITE = DOCS.parent / "site"
sys.path.insert(0, str(DOCS.parent))

from docs.extensions.beside import PROGRAM  # noqa: E402
from docs.extensions.computed import pages, renew  # noqa: E402
from docs.extensions.links import dead_links  # noqa: E402
from docs.extensions.running import ExampleError  # noqa: E402
from docs.extensions.searching import unfound  # noqa: E402
from docs.playground import build as playground  # noqa: E402


def main(arguments: list[str]) -> int:
    """Exit status 0 if the pages are right and the site is there."""
    parser = argparse.ArgumentParser(prog="dev.py docs", description=__doc__)
    parser.add_argument("--update", action="store_true", help="renew the pages in place")
    parser.add_argument("pages", nargs="*", type=Path, help="only these; then no site is built")
    options = parser.parse_args(arguments)
    status = compute([path.resolve() for path in options.pages] or pages(), options.update)
    if options.pages:
        return status
    return build() or status


def compute(paths: list[Path], update: bool) -> int:
    """Compute pages anew, and say what has changed."""
    status = 0
    for path in paths:
        try:
            stale = renew([path], write=update)
        except ExampleError as failed:
            sys.stderr.write(f"{failed}\n")
            status = 1
            continue
        for name in stale:
            say = "was renewed" if update else "is not what it shows: python3 dev.py docs --update"
            sys.stderr.write(f"{name} {say}\n")
        status |= bool(stale) and not update
    return status


def build() -> int:
    """Let Sphinx make the site, from nothing."""
    shutil.rmtree(SITE, ignore_errors=True)
    doctrees = SITE / ".doctrees"
    options = ["-b", "html", "-W", "--keep-going", "-n", "-q", "-d", str(doctrees)]
    status = sphinx([*options, str(DOCS), str(SITE)])
    shutil.rmtree(doctrees, ignore_errors=True)
    if status or not build_playground():
        return status or 1
    dead = dead_links(SITE)
    for page, link in dead:
        sys.stderr.write(f"{page} links to {link}, which is not there\n")
    english = SearchEnglish({})
    missed = unfound(SITE, english.stem, english.stopwords)
    for query, page in missed:
        sys.stderr.write(f"the site's search for {query!r} does not find {page}\n")
    if not dead and not missed:
        sys.stdout.write(f"The site is ready: open {_short(SITE / 'index.html')}\n")
    return bool(dead or missed)


def build_playground() -> bool:
    """Put the playground beside the pages; False if that failed.

    Only ``CI=true`` demands npm for it: elsewhere the site is built without a playground, too.
    """
    if playground.npm() is None:
        sys.stdout.write(
            "The site has no playground: that takes Node.js with npm, which is not installed\n"
        )
        shutil.rmtree(SITE / "playground", ignore_errors=True)
        return os.environ.get("CI") != "true"
    try:
        program = (SITE / PROGRAM).read_text(encoding="utf-8")
        title = "A whole network, ejected: it tests itself, it learns"
        whole: playground.Example = {
            "name": "cnn",
            "title": title,
            "text": program,
            "arguments": "test",
        }
        playground.build(SITE / "playground", [whole])
    except subprocess.CalledProcessError as failed:
        sys.stderr.write(f"the playground was not built: {failed}\n")
        return False
    return True


def _short(path: Path) -> Path:
    """The path from where one stands, if it lies below."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
