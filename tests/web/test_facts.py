"""The page goes by what a layer is like, not by what its class is called."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from backlit import layers
from backlit.explain import Trace
from backlit.explain.address import addressable_shapes
from backlit.web import page
from tests.web.networks import trace


def renamed(text: str) -> str:
    """The page with other class names: each is itself, written twice."""
    names = "|".join(layers.LAYERS)
    found, count = re.subn(f'"kind": "({names})"', r'"kind": "\1\1"', text)
    assert count > 5
    return found


def places(one: Trace) -> Iterator[str]:
    """The middle of every array, in the view that shows most of it, and in the story."""
    for name, shape in addressable_shapes(one.graph, one.images).items():
        index = ",".join(str(size // 2) for size in shape)
        written = f"{name}[{index}]" if index else name
        yield f"#best/{written}/0"
        if one.address(written).is_parameter:
            yield f"#story/{written}/0"


@pytest.mark.parametrize("name", ["color", "residual"])
def test_class_names_decide_nothing(name: str, opened: Callable[..., Any]) -> None:
    one = trace(name)
    text = page(one, "run")

    def shown(html: str) -> list[str]:
        tab = opened(html)
        texts = []
        for place in places(one):
            tab.evaluate("place => { location.hash = place; }", place)
            tab.wait_for_timeout(30)
            texts.append(tab.locator("main").inner_text())
        return texts

    before, after = shown(text), shown(renamed(text))
    assert len(set(before)) > len(before) // 2  # not always the same view
    names = "|".join(layers.LAYERS)
    assert [re.sub(rf"\b({names})\1\b", r"\1", each) for each in after] == before
