"""Kept: what lies in buckets and vaults, keys, and copies that hold only what changed.

Sources: S3 pricing and user guide (minimum sizes, overheads), AWS Backup pricing (by resource, warm and cold; recovery
points of EBS and RDS are snapshots and billed as those), EBS pricing (changed blocks), RDS pricing (backup storage up
to the size of a region's databases is free), KMS pricing (a key that waits for its deletion is free).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from aws14.catalog import quota
from aws14.cost.location import region_of
from aws14.cost.managed import GONE, Rates, number
from aws14.model import Node, Topology, Usage
from aws14.sim.backups.points import read_point
from aws14.sim.storage_classes import classes

_BYTES_PER_GB = 2**30
_BY_THOUSAND = 1e3
_WATCHED_BY_AWS = "INTELLIGENT_TIERING"
_SNAPSHOTS = ("snapshot", "db_snapshot")
_FREE_UP_TO_DATABASES = ("RDS", "Backup storage beyond free")

_POINTS: Mapping[str, tuple[str, str, str]] = {
    "DynamoDB": ("AWS Backup", "DynamoDB warm storage", "DynamoDB cold storage"),
    "EBS": ("EBS", "Snapshot standard storage", "Snapshot archive storage"),
    "EC2": ("EBS", "Snapshot standard storage", ""),
    "EFS": ("AWS Backup", "EFS warm storage", "EFS cold storage"),
    "FSx": ("AWS Backup", "FSx warm storage", ""),
    "RDS": ("RDS", "Backup storage beyond free", ""),
    "S3": ("AWS Backup", "S3 warm storage", ""),
    "Storage Gateway": ("AWS Backup", "Storage Gateway volume warm storage", ""),
}
"""Kind of a recovery point -> service, and its items in the price book, warm and cold (empty: it stays warm)."""


def _bucket(node: Node, region: str) -> Rates:
    stored = node.attributes.get("stored", ())
    for text in stored if isinstance(stored, tuple) else ():
        name, gib, objects = text.split()
        if float(objects):
            yield from _stored(name, float(gib), float(objects), region)


def _stored(name: str, gib: float, objects: float, region: str) -> Iterator[Usage]:
    known = classes()
    rule = known.get(name, known["STANDARD"])
    counted = max(gib, objects * rule.least_bytes / _BYTES_PER_GB) + objects * rule.added_bytes / _BYTES_PER_GB
    yield _s3(rule.item, "GB-month", region, counted, note=f"{objects:,.0f} objects in {name}")
    if rule.added_standard_bytes:
        index_gib = objects * rule.added_standard_bytes / _BYTES_PER_GB
        yield _s3(known["STANDARD"].item, "GB-month", region, index_gib, note=f"index of the objects in {name}")
    if name == _WATCHED_BY_AWS:
        watched = objects / _BY_THOUSAND
        yield _s3("Intelligent-Tiering monitoring", "1,000 objects-month", region, watched, note="watched by S3")


def _s3(item: str, unit: str, region: str, quantity: float, *, note: str) -> Usage:
    return Usage(service="S3", item=item, unit=unit, region=region, quantity=quantity, note=note)


def vault_standing(node: Node, region: str, changed_gib: float | None) -> Rates:
    """What lies in a vault: of each resource the first recovery point in full, later ones as far as they differ.

    Parameters
    ----------
    node : Node
        The vault.
    region : str
        Where it stands.
    changed_gib : float, optional
        GiB that a point holds beyond the one before it; None: each counts in full.

    Raises
    ------
    DesignError
        When a point cannot be read.
    """
    told = node.attributes.get("points", ())
    found: dict[tuple[str, str, bool], list[float]] = {}
    for text in told if isinstance(told, tuple) else ():
        point = read_point(text)
        if point.kind in _POINTS:
            found.setdefault((point.kind, point.of, point.cold), []).append(point.gib)
    for (kind, of, cold), sizes in found.items():
        service, warm, archive = _POINTS[kind]
        # Snapshots of EBS in the archive tier are full, each of them.
        full = changed_gib is None or (kind == "EBS" and cold)
        quantity = sum(sizes) if full else sizes[0] + sum(min(changed_gib or 0.0, size) for size in sizes[1:])
        counted = "in full" if full else "later ones by what changed (assumed)"
        note = f"recovery points of {of}: {len(sizes)}{f', {counted}' if len(sizes) > 1 else ''}"
        yield Usage(
            service=service, item=archive if cold and archive else warm, unit="GB-month", region=region,
            quantity=quantity, note=note,
        )  # fmt: skip


def _key(node: Node, region: str) -> Rates:
    if node.require("state") not in ("PendingDeletion", *GONE):
        yield Usage(service="KMS", item="Customer managed key", unit="key-month", region=region, quantity=1)


KEPT: Mapping[str, Callable[[Node, str], Rates]] = {"bucket": _bucket, "key": _key}
"""Kind of node -> what it is charged for while it stands; a vault is charged by `vault_standing`."""


def as_changed(usage: Iterable[Usage], topology: Topology, changed_gib: float | None) -> Iterator[Usage]:
    """Later snapshots of one volume or database with what changed, instead of in full.

    Parameters
    ----------
    usage : iterable of Usage
        What stands, counted in full.
    topology : Topology
        What was read back.
    changed_gib : float, optional
        GiB that a snapshot holds beyond the one before it; None: as they are counted.
    """
    held = {} if changed_gib is None else _held_share(topology, changed_gib)
    for line in usage:
        share = held.get(line.resource)
        if share is None:
            yield line
        else:
            note = "blocks that changed since the snapshot before (assumed)"
            yield replace(line, quantity=line.quantity * share, note=note if share < 1 else line.note)


def _held_share(topology: Topology, changed_gib: float) -> dict[str, float]:
    """Snapshot -> share of its full size that it is billed for; the first of each source counts in full.

    The first may be one in a vault: EBS does not ask who made it.
    """
    copies = {kind: topology.of_kind(kind) for kind in _SNAPSHOTS}
    source = {aws_id: str(node.require("of")) for nodes in copies.values() for node in nodes for aws_id in _ids(node)}
    seen = set(_in_vaults(topology))
    shares: dict[str, float] = {}
    for node in (*copies["snapshot"], *copies["db_snapshot"]):
        full = number(node, "gib")
        key = (region_of(topology, node), _root(str(node.require("of")), source))
        later = node.count - (key not in seen)
        seen.add(key)
        changed = min(1.0, changed_gib / full) if full else 1.0
        shares[node.id] = (node.count - later + later * changed) / node.count if node.count else 1.0
    return shares


def _in_vaults(topology: Topology) -> Iterator[tuple[str, str]]:
    """Region and id of the volumes of which a vault there holds a warm recovery point."""
    volumes = {name: node.aws_id for node in topology.of_kind("volume") for name in (node.id, node.aws_id)}
    for vault in topology.of_kind("backup_vault"):
        told = vault.attributes.get("points", ())
        for point in map(read_point, told if isinstance(told, tuple) else ()):
            if point.kind == "EBS" and not point.cold and point.of in volumes:
                yield region_of(topology, vault), volumes[point.of]


def _ids(node: Node) -> list[str]:
    return [each for each in node.aws_id.split(",") if each]


def _root(of: str, source: Mapping[str, str]) -> str:
    """What a copy of a copy was taken from in the first place."""
    for _ in range(len(source) + 1):
        if of not in source:
            return of
        of = source[of]
    return of


def beyond_free(usage: Iterable[Usage], topology: Topology, share: float) -> Iterator[Usage]:
    """Backups of RDS without what is free: as much, in each region, as its databases have storage.

    Parameters
    ----------
    usage : iterable of Usage
        What stands.
    topology : Topology
        What was read back.
    share : float
        The billed part of a month.
    """
    free: dict[str, float] = {}
    for database in topology.of_kind("db_instance"):
        if database.require("state") not in GONE:
            region = region_of(topology, database)
            free[region] = free.get(region, 0.0) + number(database, "gib") * database.count * share
    for line in usage:
        if (line.service, line.item) != _FREE_UP_TO_DATABASES:
            yield line
            continue
        taken = min(free.get(line.region, 0.0), line.quantity)
        free[line.region] = free.get(line.region, 0.0) - taken
        note = "as much as the region's databases have storage is free" if taken else line.note
        yield replace(line, quantity=line.quantity - taken, note=note)


def automated_backups(topology: Topology, changed_gib: float | None) -> Iterator[Usage]:
    """A month of RDS's automated backups: the whole database once, and what changed on each day that it goes back.

    Parameters
    ----------
    topology : Topology
        What was read back.
    changed_gib : float, optional
        GiB that change in a day; None: nothing beyond what is free.
    """
    for database in topology.of_kind("db_instance"):
        days = number(database, "backup_retention_days") if database.attributes.get("backup_retention_days") else 0.0
        if days and changed_gib is not None and database.require("state") not in GONE:
            size = number(database, "gib")
            yield Usage(
                service="RDS", item="Backup storage beyond free", unit="GB-month",
                region=region_of(topology, database), quantity=size + days * min(changed_gib, size),
                resource=database.id, note=f"automated backups of {days:g} days",
            )  # fmt: skip


def automatic_backups(topology: Topology, changed_gib: float | None) -> Iterator[Usage]:
    """A month of EFS's automatic backups, which lie in a vault of AWS's own that is not read back.

    The whole file system once, whatever its classes, and what changed on each day that they go back.

    Parameters
    ----------
    topology : Topology
        What was read back.
    changed_gib : float, optional
        GiB that change in a day; None: none.
    """
    days = quota("EFS", "automatic backups are kept").value
    for files in topology.of_kind("file_system"):
        if files.attributes.get("backed_up") is True and files.require("state") not in GONE:
            size = sum(number(files, f"{each}_gib") for each in ("standard", "ia", "archive"))
            yield Usage(
                service="AWS Backup", item="EFS warm storage", unit="GB-month", region=region_of(topology, files),
                quantity=size + (days - 1) * min(changed_gib or 0.0, size), resource=files.id,
                note=f"automatic backups of {days:g} days",
            )  # fmt: skip
