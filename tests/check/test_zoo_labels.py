"""The zoo's labels are true: right programs equal the book, wrong ones are wrong as they say."""

import runpy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from .zoo import calling
from .zoo.calling import FOLDER, call, differences, load
from .zoo.labels import PROGRAMS, RIGHT, TWO, WRONG, Program
from .zoo.probes import PROBES, Probe


def named(programs: list[Program]) -> list[Any]:
    """Test parameters with the files' names; those on tensors need PyTorch.

    All of them together take as long as many kernels, and only change with the zoo.
    """
    return [
        pytest.param(
            program,
            id=program.file.removesuffix(".py"),
            marks=pytest.mark.torch if program.call.layout == "tensors" else pytest.mark.widths,
        )
        for program in programs
    ]


def probes_of(program: Program) -> list[Probe]:
    """All probes that a program can be asked for."""
    takes = set(program.takes)
    return [probe for probe in PROBES[program.operation] if probe.needs <= takes]


@pytest.mark.parametrize("program", named(RIGHT))
def test_a_right_program_is_the_book_wherever_it_can_be_asked(program: Program) -> None:
    module = load(program)
    probes = probes_of(program)
    assert probes
    for probe in probes:
        outcome = call(program, module, probe)
        if outcome.raised is not None:
            raise AssertionError(f"raised on {probe.name}") from outcome.raised
        assert differences(program, outcome, probe) == set(), probe.name


@pytest.mark.parametrize("program", named(WRONG))
def test_a_wrong_program_is_wrong_where_its_label_says_and_nowhere_else(program: Program) -> None:
    module = load(program)
    found: set[str] = set()
    for probe in probes_of(program):
        outcome = call(program, module, probe)
        here = differences(program, outcome, probe)
        if probe.traits >= set(program.shows):
            assert here, f"{probe.name}: the mistake does not show"
            found |= here
        else:
            assert not here, f"{probe.name}: {here} {outcome.raised!r}"
    if found == {"raised"}:  # nothing ever comes back where it is wrong
        found = set(program.call.results)
    assert found - {"raised"} == set(program.wrong)


@pytest.mark.parametrize("program", named(WRONG[::10]))
def test_a_false_label_is_noticed(program: Program) -> None:
    elsewhere = ("images",) if not program.shows else ()
    for false in (
        replace(program, wrong=program.wrong[1:]),
        replace(program, wrong=(*program.wrong, "gradient")),
        replace(program, shows=elsewhere),
    ):
        with pytest.raises(AssertionError):
            test_a_wrong_program_is_wrong_where_its_label_says_and_nowhere_else(false)
    with pytest.raises(AssertionError):
        test_a_right_program_is_the_book_wherever_it_can_be_asked(program)


@pytest.mark.parametrize("program", named(TWO))
def test_a_program_with_two_mistakes_is_wrong_in_the_results_that_its_label_says(
    program: Program,
) -> None:
    module = load(program)
    outcomes = [(probe, call(program, module, probe)) for probe in probes_of(program)]
    found = [differences(program, outcome, probe) for probe, outcome in outcomes]
    assert set().union(*found) - {"raised"} == set(program.wrong)


def seen(program: Program) -> list[Any]:
    """All that can be seen of a program from outside: what it answers to each probe."""
    module = load(program)
    found: list[Any] = []
    for probe in probes_of(program):
        outcome = call(program, module, probe)
        results = {
            name: np.round(np.asarray(result, dtype=float), 6).tolist()
            for name, result in outcome.results.items()
        }
        found.append((type(outcome.raised), str(results), sorted(outcome.changed)))
    return found


def wrong_answers(program: Program) -> dict[str, dict[str, str]]:
    """For each probe the wrong results, as text; none where nothing comes back."""
    module = load(program)
    found = {}
    for probe in probes_of(program):
        outcome = call(program, module, probe)
        wrong = differences(program, outcome, probe)
        found[probe.name] = {
            name: str(np.round(np.asarray(result, dtype=float), 6).tolist())
            for name, result in outcome.results.items()
            if name in wrong
        }
    return found


@pytest.mark.parametrize("operation", sorted({program.operation for program in WRONG}))
def test_programs_that_answer_alike_may_be_told_the_same_mistake(operation: str) -> None:
    """Two names for one behavior would make a right answer of the checker look wrong."""
    programs = [program for program in WRONG if program.operation == operation]
    answers = [wrong_answers(program) for program in programs]
    for i, first in enumerate(programs):
        for second, answer in zip(programs[:i], answers[:i], strict=True):
            common = answers[i].keys() & answer.keys()
            if all(answers[i][name] == answer[name] for name in common) and any(
                answer[name] for name in common
            ):
                assert set(first.mistakes) <= {*second.mistakes, *second.also}, first.file
                assert set(second.mistakes) <= {*first.mistakes, *first.also}, second.file


@pytest.mark.parametrize("program", named(TWO))
def test_two_mistakes_are_more_than_one_of_them(program: Program) -> None:
    answer = seen(program)
    for other in WRONG:
        if other.how == program.how and set(other.mistakes) <= set(program.mistakes):
            assert seen(other) != answer, other.file


def test_the_table_lists_every_program_once() -> None:
    files = [path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*/*.py")]
    assert sorted(program.file for program in PROGRAMS) == sorted(files)
    assert len(set(files)) == len(files)


def test_the_zoo_is_as_large_as_it_has_to_be() -> None:
    assert sum(program.mistakes != (NAMELESS,) for program in WRONG) >= 75
    assert len(RIGHT) >= 35
    assert len(TWO) >= 12
    assert all(not program.mistakes for program in RIGHT)
    assert all(len(program.mistakes) == 1 for program in WRONG)
    assert all(len(program.mistakes) == 2 for program in TWO)


VOCABULARY = """
wrong-shape sign batch-average-extra positions-averaged scaled error-ignored inputs-changed
whole-number-division one-image-only assigned-not-added raised not-finite rows-shared parentheses

filter-turned filter-not-turned transposed stride-forgotten padding-forgotten
padding-not-cropped padding-cropped-wrongly dilation-forgotten groups-forgotten channels-mixed
one-channel-only one-filter-only bias-forgotten bias-repeated bias-axes last-row-forgotten
remainder-ignored updated-weights wrong-operand axes-turned square-assumed padding-wraps

ties-all tie-last error-to-all max-as-average average-as-max average-not-divided
winner-of-error winner-value padding-wins maximum-from-zero padding-counted

slope-at-output slope-at-input mask-of-error wrong-slope slope-forgotten

mean-way-forgotten variance-way-forgotten variance-way-halved statistics-constant eps-forgotten
eps-outside-root unbiased-variance scale-forgotten statistics-axes

batch-average-forgotten batch-average-twice onehot-forgotten onehot-added
softmax-forgotten softmax-twice softmax-axis other-logarithm overflow

step-uphill learning-rate-forgotten learning-rate-twice momentum-forgotten
bias-correction-forgotten epsilon-inside-root weight-decay-wrong state-not-kept
"""
NAMES = set(VOCABULARY.split())
# What no program is wrong with alone: a convention.  And what has no name, and has to be described.
CONVENTION, NAMELESS = "slope-at-kink", "described"


def test_every_name_of_a_mistake_has_a_program_with_it_alone() -> None:
    assert {name for program in WRONG for name in program.mistakes} == NAMES | {NAMELESS}
    assert {name for program in TWO for name in program.mistakes} <= NAMES
    assert {name for program in PROGRAMS for name in program.also} <= NAMES | {CONVENTION, NAMELESS}


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.file)
def test_a_program_that_is_run_as_a_script_does_not_fail(
    program: Program, capsys: pytest.CaptureFixture[str]
) -> None:
    path = FOLDER / program.file
    if '__name__ == "__main__"' in path.read_text(encoding="utf-8"):
        runpy.run_path(str(path), run_name="__main__")
        assert capsys.readouterr().out


def test_no_program_is_another_one() -> None:
    texts = {(FOLDER / program.file).read_text(encoding="utf-8") for program in PROGRAMS}
    assert len(texts) == len(PROGRAMS)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.file)
def test_no_program_gives_its_mistake_away(program: Program) -> None:
    text = (FOLDER / program.file).read_text(encoding="utf-8").lower()
    for word in (
        "mistake",
        "wrong",
        "bug",
        "incorrect",
        "fixme",
        "todo",
        "backlit",
        *program.mistakes,
    ):
        assert word not in text


def test_every_probe_and_every_trait_is_used() -> None:
    assert all(any(probes_of(p) for p in PROGRAMS if p.operation == kind) for kind in PROBES)
    for operation, probes in PROBES.items():
        programs = [program for program in PROGRAMS if program.operation == operation]
        for probe in probes:
            assert any(probe.needs <= set(program.takes) for program in programs), probe.name
    traits = set().union(*(probe.traits for probes in PROBES.values() for probe in probes))
    assert {trait for program in PROGRAMS for trait in program.shows} <= traits


def test_every_layout_gives_back_what_went_in() -> None:
    for program in PROGRAMS:
        if program.call.layout == "tensors":
            continue
        kinds = calling.kinds_of(program.operation)
        layout = calling.LAYOUTS[program.call.layout]
        probe = probes_of(program)[0]
        for name, value in calling.into(program, probe).items():
            if kinds.get(name) in ("map", "filter", "units", "rows", "vector"):
                if name == "x" and "x" in layout.kinds:
                    continue  # a grey picture only goes in
                back = layout.kinds.get(kinds[name], (None, calling.same))[1](layout.back(value))
                assert np.array_equal(back, np.array(probe.values[name])), (program.file, name)


def test_the_folders_hold_nothing_but_programs() -> None:
    others = [path for path in FOLDER.glob("*/**/*") if path.suffix != ".py" and path.is_file()]
    assert [path for path in others if path.parent.name != "__pycache__"] == []
    assert Path(FOLDER / "right" / "torch").is_dir()
