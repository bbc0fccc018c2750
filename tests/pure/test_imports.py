"""The rooms that are to be read, and ``import backlit``, need nothing but the standard library."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import backlit

# NumPy and everything else can be found there, so that only restraint keeps it from being loaded.
SEARCH_PATH = [str(Path(module.__file__).parents[1]) for module in (backlit, np) if module.__file__]

IMPORT_ALL = """
import importlib, json, pkgutil, sys
sys.path += {search_path}
package = importlib.import_module({name!r})
if {everything}:
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
print(json.dumps(sorted(sys.modules)))
"""


def modules_after_importing(name: str) -> set[str]:
    """What a bare interpreter has loaded after importing a package; a room with all its modules.

    Without ``site`` (-S), because packages for testing may load themselves through it.
    """
    everything = name.startswith("backlit.")
    program = IMPORT_ALL.format(search_path=SEARCH_PATH, name=name, everything=everything)
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return set(json.loads(run.stdout))


FREE = (
    *("backlit", "backlit.pure", "backlit.equations", "backlit.layers", "backlit.mistakes"),
    *("backlit.check", "backlit.eject", "backlit.worksheets", "backlit.learn"),
    "backlit.views.data",
)


@pytest.mark.parametrize("name", FREE)
def test_only_the_standard_library_is_loaded(name: str) -> None:
    modules = modules_after_importing(name)
    packages = {module.partition(".")[0] for module in modules}
    assert name in modules
    assert packages - {"backlit", "__main__"} <= sys.stdlib_module_names


@pytest.mark.parametrize("name", ["backlit", "backlit.pure", "backlit.equations"])
def test_the_rooms_below_are_not_loaded(name: str) -> None:
    rooms = {
        module.split(".")[1] for module in modules_after_importing(name) if "backlit." in module
    }
    assert rooms <= {"system", "errors", "pure", "equations"}


def test_the_look_at_modules_would_notice_numpy() -> None:
    assert "numpy" in modules_after_importing("numpy")
