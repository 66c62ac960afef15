"""The scaling intranet, built once from the notebook's cells on a test worker's embedded AWS."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from aws14.cloud.process import Emulator
from aws14.lab import Lab


@contextmanager
def portal(emulator: Emulator, emulator_home: Path) -> Iterator[Lab]:
    """A lab with pattern 3 built, and nothing else."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS14_HOME", str(emulator_home))
        emulator.reset()
        for ledger in emulator_home.glob("ledger-*.jsonl"):
            ledger.unlink()
        lab = Lab("p03", say=lambda _: None)
        lab.catch_up()
        yield lab
