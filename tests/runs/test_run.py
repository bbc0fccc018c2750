"""``bl.open_run``: a run's folder as one object."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.errors import BacklitError, ConfigurationError, InputError, RunError
from backlit.runs import Run
from tests.cli.conftest import CommandLine

WEIGHT = ("conv1.weight", 0, 0, 1, 2)
IMAGES = np.random.default_rng(0).standard_normal((12, 1, 6, 6))
LABELS = np.arange(12) % 3


def from_python(folder: Path, **options: Any) -> bl.Network:
    """A run that nobody described the data of."""
    layers = [bl.Conv2d(2, 3), bl.ReLU(), bl.Flatten(), bl.Dense(3)]
    net = bl.Network((1, 6, 6), layers, seed=1)
    bl.fit(net, (IMAGES, LABELS), **{"epochs": 2, "batch_size": 5, **options}, run=folder,
           progress=False)  # fmt: skip
    return net


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_all_that_a_run_has(trained: Path) -> None:
    before = snapshot(trained)
    run = bl.open_run(trained)
    assert isinstance(run, Run)
    assert run.folder == trained
    assert run.settings == bl.training.Settings(epochs=1)
    assert len(run.history) == 1
    assert run.finished
    assert run.plan.data == "digits"
    assert run.plan.limit == 60
    weights = bl.load(trained).parameters
    np.testing.assert_equal(run.network.parameters, weights)
    assert len(run.dataset.train_labels) == 60
    assert run.dataset.classes == run.network.classes
    assert run.test_result is not None
    assert run.test_result["images"] == len(run.dataset.test_labels) == 15
    assert run.film[0].step == 0
    np.testing.assert_array_equal(run.film[-1].weights["conv1.weight"], weights["conv1.weight"])
    state = run.optimizer_state
    assert state.keys() == weights.keys()
    assert all(state[name]["momentum"].shape == weights[name].shape for name in weights)
    run.explain(images=3)["conv1.bias[0]"].update()
    run.evaluate()
    assert snapshot(trained) == before


def test_what_it_is_told_by_its_repr(trained: Path, tmp_path: Path) -> None:
    run = bl.open_run(trained)
    assert run.test_result is not None
    share = 100 * run.test_result["accuracy"]
    text = repr(run)
    assert text.startswith(f"Run({str(trained)!r}: 1 of 1 epochs, validation accuracy ")
    assert text.endswith(f"test accuracy {share:.1f}%)")
    from_python(tmp_path / "own")
    assert repr(bl.open_run(tmp_path / "own")) == f"Run({str(tmp_path / 'own')!r}: 2 of 2 epochs)"


def test_the_path_may_be_text(trained: Path) -> None:
    assert bl.open_run(str(trained)).folder == trained


# --- explanations by the run's own rule ----------------------------------------------------------


def test_the_update_is_that_of_the_runs_optimizer(trained: Path) -> None:
    run = bl.open_run(trained)
    number = run.explain(images=[7])[WEIGHT]
    images, labels = run.dataset.test
    assert number.gradient == bl.explain(run.network, images[7:8], labels[7:8])[WEIGHT].gradient
    velocity = run.optimizer_state["conv1.weight"]["momentum"][0, 0, 1, 2]
    assert velocity != 0
    assert number.gradient is not None
    expected = number.value - 0.05 * (0.9 * float(velocity) + number.gradient)
    update = number.update()
    assert update.new == pytest.approx(expected, rel=1e-14, abs=0)
    assert update.optimizer == bl.SGD(0.05, momentum=0.9).to_config()
    assert "The run has kept that from its last step." in update.sentence
    # Whoever asks for another rule gets it.
    assert number.update(learning_rate=0.1).new == number.value - 0.1 * number.gradient
    assert number.update(bl.SGD(0.2)).new == number.value - 0.2 * number.gradient


def test_a_story_ends_with_the_same_update(trained: Path) -> None:
    trace = bl.open_run(trained).explain(images=[7])
    assert trace.story(*WEIGHT).update == trace[WEIGHT].update()
    assert trace.story(*WEIGHT, learning_rate=0.1).update == trace[WEIGHT].update(learning_rate=0.1)


def test_the_next_step_of_the_training_is_the_update(tmp_path: Path) -> None:
    """One more batch, Adam's averages, clipping and all: every weight lands where it was told."""
    options: dict[str, Any] = {"optimizer": bl.Adam(), "clip": 0.01, "batch_size": 12}
    from_python(tmp_path / "run", epochs=2, **options)
    trace = bl.open_run(tmp_path / "run").explain(IMAGES, LABELS)
    net = from_python(tmp_path / "run", epochs=3, resume=True, **options)
    for name, after in net.parameters.items():
        for index in list(np.ndindex(after.shape))[:4]:
            update = trace[(name, *index)].update()
            assert update.memory == "given"
            # The order of the images, and so that of the sums, is another: some roundings.
            assert update.new == pytest.approx(float(after[index]), rel=1e-9, abs=0)


def test_the_state_of_other_weights_is_not_used(tmp_path: Path) -> None:
    stopping = bl.EarlyStopping("loss", patience=1)
    from_python(tmp_path / "run", epochs=9, optimizer=bl.SGD(3.0, momentum=0.9),
                callbacks=[stopping])  # fmt: skip
    run = bl.open_run(tmp_path / "run")
    kept = run.checkpoint.network().parameters["conv1.weight"]
    assert not np.array_equal(kept, run.network.parameters["conv1.weight"])
    assert run.update_rule("conv1.weight").state is None
    assert run.update_rule("conv1.weight", kept).state is not None
    assert run.explain(IMAGES[:1], LABELS[:1])[WEIGHT].update().memory == "first"


def test_there_is_a_rule_for_parameters_only(trained: Path) -> None:
    run = bl.open_run(trained)
    with pytest.raises(InputError, match=r"no parameter 'conv9.weight', only conv1.weight, conv1"):
        run.update_rule("conv9.weight")
    assert run.explain().update_rule("relu1.output") is None


def test_what_is_found_wrong_in_evaluation_is_explained_in_evaluation(
    backlit: CommandLine, tmp_path: Path
) -> None:
    model = tmp_path / "model.json"
    model.write_text(
        '{"layers": [{"layer": "Conv2d", "filters": 2, "kernel_size": 3}, {"layer": "Flatten"},'
        '{"layer": "Dropout", "rate": 0.5}, {"layer": "Dense", "units": 10}]}',
        encoding="utf-8",
    )
    arguments = ("--model", model, "--limit", "40", "--epochs", "1", "--quiet")
    assert backlit("train", "digits", *arguments, "--out", tmp_path / "run").status == 0
    run = bl.open_run(tmp_path / "run")
    assert run.explain(images=0).recording.training
    assert not run.explain(misclassified=True).recording.training
    assert run.explain(misclassified=True, training=True).recording.training


# --- the engine ----------------------------------------------------------------------------------


def test_small_networks_are_explained_by_the_book(
    trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BACKLIT_ENGINE")
    assert bl.open_run(trained).network.engine == "fast"
    assert bl.open_run(trained).network_to_explain().engine == "pure"
    assert bl.open_run(trained, engine="fast").network_to_explain().engine == "fast"
    assert bl.open_run(trained, engine="pure").network.engine == "pure"
    monkeypatch.setattr("backlit.runs.run._QUICK", 100)  # any network is a large one then
    assert bl.open_run(trained).network_to_explain().engine == "fast"


def test_an_engine_that_is_none_is_refused_at_once(trained: Path) -> None:
    with pytest.raises(ConfigurationError, match="steam"):
        bl.open_run(trained, engine="steam")


# --- runs that were begun from Python ------------------------------------------------------------


def test_a_run_from_python_knows_all_but_its_data(tmp_path: Path) -> None:
    net = from_python(tmp_path / "run")
    run = bl.open_run(tmp_path / "run")
    np.testing.assert_equal(run.network.parameters, net.parameters)
    assert len(run.history) == 2
    assert run.settings.batch_size == 5
    assert run.film == []
    assert run.test_result is None
    trace = run.explain(IMAGES[:3], LABELS[:3])
    assert trace[WEIGHT].update().memory == "given"
    assert run.evaluate(IMAGES, LABELS).accuracy == net.evaluate(IMAGES, LABELS).accuracy
    assert not run.widens_pictures
    for ask in (lambda: run.dataset, run.batch, run.explain, run.evaluate, run.training_data):
        with pytest.raises(RunError) as caught:
            ask()
        assert str(caught.value) == (
            f"the run in {tmp_path / 'run'} was not begun with backlit train, so it does not say "
            "what data it was trained on: use it from Python, with your own images and labels"
        )


# --- what is wrong is one sentence ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda path: None, "there is no run "),
        (lambda path: path.mkdir(), "holds no run: it has no file state.safetensors"),
        (lambda path: path.write_bytes(b"x"), "is a network without its data: give the folder"),
    ],
)
def test_what_is_no_run(made: Any, words: str, tmp_path: Path) -> None:
    made(tmp_path / "run")
    with pytest.raises(RunError, match=words) as caught:
        bl.open_run(tmp_path / "run")
    assert str(tmp_path / "run") in str(caught.value)


def test_what_is_no_path() -> None:
    with pytest.raises(RunError, match="a run is opened by the path of its folder, got 3"):
        bl.open_run(3)  # type: ignore[arg-type]


def test_a_damaged_state_is_found_when_it_is_opened(run: Path) -> None:
    (run / "state.safetensors").write_bytes(b"nothing")
    with pytest.raises(RunError, match=r"state.safetensors is no readable safetensors file"):
        bl.open_run(run)


def test_other_files_are_read_when_they_are_asked_for(run: Path) -> None:
    (run / "weights.safetensors").unlink()
    (run / "film.safetensors").write_bytes(b"nothing")
    found = bl.open_run(run)
    assert len(found.history) == 1
    assert found.film == []  # a run without a film is whole
    with pytest.raises(RunError, match=r"it has no file weights.safetensors"):
        found.network  # noqa: B018


def test_other_data_is_refused(run: Path, tmp_path: Path, backlit: CommandLine) -> None:
    rng = np.random.default_rng(0)
    arrays: dict[str, Any] = {
        "x_train": rng.integers(0, 255, (20, 6, 6), np.uint8),
        "y_train": np.arange(20) % 2,
        "x_test": rng.integers(0, 255, (4, 6, 6), np.uint8),
        "y_test": np.arange(4) % 2,
    }
    data, folder = tmp_path / "own.npz", tmp_path / "own"
    np.savez(data, **arrays)
    assert backlit("train", data, "--epochs", "1", "--quiet", "--out", folder).status == 0
    assert bl.open_run(folder).dataset.name
    arrays["x_train"][3, 2, 2] ^= 1
    np.savez(data, **arrays)
    with pytest.raises(RunError, match=f"the pictures or classes in {data} are not those that"):
        bl.open_run(folder).dataset  # noqa: B018
    data.unlink()
    with pytest.raises(BacklitError, match=r"own\.npz"):
        bl.open_run(folder).dataset  # noqa: B018


# --- to train it once more -----------------------------------------------------------------------


def test_what_it_learned_from(backlit: CommandLine, tmp_path: Path) -> None:
    arguments = ("--limit", "40", "--epochs", "1", "--augment-shift", "1", "--quiet")
    assert backlit("train", "digits", *arguments, "--out", tmp_path / "run").status == 0
    run = bl.open_run(tmp_path / "run")
    data = run.training_data()
    assert len(data.training) == 36  # the others were held out
    assert data.training.fingerprint() == run.config["data"]["training"]
    assert data.fingerprint()["augmentation"] == run.config["data"]["augmentation"]


# --- runs of earlier versions --------------------------------------------------------------------

EARLIER = Path(__file__).with_name("version_0_1")


def test_a_run_of_version_0_1_opens(tmp_path: Path) -> None:
    run = bl.open_run(EARLIER / "one_epoch")
    assert len(run.dataset.train_labels) == 30  # whose fingerprint is still the same
    assert run.film[-1].step == 2
    assert run.test_result is not None
    assert run.evaluate().accuracy == run.test_result["accuracy"] == 0.375
    assert run.evaluate().loss == pytest.approx(run.test_result["loss"], rel=1e-12)
    # What version 0.1 printed for it.
    update = run.explain(images=[3])[WEIGHT].update()
    assert update.gradient == pytest.approx(2.1814957752262707, rel=1e-12)
    assert update.new == pytest.approx(0.30209838284069784, rel=1e-12)


def test_a_run_of_version_0_1_goes_on(backlit: CommandLine, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(EARLIER / "one_epoch", tmp_path / "run"))
    result = backlit("train", "--out", folder, "--resume", "--epochs", "2", "--quiet")
    assert (result.status, result.err) == (0, "")
    whole = bl.load(EARLIER / "two_epochs").parameters
    for name, array in bl.load(folder).parameters.items():
        # Another library of mathematics may round exp and log otherwise.
        np.testing.assert_allclose(array, whole[name], rtol=1e-12, atol=1e-15)
