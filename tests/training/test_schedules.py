"""Schedules: their course at the marked places, and JSON."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlit import ConstantRate, CosineDecay, OneCycle, StepDecay, WarmUp
from backlit.errors import ConfigurationError
from backlit.training import Schedule, schedule_from_config

SCHEDULES: list[Schedule] = [
    ConstantRate(),
    StepDecay(),
    StepDecay((0.1, 0.5, 0.9), gamma=0.5),
    CosineDecay(),
    CosineDecay(floor=0.2),
    OneCycle(),
    OneCycle(rise=0.5, start_divisor=10, end_divisor=100),
    WarmUp(),
    WarmUp(0.2, start=0.0, then=CosineDecay(0.1)),
    WarmUp(0.1, then=WarmUp(0.5, then=StepDecay())),
]
every = pytest.mark.parametrize("schedule", SCHEDULES, ids=repr)


def course(schedule: Schedule, total: int) -> list[float]:
    return [schedule.factor(step, total) for step in range(total)]


def test_constant() -> None:
    assert course(ConstantRate(), 3) == [1, 1, 1]


def test_steps_come_at_their_shares_of_the_training() -> None:
    assert course(StepDecay((0.5, 0.75), gamma=0.5), 8) == [1, 1, 1, 1, 0.5, 0.5, 0.25, 0.25]


def test_a_share_that_floats_miss_by_a_hair_still_is_its_step() -> None:
    assert 0.07 * 100 > 7  # as floats have it
    assert course(StepDecay((0.07,), gamma=0.5), 100)[6:8] == [1, 0.5]


def test_cosine_begins_at_1_and_is_halfway_in_the_middle() -> None:
    factors = course(CosineDecay(floor=0.2), 4)
    assert factors[0] == 1
    assert factors[2] == pytest.approx(0.6, rel=1e-15)
    assert factors[1] - 0.6 == pytest.approx(0.6 - factors[3], rel=1e-14)
    assert CosineDecay(floor=0.2).factor(4, 4) == pytest.approx(0.2, rel=1e-15)


def test_one_cycle_rises_to_1_and_ends_far_below_its_beginning() -> None:
    factors = course(OneCycle(rise=0.5, start_divisor=10, end_divisor=100), 10)
    assert factors[0] == pytest.approx(0.1, rel=1e-15)
    assert factors.index(max(factors)) == 4  # 0.5·10 − 1
    assert factors[4] == 1
    assert factors[-1] == pytest.approx(1 / 1000, rel=1e-12)


def test_warm_up_is_a_line_and_then_the_other_schedule_from_its_beginning() -> None:
    factors = course(WarmUp(0.4, start=0.2, then=CosineDecay()), 10)
    assert factors[:4] == pytest.approx([0.2, 0.4, 0.6, 0.8], rel=1e-15)
    assert factors[4:] == course(CosineDecay(), 6)


def test_no_warm_up_is_the_other_schedule() -> None:
    assert course(WarmUp(0.0, then=CosineDecay()), 7) == course(CosineDecay(), 7)


@every
@given(total=st.integers(1, 60))
def test_every_factor_is_positive_and_at_most_1(schedule: Schedule, total: int) -> None:
    # Only the warm-up that is asked to start at nothing is nothing, at its first step.
    smallest = 0 if isinstance(schedule, WarmUp) and schedule.start == 0 else 1e-9
    for factor in course(schedule, total):
        assert math.isfinite(factor)
        assert smallest <= factor <= 1


@every
def test_json_brings_the_same_schedule_back(schedule: Schedule) -> None:
    config = json.loads(json.dumps(schedule.to_config()))
    assert schedule_from_config(config) == schedule


@every
def test_it_says_truly_whether_it_depends_on_the_total(schedule: Schedule) -> None:
    shorter, longer = course(schedule, 40), course(schedule, 80)[:40]
    assert schedule.depends_on_total == (shorter != longer)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: StepDecay(()), "StepDecay: milestones must be rising shares .*, got ()"),
        (lambda: StepDecay((0.5, 0.5)), "milestones must be rising shares"),
        (lambda: StepDecay((0.75, 0.5)), "milestones must be rising shares"),
        (lambda: StepDecay((30, 60)), r"each above 0 and below 1, got \(30, 60\)"),
        (lambda: StepDecay(0.5), "milestones must be rising shares .*, got 0.5"),  # type: ignore[arg-type]
        (lambda: StepDecay(gamma=0), "gamma must be a number above 0"),
        (lambda: CosineDecay(floor=1), "CosineDecay: floor must be .* below 1, got 1"),
        (lambda: OneCycle(rise=0), "rise must be a number above 0"),
        (lambda: OneCycle(rise=1), "rise must be .* below 1"),
        (lambda: OneCycle(end_divisor=-1), "end_divisor must be a number above 0"),
        (lambda: WarmUp(share=1.0), "WarmUp: share must be .* below 1"),
        (lambda: WarmUp(then="cosine"), "then must be a schedule, got 'cosine'"),  # type: ignore[arg-type]
    ],
)
def test_options_that_make_no_sense_are_refused(make: Any, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        make()


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"schedule": "Linear"}, "unknown schedule 'Linear'; there are ConstantRate"),
        ({"schedule": "CosineDecay", "top": 3}, "CosineDecay: .*top"),
        ({"schedule": "WarmUp", "then": {"schedule": "Linear"}}, "unknown schedule 'Linear'"),
    ],
)
def test_a_config_that_is_none_is_refused(config: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        schedule_from_config(config)
