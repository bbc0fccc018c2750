"""One explained number, for a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from rich.console import Console, ConsoleOptions, RenderResult

from backlit.equations import format_number, symbol_text
from backlit.errors import ConfigurationError
from backlit.explain import Address, Explanation, Part
from backlit.explain.explanation import magnitude
from backlit.network.graph import INPUT

from .maps import show_grid
from .page import Page, page_for
from .palette import style_of
from .signs import NORMALIZED, signs
from .styles import FAINT, STRONG
from .subtotals import show_subtotals
from .terms import show_terms

ORDERS = {"largest": "the largest first", "loop": "in the order of the sum"}


@dataclass(frozen=True)
class ExplanationView:
    """A rich renderable; as wide as the terminal, in signs that it can show."""

    explanation: Explanation
    width: int | None = None
    terms: int = 8
    order: str = "largest"

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        page = page_for(options, self.width)
        show_explanation(page, self.explanation, self.terms, self.order)
        yield from page.lines


def render_explanation(
    explanation: Explanation, width: int | None = None, terms: int = 8, order: str = "largest"
) -> ExplanationView:
    """An explanation as a rich renderable.

    Args:
        explanation: from ``trace[...]``.
        width: the widest line; by default that of the terminal, at most 100.
        terms: how many terms are listed.
        order: of the terms: "largest" (first) or "loop", as the equation's sum runs.

    Raises:
        ConfigurationError: another order.
    """
    if order not in ORDERS:
        raise ConfigurationError(f"the order of terms is {' or '.join(ORDERS)}, not {order!r}")
    return ExplanationView(explanation, width, terms, order)


def show_explanation(page: Page, explanation: Explanation, terms: int, order: str) -> None:
    """The value, the equation, the numbers, the terms, and how far they lie from the engine."""
    _head(page, explanation)
    page.say(explanation.sentence, 2)
    for part in explanation.parts:
        _equation(page, part, with_layer=len(explanation.parts) > 1)
    if len(explanation.parts) > 1:
        page.blank()
        page.formula(explanation.numbers, 2)
    page.blank()
    pairs = [(part, term) for part in explanation.parts for term in part.terms]
    if order == "largest":
        pairs.sort(key=lambda pair: -magnitude(pair[1]))
    if explanation.nothing:
        page.say(explanation.nothing, 2)
        page.blank()
    elif len(pairs) > 1:
        page.say(f"The {len(pairs):,} terms, {ORDERS[order]}:", 2)
        show_terms(page, pairs, explanation.total, terms, 2)
        page.blank()
    if not explanation.nothing:
        _subtotals(page, explanation)
    _agreement(page, explanation)
    for note in explanation.notes:
        page.say(f"Note: {note}", 2, hanging=6)


def _head(page: Page, explanation: Explanation) -> None:
    address, gradient = explanation.address, explanation.gradient
    page.add((str(address), STRONG), (" = ", ""), (format_number(explanation.value), STRONG))
    if address.quantity == "error":
        output = Address(address.owner, "" if address.owner == INPUT else "output", address.index)
        page.add((f"which is dL/d of {output}: {_meaning(explanation.value)}", ""), indent=2)
    elif gradient is not None and not address.is_result:
        page.add(
            ("its gradient dL/d = ", ""),
            (format_number(gradient), STRONG),
            (f": {_meaning(gradient)}", ""),
            indent=2,
        )
    page.blank()


def _meaning(gradient: float) -> str:
    if gradient == 0:
        return "the loss L does not move with it"
    return f"the loss L {'grows' if gradient > 0 else 'falls'} as this number grows"


def _equation(page: Page, part: Part, with_layer: bool) -> None:
    page.blank()
    if with_layer:
        page.say(f"through {part.layer}:", 2)
    page.formula(part.equation, 4)
    page.formula(part.numbers, 4)
    for condition in part.equation.conditions:
        page.formula(condition, 6)
    for sentence in part.evaluation.conditions:
        page.say(sentence, 6, FAINT)
    page.entries(_letters(part), 4)


def _letters(part: Part) -> list[tuple[str, str, str]]:
    """Arrays by their address here, then the indices, with the numbers of this element."""
    arrays, letters = [], []
    left = dict(_left_indices(part))
    for role, words in part.equation.letters.items():
        kind, symbol = role.partition(":")[0], symbol_text(role)
        if symbol in part.arrays:
            arrays.append((symbol, style_of(role), _array(part, symbol, kind, words)))
        elif kind == "index":
            value = f" = {left[symbol]}" if symbol in left else ""
            letters.append((symbol + value, style_of(role), _with_sizes(words, part)))
        elif (size := part.evaluation.sizes.get(symbol)) is not None:
            letters.append((f"{symbol} = {size}", style_of(role), words))
        elif kind != "option":
            arrays.append((symbol, style_of(role), words))  # worked out from the others
    return [*arrays, *letters, *_signs(part)]


def _signs(part: Part) -> list[tuple[str, str, str]]:
    """The signs that no condition below the equation explains."""
    said = " ".join(condition.text() for condition in part.equation.conditions)
    return [(sign, "", words) for sign, words in signs(part.equation).items() if sign not in said]


def _array(part: Part, symbol: str, kind: str, words: str) -> str:
    array = part.arrays[symbol]
    if kind == "gradient":
        return f"{array}, the gradient"
    if kind == "error":
        base = part.arrays.get(symbol.removeprefix("d"), "")
        return f"{array}, dL/d of {base}" if base else array
    if array == INPUT:
        return f"{words}: the pixels as the network sees them, {NORMALIZED}"
    return words if words.startswith(array) else f"{array}, {words}"


def _left_indices(part: Part) -> list[tuple[str, int]]:
    """The letters of the left-hand side, with the numbers of this element."""
    places = part.equation.left.indices or ()
    letters = [place.letter for place in places]
    return [
        (letter.symbol, value)
        for letter, value in zip(letters, part.evaluation.index, strict=False)
        if letter is not None
    ]


def _with_sizes(words: str, part: Part) -> str:
    """What an index means, "image in the batch, 0 to N−1", with the number of images put in."""
    start, found, last = words.partition(", 0 to ")
    sizes = [part.evaluation.sizes.get(each) for each in last.removesuffix("−1").split("·")]
    if not found or None in sizes:
        return words
    size = prod(filter(None, sizes))
    return f"{start}, 0 to {size - 1:,}" if size > 1 else f"{start}, always 0"


def _subtotals(page: Page, explanation: Explanation) -> None:
    images, channels = explanation.by_image, explanation.by_channel
    if 1 < len(images) < len(explanation.terms):
        show_subtotals(page, f"Added up image by image ({len(images):,})", images, indent=2)
        page.blank()
    if not images and 1 < len(channels) < len(explanation.terms):
        what = "filter by filter" if "o" in channels[0].index else "channel by channel"
        show_subtotals(page, f"Added up {what} ({len(channels):,})", channels, indent=2)
        page.blank()
    if images and explanation.address.quantity == "weight" and explanation.position_map:
        show_grid(page, explanation.position_map, 2, explain_zero=True)
        page.blank()


def _agreement(page: Page, explanation: Explanation) -> None:
    found = explanation.agreement
    name = "sum of the terms" if len(explanation.terms) > 1 else "by the equation"
    rows = [(name, found.total), ("the engine's own value", found.engine)]
    for name, value in rows:
        page.add((f"{name:<24}", ""), (f"{value!r}".replace("-", "−"), STRONG), indent=2)
    page.add(
        (f"{'difference':<24}", ""),
        (format_number(found.difference, 2), STRONG),
        (f"   ({found.verdict})", FAINT),
        indent=2,
    )
