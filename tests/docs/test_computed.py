"""Pages that hold what they computed: what is run, what is renewed, and what may differ."""

from pathlib import Path

import pytest

from backlit.network import engine
from docs.extensions import computed
from docs.extensions.computed import ROOT, Page, alike, chosen, pages, quick, renew
from docs.extensions.helpers import definition
from docs.extensions.running import ExampleError, Runner


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_pages_show_what_they_compute(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages with commands train networks; ``dev.py docs`` runs these, here only their rest."""
    # A page shows how an engine plugs in; no other test shall find it there.
    monkeypatch.setattr(engine, "_ENGINES", dict(engine._ENGINES))
    stale = renew([page], write=False, commands=False)
    assert stale == [], f"python3 dev.py docs --update {page.relative_to(ROOT)}"


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(computed, "ROOT", tmp_path)
    return tmp_path / "page.md"


def recomputed(page: Path, text: str) -> str:
    page.write_text(text, encoding="utf-8")
    return Page(page, page.parent).recomputed()


def test_what_a_block_prints_stands_behind_it_and_names_are_shared(page: Path) -> None:
    text = "```python\na = 2\n```\n\n```python\nprint(a + 1)\n```\n\nbehind\n"
    shown = text.replace("\n\nbehind", "\n\n```text\n3\n```\n\nbehind")
    assert recomputed(page, text) == shown
    assert recomputed(page, shown) == shown
    assert recomputed(page, shown.replace("text\n3\n", "text\n4\n5\n")) == shown
    silent = "```python\nb = 1\n```\n\n```text\nstale\n```\n"
    assert recomputed(page, silent) == "```python\nb = 1\n```\n"


def test_an_expression_is_computed_with_the_names_of_the_page(page: Path) -> None:
    text = "```python\nn = 3\n```\n\n<!-- computed: 'x' * n -->\n<!-- end -->\n"
    shown = recomputed(page, text)
    assert shown.endswith("<!-- computed: 'x' * n -->\n\nxxx\n\n<!-- end -->\n")
    assert recomputed(page, shown) == shown


def test_other_blocks_and_quoted_source_are_not_run(page: Path) -> None:
    pseudo = "```pseudo\nprint(no)\n```\n"
    quoted = "<!-- computed: '```python\\nno\\n```' -->\n\n```python\nno\n```\n\n<!-- end -->\n"
    assert recomputed(page, pseudo + quoted) == pseudo + quoted


def test_commands_show_the_lines_that_are_asked_for(page: Path) -> None:
    text = "<!-- lines: 1-2 -->\n```console\n$ backlit equations dense\n```\n"
    shown = recomputed(page, text).splitlines()
    assert shown[2:4] == ["$ backlit equations dense", "Dense (fully connected) layer"]
    assert shown[-2:] == ["…", "```"]


def test_a_file_of_the_page_is_written_and_its_status_expected(page: Path) -> None:
    file = "<!-- file: own.py -->\n```python\nimport sys\nprint(sys.argv[1:])\nsys.exit(1)\n```\n"
    session = "<!-- status: 1 -->\n```console\n$ python3 own.py a 'b c'\n```\n"
    shown = recomputed(page, file + session)
    assert shown == file + session.replace("b c'\n", "b c'\n['a', 'b c']\n")
    with pytest.raises(ExampleError, match="ended with 1"):
        recomputed(page, file + session.replace("<!-- status: 1 -->\n", ""))
    with pytest.raises(ExampleError, match="runs lines like"):
        recomputed(page, session.replace("own.py", "other.py"))


def test_what_fails_names_its_place(page: Path) -> None:
    with pytest.raises(ExampleError, match=r"page\.md, line 3: ZeroDivisionError"):
        recomputed(page, "\n\n```python\n1 / 0\n```\n")
    with pytest.raises(ExampleError, match=r"page\.md, line 1: NameError"):
        recomputed(page, "<!-- computed: nothing -->\n<!-- end -->\n")
    with pytest.raises(ExampleError, match="ended with 2"):
        recomputed(page, "```console\n$ backlit nonsense\n```\n")
    with pytest.raises(ExampleError, match="runs lines like"):
        recomputed(page, "```console\n$ rm -r .\n```\n")


def test_only_a_page_without_commands_is_quick(page: Path) -> None:
    page.write_text("```python\nx\n```\n", encoding="utf-8")
    assert quick(page)
    page.write_text("```console\n$ backlit demo\n```\n", encoding="utf-8")
    assert not quick(page)
    assert renew([page], write=False, commands=False) == []


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("loss 0.8797; 38,545 images/s, 37 ms", "loss 0.8797; 11,159 images/s, 129 ms", True),
        ("0.4369 ·   1.844", " 0.437 · 1.844", True),
        ("gradient 7.285331893", "gradient 7.285337192", True),
        ("gradient 7.2853", "gradient 7.31", False),
        ("−0.9831", "0.9831", False),
        ("0.0169", "0.0149", False),
        ("3.813e−6", "3.814e−6", True),
        ("3.813e−6", "3.813e−5", False),
        ("0.3", "0.4", False),
        ("3", "3.4", False),
        ("0.012", "0.013", False),
        ("0.0123", "0.0124", True),
        ("2e−6", "3e−6", False),
        ("0.30", "0.3", True),
        ("-0.00", "0.00", True),
        ("97.5% right and 9 wrong", "97.5% right and 10 wrong", False),
        ("conv1.weight[5,0,2,1]", "conv1.weight[5,0,2,2]", False),
        ("the weight falls", "the weight rises", False),
        ("a\nb", "a\nb\nc", False),
    ],
)
def test_rounding_and_time_may_differ_and_nothing_else(old: str, new: str, same: bool) -> None:
    assert alike(old, new) == same


def test_lines_are_chosen_by_number_and_by_what_they_hold() -> None:
    printed = ["one", "two", "three", "four", "five two"]
    assert chosen(printed, "all", "") == printed
    assert chosen(printed, "1-2", "") == ["one", "two", "…"]
    assert chosen(printed, "1-1, thr … four", "") == ["one", "…", "three", "four", "…"]
    assert chosen(printed, "1-3, two … two", "") == [*printed[:3], "…", "five two"]
    with pytest.raises(ExampleError, match="no line below line 0 holds 'six'"):
        chosen(printed, "six … six", "")


def test_a_definition_is_quoted_whole() -> None:
    source = (
        "x = 1\n\n@plain\ndef f():\n    return 1\n\n\nclass A:\n    def g(self):\n        pass\n"
    )
    assert definition(source, "f") == "@plain\ndef f():\n    return 1"
    assert definition(source, "A.g") == "def g(self):\n    pass"


def test_a_page_works_in_its_own_folder(tmp_path: Path) -> None:
    Runner(tmp_path).python("open('made', 'w').close()", "here")
    assert (tmp_path / "made").exists()
