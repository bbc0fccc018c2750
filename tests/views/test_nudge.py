import numpy as np
import pytest

import backlit as bl
from backlit.equations import format_number
from backlit.views.nudge import render_nudge, render_update
from tests.explain.networks import BRANCHES, CONVOLUTIONS
from tests.views.rendering import plain_lines, widest, words

WEIGHT = CONVOLUTIONS[0].trace()["conv1.weight[1,0,2,1]"]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_nudge(width: int) -> None:
    nudge = WEIGHT.nudge(0.01)
    lines = plain_lines(render_nudge(nudge), width)
    assert widest(lines) <= width
    text = words(lines)
    assert text.startswith("The nudge: conv1.weight[1,0,2,1] loss with ")
    for number in (nudge.loss_minus, nudge.loss, nudge.loss_plus, nudge.measured, nudge.gradient):
        assert format_number(number, 10) in text
    assert "measured: difference / 0.02" in text
    assert nudge.sentence in text


def test_switches_are_listed() -> None:
    nudge = BRANCHES[0].trace()["conv1.weight[0,0,1,1]"].nudge(0.3)
    assert max(each.count for each in nudge.kinks) > 3
    text = words(plain_lines(render_nudge(nudge), 80))
    for each in nudge.kinks:
        first = str(list(each.places[0])).replace(" ", "")
        more = f" and {each.count - 3} more" if each.count > 3 else ""
        assert f"switched in {each.layer}: {first}" in text
        assert more in text


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("optimizer", [bl.SGD(0.1, momentum=0.9), bl.AdamW(0.01)], ids=repr)
def test_an_update(optimizer: bl.SGD | bl.AdamW, width: int) -> None:
    update = WEIGHT.update(optimizer)
    lines = plain_lines(render_update(update), width)
    assert widest(lines) <= width
    text, place = words(lines), 0
    for line in update.lines:
        result = format_number(line.value, line.digits)
        place = text.index(f"{line.symbol} ← {line.equation} = {line.numbers} = {result}", place)
    assert update.sentence in text
    plain = plain_lines(render_update(update), width, "ascii")
    assert widest(plain) <= width
    assert "?" not in "".join(plain)


def test_a_width_of_ones_own() -> None:
    long = " ".join(["word"] * 60)
    nudge = WEIGHT.nudge()
    assert len(nudge.sentence) < len(long)
    assert widest(plain_lines(render_nudge(nudge, width=50), 120)) <= 50
    assert widest(plain_lines(render_update(WEIGHT.update(), width=45), 120)) <= 45
    assert np.isfinite(nudge.measured)
