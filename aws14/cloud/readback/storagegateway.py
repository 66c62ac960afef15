"""Storage Gateway read back: gateways as nodes, with what hangs on them, and links to the buckets of their shares."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aws14.cloud.readback import s3
from aws14.cloud.readback.asking import Asking, unless
from aws14.cloud.readback.seen import Resource, Seen, called, required, tags_of
from aws14.model import Link, Node

__all__ = ["fetch"]

_GIB = 1024**3
_REFUSED = ("InvalidGatewayRequestException",)
_VOLUMES = {
    True: ("describe_cached_iscsi_volumes", "CachediSCSIVolumes"),
    False: ("describe_stored_iscsi_volumes", "StorediSCSIVolumes"),
}
"""Whether volumes are cached ones -> operation that describes them, and what it calls them."""
_DESCRIBE = {
    "NFS": ("describe_nfs_file_shares", "NFSFileShareInfoList"),
    "SMB": ("describe_smb_file_shares", "SMBFileShareInfoList"),
}

Found = tuple[tuple[Seen, ...], tuple[Link, ...]]


def fetch(asking: Asking, region: str) -> Found:
    """Ask for every gateway of one region.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    region : str
        Name of the region.
    """
    seen: list[Seen] = []
    links: list[Link] = []
    client: Any = asking.client("storagegateway", region)
    for one in asking.listed("storagegateway", region, "list_gateways", "Gateways"):
        gateway = client.describe_gateway_information(GatewayARN=one["GatewayARN"])
        shares = tuple(_shares(asking, region, gateway))
        seen.append(_gateway(asking, region, gateway, shares))
        links += _links(gateway, shares)
    return tuple(seen), tuple(dict.fromkeys(links))


def _shares(asking: Asking, region: str, gateway: Resource) -> Iterator[Resource]:
    """Its file shares, each with its protocol."""
    client: Any = asking.client("storagegateway", region)
    operation, key, arn = "list_file_shares", "FileShareInfoList", gateway["GatewayARN"]
    for one in asking.listed("storagegateway", region, operation, key, GatewayARN=arn):
        describe, things = _DESCRIBE[one["FileShareType"]]
        for told in getattr(client, describe)(FileShareARNList=[one["FileShareARN"]])[things]:
            yield {**told, "FileShareType": one["FileShareType"]}


def _gateway(asking: Asking, region: str, gateway: Resource, shares: tuple[Resource, ...]) -> Seen:
    arn, of = gateway["GatewayARN"], f"gateway {gateway['GatewayARN']}"
    tags = tags_of(gateway)
    attributes = {
        "gateway_type": required(gateway, "GatewayType", of),
        "cache_gib": _disks(asking, region, arn, "cache"),
        "buffer_gib": _disks(asking, region, arn, "upload_buffer"),
        "shares": (*(_share(one) for one in shares), *_blocks(asking, region, arn)),
        "state": required(gateway, "GatewayState", of),
    }
    node = Node(id=arn, kind="storage_gateway", parent=region, aws_id=arn, attributes=attributes)
    return Seen(node=node, tags=tags, name=called(tags, gateway.get("GatewayName") or gateway["GatewayId"]))


def _disks(asking: Asking, region: str, arn: str, use: str) -> float:
    """GiB of its disks that serve a use; 0 for a gateway that has no such disks, or that is shut down."""
    client: Any = asking.client("storagegateway", region)
    told = unless(_REFUSED, lambda: getattr(client, f"describe_{use}")(GatewayARN=arn), {})
    name = "CacheAllocatedInBytes" if use == "cache" else "UploadBufferAllocatedInBytes"
    return float(told.get(name, 0)) / _GIB


def _share(share: Resource) -> str:
    return f"{share.get('FileShareName') or _bucket(share)} {share['FileShareType']} {_bucket(share)}"


def _bucket(share: Resource) -> str:
    return str(share["LocationARN"]).rpartition(":::")[2].partition("/")[0]


def _blocks(asking: Asking, region: str, arn: str) -> Iterator[str]:
    """Its volumes, and the tapes in its library."""
    for one in asking.listed("storagegateway", region, "list_volumes", "VolumeInfos", GatewayARN=arn):
        yield _volume(asking, region, one)
    for one in asking.listed("storagegateway", region, "list_tapes", "TapeInfos"):
        if one.get("GatewayARN") == arn:
            yield _tape(asking, region, arn, one)


def _volume(asking: Asking, region: str, volume: Resource) -> str:
    """The name by which servers know it, its size, and what of it lies in AWS: of a stored volume, nothing."""
    client: Any = asking.client("storagegateway", region)
    is_cached = str(volume["VolumeType"]).upper().startswith("CACHED")
    describe, things = _VOLUMES[is_cached]
    told = getattr(client, describe)(VolumeARNs=[volume["VolumeARN"]])[things][0]
    used = float(told.get("VolumeUsedInBytes", 0)) if is_cached else 0.0
    return f"{told.get('TargetName') or volume['VolumeId']} {volume['VolumeSizeInBytes'] / _GIB:g} {used / _GIB:g}"


def _tape(asking: Asking, region: str, arn: str, tape: Resource) -> str:
    client: Any = asking.client("storagegateway", region)
    told = client.describe_tapes(GatewayARN=arn, TapeARNs=[tape["TapeARN"]])["Tapes"][0]
    used = float(told.get("TapeUsedInBytes", 0)) / _GIB
    status = str(tape["TapeStatus"]).replace(" ", "_")
    return f"{tape['TapeBarcode']} {tape['TapeSizeInBytes'] / _GIB:g} {status} {used:g}"


def _links(gateway: Resource, shares: tuple[Resource, ...]) -> Iterator[Link]:
    for share in shares:
        yield Link(source=gateway["GatewayARN"], target=s3.key_of(_bucket(share)), kind="routes", label="stores")
