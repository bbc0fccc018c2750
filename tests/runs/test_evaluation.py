"""How well a run does, and what it sees in pictures."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import backlit as bl
from backlit.errors import ConfigurationError, DataError, InputError
from backlit.runs.evaluation import evaluate
from tests.cli.conftest import CommandLine


@pytest.mark.parametrize("split", ["test", "train"])
def test_each_image_is_counted_where_it_belongs(split: str, trained: Path) -> None:
    run = bl.open_run(trained)
    images, labels = getattr(run.dataset, split)
    taken = run.network.predict(images)
    expected = [[0] * 10 for _ in range(10)]
    for truth, guess in zip(labels, taken, strict=True):
        expected[truth][guess] += 1
    report = run.evaluate(split=split)
    assert report.confusion.tolist() == expected
    assert report.images == len(labels)
    known = run.network.evaluate(images, labels)
    assert report.accuracy == known.accuracy == (taken == labels).mean()
    # The mean of N losses, added up in another order: N roundings at most.
    assert report.loss == pytest.approx(known.loss, rel=len(labels) * 2**-23)
    assert report.classes == tuple("0123456789")
    for digit, share in enumerate(report.per_class):
        assert share == (taken[labels == digit] == digit).mean()


def test_it_is_what_the_training_has_measured(trained: Path) -> None:
    run = bl.open_run(trained)
    assert run.test_result is not None
    assert run.evaluate().accuracy == run.test_result["accuracy"]


def test_a_class_without_images_has_no_share(trained: Path) -> None:
    run = bl.open_run(trained)
    images, labels = run.dataset.test
    some = labels != 3
    report = run.evaluate(images[some], labels[some])
    assert np.isnan(report.per_class[3])
    assert np.isfinite(report.per_class).sum() == 9
    document = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert document["per_class"][3] is None
    assert document["per_class"][4] == report.per_class[4]
    assert document["confusion"] == report.confusion.tolist()
    assert document.keys() == {"images", "loss", "accuracy", "classes", "confusion", "per_class"}


def test_more_images_than_are_looked_at_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    net = bl.Network((1, 4, 4), [bl.Flatten(), bl.Dense(3)], engine="pure", seed=1)
    rng = np.random.default_rng(0)
    images, labels = rng.standard_normal((11, 1, 4, 4)), rng.integers(0, 3, 11)
    whole = evaluate(net, images, labels)
    monkeypatch.setattr("backlit.runs.evaluation.AT_A_TIME", 4)
    parts = evaluate(net, images, labels)
    assert parts.confusion.tolist() == whole.confusion.tolist()
    assert parts.loss == pytest.approx(whole.loss, rel=11 * 2**-53)
    assert whole.classes == ("0", "1", "2")
    assert repr(whole).startswith("EvaluationReport(accuracy ")


def test_what_cannot_be_evaluated(trained: Path) -> None:
    run = bl.open_run(trained)
    images, labels = run.dataset.test
    with pytest.raises(ConfigurationError, match="needs images and labels, or neither"):
        run.evaluate(images)
    with pytest.raises(InputError, match="no images to evaluate on"):
        run.evaluate(images[:0], labels[:0])
    with pytest.raises(InputError, match="no 'holdout'"):
        run.evaluate(split="holdout")
    with pytest.raises(InputError):
        run.evaluate(images[:, :, :4], labels)


def test_pictures_and_arrays_are_predicted(
    backlit: CommandLine, trained: Path, pictures: list[Path]
) -> None:
    run = bl.open_run(trained)
    images, _ = run.dataset.test
    np.testing.assert_array_equal(run.predict(images), run.network.predict(images))
    told = backlit("predict", trained, *pictures, "--json").json["predictions"]
    numbers = [each["class_number"] for each in told]
    assert run.predict(pictures).tolist() == numbers  # type: ignore[arg-type]
    assert run.predict(str(pictures[1])).tolist() == numbers[1:2]
    prediction = run.prediction(pictures[0])
    assert prediction.to_dict() == told[0]
    assert prediction.ranking[0] == prediction.probabilities.argmax()
    assert prediction.probabilities.sum() == pytest.approx(1)
    with pytest.raises(DataError):
        run.predict([str(trained / "config.json")])
