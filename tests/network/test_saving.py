"""One file holds a network; what is no such file is refused in one sentence."""

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import backlit as bl
from backlit.errors import RunError
from backlit.network.saving import read_tensors, write_tensors
from tests.network.networks import NETWORKS, make


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_comes_back_as_it_was(name: str, tmp_path: Path) -> None:
    network = make(name, seed=5)
    channels = network.input_shape[0]
    network.normalization = bl.Normalization((0.5,) * channels, (0.2,) * channels)
    network.classes = ("cat", "Ärger", "猫")
    images = np.random.default_rng(0).standard_normal((3, *network.input_shape))
    network.loss_and_gradients(images, [0, 1, 2])
    network.save(tmp_path / "run.safetensors")
    copy = bl.load(tmp_path / "run.safetensors")
    assert copy.config() == network.config()
    np.testing.assert_array_equal(copy.forward(images), network.forward(images))


def test_other_programs_can_read_the_weights(tmp_path: Path) -> None:
    network = make("residual")
    network.save(tmp_path / "n.safetensors")
    arrays = load_file(tmp_path / "n.safetensors")
    assert arrays.keys() == {*network.parameters, *network.buffers}


def test_a_run_is_loaded_by_its_folder(tmp_path: Path) -> None:
    make("plain").save(tmp_path / "weights.safetensors")
    assert bl.load(tmp_path).config() == make("plain").config()


class TestRefused:
    def test_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(RunError, match=r"there is no file .*none.safetensors"):
            bl.load(tmp_path / "none.safetensors")

    @pytest.mark.parametrize("content", [b"", b"hello", b"\xff" * 100])
    def test_not_safetensors(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "f").write_bytes(content)
        with pytest.raises(RunError, match="f is no readable safetensors file"):
            bl.load(tmp_path / "f")

    def test_cut_off_anywhere(self, tmp_path: Path) -> None:
        make("plain").save(tmp_path / "whole")
        content = (tmp_path / "whole").read_bytes()
        for length in range(0, len(content), 97):
            (tmp_path / "part").write_bytes(content[:length])
            with pytest.raises(RunError, match="part is no readable safetensors file"):
                bl.load(tmp_path / "part")

    def test_of_another_program(self, tmp_path: Path) -> None:
        save_file({"a": np.zeros(1)}, tmp_path / "f")
        with pytest.raises(RunError, match="not written by backlit"):
            bl.load(tmp_path / "f")

    @pytest.mark.parametrize(
        ("description", "message"),
        [
            ({"format": 99}, "newer backlit"),
            ({"format": 1}, "describes no network"),
            ({"format": 1, "network": {}}, "no usable network: .*description"),
            ({"format": 1, "network": []}, "no usable network"),
            (
                {"format": 1, "network": {"layers": []}},
                "the description of a network lacks 'input_sh",
            ),
            ({}, "cannot be read"),
            ({"format": "1"}, "a description of unknown format, '1'"),
            ('{"format": 1e999}', "a description of unknown format, inf"),
            ("[" * 100_000, "cannot be read"),
            (
                '{"format": 1, "network": ' + '{"layers": ' * 5000 + "1" + "}" * 5001,
                "cannot be read",
            ),
            ([], "cannot be read"),
            ("{", "cannot be read"),
        ],
    )
    def test_descriptions(self, tmp_path: Path, description: Any, message: str) -> None:
        text = description if isinstance(description, str) else json.dumps(description)
        save_file({"a": np.zeros(1)}, tmp_path / "f", {"backlit": text})
        with pytest.raises(RunError, match=message):
            bl.load(tmp_path / "f")

    def test_a_name_that_no_file_can_have(self) -> None:
        with pytest.raises(RunError, match=r"'a\\x00b' cannot be read: .*null"):
            bl.load("a\0b")

    def test_a_normalization_for_other_pictures(self, tmp_path: Path) -> None:
        network = make("plain")
        normalization = bl.Normalization((0.5,) * 2, (0.2,) * 2).to_config()
        config = {**network.config(), "normalization": normalization}
        write_tensors(tmp_path / "f", network.parameters, {"network": config})
        with pytest.raises(RunError, match="no usable network: the normalization must be for as"):
            bl.load(tmp_path / "f")

    def test_numbers_that_the_engine_cannot_hold(self, tmp_path: Path) -> None:
        network = make("plain")
        network.parameters["conv1.bias"][0] = 1e39
        network.save(tmp_path / "f")
        assert bl.load(tmp_path / "f", "pure").parameters["conv1.bias"][0] == 1e39
        with pytest.raises(
            RunError, match=r"no usable network: conv1.bias .* too large for float32"
        ):
            bl.load(tmp_path / "f", "fast")

    def test_a_small_file_that_describes_a_large_network(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Refused before the memory is asked for, of which this would be gigabytes."""
        network = make("plain")
        monkeypatch.delattr("backlit.network.network.first_numbers")
        layers = [{"layer": "Flatten"}, {"layer": "Dense", "units": 50_000_000}]
        config = {**network.config(), "layers": layers}
        write_tensors(tmp_path / "f", network.parameters, {"network": config})
        with pytest.raises(RunError, match="no usable network: the names do not match"):
            bl.load(tmp_path / "f")
        tensors = {"dense1.weight": np.zeros((2, 36)), "dense1.bias": np.zeros(2)}
        write_tensors(tmp_path / "f", tensors, {"network": config})
        with pytest.raises(RunError, match=r"dense1.weight must have shape \(50000000, 36\), got"):
            bl.load(tmp_path / "f")

    def test_weights_that_do_not_fit_the_description(self, tmp_path: Path) -> None:
        config = make("plain").config()
        write_tensors(tmp_path / "f", {"a": np.zeros(1)}, {"network": config})
        with pytest.raises(RunError, match=r"missing conv1.bias.*unknown a"):
            bl.load(tmp_path / "f")


def test_arrays_and_description_come_back(tmp_path: Path) -> None:
    tensors = {"a": np.arange(6).reshape(2, 3), "b": np.float64(0.1) * np.ones(())}
    write_tensors(tmp_path / "f", tensors, {"note": "é"})
    arrays, description = read_tensors(tmp_path / "f")
    assert description == {"format": 1, "note": "é"}
    for name, array in tensors.items():
        assert arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(arrays[name], array)


@pytest.mark.skipif(os.name != "posix", reason="only on POSIX: links without permission")
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("target")
    make("plain").save(tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert bl.load(tmp_path / "target").config() == make("plain").config()


def test_running_statistics_must_be_there_and_make_sense(tmp_path: Path) -> None:
    network = make("residual")
    arrays = {**network.parameters, **network.buffers}
    del arrays["batchnorm1.running_mean"]
    write_tensors(tmp_path / "n", arrays, {"network": network.config()})
    with pytest.raises(RunError, match=r"no usable network: .*missing batchnorm1\.running_mean"):
        bl.load(tmp_path / "n")
    write_tensors(tmp_path / "n", network.parameters, {"network": network.config()})
    with pytest.raises(RunError, match=r"no usable network: missing batchnorm1\.running_mean"):
        bl.load(tmp_path / "n")
    arrays = {**network.parameters, **network.buffers}
    arrays["batchnorm1.running_variance"] = -arrays["batchnorm1.running_variance"]
    write_tensors(tmp_path / "n", arrays, {"network": network.config()})
    with pytest.raises(RunError, match=r"batchnorm1\.running_variance holds a variance below 0"):
        bl.load(tmp_path / "n")


def test_a_file_that_may_not_be_read_is_there_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make("plain").save(tmp_path / "n")

    def refuse(*arguments: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)  # the superuser may read everything
    with pytest.raises(RunError, match="n cannot be read: Permission denied"):
        bl.load(tmp_path / "n")
