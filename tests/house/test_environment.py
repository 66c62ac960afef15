"""environment.yml is right as far as that can be known without conda: keys, specs, names, and the pip block."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from rattler import MatchSpec

SIX = {"jupyterlab", "boto3", "diagrams", "pandas", "matplotlib", "ipywidgets"}


@pytest.fixture(scope="module")
def environment(root: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def specs(environment: dict[str, Any]) -> dict[str, MatchSpec]:
    parsed = [MatchSpec(line, strict=True) for line in environment["dependencies"] if isinstance(line, str)]
    return {spec.name.normalized: spec for spec in parsed}


def test_it_has_the_keys_that_conda_knows(environment: dict[str, Any]) -> None:
    assert set(environment) == {"name", "channels", "dependencies"}
    assert environment["name"] == "aws14"
    assert environment["channels"] == ["conda-forge", "nodefaults"]


def test_the_six_packages_and_python_312_are_asked_for_by_name(specs: dict[str, MatchSpec]) -> None:
    assert set(specs) == SIX | {"python", "pip"}
    assert str(specs["python"].version) == "3.12.*"


def test_the_rest_comes_from_pyproject(environment: dict[str, Any]) -> None:
    blocks = [line for line in environment["dependencies"] if isinstance(line, dict)]
    assert blocks == [{"pip": ["-e ."]}]
    assert environment["dependencies"].index("pip") < environment["dependencies"].index(blocks[0])


def test_its_bounds_are_those_of_pyproject(specs: dict[str, MatchSpec], root: Path) -> None:
    declared = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    bounds = {one.name: str(one.specifier) for one in map(Requirement, declared) if one.name in SIX}
    assert {name: str(specs[name].version) for name in SIX} == bounds


def test_binder_sees_it(root: Path) -> None:
    """A folder binder/ or .binder/, even an empty one, would hide it."""
    assert not (root / "binder").exists()
    assert not (root / ".binder").exists()
