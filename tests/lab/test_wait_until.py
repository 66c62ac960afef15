"""Waiting for what boto3 has no waiter for: on the clock of the embedded AWS, and not for ever."""

from __future__ import annotations

from pathlib import Path

import pytest

from aws14.cloud.process import Emulator
from aws14.errors import NotebookError
from aws14.lab import Lab


@pytest.fixture
def lab(emulator: Emulator, emulator_home: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    del emulator
    monkeypatch.setenv("AWS14_HOME", str(emulator_home))
    return Lab("p05", say=lambda _: None)


def test_aws_time_passes_until_it_is_done(lab: Lab) -> None:
    began = lab.session.now()
    lab.wait_until(lambda: lab.session.now() > began + 3_600, minutes=10)
    assert 3_600 < lab.session.now() - began <= 3_600 + 2 * 600


def test_what_is_done_is_not_waited_for(lab: Lab) -> None:
    began = lab.session.now()
    lab.wait_until(lambda: "yes", minutes=60)
    assert lab.session.now() - began < 60


def test_it_gives_up_and_says_so(lab: Lab) -> None:
    began = lab.session.now()
    with pytest.raises(NotebookError, match="not done after 2 hours"):
        lab.wait_until(lambda: False, minutes=30, hours=2)
    assert lab.session.now() - began == pytest.approx(7_200, abs=60)
