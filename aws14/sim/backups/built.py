"""Built: the copies of something that were read back, to be struck by failures.

What counts as a copy of a node:

- each vault that holds recovery points of it: these points, with the vault's region, account, key and lock;
- a database's automated backups (point in time), in its region and account, and its replicas (mirrors);
- a bucket's old versions, as far back as its lifecycle keeps them, and the buckets it replicates to;
- what enabled policies of Data Lifecycle Manager keep, and copy away, by their schedules, where the caller says that
  they take this volume: tags of volumes are not read back.

Other snapshots are left out: a read-back does not say when they were taken. An account is known where a
node has an ARN; what has none is of the account that most others are of. A vault of another account is not seen from
this one: add a `Copy` for it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

from aws14.errors import DesignError
from aws14.model import Node, Topology
from aws14.sim.backups.copies import Copy, Generations, Lock, Log, Original, Points
from aws14.sim.backups.points import read_point
from aws14.sim.backups.policies import read_dlm_schedule

_REPLICATES = "replicates"
_ACCOUNT_OF_ARN, _PARTS_OF_ARN = 4, 6


def original_built(topology: Topology, node_id: str, *, key: str = "") -> Original:
    """What is to be kept safe, as it stands.

    Parameters
    ----------
    topology : Topology
        What was read back.
    node_id : str
        The volume, database, bucket or file system.
    key : str
        The key that it is encrypted with, as its vaults spell theirs; empty: none that anybody could delete.

    Raises
    ------
    DesignError
        When there is no such node, or it stands in no region.
    """
    node = topology.node(node_id)
    zone = topology.container(node_id, "az")
    az = str(node.attributes.get("zone", "")) or (zone.id if zone else "")
    both = node.kind == "db_instance" and bool(node.require("multi_az"))
    disk = node.kind in ("volume", "db_instance", "instance")
    if disk and not az:
        az = "its zone"  # a volume that is attached to nothing is read back in its region, and stands in a zone
    return Original(
        volume=node.id if disk and not both else "",
        az="" if both else az,
        region=_region(topology, node),
        account=_account(topology, node),
        key=key,
    )


def copies_built(
    topology: Topology, node_id: str, *, restore_s: float = 0.0, policies: Sequence[str] = ()
) -> tuple[Copy, ...]:
    """The copies of a node.

    Parameters
    ----------
    topology : Topology
        What was read back.
    node_id : str
        The volume, database, bucket or file system.
    restore_s : float
        How long a restore takes.
    policies : sequence of str
        Nodes of the policies of Data Lifecycle Manager that take it.

    Raises
    ------
    DesignError
        When there is no such node, or a copy stands in no region.
    """
    node = topology.node(node_id)
    kept = (copy for policy in policies for copy in _by_policy(topology, node, topology.node(policy), restore_s))
    return (*_in_vaults(topology, node, restore_s), *kept, *_of_its_own(topology, node, restore_s))


def _in_vaults(topology: Topology, node: Node, restore_s: float) -> Iterator[Copy]:
    for vault in topology.of_kind("backup_vault"):
        points = [read_point(text) for text in _texts(vault, "points")]
        mine = sorted((point for point in points if point.of in _names(node)), key=lambda point: point.taken_s)
        if mine:
            yield Copy(
                name=f"vault {vault.id}",
                history=Points(
                    taken_s=tuple(point.taken_s for point in mine),
                    cold_s=tuple(point.taken_s for point in mine if point.cold),
                ),
                region=_region(topology, vault),
                account=_account(topology, vault),
                lock=_lock(str(vault.require("lock"))),
                key=str(vault.require("key")),
                restore_s=restore_s,
            )


def _by_policy(topology: Topology, node: Node, policy: Node, restore_s: float) -> Iterator[Copy]:
    if str(policy.require("state")) != "ENABLED":
        return
    rules = tuple(read_dlm_schedule(text, policy.id) for text in _texts(policy, "schedules"))
    here = _region(topology, node)
    for region in dict.fromkeys((here, *(region for rule in rules for region in rule.copies))):
        held = tuple(rule for rule in rules if region in (here, *rule.copies))
        yield Copy(
            name=f"snapshots by {policy.id}" + ("" if region == here else f" in {region}"),
            history=Generations(rules=held), region=region, account=_account(topology, node), restore_s=restore_s,
        )  # fmt: skip


def _of_its_own(topology: Topology, node: Node, restore_s: float) -> Iterator[Copy]:
    here, account = _region(topology, node), _account(topology, node)
    if node.kind == "db_instance" and node.require("backup_retention_days"):
        days = float(str(node.require("backup_retention_days")))
        log = Log.of_database(days)
        yield Copy(name="automated backups", history=log, region=here, account=account, restore_s=restore_s)
    if node.kind == "bucket" and node.require("versioning") is True:
        yield Copy(
            name="old versions", history=Log(keep_days=_versions_days(node)), region=here, account=account,
            lock=_lock(str(node.require("object_lock"))), restore_s=restore_s,
        )  # fmt: skip
    for link in topology.links_of("routes", source=node.id):
        if link.label == _REPLICATES:
            other = topology.node(link.target)
            versions = other.kind == "bucket" and other.require("versioning") is True
            yield Copy(
                name=f"replica {other.id}", history=Log(keep_days=_versions_days(other) if versions else 0.0),
                region=_region(topology, other), account=_account(topology, other),
                volume="" if other.kind == "bucket" else other.id,
                lock=_lock(str(other.attributes.get("object_lock", ""))), restore_s=restore_s,
            )  # fmt: skip


def _versions_days(bucket: Node) -> float:
    """Days that old versions are kept: for ever, unless a rule for all objects ends them."""
    ends = [
        float(word.removeprefix("noncurrent="))
        for text in _texts(bucket, "lifecycle")
        for word in text.split()
        if word.startswith("noncurrent=")
    ]
    return min(ends, default=math.inf)


def _texts(node: Node, name: str) -> tuple[str, ...]:
    value = node.require(name)
    return value if isinstance(value, tuple) else ()


def _names(node: Node) -> tuple[str, ...]:
    """What a recovery point may call it: AWS Backup takes the tag Name, else the resource's own."""
    return (node.id, node.title, str(node.attributes.get("name", node.id)), *node.aws_id.split(","))


def _lock(text: str) -> Lock:
    mode = text.partition(" ")[0].lower()
    return "compliance" if mode == "compliance" else "governance" if mode == "governance" else "none"


def _account(topology: Topology, node: Node) -> str:
    return _of_arn(node) or _own_account(topology)


def _own_account(topology: Topology) -> str:
    found = Counter(account for node in topology.nodes if (account := _of_arn(node)))
    return found.most_common(1)[0][0] if found else "the account"


def _of_arn(node: Node) -> str:
    parts = node.aws_id.split(":")
    return parts[_ACCOUNT_OF_ARN] if len(parts) >= _PARTS_OF_ARN else ""


def _region(topology: Topology, node: Node) -> str:
    region = topology.container(node.id, "region")
    if region is None:
        raise DesignError(f"{node.kind} '{node.id}' stands in no region", cure="place it in a region")
    return region.id
