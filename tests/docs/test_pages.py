"""The pages: none is missing, and what they name is there.

That they show what they compute is shown in ``test_computed.py``, and that their links lead
somewhere by building the site (``dev.py docs``).
"""

import re
from pathlib import Path

import pytest

from backlit.equations import OPERATIONS
from docs.extensions.computed import pages

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
    assert f'<!-- computed: equations("{name}"' in page
    assert "\n```python\n" in page
    assert "\n```text\n" in page
    assert "\n## What goes wrong\n" in page
    assert "](../../src/backlit/" in page
    assert re.search(r"\]\(\w+\.md\)", page), "no link to a neighbor"


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.stem)
def test_a_page_is_plain_markdown(page: Path) -> None:
    """Only comments, which no reader sees, speak to Sphinx or to what computes the page."""
    seen = re.sub(r"<!--.*?-->", "", text(page), flags=re.DOTALL)
    assert re.findall(r"^```\{.*|^:\w+:.*|^% .*", seen, re.MULTILINE) == []
    assert re.search(r"^# ", seen.lstrip())


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.stem)
def test_links_to_files_lead_somewhere(page: Path) -> None:
    links = re.findall(r'\]\(([^)#]+)(?:#[^)]*)?\)|(?:src|srcset)="([^"]+)"', text(page))
    files = [one or other for one, other in links if "://" not in one + other]
    assert [link for link in files if not (page.parent / link).exists()] == []


def test_pictures_are_all_shown() -> None:
    shown = "".join(text(page) for page in pages())
    there = [path.name for path in (DOCS / "_static").rglob("*-light.*")]
    assert len(there) > 20
    assert [name for name in there if name not in shown] == []


def test_every_operation_stands_once_in_the_table_of_contents() -> None:
    contents = re.search(r"```\{toctree\}\n(.*?)```", text(PAGES / "index.md"), re.DOTALL)
    assert contents is not None
    names = [line for line in contents[1].splitlines() if line and not line.startswith(":")]
    assert sorted(names) == sorted(OPERATIONS)


SHORT = ["sizes", "start_weights", "im2col", "without_pools", "receptive_field", "color", "toy"]


@pytest.mark.parametrize(
    "page",
    [*sorted(PAGES.glob("*.md")), *(DOCS / f"{name}.md" for name in SHORT)],
    ids=lambda page: page.stem,
)
def test_code_that_is_shown_fits(page: Path) -> None:
    own = re.sub(r"<!-- computed:.*?<!-- end -->", "", text(page), flags=re.DOTALL)
    # What a command prints has the terminal's width, but an error, whose long line is wrapped.
    blocks = re.findall(r"^```(?!console)\w+\n(.*?)^```", own, re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines()]
    assert [line for line in lines if len(line) > WIDTH] == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.stem)
def test_files_that_a_page_names_exist(page: Path) -> None:
    own = re.sub(r"```.*?^```", "", text(page), flags=re.DOTALL | re.MULTILINE)
    names = re.findall(r"`([\w/.]+(?:\.(?:py|js|css|md|toml)|/))`", own)
    package = ROOT / "src" / "backlit"
    rooms = [package, *(package / name for name in ("engines/fast", "engines/fast/plan", "web"))]
    bases = [ROOT, page.parent, *rooms]
    made = ("site/", "runs/", "screenshots/")  # by commands
    missing = [name for name in names if not any((base / name).exists() for base in bases)]
    assert [name for name in missing if not name.startswith(made)] == []


IMPORTED = re.compile(r"^from (backlit[\w.]*) import ([\w, ]+)$", re.MULTILINE)


def test_what_the_pages_import_is_in_the_reference() -> None:
    reference = text(DOCS / "reference.md")
    wanted = {
        f"{module}.{name.strip()}"
        for page in pages()
        for module, names in IMPORTED.findall(text(page))
        for name in names.split(",")
        if module != "backlit"
    }
    assert {"backlit.learn.grade", "backlit.mistakes.wrong_ways"} <= wanted
    shown = {name for name in wanted if name.replace("backlit", "`bl", 1) in reference}
    assert wanted - shown <= {"backlit.mistakes.MISTAKES"}, "public, and not in docs/reference.md"
    assert "backlit.mistakes.MISTAKES" in reference
