"""The page's own JavaScript, in its own tests: ``node --test``, without a browser."""

import json
import os
import subprocess
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np

import backlit as bl
from backlit.explain import Trace, explain
from backlit.web.document import document
from backlit.web.toy import toy
from tests.web.node import HERE, node


def two_images() -> Trace:
    """Two pictures through a convolution and back; no two sums are equal by chance."""
    layers = [bl.Conv2d(2, 3), bl.Flatten(), bl.Dense(3)]
    images = np.random.default_rng(0).normal(size=(2, 2, 4, 5))
    return explain(bl.Network((2, 4, 5), layers, engine="pure", seed=0), images, [0, 2])


def test_the_tests_in_javascript(tmp_path: Path) -> None:
    (tmp_path / "toy.json").write_text(json.dumps(document(toy(), "a toy")), encoding="utf-8")
    (tmp_path / "two.json").write_text(json.dumps(document(two_images(), "two")), "utf-8")
    tests = sorted(map(str, HERE.glob("*.test.mjs")))
    assert len(tests) >= 4
    with as_file(files("backlit.web") / "front") as front:
        places = {"BACKLIT_FRONT": str(front), "BACKLIT_DOCUMENTS": str(tmp_path)}
        run = subprocess.run(
            [node(), "--test", "--test-reporter=tap", *tests],
            env=os.environ | places,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
    assert run.returncode == 0, run.stdout
