"""File systems, shares and directories, by hand and by an independent engine's examples."""

from __future__ import annotations

import pytest

from aws14 import cost
from aws14.cost.shared_files import Moved, moved_usage
from aws14.errors import DesignError, ScenarioError
from aws14.model import Node, Topology
from aws14.model.kinds import ATTRIBUTES

HERE = "us-east-1"


def charged(kind, *, region=HERE, **stated):
    nothing = dict.fromkeys(ATTRIBUTES[kind], "")
    node = Node(id="it", kind=kind, parent=region, attributes={**nothing, "state": "available", **stated})
    topology = Topology(name="office", origin="built", nodes=(Node(id=region, kind="region"), node))
    made = cost.bill(cost.standing(topology, hours=730), title="a month")
    return {line.usage.item: line.usd for line in made.lines}


def efs(**stated):
    usual = {
        "throughput_mode": "elastic", "provisioned_mibps": 0.0, "standard_gib": 230.0, "ia_gib": 0.0,
        "archive_gib": 0.0, "zones": ("a", "c"),
    }  # fmt: skip
    return charged("file_system", **{**usual, **stated})


def fsx(**stated):
    usual = {
        "file_system_type": "WINDOWS", "deployment_type": "MULTI_AZ_1", "storage_type": "SSD", "gib": 300.0,
        "throughput_mibps": 1024.0, "iops": 0.0,
    }  # fmt: skip
    return charged("windows_share", **{**usual, **stated})


def test_provisioned_throughput_beyond_what_comes_with_the_data():
    # infracost's example: 100 MB/s ordered, 230 GB stored: 88.5 MB/s are paid for.
    found = efs(throughput_mode="provisioned", provisioned_mibps=100.0)
    assert found["Provisioned throughput"] == pytest.approx(531.0)
    assert found["Standard storage"] == pytest.approx(69.0)
    assert efs(throughput_mode="provisioned", provisioned_mibps=10.0)["Provisioned throughput"] == 0


def test_classes_and_zones_of_efs():
    found = efs(ia_gib=100.0, archive_gib=1000.0)
    assert found["Infrequent Access storage (elastic)"] == pytest.approx(1.6)
    assert found["Archive storage"] == pytest.approx(8.0)
    assert efs(zones=("a",)) == {"One Zone storage": pytest.approx(230 * 0.16)}
    assert efs(state="deleted") == {}


def test_a_share_costs_what_was_ordered():
    # infracost's example again: 1,024 MB/s in two zones.
    found = fsx()
    assert found["Windows throughput Multi-AZ"] == pytest.approx(4608.0)
    assert found["Windows SSD Multi-AZ"] == pytest.approx(300 * 0.23)
    assert set(fsx(deployment_type="SINGLE_AZ_2")) == {"Windows SSD Single-AZ", "Windows throughput Single-AZ"}
    assert fsx(storage_type="HDD", gib=2000.0)["Windows HDD Multi-AZ"] == pytest.approx(50.0)
    assert fsx(iops=1000.0)["SSD IOPS above 3 a GiB"] == pytest.approx(100 * 0.017)
    assert fsx(state="DELETING") == {}


def test_ontap_and_unknown_types():
    found = fsx(file_system_type="ONTAP", gib=1024.0, throughput_mibps=128.0)
    assert found == {
        "ONTAP SSD Multi-AZ": pytest.approx(256.0), "ONTAP throughput Multi-AZ": pytest.approx(153.6)
    }  # fmt: skip
    with pytest.raises(DesignError, match="LUSTRE"):
        fsx(file_system_type="LUSTRE")


def test_a_directory_is_charged_by_the_hour():
    found = charged("directory", directory_type="MicrosoftAD", edition="Standard", state="Active")
    assert found == {"Managed Microsoft AD Standard (2 controllers)": pytest.approx(87.6)}
    assert sum(charged("directory", directory_type="SimpleAD", edition="", state="Active").values()) == 73.0
    with pytest.raises(DesignError, match="ADConnector"):
        charged("directory", directory_type="ADConnector", edition="", state="Active")


@pytest.mark.parametrize("storage", ["SSD", "HDD"])
@pytest.mark.parametrize("zones", ["SINGLE_AZ_2", "MULTI_AZ_1"])
def test_tokyo_has_all_prices(storage, zones):
    assert min(fsx(region="ap-northeast-1", storage_type=storage, deployment_type=zones, iops=9e5).values()) > 0


def test_what_passes_through_is_charged_by_the_gb():
    moved = Moved(read_gib=100, written_gib=10, ia_gib=5, copied_gib=1000, between_zones_gib=50)
    made = cost.bill(moved_usage(moved, HERE), title="moved")
    assert {line.usage.item: line.usd for line in made.lines} == {
        "Elastic throughput reads": 3.0, "Elastic throughput writes": pytest.approx(0.6),
        "Infrequent Access reads": 0.05, "Data copied": 12.5, "between AZs, each direction": 1.0,
    }  # fmt: skip
    with pytest.raises(ScenarioError):
        Moved(read_gib=-1)
