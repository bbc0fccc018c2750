"""The playground in a real browser that reaches nothing but the folder that serves it."""

from __future__ import annotations

import functools
import http.server
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

import pytest

import backlit
from backlit.check import Finding
from backlit.errors import InputError
from backlit.learn import exercises
from docs.playground import build as playground
from tests.web.accessibility import violations
from tests.web.node import node

DOCS = Path(__file__).resolve().parents[2] / "docs"
LONG = 60_000  # milliseconds that a busy machine may take to start Python
_BLOCK = re.compile(r"^```(?P<language>python|text)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the playground in it, as in the built site."""
    if playground.npm() is None:
        pytest.skip("Node.js with npm, which bring Pyodide and the editor, are not installed")
    folder = tmp_path_factory.mktemp("site")
    playground.build(folder / "playground")
    return folder


class _Quiet(http.server.SimpleHTTPRequestHandler):
    """As ``python3 -m http.server`` serves a folder, but without a line for each request."""

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture(scope="session")
def served_site(site: Path) -> Iterator[str]:
    """Its address."""
    handler = functools.partial(_Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def browsed(chromium: Any, served_site: str) -> Iterator[Any]:
    """A page that reaches that address and no other, and must not complain.

    All tests share it, since Python takes seconds to start.
    """
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page, complaints = context.new_page(), []
    page.set_default_timeout(LONG)
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def decide(route: Any) -> None:
        if route.request.url.startswith((served_site, "data:", "blob:")):
            route.continue_()
        else:
            complaints.append(route.request.url)
            route.abort()

    context.route("**/*", decide)
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def shown(browsed: Any, served_site: str) -> Any:
    """The playground, where Python is ready, and the program that it begins with."""
    if not browsed.url.startswith(f"{served_site}/playground/"):
        browsed.goto(f"{served_site}/playground/")
    browsed.get_by_text("is ready").wait_for()
    browsed.evaluate("() => localStorage.clear()")  # what other tests wrote
    browsed.get_by_role("combobox").select_option(index=0)
    browsed.get_by_role("button", name="as it was").click()
    browsed.get_by_label("arguments").fill("")
    return browsed


def write(page: Any, program: str) -> None:
    page.locator(".cm-content").fill(program)


def printed(page: Any) -> str:
    page.locator('[data-test="ended"]').wait_for()
    shown: str = page.locator(".printed").inner_text()
    return shown.rstrip("\n")


def test_a_program_runs(shown: Any) -> None:
    shown.get_by_role("button", name="Run").click()
    assert printed(shown) == "[0, 1]\n[4, 5]"
    write(shown, "import sys\nprint(sys.argv[1:], 1 + 1)\nprint('to the other', file=sys.stderr)\n")
    shown.get_by_label("arguments").fill("test 'two words'")
    shown.locator(".cm-content").press("Control+Enter")
    shown.locator(".printed .err").wait_for()
    assert printed(shown) == "['test', 'two words'] 2\nto the other"


def test_the_book_runs(shown: Any) -> None:
    write(
        shown,
        "from backlit import pure\n"
        "x = [[[[4 * i + j for j in range(4)] for i in range(4)]]]\n"
        "print(pure.conv2d_forward(x, [[[[1, 2], [3, 4]]]], [0])[0][0][0])\n",
    )
    shown.get_by_role("button", name="Run").click()
    assert printed(shown) == "[34, 44, 54]"


def test_where_a_program_fails_is_told_and_shown(shown: Any) -> None:
    write(shown, "def divide():\n    return 1 / 0\n\n\ndivide()\n")
    shown.get_by_role("button", name="Run").click()
    told = printed(shown)
    assert told.splitlines()[0] == "Traceback (most recent call last):"
    assert told.endswith("ZeroDivisionError: division by zero")
    assert "playground" not in told
    assert "exit status 1" in shown.locator('[data-test="ended"]').inner_text()
    shown.get_by_role("button", name="go to line 2").click()
    assert shown.locator(".cm-activeLine").inner_text().strip() == "return 1 / 0"


@pytest.mark.parametrize(
    ("program", "line", "told"),
    [
        ("x = 1\nif x\n", 2, "    if x\n"),  # the line that stands there, and no older one
        ("print('a')\nraise SystemExit(3)\n", None, "a"),
        ("raise EOFError('mine')\n", 1, "Traceback"),
    ],
)
def test_whatever_goes_wrong_is_told(shown: Any, program: str, line: int | None, told: str) -> None:
    write(shown, "x = 1\ny = 2\n")
    findings(shown)
    write(shown, program)
    shown.get_by_role("button", name="Run").click()
    shown.locator('[data-test="ended"]').wait_for()
    ended = shown.locator('[data-test="ended"]').inner_text()
    assert (f"go to line {line}" in ended) == (line is not None)
    assert told in printed(shown)


@pytest.mark.parametrize(
    ("program", "line", "told"),
    [
        ("import numpy\n", 1, "there is no numpy here"),
        ("\nimport backlit as bl\n\nbl.Network\n", 4, "there is no backlit.network here"),
        ("a = input()\n", 1, "in place of input()"),
        ("import sys\n\nfor line in sys.stdin:\n    pass\n", 3, "in place of input()"),
    ],
)
def test_of_what_a_page_lacks_a_sentence_tells(
    shown: Any, program: str, line: int, told: str
) -> None:
    """The same when it is run and when it is checked."""
    write(shown, program)
    shown.get_by_role("button", name="Run").click()
    sentence = printed(shown)
    assert told in sentence
    assert len(sentence.splitlines()) == 1
    shown.get_by_role("button", name=f"go to line {line}").wait_for()
    assert findings(shown) == []
    alert = shown.get_by_role("alert").inner_text()
    assert f"{sentence}, in line {line}." in alert
    shown.get_by_role("button", name=f"go to line {line}").click()
    wanted = program.splitlines()[line - 1].strip()
    assert shown.locator(".cm-activeLine").inner_text().strip() == wanted


def test_a_program_without_an_end_is_stopped_and_the_next_one_runs(shown: Any) -> None:
    write(shown, "print('begun')\nwhile True:\n    pass\n")
    shown.get_by_role("button", name="Run").click()
    shown.locator(".printed", has_text="begun").wait_for()
    shown.get_by_role("button", name="Stop").click()
    shown.get_by_text("stopped", exact=True).wait_for()
    write(shown, "print(2 + 2)\n")
    shown.get_by_role("button", name="Run").click()
    assert printed(shown) == "4"


def test_a_check_without_an_end_is_stopped_and_the_next_one_runs(shown: Any) -> None:
    write(shown, WRONG.replace("    return dw", "    while True:\n        pass"))
    shown.get_by_role("button", name="Check").click()
    note = shown.locator(".note")
    note.wait_for()
    assert note.inner_text() == (
        "conv2d_filter_gradient gave no answer within 10 seconds: is there a loop without an end?"
    )
    shown.get_by_text("is ready").wait_for()
    write(shown, WRONG)
    assert len(findings(shown)) == 1


def test_of_much_that_is_printed_the_last_is_shown(shown: Any) -> None:
    write(shown, "for k in range(5001):\n    print(k)\nprint('x' * 100_000)\n")
    shown.get_by_role("button", name="Run").click()
    found = printed(shown).splitlines()
    assert len(found) == 2000
    assert (found[0], found[-2]) == ("3002", "5000")
    assert found[-1] == "x" * 5000 + "…"
    said = shown.locator('[data-test="missing"]').inner_text()
    assert said == "Only the last 2,000 of 5,002 lines are shown."
    write(shown, "print(1)\n")
    shown.get_by_role("button", name="Run").click()
    assert printed(shown) == "1"
    assert shown.locator('[data-test="missing"]').count() == 0


def test_arguments_that_cannot_be_read_are_told(shown: Any) -> None:
    shown.get_by_label("arguments").fill("'no end")
    shown.get_by_role("button", name="Run").click()
    assert "arguments cannot be read" in printed(shown)


def test_a_program_that_breaks_python_harms_no_other(shown: Any) -> None:
    write(shown, "import sys\nsys.stdout.close()\n")
    shown.get_by_role("button", name="Run").click()
    shown.locator(".note", has_text="ValueError").wait_for()
    write(shown, "print(2 + 2)\n")
    shown.get_by_role("button", name="Run").click()
    assert printed(shown) == "4"


def test_what_was_written_is_there_again(shown: Any) -> None:
    before = shown.locator(".cm-content").inner_text()
    write(shown, "print('mine')\n")
    shown.reload()
    shown.get_by_text("is ready").wait_for()
    assert "mine" in shown.locator(".cm-content").inner_text()
    shown.get_by_role("button", name="as it was").click()
    assert shown.locator(".cm-content").inner_text() == before


def test_a_link_carries_a_program(shown: Any, served_site: str) -> None:
    program = "print('ÄÖÜ, Σ and 😀')\n" * 20
    write(shown, program)
    shown.get_by_role("button", name="copy a link").click()
    shown.wait_for_function("() => location.hash.startsWith('#code=')")
    link = shown.url
    shown.evaluate("() => localStorage.clear()")
    shown.goto("about:blank")
    shown.goto(link)
    shown.get_by_text("is ready").wait_for()
    assert shown.locator(".cm-content").inner_text().split() == program.split()
    shown.goto("about:blank")
    shown.goto(f"{served_site}/playground/#code=damaged")
    shown.get_by_text("is ready").wait_for()
    assert "def " in shown.locator(".cm-content").inner_text()


WRONG = """
def conv2d_filter_gradient(dy, x, w):
    dw = [[0] * len(w[0]) for _ in w]
    for u in range(len(w)):
        for v in range(len(w[0])):
            for i in range(len(dy)):
                for j in range(len(dy[0])):
                    dw[u][v] = dy[i][j] * x[i + u][j + v]
    return dw
"""


def findings(page: Any) -> list[str]:
    page.get_by_role("button", name="Check").click()
    page.locator('.finding, [role=alert], [data-test="grade"]').first.wait_for()
    found: list[str] = page.locator(".finding").all_inner_texts()
    return found


@pytest.mark.parametrize("program", [WRONG, WRONG.replace("] = dy", "] += dy")])
def test_what_is_found_can_be_read_on_a_phone(program: str, shown: Any) -> None:
    """Sentences go on in the next line and are not cut off, and begin on the left."""
    shown.set_viewport_size({"width": 390, "height": 800})
    try:
        write(shown, program)
        (found,) = findings(shown)
        assert ("wrong" in found.splitlines()[0]) == (program == WRONG)
        cut = "parts => parts.filter((each) => each.scrollWidth > each.clientWidth).length"
        assert shown.locator(".finding > p, .finding > h2").evaluate_all(cut) == 0
        heading = shown.locator(".finding h2").first
        align = heading.evaluate("each => getComputedStyle(each).textAlign")
        assert align in ("start", "left")
        # Maps stand below one another, each behind its sign; no sign hangs at the end of a line.
        signs = shown.locator(".pictures .level > .sign").all()
        assert len(signs) == (2 if program == WRONG else 0)
        for sign in signs:
            before, after = sign.bounding_box(), sign.locator("xpath=following::figure[1]")
            box = after.bounding_box()
            assert before["x"] + before["width"] <= box["x"]
            assert box["y"] <= before["y"] <= box["y"] + box["height"]
        # No product is taken apart.
        text = shown.locator(".finding").inner_text()
        assert ("dY[n,o,i,j]\u00a0·\u00a0X" in text) == (program == WRONG)
    finally:
        shown.set_viewport_size({"width": 1280, "height": 800})


def test_a_mistake_is_named_and_its_first_wrong_number_shown(shown: Any) -> None:
    write(shown, WRONG)
    (found,) = findings(shown)
    expected = check_text(WRONG)
    assert expected.mistake == "assigned-not-added"
    assert expected.first_wrong is not None
    assert expected.sentence in found
    assert shown.locator('[data-test="first"]').inner_text() == expected.first_wrong.sentence
    # The page's own view adds the right number up from the probe's numbers.
    total = shown.locator('.pictures [data-test="sum"] b.answer').last.inner_text()
    assert float(total.replace("−", "-")) == expected.first_wrong.right
    tabs = shown.locator(".pictures [role=tablist]").first.locator("[role=tab]").all_inner_texts()
    assert tabs == ["Backward to the filter", "Backward to the input", "Forward", "Terms"]
    shown.locator(".pictures").get_by_role("tab", name="Terms").click()
    # What only screen readers are told of a table makes the page no longer than it is.
    below = shown.evaluate("() => document.documentElement.scrollHeight - innerHeight")
    assert below == 0
    shown.locator(".pictures").get_by_role("tab", name="Forward").click()
    shown.locator(".pictures .view h2").wait_for()
    write(shown, WRONG.replace("] = dy", "] += dy"))
    (found,) = findings(shown)
    assert found.splitlines()[0] == "conv2d_filter_gradient right"


def check_text(program: str) -> Finding:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "your_code.py")
        path.write_text(program, encoding="utf-8")
        (finding,) = backlit.check(path).findings
    return finding


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ("x = 1\n", "no function that is recognized as an operation"),
        ("def f(:\n", "SyntaxError: invalid syntax, in line 1. go to line 1"),
    ],
)
def test_what_cannot_be_checked_is_told(shown: Any, program: str, told: str) -> None:
    write(shown, program)
    assert findings(shown) == []
    assert told in shown.get_by_role("alert").inner_text()
    assert " --" not in shown.locator(".outcome").inner_text()


def test_several_functions_are_counted_and_those_left_out_are_named(shown: Any) -> None:
    """And what the command line's options say is said in the way that a page has."""
    right = "def relu_forward(x):\n    return [max(each, 0) for each in x]\n"
    mystery = "def mystery_forward(x):\n    return [max(each, 0) for each in x]\n"
    program = f"{WRONG}\n\n{right}\n\n{mystery}"
    write(shown, program)
    assert len(findings(shown)) == 2
    assert shown.locator('[data-test="summary"]').inner_text() == "1 right, 1 wrong."
    left_out = shown.locator('[data-test="not-checked"]').inner_text()
    assert left_out.startswith("Not checked, since nothing tells what mystery_forward computes.")
    shown.locator(".finding details").evaluate_all(
        "all => all.forEach((each) => (each.open = true))"
    )
    assert " --" not in shown.locator(".outcome").inner_text()
    code = shown.locator('[data-test="not-checked"] pre').inner_text()
    write(shown, f"{program}\n\n{code}\n")
    shown.get_by_role("button", name="Run").click()
    assert printed(shown).startswith("mystery_forward: right")
    # What is told of a function, too, can be run.
    write(shown, program)
    findings(shown)
    shown.locator(".finding summary", has_text="How it was read").last.click()
    code = shown.locator(".finding .tell").last.inner_text()
    write(shown, f"{program}\n\n{code}\n")
    shown.get_by_role("button", name="Run").click()
    assert printed(shown).startswith("relu_forward: right")


def test_the_examples_are_what_they_say(shown: Any) -> None:
    shown.get_by_role("combobox").select_option("wrong_backward")
    (found,) = findings(shown)
    assert found.startswith("conv2d_backward wrong")
    shown.get_by_role("combobox").select_option("max_pool")
    assert [each.splitlines()[0] for each in findings(shown)] == [
        "max_pool_forward right",
        "max_pool_backward right",
    ]


def test_an_exercise_is_graded_and_leads_to_the_next(shown: Any) -> None:
    first, second = exercises()[:2]
    shown.get_by_role("combobox").select_option("exercise-1")
    assert first.parts[0].function in shown.locator(".cm-content").inner_text()
    assert findings(shown) == []
    grade = shown.locator('[data-test="grade"]')
    assert grade.inner_text().startswith("0 of 1 point. one_window is still blank: ")
    write(shown, f"def {first.parts[0].function}(x, w):\n    return x[-1][-1] * w[-1][-1]\n")
    (found,) = findings(shown)
    assert "= replaces what was there" in found
    assert "How it was read" not in found  # the exercise says that
    write(shown, first.solution)
    findings(shown)
    assert grade.inner_text() == "1 of 1 point."
    shown.get_by_role("button", name=f"Go on: {second.number}. {second.title}").click()
    assert second.parts[0].function in shown.locator(".cm-content").inner_text()


def test_hints_and_the_solution_come_as_on_the_command_line(shown: Any, served_site: str) -> None:
    """One after the other; and after two tries, each of a program that was changed."""
    chosen = exercises()[1]
    shown.evaluate("() => localStorage.clear()")
    shown.goto("about:blank")
    shown.goto(f"{served_site}/playground/#exercise-2")
    shown.get_by_text("is ready").wait_for()
    told = shown.locator('[data-test="help"]')

    def ask_for(name: str, words: str) -> None:
        shown.get_by_role("button", name=name, exact=True).click()
        told.get_by_text(words).wait_for()

    for number, text in enumerate(chosen.hints, 1):
        ask_for("hint", f"Hint {number} of {len(chosen.hints)}: {text}")
    ask_for("hint", f"Hint {len(chosen.hints)} of {len(chosen.hints)}:")
    ask_for("solution", "is shown after 2 more tries of your own")
    findings(shown)  # still blank, which is no try
    wrong = chosen.solution.replace("total += x[i + u]", "total += x[i - u]")
    for program in (wrong, f"{wrong}\n# a comment\n"):
        write(shown, program)
        (found,) = findings(shown)
    ask_for("solution", "is shown after 1 more try of your own")
    assert shown.locator(".finding").inner_text() == found  # what was found is still there
    write(shown, wrong.replace("[i - u]", "[u]"))
    findings(shown)
    shown.reload()  # the tries are kept
    shown.get_by_text("is ready").wait_for()
    ask_for("solution", "One way to write it:")
    assert told.locator("pre").inner_text().rstrip() == chosen.solution.rstrip()
    shown.get_by_role("combobox").select_option("exercise-3")
    assert told.count() == 0
    ask_for("solution", "is shown after 2 more tries of your own")
    shown.get_by_role("button", name="show it anyway").click()
    told.get_by_text("One way to write it:").wait_for()
    assert told.locator("pre").inner_text().rstrip() == exercises()[2].solution.rstrip()
    solved = shown.locator("option[value=exercise-3]")
    assert solved.inner_text() == "3. " + exercises()[2].title
    write(shown, exercises()[2].solution)
    findings(shown)
    assert solved.inner_text() == "✓ 3. " + exercises()[2].title
    shown.get_by_role("combobox").select_option("max_pool")
    assert shown.get_by_role("button", name="hint", exact=True).count() == 0


@pytest.mark.parametrize("kept", ["{", '{"progress": 3}', '{"progress": "{", "solved": []}'])
def test_damaged_progress_is_begun_anew(shown: Any, served_site: str, kept: str) -> None:
    shown.evaluate("kept => localStorage.setItem('backlit-playground:course', kept)", kept)
    shown.goto("about:blank")
    shown.goto(f"{served_site}/playground/#exercise-2")
    shown.get_by_text("is ready").wait_for()
    shown.get_by_role("button", name="hint", exact=True).click()
    shown.locator('[data-test="help"]', has_text="Hint 1 of").wait_for()


# Exercises whose mistakes have pictures: what is replaced by what, and the first wrong element.
DRAWN = [
    (4, "total = b[o]", "total = 0", "y[0,0,0]"),
    (6, "dw[u][v] +=", "dw[u][v] =", "dW[0,0]"),
    (9, "[row[::-1] for row in w[::-1]]", "w", "dX[0,0]"),
]


@pytest.mark.parametrize(("number", "right", "wrong", "element"), DRAWN)
def test_a_mistake_in_an_exercise_is_drawn_and_can_be_mended(
    shown: Any, number: int, right: str, wrong: str, element: str
) -> None:
    """Its arrays lack axes that the pictures have: the view begins at the right number anyway."""
    chosen = exercises()[number - 1]
    assert right in chosen.solution
    shown.get_by_role("combobox").select_option(f"exercise-{number}")
    write(shown, chosen.solution.replace(right, wrong))
    (found,) = findings(shown)
    assert found.splitlines()[0] == f"{chosen.parts[0].function} wrong"
    told = shown.locator('[data-test="first"]').inner_text()
    assert element.lower() in told.lower()
    wanted = re.search(r"should be (\S+?)\.$", told)
    assert wanted is not None
    numbers = shown.locator(".pictures .view").locator("h2, b").all_inner_texts()
    assert any(each.split()[-1].rstrip(".") == wanted[1] for each in numbers if each.strip())
    write(shown, chosen.solution)
    (found,) = findings(shown)
    assert found.splitlines()[0] == f"{chosen.parts[0].function} right"
    assert shown.locator('[data-test="grade"]').inner_text() == "1 of 1 point."


def test_what_came_of_another_program_is_gone(shown: Any) -> None:
    """With "Go on", with another choice, and while Python still works on it."""
    first, second = exercises()[:2]
    outcome = shown.get_by_label("Outcome")
    shown.get_by_role("combobox").select_option("exercise-1")
    write(shown, first.solution)
    assert len(findings(shown)) == 1
    shown.get_by_role("button", name=f"Go on: {second.number}.").click()
    assert outcome.inner_text().startswith("Run shows what a program prints.")
    assert len(findings(shown)) == 0
    shown.get_by_role("combobox").select_option("exercise-1")
    assert outcome.inner_text().startswith("Run shows what a program prints.")
    write(shown, "print('begun')\nwhile True:\n    pass\n")
    shown.get_by_role("button", name="Run").click()
    shown.locator(".printed", has_text="begun").wait_for()
    shown.get_by_role("combobox").select_option("max_pool")
    shown.get_by_text("is ready").wait_for()
    assert outcome.inner_text().startswith("Run shows what a program prints.")
    assert len(findings(shown)) == 2


# Instead of Python's: answers with findings that no page can show.
_BROKEN_WORKER = """
const finding = {
  function: "f", verdict: "wrong", sentence: "It is wrong.", first_wrong: null, remarks: [],
  tried: [], not_taken: [], view: { document: {}, address: "nowhere" },
};
let asked = 0;
postMessage({ kind: "ready", version: "0" });
onmessage = ({ data: { id } }) => {
  asked += 1;
  const findings = asked === 1 ? [finding] : asked === 2 ? [{ function: "g" }] : [];
  postMessage({ kind: "answer", id, answer: asked === 4 ? {} : { findings } });
};
"""


def test_what_cannot_be_shown_is_told_and_the_page_goes_on(chromium: Any, served_site: str) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.set_default_timeout(LONG)
    context.route(
        "**/worker.js",
        lambda route: route.fulfill(body=_BROKEN_WORKER, content_type="text/javascript"),
    )
    page.goto(f"{served_site}/playground/")
    page.get_by_text("is ready").wait_for()
    check = page.get_by_role("button", name="Check")
    check.click()
    note = page.get_by_role("alert")
    assert note.inner_text().startswith("The pictures of this number cannot be shown.")
    assert page.locator('[data-test="sentence"]').inner_text() == "It is wrong."
    check.click()
    page.get_by_text("What was found cannot be shown.").wait_for()
    check.click()
    note.wait_for(state="detached")
    check.click()
    page.get_by_text("What was found cannot be shown.").wait_for()
    page.get_by_role("combobox").select_option("max_pool")
    note.wait_for(state="detached")
    assert "max_pool_forward" in page.locator(".cm-content").inner_text()
    context.close()


def test_a_network_learns_in_the_browser(shown: Any) -> None:
    last = exercises()[-1]
    shown.get_by_role("combobox").select_option(f"exercise-{last.number}")
    write(shown, last.solution)
    assert [each.splitlines()[0] for each in findings(shown)] == [
        "loss_and_gradients right",
        "train right",
    ]
    assert shown.locator('[data-test="grade"]').inner_text() == "10 of 10 points."


# Of the zoo's programs, some that need the standard library alone.
ZOO = Path(__file__).resolve().parents[1] / "check" / "zoo"


def plain_programs() -> list[Path]:
    found = [
        path
        for path in sorted(ZOO.glob("wrong/*.py"))
        if not re.search(r"^\s*(?:import|from) ", path.read_text("utf-8"), re.MULTILINE)
    ]
    return found[::6]


def test_the_verdict_is_that_of_the_command_line(shown: Any) -> None:
    programs = plain_programs()
    assert len(programs) >= 5
    for path in programs:
        text = path.read_text("utf-8")
        write(shown, text)
        found = findings(shown)
        try:
            expected = backlit.check(path).findings
        except InputError:
            expected = []
        assert len(found) == len(expected), path.name
        for shown_text, finding in zip(found, expected, strict=True):
            assert finding.sentence in shown_text, path.name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_rule_of_accessibility_is_broken(shown: Any, scheme: Any) -> None:
    shown.emulate_media(color_scheme=scheme)
    shown.get_by_role("button", name="Run").click()
    printed(shown)
    # The editor's scroller holds a text that takes the keyboard, which the rule does not see.
    broken = [each for each in violations(shown) if 'class="cm-scroller"' not in each]
    assert broken == []


@pytest.mark.parametrize(("width", "letters"), [(1440, 88), (1024, 58), (390, 35)])
def test_lines_have_room_where_the_window_has(shown: Any, width: int, letters: int) -> None:
    shown.set_viewport_size({"width": width, "height": 800})
    try:
        write(shown, f"{'x' * letters}\n" * 200)
        wide = shown.locator(".cm-scroller").evaluate(
            "each => [each.scrollWidth, each.clientWidth]"
        )
        assert wide[0] <= wide[1]
        # What was found beside it has room, too.
        outcome = shown.locator(".outcome").bounding_box()
        assert outcome["width"] >= 330
    finally:
        shown.set_viewport_size({"width": 1280, "height": 800})


@pytest.mark.parametrize("width", [320, 1024])
def test_nothing_leaves_the_window_at_the_side(shown: Any, width: int) -> None:
    shown.set_viewport_size({"width": width, "height": 700})
    wide = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert shown.evaluate(wide) == 0


# Of the operations' pages, some of different kinds: each starts a Python of its own.
PAGES = ["conv2d", "max_pool2d", "batch_norm2d", "elu"]


@pytest.fixture(scope="module")
def page_of_examples(site: Path) -> Any:
    """Write the Python of a page, and what it prints, in the elements that Sphinx makes of it."""
    (site / "_static").mkdir(exist_ok=True)
    shutil.copy(DOCS / "_static" / "run.js", site / "_static" / "run.js")

    def write_page(name: str) -> list[tuple[str, str]]:
        text = (DOCS / "operations" / f"{name}.md").read_text(encoding="utf-8")
        blocks = [(each["language"], each["text"]) for each in _BLOCK.finditer(text)]
        body = "".join(
            f'<div class="highlight-{language} notranslate"><div class="highlight"><pre>'
            f"{escape(code)}</pre></div></div>"
            for language, code in blocks
        )
        html = f'<body>{body}<script type="module" src="_static/run.js"></script></body>'
        (site / f"{name}.html").write_text(
            f'<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">{html}', "utf-8"
        )
        return blocks

    return write_page


def test_the_examples_of_pages_run_where_they_stand(
    browsed: Any, served_site: str, page_of_examples: Any
) -> None:
    ran = 0
    for name in PAGES:
        page_of_examples(name)
        browsed.goto(f"{served_site}/{name}.html", wait_until="networkidle")
        buttons = browsed.get_by_role("button", name="Run and change")
        for count in range(buttons.count()):
            block = browsed.locator(".highlight-python:has(button)").nth(count)
            output = block.locator("xpath=following-sibling::*[1]")
            held = output.inner_text() if "highlight-text" in output.get_attribute("class") else ""
            buttons.first.click()
            block = browsed.locator(".highlight-python:has(.cm-editor)").last
            block.get_by_role("button", name="Run", exact=True).wait_for()
            browsed.wait_for_function(
                "() => !document.querySelector('[aria-busy]') &&"
                " !document.querySelector('.backlit-run button:disabled')"
            )
            after = block.locator("xpath=following-sibling::*[1]").inner_text()
            if held:
                assert after.strip() == held.strip(), name
            ran += 1
    assert ran >= len(PAGES)


def test_an_example_is_changed_and_those_below_know_it(
    browsed: Any, served_site: str, page_of_examples: Any
) -> None:
    page_of_examples("conv2d")
    browsed.goto(f"{served_site}/conv2d.html")
    place = browsed.locator(".highlight-python").evaluate_all(
        "(blocks) => blocks.findIndex((block) => block.textContent.includes('filters = '))"
    )
    first = browsed.locator(".highlight-python").nth(place)
    first.get_by_role("button", name="Run and change").click()
    first.get_by_role("button", name="Run", exact=True).wait_for()
    output = first.locator("xpath=following-sibling::*[1]")
    text = first.locator(".cm-content").inner_text()
    first.locator(".cm-content").fill(text.replace("[1, 2]", "[0, 0]"))
    first.get_by_role("button", name="Run", exact=True).click()
    output.get_by_text("[32, 39, 46]").wait_for()
    first.get_by_role("button", name="as it was").click()
    first.get_by_role("button", name="Run", exact=True).click()
    output.get_by_text("[34, 44, 54]").wait_for()
    assert not first.get_by_role("button", name="Stop").is_visible()
    first.locator(".cm-content").fill("print('begun')\nwhile True:\n    pass\n")
    first.get_by_role("button", name="Run", exact=True).click()
    output.get_by_text("begun").wait_for()
    first.get_by_role("button", name="Stop").click()
    output.get_by_text("stopped").wait_for()
    first.get_by_role("button", name="as it was").click()
    first.get_by_role("button", name="Run", exact=True).click()
    output.get_by_text("[34, 44, 54]").wait_for()


@pytest.mark.parametrize("length", [0, 10, 300_000])
def test_a_link_carries_programs_of_any_length(length: int, tmp_path: Path) -> None:
    script = tmp_path / "link.mjs"
    module = (DOCS / "playground" / "storage.js").as_uri()
    script.write_text(
        f'import {{ link, linked }} from "{module}";\n'
        f"const text = Array.from({{ length: {length} }}, "
        "() => String.fromCharCode(33 + Math.floor(90 * Math.random()))).join('');\n"
        "process.exitCode = (await linked(await link(text))) === text ? 0 : 1;\n",
        encoding="utf-8",
    )
    done = subprocess.run([node(), script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_archive_needs_nothing_but_the_standard_library(tmp_path: Path) -> None:
    playground.write_archive(tmp_path / "backlit.zip")
    with zipfile.ZipFile(tmp_path / "backlit.zip") as archive:
        archive.extractall(tmp_path / "there")
        files = [name for name in archive.namelist() if name.endswith(".py")]
    modules = [name[:-3].replace("/", ".") for name in files]
    names = [name.removesuffix(".__init__") for name in modules]
    program = (
        f"import importlib\nfor name in {names!r}: importlib.import_module(name)\n"
        "from backlit.learn.digits import digits\nassert len(digits()[0]) == 300\n"
    )
    alone = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, '.')\n{program}"]
    done = subprocess.run(
        alone, cwd=tmp_path / "there", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_same_files_give_the_same_archive(tmp_path: Path) -> None:
    for name in ("one", "other"):
        playground.write_archive(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
