"""Two servers in two zones and the file systems that they share, as read back, made by hand."""

from __future__ import annotations

from dataclasses import replace

from aws14.model import Application, Link, Node, Scenario, Steady, Topology
from aws14.model.network import GroupRule, Interface, SecurityGroup
from tests.topologies import connected

REGION = "ap-northeast-1"
A, C = f"{REGION}a", f"{REGION}c"
EFS = {
    "throughput_mode": "bursting",
    "provisioned_mibps": 0.0,
    "performance_mode": "generalPurpose",
    "encrypted": True,
    "lifecycle": (),
    "standard_gib": 1024.0,
    "ia_gib": 0.0,
    "archive_gib": 0.0,
    "zones": (A, C),
    "backed_up": False,
    "state": "available",
}
SHARE = {
    "file_system_type": "WINDOWS",
    "deployment_type": "MULTI_AZ_1",
    "storage_type": "SSD",
    "gib": 2048,
    "throughput_mibps": 64,
    "iops": 0,
    "zones": (A, C),
    "dns_name": "amznfs.corp.example.com",
    "directory": "d-1",
    "backup_retention_days": 0,
    "security_groups": ("files",),
    "state": "AVAILABLE",
}


def shared(**efs) -> Topology:
    """The two servers, ``shared`` with a mount target a zone, and ``share``; with other attributes of ``shared``."""
    nodes = [
        Node(id=REGION, kind="region"),
        Node(id="vpc", kind="vpc", parent=REGION, attributes={"cidr": "10.0.0.0/16"}),
        Node(id="shared", kind="file_system", parent="vpc", aws_id="fs-1", attributes=EFS | efs),
        Node(id="share", kind="windows_share", parent="vpc", aws_id="fs-2", attributes=SHARE),
    ]
    for number, letter in enumerate("ac"):
        zone, subnet = REGION + letter, f"files-{letter}"
        nodes += [
            Node(id=zone, kind="az", parent="vpc"),
            Node(id=subnet, kind="subnet", parent=zone, attributes={"cidr": f"10.0.{number}.0/24"}),
            Node(
                id=f"orders-{letter}", kind="instance", parent=subnet,
                attributes={"state": "running", "instance_type": "m5.large", "root_volume_type": "gp3",
                            "root_gib": 8, "public_ipv4_kind": "", "private_ipv4": f"10.0.{number}.10",
                            "public_ipv4": ""},
            ),
            Node(
                id=f"shared-1{letter}", kind="mount_target", parent=subnet, aws_id=f"fsmt-{letter}",
                attributes={"private_ipv4": f"10.0.{number}.20", "security_groups": ("files",), "state": "available"},
            ),
        ]  # fmt: skip
    links = [Link(source="shared", target=f"shared-1{letter}", kind="routes", label="NFS") for letter in "ac"]
    return with_doors(connected(Topology(name="files", origin="built", nodes=tuple(nodes), links=tuple(links))))


def with_doors(topology: Topology, ports: tuple[int, ...] = (2049, 445)) -> Topology:
    """A copy whose file systems have their network interfaces, in a group that lets these ports in."""
    group = SecurityGroup(
        id="sg-files",
        vpc="vpc-vpc",
        rules=tuple(GroupRule(egress=False, peer="10.0.0.0/16", protocol="tcp", ports=(port, port)) for port in ports),
    )
    network = topology.network
    doors = tuple(
        Interface(
            id=f"eni-{service}-{letter}", subnet=f"subnet-files-{letter}", private_ipv4=f"10.0.{number}.{host}",
            groups=("sg-files",), state="in-use", owner=f"{service}/{key}",
        )
        for number, letter in enumerate("ac")
        for service, key, host in (("efs", "fs-1", 20), ("fsx", "fs-2", 30))
    )  # fmt: skip
    instances = tuple(each for each in network.interfaces if each.instance)
    groups = (*(each for each in network.groups if each.id != "sg-files"), group)
    return replace(topology, network=replace(network, interfaces=(*instances, *doors), groups=groups))


def work(*, mibps=120.0, horizon_s=3600.0, entry="shared", read_share=0.0, **changed) -> Scenario:
    """An hour of operations of one MiB."""
    application = Application(
        service_time_s=0.001,
        request_kib=1024 * (1 - read_share),
        response_kib=1024 * read_share,
        client_timeout_s=10.0,
    )
    given = {"load": Steady(rate_rps=mibps), "application": application, "entry": entry, "users": {"Tokyo": 1.0}}
    return Scenario(name="files", horizon_s=horizon_s, **given | changed)
