"""An exception's call as Python, so that it can be repeated.

What raised it are mostly shapes, so arrays of ones are tried first; the numbers of the trial are
written out only where ones raise nothing, or something else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from backlit.pure.nested import shape as shape_of

from .adapting import CallPlan
from .calling import Message
from .probes import Probe
from .process import Worker

Numbers = Any
_MOST_NUMBERS = 40
_WIDTH = 68  # of a line, so that it is not wrapped on a screen of 80 columns


def repeating_call(worker: Worker, plan: CallPlan, probe: Probe, error: Mapping[str, Any]) -> str:
    """Python that raises the same; "" where it would be too long to be of use.

    Args:
        worker: who has loaded the code.
        plan: how the function was called.
        probe: the numbers that it was given.
        error: what it raised.
    """
    message = plan.message(probe)
    if plan.subject.is_class or error.get("fatal"):
        return ""
    ones = _with_arrays(message, lambda numbers: _filled(numbers, 1))
    again = worker.ask(ones).get("error", {})
    if (again.get("type"), again.get("line")) == (error["type"], error["line"]):
        return "\n".join(_lines(ones, plan.container))
    most = max((_count(each) for each in _arrays(message)), default=0)
    return "\n".join(_lines(message, plan.container)) if most <= _MOST_NUMBERS else ""


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
    steps = message["steps"]
    for number, step in enumerate(steps):
        parts = [
            f"{each['keyword']}={_value(each, container, steps)}".replace(
                "\n", "\n" + " " * len(f"{each['keyword']}=")
            )
            for each in step["arguments"]
        ]
        given = "kept = " if number < len(steps) - 1 else ""
        line = f"{given}{step['name']}({', '.join(parts)})"
        if len(line) <= _WIDTH:
            yield line
        else:
            yield f"{given}{step['name']}("
            yield from (f"  {line}" for part in parts for line in f"{part},".splitlines())
            yield ")"


def _value(each: Message, container: str, steps: list[Message]) -> str:
    if "array" in each:
        return _array(each["array"], container)
    if "options" in each:
        inside = ", ".join(f"{key!r}: {value!r}" for key, value in each["options"].items())
        return f"{{{inside}}}"
    if "from" in each:
        return "kept" + "".join(f"[{part}]" for part in each.get("part", ()))
    if "tuple" in each:
        return f"({', '.join(_value(part, container, steps) for part in each['tuple'])})"
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
