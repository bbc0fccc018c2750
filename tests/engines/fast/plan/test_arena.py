"""When tensors are needed, and that those that are needed at once do not overlap."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from backlit.engines.fast.compiling.kernel import Kernel
from backlit.engines.fast.plan.arena import ALIGNMENT, Block, apart, extent, together
from backlit.engines.fast.plan.lifetimes import lifetimes
from backlit.engines.fast.plan.memory import Memory
from backlit.engines.fast.plan.parts import (
    COUNT,
    KernelCall,
    Operand,
    Phase,
    Place,
    Plan,
    PlanTensor,
)

KERNEL = Kernel.of("nothing:nothing")


@st.composite
def blocks(draw: st.DrawFn) -> list[Block]:
    """Up to twelve blocks of a few sizes, so that many are alike."""
    found = []
    for number in range(draw(st.integers(0, 12))):
        first = draw(st.integers(0, 8))
        last = draw(st.integers(first, 9))
        found.append(Block(f"b{number}", ALIGNMENT * draw(st.integers(0, 4)), first, last))
    return found


def overlap(blocks: Sequence[Block], offsets: dict[str, int]) -> bool:
    """Whether two blocks share a byte at some time."""
    return any(
        one.meets(other)
        and offsets[one.name] < offsets[other.name] + other.size
        and offsets[other.name] < offsets[one.name] + one.size
        for place, one in enumerate(blocks)
        for other in blocks[:place]
        if one.size and other.size
    )


@given(blocks())
def test_blocks_that_are_needed_at_once_have_places_of_their_own(found: list[Block]) -> None:
    for packing in (together, apart):
        offsets = packing(found)
        assert offsets.keys() == {block.name for block in found}
        assert all(offset >= 0 and offset % ALIGNMENT == 0 for offset in offsets.values())
        assert not overlap(found, offsets)


@given(blocks())
def test_they_take_no_more_than_side_by_side(found: list[Block]) -> None:
    needed = max(
        (sum(b.size for b in found if b.first <= time <= b.last) for time in range(10)), default=0
    )
    assert needed <= extent(found, together(found)) <= extent(found, apart(found))
    assert extent(found, apart(found)) == sum(block.size for block in found)


@given(blocks())
def test_blocks_that_follow_each_other_share_one_place(found: list[Block]) -> None:
    row = [Block(block.name, block.size, time, time) for time, block in enumerate(found)]
    assert set(together(row).values()) <= {0}


def images(name: str, size: int = 5) -> PlanTensor:
    return PlanTensor(name, Place.IMAGES, size)


SUM = Operand(PlanTensor("sum", Place.PER_THREAD, 7))
WEIGHT = Operand(PlanTensor("weight", Place.SHARED, 3))


def step(*operands: Operand | PlanTensor) -> KernelCall:
    given = tuple(each if isinstance(each, Operand) else Operand(each) for each in operands)
    return KernelCall(KERNEL, given, "")


def plan(*kept: str) -> Plan:
    """Two passes over the images, with a sum between them; steps are numbered from 0 to 10."""
    a, b, c, d, e = map(images, "abcde")
    prepare = Phase(0, [step(WEIGHT), step(Operand(None))], tasks=True)
    clear = Phase(0, [step(SUM)], each=True)
    first = Phase(0, [step(a), step(a, b), step(b, c, WEIGHT), step(c, SUM, COUNT)])
    middle = Phase(0, [step(Operand(SUM.tensor, part=0), Operand(SUM.tensor, part=1))], tasks=True)
    few = Operand(PlanTensor("scratch", Place.SCRATCH, 9))
    second = Phase(0, [step(c, d), step(d, e, few), step(d)])
    return Plan([[prepare, clear], [first], [middle], [second]], frozenset(kept))


def times(plan: Plan) -> dict[str, tuple[int, int]]:
    return {each.tensor.name: (each.first, each.last) for each in lifetimes(plan)}


def test_lifetimes() -> None:
    assert times(plan()) == {
        "weight": (0, 6),  # stages, as threads may be at any step of them
        "sum": (0, 7),
        "a": (3, 4),  # steps of a thread
        "b": (4, 5),
        "c": (3, 10),  # the whole batch's: both passes
        "d": (8, 10),
        "scratch": (9, 9),
        "e": (9, 9),
    }


def test_what_is_kept_lives_to_the_end() -> None:
    found = times(plan("b", "weight"))
    assert found["b"] == (3, 10)  # room for the whole batch, so threads are at different steps
    assert found["weight"] == (0, 10)
    assert found["a"] == (3, 4)


def test_where_all_steps_are_dealt_out_all_tensors_live_through_the_stage() -> None:
    a, b = images("a"), images("b")
    rows = [Phase(2, [step(a)]), Phase(3, [step(a, b)])]
    assert times(Plan([rows], frozenset())) == {"a": (0, 1), "b": (0, 1)}


def test_memory_lies_as_it_should() -> None:
    memory = Memory(plan(), 2, chunk=4, capacity=8)
    tensors = {each.tensor.name: each.tensor for each in lifetimes(plan())}
    counts = {"a": 20, "b": 20, "c": 40, "d": 20, "e": 20, "sum": 7, "weight": 3, "scratch": 9}
    begin = memory.room.ctypes.data
    for name, count in counts.items():
        places = [memory.address(tensors[name], thread) for thread in range(2)]
        assert (places[0] == places[1]) == (name in {"c", "weight"})
        for thread, place in enumerate(places):
            array = memory.array(name, thread)
            assert array.size == count
            assert array.ctypes.data == place
            assert place % ALIGNMENT == 0
            assert begin <= place < place + array.nbytes < begin + memory.bytes
    assert memory.array("a").ctypes.data == memory.array("d").ctypes.data  # one after the other
    side_by_side = Memory(plan(), 2, chunk=4, capacity=8, packing=apart)
    assert side_by_side.bytes == side_by_side.bytes_apart == memory.bytes_apart
    assert side_by_side.array("a").ctypes.data != side_by_side.array("d").ctypes.data
