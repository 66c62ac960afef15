"""The office of pattern 5 as a read-back tells it after forty days, without a cloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aws14.model import Node, Topology
from aws14.model.kinds import Attribute
from aws14.patterns.p05_backup import design

RULES = (
    "daily cron(0 18 * * ? *) office-vault 35 - office-vault-away",
    "monthly cron(0 19 1 * ? *) office-vault 2555 90 office-vault-away",
)
_NOW = datetime(2026, 12, 24, 6, 0, tzinfo=UTC)


def points(days: int = 35) -> tuple[str, ...]:
    """One of the volume on each of so many days."""
    moments = (_NOW - timedelta(days=age, hours=-12) for age in range(days, 0, -1))
    return tuple(f"plans-data EBS {moment:%Y-%m-%dT%H:%M} 200" for moment in moments)


def kept(*, lifecycle: tuple[str, ...] = (), lock: str = "COMPLIANCE 30 -", days: int = 35) -> Topology:
    """What stands after the build cells: points in both vaults, the plan's rules, a bucket for the archive."""
    drawn = design()
    told: Mapping[str, Mapping[str, Attribute]] = {
        "office-plan": {"rules": RULES, "selections": ("backup=daily",)},
        "office-vault": {"points": points(days), "lock": "", "key": "alias/aws/backup"},
        "office-vault-away": {"points": points(days), "lock": lock, "key": "alias/aws/backup"},
        "models": {"versioning": True, "lifecycle": (), "object_lock": "", "stored": ()},
    }
    nodes = [replace(node, attributes={**node.attributes, **told.get(node.id, {})}) for node in drawn.nodes]
    archive = Node(
        id="records-123456789012", kind="bucket", parent="ap-northeast-1", attributes={"lifecycle": lifecycle}
    )
    return replace(drawn, origin="built", nodes=(*nodes, archive))
