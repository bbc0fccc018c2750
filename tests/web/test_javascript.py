"""The page's own JavaScript, in its own tests: ``node --test``, without a browser."""

import json
import os
import subprocess
from importlib.resources import as_file, files
from pathlib import Path

from backlit.web.document import document
from backlit.web.toy import toy
from tests.web.node import HERE, node


def test_the_tests_in_javascript(tmp_path: Path) -> None:
    (tmp_path / "toy.json").write_text(json.dumps(document(toy(), "a toy")), encoding="utf-8")
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
