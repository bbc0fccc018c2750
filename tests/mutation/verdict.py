"""A pytest plugin: write down whether a test failed by assertion, and which package was tested."""

import json
import os
from collections.abc import Generator
from pathlib import Path

import pytest

import backlit

verdict: dict[str, str | int | None] = {
    "package": str(Path(backlit.__file__).resolve()),
    "passed": 0,
    "failed": None,  # the first test that failed by assertion
    "broken": None,  # the first that stopped for another reason
    "skipped": None,  # why the first that was skipped could not run
}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell an assertion from an accident."""
    report = yield
    if report.failed and call.excinfo is not None:
        by_assertion = call.excinfo.errisinstance((AssertionError, pytest.fail.Exception))
        kind = "failed" if call.when == "call" and by_assertion else "broken"
        verdict[kind] = verdict[kind] or f"{item.nodeid}: {call.excinfo.exconly()}"
    elif report.passed and call.when == "call":
        verdict["passed"] = int(verdict["passed"] or 0) + 1
    elif report.skipped and call.excinfo is not None:
        verdict["skipped"] = verdict["skipped"] or call.excinfo.exconly()
    return report


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """A module that cannot be imported proves nothing."""
    if report.failed:
        verdict["broken"] = verdict["broken"] or f"{report.nodeid}: {report.longreprtext}"


def pytest_sessionfinish() -> None:
    """Hand the verdict to the runner."""
    Path(os.environ["BACKLIT_VERDICT"]).write_text(json.dumps(verdict), encoding="utf-8")
