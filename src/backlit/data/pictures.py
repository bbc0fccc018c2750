"""One picture file, whatever its format, as eight-bit gray or RGB."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from backlit.data.files import reason
from backlit.errors import ConfigurationError, DataError

SUFFIXES = (
    *(".avif", ".bmp", ".gif", ".jfif", ".jpe", ".jpeg", ".jpg", ".pbm", ".pgm"),
    *(".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp"),
)
"""Endings, in lower case, of the files that are taken for pictures."""

_DEEP_MODES = frozenset({"I", "I;16", "I;16B", "I;16L", "I;16N"})  # one channel of 16 bits
_CLEAR_MODES = frozenset({"LA", "PA", "RGBA"})  # with transparency
_GRAY_MODES = _DEEP_MODES | {"1", "L", "LA"}
_TURNED = frozenset({5, 6, 7, 8})  # EXIF orientations that swap width and height
_ORIENTATION = 0x0112
# Formats of cameras.  In a PNG Pillow would have to decode the whole picture to find its EXIF data,
# and a TIFF it turns by itself.
_CAMERAS = frozenset({"JPEG", "MPO", "WEBP"})
_WHITE = (255, 255, 255, 255)


Source = Path | BinaryIO


@dataclass(frozen=True)
class Header:
    """What a picture's file says about it before it is decoded."""

    height: int
    width: int
    gray: bool


def read_header(path: Source) -> Header:
    """Size (as it is shown, turned upright) and kind of a picture.

    Raises:
        DataError: The file is not a picture that Pillow knows.
    """
    try:
        with Image.open(path) as image:
            width, height = image.size
            turned = image.format in _CAMERAS and image.getexif().get(_ORIENTATION) in _TURNED
            gray = image.mode in _GRAY_MODES or (image.mode == "P" and _has_gray_palette(image))
    except Exception as error:  # Pillow's readers raise nearly anything on damaged files
        raise _unreadable(path, error) from None
    return Header(width, height, gray) if turned else Header(height, width, gray)


def read_picture(
    path: Source, shape: tuple[int, int, int], *, pad: bool = False
) -> NDArray[np.uint8]:
    """A picture as ``uint8`` (C, H, W).

    It is turned upright (EXIF), laid on white where it is transparent, brought to eight bits,
    made gray (C = 1; luma 0.299 R + 0.587 G + 0.114 B) or RGB (C = 3), cut about its middle to
    the proportions H:W and scaled (bilinear, averaging over the area where it gets smaller).  A
    picture that has this size already is not touched.  Of a moving picture the first frame
    counts.

    Args:
        path: The file, or its contents as a stream.
        shape: (C, H, W).
        pad: Instead of cutting, put the picture into the middle of one with the proportions H:W,
            in the color that its border mostly has.

    Raises:
        ConfigurationError: C is neither 1 nor 3.
        DataError: The file cannot be decoded; the message names it.
    """
    channels, height, width = shape
    if channels not in (1, 3):
        raise ConfigurationError(f"a picture has 1 or 3 channels; {channels} were asked for")
    try:
        with Image.open(path) as image:
            # A JPEG can be decoded at 1/2, 1/4 or 1/8 of its size, which is much faster for
            # photographs; keep twice the size asked for, so that scaling still has to average.
            longest = 2 * max(height, width)
            image.draft(None, (longest, longest))
            upright = image if image.format == "TIFF" else ImageOps.exif_transpose(image)
            flat = _eight_bits(upright).convert("L" if channels == 1 else "RGB")
            return as_array(padded(flat, height, width) if pad else resized(flat, height, width))
    except Exception as error:  # Pillow's readers raise nearly anything on damaged files
        raise _unreadable(path, error) from None


def resized(image: Image.Image, height: int, width: int) -> Image.Image:
    """Cut about the middle to the proportions height:width, then scaled."""
    if image.size == (width, height):
        return image
    return ImageOps.fit(image, (width, height), method=Image.Resampling.BILINEAR)


def padded(image: Image.Image, height: int, width: int) -> Image.Image:
    """Scaled as a whole, and surrounded with the median of its border to height:width."""
    if image.size == (width, height):
        return image
    border = median_of_border(as_array(image))
    color = int(border[0]) if len(border) == 1 else tuple(int(value) for value in border)
    return ImageOps.pad(image, (width, height), method=Image.Resampling.BILINEAR, color=color)


def median_of_border(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """What the outermost pixels of (C, H, W) mostly are, channel by channel."""
    sides = (pixels[:, 0], pixels[:, -1], pixels[:, 1:-1, 0], pixels[:, 1:-1, -1])
    return np.median(np.concatenate(sides, axis=1), axis=1)


def framing(header: Header, shape: tuple[int, int, int], *, pad: bool = False) -> str:
    """What :func:`read_picture` does to a picture of other proportions: "cut to 20×20"; else "".

    The sizes are height×width, in pixels of the file.
    """
    _, height, width = shape
    if header.height * width == header.width * height:
        return ""
    too_wide = header.height * width < header.width * height
    if too_wide == pad:  # the width stays, the height follows from it
        new = max(1, round(header.width * height / width)), header.width
    else:
        new = header.height, max(1, round(header.height * width / height))
    if new == (header.height, header.width):
        return ""  # less than half a pixel
    return f"{'widened' if pad else 'cut'} to {new[0]}×{new[1]}"


def as_array(image: Image.Image) -> NDArray[np.uint8]:
    """An "L" or "RGB" image as (1, H, W) or (3, H, W)."""
    pixels = np.asarray(image, dtype=np.uint8)
    return (
        pixels[np.newaxis] if pixels.ndim == 2 else np.ascontiguousarray(pixels.transpose(2, 0, 1))
    )


def _eight_bits(image: Image.Image) -> Image.Image:
    """The same picture without depth beyond eight bits and without transparency."""
    if image.mode == "F":
        raise ValueError("its pixels are floating-point numbers of unknown range")
    if image.mode in _DEEP_MODES:
        deep = np.clip(np.asarray(image, dtype=np.int64), 0, 65535)
        return Image.fromarray(((deep + 128) // 257).astype(np.uint8))  # 65535 = 257 · 255
    if image.mode in _CLEAR_MODES or "transparency" in image.info:
        layer = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layer.size, _WHITE), layer)
    return image.convert("RGB") if image.mode != "L" else image


def _has_gray_palette(image: Image.Image) -> bool:
    colors = np.array(image.getpalette("RGB") or [], dtype=np.uint8).reshape(-1, 3)
    return bool((colors == colors[:, :1]).all())


def _unreadable(path: Source, error: Exception) -> DataError:
    name = path if isinstance(path, Path) else "The file"
    if isinstance(error, UnidentifiedImageError):
        cause = "its contents are of no format that Pillow knows"
    else:
        cause = reason(error)
    return DataError(f"{name} cannot be read as a picture: {cause}.")
