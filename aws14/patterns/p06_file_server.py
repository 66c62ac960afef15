"""File server: files that many share, in two zones, as fast as the end of the month asks.

Problem: servers that speak NFS and desks that speak SMB share files; a zone may fail; the month's end brings a storm.
Solution: EFS with a mount target in each zone, FSx for Windows in two zones with its directory.
"""

from __future__ import annotations

from aws14.model import Link, Node, Topology
from aws14.model.kinds import Attribute
from aws14.patterns.p06_checks import checks
from aws14.patterns.p06_day import ASSUMPTIONS, BRIEF, DIRECTORY, ORDERS, SHARE, SHARED, scenario
from aws14.patterns.p06_experiments import experiments

__all__ = ["ASSUMPTIONS", "BRIEF", "checks", "design", "experiments", "scenario"]


def design(region: str = "ap-northeast-1") -> Topology:
    """The drawing of the shared files.

    Parameters
    ----------
    region : str
        Where they stand.
    """
    return Topology(
        name="p06_file_server",
        origin="drawn",
        nodes=(*_network(region), *_files()),
        links=_links(),
    )


def _network(region: str) -> tuple[Node, ...]:
    subnets = {"files-a": "10.6.10.0/24", "files-c": "10.6.11.0/24"}
    return (
        Node(id="internet", kind="internet", label="Packages, commands"),
        Node(id=region, kind="region"),
        Node(id="vpc", kind="vpc", parent=region, attributes={"cidr": "10.6.0.0/16"}),
        Node(id="igw", kind="internet_gateway", parent="vpc"),
        *(Node(id=f"{region}{letter}", kind="az", parent="vpc") for letter in "ac"),
        *(
            Node(id=name, kind="subnet", parent=region + name[-1], attributes={"cidr": cidr})
            for name, cidr in subnets.items()
        ),
        _server("a"),
        *(
            Node(id=f"{SHARED}-1{letter}", kind="mount_target", parent=f"files-{letter}", label="Mount target")
            for letter in "ac"
        ),
        _server("c"),  # behind its mount target, so that the lines to both are short
    )


def _server(letter: str) -> Node:
    stated: dict[str, Attribute] = {"state": "running"}
    place = f"files-{letter}"
    return Node(id=f"orders-{letter}", kind="instance", parent=place, label="Order system", attributes=stated)


def _files() -> tuple[Node, ...]:
    return (
        Node(
            id=SHARED, kind="file_system", parent="vpc", label="EFS",
            attributes={"encrypted": True, "lifecycle": ("IA 30",), "backed_up": True},
        ),
        Node(id=ORDERS, kind="access_point", parent="vpc", label="Access point", attributes={"user": "1000:1000"}),
        Node(
            id=SHARE, kind="windows_share", parent="vpc", label="FSx for Windows",
            attributes={"file_system_type": "WINDOWS", "deployment_type": "MULTI_AZ_1"},
        ),
        Node(id=DIRECTORY, kind="directory", parent="vpc", label="Directory"),
    )  # fmt: skip


def _links() -> tuple[Link, ...]:
    return (
        *(Link(source=f"files-{letter}", target="igw", kind="routes", label="0.0.0.0/0") for letter in "ac"),
        *(Link(source=SHARED, target=f"{SHARED}-1{letter}", kind="routes", label="NFS") for letter in "ac"),
        Link(source=SHARE, target=DIRECTORY, kind="routes", label="joins"),
        *(
            Link(source=f"orders-{server}", target=f"{SHARED}-1{letter}", kind="allows", label="tcp/2049")
            for server in "ac"
            for letter in "ac"
        ),
        *(Link(source=f"orders-{server}", target=SHARE, kind="allows", label="tcp/445") for server in "ac"),
    )
