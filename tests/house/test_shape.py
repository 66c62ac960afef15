"""Sizes and words: functions and modules stay small, every public thing says what it is, names mean something."""

from __future__ import annotations

import ast
import io
import statistics
import tokenize
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

Function = ast.FunctionDef | ast.AsyncFunctionDef

FUNCTION_LINES = 40
KERNEL_LINES = 60  # an array loop is not cut in pieces that numba would only put together again
MODULE_LINES = 300
POSITIONAL, ARGUMENTS = 4, 7
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "manager", "common", "misc"}


@cache
def spoken(source: str) -> frozenset[int]:
    """Lines of a module that hold code or a string."""
    silent = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
    return frozenset(
        line
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type not in silent
        for line in range(token.start[0], token.end[0] + 1)
    )


def code_lines(source: str, node: ast.AST) -> int:
    """Lines of a function that hold code: no blank lines, comments or docstring."""
    assert isinstance(node, Function)
    first = node.body[1:] if ast.get_docstring(node) is not None else node.body
    header = set(range(node.lineno, node.body[0].lineno))
    body = set(range(first[0].lineno, (node.end_lineno or 0) + 1)) if first else set()
    return len((header | body) & spoken(source))


def functions(tree: ast.AST) -> Iterator[Function]:
    yield from (node for node in ast.walk(tree) if isinstance(node, Function))


def public(tree: ast.AST, prefix: str) -> Iterator[tuple[str, ast.AST]]:
    """Public classes and functions of a module, and the public methods of public classes."""
    for node in getattr(tree, "body", ()):
        if isinstance(node, (*Function.__args__, ast.ClassDef)) and not node.name.startswith("_"):
            yield f"{prefix}:{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from public(node, f"{prefix}:{node.name}")


def takes_too_much(node: Function) -> bool:
    given = [one.arg for one in (*node.args.posonlyargs, *node.args.args) if one.arg not in ("self", "cls")]
    return len(given) > POSITIONAL or len(given) + len(node.args.kwonlyargs) > ARGUMENTS


@pytest.fixture(scope="module")
def sizes(package: dict[str, ast.Module], root: Path) -> dict[str, int]:
    return {
        f"{path}:{node.lineno} {node.name}": code_lines((root / path).read_text(encoding="utf-8"), node)
        for path, tree in package.items()
        for node in functions(tree)
    }


def test_code_lines_leaves_out_what_is_not_code() -> None:
    source = 'def f(\n    a,\n):\n    """Doc\n\n    more."""\n    # why\n\n    x = [\n        a,\n    ]\n    return x\n'
    assert code_lines(source, ast.parse(source).body[0]) == 3 + 3 + 1


def test_functions_are_short(sizes: dict[str, int]) -> None:
    limit = {name: KERNEL_LINES if name.startswith("aws14/kernels/") else FUNCTION_LINES for name in sizes}
    assert {name: size for name, size in sizes.items() if size > limit[name]} == {}


def test_most_functions_are_shorter(sizes: dict[str, int]) -> None:
    assert statistics.median(sizes.values()) <= 7
    assert statistics.quantiles(sizes.values(), n=10)[-1] <= 20


def test_modules_fit_in_the_head(package: dict[str, ast.Module], root: Path) -> None:
    lengths = {path: len((root / path).read_text(encoding="utf-8").splitlines()) for path in package}
    assert {path: length for path, length in lengths.items() if length > MODULE_LINES} == {}
    assert statistics.median(lengths.values()) <= 150


def test_functions_take_few_arguments(package: dict[str, ast.Module]) -> None:
    offences = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in package.items()
        if not path.startswith("aws14/kernels/")
        for node in functions(tree)
        if takes_too_much(node)
    ]
    assert offences == []


@pytest.mark.parametrize(
    ("source", "too_much"),
    [("def f(a, b, c, d): ...", False), ("def f(a, b, c, d, e): ...", True), ("def f(self, a, b, c, d): ...", False),
     ("def f(a, *, b, c, d, e, f, g): ...", False), ("def f(a, *, b, c, d, e, f, g, h): ...", True)],
)  # fmt: skip
def test_arguments_are_counted(source: str, too_much: bool) -> None:
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef)
    assert takes_too_much(node) is too_much


def test_everything_public_says_what_it_is(package: dict[str, ast.Module]) -> None:
    silent = [path for path, tree in package.items() if not ast.get_docstring(tree)]
    silent += [
        name
        for path, tree in package.items()
        for name, node in public(tree, path)
        if not ast.get_docstring(node)  # type: ignore[arg-type] - functions and classes only
    ]
    assert silent == []


def test_names_of_modules_say_what_is_in_them(package: dict[str, ast.Module]) -> None:
    assert [path for path in package if EMPTY_NAMES & set(Path(path).with_suffix("").parts)] == []


def test_nothing_is_left_for_later(tree: tuple[Path, ...], root: Path) -> None:
    marks = ("TODO", "FIXME", "XXX:", "raise NotImplemented")
    found = [
        f"{path.relative_to(root)}: {mark}"
        for path in tree
        if path.suffix == ".py" and path != Path(__file__)
        for mark in marks
        if mark in path.read_text(encoding="utf-8")
    ]
    assert found == []


def doors(package: dict[str, ast.Module]) -> list[str]:
    """Modules that say what they offer."""
    return [path for path, tree in package.items() if any("__all__" in ast.dump(node) for node in tree.body)]


def test_what_a_room_offers_is_sorted_and_there(package: dict[str, ast.Module]) -> None:
    offered = {path: import_module(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
               for path in doors(package) if "/emulator/" not in path}  # fmt: skip
    for path, module in offered.items():
        names = list(module.__all__)
        # as isort and ruff sort: CONSTANTS, Classes, then the rest
        assert names == sorted(names, key=lambda name: (not name.isupper(), not name[:1].isupper(), name)), path
        assert [name for name in names if not hasattr(module, name)] == [], path


def test_the_public_face_is_small() -> None:
    assert len(import_module("aws14").__all__) <= 20
