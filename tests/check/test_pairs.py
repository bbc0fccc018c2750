"""Two mistakes at once, made by the equations: told as two, or as none, but not as another one."""

from functools import cache
from itertools import combinations
from random import Random

import pytest

from backlit.check.adapting import Got
from backlit.check.matching import match
from backlit.check.probes import Limits, Probe, probes_of
from backlit.check.trials import Seen, sizes_for
from backlit.mistakes import Mutation, mutations_of, wrong_way
from backlit.pure.nested import shape as shape_of

# How many pairs of each are drawn, and of how many of them both names are to be told.
DRAWN, NAMED = 8, 4


@cache
def probes(operation: str) -> tuple[Probe, ...]:
    return tuple(probes_of(operation, Limits()))


def seen(operation: str, result: str, changes: tuple[Mutation, ...]) -> list[Seen] | None:
    """What a function with these mistakes would give; None where they do not fit together."""
    found = []
    for probe in probes(operation):
        way = wrong_way(probe.operation, result, changes)
        assert way is not None
        numbers = way.line.compute(probe.letters, sizes_for(probe))
        shape = shape_of(numbers)
        if shape != shape_of(probe.right[result]):
            return None
        found.append(Seen(probe, result, Got(numbers, numbers, shape, shape)))
    return found


def drawn(operation: str, result: str) -> list[tuple[Mutation, Mutation]]:
    """Pairs of mistakes with different names that both show: their numbers are not those of one."""
    changes = mutations_of(probes(operation)[0].operation, result)
    pairs = [pair for pair in combinations(changes, 2) if pair[0].mistake != pair[1].mistake]
    Random(f"{operation} {result}").shuffle(pairs)
    found: list[tuple[Mutation, Mutation]] = []
    for pair in pairs:
        both = seen(operation, result, pair)
        ones = [seen(operation, result, (each,)) for each in pair]
        if both is None or all(each.is_right for each in both):
            continue
        alone = [[each.got.numbers for each in one] for one in ones if one is not None]
        if [each.got.numbers for each in both] not in alone:
            found.append(pair)
        if len(found) == DRAWN:
            break
    return found


@pytest.mark.parametrize(
    ("operation", "result"),
    [
        ("conv2d", "weight"),
        pytest.param("conv2d", "input", marks=pytest.mark.widths),  # as long again
        ("dense", "weight"),
    ],
)
def test_a_pair_is_named_as_two_or_described(operation: str, result: str) -> None:
    pairs = drawn(operation, result)
    named = 0
    for pair in pairs:
        both = seen(operation, result, pair)
        assert both is not None
        told = match(both)
        if told is None or told.told:  # described in words that were checked, as "it is 0"
            continue
        names = {each.mistake for each in pair}
        if set(told.mistakes) == names:
            named += 1
            continue
        # Other names are true as well where they give the same numbers on every probe.
        again = seen(operation, result, told.changes)
        assert again is not None
        right = [each.got.numbers for each in again] == [each.got.numbers for each in both]
        assert right, (names, told.mistakes)
    assert len(pairs) > 2
    assert named >= len(pairs) * NAMED // DRAWN, (named, len(pairs))
