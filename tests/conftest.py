"""What all tests share: the oracle's marker, real data, hypothesis profiles, and no silent skips.

With ``CI=true`` a test that would be skipped fails instead, since there everything that a test
needs has been provided.  Only what another operating system would be needed for may be left out.
"""

import gc
import importlib.util
import os
import signal
import sys
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

IN_CI = os.environ.get("CI", "").lower() == "true"
REAL_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

# How the reason of a skip may begin in CI, and whether this machine is what it asks for.
PLATFORM_REASONS = {
    "only on Windows": sys.platform == "win32",
    "only on POSIX": os.name == "posix",
    "only on Linux": sys.platform == "linux",
    "only on macOS": sys.platform == "darwin",
}

# Most tests are about what every engine shares; they run on the book, in float64, and compile
# nothing.  Tests of the fast engine, and of it being the default, name it.
os.environ["BACKLIT_ENGINE"] = "pure"

# Bytecode is kept, also where the environment says otherwise: dev.py installs none, so that each
# worker and each program that a test starts would compile NumPy, matplotlib and the tests anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# A shell starts what it puts in the background with Ctrl-C ignored, and children inherit that; what
# Ctrl-C does is tested, though.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Nothing here depends on the clock: a busy machine is no reason for a red test.
settings.register_profile(
    "local",
    settings.get_profile("default"),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "ci", settings.get_profile("local"), derandomize=True, database=None, print_blob=True
)
# A mutation test asks whether something fails, not for the smallest example.
settings.register_profile(
    "mutation", settings.get_profile("ci"), phases=[Phase.explicit, Phase.generate]
)
settings.load_profile("ci" if IN_CI else "local")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of complete data sets beside the project; a clone alone does not have it."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"the real data sets are not there: no folder {REAL_DATA}")
    return REAL_DATA


@pytest.fixture(scope="session", autouse=True)
def _compile_alone(request: pytest.FixtureRequest) -> Iterator[None]:
    """Of several workers each compiles what it needs, on its own processor.

    Left alone, one would compile with the help of other processes while all others wait for it.
    What a worker has compiled is in the cache, and the others find it there.
    """
    with pytest.MonkeyPatch.context() as patch:
        if hasattr(request.config, "workerinput"):
            patch.setattr("backlit.engines.fast.compiling.helpers._MOST", 0)
            patch.setattr("backlit.engines.fast.compiling.sharing._PATIENCE", 0)
        yield


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that open pages in a browser are marked so."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker("pages")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is collected stays to the end: no search for garbage needs to walk through it.

    Thousands of tests are so many objects that walking through them again and again takes a fifth
    of the time of collecting them, and then a sixteenth of the time of all tests.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Tests marked ``torch`` run wherever PyTorch is installed."""
    if item.get_closest_marker("torch") and importlib.util.find_spec("torch") is None:
        pytest.skip("PyTorch is not installed; python3 dev.py test --with torch installs it")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skipped test fails in CI."""
    report = yield
    refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A skipped module (``importorskip``) fails in CI."""
    report = yield
    refuse_skip(report)
    return report


def refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure in CI, unless another operating system would be needed."""
    if not (IN_CI and report.skipped) or hasattr(report, "wasxfail"):
        return
    _, _, reason = report.longrepr if isinstance(report.longrepr, tuple) else ("", 0, "")
    reason = reason.removeprefix("Skipped: ")
    if any(reason.startswith(start) and not here for start, here in PLATFORM_REASONS.items()):
        return
    report.outcome = "failed"
    report.longrepr = f"skipped, and in CI (CI=true) nothing may be skipped: {reason}"
