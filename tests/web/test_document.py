"""What a page is told beside the numbers themselves."""

import json
import re
from typing import Any

import numpy as np

import backlit as bl
from backlit.explain import Trace, explain
from backlit.web import page
from backlit.web.document import document
from backlit.web.requests import Edit, ViewRequest
from tests.web.networks import NETWORKS, trace
from tests.web.serving import live

COLORS = bl.Normalization((0.1, 0.2, 0.3), (0.5, 1.0, 2.0))


def colors(normalization: bl.Normalization | None) -> Trace:
    shape, layers = NETWORKS["color"]
    net = bl.Network(shape, layers, engine="pure", normalization=normalization)
    return explain(net, np.zeros((1, *shape)), [0])


def in_page(text: str) -> Any:
    found = re.search(r'id="document">(.*?)</script>', text)
    assert found
    return json.loads(found.group(1))


def test_what_black_and_white_became() -> None:
    told = document(colors(COLORS), "run")["normalization"]
    assert told == {"mean": [0.1, 0.2, 0.3], "std": [0.5, 1.0, 2.0]}
    assert in_page(page(colors(COLORS), "run"))["normalization"] == told


def test_without_a_normalization_there_is_none_to_tell() -> None:
    assert document(colors(None), "run")["normalization"] is None


def test_a_trace_keeps_the_normalization_that_it_was_made_with() -> None:
    shape, layers = NETWORKS["color"]
    net = bl.Network(shape, layers, engine="pure", normalization=COLORS)
    one = explain(net, np.zeros((1, *shape)), [0])
    net.normalization = None
    assert document(one, "run")["normalization"] == COLORS.to_config()


def test_a_served_page_knows_it_of_every_network() -> None:
    one = live()
    told = {"mean": [0.5], "std": [0.25]}
    edited = ViewRequest(edits=(Edit("conv1.weight[0,0,0,0]", 1.0),))
    for request in (ViewRequest(), ViewRequest(at_step=0), edited):
        found = one.document(request)
        assert found["normalization"] == told
        assert found["live"]["normalization"] == told


def test_a_note() -> None:
    said = "Sure, and wrong: 1 < 2 & </script>."
    assert document(trace("digits"), "run")["note"] == ""
    assert document(trace("digits"), "run", note=said)["note"] == said
    assert in_page(page(trace("digits"), "run"))["note"] == ""
    assert in_page(page(trace("digits"), "run", note=said))["note"] == said
    assert in_page(page(trace("digits"), "run", note="\ud800"))["note"] == "?"


def test_without_a_run_there_is_no_course() -> None:
    document = in_page(page(trace("digits"), "no run"))
    assert document["course"] is None
    assert document["update_report"]["update"] is None
