"""An exception's call as Python, so that it can be repeated.

What raised it are mostly shapes, so arrays of ones are tried first; the numbers of the trial are
written out only where ones raise nothing, or something else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from backlit.pure.nested import shape as shape_of

from .adapting import CallPlan, TrialOutcome
from .calling import Message
from .process import Worker

Numbers = Any
_MOST_NUMBERS = 40
_WIDTH = 68  # of a line, so that it is not wrapped on a screen of 80 columns


def repeating_call(worker: Worker, plan: CallPlan, outcome: TrialOutcome) -> str:
    """Python that raises the same; "" where it would be too long to be of use.

    Args:
        worker: who has loaded the code.
        plan: how the function was called.
        outcome: the trial, with what was raised.
    """
    error = outcome.error
    message = _with_options(plan.message(outcome.probe), outcome.read)
    is_static = any(each["do"] in ("static", "apply") for each in message["steps"])
    if error is None or error.get("fatal") or is_static:
        return ""
    ones = _with_arrays(message, lambda numbers: _filled(numbers, 1))
    again = worker.ask(ones).get("error", {})
    if (again.get("type"), again.get("line")) == (error["type"], error["line"]):
        return "\n".join(_lines(ones, plan.container))
    most = max((_count(each) for each in _arrays(message)), default=0)
    return "\n".join(_lines(message, plan.container)) if most <= _MOST_NUMBERS else ""


def _with_options(message: Any, read: frozenset[str]) -> Any:
    """With those options only that were looked at."""
    if isinstance(message, dict):
        return {
            key: {name: value for name, value in each.items() if name in read}
            if key == "options"
            else _with_options(each, read)
            for key, each in message.items()
        }
    return [_with_options(each, read) for each in message] if isinstance(message, list) else message


def _arrays(message: Any) -> Iterator[Numbers]:
    if isinstance(message, dict):
        for key, each in message.items():
            yield from [each] if key == "array" else _arrays(each)
    elif isinstance(message, list):
        for each in message:
            yield from _arrays(each)


def _with_arrays(message: Any, change: Any) -> Any:
    """With other numbers, but labels as they are."""
    if isinstance(message, dict):
        kept = bool(message.get("whole"))
        return {
            key: change(each) if key == "array" and not kept else _with_arrays(each, change)
            for key, each in message.items()
        }
    return (
        [_with_arrays(each, change) for each in message] if isinstance(message, list) else message
    )


def _filled(numbers: Numbers, value: int) -> Numbers:
    return [_filled(each, value) for each in numbers] if isinstance(numbers, list) else value


def _count(numbers: Numbers) -> int:
    product = 1
    for size in shape_of(numbers):
        product *= size
    return product


def _lines(message: Message, container: str) -> Iterator[str]:
    """The calls, one after the other, with each argument on a line of its own if it is long."""
    steps = [each for each in message["steps"] if each["do"] != "attributes"]
    for number, step in enumerate(steps):
        values = [_value(each, container, steps) for each in step["arguments"]]
        if step["do"] == "set":
            yield from f"layer.{step['name']} = {values[0]}".splitlines()
            continue
        names = [f"{each['keyword']}=" if "keyword" in each else "" for each in step["arguments"]]
        parts = [_named(*each) for each in zip(names, values, strict=True)]
        given = "kept = " if number < len(steps) - 1 and steps[-1]["do"] == "call" else ""
        if steps[-1]["do"] == "method":
            given = "layer = " if step["do"] == "call" else "layer."
        if "as" in step:
            given = f"{step['as']} = "
        elif "on" in step and "as" in steps[step["on"]]:
            given = f"{steps[step['on']]['as']}."
        line = f"{given}{step['name']}({', '.join(parts)})"
        if len(line) <= _WIDTH and "\n" not in line:
            yield line
        else:
            yield f"{given}{step['name']}("
            yield from "".join(_indented(f"{part},") for part in parts).splitlines()
            yield ")"


def _named(name: str, value: str) -> str:
    """``name=value``, over as many lines as it needs."""
    if value[:2] == "(\n":
        return name + value
    if len(name) + len(value.splitlines()[0]) > _WIDTH + 2:
        return f"{name}\n{_indented(value)}".rstrip("\n")
    return name + value.replace("\n", "\n" + " " * len(name))


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())


def _value(each: Message, container: str, steps: list[Message]) -> str:
    if "array" in each:
        return _array(each["array"], container)
    if "options" in each:
        inside = ", ".join(f"{key!r}: {value!r}" for key, value in each["options"].items())
        return f"{{{inside}}}"
    if "from" in each and "as" in steps[each["from"]]:
        return str(steps[each["from"]]["as"])
    if "from" in each:
        return "kept" + "".join(f"[{part}]" for part in each.get("part", ()))
    if "tuple" in each:
        parts = [_value(part, container, steps) for part in each["tuple"]]
        return "(\n" + "".join(_indented(f"{part},") for part in parts) + ")"
    value = each.get("value")
    return repr(tuple(value) if isinstance(value, list) else value)


def _array(numbers: Numbers, container: str) -> str:
    shape = shape_of(numbers)
    all_one = all(each == 1 for each in _flat(numbers))
    if container == "list":
        return _ones(shape) if all_one and shape else _literal(numbers)
    name = {"numpy": "np", "torch": "torch"}[container]
    if all_one:
        return f"{name}.ones({shape})"
    return f"{name}.{'array' if name == 'np' else 'tensor'}({_literal(numbers)})"


def _flat(numbers: Numbers) -> Iterator[float]:
    if isinstance(numbers, list):
        for each in numbers:
            yield from _flat(each)
    else:
        yield numbers


def _ones(shape: tuple[int, ...]) -> str:
    """Rows of their own, so that none is another one."""
    if len(shape) == 1:
        return f"[1] * {shape[0]}"
    return f"[{_ones(shape[1:])} for _ in range({shape[0]})]"


def _literal(numbers: Numbers) -> str:
    """Nested lists, one row on each line if they are long."""
    text = repr(numbers)
    if len(text) <= _WIDTH or not isinstance(numbers[0], list):
        return text
    inner = ",\n ".join(_literal(each).replace("\n", "\n ") for each in numbers)
    return f"[{inner}]"
