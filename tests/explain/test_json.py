"""What programs read: plain JSON, with keys that stay."""

import json
import math
from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit.explain import Trace
from backlit.explain.words import json_number, json_rows
from tests.explain.networks import BRANCHES, CONVOLUTIONS, MODES

RESIDUAL = BRANCHES[0].trace()
PLAIN = CONVOLUTIONS[0].trace()

EXPLANATION_KEYS = {
    *("address", "value", "gradient", "explained", "equation", "numbers", "sentence", "notes"),
    *("parts", "agreement", "term_count", "terms", "by_image", "by_position", "by_channel"),
}
STORY_KEYS = {
    *("address", "image", "images", "picked", "label", "predicted", "classes", "pixels", "patch"),
    "steps",
}
STEP_KEYS = {"kind", "title", "sentence", "address", "value", "incoming"}
TERMS_KEYS = STEP_KEYS | {
    *("layer", "equation", "numbers", "term_count", "terms", "rest", "share", "notes", "grids"),
}
KEYS_OF_STEPS = {
    "loss": TERMS_KEYS | {"classes"},
    "layer": TERMS_KEYS,
    "gradient": TERMS_KEYS,
    "batch": STEP_KEYS | {"image_count", "images", "rest"},
    "update": STEP_KEYS | {"update"},
    "nudge": STEP_KEYS | {"nudge"},
}


def reread(value: Any) -> Any:
    return json.loads(json.dumps(value, allow_nan=False))


@pytest.mark.parametrize(
    ("trace", "key"),
    [
        (RESIDUAL, "relu1.error[0,1,2,2]"),
        (RESIDUAL, "conv1.weight[0,0,1,1]"),
        (RESIDUAL, "batchnorm1.weight[1]"),
        (RESIDUAL, "conv1.error[0,1,2,2]"),
        (MODES[2].trace(), "conv1.error[0,1,0,0]"),
        (PLAIN, "input[0,0,1,1]"),
        (PLAIN, "probability[0,1]"),
        (PLAIN, "loss"),
    ],
)
def test_an_explanation(trace: Trace, key: str) -> None:
    found = trace[key]
    as_dict = found.to_dict()
    assert set(as_dict) == EXPLANATION_KEYS
    assert reread(as_dict) == as_dict == json.loads(found.to_json())
    assert as_dict["term_count"] == len(found.terms) == len(as_dict["terms"])
    assert as_dict["address"] == key
    for term, shown in zip(found.terms, as_dict["terms"], strict=True):
        assert shown["product"] == term.product
        assert set(shown) == {"product", "index", "through", "factors"}
        assert [factor["value"] for factor in shown["factors"]] == [f.value for f in term.factors]


def test_the_list_of_terms_can_be_cut() -> None:
    found = PLAIN["conv1.weight[0,0,1,1]"]
    as_dict = found.to_dict(limit=5)
    assert len(as_dict["terms"]) == 5
    assert as_dict["term_count"] == 18
    assert json.loads(found.to_json(limit=0))["terms"] == []


def test_factors_say_where_they_were_read() -> None:
    term = PLAIN["conv1.weight[0,1,2,1]"].to_dict()["terms"][7]
    assert term["index"] == {"n": 1, "i": 0, "j": 1}
    assert [(f["symbol"], f["source"]) for f in term["factors"]] == [
        ("dY", "conv1.error[1,0,0,1]"),
        ("X", "input[1,1,2,2]"),
    ]
    # Every source is an address that can be asked for in turn.
    assert PLAIN["conv1.error[1,0,0,1]"].value == term["factors"][0]["value"]
    assert PLAIN["input[1,1,2,2]"].value == term["factors"][1]["value"]


@pytest.mark.parametrize("trace", [RESIDUAL, MODES[3].trace()], ids=["residual", "dropout"])
def test_a_story(trace: Trace) -> None:
    story = trace.story("conv1.weight[0,0,1,1]", optimizer=bl.Adam(0.01))
    as_dict = story.to_dict()
    assert set(as_dict) == STORY_KEYS
    assert reread(as_dict) == as_dict == json.loads(story.to_json())
    for step in as_dict["steps"]:
        assert set(step) == KEYS_OF_STEPS[step["kind"]]
        if "terms" in step and step["kind"] != "loss":
            assert sum(term["followed"] for term in step["terms"]) == 1
            total = sum(term["product"] for term in step["terms"]) + step["rest"]["total"]
            assert total == pytest.approx(step["value"], rel=1e-9, abs=1e-15)
    kinds = [step["kind"] for step in as_dict["steps"]]
    assert kinds == ["loss", *["layer"] * (len(kinds) - 5), "gradient", "batch", "update", "nudge"]


def test_a_nudge_and_an_update() -> None:
    found = RESIDUAL["conv1.weight[0,0,1,1]"]
    nudge, update = found.nudge(0.2).to_dict(), found.update(bl.AdamW(0.01)).to_dict()
    assert reread(nudge) == nudge
    assert reread(update) == update
    assert nudge["switches"]
    assert set(nudge["switches"][0]) == {"layer", "kind", "count", "places"}
    assert nudge["switched"] == sum(each["count"] for each in nudge["switches"])
    assert update["optimizer"]["optimizer"] == "AdamW"
    assert [line["symbol"] for line in update["lines"]] == ["m", "s", "m\u0302", "ŝ", "W"]


def test_numbers_that_json_does_not_have() -> None:
    assert json_rows([[1.5, None], [math.nan, -math.inf], [np.float64(math.inf), 3]]) == [
        [1.5, None],
        ["NaN", "-Infinity"],
        ["Infinity", 3],
    ]
    assert json_number(np.float32(0.5)) == 0.5
    assert type(json_number(np.float32(0.5))) is float


def test_a_network_that_broke_can_still_be_written_down() -> None:
    net = bl.Network((1, 3, 3), [bl.Conv2d(1, 2), bl.ReLU(), bl.Flatten(), bl.Dense(2)])
    net.parameters["conv1.weight"][...] = 1.0  # so that the ReLUs are on
    net.parameters["dense1.weight"][0, 0] = math.nan
    trace = bl.explain(net, np.ones((1, 1, 3, 3)), np.array([0]))
    as_dict = json.loads(trace["conv1.weight[0,0,0,0]"].to_json())
    assert as_dict["gradient"] == "NaN"
    story = json.loads(trace.story("conv1.weight[0,0,0,0]").to_json())
    assert story["steps"][0]["value"] == "NaN"
