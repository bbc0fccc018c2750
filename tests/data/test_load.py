import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from backlit import data as room
from backlit.data import DATASETS, load_dataset
from backlit.data.published import FASHION_MNIST, MNIST, PUBLISHED
from backlit.errors import ConfigurationError, DataError
from tests.data.makers import cifar_archive, cifar_contents, random_bytes, write_idx_folder


@pytest.fixture(autouse=True)
def no_downloads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Mirrors that answer to nobody, and nothing of the user's own."""
    monkeypatch.delenv("BACKLIT_DATA", raising=False)
    monkeypatch.setenv("BACKLIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for name, known in PUBLISHED.items():
        nowhere = replace(known, mirrors=("http://127.0.0.1:9/",))
        monkeypatch.setitem(PUBLISHED, name, nowhere)


@pytest.mark.parametrize("name", ["digits", "DIGITS", " Digits", "di-gits"])
def test_names_are_forgiving(name: str) -> None:
    assert load_dataset(name).name == "digits"


@pytest.mark.parametrize("name", ["fashion-mnist", "Fashion_MNIST", "fashionmnist"])
@pytest.mark.parametrize(
    "place",
    [".", "fashion_mnist", "fashion-mnist", "FashionMNIST/raw", "fashion-mnist/data/fashion"],
)
def test_a_data_folder_holds_the_files_or_a_subfolder_with_them(
    tmp_path: Path, name: str, place: str
) -> None:
    write_idx_folder(tmp_path / "data" / place)
    loaded = load_dataset(name, data_dir=tmp_path / "data")
    assert loaded.name == "fashion-mnist"
    assert loaded.classes == FASHION_MNIST.classes
    assert loaded.official is False


@pytest.mark.parametrize("place", [".", "cifar10", "cifar-10-batches-bin"])
def test_cifar_is_found_unpacked(tmp_path: Path, place: str) -> None:
    folder = tmp_path / "data" / place
    folder.mkdir(parents=True, exist_ok=True)
    for name, contents in cifar_contents().items():
        (folder / name).write_bytes(contents)
    assert load_dataset("CIFAR-10", data_dir=str(tmp_path / "data")).image_shape == (3, 32, 32)


def test_cifar_is_found_in_its_archive(tmp_path: Path) -> None:
    (tmp_path / "cifar-10-binary.tar.gz").write_bytes(cifar_archive())
    assert load_dataset("cifar10", data_dir=tmp_path).name == "cifar10"
    assert load_dataset(tmp_path).name == "cifar10"


def test_a_subfolder_goes_before_the_folder_itself(tmp_path: Path) -> None:
    write_idx_folder(tmp_path)
    write_idx_folder(tmp_path / "mnist", packed=False)
    assert load_dataset("mnist", data_dir=tmp_path).source == str(tmp_path / "mnist")


def test_the_environment_names_a_data_folder_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_idx_folder(tmp_path / "a" / "mnist")
    write_idx_folder(tmp_path / "b" / "mnist")
    monkeypatch.setenv("BACKLIT_DATA", str(tmp_path / "a"))
    assert load_dataset("mnist").source == str(tmp_path / "a" / "mnist")
    # The argument goes first.
    assert load_dataset("mnist", data_dir=tmp_path / "b").source == str(tmp_path / "b" / "mnist")


def test_what_the_environment_s_folder_lacks_is_downloaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKLIT_DATA", str(tmp_path))
    with pytest.raises(DataError, match="of MNIST could not be downloaded"):
        load_dataset("mnist", progress=False)


def test_a_data_folder_without_the_set_is_never_replaced_by_a_download(tmp_path: Path) -> None:
    words = r"holds no copy of MNIST: neither it nor a subfolder mnist has train-images"
    with pytest.raises(DataError, match=words):
        load_dataset("mnist", data_dir=tmp_path)
    assert not (tmp_path / "cache").exists()


def test_a_data_folder_that_is_none_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DataError, match=r"the data folder .*absent is not a folder"):
        load_dataset("mnist", data_dir=tmp_path / "absent")
    monkeypatch.setenv("BACKLIT_DATA", str(tmp_path / "absent"))
    with pytest.raises(DataError, match=r"the data folder .*absent is not a folder"):
        load_dataset("mnist")


@pytest.mark.parametrize("place", ["anything", "FashionMNIST"])
def test_a_path_leads_to_the_files_or_to_torchvision_s_folder_of_them(
    tmp_path: Path, place: str
) -> None:
    folder = tmp_path / place
    write_idx_folder(folder / "raw" if place == "FashionMNIST" else folder)
    for path in (folder, str(folder), str(folder) + os.sep, os.path.relpath(folder)):
        assert len(load_dataset(path).train_images) == 40


def test_a_name_goes_before_a_folder_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_idx_folder(tmp_path / "digits")
    monkeypatch.chdir(tmp_path)
    assert load_dataset("digits").image_shape == (1, 8, 8)
    for path in ("./digits", Path("digits")):
        assert load_dataset(path).image_shape == (1, 6, 6)


def test_a_limit_holds_for_every_kind(tmp_path: Path) -> None:
    for name in ("digits", write_idx_folder(tmp_path / "own")):
        whole, limited = load_dataset(name), load_dataset(name, limit=10)
        assert len(limited.train_labels) == 10
        assert sorted(limited.train_labels) == list(range(10))
        expected = -(-10 * len(whole.test_labels) // len(whole.train_labels))
        assert len(limited.test_labels) == expected


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("fashon-mnist", "no data set, folder or file 'fashon-mnist'.*did you mean fashion-mnist"),
        ("cifar-100", "did you mean cifar10"),
        ("imagenet", r"the data sets are digits, fashion-mnist, mnist, cifar10, and .* class$"),
        ("./digits", r"no folder or file \./digits$"),
        ("pictures/cats", r"no folder or file pictures/cats$"),
        (r"C:\Users\me\pictures", r"no folder or file C:\\Users\\me\\pictures$"),
    ],
)
def test_unknown_names_and_paths_are_told_apart(
    name: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match=words):
        load_dataset(name)


def test_a_path_object_is_never_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match="no folder or file digits"):
        load_dataset(Path("digits"))


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("1,2")
    with pytest.raises(
        DataError, match=r"x\.csv is a file; a data set is a folder or a NumPy arch"
    ):
        load_dataset(tmp_path / "x.csv")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"channels": 2}, "channels is 1 .* not 2"),
        ({"image_size": 0}, "whole numbers from 1 to 4,096, not 0"),
        ({"image_size": 99_999_999}, "from 1 to 4,096, not 99999999"),
        ({"image_size": (8, 8, 8)}, r"not \(8, 8, 8\)"),
        ({"image_size": (8.5, 8)}, r"not \(8\.5, 8\)"),
        ({"limit": 0}, "at least 1 training image, not 0"),
        ({"limit": "5"}, "a limit is a whole number, .*, not '5'"),
        ({"limit": 5.5}, "a limit is a whole number, .*, not 5.5"),
        ({"image_size": 2.5}, "image_size is a side .*, not 2.5"),
        ({"image_size": True}, "image_size is a side .*, not True"),
    ],
)
def test_unusable_options_are_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        load_dataset("digits", **options)  # type: ignore[arg-type]


def test_a_home_folder_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    write_idx_folder(tmp_path / "own")
    assert load_dataset("~/own").source == str(tmp_path / "own")
    write_idx_folder(tmp_path / "mnist")
    assert load_dataset("mnist", data_dir="~").name == "mnist"


def test_the_list_of_names_is_what_can_be_loaded() -> None:
    assert {*PUBLISHED, "digits"} == {*DATASETS}


def test_the_room_exports_what_it_says() -> None:
    for name in room.__all__:
        assert getattr(room, name) is not None
        assert name in dir(room)
    assert room.__all__ == sorted(room.__all__, key=lambda name: (not name.isupper(), name))
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        room.nonsense  # noqa: B018


def test_batches_and_splits_need_only_numpy() -> None:
    program = (
        "import sys; from backlit.data import Dataset, batches, split; "
        "print([name for name in ('PIL', 'pooch', 'rich', 'requests') if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


def test_real_fashion_mnist_is_as_published(real_data: Path) -> None:
    by_path = load_dataset(real_data / "fashion_mnist", strict=True)
    assert by_path.official is True
    assert by_path.notes == ()
    assert by_path.train_images.shape == (60000, 1, 28, 28)
    assert by_path.test_images.shape == (10000, 1, 28, 28)
    assert np.bincount(by_path.train_labels).tolist() == [6000] * 10
    assert np.bincount(by_path.test_labels).tolist() == [1000] * 10
    by_name = load_dataset("fashion-mnist", data_dir=real_data, limit=500)
    assert np.bincount(by_name.train_labels).tolist() == [50] * 10
    np.testing.assert_array_equal(by_name.train_images[0], by_path.train_images[0])


def test_real_files_of_another_set_are_not_taken_for_mnist(real_data: Path) -> None:
    with pytest.raises(DataError, match="fashion_mnist holds Fashion-MNIST, not MNIST"):
        load_dataset("mnist", data_dir=real_data / "fashion_mnist")


def test_real_files_are_known_by_their_contents(real_data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "renamed"
    folder.mkdir()
    for file in (real_data / "fashion_mnist").glob("*.gz"):
        (folder / file.name).write_bytes(file.read_bytes())
    assert load_dataset(folder).name == "fashion-mnist"
    assert MNIST.contents.keys() == FASHION_MNIST.contents.keys()


def test_real_colors_come_out_right(real_data: Path) -> None:
    for path in (real_data / "cifar10_subset", real_data / "cifar10_subset" / "cifar10_subset.npz"):
        data = load_dataset(path)
        assert data.train_images.shape == (4000, 3, 32, 32)
        assert data.test_images.shape == (1000, 3, 32, 32)
        assert data.classes[3] == "cat"
    # Ships lie on blue water and deer stand in green and brown: blue tells the two apart.
    blueness = data.train_images[:, 2].mean(axis=(1, 2)) - data.train_images[:, 0].mean(axis=(1, 2))
    ship, deer = (blueness[data.train_labels == k].mean() for k in (8, 4))
    assert ship > 0 > deer


def test_a_damaged_copy_of_real_data_is_noticed(real_data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "fashion_mnist"
    folder.mkdir()
    for file in (real_data / "fashion_mnist").glob("*.gz"):
        (folder / file.name).write_bytes(file.read_bytes())
    cut = folder / "t10k-images-idx3-ubyte.gz"
    cut.write_bytes(cut.read_bytes()[:-1000])
    with pytest.raises(DataError, match=r"t10k-images-idx3-ubyte\.gz is cut off"):
        load_dataset(folder)


def test_every_kind_of_source_keeps_whole_bytes(tmp_path: Path) -> None:
    """0 and 255 arrive as 0 and 255, from idx files and from archives alike."""
    np.savez(
        tmp_path / "own.npz",
        x_train=random_bytes(20, 16, 16),
        y_train=np.arange(20) % 2,
        x_test=random_bytes(2, 16, 16),
        y_test=np.arange(2),
    )
    write_idx_folder(tmp_path / "own")
    for path in (tmp_path / "own.npz", tmp_path / "own"):
        images = load_dataset(path).train_images
        assert (images.min(), images.max()) == (0, 255)


def test_a_folder_that_may_not_be_looked_into_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    (tmp_path / "locked").mkdir()
    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(DataError, match=r"locked cannot be read: Permission denied$"):
        load_dataset(tmp_path / "locked")
