"""Numbers that are no longer finite: the step, the layer, a hint, and nothing lost."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.errors import TrainingError
from backlit.network.engine import ProposedStep
from backlit.training import read_checkpoint
from backlit.training.trouble import origin
from tests.training.problems import dense, everything, floats

# Of this size its square overflows, and it does not itself.
HUGE = 1e200


def fit(net: bl.Network, data: Any = None, **options: Any) -> bl.History:
    return bl.fit(
        net, data or floats(), **{"progress": False, "batch_size": 4, "epochs": 2, **options}
    )


def at_step(net: bl.Network, monkeypatch: pytest.MonkeyPatch, step: int, change: Any) -> None:
    """Change what the engine returns at one step, counted from 0."""
    engine = net._engine
    original = engine.loss_and_gradients

    def loss_and_gradients(*arguments: Any, **options: Any) -> ProposedStep:
        result = original(*arguments, **options)
        return change(result) if options["step"] == step else result

    monkeypatch.setattr(engine, "loss_and_gradients", loss_and_gradients)


def test_the_first_layer_whose_output_is_not_finite_is_named() -> None:
    images, labels = floats()
    net = dense()
    net.parameters["dense1.weight"][:] = HUGE
    net.parameters["dense2.weight"][:] = HUGE
    with pytest.raises(TrainingError) as caught:
        fit(net, (images, labels))
    assert str(caught.value) == (
        "epoch 1, batch 1 of 3 (step 1): the loss became nan, first in the output of dense2; what "
        "may help is a lower learning rate (it was 0.05), clip=1.0 or a look at the images for "
        "extreme values"
    )


def test_the_place_is_that_of_the_step() -> None:
    net = dense()
    with pytest.raises(TrainingError, match=r"epoch \d+, batch \d of 3 \(step \d+\): ") as caught:
        fit(net, optimizer=bl.SGD(1e150), epochs=5)
    assert "it was 1e+150" in str(caught.value)


def test_a_clipped_training_is_not_told_to_clip() -> None:
    net = dense()
    net.parameters["dense1.weight"][:] = np.inf
    with pytest.raises(TrainingError) as caught:
        fit(net, clip=3.0)
    assert "clip" not in str(caught.value)
    assert "first in the output of dense1" in str(caught.value)


def test_an_error_that_overflows_on_the_way_back_is_named() -> None:
    """Huge weights multiply nothing but zeros forward, and the error twice backward."""
    layers = [bl.Flatten(), bl.Dense(2), bl.Dense(2), bl.Dense(3)]
    net = bl.Network((1, 4, 4), layers)
    net.parameters["dense1.weight"][:] = 0
    net.parameters["dense2.weight"][:] = HUGE
    net.parameters["dense3.weight"][:] = HUGE * np.array([[1], [-1], [0.5]])
    recording = net.record(*floats())
    assert all(np.isfinite(output).all() for output in recording.activations.values())
    assert np.isfinite(recording.loss)
    words = r"first in the error that arrives at dense1 on the way back"
    with pytest.raises(TrainingError, match=words) as caught:
        fit(net)
    assert "the gradient of dense1.weight is not finite" in str(caught.value)


def test_the_pass_that_is_looked_into_has_the_same_dropout() -> None:
    """What overflows here is kept by the mask of this step and dropped by that of the next."""
    layers = [bl.Flatten(), bl.Dropout(0.5), bl.Dense(2)]
    net = bl.Network((1, 1, 1), layers)
    one = np.full((1, 1, 1, 1), HUGE), np.zeros(1, np.int64)

    def kept(step: int) -> bool:
        net.training_step = step
        return bool(net.record(*one).auxiliary["dropout1"]["mask"].item())

    first = next(step for step in range(100) if kept(step) and not kept(step + 1))
    net.training_step = first
    net.parameters["dense1.weight"][:] = HUGE
    with pytest.raises(TrainingError, match=r"first in the output of dense1"):
        fit(net, one)
    assert net.training_step == first


def test_a_finite_pass_has_no_origin() -> None:
    assert origin(dense(), *floats()) == ""


def test_the_network_keeps_its_last_good_weights_and_statistics(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    good, net = everything(), everything()
    images, labels = floats(12)
    fit(good, (images[:4], labels[:4]), epochs=1, shuffle=False)

    def spoil(step: ProposedStep) -> ProposedStep:
        buffers = {name: np.full_like(array, np.nan) for name, array in step.buffers.items()}
        return ProposedStep(float("nan"), step.logits, step.gradients, buffers)

    at_step(net, monkeypatch, 1, spoil)
    with pytest.raises(TrainingError, match=r"epoch 1, batch 2 of 3 \(step 2\): the loss became"):
        fit(net, (images, labels), shuffle=False)
    np.testing.assert_equal(net.parameters, good.parameters)
    np.testing.assert_equal(net.buffers, good.buffers)
    assert net.training_step == 1


@pytest.mark.parametrize("what", ["gradient", "statistics"])
def test_a_gradient_and_statistics_are_watched_too(
    monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    net = everything()

    def spoil(step: ProposedStep) -> ProposedStep:
        gradients, buffers = dict(step.gradients), dict(step.buffers)
        if what == "gradient":
            gradients["conv1.weight"] = gradients["conv1.weight"] * np.inf
        else:
            buffers["batchnorm1.running_mean"] = buffers["batchnorm1.running_mean"] * np.nan
        return ProposedStep(step.loss, step.logits, gradients, buffers)

    at_step(net, monkeypatch, 1, spoil)
    name = "the gradient of conv1.weight" if what == "gradient" else "batchnorm1.running_mean"
    with pytest.raises(TrainingError, match=rf"\(step 2\): {name} is not finite; what may help"):
        fit(net)


def test_an_update_that_overflows_is_not_made() -> None:
    net = dense()
    before = {name: array.copy() for name, array in net.parameters.items()}
    with pytest.raises(TrainingError, match=r"the update of dense1.weight is not finite"):
        fit(net, (1e8 * floats()[0], floats()[1]), optimizer=bl.SGD(1e305))
    np.testing.assert_equal(net.parameters, before)
    assert net.training_step == 0


def test_a_state_that_overflows_stops_it_too() -> None:
    """Adam's squares; its weights would silently never move again."""
    net = dense()
    with pytest.raises(TrainingError, match=r"update of dense1.weight.second_moment is not finite"):
        fit(net, (HUGE * floats()[0], floats()[1]), optimizer=bl.Adam())


def test_an_engine_that_gives_up_is_a_training_error(monkeypatch: pytest.MonkeyPatch) -> None:
    net = dense()

    def overflow(step: ProposedStep) -> ProposedStep:
        raise OverflowError("math range error")

    at_step(net, monkeypatch, 2, overflow)
    with pytest.raises(TrainingError, match=r"step 3\): the engine gave up \(math range error\)"):
        fit(net)


def test_a_validation_loss_is_watched_too(monkeypatch: pytest.MonkeyPatch) -> None:
    net = dense()
    images, labels = floats(5, seed=1)
    huge = images * 1e300
    net.parameters["dense1.weight"][:] *= 1e10
    with pytest.raises(TrainingError, match="after epoch 1: the validation loss became") as caught:
        fit(net, validation=(huge, labels), optimizer=bl.SGD(1e-9))
    assert "first in the output of dense1" in str(caught.value)


def test_a_run_whose_validation_fails_keeps_the_weights_of_that_epoch(tmp_path: Path) -> None:
    images, labels = floats(5, seed=1)
    net, folder = dense(), tmp_path / "run"
    net.parameters["dense1.weight"][:] *= 1e10
    with pytest.raises(TrainingError, match=f"{folder} keeps the state after that epoch's last"):
        fit(net, validation=(images * 1e300, labels), optimizer=bl.SGD(1e-9), run=folder)
    np.testing.assert_array_equal(
        read_checkpoint(folder).state.arrays["parameters.dense1.weight"],
        net.parameters["dense1.weight"],
    )


def test_a_run_keeps_the_state_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    net, folder = dense(), tmp_path / "run"
    at_step(
        net,
        monkeypatch,
        4,
        lambda step: ProposedStep(float("inf"), step.logits, step.gradients, {}),
    )
    with pytest.raises(TrainingError, match=f"extreme values; {folder} keeps the state before it"):
        fit(net, run=folder)
    run = read_checkpoint(folder)
    assert run.state.description["training_step"] == 4
    np.testing.assert_array_equal(
        run.state.arrays["parameters.dense1.weight"], net.parameters["dense1.weight"]
    )
    # The network to use is still that of the last whole epoch.
    assert not np.array_equal(
        bl.load(folder).parameters["dense1.weight"], net.parameters["dense1.weight"]
    )
    whole = dense()
    fit(whole)
    fit(net := dense(), run=folder, resume=True)
    np.testing.assert_equal(net.parameters, whole.parameters)
