"""An ejected program reads pictures as ``backlit predict`` does."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import backlit as bl
from backlit import eject
from backlit.data.prediction import load_image
from backlit.network.ejecting import describe
from tests.eject.networks import network
from tests.eject.test_python import program
from tests.web.node import node


def drawn(height: int, width: int, color: bool) -> Image.Image:
    """A picture with soft and hard edges on a light ground."""
    rows, columns = np.mgrid[0:height, 0:width]
    dark = ((rows - height / 2) ** 2 + (columns - width / 3) ** 2) < (min(height, width) / 3) ** 2
    gray = np.where(dark, 30 + 3 * rows % 50, 225 + (5 * columns + rows) % 23).astype(np.uint8)
    if not color:
        return Image.fromarray(gray)
    return Image.fromarray(np.stack([gray, np.roll(gray, 2, 1), 255 - gray], axis=2))


def plain(image: Image.Image) -> bytes:
    """The same picture as numbers, with a comment."""
    pixels = np.asarray(image)
    kind = "P3" if pixels.ndim == 3 else "P2"
    height, width = pixels.shape[:2]
    numbers = " ".join(map(str, pixels.ravel().tolist()))
    return f"{kind} # drawn\n{width} {height}\n# by a test\n255\n{numbers}\n".encode()


def binary(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PPM")
    return file.getvalue()


def programs(channels: int, pads: bool) -> tuple[bl.Network, eject.Description]:
    net = network([bl.Flatten(), bl.Dense(3)], (channels, 8, 6))
    return net, describe(net, pads=pads)


SIZES = [(8, 6), (16, 12), (40, 41), (11, 30), (5, 4), (3, 9)]


@pytest.mark.parametrize("pads", [False, True], ids=["cut", "widened"])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("color", [False, True], ids=["gray", "color"])
def test_python_reads_what_backlit_reads(
    channels: int, color: bool, pads: bool, tmp_path: Path
) -> None:
    net, description = programs(channels, pads)
    read = program(eject.write(description, "python"))["read_picture"]
    for height, width in SIZES:
        image = drawn(height, width, color)
        for content in (plain(image), binary(image)):
            file = tmp_path / "picture.pnm"
            file.write_bytes(content)
            expected = load_image(file, (channels, 8, 6), normalization=net.normalization, pad=pads)
            found = np.array(read(str(file))).reshape(channels, 8, 6)
            # Pillow's weights are whole numbers of 2^-22, which may round a tie otherwise; where a
            # picture is enlarged, a mean is often a tie.
            assert np.abs(found - expected.astype(int)).max() <= 1, (height, width)
            assert (found == expected).mean() > 0.9


def test_javascript_reads_what_python_reads(tmp_path: Path) -> None:
    driver = tmp_path / "driver.mjs"
    driver.write_text(
        'import { readFileSync } from "node:fs";\n'
        "const [module, ...files] = process.argv.slice(2);\n"
        "const { read_picture } = await import(module);\n"
        "console.log(JSON.stringify(files.map((file) => read_picture(readFileSync(file)))));\n",
        encoding="utf-8",
    )
    for channels in (1, 3):
        for pads in (False, True):
            _, description = programs(channels, pads)
            read = program(eject.write(description, "python"))["read_picture"]
            module = tmp_path / f"cnn{channels}{pads}.mjs"
            module.write_text(eject.write(description, "javascript"), encoding="utf-8")
            files = []
            for number, (height, width) in enumerate(SIZES):
                image = drawn(height, width, color=number % 2 == 0)
                for kind in (plain, binary):
                    files.append(tmp_path / f"{number}.{kind.__name__}")
                    files[-1].write_bytes(kind(image))
            done = subprocess.run(
                [node(), driver, module, *files], capture_output=True, text=True, check=True
            )
            assert json.loads(done.stdout) == [read(str(file)) for file in files]


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"P5", b"GIF89a 1 2 3", b"P5\n4 4\n255\nabc", b"P2\n2 2\n255\n1 2 3"),
        *(b"P2\n0 0\n255\n", b"P5\n-2 -2\n255\nabcd", b"P5\n2 2\n-255\nabcd"),
        *(b"P2\n2 2\n255\n1 -2 3 4", b"P5\n0x2 2\n255\nabcd", b"\xff" * 300_000),
    ],
)
def test_what_is_no_picture_is_refused(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, description = programs(1, False)
    main: Any = program(eject.write(description, "python"))["main"]
    file, module = tmp_path / "x.pgm", tmp_path / "cnn.mjs"
    file.write_bytes(content)
    module.write_text(eject.write(description, "javascript"), encoding="utf-8")
    done = subprocess.run(
        [node(), module, "predict", file], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "picture" in done.stderr
    assert main(["predict", str(file)]) == 1
    assert main(["predict", str(tmp_path / "none.pgm")]) == 1
    printed = capsys.readouterr()
    assert (printed.out, printed.err.count("\n")) == ("", 2)


def test_deep_pictures_have_two_bytes_a_pixel(tmp_path: Path) -> None:
    _, description = programs(1, False)
    read = program(eject.write(description, "python"))["read_picture"]
    deep = (np.arange(48).reshape(8, 6) * 1300).astype(">u2")
    (tmp_path / "deep.pgm").write_bytes(b"P5\n6 8\n65535\n" + deep.tobytes())
    assert read(str(tmp_path / "deep.pgm")) == [
        round(255 * x / 65535) for x in deep.ravel().tolist()
    ]


@pytest.mark.parametrize("content", [b"P2\n2 2\n9\n1 2 10 3\n", b"P5\n2 2\n9\n\x01\x02\x0a\x03"])
def test_a_value_above_the_maximum_is_refused(content: bytes, tmp_path: Path) -> None:
    _, description = programs(1, False)
    file, module = tmp_path / "x.pgm", tmp_path / "cnn.mjs"
    file.write_bytes(content)
    with pytest.raises(ValueError, match="a value of 10, above its maximum of 9"):
        program(eject.write(description, "python"))["read_picture"](str(file))
    module.write_text(eject.write(description, "javascript"), encoding="utf-8")
    words = [node(), str(module), "predict", str(file)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "above its stated maximum" in done.stderr


@pytest.mark.parametrize("content", [None, b"abc"], ids=["missing", "misshapen"])
@pytest.mark.parametrize("target", ["python", "numpy", "javascript"])
def test_weights_that_are_not_there_are_one_sentence(
    target: str, content: bytes | None, tmp_path: Path
) -> None:
    description = replace(programs(1, False)[1], weights="cnn.weights")
    file = tmp_path / f"cnn{eject.target_of(target).suffix}"
    file.write_text(eject.write(description, target), encoding="utf-8")
    if content is not None:
        (tmp_path / "cnn.weights").write_bytes(content)
    words = [node() if target == "javascript" else sys.executable, str(file), "test"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "weights" in done.stderr
    (tmp_path / "cnn.weights").write_bytes(eject.weights(description))
    assert subprocess.run(words, capture_output=True, cwd="/", check=False).returncode == 0
