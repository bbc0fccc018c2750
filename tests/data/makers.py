"""Data files in official formats, made small."""

import gzip
import io
import struct
import tarfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from backlit.data.published import CIFAR_FILES, IDX_FILES

Bytes = NDArray[np.uint8]


def random_bytes(*shape: int, seed: int = 0) -> Bytes:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def cycled_labels(count: int, classes: int = 10) -> Bytes:
    return (np.arange(count) % classes).astype(np.uint8)


def idx_images(images: Bytes) -> bytes:
    """The bytes of an idx3-ubyte file of images (N, H, W)."""
    return struct.pack(">4I", 0x0803, *images.shape) + images.tobytes()


def idx_labels(labels: Bytes) -> bytes:
    """The bytes of an idx1-ubyte file of labels (N,)."""
    return struct.pack(">2I", 0x0801, len(labels)) + labels.tobytes()


def idx_contents(train: int = 40, test: int = 20, side: int = 6) -> dict[str, bytes]:
    """The four files of a small set made like MNIST, by their official names."""
    return {
        IDX_FILES[0]: idx_images(random_bytes(train, side, side, seed=1)),
        IDX_FILES[1]: idx_labels(cycled_labels(train)),
        IDX_FILES[2]: idx_images(random_bytes(test, side, side, seed=2)),
        IDX_FILES[3]: idx_labels(cycled_labels(test)),
    }


def write_idx_folder(
    folder: Path, contents: dict[str, bytes] | None = None, packed: bool = True
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in (contents or idx_contents()).items():
        if packed:
            (folder / f"{name}.gz").write_bytes(gzip.compress(data))
        else:
            (folder / name).write_bytes(data)
    return folder


def cifar_records(count: int, seed: int = 0) -> Bytes:
    """Records (N, 3073) of CIFAR-10's binary version."""
    return np.column_stack([cycled_labels(count), random_bytes(count, 3072, seed=seed)])


def cifar_contents(count: int = 10) -> dict[str, bytes]:
    return {name: cifar_records(count, seed=k).tobytes() for k, name in enumerate(CIFAR_FILES)}


def cifar_archive(contents: dict[str, bytes] | None = None) -> bytes:
    """The official archive, with the text files that it has beside the batches."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, data in {"batches.meta.txt": b"cat\n", **(contents or cifar_contents())}.items():
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()
