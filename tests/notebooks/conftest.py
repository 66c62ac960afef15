"""The tools of the authors and the modules of this folder, importable by name."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from runs import Runner

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "tools")]


@pytest.fixture(scope="session")
def runner() -> Iterator[Runner]:
    from runs import Runner

    warm = Runner()
    yield warm
    warm.close()
