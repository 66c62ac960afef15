"""Backup: copies that no single failure reaches, and that have been restored before they are needed.

Problem: files, a database and objects, and everything that can happen to them, from a slip to stolen admin rights.
Solution: AWS Backup by tag, a vault here, a locked one in another region, lifecycles for what the law keeps.
"""

from __future__ import annotations

from aws14.model import Link, Node, Topology
from aws14.patterns.p05_checks import checks
from aws14.patterns.p05_day import (
    ASSUMPTIONS,
    AWAY,
    BRIEF,
    BUCKET,
    DATABASE,
    DATABASE_GIB,
    SERVER,
    VOLUME,
    VOLUME_GIB,
    scenario,
)
from aws14.patterns.p05_experiments import experiments

__all__ = ["ASSUMPTIONS", "BRIEF", "checks", "design", "experiments", "scenario"]


def design(region: str = "ap-northeast-1") -> Topology:
    """The drawing of the office's systems and of their copies.

    Parameters
    ----------
    region : str
        Where the systems stand; the locked copies stand in Osaka.
    """
    return Topology(
        name="p05_backup",
        origin="drawn",
        nodes=(*_systems(region), *_copies(region)),
        links=(
            Link(source="public-a", target="igw", kind="routes", label="0.0.0.0/0"),
            Link(source="internet", target=SERVER, kind="allows", label="tcp/80"),
            Link(source=SERVER, target=DATABASE, kind="allows", label="tcp/3306"),
            Link(source="office-plan", target="office-vault", kind="routes", label="daily"),
            Link(source="office-plan", target="office-vault", kind="routes", label="monthly"),
            Link(source="office-vault", target="office-vault-away", kind="routes", label="copies"),
        ),
    )


def _systems(region: str) -> tuple[Node, ...]:
    subnets = {"public-a": "10.5.0.0/24", "private-a": "10.5.10.0/24", "private-c": "10.5.11.0/24"}
    return (
        Node(id="internet", kind="internet", label="Architects"),
        Node(id=region, kind="region"),
        Node(id="vpc", kind="vpc", parent=region, attributes={"cidr": "10.5.0.0/16"}),
        Node(id="igw", kind="internet_gateway", parent="vpc"),
        *(Node(id=f"{region}{letter}", kind="az", parent="vpc") for letter in "ac"),
        *(
            Node(id=name, kind="subnet", parent=region + name[-1], attributes={"cidr": cidr})
            for name, cidr in subnets.items()
        ),
        Node(
            id=SERVER, kind="instance", parent="public-a", label="Project server",
            attributes={"instance_type": "t3.medium", "state": "running"},
        ),
        Node(
            id=VOLUME, kind="volume", parent="public-a", label="Plans",
            attributes={"gib": VOLUME_GIB, "volume_type": "gp3"},
        ),
        Node(
            id=DATABASE, kind="db_instance", parent="vpc", label="MySQL",
            attributes={"engine": "mysql", "multi_az": False, "gib": DATABASE_GIB, "backup_retention_days": 7},
        ),
        Node(id=BUCKET, kind="bucket", parent=region, label="Models", attributes={"versioning": True}),
    )  # fmt: skip


def _copies(region: str) -> tuple[Node, ...]:
    return (
        Node(id="office-plan", kind="backup_plan", parent=region, label="Backup plan"),
        Node(id="office-vault", kind="backup_vault", parent=region, label="Vault"),
        Node(id=AWAY, kind="region"),
        Node(id="office-vault-away", kind="backup_vault", parent=AWAY, label="Locked vault"),
    )
