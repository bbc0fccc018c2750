"""Numbers read back from a page."""

from typing import Any

import numpy as np


def number(text: str) -> float:
    """A number as the page writes it."""
    powers = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
    mantissa, _, power = text.replace("−", "-").partition("·10")
    return float(mantissa) * 10.0 ** int(power.translate(powers) or 0)


def near(shown: str, true: Any, digits: int = 4) -> bool:
    """Whether what is shown is the number, to so many digits."""
    return abs(number(shown) - float(true)) <= 0.51 * 10.0 ** (1 - digits) * abs(float(true))


def cells(shown: Any, name: str) -> np.ndarray[Any, Any]:
    """The numbers of a map on the page."""
    rects = shown.locator(f'svg[aria-label^="{name}"] rect.cell')
    found = rects.evaluate_all(
        "all => all.map(e => [+e.dataset.row, +e.dataset.column, +e.dataset.value])"
    )
    assert found, name
    height, width = (int(max(each[k] for each in found)) + 1 for k in (0, 1))
    numbers = np.full((height, width), np.nan)
    for row, column, value in found:
        numbers[int(row), int(column)] = value
    return numbers
