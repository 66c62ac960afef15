"""The bookshop, built once from the notebook's cells on a test worker's embedded AWS."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from aws14.cloud.process import Emulator
from aws14.lab import Lab

TEXT = (Path(__file__).parents[2] / "notebooks" / "src" / "05_cloud_native.py").read_text(encoding="utf-8")
SECTION = TEXT.partition('pattern="p13"')[2].partition('pattern="p14"')[0]


def cells_under(heading: str) -> list[str]:
    """The code cells under a heading of the section, in order."""
    block = SECTION.partition(f"{heading}\n")[2]
    parts = block.split("\n# %%")
    code = []
    for part in parts:
        head, _, body = part.partition("\n")
        if "[markdown]" in head and "\n# #" in f"\n{body}":
            break
        if 'tags=["' in head:
            code.append(body)
    return code


@contextmanager
def bookshop(emulator: Emulator, emulator_home: Path) -> Iterator[tuple[Lab, dict[str, object]]]:
    """A lab with pattern 13 built, and the names of its cells."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS14_HOME", str(emulator_home))
        emulator.reset()
        for ledger in emulator_home.glob("ledger-*.jsonl"):
            ledger.unlink()
        lab = Lab("p13", say=lambda _: None)
        names = {**vars(lab.catch_up()), "lab": lab}
        yield lab, names
