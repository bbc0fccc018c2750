"""What is known of the data sets that others have published: files, check sums, terms, credit.

Check sums of the downloads are those that the authors (Fashion-MNIST: README of
zalandoresearch/fashion-mnist; CIFAR-10: https://www.cs.toronto.edu/~kriz/cifar.html) or, for
MNIST, whose authors gave none, torchvision (torchvision/datasets/mnist.py) publish.  The check
sums of the unpacked contents follow from them; a local copy is held against these, since the
same contents may have been compressed anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backlit.errors import DataError

IDX_FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
CIFAR_FILES = (*(f"data_batch_{k}.bin" for k in range(1, 6)), "test_batch.bin")
CIFAR_ARCHIVE = "cifar-10-binary.tar.gz"


@dataclass(frozen=True)
class Published:
    """One published data set.

    Attributes:
        name: Under which :func:`backlit.data.load_dataset` knows it.
        title: As its authors write it.
        classes: Class names in the order of their numbers.
        image_shape: (C, H, W).
        mirrors: Addresses, each ending in a slash, at which the downloads are tried in turn.
        downloads: File name at the mirrors → MD5 of the file as it is there.
        contents: File name without ``.gz`` → MD5 of its uncompressed bytes.
        folders: Subfolders of a data folder in which a copy is looked for.
        homepage: Where a person finds the files.
        license: Terms of use.
        credit: To be named with results.
    """

    name: str
    title: str
    classes: tuple[str, ...]
    image_shape: tuple[int, int, int]
    mirrors: tuple[str, ...]
    downloads: Mapping[str, str]
    contents: Mapping[str, str]
    folders: tuple[str, ...]
    homepage: str
    license: str
    credit: str


MNIST = Published(
    name="mnist",
    title="MNIST",
    classes=tuple(str(digit) for digit in range(10)),
    image_shape=(1, 28, 28),
    mirrors=(
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "http://yann.lecun.com/exdb/mnist/",
    ),
    downloads={
        "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
        "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
        "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
    },
    contents={
        "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
        "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
        "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
        "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
    },
    folders=("mnist", "MNIST", "MNIST/raw", "mnist/raw"),
    homepage="http://yann.lecun.com/exdb/mnist/",
    license="CC BY-SA 3.0, copyright Y. LeCun and C. Cortes, as the documentation of Keras says",
    credit="MNIST: Y. LeCun, C. Cortes, C. J. C. Burges, The MNIST database of handwritten digits",
)

FASHION_MNIST = Published(
    name="fashion-mnist",
    title="Fashion-MNIST",
    classes=(
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
    image_shape=(1, 28, 28),
    mirrors=(
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    ),
    downloads={
        "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
        "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
        "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
    },
    contents={
        "train-images-idx3-ubyte": "f4a8712d7a061bf5bd6d2ca38dc4d50a",
        "train-labels-idx1-ubyte": "9018921c3c673c538a1fc5bad174d6f9",
        "t10k-images-idx3-ubyte": "8181f5470baa50b63fa0f6fddb340f0a",
        "t10k-labels-idx1-ubyte": "15d484375f8d13e6eb1aabb0c3f46965",
    },
    folders=(
        "fashion-mnist",
        "fashion_mnist",
        "fashionmnist",
        "FashionMNIST",
        "FashionMNIST/raw",
        "fashion-mnist/data/fashion",
    ),
    homepage="https://github.com/zalandoresearch/fashion-mnist",
    license="MIT, Copyright 2017 Zalando SE",
    credit=(
        "Fashion-MNIST: H. Xiao, K. Rasul, R. Vollgraf, Fashion-MNIST: a novel image dataset for "
        "benchmarking machine learning algorithms, arXiv:1708.07747, 2017"
    ),
)

CIFAR10 = Published(
    name="cifar10",
    title="CIFAR-10",
    classes=(
        "airplane",
        "automobile",
        "bird",
        "cat",
        "deer",
        "dog",
        "frog",
        "horse",
        "ship",
        "truck",
    ),
    image_shape=(3, 32, 32),
    mirrors=("https://www.cs.toronto.edu/~kriz/", "https://cave.cs.toronto.edu/kriz/"),
    downloads={CIFAR_ARCHIVE: "c32a1d4ab5d03f1284b67883e8d87530"},
    contents={
        "data_batch_1.bin": "5dd7e06a14cb22eb9f671a540d1b7c25",
        "data_batch_2.bin": "5ea93a67294ea407fff1d09f752e9692",
        "data_batch_3.bin": "942cd6a4bcdd0dd3c604fbe906cb4421",
        "data_batch_4.bin": "ae636b3ba5c66a11e91e8cb52e771fcb",
        "data_batch_5.bin": "53f37980c15c3d472c316c40844f3f0d",
        "test_batch.bin": "803d5f7f4d78ea53de84dbe85f74fb6d",
    },
    folders=("cifar10", "cifar-10", "cifar_10", "CIFAR10", "cifar-10-batches-bin"),
    homepage="https://www.cs.toronto.edu/~kriz/cifar.html",
    license="none stated; the author asks to cite the report",
    credit=(
        "CIFAR-10: A. Krizhevsky, Learning multiple layers of features from tiny images, "
        "technical report, University of Toronto, 2009"
    ),
)

PUBLISHED = {known.name: known for known in (FASHION_MNIST, MNIST, CIFAR10)}


def forgiving(name: str) -> str:
    """A name as it is compared: without case, hyphens, underscores and spaces."""
    return "".join(letter for letter in name.casefold() if letter not in "-_ ")


def named(name: str) -> Published | None:
    """The published data set of this name, or of this name for its folder."""
    for known in PUBLISHED.values():
        if forgiving(name) in {forgiving(alias) for alias in (known.name, *known.folders)}:
            return known
    return None


def compare(
    known: Published, sums: Mapping[str, str], source: str, strict: bool
) -> tuple[bool, tuple[str, ...]]:
    """Whether a copy, given by the MD5 of each content, is as published; and a note if not.

    Raises:
        DataError: It is not, and ``strict`` asks for no less.
    """
    different = [name for name, published in known.contents.items() if sums[name] != published]
    if not different:
        return True, ()
    note = (
        f"{source} is well-formed but not {known.title} as published: "
        f"{', '.join(different)} {'differs' if len(different) == 1 else 'differ'}."
    )
    if strict:
        raise DataError(note)
    return False, (note,)
