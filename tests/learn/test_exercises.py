"""Every exercise: its text, its blanks, its solution, and the wrong ways that are told."""

import doctest
import re
from collections.abc import Callable
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest

from backlit.learn import Exercise, Grade, NotYet, exercise, exercises, grade, grade_file
from backlit.learn.parts import Bug, Checked, Compared, WrongWay
from tests.learn.wrong import WRONG

ALL = pytest.mark.parametrize("each", exercises(), ids=lambda each: each.name)


# 1·2 + 3·4 = 14, 5 − 2 + 1 = 4, 3 // 2 = 1
CALCULATION = r"([\d(][\d·()]*(?: (?:[+−]|//) [\d·()]+)*) = (−?[\d.]+)"
NOT_CALCULATED = {"softmax_loss", "conv_backward", "find_the_bug", "your_own_network"}


def functions_of(code: str) -> dict[str, Callable[..., Any]]:
    """The functions that a text defines."""
    module = ModuleType("written")
    exec(compile(code, "<written>", "exec"), vars(module))
    return {name: f for name, f in vars(module).items() if isinstance(f, FunctionType)}


def graded(each: Exercise, code: str, seed: int = 0) -> Grade:
    """The grade of a text, as in a notebook."""
    functions = functions_of(code)
    try:
        return grade(each.name, *(functions[p.function] for p in each.parts), seed=seed)
    except NotYet as problem:
        return problem.grade


@ALL
def test_its_text_is_a_screen_of_80_columns(each: Exercise) -> None:
    lines = f"{each.title}\n\n{each.text}".splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) <= 45
    assert 2 <= len(each.all_hints()) <= 5


@ALL
def test_what_it_calculates_in_its_text_is_right(each: Exercise) -> None:
    found = re.findall(CALCULATION, each.text)
    assert found or each.name in NOT_CALCULATED
    for left, right in found:
        assert eval(left.replace("·", "*").replace("−", "-")) == float(right.replace("−", "-"))


@ALL
def test_the_examples_of_its_functions_hold(each: Exercise) -> None:
    found = functions_of(each.solution)
    runner = doctest.DocTestRunner(verbose=False)
    for name, function in found.items():
        for test in doctest.DocTestFinder().find(function, name, globs=dict(found)):
            runner.run(test)
    assert runner.failures == 0
    assert runner.tries > 0


@ALL
def test_its_blank_is_python_and_is_told_to_be_untouched(each: Exercise, tmp_path: Path) -> None:
    path = tmp_path / each.file_name
    path.write_text(each.file(), encoding="utf-8")
    found = grade_file(each, path)
    assert set(found.blank) == {part.function for part in each.parts}
    assert found.points == 0
    assert "BEGIN" not in each.file()
    assert each.is_untouched(each.file() + "# thinking\n")


@ALL
def test_its_solution_is_right(each: Exercise) -> None:
    found = graded(each, each.solution)
    assert found.ok, str(found)
    assert found.points == found.possible == each.points * len(each.parts)


@pytest.mark.parametrize("name", ["slide_it", "filter_gradient", "your_own_network"])
def test_its_solution_is_right_in_a_file(name: str, tmp_path: Path) -> None:
    each = exercise(name)
    path = tmp_path / each.file_name
    path.write_text(each.solution_file(), encoding="utf-8")
    found = grade_file(each, path)
    assert found.ok, str(found)


def test_no_two_exercises_ask_for_functions_of_the_same_name() -> None:
    names = [part.function for each in exercises() for part in each.parts]
    assert len(names) == len(set(names))


COMPARED = [
    pytest.param(part, way, id=f"{part.function}-{number}")
    for each in exercises()
    for part in each.parts
    if isinstance(part, Compared)
    for number, way in enumerate(part.wrong_ways)
]


@pytest.mark.parametrize(("part", "way"), COMPARED)
def test_a_wrong_way_is_told_by_its_own_sentence(part: Compared, way: WrongWay) -> None:
    compute = way.compute
    assert isinstance(compute, FunctionType)
    theirs = FunctionType(compute.__code__, compute.__globals__, part.function)
    which = next(each for each in exercises() if part in each.parts)
    with pytest.raises(NotYet) as caught:
        grade(which.number, theirs)
    (finding,) = caught.value.grade.report.findings
    assert finding.verdict == "wrong"
    assert finding.sentence == way.sentence
    assert finding.mistake == way.mistake
    assert "and should" in finding.why or "returns" in finding.why


@pytest.mark.parametrize(
    ("name", "right", "wrong", "told"), WRONG, ids=[f"{w[0]}-{n}" for n, w in enumerate(WRONG)]
)
def test_a_mistake_in_the_solution_is_told(name: str, right: str, wrong: str, told: str) -> None:
    each = exercise(name)
    assert each.solution.count(right) == 1
    found = graded(each, each.solution.replace(right, wrong))
    assert not found.ok
    assert told in str(found) or told in {
        mistake for finding in found.report.findings for mistake in finding.mistakes
    }


@ALL
def test_at_least_two_mistakes_of_it_are_told(each: Exercise) -> None:
    ways = sum(len(part.wrong_ways) for part in each.parts if isinstance(part, Compared))
    assert ways + sum(name == each.name for name, *_ in WRONG) + len(each.bugs) >= 2


BUGS = [
    pytest.param(each, bug, id=bug.mistake + bug.where) for each in exercises() for bug in each.bugs
]


@pytest.mark.parametrize(("each", "bug"), BUGS)
def test_a_planted_bug_is_what_it_is_called(each: Exercise, bug: Bug) -> None:
    (part,) = each.parts
    assert isinstance(part, Checked)
    assert not part.names
    written = functions_of(bug.planted(each.solution) + "\n# changed\n")[part.function]
    from backlit.learn.work import of_functions

    named = Checked(part.function, part.operation, part.arguments, part.layout)
    finding = named.judge(of_functions([written]))
    assert finding.mistakes == (bug.mistake,)
    told = part.judge(of_functions([written]))
    assert told.verdict == "wrong"
    assert told.mistake is None
    assert bug.mistake not in str(told.document())
