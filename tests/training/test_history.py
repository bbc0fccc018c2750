"""The history: lists, JSON, equality."""

import json
from dataclasses import replace
from typing import Any

import pytest

from backlit import History
from backlit.errors import RunError
from backlit.training import EpochRecord

FIRST = EpochRecord(1, 0.1 + 0.2, 0.75, 0.5, 0.625, 0.05, seconds=2.0, images_per_second=50.0)
SECOND = EpochRecord(2, 0.2, 0.875, None, None, 0.025, seconds=1.0, images_per_second=100.0)


def test_every_field_is_a_list() -> None:
    history = History([FIRST, SECOND])
    assert history.epoch == [1, 2]
    assert history.loss == [0.1 + 0.2, 0.2]
    assert history.accuracy == [0.75, 0.875]
    assert history.validation_loss == [0.5, None]
    assert history.validation_accuracy == [0.625, None]
    assert history.learning_rate == [0.05, 0.025]
    assert history.seconds == [2, 1]
    assert history.images_per_second == [50, 100]


def test_it_is_a_sequence_of_records() -> None:
    history = History([FIRST, SECOND])
    assert len(history) == 2
    assert list(history) == [FIRST, SECOND]
    assert history[-1] is SECOND
    assert history[:1] == [FIRST]


def test_json_keeps_every_bit() -> None:
    history = History([FIRST, SECOND], stopped="enough")
    again = History.from_dict(json.loads(json.dumps(history.to_dict())))
    assert again == history
    assert again.seconds == history.seconds


def test_time_does_not_make_two_histories_different_but_anything_else_does() -> None:
    assert History([replace(FIRST, seconds=9.0, images_per_second=1.0)]) == History([FIRST])
    assert History([replace(FIRST, loss=0.3)]) != History([FIRST])
    assert History([FIRST], stopped="enough") != History([FIRST])


def test_it_shows_itself_as_a_table() -> None:
    lines = repr(History([FIRST, SECOND], stopped="Stopped after epoch 2.")).splitlines()
    assert lines[0].split() == [
        *("epoch", "loss", "accuracy", "val.", "loss", "val.", "accuracy"),
        *("learning", "rate", "seconds"),
    ]
    assert lines[1].split() == ["1", "0.3000", "75.00%", "0.5000", "62.50%", "0.05", "2.0"]
    assert lines[2].split() == ["2", "0.2000", "87.50%", "–", "–", "0.025", "1.0"]
    assert lines[3] == "Stopped after epoch 2."
    assert len({len(line) for line in lines[:3]}) == 1
    assert len(lines[0]) <= 79
    assert repr(History()) == "<History: no epoch is finished>"


@pytest.mark.parametrize(
    "content", [{}, {"format": 1}, {"format": 1, "epochs": [{}], "stopped": None}, [], None]
)
def test_what_is_no_history_is_refused(content: Any) -> None:
    with pytest.raises(RunError, match="no history of a training"):
        History.from_dict(content)


def test_a_newer_format_is_refused_and_unknown_fields_of_this_one_are_not() -> None:
    content = History([FIRST]).to_dict()
    content["epochs"][0]["memory"] = 3
    assert History.from_dict(content) == History([FIRST])
    with pytest.raises(RunError, match="newer backlit"):
        History.from_dict({**content, "format": 99})


def test_a_short_epoch_did_not_take_no_time() -> None:
    lines = repr(History([replace(FIRST, seconds=0.0251), replace(SECOND, seconds=61.27)]))
    assert [line.split()[-1] for line in lines.splitlines()[1:]] == ["0.025", "61.3"]
