"""One foreign library, one door: which room may import what, wherever in the file the import stands."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

DOORS = {
    "boto3": ("aws14/cloud/",),
    "botocore": ("aws14/cloud/",),
    "moto": ("aws14/emulator/",),
    "time_machine": ("aws14/emulator/",),
    "asyncssh": ("aws14/cloud/", "aws14/emulator/"),  # who logs in, and who lets in
    "cryptography": ("aws14/emulator/", "aws14/sim/tls_cost.py"),  # certificates, and what their signatures cost
    "yaml": ("aws14/emulator/",),
    "mysql_mimic": ("aws14/emulator/",),
    "sqlglot": ("aws14/emulator/",),
    "pymysql": ("aws14/cloud/",),
    "kubernetes": ("aws14/cloud/",),
    "werkzeug": ("aws14/emulator/",),
    "numba": ("aws14/kernels/",),
    "matplotlib": ("aws14/charts/",),
    "diagrams": ("aws14/design/",),
    "pygraphviz": ("aws14/design/",),
    "ipywidgets": ("aws14/widgets/",),
    "nbclient": ("aws14/command/",),
    "nbconvert": ("aws14/command/",),
    "jupyter_client": ("aws14/command/",),
    "tqdm": ("aws14/command/",),
    "nbformat": ("aws14/chapters/",),
}


def imported(tree: ast.AST) -> Iterator[str]:
    """The top names of all imports of a module, function-local ones too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def offences(package: dict[str, ast.Module]) -> list[str]:
    return [
        f"{path} imports {library}"
        for path, tree in package.items()
        for library in sorted(set(imported(tree)))
        if library in DOORS and not path.startswith(DOORS[library])
    ]


def test_each_library_comes_in_by_its_door(package: dict[str, ast.Module]) -> None:
    assert offences(package) == []


@pytest.mark.parametrize(
    "source", ["import boto3", "def f():\n    from boto3.session import Session", "import os, boto3.session as b"]
)
def test_an_import_by_another_door_is_seen(source: str) -> None:
    assert offences({"aws14/cost/planted.py": ast.parse(source)}) == ["aws14/cost/planted.py imports boto3"]


def test_the_own_door_is_open() -> None:
    assert offences({"aws14/cloud/session.py": ast.parse("import boto3")}) == []
