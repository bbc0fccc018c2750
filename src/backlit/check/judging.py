"""What is to be said of all trials: right, or what is wrong, where, and why."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from backlit.mistakes import MISTAKES, Accumulation, page_of, right_line, wrong_way
from backlit.system.words import listing

from .adapting import CallPlan, TrialOutcome
from .matching import first_difference, match
from .probes import FEATURES, Probe
from .reading import Subject
from .report import Finding, FirstWrong, number
from .trials import Match, Seen

LETTERS = {"output": "Y", "input": "dX", "weight": "dW", "bias": "db", "loss": "L"}


@dataclass
class Judge:
    """What is to be said of all trials."""

    plan: CallPlan
    outcomes: list[TrialOutcome]
    skipped: list[str]
    remarks: list[str] = field(default_factory=list)

    def finding(self) -> Finding:
        """Right, or what is wrong."""
        plan = self.plan
        raised = [each for each in self.outcomes if each.error is not None]
        fatal = [each for each in raised if each.error and each.error.get("fatal")]
        if fatal or (raised and len(raised) == len(self.outcomes)):
            return self._raised(fatal or raised)
        by_result: dict[str, list[Seen]] = {}
        for each in self.outcomes:
            for result, got in each.results.items():
                by_result.setdefault(result, []).append(Seen(each.probe, result, got))
        wrong = {
            result: seen
            for result, seen in by_result.items()
            if any(not each.is_right for each in seen)
        }
        if not by_result:
            return self._made(
                "unknown",
                None,
                f"{plan.subject.name} gave back nothing that could be a result, so it could not be "
                "tried.",
            )
        left = self._without_conventions(wrong)
        if left:
            return self._wrong(left, by_result)
        if raised:
            return self._raised(raised)
        changed = sorted({role for each in self.outcomes for role in each.changed})
        if changed:
            names = listing([_argument_name(plan, role) for role in changed])
            return self._made(
                "wrong",
                "inputs-changed",
                f"The results are right, but {plan.subject.name} changes its argument {names} in "
                "place.",
            )
        return self._made("right", None, self._right_words(tuple(by_result)))

    def _without_conventions(
        self, wrong: Mapping[str, Sequence[Seen]]
    ) -> Mapping[str, Sequence[Seen]]:
        """Only what is not a matter of convention; that is told as a remark."""
        left = {}
        for result, seen in wrong.items():
            features = [each.probe.features for each in seen if not each.is_right]
            if result == "output" and self._turns_on_purpose(seen):
                self.remarks.append(
                    "It turns the filter, as the word convolution means in mathematics; what "
                    "networks call a convolution does not."
                )
            elif result == "input" and all("kink" in each for each in features):
                self.remarks.append(
                    "At the kink itself your slope is another one than ours, which is that of the "
                    "left side. That is a convention and no mistake."
                )
            elif result == "loss" and all("large" in each for each in features):
                self.remarks.append(
                    "Where scores lie hundreds apart your loss is another one, as if it were cut "
                    "off; the gradient does not depend on it."
                )
            elif self.plan.operation == "avg_pool2d" and self._counts_otherwise(seen):
                self.remarks.append(
                    "Your average is taken over the real inputs of a window; ours counts the "
                    "padding, too. Both are in use; forward and backward have to agree."
                )
            else:
                left[result] = seen
        return left

    def _turns_on_purpose(self, seen: Sequence[Seen]) -> bool:
        """Whether a function says by its name that it is a convolution in the strict sense."""
        if not re.search("convolve|convolution", self.plan.subject.name.lower()):
            return False
        found = match(seen)
        return found is not None and found.mistakes == ("filter-turned",)

    def _counts_otherwise(self, seen: Sequence[Seen]) -> bool:
        """Whether padding is not counted, as far as nothing says that it should be."""
        if self.plan.subject.forward is not None or self.plan.subject.is_class:
            return False
        found = match(seen)
        return found is not None and found.mistakes == ("padding-counted",)

    def _right_words(self, results: tuple[str, ...]) -> str:
        names = listing([LETTERS[result] for result in results])
        count = len(self.outcomes)
        be = "is" if len(results) == 1 else "are"
        return f"{names} {be} right, number by number, in {count} trials."

    def _made(self, verdict: Any, mistake: str | None, sentence: str, **more: Any) -> Finding:
        plan = self.plan
        known = MISTAKES.get(mistake or "")
        return Finding(
            plan.operation,
            plan.subject.name,
            verdict,
            mistake,
            sentence,
            reading=reading_words(plan),
            tried=tuple(dict.fromkeys(each.probe.words for each in self.outcomes)),
            not_taken=tuple(self.skipped),
            remarks=tuple(self.remarks),
            **{
                "mistakes": (mistake,) if mistake else (),
                "why": known.why if known else "",
                "page": known.page(plan.operation) if known else "",
                **more,
            },
        )

    # --- an exception ---------------------------------------------------------------------------

    def _raised(self, raised: Sequence[TrialOutcome]) -> Finding:
        first = raised[0]
        assert first.error is not None
        where = self._where([each.probe for each in raised], self._fine())
        features = self._features([each.probe for each in raised], self._fine())
        mistake = "remainder-ignored" if features == "remainder" else "raised"
        sentence = f"{told_error(self.plan.subject.name, first.error)}{where}"
        return self._made("failed" if mistake == "raised" else "wrong", mistake, f"{sentence}.")

    def _fine(self) -> list[Probe]:
        return [each.probe for each in self.outcomes if each.error is None]

    # --- wrong numbers ---------------------------------------------------------------------------

    def _wrong(
        self, wrong: Mapping[str, Sequence[Seen]], by_result: Mapping[str, Sequence[Seen]]
    ) -> Finding:
        order = [r for r in ("loss", "output", "weight", "input", "bias") if r in wrong]
        matches = {result: match(wrong[result]) for result in order}
        _agree(matches)
        result = next((r for r in order if matches[r] is not None), order[0])
        seen, found = wrong[result], matches[result]
        names = list(found.mistakes) if found else []
        for other in order:
            more = matches[other]
            names += [n for n in (more.mistakes if more else ()) if n not in names]
        failing = [each for each in seen if not each.is_right]
        where = self._where(
            [each.probe for each in failing], [each.probe for each in seen if each.is_right]
        )
        first = _first_wrong(seen, found)
        letters = [LETTERS[each] for each in order if matches[each] == found or each == result]
        if found is None:
            sentence = f"{LETTERS[result]} is wrong{where}, in a way that has no name here."
        else:
            titles = listing([MISTAKES[name].title for name in found.mistakes])
            extra = f" ({found.words})" if found.words else ""
            told = found.told or f"{titles}{extra}"
            if found.factor is not None:
                told = f"every number is {number(found.factor)} times what it should be"
            sentence = (
                f"{listing(letters)} {'is' if len(letters) == 1 else 'are'} wrong{where}: {told}."
            )
        others = [r for r in order if r != result and LETTERS[r] not in letters]
        for each in others:
            more = matches[each]
            words = listing([MISTAKES[n].title for n in more.mistakes]) if more else "unnamed"
            sentence += f" {LETTERS[each]} is wrong, too: {words}."
        right = [LETTERS[each] for each in by_result if each not in wrong]
        if right:
            sentence += f" {listing(right)} {'is' if len(right) == 1 else 'are'} right."
        why = " ".join(MISTAKES[name].why for name in (found.mistakes if found else ()))
        equation = _equation(seen, found)
        mistake = names[0] if names else None
        return self._made(
            "wrong",
            mistake,
            sentence,
            mistakes=tuple(names),
            why=why,
            first_wrong=first,
            loop=_loop(seen, first) if first and first.yours is not None else "",
            equation=equation,
            page=(MISTAKES[mistake].page(self.plan.operation) if mistake else _page(self.plan)),
        )

    def _features(self, failing: Sequence[Probe], fine: Sequence[Probe]) -> str | None:
        """What all failing probes have and no other one has."""
        if not fine:
            return None
        for feature in FEATURES:
            if all(feature in each.features for each in failing) and not any(
                feature in each.features for each in fine
            ):
                return feature
        return None

    def _where(self, failing: Sequence[Probe], fine: Sequence[Probe]) -> str:
        feature = self._features(failing, fine)
        if feature is not None:
            return f" {FEATURES[feature]}"
        return "" if not fine else f" in {len(failing)} of {len(failing) + len(fine)} trials"


def _agree(matches: dict[str, Match | None]) -> None:
    """What was forgotten in dW was forgotten in dX, too, and not cut off in the wrong place."""
    weight, error = matches.get("weight"), matches.get("input")
    if weight is None or error is None:
        return
    if error.mistakes == ("one-channel-only",) and weight.mistakes == ("channels-mixed",):
        matches["weight"] = replace(weight, mistakes=error.mistakes)
    if weight.mistakes == ("padding-forgotten",) and error.mistakes == ("padding-cropped-wrongly",):
        matches["input"] = replace(error, mistakes=weight.mistakes)


def _equation(seen: Sequence[Seen], found: Match | None) -> str:
    if found is None or found.way is None:
        return ""
    return str(found.way.line) if isinstance(found.way.line, Accumulation) else ""


def _first_wrong(seen: Sequence[Seen], found: Match | None) -> FirstWrong | None:
    failing = sorted((each for each in seen if not each.is_right), key=lambda each: each.size)
    shaped = [each for each in failing if each.got.numbers is not None]
    if not shaped:
        one = failing[0]
        return FirstWrong(
            one.result, LETTERS[one.result], (), (), None, None, one.probe.words,
            shape=one.got.shape, wanted=one.got.wanted, probe=one.probe,
        )  # fmt: skip
    one = shaped[0]
    difference = first_difference(one)
    if difference is None:
        return None
    index, yours, right = difference
    axes = one.probe.kind.axes.get(one.probe.kind.results[one.result], "")
    return FirstWrong(
        one.result,
        LETTERS[one.result],
        index,
        tuple(axes),
        yours,
        right,
        one.probe.words,
        _terms(one, index, found),
        probe=one.probe,
    )


_FEW = 3


def _terms(seen: Seen, index: tuple[int, ...], found: Match | None) -> tuple[str, ...]:
    """Which products are missing, doubled, or from the wrong place."""
    operation = seen.operation
    line = right_line(operation, seen.result)
    if found is None or not found.changes or not isinstance(line, Accumulation):
        return ()
    way = wrong_way(operation, seen.result, found.changes)
    if way is None or not isinstance(way.line, Accumulation):
        return ()
    letters = seen.probe.letters
    right = line.terms(index, letters, {})
    yours = way.line.terms(index, letters, {})
    right_keys = [key for key, _ in right]
    your_keys = [key for key, _ in yours]
    if set(right_keys) == set(your_keys) and len(right_keys) == len(your_keys):
        return ()
    missing = [each for each in right if each[0] not in your_keys]
    foreign = [each for each in yours if each[0] not in right_keys and each[1]]
    zero = [each for each in right if (each[0], 0) in yours and each[1]]
    told = []
    for words, products in (
        ("missing", [*missing, *zero]),
        ("does not belong there", foreign),
    ):
        if products:
            shown = ", ".join(_product(*each) for each in products[:_FEW])
            more = len(products) - _FEW
            rest = f" and {more} more" if more > 0 else ""
            head = "Missing" if words == "missing" else "From the wrong place"
            told.append(f"{head}: {shown}{rest}.")
    count = f"{len(right)} {'product' if len(right) == 1 else 'products'}"
    told.append(f"The right sum has {count}.")
    return tuple(told)


def _product(key: tuple[tuple[str, tuple[int, ...]], ...], value: float) -> str:
    factors = " · ".join(f"{symbol}[{','.join(map(str, at))}]" for symbol, at in key)
    return f"{factors} = {number(value)}"


def _loop(seen: Sequence[Seen], first: FirstWrong) -> str:
    """The program of the one element."""
    one = next(each for each in seen if each.probe.words == first.options)
    operation = one.operation
    equation = (
        operation.forward
        if first.result in ("output", "loss")
        else operation.gradients[first.result]
    )
    names = [letter.letter.symbol for letter in equation.left.indices or () if letter.letter]
    head = ""
    if names:
        head = f"{', '.join(names)} = {', '.join(map(str, first.index))}\n"
    return head + equation.python()


def _page(plan: CallPlan) -> str:
    return page_of(plan.operation)


def _argument_name(plan: CallPlan, role: str) -> str:
    every = (*plan.arguments, *(plan.forward_arguments or ()))
    return next((name for name, each in every if each == role), role)


def told_error(name: str, error: Mapping[str, Any]) -> str:
    """An exception in words."""
    if error.get("fatal"):
        return f"{name} {error['message']}"
    where = f" in line {error['line']}, `{error['code']}`" if error.get("line") else ""
    message = f": {error['message']}" if error["message"] else ""
    return f"{name} raises {error['type']}{message}{where}"


def not_tried(subject: Subject, outcome: TrialOutcome | None) -> Finding:
    """What is to be said of a function that gave nothing in any of the ways that it was called."""
    name = subject.name
    error = None if outcome is None else outcome.error
    misread = error is None or (error["type"] == "TypeError" and "argument" in error["message"])
    told = f"{name} could not be tried" if error is None else told_error(name, error)
    return Finding(
        subject.operation,
        name,
        "unknown" if misread else "failed",
        None if misread else "raised",
        f"{told}.",
        mistakes=() if misread else ("raised",),
        reading=f"{name} was read as {subject.operation}, {subject.direction}; say otherwise with "
        "--operation, --arguments or --layout.",
    )


def reading_words(plan: CallPlan) -> str:
    """How a function was read."""
    subject = plan.subject
    if plan.container == "json":
        gives = listing([LETTERS[result] for result in plan.assignment])
        return f"Asked for {plan.operation} in lines of JSON; it gives {gives}."
    parts = [f"{name} as {_ROLES.get(role, role)}" for name, role in plan.arguments]
    container = {"list": "nested lists", "numpy": "NumPy arrays", "torch": "tensors"}
    before = (
        f", after {subject.forward['name']}, which made its cache"
        if plan.forward_arguments is not None and subject.forward is not None
        else ""
    )
    gives = listing([LETTERS[result] for result in plan.assignment])
    return (
        f"Read as {plan.operation}, {subject.direction}{before}: {listing(parts)}; it gives "
        f"{gives}. Arrays are {container[plan.container]}, {plan.layout.words}. Say otherwise with "
        "--operation, --arguments or --layout."
    )


_ROLES = {
    "dy": "the error dY",
    "x": "the input X",
    "w": "the weights W",
    "b": "the bias b",
    "y": "the output Y",
    "options": "a dictionary of options",
    "cache": "what the forward pass kept",
    "kernel_size": "the size of the window",
    "labels": "the labels",
    "stride": "the stride",
    "padding": "the padding",
    "dilation": "the dilation",
    "groups": "the groups",
}
