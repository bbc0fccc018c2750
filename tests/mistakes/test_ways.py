"""Each mistake's wrong equation gives wrong numbers, and no two mistakes give the same."""

from collections import defaultdict
from functools import cache

import pytest

from backlit.check.probes import KINDS, Limits, Probe, probes_of
from backlit.check.trials import sizes_for
from backlit.mistakes import MISTAKES, Mutation, mutations_of, right_line, wrong_way
from backlit.pure.nested import flat

RESULTS = [
    (name, result)
    for name in KINDS
    for probe in probes_of(name, Limits())[:1]
    for result in probe.kind.results
    if right_line(probe.operation, result) is not None
]


def probes(name: str) -> list[Probe]:
    """All but those whose exponentials are beyond the range of floats."""
    return [each for each in probes_of(name, Limits()) if "large" not in each.features]


Key = tuple[tuple[float, ...], ...]


def rounded(nested: object) -> tuple[float, ...]:
    """Whole numbers and their quotients differ by more than this."""
    return tuple(round(each, 6) + 0.0 for each in flat(nested))


@cache
def right(name: str, result: str) -> Key:
    return tuple(rounded(probe.right[result]) for probe in probes(name))


@cache
def computed(name: str, result: str) -> dict[Mutation, Key]:
    """What each mistake gives on all probes."""

    def numbers_of(probe: Probe, change: Mutation) -> tuple[float, ...]:
        way = wrong_way(probe.operation, result, (change,))
        assert way is not None
        return rounded(way.line.compute(probe.letters, sizes_for(probe)))

    changes = mutations_of(probes(name)[0].operation, result)
    return {each: tuple(numbers_of(probe, each) for probe in probes(name)) for each in changes}


@pytest.mark.parametrize(("name", "result"), RESULTS)
def test_the_right_line_is_right_on_every_probe(name: str, result: str) -> None:
    for probe in probes(name):
        line = right_line(probe.operation, result)
        assert line is not None
        found = line.compute(probe.letters, sizes_for(probe))
        assert rounded(found) == rounded(probe.right[result]), probe.words


@pytest.mark.parametrize(("name", "result"), RESULTS)
def test_every_mistake_shows_on_some_probe(name: str, result: str) -> None:
    for change, found in computed(name, result).items():
        lines = [right_line(probe.operation, result) for probe in probes(name)]
        # Where the operation has nothing of the kind, as a bias has no stride, nothing is changed.
        makes_sense = any(change.change(line) is not None for line in lines)
        assert makes_sense == (found != right(name, result)), (change.mistake, change.words)


@pytest.mark.parametrize(("name", "result"), RESULTS)
def test_no_two_mistakes_give_the_same_numbers_on_all_probes(name: str, result: str) -> None:
    names: dict[Key, set[str]] = defaultdict(set)
    for change, found in computed(name, result).items():
        names[found].add(change.mistake)
    names.pop(right(name, result), None)
    assert [each for each in names.values() if len(each) > 1] == []


def test_every_change_has_a_name_that_is_explained() -> None:
    for name, result in RESULTS:
        for change in computed(name, result):
            assert change.mistake in MISTAKES
    for name, mistake in MISTAKES.items():
        assert mistake.name == name
        assert mistake.why.endswith(".")
