"""Check one function: find out how it is called, try the probes, name what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .adapting import CallPlan, TrialOutcome
from .describing import described_filter_gradient
from .judging import Judge, not_tried
from .planning import WINDOWS, ReadingSettings, find_plan
from .probes import Windows, words_by
from .process import Worker
from .reading import Subject
from .repeating import repeating_call
from .report import Finding, told_of_its_own
from .squares import asks_for_columns, squares_remark
from .trials import Seen
from .twice import second_call_words


def check_subject(worker: Worker, subject: Subject, settings: ReadingSettings) -> Finding:
    """What is to be said about one function."""
    plan, outcome = find_plan(worker, subject, settings)
    if plan is not None and outcome is not None and outcome.error is not None:
        plan, outcome = _elsewhere(worker, plan, outcome)
    if plan is None or outcome is None or outcome.error is not None:
        finding = not_tried(subject, outcome)
        return _repeated(worker, plan, outcome, finding)
    windows = _windows(worker, plan)
    outcomes, skipped = _try(worker, plan, windows)
    judge = Judge(plan, outcomes, skipped, _fixed_options(plan))
    finding = judge.finding()
    if _means_squares(plan, outcomes, finding):
        outcomes, skipped = _try(worker, plan, "square")
        judge = Judge(plan, outcomes, skipped, [*_fixed_options(plan), squares_remark(plan)])
        finding = judge.finding()
    elif finding.verdict == "wrong" and plan.fixed.get("padding") and windows != "3":
        odd, unlike = _try(worker, plan, "3")
        remark = (
            "It is right with filters of 3×3, but not with those of even size, as where a padding "
            "is half the size of the filter, rounded down."
        )
        of_odd = Judge(plan, odd, unlike, [*_fixed_options(plan), remark])
        if of_odd.finding().verdict == "right":
            judge, finding = of_odd, of_odd.finding()
    if judge.tells_exception:
        finding = _repeated(worker, plan, judge.raised, finding)
    left_over = second_call_words(worker, plan, outcomes)
    if left_over:
        finding = replace(finding, remarks=(*finding.remarks, left_over))
    if finding.verdict == "wrong" and finding.mistake is None:
        return replace(finding, sentence=finding.sentence + _described(worker, plan, outcomes))
    return finding


def _fixed_options(plan: CallPlan) -> list[str]:
    """A remark about options that no argument tells and that are not the plainest."""
    if not plan.fixed:
        return []
    told = [
        _OPTION_WORDS.get(name, "its {0} is {1}").format(name, value, words_by(value))
        for name, value in plan.fixed.items()
    ]
    return [told_of_its_own(told)]


_OPTION_WORDS = {"kernel_size": "its windows are {2}", "eps": "its ε is {1:g}"}


def _means_squares(plan: CallPlan, outcomes: Sequence[TrialOutcome], finding: Finding) -> bool:
    """Whether it goes wrong with filters that are not square since it is for square ones."""
    if plan.operation != "conv2d" or finding.verdict == "right" or asks_for_columns(plan):
        return False
    return "square-assumed" in finding.mistakes or any(
        "rectangular" in each.probe.features
        and (each.error is not None or any(r.numbers is None for r in each.results.values()))
        for each in outcomes
    )


def _elsewhere(
    worker: Worker, plan: CallPlan, outcome: TrialOutcome
) -> tuple[CallPlan, TrialOutcome]:
    """What raises an exception in the first trial may have an answer in another one."""
    assert outcome.error is not None
    if outcome.error.get("fatal"):
        return plan, outcome
    for probe in plan.probes():
        answer = worker.ask(plan.message(probe)) if plan.takes(probe) else {"error": {}}
        if answer.get("error", {}).get("fatal"):
            break
        if "error" not in answer:
            told = plan.assigned(answer, probe)
            if any(got.numbers is not None for got in told.read(answer, probe).results.values()):
                return told, told.read(answer, probe)
    return plan, outcome


def _repeated(
    worker: Worker, plan: CallPlan | None, outcome: TrialOutcome | None, finding: Finding
) -> Finding:
    """With the call that raises the exception."""
    if plan is None or outcome is None or outcome.error is None:
        return finding
    return replace(finding, repeat=repeating_call(worker, plan, outcome))


def _described(worker: Worker, plan: CallPlan, outcomes: Sequence[TrialOutcome]) -> str:
    """What a filter gradient without a name does instead."""
    if plan.operation != "conv2d" or plan.subject.is_class:
        return ""
    for each in outcomes:
        got = each.results.get("weight")
        if got is not None and not Seen(each.probe, "weight", got).is_right:
            told = described_filter_gradient(worker, plan, each.probe)
            options = each.probe.words
            return f" {told}, with {options}." if told else ""
    return ""


def _try(worker: Worker, plan: CallPlan, windows: Windows) -> tuple[list[TrialOutcome], list[str]]:
    """All probes that the function takes, and in words what it does not take."""
    outcomes: list[TrialOutcome] = []
    skipped: list[str] = []
    if windows != "any":
        skipped.append("filters that are not " + ("of 3×3" if windows == "3" else "square"))
    if plan.subject.node is not None and plan.errors_of_one:
        skipped.append("errors other than 1, since its backward takes none")
    for probe in plan.probes(windows):
        if not plan.takes(probe):
            skipped.append(probe.words)
            continue
        answer = worker.ask(plan.message(probe))
        outcome = plan.read(answer, probe)
        if outcome.error is not None and (outcome.error["refused"] or "unequal" in probe.features):
            skipped.append(probe.words)
            continue
        outcomes.append(outcome)
        if outcome.error is not None and outcome.error.get("fatal"):
            break
    return outcomes, list(dict.fromkeys(skipped))


def _windows(worker: Worker, plan: CallPlan) -> Windows:
    """Which windows a function works for: any, square ones, or those of 3 by 3 only."""
    for windows in WINDOWS:
        probe = plan.first_probe(windows)
        if "rectangular" not in probe.features and windows == "any":
            return "any"
        if "error" not in worker.ask(plan.message(probe)):
            return windows
    return "any"
