"""Numbers read back from a page."""

import time
from collections.abc import Callable
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


def frames(shown: Any, name: str, kind: str) -> list[tuple[int, ...]]:
    """The rectangles around cells of a map: first row, first column, rows, columns."""
    found = shown.locator(f'svg[aria-label^="{name}"]').first.evaluate(
        """(map, kind) => {
            const size = +map.querySelector("rect.cell").getAttribute("width");
            const edge = map.querySelector("rect.edge");
            const of = (e, name) => +e.getAttribute(name);
            return [...map.querySelectorAll(`rect.frame.${kind}`)].map((e) => [
                (of(e, "y") - 1 - of(edge, "y")) / size,
                (of(e, "x") - 1 - of(edge, "x")) / size,
                (of(e, "height") + 2) / size,
                (of(e, "width") + 2) / size,
            ]);
        }""",
        kind,
    )
    return [tuple(round(number) for number in each) for each in found]


def border(shown: Any, name: str) -> tuple[int, ...]:
    """How many cells of padding a map has: above, below, left, right."""
    found = shown.locator(f'svg[aria-label^="{name}"]').first.evaluate(
        """(map) => {
            const size = +map.querySelector("rect.cell").getAttribute("width");
            const edge = map.querySelector("rect.edge");
            const of = (e, name) => +e.getAttribute(name) / size;
            const [above, left] = [of(edge, "y"), of(edge, "x")];
            return [
                above,
                of(map, "height") - above - of(edge, "height"),
                left,
                of(map, "width") - left - of(edge, "width"),
            ];
        }"""
    )
    return tuple(round(number) for number in found)


def selected(shown: Any) -> str:
    """The number that is looked at."""
    return str(shown.locator(".selected input").input_value())


def unfolded(shown: Any) -> Any:
    """The steps of a story, all of them open."""
    shown.get_by_role("button", name="Open all steps").click()
    return shown.locator(".steps")


def guesses(shown: Any) -> list[float]:
    """The probabilities on the page, in per cent."""
    texts = shown.locator(".guesses .value").all_inner_texts()
    return [float(text.strip("<> %")) for text in texts]


def soon(holds: Callable[[], Any]) -> None:
    """Wait until the page has come so far."""
    for _ in range(400):
        if holds():
            return
        time.sleep(0.05)
    assert holds()
