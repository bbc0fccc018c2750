"""Downloads from a real server on this machine, and what happens when it misbehaves."""

import gzip
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from backlit.data import load_dataset
from backlit.data.download import _PoochBar, fetch
from backlit.data.files import md5
from backlit.data.published import CIFAR10, CIFAR_ARCHIVE, IDX_FILES, MNIST, PUBLISHED, Published
from backlit.errors import DataError
from tests.data.makers import cifar_archive, cifar_contents, cycled_labels, idx_contents

FILES = {f"{name}.gz": gzip.compress(data, mtime=0) for name, data in idx_contents().items()}


@dataclass
class Mirror:
    """A server and what it should do."""

    url: str
    files: dict[str, bytes]
    asked: list[str] = field(default_factory=list)
    breaks_off: set[str] = field(default_factory=set)


@pytest.fixture
def start_mirror() -> Iterator[Callable[[dict[str, bytes]], Mirror]]:
    servers = []

    def start(files: dict[str, bytes]) -> Mirror:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.rpartition("/")[2]
                mirror.asked.append(name)
                if name not in mirror.files:
                    self.send_error(404)
                    return
                data = mirror.files[name]
                self.send_response(200)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data[: len(data) // 2] if name in mirror.breaks_off else data)

            def log_message(self, *_: object) -> None:
                """Stay silent."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        mirror = Mirror(f"http://127.0.0.1:{server.server_port}/some/path/", dict(files))
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return mirror

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("BACKLIT_DATA", raising=False)
    monkeypatch.setenv("BACKLIT_CACHE", str(tmp_path / "cache"))


def small_mnist(*mirrors: Mirror) -> Published:
    """MNIST, had its authors made fewer pictures."""
    return replace(
        MNIST,
        mirrors=tuple(mirror.url for mirror in mirrors),
        downloads={name: md5(data) for name, data in FILES.items()},
        contents={name: md5(data) for name, data in idx_contents().items()},
    )


def left_behind(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


Start = Callable[[dict[str, bytes]], Mirror]


def test_a_data_set_is_downloaded_once_and_is_as_published(
    start_mirror: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mirror = start_mirror(FILES)
    monkeypatch.setitem(PUBLISHED, "mnist", small_mnist(mirror))
    data = load_dataset("mnist", progress=False)
    assert data.official is True
    assert data.classes == MNIST.classes
    np.testing.assert_array_equal(data.train_labels, cycled_labels(40))
    assert sorted(mirror.asked) == sorted(FILES)
    assert left_behind(tmp_path) == sorted(FILES)
    again = load_dataset("mnist", progress=False)
    assert len(mirror.asked) == 4
    np.testing.assert_array_equal(again.train_images, data.train_images)


def test_cifar_is_read_from_the_downloaded_archive(
    start_mirror: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    archive = cifar_archive()
    mirror = start_mirror({CIFAR_ARCHIVE: archive})
    small = replace(
        CIFAR10,
        mirrors=(mirror.url,),
        downloads={CIFAR_ARCHIVE: md5(archive)},
        contents={name: md5(data) for name, data in cifar_contents().items()},
    )
    monkeypatch.setitem(PUBLISHED, "cifar10", small)
    data = load_dataset("cifar10", progress=False)
    assert data.official is True
    assert data.train_images.shape == (50, 3, 32, 32)
    assert left_behind(tmp_path) == [CIFAR_ARCHIVE]


def test_the_next_mirror_is_asked_for_what_one_lacks(start_mirror: Start, tmp_path: Path) -> None:
    first, second = start_mirror(FILES), start_mirror(FILES)
    missing = f"{IDX_FILES[2]}.gz"
    del first.files[missing]
    fetch(small_mnist(first, second), tmp_path, progress=False)
    assert second.asked == [missing]
    assert left_behind(tmp_path) == sorted(FILES)


def test_a_file_with_the_wrong_check_sum_is_not_kept(start_mirror: Start, tmp_path: Path) -> None:
    mirror = start_mirror(FILES)
    name = f"{IDX_FILES[1]}.gz"
    mirror.files[name] = b"something else"
    with pytest.raises(DataError, match=rf"^{name} of MNIST .* sent has the wrong check sum"):
        fetch(small_mnist(mirror), tmp_path, progress=False)
    assert left_behind(tmp_path) == [f"{IDX_FILES[0]}.gz"]


def test_a_transfer_that_breaks_off_leaves_nothing_behind(
    start_mirror: Start, tmp_path: Path
) -> None:
    mirror = start_mirror(FILES)
    name = f"{IDX_FILES[0]}.gz"
    mirror.breaks_off.add(name)
    with pytest.raises(DataError, match=rf"^{name} of MNIST could not be downloaded"):
        fetch(small_mnist(mirror), tmp_path, progress=False)
    assert left_behind(tmp_path) == []
    mirror.breaks_off.clear()
    fetch(small_mnist(mirror), tmp_path, progress=False)
    assert left_behind(tmp_path) == sorted(FILES)


def test_the_message_says_what_each_mirror_did_and_what_to_do(
    start_mirror: Start, tmp_path: Path
) -> None:
    broken, empty, wrong = start_mirror(FILES), start_mirror({}), start_mirror(FILES)
    name = f"{IDX_FILES[0]}.gz"
    broken.breaks_off.add(name)
    wrong.files[name] = b"something else"
    gone = Mirror("http://127.0.0.1:9/", {})
    with pytest.raises(DataError) as caught:
        fetch(small_mnist(broken, empty, wrong, gone), tmp_path, progress=False)
    said = str(caught.value)
    assert "404 Not Found" in said
    assert "the wrong check sum" in said
    assert "127.0.0.1:9 could not be reached" in said
    assert "--data-dir FOLDER" in said
    assert "BACKLIT_DATA" in said
    assert all(file in said for file in FILES)
    assert "\n" not in said
    assert left_behind(tmp_path) == []


def test_a_damaged_file_in_the_cache_is_fetched_again(start_mirror: Start, tmp_path: Path) -> None:
    mirror = start_mirror(FILES)
    folder = fetch(small_mnist(mirror), tmp_path, progress=False)
    name = f"{IDX_FILES[3]}.gz"
    (folder / name).write_bytes(FILES[name][:-3])
    fetch(small_mnist(mirror), tmp_path, progress=False)
    assert mirror.asked[4:] == [name]
    assert (folder / name).read_bytes() == FILES[name]


def test_ctrl_c_in_the_middle_leaves_nothing_behind(
    start_mirror: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(_PoochBar, "update", interrupt)
    with pytest.raises(KeyboardInterrupt):
        fetch(small_mnist(start_mirror(FILES)), tmp_path, progress=True)
    assert left_behind(tmp_path) == []


def test_a_cache_that_cannot_be_written_is_named(start_mirror: Start, tmp_path: Path) -> None:
    mirror = start_mirror(FILES)
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(DataError, match=r"the cache .*cache.*cannot be written \(.*BACKLIT_CACHE"):
        fetch(small_mnist(mirror), tmp_path / "cache", progress=False)
    assert mirror.asked == []


def test_progress_goes_to_standard_error_and_can_be_silenced(
    start_mirror: Start,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    fetch(small_mnist(start_mirror(FILES)), tmp_path / "a", progress=False)
    assert capfd.readouterr() == ("", "")
    fetch(small_mnist(start_mirror(FILES)), tmp_path / "b", progress=True)
    out, err = capfd.readouterr()
    assert out == ""
    for name, data in FILES.items():
        (line,) = [line for line in err.splitlines() if line.startswith(name)]
        size = f"{len(data) / 1000:.1f}" if len(data) >= 1000 else str(len(data))
        assert f"{size}/{size}" in line  # complete, and not counted twice


def test_every_published_set_names_its_files_in_full() -> None:
    for known in PUBLISHED.values():
        assert all(mirror.endswith("/") for mirror in known.mirrors)
        assert all(
            len(total) == 32 for total in (*known.downloads.values(), *known.contents.values())
        )
        assert known.license
        assert known.credit.startswith(known.title)
    assert tuple(MNIST.contents) == IDX_FILES
    assert tuple(MNIST.downloads) == tuple(f"{name}.gz" for name in IDX_FILES)
