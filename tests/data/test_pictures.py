import io
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from backlit.data.pictures import SUFFIXES, Header, framing, read_header, read_picture
from backlit.errors import ConfigurationError, DataError
from tests.data.makers import random_bytes

RGB = random_bytes(6, 9, 3)
GRAY = random_bytes(6, 9)


def save(path: Path, pixels: NDArray[Any], mode: str | None = None, **options: Any) -> Path:
    image = Image.fromarray(pixels)
    (image.convert(mode) if mode else image).save(path, **options)
    return path


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif", ".ppm"])
def test_a_picture_of_the_right_size_is_not_touched(tmp_path: Path, suffix: str) -> None:
    path = save(tmp_path / f"x{suffix}", RGB)
    picture = read_picture(path, (3, 6, 9))
    assert picture.dtype == np.uint8
    np.testing.assert_array_equal(picture, RGB.transpose(2, 0, 1))
    assert read_header(path) == Header(6, 9, gray=False)


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif", ".pgm"])
def test_a_gray_picture_stays_as_it_is_or_gets_three_equal_channels(
    tmp_path: Path, suffix: str
) -> None:
    path = save(tmp_path / f"x{suffix}", GRAY)
    assert read_header(path) == Header(6, 9, gray=True)
    np.testing.assert_array_equal(read_picture(path, (1, 6, 9))[0], GRAY)
    for channel in read_picture(path, (3, 6, 9)):
        np.testing.assert_array_equal(channel, GRAY)


def test_gray_is_the_luma_of_the_colors(tmp_path: Path) -> None:
    picture = read_picture(save(tmp_path / "x.png", RGB), (1, 6, 9))
    luma = RGB.astype(float) @ [0.299, 0.587, 0.114]
    # Pillow rounds the weights to 16 bits and the result to a whole number.
    assert np.abs(picture[0] - luma).max() <= 0.5 + 3 * 255 / 2**16


def test_every_ending_that_is_taken_for_a_picture_s_is_one_that_pillow_reads() -> None:
    Image.init()
    known = {suffix for suffix, kind in Image.EXTENSION.items() if kind in Image.OPEN}
    assert set(SUFFIXES) - known <= {".avif"}  # only newer versions of Pillow have it


@pytest.mark.parametrize("kind", ["WEBP", "TIFF", "PNG"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_photographs_are_turned_upright(tmp_path: Path, orientation: int, kind: str) -> None:
    upright = np.zeros((4, 6), dtype=np.uint8)
    upright[0, 0], upright[0, 5] = 200, 100
    # How a camera held that way would have stored it, by the EXIF standard's table.
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.T,
        6: upright.T[::-1],
        7: upright.T[::-1, ::-1],
        8: upright.T[:, ::-1],
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "x"
    image = Image.fromarray(np.ascontiguousarray(stored)).convert("RGB")
    image.save(path, kind, exif=exif, lossless=True)
    if kind == "WEBP":  # a camera's format
        assert read_header(path) == Header(4, 6, gray=False)
    np.testing.assert_array_equal(read_picture(path, (1, 4, 6))[0], upright)


def test_what_is_transparent_shows_white(tmp_path: Path) -> None:
    rgba = np.dstack([RGB, np.full((6, 9), 255, dtype=np.uint8)])
    rgba[2, 3] = (10, 20, 30, 0)
    rgba[4, 5] = (0, 0, 0, 51)  # a fifth of black over four fifths of white
    picture = read_picture(save(tmp_path / "x.png", rgba), (3, 6, 9))
    assert picture[:, 2, 3].tolist() == [255, 255, 255]
    assert picture[:, 4, 5].tolist() == [204, 204, 204]
    np.testing.assert_array_equal(picture[:, 0, 0], RGB[0, 0])


def test_a_transparent_gray_picture_is_gray(tmp_path: Path) -> None:
    clear = np.dstack([GRAY, np.full((6, 9), 255, dtype=np.uint8)])
    clear[0, 0] = (0, 0)
    path = tmp_path / "x.png"
    Image.frombytes("LA", (9, 6), clear.tobytes()).save(path)
    assert read_header(path).gray
    picture = read_picture(path, (1, 6, 9))[0]
    assert picture[0, 0] == 255
    np.testing.assert_array_equal(picture[1:], GRAY[1:])


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "P"])
def test_a_color_declared_transparent_shows_white(tmp_path: Path, mode: str) -> None:
    pixels = np.zeros((4, 4, 3), dtype=np.uint8)
    pixels[1, 1] = 255
    image = Image.fromarray(pixels).convert(mode)
    black = image.getpixel((0, 0))
    path = tmp_path / "x.png"
    image.save(path, transparency=black)
    assert (read_picture(path, (1, 4, 4)) == 255).all()


def test_palettes_are_looked_up_and_known_for_gray(tmp_path: Path) -> None:
    colored = tmp_path / "colored.png"
    image = Image.fromarray(RGB[:, :, 0] % 4).convert("P")
    image.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9])
    image.save(colored)
    assert not read_header(colored).gray
    expected = np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [9, 9, 9]])[RGB[:, :, 0] % 4]
    np.testing.assert_array_equal(read_picture(colored, (3, 6, 9)), expected.transpose(2, 0, 1))
    gray = tmp_path / "gray.gif"
    Image.fromarray(GRAY).convert("P").save(gray)
    assert read_header(gray).gray
    np.testing.assert_array_equal(read_picture(gray, (1, 6, 9))[0], GRAY)


def test_sixteen_bits_become_eight_over_the_whole_range(tmp_path: Path) -> None:
    deep = np.array([[0, 128, 129, 257, 32768, 65406, 65407, 65535]], dtype=np.uint16)
    for name in ("x.png", "x.tif"):
        path = save(tmp_path / name, deep)
        assert read_header(path) == Header(1, 8, gray=True)
        # round(v / 257): 65535 becomes 255, and no value is cut off at 255.
        assert read_picture(path, (1, 1, 8)).ravel().tolist() == [0, 0, 1, 1, 128, 254, 255, 255]


def test_black_and_white_is_0_and_255(tmp_path: Path) -> None:
    path = save(tmp_path / "x.png", (GRAY > 127).astype(np.uint8) * 255, mode="1")
    assert read_header(path).gray
    np.testing.assert_array_equal(read_picture(path, (1, 6, 9))[0], (GRAY > 127) * 255)


def test_the_four_inks_of_print_become_three_colors(tmp_path: Path) -> None:
    inks = np.zeros((2, 2, 4), dtype=np.uint8)
    inks[0, 0] = (255, 0, 0, 0)  # cyan
    inks[1, 1] = (0, 0, 0, 255)  # black
    path = tmp_path / "x.tif"
    Image.frombytes("CMYK", (2, 2), inks.tobytes()).save(path)
    picture = read_picture(path, (3, 2, 2))
    assert picture[:, 0, 0].tolist() == [0, 255, 255]
    assert picture[:, 1, 1].tolist() == [0, 0, 0]
    assert picture[:, 0, 1].tolist() == [255, 255, 255]


def test_of_a_moving_picture_the_first_frame_counts(tmp_path: Path) -> None:
    frames = [Image.fromarray(np.full((4, 4), value, dtype=np.uint8)) for value in (50, 200)]
    frames[0].save(tmp_path / "x.gif", save_all=True, append_images=frames[1:])
    assert (read_picture(tmp_path / "x.gif", (1, 4, 4)) == 50).all()


def test_scaling_down_averages_and_keeps_the_middle(tmp_path: Path) -> None:
    checks = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype(np.uint8)
    picture = read_picture(save(tmp_path / "x.png", checks), (1, 8, 8))
    # Every other pixel is 255; taking single pixels would leave only 0 and 255.
    assert np.abs(picture.astype(int) - 127).max() <= 4
    wide = np.zeros((10, 30), dtype=np.uint8)
    wide[:, 10:20] = 255  # the middle third is all that a square keeps
    assert (read_picture(save(tmp_path / "wide.png", wide), (1, 10, 10)) == 255).all()


def test_large_photographs_are_decoded_small_with_the_same_look(tmp_path: Path) -> None:
    rows, columns = np.mgrid[0:600, 0:800]
    photo = np.dstack([rows / 3, columns / 4, (rows + columns) / 6]).astype(np.uint8)
    lossy, exact = save(tmp_path / "x.jpg", photo, quality=95), save(tmp_path / "x.png", photo)
    difference = read_picture(lossy, (3, 24, 32)).astype(int) - read_picture(exact, (3, 24, 32))
    assert np.abs(difference).max() <= 3  # of 255, for a smooth picture at this quality


@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 30, 2), (1, 2, 30), (3, 13, 17)])
def test_any_size_can_be_asked_for(tmp_path: Path, shape: tuple[int, int, int]) -> None:
    assert read_picture(save(tmp_path / "x.png", RGB), shape).shape == shape


def test_other_numbers_of_channels_cannot_be_asked_for(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="1 or 3 channels; 4 were asked for"):
        read_picture(save(tmp_path / "x.png", RGB), (4, 6, 9))


def test_floating_point_pictures_are_refused(tmp_path: Path) -> None:
    path = save(tmp_path / "x.tif", np.zeros((3, 3), dtype=np.float32))
    with pytest.raises(
        DataError, match=r"x\.tif cannot be read as a picture: its pixels are float"
    ):
        read_picture(path, (1, 3, 3))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    for read in (read_header, lambda path: read_picture(path, (1, 3, 3))):
        with pytest.raises(DataError, match=r"absent\.png cannot be read .* No such file"):
            read(tmp_path / "absent.png")


def test_a_file_that_is_no_picture_is_named(tmp_path: Path) -> None:
    path = tmp_path / "ünïcode 猫.jpg"
    path.write_text("<html>404 not found</html>")
    for read in (read_header, lambda path: read_picture(path, (1, 3, 3))):
        with pytest.raises(DataError, match=re.escape(f"{path} cannot be read as a picture: its")):
            read(path)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM"])
def test_damaged_pictures_are_read_or_refused_by_name(tmp_path: Path, kind: str) -> None:
    buffer = io.BytesIO()
    Image.fromarray(random_bytes(24, 24, 3)).save(buffer, kind)
    whole = buffer.getvalue()
    path = tmp_path / "damaged.img"
    generator = np.random.default_rng(0)
    versions = [whole[:length] for length in range(0, len(whole), 1 + len(whole) // 40)]
    for _ in range(60):
        changed = bytearray(whole)
        changed[generator.integers(len(whole))] ^= 1 << generator.integers(8)
        versions.append(bytes(changed))
    complaints = []
    for data in versions:
        path.write_bytes(data)
        complaints += complaint(path, (3, 24, 24))
    assert len(complaints) >= 20  # half of the cut ones at least
    for said in complaints:
        assert said.startswith(f"{path} cannot be read as a picture: ")
        assert "\n" not in said


def complaint(path: Path, shape: tuple[int, int, int]) -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of some damage that it can mend
        try:
            assert read_picture(path, shape).shape == shape
        except DataError as error:
            return [str(error)]
    return []


@pytest.mark.parametrize(
    ("size", "shape", "cut", "widened"),
    [
        ((60, 20), (8, 8), "cut to 20×20", "widened to 60×60"),
        ((20, 60), (8, 8), "cut to 20×20", "widened to 60×60"),
        ((30, 30), (10, 20), "cut to 15×30", "widened to 30×60"),
        ((10, 30), (20, 10), "cut to 10×5", "widened to 60×30"),
        ((16, 16), (8, 8), "", ""),
        ((20, 40), (10, 20), "", ""),
        ((8, 8), (1000, 999), "", ""),
    ],
)
def test_what_is_done_to_other_proportions_is_said(
    size: tuple[int, int], shape: tuple[int, int], cut: str, widened: str
) -> None:
    header = Header(*size, gray=True)
    assert framing(header, (1, *shape)) == cut
    assert framing(header, (1, *shape), pad=True) == widened


@pytest.mark.parametrize("turned", [False, True])
def test_a_picture_can_be_widened_with_its_background(tmp_path: Path, turned: bool) -> None:
    """Nothing of it is lost, and what is added looks like its border."""
    pixels = np.full((12, 4), 30, dtype=np.uint8)
    pixels[4:8, 1:3] = 200
    pixels[0, 0] = 255  # one odd pixel is no background
    expected = np.full((12, 12), 30, dtype=np.uint8)
    expected[:, 4:8] = pixels
    path = save(tmp_path / "x.png", pixels.T if turned else pixels)
    picture = read_picture(path, (1, 12, 12), pad=True)
    np.testing.assert_array_equal(picture[0], expected.T if turned else expected)
    colored = read_picture(path, (3, 12, 12), pad=True)
    np.testing.assert_array_equal(colored, [expected.T if turned else expected] * 3)


@pytest.mark.parametrize("place", ["README.md", "src/backlit/cli/train.py"])
def test_the_formats_that_are_named_are_those_that_are_read(place: str) -> None:
    text = (Path(__file__).parents[2] / place).read_text("utf-8")
    named = re.search(r"\(?(PNG, JPEG, [\w, ]*(?:PPM|PGM)\w*)", text)
    assert named, "the formats of pictures are not named"
    formats = [each for each in re.findall(r"[A-Z]\w+", named[1]) if each != "PNG"]
    assert len(formats) >= 7
    assert {f".{each.lower()}" for each in ("PNG", *formats)} <= {*SUFFIXES, ".tiff"}
