"""Shares of FSx: file server, disks, and what needs no disk."""

from __future__ import annotations

import math

import pytest

from aws14.errors import ScenarioError
from aws14.model import Node
from aws14.sim.files.shares import share_limits


def share(*, found=0.0, **stated):
    usual = {"gib": 2048.0, "storage_type": "SSD", "throughput_mibps": 64.0, "iops": 0.0}
    return share_limits(Node(id="share", kind="windows_share", attributes={**usual, **stated}), found=found)


def test_each_attribute_moves_its_limit():
    assert share().decides == "file server, as ordered"
    assert share(throughput_mibps=32.0).given_mibps == 32
    assert share(storage_type="HDD").given_mibps == pytest.approx(24 * 64 / 1024)
    assert share(storage_type="HDD", gib=4096.0).given_mibps == 2 * share(storage_type="HDD").given_mibps
    assert share().mibps["disks, operations"] == pytest.approx(6144 * 64 / 1024)
    assert share(iops=20_000.0).mibps["disks, operations"] == pytest.approx(20_000 * 64 / 1024)


def test_what_is_in_memory_needs_no_disk():
    assert share(found=0.5).mibps["disks, bytes"] == 2 * share().mibps["disks, bytes"]
    assert share(found=1.0).mibps["disks, bytes"] == math.inf
    with pytest.raises(ScenarioError, match="found"):
        share(found=1.5)
