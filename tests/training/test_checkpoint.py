"""A run's folder: what is in it, when it is refused, and what may change when it is resumed."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.data import Augmentation
from backlit.errors import ConfigurationError, RunError
from backlit.network.saving import read_tensors
from backlit.training import Callback, Training, read_checkpoint
from backlit.training.examples import Examples
from tests.training.problems import dense, floats, pictures
from tests.training.runs import FILES, crash, snapshot, train, weights


def test_a_run_is_four_files(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "run"
    net = dense(classes=("left", "middle", "right"))
    history = train(folder, net, pictures(), description={"name": "noise", "size": [4, 4]})
    assert sorted(path.name for path in folder.iterdir()) == FILES

    loaded = bl.load(folder)
    np.testing.assert_equal(loaded.parameters, net.parameters)
    assert loaded.normalization == net.normalization is not None
    assert loaded.classes == ("left", "middle", "right")
    assert bl.History.from_dict(json.loads((folder / "history.json").read_text())) == history
    config = json.loads((folder / "config.json").read_text())
    assert config["description"] == {"name": "noise", "size": [4, 4]}
    assert config["settings"]["optimizer"]["optimizer"] == "SGD"
    assert config["data"]["training"]["images"] == 12
    assert config["versions"].keys() == {"backlit", "numpy", "python"}
    assert config["network"] == json.loads(json.dumps(net.config()))


def test_the_state_has_its_arrays_by_name(tmp_path: Path) -> None:
    train(tmp_path / "run", optimizer=bl.Adam())
    arrays, description = read_tensors(tmp_path / "run" / "state.safetensors")
    assert "parameters.dense1.weight" in arrays
    assert arrays["optimizer.dense1.weight.second_moment"].shape == (5, 16)
    assert arrays["optimizer.dense1.bias.step"] == 6
    assert description["position"]["epoch"] == 2
    assert description["training_step"] == 6


def test_a_run_is_described_well_enough_to_resume_it_from_its_folder_alone(tmp_path: Path) -> None:
    folder, whole = tmp_path / "run", tmp_path / "whole"
    options: dict[str, Any] = {"optimizer": bl.RMSprop(0.01), "schedule": bl.OneCycle(), "seed": 4}
    train(whole, **options)
    crash(folder, 4, **options)
    run = read_checkpoint(folder)
    assert not run.finished
    assert run.history.epoch == [1]
    settings = run.settings
    assert (settings.optimizer, settings.schedule) == (bl.RMSprop(0.01), bl.OneCycle())
    arguments = {name: getattr(settings, name) for name in run.config["settings"]}
    train(folder, run.network(), resume=True, **arguments)
    assert weights(folder) == weights(whole)
    assert read_checkpoint(folder).finished


def test_a_run_that_crashed_is_resumed_from_its_last_save(tmp_path: Path) -> None:
    folder, whole = tmp_path / "run", tmp_path / "whole"
    history = train(whole)
    crash(folder, 5, save_every=1e9)
    assert read_checkpoint(folder).state.description["training_step"] == 3  # the first epoch's end
    assert train(folder, resume=True) == history
    assert weights(folder) == weights(whole)


def test_files_that_are_behind_the_state_are_renewed(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    crash(folder, 4)
    expected = {name: (folder / name).read_bytes() for name in FILES[:2]}
    for name in (*FILES[:2], "weights.safetensors"):
        (folder / name).unlink()
    (folder / ".state.safetensors.k3_x9aq1").write_bytes(b"half")
    crash(folder, 4, resume=True)
    assert sorted(path.name for path in folder.iterdir()) == FILES
    assert {name: (folder / name).read_bytes() for name in FILES[:2]} == expected


def test_a_finished_run_has_nothing_left_to_do(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    history = train(folder)
    before = snapshot(folder)
    net = dense(seed=0)
    assert train(folder, net, resume=True) == history
    assert snapshot(folder) == before
    np.testing.assert_equal(net.parameters, bl.load(folder).parameters)


def test_a_run_that_stopped_early_stays_stopped_with_the_best_weights(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    options: dict[str, Any] = {
        "epochs": 9,
        "optimizer": bl.SGD(3.0),
        "callbacks": [bl.EarlyStopping("loss", patience=1)],
    }
    history = train(folder, **options)
    assert history.stopped is not None
    assert len(history) < 9
    before = weights(folder)
    net = dense()
    again = train(folder, net, resume=True, **{**options, "epochs": 20})
    assert again == history
    assert weights(folder) == before
    np.testing.assert_equal(net.parameters, bl.load(folder).parameters)


@pytest.mark.parametrize("callbacks", [[], [bl.EarlyStopping("loss", patience=9)]])
def test_more_epochs_are_what_they_would_have_been(tmp_path: Path, callbacks: Any) -> None:
    """Also after the best weights were brought back: those of the last epoch go on."""
    folder, whole = tmp_path / "run", tmp_path / "whole"
    options: dict[str, Any] = {"optimizer": bl.SGD(1.0, momentum=0.9), "callbacks": callbacks}
    history = train(whole, epochs=5, **options)
    train(folder, epochs=2, **options)
    assert train(folder, epochs=5, resume=True, **options) == history
    assert weights(folder) == weights(whole)
    assert read_checkpoint(folder).config["settings"]["epochs"] == 5


def test_fewer_epochs_too_if_they_are_not_over_yet(tmp_path: Path) -> None:
    folder, whole = tmp_path / "run", tmp_path / "whole"
    train(whole, epochs=2)
    crash(folder, 4, epochs=5, save_every=0)
    train(folder, epochs=2, resume=True)
    assert weights(folder) == weights(whole)
    with pytest.raises(RunError, match="already gone beyond epochs=1: it has finished 2 epochs"):
        train(folder, epochs=1, resume=True)


def test_another_number_of_epochs_is_refused_if_the_schedule_depends_on_it(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    train(folder, schedule=bl.CosineDecay())
    before = snapshot(folder)
    words = r"begun with epochs 2, not 3, and its schedule \(CosineDecay\) depends on that number"
    with pytest.raises(RunError, match=words):
        train(folder, schedule=bl.CosineDecay(), epochs=3, resume=True)
    assert snapshot(folder) == before


IMAGES, LABELS = floats()
ONE_PIXEL = IMAGES.copy()
ONE_PIXEL[3, 0, 2, 1] += 1e-12
OTHER_NET = bl.Network((1, 4, 4), [bl.Flatten(), bl.Dense(6), bl.ReLU(), bl.Dense(3)])
DIFFERENCES = [
    ({"batch_size": 4}, "begun with batch_size 5, not 4: give the same, or begin another run"),
    ({"optimizer": bl.SGD(0.1, momentum=0.9)}, r"optimizer.learning_rate 0.05, not 0.1"),
    ({"optimizer": bl.Adam()}, "optimizer.optimizer 'SGD', not 'Adam'"),
    ({"schedule": bl.StepDecay()}, "schedule.schedule 'ConstantRate', not 'StepDecay'"),
    ({"clip": 1.0}, "clip None, not 1.0"),
    ({"seed": 1}, "seed 0, not 1"),
    ({"shuffle": False}, "shuffle True, not False"),
    ({"callbacks": [bl.EarlyStopping("loss")]}, r"callbacks \[\], not \[{'callback': 'EarlySt"),
    ({"net": OTHER_NET}, r"network.layers\[1\].units 5, not 6"),
    ({"net": dense(seed=1)}, "network.seed 0, not 1"),
    ({"data": (ONE_PIXEL, LABELS)}, "training images or labels are not those .*12 images, now 12"),
    ({"data": (IMAGES, LABELS[::-1])}, "training images or labels are not those"),
    ({"data": (IMAGES[:10], LABELS[:10])}, r"are not those .* \(12 images, now 10 images\)"),
    ({"data": (IMAGES.astype("f4"), LABELS)}, "training images or labels are not those"),
    ({"validation": floats(3)}, r"validation images or labels are not .* \(none, now 3 images\)"),
    ({"augmentation": Augmentation(shift=1)}, "data.augmentation None, not {'shift': 1"),
]


@pytest.mark.parametrize(("options", "words"), DIFFERENCES, ids=lambda each: str(each)[:40])
def test_a_run_is_resumed_only_as_what_it_was_begun_as(
    tmp_path: Path, options: dict[str, Any], words: str
) -> None:
    folder = tmp_path / "run"
    crash(folder, 4)
    before = snapshot(folder)
    net = options.get("net", dense())
    parameters = {name: array.copy() for name, array in net.parameters.items()}
    with pytest.raises(RunError, match=words) as caught:
        train(folder, **{"net": net, **options}, resume=True)
    assert str(folder) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert snapshot(folder) == before
    np.testing.assert_equal(net.parameters, parameters)


def test_the_same_data_in_another_layout_of_memory_are_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    crash(folder, 4)
    turned = np.asfortranarray(IMAGES)
    assert len(train(folder, data=(turned, LABELS.astype(np.int32)), resume=True)) == 2


def test_the_same_bytes_as_another_shape_or_dtype_are_other_data() -> None:
    labels = np.zeros(2, np.int64)
    zeros = [np.zeros((2, 1, 2, 4)), np.zeros((2, 1, 4, 2)), np.zeros((2, 1, 2, 4), np.int64)]
    hashes = {Examples(images, labels).fingerprint()["hash"] for images in zeros}
    assert len(hashes) == 3


def test_the_description_of_the_beginning_stays(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    crash(folder, 4, description={"name": "noise"})
    train(folder, resume=True, description={"name": "elsewhere"})
    assert json.loads((folder / "config.json").read_text())["description"] == {"name": "noise"}


def test_callbacks_that_only_watch_may_come_and_go(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    crash(folder, 4, bl.CSVLog())
    train(folder, resume=True)
    train(tmp_path / "other")
    assert weights(folder) == weights(tmp_path / "other")


def test_a_callback_of_ones_own_survives(tmp_path: Path) -> None:
    class Counter(Callback):
        seen: Any = None

        def on_train_begin(self, training: Training) -> None:
            self.seen = np.zeros((), np.int64)
            self.names: list[str] = []

        def on_step_end(self, training: Training) -> None:
            self.seen = self.seen + 1
            self.names.append(f"step {training.step}")

        def state(self) -> dict[str, Any]:
            return {"seen": np.asarray(self.seen), "names": list(self.names)}

        def load_state(self, state: Any) -> None:
            self.seen, self.names = state["seen"], state["names"]

    first, second = Counter(), Counter()
    crash(tmp_path / "run", 4, first, second, save_every=0)
    again, other = Counter(), Counter()
    train(tmp_path / "run", callbacks=[again, other], resume=True)
    for counter in (again, other):
        assert int(counter.seen) == 6
        assert counter.names == [f"step {k}" for k in range(1, 7)]


def test_a_second_run_does_not_begin_in_the_same_folder(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    train(folder)
    before = snapshot(folder)
    with pytest.raises(RunError, match=r"already holds a run: continue it with resume=True"):
        train(folder)
    assert snapshot(folder) == before


def test_a_folder_with_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear reader")
    with pytest.raises(RunError, match=r"not empty and holds no run \(there is letter.txt\)"):
        train(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("")
    with pytest.raises(RunError, match="is a file; a run needs a folder of its own"):
        train(path)
    with pytest.raises(RunError, match="cannot be made"):
        train(path / "run")


def test_an_empty_folder_and_one_of_a_run_that_never_began_are_fine(tmp_path: Path) -> None:
    (tmp_path / ".state.safetensors.abcdefgh").write_bytes(b"half")
    train(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == FILES


def test_there_must_be_a_run_to_resume(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"there is no run to resume in .*nowhere"):
        train(tmp_path / "nowhere", resume=True)
    assert not (tmp_path / "nowhere").exists()


def test_a_description_is_what_json_can_hold(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="must be what JSON can hold"):
        train(tmp_path / "run", description={"net": dense()})
    assert not (tmp_path / "run").exists()


def test_nothing_on_disk_is_a_pickle(tmp_path: Path) -> None:
    train(tmp_path / "run", callbacks=[bl.EarlyStopping("loss"), bl.BestCheckpoint("loss")])
    for path in (tmp_path / "run").iterdir():
        if path.suffix == ".json":
            json.loads(path.read_text())
        else:
            read_tensors(path)


@dataclass(frozen=True)
class Sign(bl.training.Optimizer):
    """A rule of somebody else: W ← W − η·sign(g)."""

    learning_rate: float = 0.01

    @property
    def state_names(self) -> tuple[str, ...]:
        return ()

    def _rule(self, value: Any, gradient: Any, state: Any, rate: float) -> Any:
        return -rate * np.sign(gradient), {}


class Bare(Sign):
    """The same, without being a dataclass of its own."""


def test_an_optimizer_of_somebody_else_trains_but_makes_no_run(tmp_path: Path) -> None:
    for optimizer in (Sign(), Bare()):
        net = dense()
        train(None, net, optimizer=optimizer)  # type: ignore[arg-type]
        assert bl.explain(net, *floats())["dense1.bias", 0].update(optimizer).lines
        with pytest.raises(ConfigurationError, match="a run could not be resumed with"):
            train(tmp_path / "run", dense(), optimizer=optimizer)
        assert not (tmp_path / "run").exists()


def test_a_description_is_a_dictionary(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"description must be a dictionary, got \[1\]"):
        train(tmp_path / "run", description=[1])
