"""What this emulator keeps of a DB instance beyond moto's own: its data, its interfaces, what its clock waits for.

Found by ARN, by endpoint, by network interface. The world lock is held by whoever asks.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from aws14.emulator.databases.image import Image
from aws14.emulator.databases.journal import Journal
from aws14.emulator.failure_records import records

__all__ = ["Life", "Shipment", "find", "host_is_down", "instances", "is_managed", "is_serving", "life_of", "primary_of"]

_SERVING = frozenset({"available", "backing-up", "modifying", "storage-optimization"})


@dataclass(frozen=True)
class Shipment:
    """A committed transaction on its way to a replica.

    Parameters
    ----------
    due : float
        When it arrives, epoch seconds.
    statements : tuple
        As the source's image ran them.
    """

    due: float
    statements: tuple[Any, ...]


@dataclass
class Life:
    """What goes on with a DB instance.

    Attributes
    ----------
    image : Image
        Its data.
    interfaces : dict
        Zone -> id of the network interface of the host that stands there.
    secondary_zone : str
        Where the standby is; empty for none.
    turn : int
        Grows with every change of state: events of an earlier turn are void.
    pending : dict
        Values that wait for the maintenance window, or for the end of a change, by moto's names.
    relay : list of Shipment
        Of a replica: transactions on their way.
    backups : int
        Grows with every backup that is planned: earlier plans are void.
    journal : Journal
        What it can be restored from to a second.
    """

    image: Image = field(default_factory=Image)
    interfaces: dict[str, str] = field(default_factory=dict)
    secondary_zone: str = ""
    turn: int = 0
    pending: dict[str, Any] = field(default_factory=dict)
    relay: list[Shipment] = field(default_factory=list)
    backups: int = 0
    journal: Journal = field(default_factory=Journal)


def is_managed(instance: Any) -> bool:
    """Whether it is a DB instance with a life: members of Aurora clusters are not."""
    return instance.db_cluster_identifier is None


def life_of(instance: Any) -> Life:
    """The life of a DB instance, begun when it is first asked for."""
    kept = vars(instance)
    if kept.get("_aws14") is None:
        kept["_aws14"] = Life()
    life: Life = kept["_aws14"]
    return life


def instances() -> Iterator[Any]:
    """All DB instances with a life, of every account and region."""
    loaded = sys.modules.get("moto.rds.models")  # nobody has asked for RDS: there are none
    for regions in list(loaded.rds_backends.values()) if loaded is not None else ():
        for backend in list(regions.values()):
            yield from (each for each in list(backend.databases.values()) if is_managed(each))


def find(arn: str) -> Any:
    """The DB instance of an ARN; None when there is none."""
    return next((each for each in instances() if each.db_instance_arn == arn), None)


def host_is_down(instance: Any, zone: str) -> bool:
    """Whether the host of a DB instance in a zone has failed, alone or with its zone."""
    broken = records("db").get(instance.db_instance_arn)
    return zone in records("zone") or (broken is not None and broken["zone"] == zone)


def is_serving(instance: Any) -> bool:
    """Whether its MySQL accepts connections: its state says so, and its primary's host works."""
    return instance.status in _SERVING and not host_is_down(instance, instance.availability_zone)


def primary_of(instance: Any) -> str:
    """Id of the network interface of its primary; empty where it has none."""
    return life_of(instance).interfaces.get(instance.availability_zone, "")
