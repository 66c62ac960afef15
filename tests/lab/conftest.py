"""A lab on the worker's embedded AWS, with the campaign site built from its notebook."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aws14.cloud.process import Emulator
from aws14.lab import Lab


@pytest.fixture
def messages() -> list[str]:
    """What the lab says."""
    return []


@pytest.fixture
def lab(clean_emulator: Emulator, emulator_home, monkeypatch: pytest.MonkeyPatch, messages: list[str]) -> Iterator[Lab]:
    """Pattern 1 on an empty cloud."""
    monkeypatch.setenv("AWS14_HOME", str(emulator_home))
    for ledger in emulator_home.glob("ledger-*.jsonl"):
        ledger.unlink()
    (emulator_home / "predictions.json").unlink(missing_ok=True)
    yield Lab("p01", say=messages.append)
