"""The book's own lines, as a page shows them."""

import ast
import inspect
from types import ModuleType

import pytest

from backlit import pure
from backlit.views.data.book import book_lines

OPERATIONS = sorted(
    name.removesuffix("_forward") for name in pure.__all__ if name.endswith("_forward")
)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_lines_are_the_books_but_for_what_the_page_says_in_words(operation: str) -> None:
    shown = book_lines(operation)
    assert "forward" in shown
    assert len(shown) > 1  # and a way back
    for lines in shown.values():
        functions = ast.parse(lines).body
        assert functions
        for function in functions:
            assert isinstance(function, ast.FunctionDef)
            assert ast.get_docstring(function) is None
            assert code(function) == code(original(function.name))


def original(name: str) -> ast.FunctionDef:
    """A function of the book, wherever it stands, without its docstring."""
    modules = [each for each in vars(pure).values() if isinstance(each, ModuleType)]
    (found,) = {
        function
        for module in modules
        for function in [getattr(module, name, None)]
        if inspect.isfunction(function)
    }
    (tree,) = ast.parse(inspect.getsource(found)).body
    assert isinstance(tree, ast.FunctionDef)
    if ast.get_docstring(tree) is not None:
        del tree.body[0]
    return tree


def code(tree: ast.FunctionDef) -> str:
    return ast.unparse(tree)
