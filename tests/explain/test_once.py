"""Nothing is worked out twice: an equation is evaluated once for a number, a pass is run once."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest

import backlit as bl
from backlit.equations import Equation
from backlit.explain import Explanation, Trace, TracedNumber
from tests.explain.counting import Work
from tests.explain.networks import ACTIVATIONS, BRANCHES, CONVOLUTIONS, MODES, POOLS, Small

SOME = [CONVOLUTIONS[0], POOLS[1], ACTIVATIONS[0], *MODES, *BRANCHES]


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    return Work(monkeypatch)


def weight_of(trace: Trace) -> tuple[Any, ...]:
    """The address of a weight in the middle of the first layer that has one."""
    name, shape = next(each for each in trace.shapes.items() if each[0].endswith(".weight"))
    return (name, *(size // 2 for size in shape))


@pytest.mark.parametrize("small", SOME, ids=str)
def test_a_number_and_its_story(small: Small, work: Work) -> None:
    trace = small.trace()
    assert work.passes == 1
    number = trace[weight_of(trace)]
    story = trace.story(number)
    assert work.passes == 3  # the nudge needs two more
    assert work.evaluations.most_common(1)[0][1] == 1
    links = {(step.address, step.kind) for step in story.steps}
    assert len(links) == len(story.steps)


def test_an_update_evaluates_nothing_and_runs_nothing(work: Work) -> None:
    trace = CONVOLUTIONS[0].trace()
    update = trace.update(weight_of(trace), bl.Adam(0.1), clip=0.01)
    assert (work.passes, work.evaluations) == (1, Counter())
    assert update == trace[weight_of(trace)].update(bl.Adam(0.1), clip=0.01)


def test_a_nudge_runs_two_passes_and_evaluates_nothing(work: Work) -> None:
    trace = CONVOLUTIONS[0].trace()
    nudge = trace.nudge(weight_of(trace), 1e-2)
    assert (work.passes, work.evaluations) == (3, Counter())
    assert nudge == trace[weight_of(trace)].nudge(1e-2)


def test_a_story_tells_the_update_and_the_nudge_that_are_asked_for_alone() -> None:
    trace = BRANCHES[0].trace()
    key = weight_of(trace)
    story = trace.story(*key, optimizer=bl.Adam(0.1), epsilon=1e-2)
    assert story.update == trace.update(key, bl.Adam(0.1))
    assert story.nudge == trace.nudge(key, 1e-2)


def test_a_number_of_another_trace_is_worked_out_anew() -> None:
    one, other = (Small("", (1, 4, 4), POOLS[0].layers, images=n).trace() for n in (2, 3))
    key = weight_of(one)
    assert other.story(one[key]) == other.story(*key) != one.story(*key)


def inside(thing: object) -> Iterator[object]:
    """All that can be reached from a thing through fields, attributes and containers."""
    left, seen = [thing], set()
    while left:
        each = left.pop()
        if id(each) in seen or isinstance(each, type):
            continue
        seen.add(id(each))
        yield each
        if isinstance(each, dict):
            left += [*each.keys(), *each.values()]
        elif isinstance(each, list | tuple | set | frozenset):
            left += each
        else:
            left += vars(each).values() if hasattr(each, "__dict__") else ()


def test_an_explanation_is_data_alone() -> None:
    trace = BRANCHES[0].trace()
    number = trace["relu1.error[0,1,2,2]"]
    data = Explanation(**{each.name: getattr(number, each.name) for each in fields(Explanation)})
    assert data.to_dict() == number.to_dict()
    assert data.nothing == number.nothing
    reached = list(inside(data))
    assert any(each is data.parts[0].evaluation for each in reached)
    assert not any(type(each).__module__.startswith("backlit.network") for each in reached)
    assert not any(isinstance(each, Trace | TracedNumber) for each in reached)
    assert any(isinstance(each, Trace) for each in inside(number))
    assert any(isinstance(each, Equation) for each in reached)
