"""What stands in Python and in the page's JavaScript is the same: terms, verdicts, threads, texts.

Thousands of numbers of small networks with every kind of layer, and of networks whose inputs and
weights are odd, are explained by both; the JavaScript runs under Node.js, without a browser.
"""

import dataclasses
import itertools
import math
import random
import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache, partial
from typing import Any

import numpy as np
import pytest

import backlit as bl
from backlit import layers
from backlit.equations import Equation, Factor, format_number
from backlit.equations.functions import FUNCTIONS
from backlit.errors import AddressError
from backlit.explain import Explanation, Part, Trace, explain
from backlit.explain.address import addressable_shapes, steepest_weight
from backlit.explain.telling import follow
from backlit.explain.update_lines import _digits
from backlit.web.document import document
from tests.explain.networks import SMALLS
from tests.web import networks
from tests.web.node import answers

EPS = 2.0**-52
MOST = 4  # numbers of one array that are asked for

# Where functions leave their usual path: ends of the floats, tails, both zeros, kinks.
ODD = [
    *(0.0, -0.0, 5e-324, 1e-300, 1e-17, 1e-9, 0.5, 1.0, 3.0, 6.0, 8.0, 10.0, 38.0, 40.0, 800.0),
    *(-5e-324, -1e-300, -1e-17, -1e-9, -0.5, -1.0, -3.0, -6.0, -8.0, -10.0, -38.0, -40.0, -800.0),
]
UNFRIENDLY = [*ODD, 1e300, -1e300, math.inf, -math.inf, math.nan]
ACTIVATIONS = [each for each in layers.LAYERS.values() if each.family == "activation"]


def in_float32(trace: Trace) -> Trace:
    """The same numbers, rounded one by one: sums of them lie apart as an engine's would."""
    snapshot = trace.snapshot.edited(
        {name: array.astype(np.float32) for name, array in trace.snapshot.parameters.items()}
    )
    snapshot.dtype = np.dtype(np.float32)

    def rounded(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: rounded(each) for key, each in value.items()}
        is_real = isinstance(value, np.ndarray) and value.dtype == np.float64
        return value.astype(np.float32) if is_real else value

    fields = {
        each.name: rounded(getattr(trace.recording, each.name))
        for each in dataclasses.fields(trace.recording)
    }
    return Trace(snapshot, dataclasses.replace(trace.recording, **fields))


def blown_up(small: Any, seed: int) -> Trace:
    """A network some of whose weights are odd, and may be infinite or NaN."""
    chance = random.Random(seed)
    net = small.network()
    for array in net.parameters.values():
        for _ in range(1 + array.size // 10):
            array[tuple(chance.randrange(size) for size in array.shape)] = chance.choice(UNFRIENDLY)
    with np.errstate(all="ignore"):
        images, labels = small.batch()
        return explain(net, images, labels, training=small.training)


def tampered(trace: Trace, factor: float) -> Trace:
    """A trace whose engine is wrong, more or less."""
    recording = trace.recording

    def wrong(arrays: Mapping[str, Any]) -> dict[str, Any]:
        return {name: array * factor for name, array in arrays.items()}

    gradients, errors = wrong(recording.gradients), wrong(recording.errors)
    return Trace(trace.snapshot, dataclasses.replace(recording, gradients=gradients, errors=errors))


def at_odd_places(layer: layers.Layer) -> Trace:
    """A function of one number, at numbers where such functions lose digits."""
    assert len(ODD) == 28
    net = bl.Network((1, 4, 7), [layer, bl.Flatten(), bl.Dense(3)], engine="pure", seed=1)
    images = np.array(ODD).reshape(1, 1, 4, 7)
    return explain(net, images, [1])


def _cases() -> dict[str, Callable[[], Trace]]:
    found: dict[str, Callable[[], Trace]] = {
        f"web {name}": partial(networks.trace, name) for name in networks.NETWORKS
    }
    for layer in ACTIVATIONS:
        found[f"{layer.__name__} at odd places"] = partial(at_odd_places, layer())
    for seed, small in enumerate(SMALLS):
        found[str(small)] = small.trace
        found[f"{small}, blown up"] = partial(blown_up, small, seed)
    for k, factor in enumerate((1 + EPS, 1 + 64 * EPS, 1 + 1e-12, 1.01)):
        name = [*networks.NETWORKS][k]
        found[f"web {name}, times {factor!r}"] = partial(tampered, networks.trace(name), factor)
    return found


CASES = _cases()
SINGLE = ", float32"
KINDS = [*CASES, *(f"{about}{SINGLE}" for about in CASES if "blown up" not in about)]


@cache
def traced(about: str) -> Trace:
    with np.errstate(all="ignore"):
        name = about.removesuffix(SINGLE)
        trace = CASES[name]()
        return trace if name == about else in_float32(trace)


@lru_cache(2000)  # more than the numbers of one group
def explained(about: str, written: str) -> Explanation:
    return traced(about)[written]


@cache
def addresses(about: str) -> list[str]:
    """Some numbers of every array; all of a small one."""
    trace, chance = traced(about), random.Random(about)
    found = []
    for name, shape in addressable_shapes(trace.graph, trace.images).items():
        indices = list(itertools.product(*map(range, shape)))
        for index in chance.sample(indices, min(MOST, len(indices))):
            found.append(f"{name}[{','.join(map(str, index))}]" if index else name)
    return found


def same(ours: Any, true: Any) -> bool:
    """To the last bit, the sign of 0 and NaN included."""
    if ours is None or true is None:
        return ours is true
    number = float(ours)
    return repr(number) == repr(float(true))


def starts(about: str) -> list[tuple[str, int]]:
    """The weights and biases among them, each with an image of the batch."""
    trace, chance = traced(about), random.Random(about)
    return [
        (written, chance.randrange(trace.images))
        for written in addresses(about)
        if trace.address(written).is_parameter
    ]


GROUPS = [KINDS[start::10] for start in range(10)]  # each in one process


@lru_cache(1)
def page(group: int) -> dict[str, dict[str, Any]]:
    """What the page says of these numbers, the ways of their stories, and where it opens."""
    questions = []
    for about in GROUPS[group]:
        with np.errstate(all="ignore"):
            data = document(traced(about), about)
        chosen = {"addresses": addresses(about), "starts": starts(about)}
        questions.append({"kind": "told", "document": data, **chosen})
    return dict(zip(GROUPS[group], answers(questions), strict=True))


# Three groups are enough for each day; CI takes them all.
_SOME = [pytest.param(k, marks=[pytest.mark.widths] if k % 4 else []) for k, _ in enumerate(GROUPS)]


@pytest.fixture(scope="module", params=_SOME)
def group(request: pytest.FixtureRequest) -> int:
    """One of them; tests of the same one follow one another, so that it is worked out once."""
    found: int = request.param
    return found


def test_every_number_is_the_same_sum(group: int) -> None:
    with np.errstate(all="ignore"):
        for about, found in page(group).items():
            for written, ours in zip(addresses(about), found["told"], strict=True):
                true = explained(about, written)
                assert str(true.address) == written
                compare(traced(about), true, ours)


@cache
def text(equation: Equation) -> str:
    return equation.text()


def compare(trace: Trace, true: Explanation, ours: Any) -> None:
    """One number: where it stands, what its terms are, and what is said of rounding."""
    written = str(true.address)
    assert ours["written"] == written
    assert ours["explained"] == true.explained, written
    assert same(ours["engine"], true.engine_value), written
    assert same(ours["value"], true.value), written
    assert same(ours["gradient"], true.gradient), written
    # Functions such as e^x may differ in their last bits from one library to another, and then two
    # ways to one number are as far apart as rounding can put them: but in Python's floats.
    allowed = true.agreement.bound * EPS / float(np.finfo(true.dtype).eps)
    assert [part["layer"] for part in ours["parts"]] == [part.layer for part in true.parts]
    for own, part in zip(ours["parts"], true.parts, strict=True):
        assert own["equation"] == text(part.equation)
        assert [index for _, index, _ in own["terms"]] == [term.index for term in part.terms]
        for (product, _, factors), term in zip(own["terms"], part.terms, strict=True):
            assert [each[:2] + each[3:] for each in factors] == [
                [factor.symbol, list(factor.index), source_of(trace, part, factor)]
                for factor in term.factors
            ], written
            exact = [
                same(value, factor.value)
                for (_, _, value, _), factor in zip(factors, term.factors, strict=True)
            ]
            for is_same, factor in zip(exact, term.factors, strict=True):
                assert is_same or not factor.index, (written, factor)  # what is read is the same
            assert same(product, term.product) or not all(exact), written
            assert near(product, term.product, allowed), (written, product, term.product)
        products = [float(product) for product, _, _ in own["terms"]]
        assert same(own["total"], added_up(products)), written
    assert near(ours["total"], true.total, allowed), written
    compare_agreement(true, ours, allowed)


def compare_agreement(true: Explanation, ours: Any, allowed: float) -> None:
    own, other = ours["agreement"], true.agreement
    written = str(true.address)
    assert near(own["difference"], other.difference, 2 * allowed), written
    for what in ("usual", "bound"):  # to the rounding of the sum of sizes, in the network's type
        number = getattr(other, what)
        few = (len(true.terms) + 16) * float(np.finfo(true.dtype).eps)
        assert near(own[what], number, few * abs(number)), (written, what)
    assert own["holds"] is other.holds, written
    if same(own["bound"], other.bound):
        assert own["verdict"] == as_page(other.verdict), written


def near(ours: Any, true: Any, allowed: float) -> bool:
    """Equal, or apart by no more than is allowed; what is not finite is equal or not."""
    own, other = float(ours), float(true)
    return own == other or (own != own and other != other) or abs(own - other) <= allowed


def added_up(products: list[float]) -> float:
    """From the first to the last, each sum rounded, which Python's own ``sum`` may do otherwise."""
    total = 0.0
    for product in products:
        total += product
    return total


def source_of(trace: Trace, part: Part, factor: Factor) -> str | None:
    """What a factor leads to; None where it is no number that can be asked for."""
    return part.source(factor) if part.arrays.get(factor.symbol) in trace.shapes else None


def asked(trace: Trace, source: str) -> str | None:
    """The number that a text asks for; None where it is none."""
    try:
        return str(trace.address(source))
    except AddressError:
        return None


def as_page(text: str) -> str:
    """A text with powers of ten as the page writes them."""
    return re.sub(r"(\d)e(−?\d+)", lambda found: f"{found[1]}·10{raised(found[2])}", text)


def raised(exponent: str) -> str:
    return exponent.translate(str.maketrans("0123456789−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻"))


def test_every_story_goes_the_same_way(group: int) -> None:
    with np.errstate(all="ignore"):
        for about, found in page(group).items():
            for (written, image), ours in zip(starts(about), found["ways"], strict=True):
                true = explained(about, written)
                assert str(true.address) == written
                compare_way(traced(about), true, image, ours)


def compare_way(trace: Trace, explanation: Explanation, image: int, ours: Any) -> None:
    written = str(explanation.address)
    links = follow(trace, explanation.address, explanation.parts[0], image)
    assert ours["way"] == [str(link.address) for link in links], (written, image)
    # The story of a weight whose image nobody chose is of the one that pulls hardest.
    images = explanation.by_image
    strongest = max(images, key=lambda each: abs(each.total), default=None)
    assert ours["pulling"] == (strongest.index["n"] if strongest else 0), written


def test_a_page_opens_at_the_same_weight(group: int) -> None:
    for about, found in page(group).items():
        assert found["opened"] == steepest_weight(traced(about).recording.gradients)


def test_a_page_opens_at_a_weight_even_if_no_gradient_is_steep() -> None:
    trace = tampered(networks.trace("digits"), 0.0)
    data = document(trace, "x")
    (found,) = answers([{"kind": "told", "document": data, "addresses": [], "starts": []}])
    assert found["opened"] == steepest_weight(trace.recording.gradients)


TEXTS = [
    *("loss", "loss[]", "loss[0]", "loss[,]", " loss ", "", " ", "[", "[]", "[0]", "x", "truth"),
    *("conv1.weight[0,0,0,0]", " conv1.weight [ 0 , 0,0 ,0 ] ", "conv1.weight[0,,0,0,0]"),
    *("conv1.weight[0,0,0]", "conv1.weight[0 0,0,0]", "conv1.weight[-0,0,0,0]"),
    *("conv1.weight[-1,0,0,0]", "conv1.weight[00,0,0,0]", "conv1.weight[0,0,0,0],"),
    *("conv1.weight[0,0,0,0]]", "conv1.weight[0,0,0,0", "conv1.weight[1e0,0,0,0]"),
    *("conv1.weight[4,0,0,0]", "conv1.weight[٠,0,0,0]", "conv1 .weight[0,0,0,0]"),
    *("conv1.bias[3]", "conv1.bias[3,]", "conv1.bias[+3]", "conv1.bias[3.0]", "conv1.bias[0x3]"),
    *(
        "conv1.bias[1000000000000000000]",
        "conv1.bias[99999999999999999999]",
        "conv1.bias.gradient[0]",
    ),
    *("input[0,0,0,0]", "input.error[0,0,0,0]", "input.output[0,0,0,0]", "probability[2,2]"),
    *("probability[3,0]", "conv1.output[0,0,0,0]", "conv1.error[0,0,0,0]\n", "CONV1.bias[0]"),
    *("loss.error", "conv1[0]", "conv1.bias(0)", "toString", "__proto__", "constructor[0]"),
]


def test_the_same_texts_are_addresses() -> None:
    trace = networks.trace("digits")
    chance = random.Random(3)
    texts = [*TEXTS]
    for _ in range(3000):  # damaged ones
        letters = list(chance.choice(TEXTS))
        for _ in range(chance.randint(1, 2)):
            at = chance.randint(0, len(letters))
            letters[at : at + chance.randint(0, 1)] = chance.choice(["", *"[],-0  1.a\t\n"])
        texts.append("".join(letters))
    question = {"kind": "parsed", "document": document(trace, "x"), "texts": texts}
    (found,) = answers([question])
    assert sum(each is not None for each in found) > 100
    for given, ours in zip(texts, found, strict=True):
        assert ours == asked(trace, given), given


def test_numbers_are_written_with_the_same_digits() -> None:
    chance = random.Random(5)
    numbers = [float(each) for each in (*UNFRIENDLY, 0.0625, 1.0625, 2.5, 3.5, 1e9, 999999999.5)]
    numbers += [round(chance.uniform(-20, 20) * 64) / 64 for _ in range(2000)]  # ties
    numbers += [chance.uniform(-1, 1) * 10 ** chance.uniform(-12, 12) for _ in range(3000)]
    numbers += [chance.uniform(-10, 10) * 10.0 ** chance.randint(-320, 300) for _ in range(1000)]
    numbers += [math.nextafter(10.0**k, toward) for k in range(-8, 12) for toward in (0, math.inf)]
    given = [(as_json(each), digits) for each in numbers for digits in (1, 2, 4, 6, 12)]
    (found,) = answers([{"kind": "shown", "numbers": given}])
    for (each, digits), ours in zip(given, found, strict=True):
        assert ours == as_page(format_number(float(each), digits)), (each, digits)


def test_as_many_digits_show_that_a_number_moved() -> None:
    chance = random.Random(11)
    changes = [
        (1.0, 0.0),
        (0.0, 1.0),
        (3.0, 1e-3),
        (3.0, -1e-300),
        (1.0, 1e-310),
        (0.999, 1e-3),
        (9.0, 1.0),
    ]
    changes += [
        (chance.uniform(-9, 9), chance.uniform(-1, 1) * 10 ** -(k % 20)) for k in range(999)
    ]
    (found,) = answers([{"kind": "digits", "changes": changes}])
    assert found == [_digits(value, change) for value, change in changes]


def as_json(number: float) -> float | str:
    """What JSON cannot hold is written as a text, as JavaScript does."""
    if math.isfinite(number) and repr(number) != "-0.0":
        return number
    return {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN", "-0.0": "-0"}[repr(number)]


def test_functions_are_the_same() -> None:
    """To some last digits, and at the ends to the last: of a tail all digits count."""
    chance = random.Random(7)
    places = [each for each in (*UNFRIENDLY, 1e300) if each == each]
    places += [k / 64 for k in range(-448, 449)] + [chance.uniform(-800, 800) for _ in range(500)]
    two = [[each, chance.choice(places)] for each in places] + [[0, math.nan], [math.nan, 0]]
    given = [[as_json(each) for each in pair] for pair in two]
    (found,) = answers([{"kind": "computed", "places": given}])
    assert found.keys() == FUNCTIONS.keys()
    for name, values in found.items():
        for pair, ours in zip(two, values, strict=True):
            try:
                true = float(FUNCTIONS[name](*(pair if name in ("max", "min") else pair[:1])))
            except ValueError:  # of √ and ln below 0
                continue
            assert near(ours, true, 4 * EPS * abs(true)), (name, pair, ours, true)
