"""File systems, backups, virtual machines and volumes of FSx: what is kept of each, and how it is found."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

__all__ = [
    "Backup",
    "FileSystem",
    "Machine",
    "Volume",
    "backend_of",
    "file_systems",
    "find",
    "known",
    "machines_of",
    "new_id",
    "refuse",
    "volumes_of",
]


@dataclass
class FileSystem:
    """A file system of FSx.

    Attributes
    ----------
    account_id, region_name, file_system_id, file_system_type : str
        Whose and what: ``WINDOWS``, ``ONTAP``, ``OPENZFS``, ``LUSTRE``.
    storage_capacity : int
        GiB.
    storage_type, kms_key_id, dns_name, vpc_id : str
        As AWS tells them.
    subnet_ids, security_group_ids : list of str
        Where it stands, and behind which groups.
    created : float
        Epoch seconds.
    config : dict
        The configuration of its type, as AWS tells it.
    domain : str
        DNS name of the domain it has joined; empty for none.
    lifecycle : str
        ``CREATING``, ``AVAILABLE``, ``DELETING``.
    interfaces : dict
        Zone -> id of the network interface of the file server there.
    preferred_zone, active_zone : str
        Which file server should serve, and which one does.
    actions : list of dict
        Administrative actions, newest first, as AWS tells them.
    grown_at : float
        When capacity was last raised; 0 for never.
    turn : int
        Grows with every plan of daily backups: earlier plans are void.
    """

    account_id: str
    region_name: str
    file_system_id: str
    file_system_type: str
    storage_capacity: int
    storage_type: str
    kms_key_id: str
    vpc_id: str
    subnet_ids: list[str]
    security_group_ids: list[str]
    created: float
    config: dict[str, Any]
    dns_name: str = ""
    domain: str = ""
    lifecycle: str = "CREATING"
    interfaces: dict[str, str] = field(default_factory=dict)
    preferred_zone: str = ""
    active_zone: str = ""
    actions: list[dict[str, Any]] = field(default_factory=list)
    grown_at: float = 0.0
    turn: int = 0

    @property
    def resource_arn(self) -> str:
        """Its ARN."""
        return f"arn:aws:fsx:{self.region_name}:{self.account_id}:file-system/{self.file_system_id}"

    @property
    def is_multi_az(self) -> bool:
        """Whether a second file server stands in another zone."""
        return str(self.config.get("DeploymentType", "")).startswith("MULTI_AZ")


@dataclass
class Backup:
    """A backup: its state, its kind, and the file system as it was."""

    account_id: str
    region_name: str
    backup_id: str
    backup_type: str
    file_system_id: str
    file_system_type: str
    created: float
    source: dict[str, Any]
    size_bytes: int
    lifecycle: str = "CREATING"
    volume_id: str = ""
    volume: dict[str, Any] | None = None
    source_backup: str = ""
    source_region: str = ""
    token: str = ""

    @property
    def resource_arn(self) -> str:
        """Its ARN."""
        return f"arn:aws:fsx:{self.region_name}:{self.account_id}:backup/{self.backup_id}"


@dataclass
class Machine:
    """A storage virtual machine of ONTAP."""

    machine_id: str
    file_system_id: str
    name: str
    created: float
    resource_arn: str
    config: dict[str, Any]
    lifecycle: str = "CREATING"


@dataclass
class Volume:
    """A volume of ONTAP or OpenZFS; the id is the key of its files."""

    volume_id: str
    file_system_id: str
    volume_type: str
    name: str
    created: float
    resource_arn: str
    config: dict[str, Any]
    lifecycle: str = "CREATING"
    machine_id: str = ""


def backend_of(file_system: FileSystem) -> Any:
    """The backend of moto's that keeps it."""
    from moto.fsx.models import fsx_backends

    return fsx_backends[file_system.account_id][file_system.region_name]


def _backends() -> Iterator[Any]:
    loaded = sys.modules.get("moto.fsx.models")  # nobody has asked for FSx: there are none
    for regions in list(loaded.fsx_backends.values()) if loaded is not None else ():
        yield from list(regions.values())


def file_systems() -> Iterator[FileSystem]:
    """All file systems of FSx, of every account and region."""
    for backend in _backends():
        yield from list(backend.file_systems.values())


def find(file_system_id: str) -> FileSystem | None:
    """The file system of an id; None when there is none."""
    return next((each for each in file_systems() if each.file_system_id == file_system_id), None)


def machines_of(backend: Any) -> dict[str, Machine]:
    """The storage virtual machines of a backend, by id."""
    kept: dict[str, Machine] = vars(backend).setdefault("_aws14_machines", {})
    return kept


def volumes_of(backend: Any) -> dict[str, Volume]:
    """The volumes of a backend, by id."""
    kept: dict[str, Volume] = vars(backend).setdefault("_aws14_volumes", {})
    return kept


def known(backend: Any, file_system_id: str) -> FileSystem:
    """The file system of an id, or FSx's refusal."""
    found: FileSystem | None = backend.file_systems.get(file_system_id)
    if found is None:
        refuse("FileSystemNotFound", f"File system '{file_system_id}' does not exist.")
    return found


def new_id(prefix: str) -> str:
    """A new id: ``fs-`` and seventeen digits."""
    from moto.moto_api._internal import mock_random

    return f"{prefix}-0{mock_random.get_random_hex(16)}"


def refuse(code: str, message: str) -> NoReturn:
    """Refuse a call as FSx does."""
    from moto.core.exceptions import JsonRESTError

    raise JsonRESTError(code, message)
