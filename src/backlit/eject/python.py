"""A network as one Python file: plain loops, nothing but the standard library."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from textwrap import dedent, wrap

from backlit.equations import Equation

from . import python_templates as templates
from .description import INPUT, Description
from .functions import Function, Use
from .loops import functions_called
from .printing import Printer, identifier
from .program import Kept, Program
from .tree import expressions

WIDTH = 79
_FROM_MATH = ("erfc", "exp", "expm1", "inf", "log", "log1p", "pi", "sqrt", "tanh")


def write(description: Description) -> str:
    """The whole program."""
    return "\n".join(line.rstrip() for line in _Writer(description).lines()) + "\n"


class _Writer:
    """Writes one program."""

    def __init__(self, description: Description) -> None:
        self.program = Program(description)
        self.description = description
        self.training = description.training
        self.functions = list(self.program.functions)

    def lines(self) -> Iterator[str]:
        """The program from top to bottom."""
        body = [
            *self._helpers(),
            *_section("What the layers do"),
            *(line for each in self.functions for line in ("", "", *self._function(each))),
            *self._loss(),
            *_section("The network"),
            *self._forward(),
            *(self._training() if self.training else ()),
            *_section("From a picture file to the network's input"),
            *_template(templates.prepare(self.description)),
            *_template(templates.pictures(self.description)),
            *_section("What this file can do"),
            *self._commands(),
            *_section("The numbers"),
            *self._numbers(),
        ]
        yield from self._head("\n".join(body))
        yield from body
        yield from ("", "", "load()")
        yield from ('if __name__ == "__main__":', "    sys.exit(main(sys.argv[1:]))")

    # --- the beginning -----------------------------------------------------------------------

    def _head(self, body: str) -> Iterator[str]:
        yield "#!/usr/bin/env python3"
        yield '"""A convolutional network in plain Python, written by backlit: nothing to install.'
        yield ""
        yield from _wrapped(self._path(), "    ", WIDTH)
        yield ""
        yield "    python3 FILE test                    compute what backlit computes, and compare"
        yield "    python3 FILE predict PICTURE.pgm     say what is in a picture"
        if self.training:
            yield "    python3 FILE train [--save WEIGHTS]  learn from the pictures in this file"
        yield ""
        yield from _wrapped(self._legend(), "", WIDTH)
        yield '"""'
        yield ""
        names = [name for name in _FROM_MATH if _calls(body, name)]
        modules = [
            name
            for name in ("binascii", "os", "random", "struct", "sys")
            if re.search(rf"(?<!\w){name}\.", body)
        ]
        yield from (f"import {name}" for name in modules)
        if names:
            yield f"from math import {', '.join(names)}"

    def _path(self) -> str:
        """The network in a line: ``input 1×8×8 → conv1 8×6×6 → …``."""
        steps = [f"{INPUT} {_sizes(self.description.input_shape)}"]
        shape = self.description.input_shape
        for part in self.description.parts:
            changed = part.output != shape
            steps.append(f"{part.name} {_sizes(part.output)}" if changed else part.name)
            shape = part.output
        return " → ".join(steps)

    def _legend(self) -> str:
        """Every letter, and what it means."""
        found: dict[str, str] = {}
        for function in self.functions:
            for equation in function.equations:
                for role, words in equation.letters.items():
                    kind, _, symbol = role.partition(":")
                    if kind in ("index", "tensor"):
                        name = identifier(symbol)
                        found.setdefault(name, words.split(",")[0].split(" (")[0])
        found["dY"] = "the error dL/dY: how the loss L changes with Y"
        if not self.training:
            del found["dY"]
        return "Letters: " + " · ".join(f"{name} {words}" for name, words in found.items()) + "."

    def _helpers(self) -> Iterator[str]:
        yield ""
        for letter, words in self.program.learned.items():
            yield f"{letter} = {{}}  # {words}: of each layer"
        for letter, words in self.program.taking_part.items():
            yield f"{letter} = {{}}  # {words}: of each layer"
        if self.training:
            for name in dict.fromkeys(n for part in self.description.parts for n in part.buffers):
                yield f"{name} = {{}}  # remembered for evaluation"
        yield from _template(templates.NESTED)
        if any(each.of_numbers for each in self.functions) or self.training:
            yield from _template(templates.APPLY)
        called = {
            name
            for each in self.functions
            for value in ([each.value] if each.value is not None else expressions(each.body))
            for name in functions_called(value)
        }
        if "sigmoid" in called:
            yield from _template(templates.SIGMOID)

    # --- functions of the layers -------------------------------------------------------------

    def _function(self, function: Function) -> Iterator[str]:
        printer = Printer()
        arguments = [identifier(each.symbol) for each in function.arguments]
        arguments += [identifier(each) for each in function.options]
        yield f"def {function.name}({', '.join(arguments)}):"
        yield from _docstring(_words(function))
        if function.value is not None:
            yield f"    return {printer.text(function.value)}"
            return
        for line in _sizes_of(function, printer):
            yield f"    {line}"
        for tensor in function.made:
            sizes = ", ".join(printer.place(axis.size) for axis in tensor.letters if axis.size)
            yield f"    {identifier(tensor.symbol)} = zeros({sizes})"
        for line in printer.lines(function.body, comments=function.name.endswith("_forward")):
            yield f"    {line}"
        yield f"    return {', '.join(identifier(each.symbol) for each in function.results)}"

    def _loss(self) -> Iterator[str]:
        if self.training:
            yield from _template(templates.LOSS)

    # --- the network -----------------------------------------------------------------------------

    def _forward(self) -> Iterator[str]:
        modes = self.program.has_modes
        yield ""
        yield ""
        yield "def forward(X, training=False, step=0):" if modes else "def forward(X):"
        yield from _docstring(["The output of every layer, for a batch of images."])
        yield f'    Y = {{"{INPUT}": X}}'
        for use in self.program.uses:
            for line in self._layer_forward(use):
                yield f"    {line}"
        yield "    return Y"

    def _layer_forward(self, use: Use) -> Iterator[str]:
        part, operator = use.part, use.operator
        read = Kept("Y", part.inputs[0])
        if operator is None:
            yield f"{_at(Kept('Y', part.name))} = {_at(read)}"
            return
        side = [
            self.program.argument(part, each)
            for each in operator.forward.arguments
            if identifier(each.symbol) in self.program.taking_part
        ]
        call = _call(_at(Kept("Y", part.name)), operator.forward, use, self.program)
        if not side or not self.training:
            yield from call
            return
        names = ", ".join(map(_at, side))
        yield "if training:"
        if operator.statistics is not None:
            yield from _indented(_call(names, operator.statistics, use, self.program))
            yield from ("else:", *_indented(templates.remembered(part, side)), *call)
        else:
            yield f"    {names} = dropout_mask(shape({_at(read)}), {templates.mask(part)})"
            yield from (*_indented(call), "else:")
            yield f"    {_at(Kept('Y', part.name))} = {_at(read)}"

    def _training(self) -> Iterator[str]:
        yield from ("", "")
        letters = list(self.program.learned)
        gradients = [f"d{letter}" for letter in letters]
        yield "def backward(Y, labels):"
        yield from _docstring(["The loss, and how it changes with all that is learned."])
        yield f"    {' = '.join(['dY', *gradients][:1])} = {{}}"
        yield f"    {', '.join(gradients)} = {', '.join('{}' for _ in gradients)}"
        output = _at(Kept("dY", self.description.output.name))
        scores = _at(Kept("Y", self.description.output.name))
        yield f"    loss, {output} = softmax_cross_entropy({scores}, labels)"
        has_error = {self.description.output.name}
        for use in reversed(self.program.uses):
            if use.part.name in self.program.trained:
                for line in self._layer_backward(use, has_error):
                    yield f"    {line}"
        yield f"    return loss, ({', '.join(gradients)}{',' if len(gradients) == 1 else ''})"
        yield from _template(templates.update(self.description))
        yield from _template(templates.anew(self.program))
        if self._adds_errors:
            yield from _template(templates.PLUS)
        if any(part.layer.is_random for part in self.description.parts):
            yield from _template(templates.MASK.replace("@SEED@", str(self.description.seed)))

    @property
    def _adds_errors(self) -> bool:
        """Whether an output is read by several layers, so that its errors add up."""
        reads = [name for part in self.description.parts for name in part.inputs]
        return any(reads.count(name) > 1 for name in self.program.trained)

    def _layer_backward(self, use: Use, has_error: set[str]) -> Iterator[str]:
        part, operator = use.part, use.operator
        if operator is None or operator.backward is None:
            for name in part.inputs:
                yield from self._hand_on(name, _at(Kept("dY", part.name)), has_error)
            return
        function = operator.backward
        targets: list[str] = []
        later: list[tuple[str, str]] = []
        for tensor in function.results:
            kept = self.program.result(part, tensor)
            if kept.letter != "dY":
                targets.append(_at(kept))
            elif kept.layer not in self.program.trained:
                targets.append("_")
            elif kept.layer in has_error:
                targets.append(f"error{len(later) + 1}")
                later.append((kept.layer, targets[-1]))
            else:
                has_error.add(kept.layer)
                targets.append(_at(kept))
        if set(targets) != {"_"}:
            yield from _call(", ".join(targets), function, use, self.program)
        for name, error in later:
            yield from self._hand_on(name, error, has_error)

    def _hand_on(self, name: str, error: str, has_error: set[str]) -> Iterator[str]:
        """Give an error to a layer; where it has one already, the two add up."""
        if name not in self.program.trained:
            return
        target = _at(Kept("dY", name))
        if name in has_error:
            yield f"{target} = apply(plus, {target}, {error})"
        else:
            has_error.add(name)
            yield f"{target} = {error}"

    # --- commands and numbers ------------------------------------------------------------------

    def _commands(self) -> Iterator[str]:
        return iter(_template(templates.commands(self.program)))

    def _numbers(self) -> Iterator[str]:
        yield from _template(templates.numbers(self.program))


def _section(title: str) -> Iterator[str]:
    yield from ("", "", f"# --- {title} ".ljust(WIDTH, "-"))


def _template(source: str) -> list[str]:
    return ["", "", *dedent(source).strip("\n").split("\n")] if source.strip() else []


def _indented(lines: Iterator[str] | Sequence[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)


def _wrapped(words: str, indent: str, width: int) -> list[str]:
    return wrap(words, width, initial_indent=indent, subsequent_indent=indent)


def _docstring(paragraphs: list[str]) -> Iterator[str]:
    """Lines of a docstring; each paragraph begins a new line."""
    lines = [line for each in paragraphs for line in _wrapped(each, "    ", WIDTH - 3)]
    lines[0] = '    """' + lines[0].strip()
    if len(lines) == 1 and len(lines[0]) <= WIDTH - 3:
        yield lines[0] + '"""'
    else:
        yield from (*lines, '    """')


def _words(function: Function) -> list[str]:
    """The equations of a function, as they are written."""
    return [str(_as_scattered(each)) for each in function.equations]


def _as_scattered(equation: Equation) -> Equation:
    return equation


def _sizes(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape))


def _sizes_of(function: Function, printer: Printer) -> Iterator[str]:
    """Where the sizes in a function come from."""
    known: set[str] = set()
    for tensor in function.arguments:
        names = []
        for axis in tensor.letters:
            letter = axis.size.letter if axis.size else None
            wanted = letter is not None and letter.symbol in function.sizes
            fresh = wanted and letter is not None and letter.symbol not in known
            if fresh and letter is not None and function.sizes[letter.symbol] is None:
                known.add(letter.symbol)
                names.append(identifier(letter.symbol))
            else:
                names.append("_")
        if set(names) == {"_"} or not names:
            continue
        if len(names) == 1 or names[1:] == ["_"] * (len(names) - 1):
            yield f"{names[0]} = len({identifier(tensor.symbol)})"
        else:
            yield f"{', '.join(names)} = shape({identifier(tensor.symbol)})"
    for symbol, expression in function.sizes.items():
        if expression is not None:
            yield f"{identifier(symbol)} = {printer.place(expression)}"


def _at(kept: Kept) -> str:
    return f'{kept.letter}["{kept.layer}"]'


def _call(targets: str, function: Function, use: Use, program: Program) -> list[str]:
    """``targets = function(arguments)``, in two lines if it is long."""
    arguments = [_at(program.argument(use.part, each)) for each in function.arguments]
    options = [f"{identifier(each)}={use.options[each]:g}" for each in function.options]
    name = function.name
    if function.of_numbers:
        name, arguments = "apply", [function.name, *arguments]
    inner = ", ".join([*arguments, *options])
    line = f"{targets} = {name}({inner})"
    if len(line) <= WIDTH - 4:
        return [line]
    return [f"{targets} = {name}(", f"    {inner})"]


def _calls(body: str, name: str) -> bool:
    """Whether a name of the module math stands in the program."""
    return re.search(rf"(?<![\w.]){name}\b", body) is not None


__all__ = ["write"]
