"""The evaluator in the browser against the one in Python.

Elements of every array of four networks: the same terms, factor by factor, to the last bits.
"""

import json
import math
from collections.abc import Callable
from typing import Any

import pytest

from backlit.explain import Trace
from backlit.explain.address import elements
from backlit.web.bundle import script
from backlit.web.document import document
from tests.web.networks import NETWORKS, trace

_PROGRAM = """
const explained = (data, addresses) => {
  const model = new Model(data);
  return addresses.map((written) => {
    const found = model.explain(model.parse(written));
    const { total, engine, explained, value, gradient, parts } = found;
    const terms = parts.flatMap((part) => part.terms.map((term) => ({
      product: term.product,
      index: term.index,
      factors: term.factors.map((each) => [each.symbol, each.index, each.value]),
      sources: term.factors.map((each) => model.source(part, each)),
    })));
    return { total, engine, explained, value, gradient, terms };
  });
};
"""


def in_browser(opened: Callable[..., Any], one: Trace, addresses: list[str]) -> Any:
    """What the front end says of some numbers."""
    text = script().replace("</", "<\\/")
    page = opened(
        f'<!doctype html><link rel="icon" href="data:,"><script type="module">{text}{_PROGRAM}'
        "window.explained = explained;</script>"
    )
    page.wait_for_function("() => Boolean(window.explained)")
    given = json.loads(json.dumps(document(one, "a page")))
    return page.evaluate("([data, addresses]) => explained(data, addresses)", [given, addresses])


def some_of_each(one: Trace) -> list[str]:
    """Elements of every array: all of a small one, of another every so many."""
    found = []
    for name, shape in elements(one.graph, one.images).items():
        indices: list[tuple[int, ...]] = [()]
        for size in shape:
            indices = [(*index, k) for index in indices for k in range(size)]
        for index in indices[:: max(1, len(indices) // 12)]:
            found.append(f"{name}[{','.join(map(str, index))}]" if index else name)
    return found


@pytest.mark.parametrize("name", NETWORKS)
def test_every_number_has_the_same_terms(name: str, opened: Callable[..., Any]) -> None:
    one = trace(name)
    addresses = some_of_each(one)
    for address, ours in zip(addresses, in_browser(opened, one, addresses), strict=True):
        true = one[address]
        assert ours["explained"] == true.explained, address
        for what, number in (
            *(("engine", true.engine_value), ("value", true.value)),
            *((("gradient", true.gradient),) if true.gradient is not None else ()),
        ):
            assert ours[what] == pytest.approx(number, rel=1e-15, abs=0), (address, what)
        # Functions such as exp may differ in their last bit from one library to another.
        size = sum(abs(float(term.product)) for term in true.terms)
        assert ours["total"] == pytest.approx(true.total, abs=1e-13 * size), address
        assert len(ours["terms"]) == len(true.terms), address
        for own, term in zip(ours["terms"], true.terms, strict=True):
            assert own["index"] == term.index, address
            assert own["product"] == pytest.approx(float(term.product), rel=1e-11, abs=1e-300)
            assert [each[:2] for each in own["factors"]] == [
                [factor.symbol, list(factor.index)] for factor in term.factors
            ], address
            for each, factor in zip(own["factors"], term.factors, strict=True):
                assert each[2] == pytest.approx(float(factor.value), rel=1e-11, abs=1e-300)


def test_the_error_function(opened: Callable[..., Any]) -> None:
    """A GELU's tail is 1 + erf, where what is near −1 cancels: so close to 1 all digits count."""
    text = script().replace("</", "<\\/")
    page = opened(
        f'<!doctype html><link rel="icon" href="data:,"><script type="module">{text}'
        "window.erf = module_algebra.erf;</script>"
    )
    page.wait_for_function("() => Boolean(window.erf)")
    places = [k / 64 for k in range(-448, 449)]
    found = page.evaluate("places => places.map(window.erf)", places)
    for x, ours in zip(places, found, strict=True):
        units = 8 if abs(x) < 1.25 else 2  # in the last place of 1
        assert abs(ours - math.erf(x)) <= units * 2.0**-53, x
