"""Block device mappings: what an image brings, and what a launch asks for."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

__all__ = ["Mapping", "as_amazon_has_it", "merged"]

_ROOT_GIB = 8  # of Amazon's Linux images (data/sources.csv: al2023-root)


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """A volume that an image brings.

    Parameters
    ----------
    device : str
        Name.
    snapshot : str
        Id of the snapshot that it is made of.
    size_gib : int
        GiB.
    type : str
        ``gp3``.
    delete_on_termination, encrypted : bool
        Of the volume.
    iops : int or None
        Provisioned ones.
    """

    device: str
    snapshot: str
    size_gib: int
    type: str
    delete_on_termination: bool
    encrypted: bool
    iops: int | None = None

    @classmethod
    def of(cls, device: str, block: Any, volume: Any, snapshot: str) -> Mapping:
        """From moto's block device and volume, of which `snapshot` was taken."""
        return cls(
            device=device,
            snapshot=snapshot,
            size_gib=int(volume.size),
            type=volume.volume_type,
            delete_on_termination=bool(block.delete_on_termination),
            encrypted=bool(volume.encrypted),
            iops=int(volume.iops) if volume.iops else None,
        )

    def with_snapshot(self, snapshot: str) -> Mapping:
        """The same from another snapshot."""
        return replace(self, snapshot=snapshot)

    def shown(self) -> dict[str, Any]:
        """As the API shows it, and takes it."""
        ebs = {
            "SnapshotId": self.snapshot,
            "VolumeSize": self.size_gib,
            "VolumeType": self.type,
            "DeleteOnTermination": self.delete_on_termination,
            "Encrypted": self.encrypted,
        }
        return {"DeviceName": self.device, "Ebs": ebs | ({"Iops": self.iops} if self.iops else {})}


def as_amazon_has_it(shown: dict[str, Any], image_name: str) -> dict[str, Any]:
    """What moto shows of the root volume of one of Amazon's images, with the size and type it has on AWS."""
    kind = "gp3" if image_name.startswith("al2023") else "gp2"
    own = {"VolumeSize": _ROOT_GIB, "VolumeType": kind, "DeleteOnTermination": True}
    return {**shown, "Ebs": {**shown["Ebs"], **own}}


def merged(given: Iterable[dict[str, Any]], own: Iterable[Mapping] | None, root: str) -> list[dict[str, Any]]:
    """What is made at a launch: what is asked for, completed by what the image brings; always with a root volume.

    Parameters
    ----------
    given : iterable of dict
        As the API takes them.
    own : iterable of Mapping or None
        Of the image; None for one of Amazon's, whose root volume ends with the instance.
    root : str
        Device name of the root volume.
    """
    base: dict[str, Any] = {"VolumeSize": _ROOT_GIB, "DeleteOnTermination": True}
    result: dict[str, dict[str, Any]] = {each.device: each.shown() for each in own or ()}
    if own is None:
        result[root] = {"DeviceName": root, "Ebs": base}
    for wanted in deepcopy(list(given)):
        name = wanted["DeviceName"]
        if wanted.get("NoDevice") is not None:
            result.pop(name, None)
        elif "Ebs" in wanted:
            asked = {key: value for key, value in wanted["Ebs"].items() if value is not None}
            before = result.get(name, {}).get("Ebs", {})
            if asked.get("VolumeType", before.get("VolumeType")) != before.get("VolumeType"):
                before = {key: value for key, value in before.items() if key != "Iops"}
            result[name] = {"DeviceName": name, "Ebs": before | asked}
    return list(result.values())
