import os
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from backlit.data import load_dataset
from backlit.data.tree import scan
from backlit.errors import DataError


def plant(root: Path, *files: str) -> Path:
    for file in files:
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return root


def relative(entries: list[tuple[Path, int]] | None, root: Path) -> list[tuple[str, int]]:
    assert entries is not None
    return [(path.relative_to(root).as_posix(), label) for path, label in entries]


def test_classes_and_files_are_sorted_by_name(tmp_path: Path) -> None:
    root = plant(tmp_path, "dog/b.png", "cat/2.jpg", "cat/10.JPEG", "cat/1.gif", "dog/a.webp")
    tree = scan(root)
    assert tree.classes == ("cat", "dog")
    assert tree.test is None
    assert tree.notes == ()
    assert relative(tree.train, root) == [
        ("cat/1.gif", 0),
        ("cat/10.JPEG", 0),
        ("cat/2.jpg", 0),
        ("dog/a.webp", 1),
        ("dog/b.png", 1),
    ]


def test_folders_inside_a_class_belong_to_it(tmp_path: Path) -> None:
    root = plant(tmp_path, "cat/tabby/1.png", "cat/z.png", "dog/1.png")
    assert relative(scan(root).train, root)[:2] == [("cat/tabby/1.png", 0), ("cat/z.png", 0)]


def test_what_systems_leave_lying_about_is_silently_ignored(tmp_path: Path) -> None:
    root = plant(
        tmp_path,
        *("cat/1.png", "cat/.DS_Store", "cat/Thumbs.db", "cat/desktop.ini", "cat/._1.png"),
        *("dog/1.png", "dog/.ipynb_checkpoints/1.png", ".git/x.png", "__MACOSX/cat/1.png"),
    )
    tree = scan(root)
    assert tree.classes == ("cat", "dog")
    assert len(tree.train) == 2
    assert tree.notes == ()


def test_other_files_are_passed_over_with_a_note(tmp_path: Path) -> None:
    root = plant(tmp_path, "cat/1.png", "cat/a.txt", "cat/b.TXT", "dog/1.png", "dog/x.heic")
    tree = scan(root)
    assert len(tree.train) == 2
    assert tree.notes == ("Files that are no pictures were passed over: 2 .txt, 1 .heic.",)


@pytest.mark.parametrize(
    ("train", "test"),
    [("train", "test"), ("Train", "VAL"), ("training", "validation"), ("TRAIN", "valid")],
)
def test_a_division_into_folders_is_recognized(tmp_path: Path, train: str, test: str) -> None:
    files = (f"{train}/cat/1.png", f"{train}/dog/1.png", f"{test}/dog/2.png", f"{test}/cat/2.png")
    root = plant(tmp_path, *files)
    tree = scan(root)
    assert tree.classes == ("cat", "dog")
    assert relative(tree.train, root) == [(f"{train}/cat/1.png", 0), (f"{train}/dog/1.png", 1)]
    assert relative(tree.test, root) == [(f"{test}/cat/2.png", 0), (f"{test}/dog/2.png", 1)]


def test_test_goes_before_val_which_is_mentioned(tmp_path: Path) -> None:
    parts = ("train", "val", "test")
    root = plant(tmp_path, *(f"{part}/{name}/1.png" for part in parts for name in ("a", "b")))
    tree = scan(root)
    assert relative(tree.test, root) == [("test/a/1.png", 0), ("test/b/1.png", 1)]
    assert tree.notes == (f"The folder {root / 'val'} is not used.",)


def test_a_train_folder_alone_is_read_one_level_down(tmp_path: Path) -> None:
    root = plant(tmp_path, "train/cat/1.png", "train/dog/1.png")
    tree = scan(root)
    assert tree.classes == ("cat", "dog")
    assert tree.test is None


def test_train_and_test_can_be_classes_of_their_own(tmp_path: Path) -> None:
    assert scan(plant(tmp_path / "a", "bus/1.png", "train/1.png")).classes == ("bus", "train")
    assert scan(plant(tmp_path / "b", "test/1.png", "train/1.png")).classes == ("test", "train")


def test_names_in_any_script_are_classes_the_same_on_every_system(tmp_path: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "Grüne Äpfel")
    root = plant(tmp_path, f"{decomposed}/1.png", "林檎/é è.png")
    assert scan(root).classes == ("Grüne Äpfel", "林檎")


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ((), "at least two, but it has 0 subfolders"),
        (("cat/1.png",), "at least two, but it has 1 subfolder$"),
        (("1.png", "2.JPG", "x.txt"), "it has 0 subfolders and 2 pictures outside of one"),
        (("cat/1.png", "dog/a.txt"), r"class folder .*dog has no picture \(it has 1 .txt\); pictu"),
        (("cat/1.png", "dog/.x"), r"class folder .*dog has no picture; pictures end in \.avif"),
        (
            ("train/a/1.png", "train/b/1.png", "test/1.png"),
            r"test should have one subfolder .* it has 0 subfolders and 1 pictures",
        ),
        (
            ("train/a/1.png", "train/b/1.png", "test/a/1.png", "test/c/1.png"),
            r"test has the class 'c', which .*train does not have; its classes are a, b",
        ),
        (
            ("train/a/1.png", "train/b/1.png", "test/a/1.png", "test/b/1.txt"),
            r"class folder .*test.b has no picture",
        ),
    ],
)
def test_other_layouts_are_refused_with_what_there_is(
    tmp_path: Path, files: tuple[str, ...], words: str
) -> None:
    with pytest.raises(DataError, match=words):
        scan(plant(tmp_path, *files))


@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: folders without permission")
def test_a_folder_that_may_not_be_read_is_not_taken_for_an_empty_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The superuser may read everything, so the refusal is the system call's, made here."""
    plant(tmp_path, "cat/1.png", "dog/deep/1.png")
    real = os.scandir

    def refusing(path: Any) -> Any:
        if Path(path).name == "deep":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", refusing)
    with pytest.raises(DataError, match=r"deep cannot be read: Permission denied"):
        load_dataset(tmp_path)


@pytest.mark.parametrize("name", ["red\x1b[31m", "two\nlines", "turned\u202etxt", "bell\x07"])
@pytest.mark.skipif(sys.platform == "win32", reason="only on POSIX: such names of folders")
def test_a_name_that_would_change_the_terminal_is_refused(tmp_path: Path, name: str) -> None:
    for each in ("cat", name):
        (tmp_path / each).mkdir()
        Image.new("L", (4, 4)).save(tmp_path / each / "1.png")
        Image.new("L", (4, 4)).save(tmp_path / each / "2.png")
    with pytest.raises(DataError, match="holds a character that cannot be shown") as caught:
        load_dataset(tmp_path)
    assert str(caught.value).isascii()
    assert str(caught.value).isprintable()
