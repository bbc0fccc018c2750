"""A click on a served page runs nothing again that has been run for the same view."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backlit.network import Network
from backlit.web.live import Live
from backlit.web.recent import Pass, RecentPasses
from backlit.web.requests import Edit, LossesRequest, UpdateRequest, ViewRequest
from tests.web.networks import trace
from tests.web.serving import array, live

ADDRESS = "conv1.weight[1,0,2,0]"
BIAS = "conv1.bias[0]"


@pytest.fixture
def count(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many passes were recorded since the last question."""
    counted = [0]
    real = Network.record

    def record(*given: Any, **options: Any) -> Any:
        counted[0] += 1
        return real(*given, **options)

    def since() -> int:
        found, counted[0] = counted[0], 0
        return found

    monkeypatch.setattr(Network, "record", record)
    return since


@pytest.fixture
def one() -> Live:
    return live()


def test_clicks_on_one_batch_run_it_once(one: Live, count: Callable[[], int]) -> None:
    first = one.document(ViewRequest(0, 4))
    assert count() == 1
    for address in (ADDRESS, BIAS):
        one.update_report(UpdateRequest(0, 4, address=address))
        assert count() == 2  # the two of the nudge, which changes the weight
    one.losses(LossesRequest(0, 4, address=ADDRESS, offsets=[-1.0, 0.0, 1.0]))
    assert count() == 3  # one for each offset
    assert one.document(ViewRequest(0, 4)) == first
    assert count() == 0


def test_what_a_pass_depends_on_runs_it_again(one: Live, count: Callable[[], int]) -> None:
    picture = np.zeros((1, 8, 8)).tolist()
    requests = [
        *(ViewRequest(0, 4), ViewRequest(1, 4), ViewRequest(0, 5), ViewRequest(0, 4, False)),
        *(ViewRequest(0, 4, edits=(Edit(BIAS, value),)) for value in (0.0, -0.0, 1.0)),
        ViewRequest(0, 4, edits=(Edit("conv1.bias[1]", 1.0),)),
        ViewRequest(0, 4, at_step=0),
        ViewRequest(at_step=0, upcoming=True),
        *(ViewRequest(picture=picture, label=label) for label in (0, 1)),
    ]
    for request in requests:
        one.document(request)
        assert count() == 1, request
    for request in requests:
        one.document(request)
        assert count() == 0, request
    assert one.trainer
    one.trainer.step()
    one.document(ViewRequest(at_step=1, upcoming=True))
    assert count() == 1


def test_each_step_of_descent_runs_once(one: Live, count: Callable[[], int]) -> None:
    losses = []
    for steps in range(4):
        request = ViewRequest(0, 4, edits=(Edit(descend=0.1),) * steps)
        found = one.document(request)
        assert count() == 1
        assert len(found["edits"]) == steps
        losses.append(float(array(found, "loss")))
    assert sorted(losses, reverse=True) == losses
    assert [each["loss"] for each in found["edits"]] == losses[:-1]
    one.document(ViewRequest(0, 4, edits=(Edit(descend=0.1),) * 2))  # taken back
    assert count() == 0
    request = ViewRequest(0, 4, edits=(Edit(descend=0.1),) * 4 + (Edit(BIAS, 1.0),))
    found = one.document(request)
    assert count() == 2
    alone = live().document(request)
    assert alone == found


def test_a_picture_without_a_class_is_run_until_it_is_known(
    one: Live, count: Callable[[], int]
) -> None:
    picture = np.random.default_rng(3).standard_normal((1, 8, 8)).tolist()
    found = one.document(ViewRequest(picture=picture))
    assert 1 <= count() <= 3
    one.update_report(UpdateRequest(picture=picture, address=ADDRESS))
    assert count() == 2
    assert one.document(ViewRequest(picture=picture)) == found
    assert count() == 0


def test_passes_go_when_there_is_no_room() -> None:
    made = Pass(trace("digits"))
    recording = made.trace.recording
    images, parameters = recording.images.nbytes, made.trace.snapshot.parameters.values()
    arrays = [*recording.activations.values(), *recording.errors.values()]
    arrays += [*recording.gradients.values(), *parameters]
    size = images + sum(each.nbytes for each in arrays)
    kept = RecentPasses(largest=3 * size)
    for key in "abc":
        kept.add(key, made)
    assert kept.get("a") is made  # the one that was looked at last
    kept.add("d", made)
    assert [kept.get(key) is not None for key in "abcd"] == [True, False, True, True]
    assert len(kept) == 3
    small = RecentPasses(largest=size - 1)
    for key in "ab":
        small.add(key, made)
    assert [small.get(key) is not None for key in "ab"] == [False, True]
