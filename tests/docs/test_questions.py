"""What learners ask: every question has its source, and its answer stands where the link leads."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from backlit.web.ladder import STEPS
from docs.extensions.headings import first_heading, section, slug
from docs.extensions.ladder import heading_of
from docs.extensions.questions import DOCS, Question, asked, question_list
from docs.extensions.searching import (
    SPLITTER,
    index_of,
    pages_found,
    searches,
    unfound,
    words_of,
    words_to_find,
)
from tests.web.node import node

PAGE = """# Title

intro

## Why `+=`, and 24 + 5?

```python
# not a heading
```
inside

### Deeper

still

## Next

after
"""


@pytest.mark.parametrize("question", asked(), ids=lambda one: one.question[:60])
def test_the_place_that_a_question_links_to_answers_it(question: Question) -> None:
    assert (DOCS / question.answer.partition("#")[0]).exists()
    place = plain(question.place)
    assert place, f"{question.answer} is no heading"
    assert question.words
    assert [word for word in question.words if plain(word) not in place] == []


def plain(text: str) -> str:
    """Without the differences that a search does not see either."""
    return " ".join(text.lower().split())


def test_every_question_is_short_and_was_asked_somewhere() -> None:
    every = asked()
    assert len({each.source for each in every}) >= 60
    assert len({each.question for each in every}) == len(every)
    for each in every:
        assert re.match(r"https?://[\w.]+/\S+$", each.source)
        assert len(re.findall(r"[.?!](?: |$)", each.short)) <= 4
        assert "\n" not in each.question + each.short
        assert each.toy in {"", *STEPS}
    assert {each.toy for each in every} | {"layers"} == {"", *STEPS}


def test_what_is_worked_out_on_a_step_is_linked_to_it() -> None:
    linked = question_list()
    for step in STEPS.values():
        assert f"](toy.md#{slug(heading_of(step))})" in linked
        assert section((DOCS / "toy.md").read_text("utf-8"), slug(heading_of(step)))


def test_the_page_has_all_of_them() -> None:
    page = (DOCS / "questions.md").read_text("utf-8")
    assert question_list() in page
    for each in asked():
        assert each.source in page
        assert f"]({each.answer})" in page


def test_a_section_reaches_to_the_next_heading_of_its_kind() -> None:
    found = section(PAGE, "why--and-24--5")
    assert found.startswith("## Why")
    assert "not a heading" in found
    assert "still" in found
    assert "after" not in found
    assert section(PAGE, "") == PAGE
    assert section(PAGE, "nowhere") == ""
    assert section(PAGE, "not-a-heading") == ""
    assert section(PAGE, "deeper") == "### Deeper\n\nstill\n"


def test_the_first_heading() -> None:
    assert first_heading(PAGE) == "Title"
    assert first_heading("none") == ""


def test_headings_are_called_as_on_the_site() -> None:
    assert slug("What takes the pool's place?") == "what-takes-the-pools-place"
    assert slug("1x1 convolutions") == "1x1-convolutions"
    assert slug("Step 6: stride 2") == "step-6-stride-2"


def test_what_is_searched_for_is_on_the_page_that_is_to_be_found() -> None:
    """The built site is asked by ``dev.py docs``; this is asked of the pages' own words."""
    wanted = {"sparse", "im2col", "col2im", "initial weights", "all convolutional", "1x1"}
    wanted |= {"receptive field", "channels-last arrays", "24×24 error, 5×5 kernel"}
    assert wanted <= {each.query for each in searches()}
    for each in searches():
        text = plain((DOCS / f"{each.finds}.md").read_text("utf-8"))
        words = words_to_find(text)
        for word in words_of(each.query.lower()):
            assert word in words or word.rstrip("s") in text, (each, word)


def test_sizes_are_words_in_whichever_way_they_are_written(tmp_path: Path) -> None:
    """In the pages and in a query, which a program in the browser takes apart."""
    texts = ["24×24 error, 5x5 kernel", "28 x 28", "3 × 8×8", "x 4 and 4x", "2X2", "0x1f"]
    expected = [
        ["24x24", "error", "5x5", "kernel"],
        ["28x28"],
        ["3x8x8"],
        ["x", "4", "and", "4x"],
        ["2x2"],
        ["0x1f"],
    ]
    assert list(map(words_of, texts)) == expected
    assert words_to_find("3×8×8") == ["3x8x8", "3x8", "8x8"]
    assert words_to_find("24×24 error") == ["24x24", "error"]
    script = tmp_path / "split.mjs"
    script.write_text(
        f"{SPLITTER}\nconst texts = {json.dumps(texts)};\n"
        "console.log(JSON.stringify(texts.map(splitQuery)));\n",
        encoding="utf-8",
    )
    done = subprocess.run([node(), script], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == expected


@pytest.fixture
def site(tmp_path: Path) -> Path:
    index = {
        "docnames": ["color", "sizes", "operations/conv2d"],
        "terms": {"channel": [0, 2], "error": [1, 2], "kernel": 1, "24x24": 1, "5x5": [1, 2]},
        "titleterms": {"last": 0},
    }
    (tmp_path / "searchindex.js").write_text(f"Search.setIndex({json.dumps(index)})")
    return tmp_path


def test_a_page_is_found_by_all_words_of_a_query(site: Path) -> None:
    index = index_of(site)

    def found(query: str) -> set[str]:
        return pages_found(index, query, lambda word: word.removesuffix("s"), {"the"})

    assert found("24×24 error, 5×5 kernel") == {"sizes"}
    assert found("the channels-last") == {"color"}
    assert found("channels kernel") == set()
    assert found("nothing") == set()
    assert found("28 24") == set()
    assert found("5x5") == {"sizes", "operations/conv2d"}
    assert found("24 x 24") == {"sizes"}


def test_searches_that_find_nothing_are_told(site: Path) -> None:
    missed = unfound(site, str, set())
    assert ("im2col", "im2col") in missed
    assert ("24×24 error, 5×5 kernel", "sizes") not in missed
