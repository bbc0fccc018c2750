"""The film of a training."""

from pathlib import Path

import numpy as np
import pytest

import backlit as bl
from backlit.runs.film import FILM, Film, filmed, read_film, write_film

IMAGES = np.random.default_rng(0).standard_normal((20, 1, 6, 6))
LABELS = np.arange(20) % 3


def network() -> bl.Network:
    layers = [bl.Conv2d(3, 3), bl.ReLU(), bl.Conv2d(2, 2), bl.Flatten(), bl.Dense(3)]
    return bl.Network((1, 6, 6), layers, engine="pure", seed=1)


def trained(folder: Path, epochs: int, resume: bool = False) -> bl.Network:
    net = network()
    bl.fit(
        net,
        (IMAGES, LABELS),
        epochs=epochs,
        batch_size=4,
        callbacks=[Film(frames=6)],
        run=folder,
        resume=resume,
        progress=False,
    )
    return net


def test_it_begins_with_the_first_weights_and_ends_with_the_last(tmp_path: Path) -> None:
    net = trained(tmp_path / "run", epochs=4)
    frames = read_film(tmp_path / "run")
    first = network()
    for name in ("conv1.weight", "conv2.weight"):
        assert np.array_equal(frames[0].weights[name], first.parameters[name])
        assert np.array_equal(frames[-1].weights[name], net.parameters[name])
    steps = [frame.step for frame in frames]
    assert steps[0] == 0
    assert steps[-1] == 20
    assert len(steps) == 6
    gaps = np.diff(steps)
    assert (np.diff(gaps) >= 0).all()  # closer together at the beginning
    assert frames[0].loss is None
    assert all(frame.loss is not None and frame.loss > 0 for frame in frames[1:])


def test_a_run_that_goes_on_goes_on_with_its_film(tmp_path: Path) -> None:
    trained(tmp_path / "run", epochs=2)
    before = read_film(tmp_path / "run")
    trained(tmp_path / "run", epochs=4, resume=True)
    after = read_film(tmp_path / "run")
    assert [frame.step for frame in after[: len(before)]] == [frame.step for frame in before]
    assert after[-1].step == 20
    steps = [frame.step for frame in after]
    assert steps == sorted(set(steps))


def test_nobody_minds_a_film_that_is_broken(tmp_path: Path) -> None:
    trained(tmp_path / "run", epochs=2)
    (tmp_path / "run" / FILM).write_bytes(b"no film")
    assert read_film(tmp_path / "run") == []
    trained(tmp_path / "run", epochs=3, resume=True)
    assert read_film(tmp_path / "run")[-1].step == 15


def test_a_film_of_another_network_is_not_gone_on_with(tmp_path: Path) -> None:
    trained(tmp_path / "run", epochs=2)
    frames = read_film(tmp_path / "run")
    for frame in frames:
        frame.weights = {"conv1.weight": np.zeros((1, 1, 2, 2))}
    write_film(tmp_path / "run", frames)
    trained(tmp_path / "run", epochs=3, resume=True)
    after = read_film(tmp_path / "run")
    assert after[-1].weights["conv1.weight"].shape == (3, 1, 3, 3)
    assert after[-1].step == 15


def test_a_film_that_cannot_be_written_stops_no_training(tmp_path: Path) -> None:
    trained(tmp_path / "run", epochs=2)
    (tmp_path / "run" / FILM).unlink()
    (tmp_path / "run" / FILM).mkdir()
    with pytest.warns(UserWarning, match="film of the filters is not kept"):
        trained(tmp_path / "run", epochs=4, resume=True)
    assert len(bl.open_run(tmp_path / "run").history) == 4


def test_a_single_frame(tmp_path: Path) -> None:
    film = Film(frames=1)
    bl.fit(
        network(),
        (IMAGES, LABELS),
        epochs=1,
        callbacks=[film],
        run=tmp_path / "run",
        progress=False,
    )
    assert [frame.step for frame in film.taken] == [0]


def test_without_a_run_there_is_none() -> None:
    film = Film()
    bl.fit(network(), (IMAGES, LABELS), epochs=1, callbacks=[film], progress=False)
    assert film.taken == []


def test_a_frame_has_room_for_the_first_filters_only(monkeypatch: pytest.MonkeyPatch) -> None:
    assert filmed(network()) == ["conv1.weight", "conv2.weight"]
    monkeypatch.setattr("backlit.runs.film.MOST", 30)
    assert filmed(network()) == ["conv1.weight"]
    monkeypatch.setattr("backlit.runs.film.MOST", 1)
    assert filmed(network()) == ["conv1.weight"]  # one is always shown
