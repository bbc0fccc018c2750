"""The pages: none is missing, and what they name is there.

That their examples run and their links lead somewhere is shown by building them (`dev.py docs`).
"""

import re
from pathlib import Path

import pytest

from backlit.equations import OPERATIONS

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = DOCS / "operations"
WIDTH = 88  # columns of code that fit on a page without scrolling


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def test_every_operation_has_a_page_and_every_page_an_operation() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} == {*OPERATIONS, "index"}


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_page_shows_equations_numbers_mistakes_and_code(name: str) -> None:
    page = text(PAGES / f"{name}.md")
    assert f"```{{operation}} {name}\n" in page
    assert "```{live-python}\n" in page
    assert "\n## What goes wrong\n" in page
    assert "```{literalinclude} ../../src/backlit/" in page
    assert re.search(r"\]\(\w+\.md\)", page), "no link to a neighbor"


@pytest.mark.parametrize(
    "page",
    [DOCS / "index.md", DOCS / "story.md", *sorted(PAGES.glob("*.md"))],
    ids=lambda p: p.stem,
)
def test_whoever_reads_the_source_is_told_where_the_numbers_are(page: Path) -> None:
    """``%`` begins a comment, which the built page leaves out and a plain reader sees."""
    first, empty, title = text(page).splitlines()[:3]
    built = page.relative_to(DOCS).with_suffix(".html").as_posix()
    assert first.startswith("% ")
    assert "python3 dev.py docs" in first
    assert f"site/{built}" in first
    assert empty == ""
    assert title.startswith("# ")


def test_every_operation_stands_once_in_the_table_of_contents() -> None:
    contents = re.search(r"```\{toctree\}\n(.*?)```", text(PAGES / "index.md"), re.DOTALL)
    assert contents is not None
    names = [line for line in contents[1].splitlines() if line and not line.startswith(":")]
    assert sorted(names) == sorted(OPERATIONS)


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda page: page.stem)
def test_code_that_is_shown_fits(page: Path) -> None:
    blocks = re.findall(r"^```\{live-python\}\n(.*?)^```", text(page), re.DOTALL | re.MULTILINE)
    shown = [line for block in blocks if ":hide:" not in block for line in block.splitlines()]
    assert [line for line in shown if len(line) > WIDTH] == []


def test_files_that_the_layout_names_exist() -> None:
    names = re.findall(r"`([\w/]+(?:\.py|/))`", text(DOCS / "layout.md"))
    assert len(names) > 10
    bases = (ROOT, ROOT / "src" / "backlit")
    assert [name for name in names if not any((base / name).exists() for base in bases)] == []
