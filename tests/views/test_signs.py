"""Signs that a reader may not know yet are explained where they are first met, and once."""

import numpy as np
import pytest

from backlit.equations import conv2d, max_pool2d, operation
from backlit.views.explanation import render_explanation
from backlit.views.signs import signs
from backlit.views.story import render_story
from tests.explain.networks import CONVOLUTIONS, POOLS
from tests.views.rendering import plain_lines, words
from tests.views.test_story import STORIES


def test_the_signs_of_an_equation() -> None:
    convolution = conv2d(3, 1, 1, 1, 1)
    assert signs(convolution.gradients["weight"]) == {"Σ": "the sum over all values of n, i and j"}
    assert signs(operation("dense").gradients["bias"]) == {"Σ": "the sum over all values of n"}
    assert signs(operation("relu").gradients["input"]) == {"[X > 0]": "1 where X > 0, else 0"}
    assert list(signs(max_pool2d(2).gradients["input"])) == ["Σ", "[(h,w) wins (i,j)]"]
    assert signs(operation("relu").forward) == {}


@pytest.mark.parametrize("sign", ["Σ is the sum over", "[X > 0] is 1 where", "the loss L is small"])
def test_a_story_explains_each_sign_once(sign: str) -> None:
    text = words(plain_lines(render_story(STORIES[0]), 80))
    assert text.lower().count(sign.lower()) == 1


def test_an_explanation_explains_what_it_shows() -> None:
    trace = CONVOLUTIONS[0].trace()
    trace.recording.errors["conv1"][...] = 0.0
    trace.recording.errors["conv1"][0, 0, 0, 0] = np.float64(1.0)
    lines = plain_lines(render_explanation(trace["conv1.weight[0,0,0,0]"]), 80)
    text = words(lines)
    assert "Σ the sum over all values of n, i and j" in text
    assert "(· is exactly 0):" in text
    ascii_lines = plain_lines(render_explanation(trace["conv1.weight[0,0,0,0]"]), 80, "ascii")
    assert "(. is exactly 0):" in words(ascii_lines)


def test_a_pool_explains_its_brackets_in_its_condition_alone() -> None:
    text = words(plain_lines(render_explanation(POOLS[0].trace()["input[0,0,0,0]"]), 80))
    assert "[(h,w) wins (i,j)] is 1 if" in text
    assert "1 where" not in text


def test_ascii_stories_show_the_sign_that_they_explain() -> None:
    text = words(plain_lines(render_story(STORIES[0]), 80, "ascii"))
    assert "is in brackets, . is exactly 0, and 0 a number that rounds to it" in text
