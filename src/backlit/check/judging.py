"""What is to be said of all trials: right, or what is wrong, where, and why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any

from backlit.mistakes import MISTAKES, Accumulation, AddedProduct, page_of, right_line, wrong_way
from backlit.mistakes.pooling import WINNER_WORDS
from backlit.pure.nested import flat
from backlit.system.words import listing

from .adapting import CallPlan, TrialOutcome, result_axes, sizes_of
from .matching import first_difference, match
from .probes import FEATURES, KINDS, Probe
from .reading import Subject
from .report import Finding, FirstWrong, number
from .trials import Match, Seen


@dataclass
class Judge:
    """What is to be said of all trials."""

    plan: CallPlan
    outcomes: list[TrialOutcome]
    skipped: list[str]
    remarks: list[str] = field(default_factory=list)
    tells_exception: bool = False

    def finding(self) -> Finding:
        """Right, or what is wrong."""
        plan = self.plan
        if any(not _is_fine(each) for each in self._far_apart()) and all(
            _is_fine(each) for each in self.outcomes if each not in self._far_apart()
        ):
            self.outcomes = [each for each in self.outcomes if each not in self._far_apart()]
            self.remarks.append(_LARGEST_OF_ALL)
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

    def _far_apart(self) -> list[TrialOutcome]:
        """Trials in which the scores of one image are much larger than those of another."""
        return [each for each in self.outcomes if "apart" in each.probe.features]

    def _letter(self, result: str) -> str:
        return KINDS[self.plan.operation].letter(result)

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
                self.remarks.append(_loss_words(seen))
            elif result == "loss" and all(_is_nearly_right(each) for each in seen):
                self.remarks.append(
                    "Your loss is a little off, as if a small number were added to the "
                    "probabilities before the log. That is common and no mistake."
                )
            elif self.plan.operation == "batch_norm2d" and self._has_a_smaller_epsilon(seen):
                self.remarks = [*self.remarks, *({_EPSILON} - set(self.remarks))]
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

    def _has_a_smaller_epsilon(self, seen: Sequence[Seen]) -> bool:
        """Whether ε does not show, and the code has one that no argument tells."""
        source = str(self.plan.subject.described.get("source", ""))
        if "eps" in self.plan.taken or re.search(r"\de-\d|eps|0\.0+1", source.lower()) is None:
            return False
        found = match(seen)
        return found is not None and found.mistakes == ("eps-forgotten",)

    def _counts_otherwise(self, seen: Sequence[Seen]) -> bool:
        """Whether padding is not counted, as far as nothing says that it should be."""
        if self.plan.subject.forward is not None or self.plan.subject.is_class:
            return False
        found = match(seen)
        return found is not None and found.mistakes == ("padding-counted",)

    def _right_words(self, results: tuple[str, ...]) -> str:
        names = listing([self._letter(result) for result in results])
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

    @property
    def raised(self) -> TrialOutcome | None:
        """The smallest trial that raised an exception."""
        raised = [each for each in self.outcomes if each.error is not None]
        return min(raised, key=lambda each: each.probe.count, default=None)

    def _raised(self, raised: Sequence[TrialOutcome]) -> Finding:
        first = self.raised or raised[0]
        assert first.error is not None
        self.tells_exception = True
        where = self._where([each.probe for each in raised], self._fine())
        features = self._features([each.probe for each in raised], self._fine())
        mistake = _RAISED_WITH.get((features or "", first.error["type"]), "raised")
        mistake = _RAISED_WITH.get((features or "", ""), mistake)
        told = told_error(self.plan.subject.name, first.error)
        told += "," if where and first.error.get("line") else ""
        trial = f"The smallest of these trials: {first.probe.setting}." if self._fine() else ""
        sentence = f"{told}{where}. {trial}".strip()
        return self._made("failed" if mistake == "raised" else "wrong", mistake, sentence)

    def _fine(self) -> list[Probe]:
        return [each.probe for each in self.outcomes if each.error is None]

    # --- wrong numbers ---------------------------------------------------------------------------

    def _wrong(
        self, wrong: Mapping[str, Sequence[Seen]], by_result: Mapping[str, Sequence[Seen]]
    ) -> Finding:
        order = [r for r in ("loss", "output", "weight", "input", "bias") if r in wrong]
        matches = {result: self._believed(match(wrong[result])) for result in order}
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
        if found is not None and "image-square-assumed" in found.mistakes:
            where = f" {FEATURES['oblong']}"  # those with fewer rows than columns, or with more
        first = _first_wrong(self.plan, seen, found)
        same = [each for each in order if matches[each] == found or each == result]
        letters = [self._letter(each) for each in same]
        be = "is" if len(letters) == 1 else "are"
        if found is None:
            sentence = f"{listing(letters)} {be} wrong{where}, in a way that has no name here."
        else:
            sentence = f"{listing(letters)} {be} wrong{where}: {_told(found)}."
        for each in (other for other in order if other not in same):
            more = matches[each]
            words = f": {_told(more)}" if more else ", in a way that has no name here"
            sentence += f" {self._letter(each)} is wrong, too{words}."
        right = [self._letter(each) for each in by_result if each not in wrong]
        if right:
            sentence += f" {listing(right)} {'is' if len(right) == 1 else 'are'} right."
        if self.raised is not None and self.raised.error is not None:
            told = told_error("it", self.raised.error)
            sentence += f" With {self.raised.probe.setting} {told}."
        why = " ".join(MISTAKES[name].why for name in (found.mistakes if found else ()))
        why = found.why if found and found.why else why
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
            equation_words=_equation_words(equation),
            page=(MISTAKES[mistake].page(self.plan.operation) if mistake else _page(self.plan)),
        )

    def _believed(self, found: Match | None) -> Match | None:
        """Arrays share no rows, unless they were lists before; there a sum runs over too much."""
        source = str(self.plan.subject.described.get("source", ""))
        if found is None or found.mistakes != ("rows-shared",):
            return found
        if self.plan.container == "list" or re.search(r"\]\s*\*", source):
            return found
        return replace(found, mistakes=("channels-mixed",), told=_SUMMED, why="")

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
        if feature == "channels" and not any("filters" in each.features for each in fine):
            return " with more than one channel or filter"
        if feature is not None:
            return f" {FEATURES[feature]}"
        return "" if not fine else f" in {len(failing)} of {len(failing) + len(fine)} trials"


_EPSILON = (
    "Your ε is smaller than the 10⁻⁵ that is usual, so small that it does not show in these "
    "numbers. That is a convention and no mistake."
)
_LARGEST_OF_ALL = (
    "Where the scores of one image lie hundreds above those of another, it gives no numbers for "
    "the other one: after the largest of the whole batch is subtracted, all of its exponentials "
    "are 0. Each image's own largest has no such limit."
)


def _is_fine(outcome: TrialOutcome) -> bool:
    """Whether all but the loss, whose log is a matter of its own, is right."""
    return outcome.error is None and all(
        Seen(outcome.probe, result, got).is_right
        for result, got in outcome.results.items()
        if result != "loss" or "large" not in outcome.probe.features
    )


_SUMMED = "all filters or channels are alike, as if a sum ran over them, too"

# What is not thought of where an exception (of any type, or of this one) is raised in such trials
# only.
_RAISED_WITH = {
    ("remainder", ""): "remainder-ignored",
    ("rectangular", ""): "square-assumed",
    ("oblong", "IndexError"): "image-square-assumed",
    ("large", "OverflowError"): "overflow",
}


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


def _equation_words(equation: str) -> str:
    """What stands for what in it, as far as it is not usual."""
    told = []
    if re.search(r"· \[|= \[", equation):
        told.append("What stands in [ ] counts as 1 where it is true, and as 0 elsewhere")
    for name, words in WINNER_WORDS.items():
        if re.search(rf"(?<![\w]){re.escape(name)}\[", equation):
            told.append(f"{name} is {words}")
    return "; ".join(told) + "." if told else ""


def _told(found: Match) -> str:
    """A mistake in a few words."""
    if found.factor is not None:
        return f"every number is {number(found.factor)} times what it should be"
    if found.told:
        return found.told
    titles = listing([MISTAKES[name].title for name in found.mistakes])
    return f"{titles} ({found.words})" if found.words else titles


# So much does 10⁻⁵ change the log of a probability of 1/100.
_NEAR = 1e-3


def _is_nearly_right(seen: Seen) -> bool:
    if "large" in seen.probe.features:
        return True
    off = flat(seen.got.raw)[0] - flat(seen.right)[0]
    return bool(abs(off) <= _NEAR * max(1.0, abs(flat(seen.right)[0])))


def _loss_words(seen: Sequence[Seen]) -> str:
    """About a loss that differs only where scores lie hundreds apart."""
    large = [each for each in seen if not each.is_right]
    if all(isfinite(each) for one in large for each in flat(one.got.raw)):
        return (
            "Where scores lie hundreds apart your loss is another one, as if it were cut off: a "
            "probability there is too small for a float, and whatever is added to it or put in its "
            "place decides. That is common and no mistake."
        )
    return (
        "Where scores lie hundreds apart your loss is infinite or NaN: a probability there is "
        "rounded to 0, and there is no log of 0. The log of the softmax, score − largest − log of "
        "the sum, has no such limit."
    )


def _first_wrong(plan: CallPlan, seen: Sequence[Seen], found: Match | None) -> FirstWrong | None:
    failing = sorted(
        (each for each in seen if not each.is_right),
        key=lambda each: (bool({"large", "kink"} & each.probe.features), each.size),
    )
    shaped = [each for each in failing if each.got.numbers is not None]
    one = (shaped or failing)[0]
    letter = one.probe.kind.letter(one.result)
    if not shaped:
        return FirstWrong(
            one.result, letter, (), (), None, None, one.probe.words,
            shape=one.got.shape, wanted=one.got.wanted, probe=one.probe,
        )  # fmt: skip
    difference = first_difference(one)
    if difference is None:
        return None
    index, yours, right = difference
    axes = result_axes(one.probe, one.result)
    x = one.probe.kind.axes["x"]
    sizes = {**sizes_of(one.probe, "input"), "n": len(one.probe.tensors["x"])}
    places = dict(zip(axes, index, strict=True))
    return FirstWrong(
        one.result,
        letter,
        index,
        tuple(axes),
        yours,
        right,
        one.probe.words,
        _terms(one, index, found),
        _made_of(one, index),
        plan.layout.shape(x, sizes) if plan.layout.theirs(x) else (),
        tuple(places.get(each, 0) for each in plan.layout.theirs(axes)),
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
    right = line.terms(index, seen.probe.letters, {})
    yours = way.line.terms(index, seen.probe.letters, {})
    count = Counter(each.places for each in right)
    given = Counter(each.places for each in yours)
    if count == given or not _adds_up(seen, index, right, yours):
        return ()
    missing = [each for each in right if each.places not in given]
    foreign = [each for each in yours if each.places not in count]
    doubled = [each for each in right if given[each.places] > count[each.places]]
    usual = {tuple(symbol for symbol, _ in each.places) for each in right}
    moved = all(tuple(symbol for symbol, _ in each.places) in usual for each in foreign)
    head = "From the wrong place" if moved and usual else "In their place" if missing else "Added"
    told = []
    for words, terms in (("Missing", missing), ("More than once", doubled), (head, foreign)):
        if not terms:
            continue
        if not terms[0].places:
            told.append(f"{words}: 1, {_times(len(terms))}.")
            continue
        shown = ", ".join(_product(each) for each in terms[:_FEW])
        more = len(terms) - _FEW
        told.append(f"{words}: {shown}{f' and {more} more' if more > 0 else ''}.")
    what = "product" if all(len(each.places) > 1 for each in right) else "term"
    some = f"{len(right)} {what}{'' if len(right) == 1 else 's'}" if right else "nothing in it"
    told.append(f"The right sum has {some}.")
    return tuple(told)


def _adds_up(
    seen: Seen, index: tuple[int, ...], right: list[AddedProduct], yours: list[AddedProduct]
) -> bool:
    """Whether these products make the number that came, besides what a sum begins with."""
    came, wanted = _element_at(seen.got.numbers, index), _element_at(seen.right, index)
    begin = wanted - sum(each.product for each in right)
    total = begin + sum(each.product for each in yours)
    return bool(abs(total - came) <= 1e-6 * max(1.0, abs(came)))


def _element_at(numbers: Any, index: tuple[int, ...]) -> float:
    for place in index:
        numbers = numbers[place]
    return float(numbers)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _product(term: AddedProduct) -> str:
    factors = " · ".join(f"{symbol}[{','.join(map(str, at))}]" for symbol, at in term.places)
    return f"{factors} = {number(term.product)}"


def _made_of(seen: Seen, index: tuple[int, ...]) -> str:
    """The few numbers that a number is made of, where no sum is."""
    tensors, axes = seen.probe.tensors, seen.probe.kind.axes
    if set(axes.values()) == {"nf"} and len(index) == 2:
        n, f = index
        at = f"[{n},{f}]"
        told = [f"X{at} = {number(tensors['x'][n][f])}"]
        if seen.result == "input":
            told.append(f"dY{at} = {number(tensors['dy'][n][f])}")
        return f"It is made of {' and '.join(told)}."
    if axes["x"] == "nk" and index:
        scores = ", ".join(number(each) for each in tensors["x"][index[0]])
        label = f", and its label is {tensors['labels'][index[0]]}" if "labels" in tensors else ""
        return f"The scores of this image are {scores}{label}."
    return ""


def _loop(seen: Sequence[Seen], first: FirstWrong) -> str:
    """The program of the one element, if it is not the whole solution already."""
    one = next(each for each in seen if each.probe is first.probe)
    operation = one.operation
    equation = (
        operation.forward
        if first.result in ("output", "loss")
        else operation.gradients.get(first.result)
    )
    if equation is None:
        return ""
    program = equation.python()
    if len(program.splitlines()) == 1:
        return ""
    names = [letter.letter.symbol for letter in equation.left.indices or () if letter.letter]
    head = ""
    if names:
        head = f"{', '.join(names)} = {', '.join(map(str, first.index))}\n"
    return head + program


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
    message = f" ({error['message']})" if error["message"] else ""
    return f"{name} raises {error['type']}{message}{where}"


def not_tried(subject: Subject, outcome: TrialOutcome | None) -> Finding:
    """What is to be said of a function that gave nothing in any of the ways that it was called."""
    name = subject.name
    error = None if outcome is None else outcome.error
    misread = error is None or (error["type"] == "TypeError" and "argument" in error["message"])
    told = f"{name} could not be tried"
    if error is not None and outcome is not None:
        comma = "," if error.get("line") else ""
        told = f"{told_error(name, error)}{comma} at the first trial, with {outcome.probe.setting}"
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
    gives = listing([KINDS[plan.operation].letter(result) for result in plan.assignment])
    if plan.container == "json":
        return f"Asked for {plan.operation} in lines of JSON; it gives {gives}."
    parts = [f"{name} as {_role_words(plan.operation, role)}" for name, role in plan.arguments]
    container = {"list": "nested lists", "numpy": "NumPy arrays", "torch": "tensors"}
    before = (
        f", given back by {subject.closure.maker['name']}"
        if subject.closure is not None
        else f", after {subject.forward['name']}, which made its cache"
        if plan.forward_arguments is not None and subject.forward is not None
        else ""
    )
    return (
        f"Read as {plan.operation}, {subject.direction}{before}"
        f"{f': {listing(parts)}' if parts else ''}; it gives {gives or 'nothing'}. Arrays are "
        f"{container[plan.container]}, {plan.layout.words}. Say otherwise with --operation, "
        "--arguments or --layout."
    )


def _role_words(operation: str, role: str) -> str:
    """What an argument was taken for."""
    if role == "x" and KINDS[operation].symbols["x"] == "Z":
        return "the scores Z"
    return _ROLES.get(role, f"the {role.replace('_', ' ')}")


_ROLES = {
    "dy": "the error dY",
    "x": "the input X",
    "w": "the weights W",
    "b": "the bias b",
    "y": "the output Y",
    "gamma": "the scale γ",
    "beta": "the shift β",
    "eps": "ε",
    "x_shape": "the shape of X",
    "w_shape": "the shape of W",
    "onehot": "the labels as rows with a 1",
    "winners": "what the forward pass kept",
    "options": "a dictionary of options",
    "cache": "what the forward pass kept",
    "kernel_size": "the size of the window",
    "labels": "the labels",
    "activation": "the name of the activation",
    "regularization": "the strength of a weight decay, which is 0 here",
    "stride": "the stride",
    "padding": "the padding",
    "dilation": "the dilation",
    "groups": "the groups",
}
