"""The course as a notebook: its form, what it says when it is run, and what graders read of it."""

import doctest
import json
from types import FunctionType
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from backlit.learn import exercises, grade, notebook, otter_files


def read(**settings: Any) -> Any:
    return nbformat.reads(notebook(**settings), as_version=4)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("solutions", [False, True])
def test_it_is_a_notebook_whose_cells_have_names(solutions: bool) -> None:
    document = read(solutions=solutions)
    nbformat.validate(document)
    assert len({cell.id for cell in document.cells}) == len(document.cells)


def test_solutions_stand_between_the_marks_and_only_where_they_are_asked_for() -> None:
    assert "BEGIN" not in notebook()
    document = read(solutions=True)
    marked = [cell for cell in document.cells if "### BEGIN SOLUTION" in cell.source]
    assert len(marked) == len(exercises())
    assert all(cell.metadata.nbgrader.solution for cell in marked)
    assert "HIDDEN" not in notebook(solutions=True)


def test_every_function_has_a_graded_cell() -> None:
    graded = {
        cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.points
        for cell in read().cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    }
    assert graded == {
        f"check-{part.function}": each.points for each in exercises() for part in each.parts
    }


def executed(document: Any) -> Any:
    NotebookClient(document, timeout=120, kernel_name="python3", allow_errors=True).execute()
    return {cell.id: cell for cell in document.cells if cell.cell_type == "code"}


def test_with_solutions_every_cell_gives_its_points() -> None:
    document = read(solutions=True)
    for name, cell in executed(document).items():
        assert not any(out.output_type == "error" for out in cell.outputs), (name, cell.outputs)
        if name.startswith("check-"):
            assert {output.output_type for output in cell.outputs} == {"stream"}
            said = "".join(output.text for output in cell.outputs)
            assert "right" in said
            assert "point" in said


def test_without_them_it_says_why_there_are_none() -> None:
    cells = executed(read())
    for name, cell in cells.items():
        if name.startswith("check-"):
            (output,) = cell.outputs
            assert output.output_type == "error"
            assert "is still blank" in output.evalue or "at the beginning" in output.evalue
            assert not any(
                "File" in line for line in output.traceback
            )  # reasons, not lines of ours


def test_otter_reads_the_same_tests_from_files_and_from_the_notebook() -> None:
    kept = json.loads(notebook())["metadata"]["otter"]
    assert kept["OK_FORMAT"] is True
    for name, text in otter_files().items():
        names: dict[str, Any] = {}
        exec(text, names)
        assert names["OK_FORMAT"] is True
        assert names["test"] == kept["tests"][name.removesuffix(".py")]


def test_otters_test_passes_with_the_solution_alone() -> None:
    each = exercises()[0]
    (case,) = json.loads(notebook())["metadata"]["otter"]["tests"]["one_window"]["suites"][0][
        "cases"
    ]
    for code, failures in ((each.solution, 0), (each.start(), 1)):
        names: dict[str, Any] = {}
        exec(code, names)
        assert isinstance(names["one_window"], FunctionType)
        runner = doctest.DocTestRunner(verbose=False)
        runner.run(
            doctest.DocTestParser().get_doctest(case["code"], names, "case", None, None),
            out=lambda text: None,
        )
        assert runner.failures == failures
    assert grade(1, each.parts[0].solution).ok  # type: ignore[attr-defined]
