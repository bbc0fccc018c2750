"""The loop: it learns, in the order and with the numbers that were asked for."""

from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.data import Augmentation, batches
from backlit.errors import ConfigurationError, InputError, ShapeError
from backlit.network.normalization import Normalization
from backlit.training import Callback, Training
from tests.training.problems import Pair, dense, everything, floats, pictures, separable


def fit(net: bl.Network, data: Any, **options: Any) -> bl.History:
    return bl.fit(net, data, **{"progress": False, "epochs": 2, "batch_size": 5, **options})


class Spy(Callback):
    """Notes what is called, and what the network has seen."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.rates: list[float] = []

    def on_train_begin(self, training: Training) -> None:
        self.calls.append("begin")

    def on_step_end(self, training: Training) -> None:
        self.calls.append("step")
        self.rates.append(training.learning_rate)

    def on_validation_step(self, training: Training, images: int) -> None:
        self.calls.append(f"validated {images}")

    def on_epoch_end(self, training: Training, record: Any) -> None:
        self.calls.append(f"epoch {record.epoch}")

    def on_train_end(self, training: Training) -> None:
        self.calls.append("end")


def seen_batches(net: bl.Network, monkeypatch: pytest.MonkeyPatch) -> list[Pair]:
    """Every batch that the network is trained on from now on."""
    seen = []
    original = net.propose_step

    def propose_step(images: Any, labels: Any, update: Any) -> Any:
        seen.append((np.array(images), np.array(labels)))
        return original(images, labels, update)

    monkeypatch.setattr(net, "propose_step", propose_step)
    return seen


def test_a_problem_that_can_be_learned_is_learned() -> None:
    net = dense()
    held_out = separable(30, seed=1)
    history = fit(net, separable(), validation=held_out, epochs=40, optimizer=bl.Adam(0.02))
    assert history.loss[0] > 0.5
    assert history.loss[-1] < 0.01
    assert history.accuracy[-1] == 1
    assert net.evaluate(*held_out).accuracy == 1


def test_labels_without_a_pattern_are_learned_by_heart_by_filters() -> None:
    layers = [bl.Conv2d(4, 3), bl.Tanh(), bl.Flatten(), bl.Dense(3)]
    net = bl.Network((1, 4, 4), layers)
    history = fit(net, floats(8), epochs=60, batch_size=8, optimizer=bl.Adam(0.05))
    assert history.loss[-1] < 0.02


def test_each_epoch_has_its_seeded_order_and_a_small_last_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    net, (images, labels) = dense(), floats(12)
    seen = seen_batches(net, monkeypatch)
    fit(net, (images, labels), seed=7)
    expected = [part for epoch in (0, 1) for part in batches(12, 5, seed=7, epoch=epoch)]
    assert [len(part) for part in expected] == [5, 5, 2, 5, 5, 2]
    for (batch, truth), indices in zip(seen, expected, strict=True):
        np.testing.assert_array_equal(batch, images[indices])
        np.testing.assert_array_equal(truth, labels[indices])
    assert not np.array_equal(seen[0][0], seen[3][0])


def test_without_shuffling_the_order_is_that_of_the_data(monkeypatch: pytest.MonkeyPatch) -> None:
    net, (images, labels) = dense(), floats(12)
    seen = seen_batches(net, monkeypatch)
    fit(net, (images, labels), shuffle=False, epochs=1)
    np.testing.assert_array_equal(np.concatenate([batch for batch, _ in seen]), images)


def test_the_same_seed_trains_the_same_weights_and_another_one_others() -> None:
    nets = [everything() for _ in range(3)]
    for net, seed in zip(nets, (1, 1, 2), strict=True):
        fit(net, floats(), seed=seed)
    first, again, other = (net.parameters["conv1.weight"] for net in nets)
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_history_says_what_was_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    net, data, held_out = dense(), floats(12), floats(7, seed=1)
    losses, right = [], []
    original = net.propose_step

    def propose_step(images: Any, labels: Any, update: Any) -> Any:
        step = original(images, labels, update)
        losses.append(step.loss * len(labels))
        right.append((step.logits.argmax(1) == labels).sum())
        return step

    monkeypatch.setattr(net, "propose_step", propose_step)
    history = fit(net, data, validation=held_out)
    assert history.loss == pytest.approx([sum(losses[:3]) / 12, sum(losses[3:]) / 12], rel=1e-14)
    assert history.accuracy == [sum(right[:3]) / 12, sum(right[3:]) / 12]
    last = net.evaluate(*held_out)
    assert history.validation_loss[-1] == pytest.approx(last.loss, rel=1e-14)
    assert history.validation_accuracy[-1] == last.accuracy
    assert history.epoch == [1, 2]
    assert history.learning_rate == [0.05, 0.05]
    assert all(seconds > 0 for seconds in history.seconds)
    assert history.images_per_second == [12 / seconds for seconds in history.seconds]


def test_without_validation_there_is_none_in_the_history() -> None:
    history = fit(dense(), floats())
    assert history.validation_loss == history.validation_accuracy == [None, None]


def test_the_schedule_sets_the_rate_of_every_step() -> None:
    spy, schedule = Spy(), bl.CosineDecay()
    net, (images, labels) = dense(), floats(12)
    history = fit(net, (images, labels), optimizer=bl.SGD(0.4), schedule=schedule, callbacks=[spy])
    expected = [0.4 * schedule.factor(step, 6) for step in range(6)]
    assert history.learning_rate == [expected[2], expected[5]]
    # After a step the next one's rate is shown; after an epoch's last, that one's own.
    assert spy.rates == [expected[k] for k in (1, 2, 2, 4, 5, 5)]
    by_hand = dense()
    for epoch in (0, 1):
        for batch, indices in enumerate(batches(12, 5, seed=0, epoch=epoch)):
            _, gradients = by_hand.loss_and_gradients(images[indices], labels[indices])
            for name, array in by_hand.parameters.items():
                array -= expected[3 * epoch + batch] * gradients[name]
    for name, array in by_hand.parameters.items():
        np.testing.assert_allclose(net.parameters[name], array, rtol=1e-13, atol=1e-15)


def test_clipping_bounds_every_step() -> None:
    net = dense()
    before = net.parameters["dense1.weight"].copy()
    fit(net, floats(5), epochs=1, optimizer=bl.SGD(1.0), clip=1e-3)
    moved = net.parameters["dense1.weight"] - before
    assert 0 < np.sqrt((moved**2).sum()) <= 1e-3 * (1 + 1e-12)


def test_callbacks_are_called_in_order() -> None:
    spy = Spy()
    fit(dense(), floats(7), validation=floats(6), callbacks=[spy])
    epoch = ["step", "step", "validated 5", "validated 6"]
    assert spy.calls == ["begin", *epoch, "epoch 1", *epoch, "epoch 2", "end"]


def test_parameters_are_changed_in_place() -> None:
    net = dense()
    weight = net.parameters["dense1.weight"]
    before = weight.copy()
    fit(net, floats())
    assert net.parameters["dense1.weight"] is weight
    assert not np.array_equal(weight, before)


def test_the_data_stay_as_they_are() -> None:
    images, labels = pictures()
    before = images.copy(), labels.copy()
    fit(dense(), (images, labels), augmentation=Augmentation(shift=1))
    np.testing.assert_equal((images, labels), before)


def test_raw_pictures_are_measured_and_the_network_keeps_the_normalization() -> None:
    net, (images, labels) = dense(), pictures()
    fit(net, (images, labels), validation=pictures(5, seed=1))
    assert net.normalization == Normalization.fit(images)
    normalized = Normalization.fit(images).apply(images, net.dtype)
    other = dense()
    fit(other, (normalized, labels))
    np.testing.assert_array_equal(
        net.parameters["dense1.weight"], other.parameters["dense1.weight"]
    )
    assert other.normalization is None


def test_a_normalization_that_is_there_stays() -> None:
    net = dense(normalization=Normalization((0.5,), (2.0,)))
    fit(net, pictures())
    assert net.normalization == Normalization((0.5,), (2.0,))


def test_the_augmentation_changes_the_training_images_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    net, (images, labels) = dense(), floats(12)
    seen = seen_batches(net, monkeypatch)
    augmentation = Augmentation(shift=1, flip=True, seed=5)
    fit(net, (images, labels), validation=(images, labels), augmentation=augmentation)
    orders = [part for epoch in (0, 1) for part in batches(12, 5, epoch=epoch)]
    for number, ((batch, _), indices) in enumerate(zip(seen, orders, strict=True)):
        expected = augmentation.apply(images[indices], indices, 12, number // 3)
        np.testing.assert_array_equal(batch, expected)
    assert any(
        not np.array_equal(batch, images[k]) for (batch, _), k in zip(seen, orders, strict=True)
    )


def test_lists_are_data_too() -> None:
    images, labels = floats(6)
    assert len(fit(dense(), (images.tolist(), labels.tolist()))) == 2


def test_batch_norm_takes_a_last_batch_of_one_image_with_maps_of_several_pixels() -> None:
    fit(everything(), floats(6), batch_size=5)


CONFIGURATION = [
    ({"epochs": 0}, "fit: epochs must be a whole number of at least 1, got 0"),
    ({"epochs": 2.5}, "epochs must be a whole number of at least 1, got 2.5"),
    ({"batch_size": 0}, "batch_size must be a whole number of at least 1, got 0"),
    ({"optimizer": 0.1}, r"optimizer must be one, such as SGD\(0.05\), got 0.1"),
    ({"schedule": "cosine"}, r"schedule must be one, such as CosineDecay\(\), got 'cosine'"),
    ({"clip": 0}, "clip must be a number above 0, got 0"),
    ({"seed": -1}, "seed must be a whole number from 0 upwards, got -1"),
    ({"seed": 0.5}, "seed must be a whole number"),
    ({"shuffle": None}, "shuffle is True or False, got None"),
    ({"augmentation": 3}, "augmentation must be one"),
    ({"callbacks": print}, "callbacks must be callbacks such as"),
    ({"callbacks": [bl.EarlyStopping("loss"), 3]}, "callbacks must be callbacks such as .*, got 3"),
    ({"resume": True}, "resume=True needs the folder of the run"),
    ({"run": 7}, "run must be the path of a folder, got 7"),
    ({"save_every": -1}, "save_every must be a number of seconds, at least 0, got -1"),
    ({"validation": floats()[0]}, "validation data must be a pair .*, got ndarray"),
]


@pytest.mark.parametrize(("options", "words"), CONFIGURATION, ids=lambda each: str(each)[:40])
def test_settings_that_make_no_sense_are_refused(options: dict[str, Any], words: str) -> None:
    refused(ConfigurationError, words, dense(), floats(), **options)


IMAGES, LABELS = floats()
NOT_FINITE = IMAGES.copy()
NOT_FINITE[7, 0, 1, 1] = np.nan
DATA = [
    ((IMAGES[:, :, :3], LABELS), InputError, r"training data: images must have shape \(N, 1, 4, 4"),
    ((IMAGES[:, 0], LABELS), InputError, "add the channel"),
    ((IMAGES.astype(int), LABELS), InputError, "images must be floats, or raw pictures as uint8"),
    ((NOT_FINITE, LABELS), InputError, "training data: image 7 holds NaN"),
    ((np.full_like(IMAGES, np.inf), LABELS), InputError, "image 0 holds an infinite number"),
    (([[1.0], [2.0, 3.0]], LABELS), InputError, "training data: images must be an array of num"),
    ((IMAGES[:0], LABELS[:0]), InputError, "training data: there are no images"),
    ((IMAGES, LABELS[:-1]), InputError, r"12 images need labels of shape \(12,\), got \(11,\)"),
    ((IMAGES, LABELS + 1.0), InputError, "labels must be whole class numbers"),
    ((IMAGES, np.where(LABELS == 2, 3, 0)), InputError, "label 3 of image .* is not one of"),
    ((pictures(channels=3)[0], LABELS), InputError, r"must have shape \(N, 1, 4, 4\)"),
    (IMAGES, ConfigurationError, "training data must be a pair"),
    ((IMAGES, LABELS, LABELS), ConfigurationError, r"must be a pair \(images, labels\), got tuple"),
]


@pytest.mark.parametrize(("data", "error", "words"), DATA)
@pytest.mark.parametrize("where", ["training", "validation"])
def test_data_that_do_not_fit_are_refused(
    data: Any, error: type[Exception], words: str, where: str
) -> None:
    words = words.replace("training", where)
    if where == "training":
        refused(error, words, dense(), data)
    else:
        refused(error, words, dense(), floats(), validation=data)


def test_images_too_large_for_the_networks_numbers_are_refused_before_the_first_step() -> None:
    images = IMAGES.copy()
    images[7] = 1e39
    words = "training data: image 7 holds an infinite number"
    refused(InputError, words, dense(engine="fast"), (images, LABELS))
    bl.fit(dense(engine="pure"), (images, LABELS), epochs=1, clip=1.0, progress=False)


def test_raw_validation_needs_raw_training() -> None:
    words = "validation data: images are raw pictures .*, but the training images are floats"
    refused(InputError, words, dense(), floats(), validation=pictures())


def test_a_network_without_classes_is_refused() -> None:
    net = bl.Network((1, 4, 4), [bl.Conv2d(2, 3)])
    refused(ShapeError, "end the network with Flatten", net, floats())


def test_a_last_batch_that_batch_norm_cannot_work_on_is_refused_before_the_first_step() -> None:
    net = bl.Network((1, 4, 4), [bl.Conv2d(2, 4), bl.BatchNorm2d(), bl.Flatten(), bl.Dense(3)])
    words = "batchnorm1 needs more than one number .* 11 images in batches of 5 leave one image"
    refused(ConfigurationError, words, net, floats(11))
    assert len(fit(net, floats(12))) == 2


def test_only_networks_are_trained() -> None:
    with pytest.raises(ConfigurationError, match="the first argument must be a Network, got 3"):
        fit(3, floats())  # type: ignore[arg-type]


def refused(error: type[Exception], words: str, net: bl.Network, data: Any, **options: Any) -> None:
    """Refused before the first step, the network as it was."""
    before = {name: array.copy() for name, array in net.parameters.items()}
    with pytest.raises(error, match=words) as caught:
        fit(net, data, **options)
    assert "\n" not in str(caught.value)
    assert (net.training_step, net.normalization) == (0, None)
    np.testing.assert_equal(net.parameters, before)


def test_images_and_labels_the_wrong_way_round_are_told_by_their_shape() -> None:
    images, labels = floats()
    with pytest.raises(InputError, match=rf"images must have shape .* got \({len(labels)},\)"):
        bl.fit(dense(), (labels, images), progress=False)
