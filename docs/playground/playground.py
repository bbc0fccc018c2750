"""What the playground asks of Python in the browser: run a program, or check it.

It needs the standard library alone, as do the rooms of backlit that the site brings along.
"""

import json
import linecache
import re
import shlex
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

NAME = "your_code.py"


def answer(task: str, given: str, tell: Callable[[str], None] = lambda message: None) -> str:
    """Do one of the tasks with arguments from JSON; the outcome as JSON.

    Args:
        task: ``run``, ``check``, …
        given: its arguments.
        tell: is told, as JSON, what is called and how many seconds it may take, before each call
            of what is checked: the page ends this Python if there is no answer by then.
    """
    from backlit.check.lacking import NoInput
    from backlit.check.process import InProcess

    def before(message: dict[str, Any], seconds: float) -> None:
        names = [each["name"] for each in message.get("steps", ()) if "name" in each]
        tell(json.dumps({"function": names[0] if names else "", "seconds": seconds}))

    InProcess.before = staticmethod(before)
    sys.stdin = NoInput()
    return json.dumps(TASKS[task](**json.loads(given)))


def run(code: str, before: str = "", arguments: str = "", name: str = NAME) -> dict[str, Any]:
    """Run a program as ``python3 your_code.py ARGUMENTS`` does; what it prints goes to the page.

    Args:
        code: the program.
        before: a program whose names it goes on with, and whose output nobody wants to see.
        arguments: as typed behind the program's name.
        name: of the program.

    Returns:
        ``status``, 0 if all went well; and the ``line`` at which it ended otherwise.
    """
    names: dict[str, Any] = {"__name__": "__main__"}
    try:
        sys.argv = [name, *shlex.split(arguments)]
    except ValueError as problem:
        print(f"The arguments cannot be read: {problem}.", file=sys.stderr)
        return {"status": 2}
    try:
        if before:
            _execute(before, "earlier on this page", names, silent=True)
        _execute(code, name, names)
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        return {"status": end.code if isinstance(end.code, int) else int(end.code is not None)}
    except BaseException as problem:
        line = _complain(problem, name)
        return {"status": 1, "line": line}
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return {"status": 0}


def _execute(code: str, name: str, names: dict[str, Any], silent: bool = False) -> None:
    # So that a traceback can quote the lines, also of what is no Python.
    Path(name).write_text(code, encoding="utf-8")
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    compiled = compile(code, name, "exec")
    printed = sys.stdout
    try:
        if silent:
            sys.stdout = _Nowhere()
        exec(compiled, names)
    finally:
        sys.stdout = printed


class _Nowhere:
    """Takes what is printed, and drops it."""

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        pass


def _complain(problem: BaseException, name: str) -> int | None:
    """Print a traceback without this file's own lines; the line of the program it ended at.

    Of what this page lacks a sentence says more than a traceback.
    """
    from backlit.check.lacking import NOTHING_TYPED, missing

    told = traceback.TracebackException.from_exception(problem)
    own = [place for place in told.stack if Path(place.filename).name != Path(__file__).name]
    told.stack[:] = own
    if isinstance(problem, ModuleNotFoundError):
        print(f"ModuleNotFoundError: {missing(problem)}", file=sys.stderr)
    elif isinstance(problem, EOFError) and str(problem) == NOTHING_TYPED:
        print(f"EOFError: {problem}", file=sys.stderr)
    else:
        print("".join(told.format()), end="", file=sys.stderr)
    if isinstance(problem, SyntaxError) and problem.filename == name:
        return problem.lineno
    return next((place.lineno for place in reversed(own) if place.filename == name), None)


def check(
    code: str, name: str = NAME, exercise: int | None = None, progress: str = "", **how: Any
) -> dict[str, Any]:
    """Look for forward and backward passes in a program, and say what is wrong with them.

    Args:
        code: the program.
        name: of the program.
        exercise: whose answer it is, by its number; it is graded then.
        progress: of the course, as it was given the last time.
        how: it is to be read; the settings of :func:`backlit.check`.

    Returns:
        The ``findings``, each with a ``view`` for the page's own pictures where there is one, and
        with ``tell``, a program that says what the function computes; a ``summary`` of several;
        what was ``not_checked`` and why, and what tells it; of an exercise its ``grade``,
        and how far the course is; or an ``error``, a sentence, if nothing could be tried.
    """
    from backlit.check import check as checked
    from backlit.errors import BacklitError
    from backlit.learn import exercise as exercise_of

    printed, sys.stdout = sys.stdout, _Nowhere()
    try:
        if exercise is not None:
            course, chosen = _course(progress), exercise_of(exercise)
            course.path(chosen).write_text(code, encoding="utf-8")
            grade = course.check(chosen)
            told = {**grade.document(), "remarks": grade.remarks}
            return {**_report(grade.report), "grade": told, **_standing(course)}
        path = Path(name)
        path.write_text(code, encoding="utf-8")
        return _report(checked(path, **how))
    except BacklitError as problem:
        sentence, options, _ = str(problem).partition(_OPTIONS)
        return {
            "error": f"{sentence.rstrip('. ')}.",
            "tell": _tell("NAME") if options else "",
        }
    finally:
        sys.stdout = printed


def hint(exercise: int, progress: str = "") -> dict[str, Any]:
    """The next ``hint`` of an exercise, which ``number`` it is and ``of`` how many."""
    from backlit.learn import exercise as exercise_of

    course, chosen = _course(progress), exercise_of(exercise)
    number, text = course.hint(chosen)
    of = len(chosen.all_hints(course.seed))
    return {"hint": text, "number": number, "of": of, **_standing(course)}


def solution(exercise: int, progress: str = "", anyway: bool = False) -> dict[str, Any]:
    """The ``solution`` of an exercise; a ``refusal``, a sentence, before honest tries."""
    from backlit.learn import exercise as exercise_of

    course, chosen = _course(progress), exercise_of(exercise)
    refusal = "" if anyway else course.refusal(chosen)
    if refusal:
        return {"refusal": f"{refusal[0].upper()}{refusal[1:]}.", **_standing(course)}
    return {"solution": chosen.solution.rstrip(), **_standing(course)}


_FOLDER = Path("course")


def _course(progress: str) -> Any:
    """The course of ``backlit learn``, as far as this browser's reader has come."""
    from backlit.learn import Course
    from backlit.learn.course import PROGRESS

    _FOLDER.mkdir(exist_ok=True)
    kept = _FOLDER / PROGRESS
    kept.unlink(missing_ok=True)
    if progress:
        kept.write_text(progress, encoding="utf-8")
    return Course(_FOLDER)


def _standing(course: Any) -> dict[str, Any]:
    """What the browser keeps, and the numbers of the exercises that are solved."""
    from backlit.learn import exercises
    from backlit.learn.course import PROGRESS

    solved = [each.number for each in exercises() if course[each].solved]
    return {"progress": (_FOLDER / PROGRESS).read_text(encoding="utf-8"), "solved": solved}


def _report(report: Any) -> dict[str, Any]:
    return {
        "findings": list(map(_shown, report.findings)),
        "summary": report.summary if len(report.findings) > 1 else "",
        "not_checked": report.not_checked,
        "tell": _tell(report.skipped[0]) if report.skipped else "",
    }


def _shown(finding: Any) -> dict[str, Any]:
    from backlit.check.report import MARKS
    from backlit.views.data.probes import probe_document

    first = finding.first_wrong
    return {
        **finding.document(),
        "mark": MARKS[finding.verdict],
        "reading": _OTHERWISE.sub(".", finding.reading),
        "tell": _tell(finding.function, finding.operation) if finding.reading else "",
        "view": first and probe_document(first),
    }


# Where the command line's options are named, which a page does not have.
_OPTIONS = " Name one with --function"
_OTHERWISE = re.compile(r"[.;] [Ss]ay otherwise with [^.]*\.")


def _tell(function: str, operation: str = "") -> str:
    """A program's end that says what a function computes; by default the reader has to know."""
    others = "" if operation else "# relu, or conv2d, max_pool2d, dense, …\n"
    called = f'backlit.check({function}, operation="{operation or "relu"}")'
    return f"import backlit\n\n{others}print({called})"


def warm() -> None:
    """Import what a check takes, before somebody waits for it."""
    check("def relu_forward(x):\n    return [max(number, 0) for number in x]\n", "warm.py")


TASKS: dict[str, Callable[..., Any]] = {
    "run": run,
    "check": check,
    "hint": hint,
    "solution": solution,
    "warm": warm,
}
