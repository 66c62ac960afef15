"""What limits a server with a disk: the smallest of its parts, and gp2's credits by AWS's table."""

from __future__ import annotations

import pytest

from aws14 import catalog
from aws14.errors import ScenarioError
from aws14.model import Node
from aws14.sim.files.servers import limits, limits_of
from aws14.sim.volumes import Volume

GP3 = Volume(kind="gp3", gib=500, iops=3000)


@pytest.mark.parametrize(("gib", "burst_s"), [(33.34, 1862), (100, 2000), (334, 2703), (750, 7200)])
def test_gp2_bursts_as_long_as_aws_says(gib, burst_s):
    assert Volume(kind="gp2", gib=gib).burst_s == pytest.approx(burst_s, rel=1e-3)


def test_the_smallest_part_decides():
    large = limits("m5.large", GP3)
    assert large.mibps["lane of the instance, bytes"] == pytest.approx(650e6 / 8 / 2**20)
    assert large.decides == "lane of the instance, bytes"
    assert large.given_mibps == min(large.mibps.values())
    small_blocks = limits("m5.large", Volume(kind="gp3", gib=500, iops=300), block_kib=4)
    assert small_blocks.decides == "disk, operations"
    assert small_blocks.given_mibps == pytest.approx(300 * 4 / 1024)


def test_a_faster_disk_does_not_help_behind_a_narrow_lane():
    faster = limits("m5.large", Volume(kind="gp3", gib=500, iops=16_000), volume_mibps=1000)
    assert faster.given_mibps == limits("m5.large", GP3).given_mibps


def node(kind, **stated):
    return Node(id="files", kind=kind, attributes=stated)


def test_each_attribute_moves_its_limit():
    server, disk = (
        node("instance", instance_type="m5.large"),
        {"gib": 100, "volume_type": "gp2", "iops": 300, "throughput_mibps": 0},
    )
    base = limits_of(server, node("volume", **disk))
    assert limits_of(server, node("volume", **{**disk, "gib": 1000})).mibps["disk, operations"] == pytest.approx(
        10 * base.mibps["disk, operations"]
    )
    assert base.mibps["disk, bytes"] == catalog.quota("EBS", "gp2 throughput up to 170 GiB").value
    provisioned = {**disk, "volume_type": "gp3", "iops": 6000}
    assert limits_of(server, node("volume", **provisioned)).mibps["disk, operations"] == 6000 * 64 / 1024
    quicker = {**provisioned, "throughput_mibps": 500}
    assert limits_of(server, node("volume", **quicker)).mibps["disk, bytes"] == 500
    wider = limits_of(node("instance", instance_type="m5.xlarge"), node("volume", **disk))
    assert wider.mibps["lane of the instance, bytes"] > base.mibps["lane of the instance, bytes"]
    with pytest.raises(ScenarioError, match="operations"):
        limits("m5.large", GP3, block_kib=0)
