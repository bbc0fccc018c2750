"""A report's words beside its findings."""

from __future__ import annotations

from backlit.check import Finding, Report


def test_functions_are_counted_by_what_they_are() -> None:
    findings = [
        Finding("relu", name, verdict)  # type: ignore[arg-type]
        for name, verdict in (("a", "wrong"), ("b", "right"), ("c", "unknown"), ("d", "right"))
    ]
    assert Report(findings).summary == "2 right, 1 wrong, 1 not understood"
    assert Report(findings[:1]).summary == "1 wrong"


def test_what_is_left_out_is_named() -> None:
    assert Report([]).not_checked == ""
    one, two = Report([], ("softmax",)), Report([], ("softmax", "train"))
    assert one.not_checked == "Not checked, since nothing tells what softmax computes"
    assert two.not_checked.endswith("what softmax and train compute")
    assert one.not_checked in " ".join(one.text(400).split())
