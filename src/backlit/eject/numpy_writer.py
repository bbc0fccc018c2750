"""A network as one file with NumPy: the program of plain Python, on whole arrays.

What the file can do, and how it reads pictures and weights, is that of :mod:`.python`.  Functions
that go through nested lists there are replaced by others of the same name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from textwrap import indent

from . import numpy_functions
from .description import Description
from .functions import Function
from .printing import identifier
from .program import Program
from .python import PythonWriter, docstring
from .text import filled
from .wording import function_words

_REPLACED = {
    "shape": '''
def shape(X):
    """How long an array is along each axis."""
    return X.shape
''',
    "zeros": '''
def zeros(*sizes):
    """An array of zeros."""
    return np.zeros(sizes)
''',
    "apply": "",
    "sigmoid": '''
def sigmoid(x):
    """1 / (1 + e^(-x)), written so that no power is large."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, small) / (1 + small)
''',
    "softmax_cross_entropy": '''
def softmax_cross_entropy(Z, labels):
    """L = -1/N Σ_n ln P[n,label(n)] with P = e^Z / Σ e^Z;  dZ = (P - T)/N.

    T is 1 for the true class of an image, and 0 for the others.
    """
    N = len(Z)
    Z = Z - Z.max(axis=1, keepdims=True)  # so that no power is huge
    logarithms = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    true = np.arange(N), list(labels)
    dZ = np.exp(logarithms) / N
    dZ[true] -= 1 / N
    return -logarithms[true].sum() / N, dZ
''',
    "dropout_mask": '''
def dropout_mask(X, rate, layer, step):
    """1 for what is kept and 0 for the share that is dropped, another mask for each step."""
    key = np.uint64(0)
    for number in (@SEED@, layer, step):
        key = stirred(stirred(key + np.uint64(0x9E3779B9) & MASK) ^ np.uint64(number))
    places = np.arange(X.size, dtype=np.uint64).reshape(X.shape)
    return 1.0 * (stirred(stirred(places) ^ key) >= int(rate * (1 << 32)))


MASK = np.uint64(0xFFFFFFFF)
''',
    "stirred": '''
def stirred(x):
    """32 bits, mixed so that neighboring numbers come out unrelated."""
    x = (x ^ x >> np.uint64(16)) * np.uint64(0x7FEB352D) & MASK
    x = (x ^ x >> np.uint64(15)) * np.uint64(0x846CA68B) & MASK
    return x ^ x >> np.uint64(16)
''',
    "row": '''
def row(X):
    """All numbers of some arrays, one after the other."""
    return np.concatenate([np.ravel(part) for part in X]).tolist()
''',
    "best": '''
def best(image):
    """The class with the largest score."""
    return int(forward([image])["@LAST@"][0].argmax())
''',
    "nested": '''
def nested(numbers, *sizes):
    """The next of some numbers, as an array of these sizes."""
    count = int(np.prod(sizes))
    return np.array([next(numbers) for _ in range(count)], float).reshape(sizes)
''',
}


def write(description: Description) -> str:
    """The whole program."""
    program = "\n".join(line.rstrip() for line in _NumpyWriter(Program(description)).lines())
    return re.sub("\n{4,}", "\n\n\n", program) + "\n"


class _NumpyWriter(PythonWriter):
    """Writes one program."""

    def lines(self) -> Iterator[str]:
        """The program from top to bottom."""
        source = "\n".join(super().lines())
        for name, text in _REPLACED.items():
            text = filled(text, SEED=str(self.description.seed), LAST=self.description.output.name)
            source = _changed(source, name, lambda old, text=text: text)  # type: ignore[misc]
        source = _changed(source, "update", _update)
        source = _changed(source, "shortened", _shortened)
        source = _changed(source, "begin_anew", _begin_anew)
        source = _changed(source, "remember", _remember)
        source = re.sub(r"\bapply\((\s*)(\w+), ", r"\2(\1", source)
        source = source.replace('Y = {"input": X}', 'Y = {"input": np.array(X)}')
        source = source.replace("random.seed(0)", "random.seed(0)\n    np.random.seed(0)")
        source = source.replace("in plain Python, written", "with NumPy, written", 1)
        yield from _imports(source).split("\n")

    def _helpers(self) -> str:
        """im2col and col2im, if some layer has windows."""
        axes = (part.layer.window(part.shapes[0]) for part in self.description.parts)
        if all(each is None for each in axes):
            return ""
        both = numpy_functions.COL2IM if self.training else ""
        return numpy_functions.IM2COL + "\n" + both

    def _functions(self) -> Iterator[str]:
        yield from ("", "", *self._helpers().strip("\n").split("\n"))
        yield from super()._functions()

    def _function(self, function: Function) -> Iterator[str]:
        use = next(use for use in self.program.uses if use.kind and function in use.kind.functions)
        names = [each.symbol for each in function.arguments] + list(function.options)
        yield f"def {function.name}({', '.join(map(identifier, names))}):"
        words = function_words(function)
        yield from docstring(words if function.value is None else [function.equations[0].words])
        yield from indent(numpy_functions.body(use, function), "    ").split("\n")


def _changed(source: str, name: str, change: Callable[[str], str]) -> str:
    """A program whose function of this name, if it has one, is another."""
    found = re.search(rf"^def {name}\(.*\n(?:(?:[ ].*)?\n)*", source, flags=re.MULTILINE)
    if found is None:
        return source
    new = change(found[0]).strip("\n")
    return source[: found.start()] + (new + "\n\n\n" if new else "") + source[found.end() :]


def _update(old: str) -> str:
    """The rule for whole arrays, of that for single numbers."""
    head, _, rule = old.partition("    for k in range(len(W)):\n")
    lines = rule.partition("        else:\n")[2]
    lines = re.sub(r"^ {12}(\w+)\[k\] = ", r"    \1[:] = ", lines, flags=re.MULTILINE)
    lines = re.sub(r"^ {12}", "    ", lines, flags=re.MULTILINE).replace("[k]", "")
    lines = re.sub(r"\bsqrt\(", "np.sqrt(", lines)
    return head.replace("each number for itself", "all numbers at once") + re.sub(
        r"\bmax\(", "np.maximum(", lines
    )


def _shortened(old: str) -> str:
    """The gradients are a list of arrays."""
    old = old.replace("sum(x * x for x in row(slopes))", "sum((x * x).sum() for x in slopes)")
    return re.sub(r"apply\(lambda x: (.*), slopes\)", r"[\1 for x in slopes]", old)


def _begin_anew(old: str) -> str:
    drawn = r"apply\(\s*lambda old: random\.gauss\(0, sqrt\(gain / inputs\)\),\s+(\S+\])\)"
    new = re.sub(drawn, r"np.random.normal(0, np.sqrt(gain / inputs), \1.shape)", old)
    return re.sub(r"apply\(\s*lambda old: (\S+),\s+(\S+\])\)", r"np.full(\2.shape, \1)", new)


def _remember(old: str) -> str:
    def moved(found: re.Match[str]) -> str:
        formula, before, now = found.groups()
        formula = re.sub(r"\bold\b", lambda _: before, formula)
        return "(" + re.sub(r"\bnew\b", lambda _: now, formula).replace(" + ", "\n        + ") + ")"

    return re.sub(r"apply\(\s*lambda old, new: (.*),\s+(\S+), (\S+)\)", moved, old)


def _imports(source: str) -> str:
    """A program that imports what is left of it, and NumPy."""
    head, line, body = source.partition("from math import ")
    names, _, body = body.partition("\n") if line else ("", "", "")
    if not line:
        head, body = _after_imports(source)
    kept = [
        each
        for each in names.split(", ")
        if each and re.search(rf"(?<![\w.]){each}\b", body) and each != "erfc"
    ]
    extra = [f"from math import {', '.join(kept)}"] if kept else []
    extra += ["", "import numpy as np"]
    if re.search(r"(?<![\w.])erfc\(", body):
        extra = ["import math", *extra]
        extra += ["", "erfc = np.vectorize(math.erfc, otypes=[float])  # NumPy has none"]
    if "np.where(" in body:
        extra += [
            "",
            'np.seterr(over="ignore", invalid="ignore")  # np.where tries both of its sides',
        ]
    lines = [
        each
        for each in head.rstrip("\n").split("\n")
        if not each.startswith("import ") or re.search(rf"(?<![\w.]){each[7:]}\.", body)
    ]
    return "\n".join([*lines, *extra]) + "\n" + body


def _after_imports(source: str) -> tuple[str, str]:
    last = [each.end() for each in re.finditer(r"^import \w+\n", source, flags=re.MULTILINE)][-1]
    return source[:last], source[last:]
