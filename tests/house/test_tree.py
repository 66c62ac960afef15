"""What is in the tree, and what must never be: traps for imports, machine paths, registry hosts, stored outputs."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

# a letter in brackets, so that this file does not find itself
MACHINE_PATHS = re.compile(r"/[w]ork/\w|/[r]oot/\w|/[h]ome/(?!ec2-user|ubuntu)\w|/[U]sers/\w|[f]ile:///")
REGISTRIES = re.compile(r"[p]ypi\.org|[p]ythonhosted|[n]pmjs\.org|[a]naconda\.org|--[i]ndex-url|[e]xtra-index")
TEXT = {".py", ".md", ".toml", ".lock", ".yml", ".yaml", ".json", ".csv", ".ipynb", ".svg", ".txt", ".cfg", ".ini", ""}
HEAVY = {
    "pandas",
    "matplotlib",
    "boto3",
    "botocore",
    "numba",
    "numpy",
    "moto",
    "diagrams",
    "ipywidgets",
    "nbformat",
    "IPython",
}


def texts(tree: tuple[Path, ...]) -> dict[Path, str]:
    return {path: path.read_text(encoding="utf-8") for path in tree if path.suffix in TEXT}


def test_no_python_file_stands_in_diagrams(tree: tuple[Path, ...], root: Path) -> None:
    assert [path for path in tree if path.parent == root / "diagrams" and path.suffix == ".py"] == []


def test_diagrams_is_the_package_also_from_the_root_of_the_tree(root: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-c", "import diagrams; from diagrams import Diagram; print(diagrams.__file__)"],
        cwd=root, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert "site-packages" in Path(found.stdout.strip()).parts


@pytest.mark.parametrize("folder", ["data", "diagrams", "notebooks", "work", "."])
def test_no_file_hides_a_module_of_python(tree: tuple[Path, ...], root: Path, folder: str) -> None:
    here = {path.stem for path in tree if path.parent == root / folder and path.suffix == ".py"}
    assert here & (set(sys.stdlib_module_names) | {"diagrams", "resources", "aws", "boto3"}) == set()


def test_there_is_one_kind_of_lock(root: Path) -> None:
    assert not (root / "uv.lock").exists()


def test_no_file_names_a_machine(tree: tuple[Path, ...], root: Path) -> None:
    found = [f"{path.relative_to(root)}: {hit[0]}" for path, text in texts(tree).items()
             if (hit := MACHINE_PATHS.search(text))]  # fmt: skip
    assert found == []


def test_no_file_names_a_package_registry(tree: tuple[Path, ...], root: Path) -> None:
    found = [f"{path.relative_to(root)}: {hit[0]}" for path, text in texts(tree).items()
             if (hit := REGISTRIES.search(text)) ]  # fmt: skip
    assert found == []


def test_notebooks_hold_no_outputs(tree: tuple[Path, ...], root: Path) -> None:
    notebooks = [path for path in tree if path.suffix == ".ipynb"]
    assert root / "notebooks" / "00_start_here.ipynb" in notebooks
    stored = [
        path
        for path in notebooks
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell.get("outputs") or cell.get("execution_count")
    ]
    assert stored == []


def test_import_aws14_is_light() -> None:
    code = "import sys, aws14; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert set(loaded.stdout.split()) & HEAVY == set()


def test_the_command_line_answers_without_the_heavy_libraries() -> None:
    code = "import sys, aws14.command.main as m\ntry: m.main(['--version'])\nexcept SystemExit: print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert set(loaded.stdout.split()) & HEAVY == set()


@pytest.mark.parametrize("program", ["course.py", "aws14/command/bootstrap.py"])
def test_set_up_needs_nothing_but_python(root: Path, program: str) -> None:
    """Every module that set-up loads is of the standard library or of the course itself (numpy is not there yet)."""
    code = (
        "import sys, runpy, pathlib\n"
        f"sys.path.insert(0, {str(root)!r})\n"
        f"runpy.run_path({str(root / program)!r}, run_name='looked_at')\n"
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    loaded = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert loaded.returncode == 0, loaded.stderr
    foreign = set(loaded.stdout.split()) - set(sys.stdlib_module_names) - set(sys.builtin_module_names)
    assert {name for name in foreign if not name.startswith("_")} <= {"aws14", "looked_at"}


def test_old_pythons_can_read_course_py(root: Path) -> None:
    """They must reach the sentence about their version: nothing newer than the syntax of 3.4 may stand there."""
    import ast

    source = (root / "course.py").read_text(encoding="utf-8")
    tree = ast.parse(source, feature_version=(3, 4))
    newer = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Match)
    assert [type(node).__name__ for node in ast.walk(tree) if isinstance(node, newer)] == []


def test_every_room_is_a_package(root: Path) -> None:
    rooms = {path.parent for path in (root / "aws14").rglob("*.py")}
    assert [room for room in rooms if not (room / "__init__.py").exists()] == []
    assert importlib.util.find_spec("aws14") is not None


def test_every_notebook_is_packed_into_the_wheel(root: Path) -> None:
    packed = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"][
        "force-include"
    ]
    chapters = {f"notebooks/{path.name}" for path in (root / "notebooks").glob("*.ipynb")}
    assert chapters == {source for source in packed if source.startswith("notebooks")}
