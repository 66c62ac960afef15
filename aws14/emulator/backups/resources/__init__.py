"""What can be backed up, one module a kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aws14.emulator.backups.resources.buckets import BUCKETS
from aws14.emulator.backups.resources.databases import DATABASES
from aws14.emulator.backups.resources.file_systems import FILE_SYSTEMS
from aws14.emulator.backups.resources.kind import Found, ResourceKind
from aws14.emulator.backups.resources.machines import MACHINES
from aws14.emulator.backups.resources.shares import SHARES
from aws14.emulator.backups.resources.tables import TABLES
from aws14.emulator.backups.resources.volumes import VOLUMES

__all__ = ["Found", "ResourceKind", "kind_named", "kind_of_arn", "kinds"]

_KINDS: Mapping[str, ResourceKind] = {
    each.name: each for each in (VOLUMES, MACHINES, DATABASES, BUCKETS, TABLES, FILE_SYSTEMS, SHARES)
}


def kinds() -> Iterator[ResourceKind]:
    """Every kind, by name."""
    yield from (_KINDS[name] for name in sorted(_KINDS))


def kind_named(name: str) -> ResourceKind:
    """The kind of that name."""
    return _KINDS[name]


def kind_of_arn(arn: str) -> ResourceKind | None:
    """The kind of a resource; None for one that cannot be backed up here."""
    return next((kind for kind in kinds() if kind.owns(arn)), None)
