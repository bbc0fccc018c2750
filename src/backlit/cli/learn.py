"""``backlit learn``: a course of exercises, graded with reasons."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backlit.errors import RunError

from . import completion, options, parsing
from .check import print_lines
from .completion import LEARN_ACTIONS
from .help import OTHER, OUTPUT
from .options import flag, option
from .output import console, paragraph, print_json, say
from .parsing import UsageError

if TYPE_CHECKING:
    from backlit.learn import Course, Exercise

EXAMPLES = """
backlit learn
backlit learn check 1
backlit learn hint 4
backlit learn solution 4
backlit learn notebook --out course.ipynb
"""


def command(
    action: Annotated[
        str | None,
        typer.Argument(
            metavar="ACTION",
            help="check, show, hint or solution of an exercise, or notebook; by default the path "
            "is listed.",
            autocompletion=completion.learn_actions,
        ),
    ] = None,
    number: Annotated[
        str | None,
        typer.Argument(metavar="NUMBER", help="Of the exercise; by default the next one."),
    ] = None,
    folder: Annotated[
        Path, typer.Option("--dir", metavar="DIR", help="Your folder.", rich_help_panel=OUTPUT)
    ] = Path("backlit-course"),
    out: Annotated[Path, option(OUTPUT, "FILE", "Where the notebook goes.")] = Path("course.ipynb"),
    solutions: Annotated[
        bool, flag(OUTPUT, "--solutions", "A notebook with the solutions, for teachers.")
    ] = False,
    otter: Annotated[
        Path | None,
        option(OUTPUT, "DIR", "With a notebook: folder for the tests that `otter check` runs."),
    ] = None,
    seed: Annotated[
        int,
        option(
            OTHER,
            "N",
            "Another seed gives another bug to find; kept in your folder.",
            parsing.number_from_zero,
        ),
    ] = 0,
    anyway: Annotated[
        bool, flag(OTHER, "--anyway", "Show a solution without tries of your own.")
    ] = False,
    json: options.Json = False,
) -> None:
    """Learn it by writing it: exercises from one window to a network of your own.

    Without an ACTION the path is listed, and the first exercise is written into your folder. Write
    your code into that file, then check it: what is wrong is said by name, and the next file
    appears when it is right. What you wrote is never overwritten.

    The exit status of check is 0 if it is right, 1 if it is not, 2 if nothing could be checked.
    """
    from backlit.errors import ConfigurationError
    from backlit.learn import Course, exercise

    if action is not None and action not in LEARN_ACTIONS:
        raise UsageError(f"there are the actions {', '.join(LEARN_ACTIONS)}, not {action!r}")
    if action == "notebook":
        _notebook(out, seed, solutions, otter, json)
        return
    try:
        chosen = None if number is None else exercise(number)
    except ConfigurationError as problem:
        raise UsageError(str(problem)) from None
    course = Course(folder, seed)
    if course.remark:
        say(course.remark)
    if action is None:
        _path(course, json)
        return
    chosen = chosen or course.next
    if chosen is None:
        raise UsageError("all exercises are done: name the NUMBER of one")
    match action:
        case "check":
            _check(course, chosen, json)
        case "show":
            _show(course, chosen, json)
        case "hint":
            _hint(course, chosen, json)
        case _:
            _solution(course, chosen, json, anyway)


MARKS = {"right": "✓", "begun": "…", "waiting": "·", "later": " "}


def _path(course: Course, json: bool) -> None:
    """The list, and what to do next."""
    from backlit.learn import exercises

    if json:
        print_json(
            {
                "folder": course.folder,
                "solved": course.solved,
                "next": course.next.number if course.next else None,
                "exercises": [
                    {
                        "exercise": each.number,
                        "name": each.name,
                        "title": each.title,
                        "state": course.state(each),
                        "tries": len(course[each].tries),
                        "file": course.path(each),
                    }
                    for each in exercises()
                ],
            }
        )
        return
    out = console()
    from backlit.views.charset import fit

    for each in exercises():
        mark = MARKS[course.state(each)]
        out.print(fit(f"{mark} {each.number:>2}  {each.title}", out.encoding))
    out.print()
    following = course.next
    if following is None:
        paragraph(f"All {course.solved} are done.")
        return
    paragraph(
        f"{course.solved} of {len(exercises())} are done. Next: open {course.path(following)}, "
        f"read it, write your code into it, then type: backlit learn check {following.number}"
    )


def _check(course: Course, chosen: Exercise, json: bool) -> None:
    from backlit.errors import InputError

    try:
        grade = course.check(chosen)
    except InputError as problem:
        raise UsageError(str(problem)) from None
    if json:
        following = course.next.number if course.next else None
        print_json({**grade.document(), "next": following})
    else:
        print_lines(grade.lines)
        paragraph(_next(course, chosen, grade.ok))
    raise typer.Exit(0 if grade.ok else 1)


def _next(course: Course, chosen: Exercise, right: bool) -> str:
    """What to do now."""
    if not right:
        return (
            f"Next: change {course.path(chosen)} and check it again, or take a hint: backlit "
            f"learn hint {chosen.number}"
        )
    following = course.next
    if following is None:
        return "All exercises are done."
    return f"Next: {following.number}. {following.title}, in {course.path(following)}"


def _show(course: Course, chosen: Exercise, json: bool) -> None:
    path = course.begin(chosen)
    if json:
        print_json(
            {
                "exercise": chosen.number,
                "name": chosen.name,
                "title": chosen.title,
                "text": chosen.text,
                "start": chosen.start(course.seed),
                "file": path,
            }
        )
        return
    _print(f"{chosen.number}. {chosen.title}\n\n{chosen.text}\n\nYour file: {path}")


def _hint(course: Course, chosen: Exercise, json: bool) -> None:
    number, hint = course.hint(chosen)
    of = len(chosen.all_hints(course.seed))
    if json:
        print_json({"exercise": chosen.number, "hint": number, "of": of, "text": hint})
        return
    paragraph(f"Hint {number} of {of}: {hint}")


def _solution(course: Course, chosen: Exercise, json: bool, anyway: bool) -> None:
    refusal = "" if anyway else course.refusal(chosen)
    if refusal:
        raise UsageError(f"{refusal}; or ask for it with --anyway")
    if json:
        print_json({"exercise": chosen.number, "solution": chosen.solution})
        return
    _print(chosen.solution.rstrip())


def _notebook(out: Path, seed: int, solutions: bool, otter: Path | None, json: bool) -> None:
    from backlit.learn import notebook, otter_files
    from backlit.system.writing import write_atomically

    text = notebook(seed, solutions)
    if otter is not None:
        try:
            otter.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise RunError(
                f"{otter} cannot be made a folder: {problem.strerror or problem}"
            ) from None
        for name, content in otter_files(seed).items():
            write_atomically(otter / name, content.encode())
    if json:
        print(text, end="")
        return
    write_atomically(out, text.encode())
    tests = f" The tests for otter check are in {otter}." if otter is not None else ""
    paragraph(
        f"{out} is a notebook for Jupyter, marimo and Colab, and an assignment for nbgrader and "
        f"Otter-Grader.{tests}"
    )


def _print(text: str) -> None:
    """Text that is laid out already."""
    from backlit.views.charset import fit

    out = console()
    for line in text.splitlines():
        out.print(fit(line, out.encoding), soft_wrap=True)
