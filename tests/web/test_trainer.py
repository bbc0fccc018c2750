"""A training that one looks on."""

import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.errors import AddressError, InputError
from backlit.training import Settings
from backlit.training.examples import checked_data
from backlit.web.trainer import Trainer
from backlit.web.update_report import update_report
from tests.web.networks import NETWORKS
from tests.web.serving import carried_out

SHAPE, LAYERS = NETWORKS["digits"]
IMAGES = np.random.default_rng(0).integers(0, 256, (22, *SHAPE), np.uint8)
LABELS = np.arange(22) % 3
SETTINGS = Settings(epochs=3, batch_size=4, optimizer=bl.SGD(0.05, momentum=0.9), seed=3)


def trainer_of(net: bl.Network, settings: Settings, augmentation: object = None) -> Trainer:
    data = checked_data(net, (IMAGES, LABELS), None, augmentation, settings.batch_size)
    return Trainer(net, settings, data)


def trained(folder: Path) -> bl.Network:
    net = bl.Network(SHAPE, LAYERS, engine="pure", seed=1)
    bl.fit(
        net,
        (IMAGES, LABELS),
        epochs=SETTINGS.epochs,
        batch_size=SETTINGS.batch_size,
        optimizer=SETTINGS.optimizer,
        seed=SETTINGS.seed,
        run=folder,
        progress=False,
    )
    return net


def test_it_is_the_training_of_the_run_once_more(tmp_path: Path) -> None:
    net = trained(tmp_path / "run")
    before = {name: array.copy() for name, array in net.parameters.items()}
    trainer = trainer_of(net, SETTINGS)
    first = bl.Network(SHAPE, LAYERS, engine="pure", seed=1).parameters
    for name, array in trainer.network(0).parameters.items():
        assert np.array_equal(array, first[name])
    told = carried_out(trainer, "look", 0)
    while not told["finished"]:
        told = carried_out(trainer, "step", told["step"])
        assert len(told["losses"]) == 1
    assert told["step"] == told["steps"] == 18
    for name, array in trainer.network(told["step"]).parameters.items():
        assert np.array_equal(array, before[name]), name
        assert np.array_equal(net.parameters[name], before[name])
    losses = carried_out(trainer, "look", 0)["losses"]
    weighted = [
        sum(loss * size for loss, size in zip(losses[k : k + 6], (4, 4, 4, 4, 4, 2), strict=True))
        for k in (0, 6, 12)
    ]
    history = bl.open_run(tmp_path / "run").history
    assert [each / 22 for each in weighted] == pytest.approx(history.loss, rel=1e-12)
    assert carried_out(trainer, "step", 18)["step"] == 18  # the end is the end


def test_start_pause_and_begin_again() -> None:
    net = bl.Network(
        SHAPE, LAYERS, engine="pure", seed=1, normalization=bl.Normalization((0.5,), (0.2,))
    )
    trainer = trainer_of(net, Settings(epochs=10_000, batch_size=2))
    carried_out(trainer, "start", 0)
    carried_out(trainer, "start", 0)  # once is enough
    while carried_out(trainer, "look", 0)["step"] < 5:
        time.sleep(0.01)
    told = carried_out(trainer, "pause", 0)
    assert not told["running"]
    step = told["step"]
    assert step >= 5
    assert len(told["losses"]) == step
    time.sleep(0.1)
    assert carried_out(trainer, "look", step)["step"] == step
    assert carried_out(trainer, "look", step)["losses"] == []
    assert carried_out(trainer, "step", step)["step"] == step + 1
    assert carried_out(trainer, "again", 0)["step"] == 0
    trainer.pause()


def test_augmented_as_the_run(tmp_path: Path) -> None:
    from backlit.data import Augmentation

    net = bl.Network(SHAPE, LAYERS, engine="pure", seed=1)
    augmentation = Augmentation(shift=1, flip=True)
    bl.fit(
        net,
        (IMAGES, LABELS),
        epochs=SETTINGS.epochs,
        batch_size=SETTINGS.batch_size,
        optimizer=SETTINGS.optimizer,
        seed=SETTINGS.seed,
        augmentation=augmentation,
        progress=False,
    )
    trainer = trainer_of(net, SETTINGS, augmentation)
    while not carried_out(trainer, "step", 0)["finished"]:
        pass
    for name, array in trainer.network(18).parameters.items():
        assert np.array_equal(array, net.parameters[name]), name


def test_a_network_that_was_looked_into_stays(tmp_path: Path) -> None:
    trainer = trainer_of(trained(tmp_path / "run"), SETTINGS)
    carried_out(trainer, "step", 0)
    first = {name: array.copy() for name, array in trainer.network(1).parameters.items()}
    for _ in range(3):
        carried_out(trainer, "step", 0)
    for name, array in trainer.network(1).parameters.items():
        assert np.array_equal(array, first[name])
    assert not np.array_equal(trainer.network(4).parameters["conv1.weight"], first["conv1.weight"])
    with pytest.raises(InputError, match="after step 3 is gone: the training is at step 4 now"):
        trainer.network(3)
    with pytest.raises(InputError, match="after step 777 is gone: the training is at step 4"):
        trainer.network(777)


def test_the_learning_rate_of_a_network_that_is_looked_into() -> None:
    net = bl.Network(
        SHAPE, LAYERS, engine="pure", seed=1, normalization=bl.Normalization((0.5,), (0.2,))
    )
    schedule = bl.WarmUp(0.2, then=bl.CosineDecay())
    settings = Settings(epochs=3, batch_size=4, optimizer=bl.SGD(0.05), schedule=schedule)
    trainer = trainer_of(net, settings)
    told = carried_out(trainer, "look", 0)
    rates = []
    for step, indices in enumerate(trainer._batches()):
        net = trainer.network(step)
        _, gradients = net.loss_and_gradients(*trainer._data.batch(indices, step // 6))
        rates.append(told["rate"])
        assert rates[-1] == trainer.rate(step)
        told = carried_out(trainer, "step", 0)
        moved = net.parameters["dense1.bias"] - trainer.network(step + 1).parameters["dense1.bias"]
        # which is what the step really did: dW = −η·dL/dW
        assert moved == pytest.approx(rates[-1] * gradients["dense1.bias"], rel=1e-6)
    assert told["finished"]
    assert len(set(rates)) > 10
    assert told["rate"] == trainer.rate(18) == trainer.rate(17) > 0  # there is no step after it


def test_from_many_threads_at_once() -> None:
    net = bl.Network(
        SHAPE, LAYERS, engine="pure", seed=1, normalization=bl.Normalization((0.5,), (0.2,))
    )
    trainer = trainer_of(net, Settings(epochs=10_000, batch_size=2))
    problems: list[BaseException] = []

    def meddle(actiones: tuple[str, ...]) -> None:
        try:
            for _ in range(15):
                for action in actiones:
                    carried_out(trainer, action, 0)
        except BaseException as problem:
            problems.append(problem)

    meddlers = [
        threading.Thread(target=meddle, args=(actiones,))
        for actiones in (
            ("start", "pause"),
            ("again", "start"),
            ("step", "look"),
            ("pause", "look"),
        )
    ]
    for meddler in meddlers:
        meddler.start()
    for meddler in meddlers:
        meddler.join(60)
        assert not meddler.is_alive()
    assert problems == []
    assert not carried_out(trainer, "pause", 0)["running"]
    step = carried_out(trainer, "look", 0)["step"]
    time.sleep(0.1)
    assert carried_out(trainer, "look", 0)["step"] == step  # nobody else trains on


def test_a_training_that_fails_says_why() -> None:
    net = bl.Network(
        SHAPE, LAYERS, engine="pure", seed=1, normalization=bl.Normalization((0.5,), (0.2,))
    )
    settings = Settings(epochs=100, batch_size=4, optimizer=bl.SGD(1e200))
    trainer = trainer_of(net, settings)
    told = carried_out(trainer, "look", 0)
    for _ in range(20):
        told = carried_out(trainer, "step", 0)
    assert "not finite" in told["problem"] or "became" in told["problem"]
    assert np.isfinite(next(iter(trainer.network(told["step"]).parameters.values()))).all()


def test_a_network_that_was_looked_into_survives_a_new_beginning() -> None:
    """Somebody else may have begun again; the same training comes to the same network."""
    trainer = trainer_of(bl.Network(SHAPE, LAYERS, engine="pure", seed=1), SETTINGS)
    trainer.step()
    kept = {name: array.copy() for name, array in trainer.network(1).parameters.items()}
    trainer.begin_again()
    for _ in range(2):
        for name, array in trainer.network(1).parameters.items():
            assert np.array_equal(array, kept[name])
        trainer.step()


def test_a_training_that_broke_stays_where_it_is() -> None:
    pictures = np.random.default_rng(0).normal(size=(16, 1, 4, 4))
    pictures[2] = 1.7e308  # which overflows
    net = bl.Network((1, 4, 4), [bl.Conv2d(2, 3), bl.Flatten(), bl.Dense(2)], engine="pure", seed=1)
    settings = Settings(epochs=1, batch_size=4, optimizer=bl.SGD(0.05), seed=3)
    data = checked_data(net, (pictures, np.arange(16) % 2), None, None, 4)
    trainer = Trainer(net, settings, data)
    told = carried_out(trainer, "look", 0)
    while not told["problem"] and not told["finished"]:
        before = trainer.batch(told["step"])[2]
        told = carried_out(trainer, "step", 0)
    assert 2 in before  # the step that broke is told at once
    step, problem = told["step"], told["problem"]
    for action in ("step", "start", "pause", "look"):
        told = carried_out(trainer, action, 0)
        assert (told["step"], told["problem"]) == (step, problem)
    assert trainer.batch(step)[2] == before
    assert carried_out(trainer, "again", 0)["problem"] == ""


@pytest.mark.parametrize(
    ("optimizer", "clip"),
    [(bl.SGD(0.05, momentum=0.9, weight_decay=0.01), None), (bl.Adam(0.01), 0.1)],
    ids=["momentum", "adam-clipped"],
)
def test_a_frozen_layer_stays_and_the_others_learn_without_it(
    optimizer: Any, clip: float | None
) -> None:
    """As if only the others were there: of their gradients alone, by the optimizer's own rule."""
    net = bl.Network(
        SHAPE, LAYERS, engine="pure", seed=1, normalization=bl.Normalization((0.5,), (0.2,))
    )
    settings = Settings(epochs=2, batch_size=4, optimizer=optimizer, seed=3, clip=clip)
    trainer = trainer_of(net, settings)
    trainer.freeze("conv1")
    theirs = [name for name in net.parameters if not name.startswith("conv1.")]
    state: dict[str, dict[str, np.ndarray]] = {name: {} for name in theirs}
    for step in range(2):
        before = trainer.network(step)
        images, labels, _ = trainer.batch(step)
        _, gradients = before.loss_and_gradients(images, labels)
        assert np.abs(gradients["conv1.weight"]).max() > 0
        norm = np.sqrt(sum(np.square(gradients[name]).sum() for name in theirs))
        shorter = 1.0 if clip is None else min(1.0, clip / norm)
        trace = bl.explain(before, images, labels)
        rule = trainer.rule(step, "dense1.bias")
        promised = trace.update("dense1.bias[0]", rule).new
        assert not update_report(trace, trace.address("dense1.bias[0]"), rule)["frozen"]
        assert update_report(trace, trace.address("conv1.bias[0]"), rule)["frozen"]
        told = carried_out(trainer, "step", step)
        assert told["frozen"] == ["conv1"]
        after = trainer.network(step + 1).parameters
        assert after["dense1.bias"][0] == pytest.approx(promised, abs=1e-12)
        for name, value in before.parameters.items():
            if name in theirs:
                change, state[name] = optimizer.update(
                    value, shorter * gradients[name], state[name]
                )
                np.testing.assert_allclose(after[name], value + change, rtol=0, atol=1e-12)
            else:
                assert np.array_equal(after[name], value)
                kept = trainer.rule(step + 1, name).state or {}
                assert all(not np.any(array) for array in kept.values() if array.ndim)


def test_what_is_frozen_is_known_of_every_step() -> None:
    trainer = trainer_of(bl.Network(SHAPE, LAYERS, engine="pure", seed=1), SETTINGS)
    free = {name: array.copy() for name, array in trainer.network(0).parameters.items()}
    trainer.step()
    plain = trainer.network(1).parameters["conv1.weight"].copy()
    assert trainer.frozen_in(1) == ()
    trainer.freeze("conv1")
    assert trainer.frozen_in(1) == ("conv1",)
    assert trainer.frozen_in(0) == ()
    trainer.freeze("conv1", False)
    trainer.freeze("conv1")
    trainer.step()
    assert np.array_equal(trainer.network(2).parameters["conv1.weight"], plain)
    trainer.begin_again()  # which leaves it frozen, so that another network comes of it
    trainer.step()
    assert np.array_equal(trainer.network(1).parameters["conv1.weight"], free["conv1.weight"])
    assert not np.array_equal(plain, free["conv1.weight"])
    trainer.freeze("conv1", False)
    trainer.begin_again()
    trainer.step()
    assert np.array_equal(trainer.network(1).parameters["conv1.weight"], plain)
    with pytest.raises(AddressError, match="'flatten1' is no layer with weights to freeze"):
        trainer.freeze("flatten1")
