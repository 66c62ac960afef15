"""Small files over a line, by hand."""

from __future__ import annotations

import pytest

from aws14.errors import ScenarioError
from aws14.sim.files.small_files import Line, Tree, file_s, rename_s, tree_s

LAN, WAN = Line(rtt_ms=0.5, mbps=1000), Line(rtt_ms=20, mbps=100)
TREE = Tree(files=10_000, kib=16)


def test_round_trips_are_most_of_it():
    # SMB: 3 + 1 + 1 round trips of 20 ms, and 16 KiB at 100 Mbit/s.
    assert file_s("SMB", WAN, kib=16) == pytest.approx(0.1 + 16 * 8192 / 100e6)
    assert tree_s(TREE, "SMB", WAN) == pytest.approx(10_000 * (0.1 + 16 * 8192 / 100e6))
    assert tree_s(TREE, "SMB", WAN) > 30 * tree_s(TREE, "SMB", LAN)
    assert tree_s(TREE, "NFS", WAN) < tree_s(TREE, "SMB", WAN)


def test_ten_times_the_bandwidth_hardly_helps_and_half_the_distance_does():
    slow = tree_s(TREE, "SMB", WAN)
    assert tree_s(TREE, "SMB", Line(rtt_ms=20, mbps=1000)) > 0.9 * slow
    assert tree_s(TREE, "SMB", Line(rtt_ms=10, mbps=100)) < 0.6 * slow


def test_a_cache_answers_its_share():
    near, far = tree_s(TREE, "SMB", LAN), tree_s(TREE, "SMB", WAN)
    assert tree_s(TREE, "SMB", WAN, office=LAN, found=0.9) == pytest.approx(0.9 * near + 0.1 * far)
    assert tree_s(TREE, "SMB", WAN, office=LAN, found=1.0) == pytest.approx(near)


def test_many_at_once_share_the_bytes_of_the_line():
    many = tree_s(TREE, "SMB", WAN, at_once=10**6)
    assert many == pytest.approx(10_000 * 16 * 8192 / 100e6, rel=1e-2)


def test_a_folder_on_s3_is_copied_object_by_object():
    assert rename_s(10_000, on_s3=True, line=WAN) == pytest.approx(10_000 * (0.04 + 0.1) / 10)
    assert rename_s(10_000, on_s3=False, line=WAN) == rename_s(1, on_s3=False, line=WAN) < 1


def test_what_cannot_be_is_refused():
    with pytest.raises(ScenarioError, match="protocol"):
        file_s("FTP", WAN, kib=1)
    with pytest.raises(ScenarioError, match="line"):
        Line(rtt_ms=1, mbps=0)
    with pytest.raises(ScenarioError, match="files"):
        Tree(files=0, kib=1)
    with pytest.raises(ScenarioError, match="found"):
        tree_s(TREE, "SMB", WAN, found=0.5)
    with pytest.raises(ScenarioError, match="at once"):
        rename_s(-1, on_s3=True, line=WAN)
