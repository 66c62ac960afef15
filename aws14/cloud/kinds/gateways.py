"""Kinds of Storage Gateway: shares, volumes and tapes, and the gateways that they hang on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from aws14.cloud import deletion, presence
from aws14.cloud.kinds.kind import Kind

_REFUSED = "InvalidGatewayRequestException"


def _listed(operation: str, things: str, arn: str, *, ended: str = "") -> presence.Exists:
    """By the list: one refusal of Storage Gateway's stands for whatever is wrong."""

    def exists(client: Any, key: str, params: presence.Params) -> bool:
        del params
        pages = client.get_paginator(operation).paginate()
        found = (one for page in pages for one in page[things] if one[arn] == key)
        return any(not ended or "DELETING" not in one[ended] for one in found)

    return exists


def _given(operation: str) -> presence.Exists:
    """A check that a gateway uses the disks that a call gave it."""

    def exists(client: Any, key: str, params: presence.Params) -> bool:
        try:
            there = getattr(client, operation)(GatewayARN=key)["DiskIds"]
        except ClientError as error:
            if error.response["Error"]["Code"] == _REFUSED:
                return False
            raise
        return set(params.get("DiskIds", ())) <= set(there) and bool(there)

    return exists


def _delete_tape(client: Any, key: str) -> object:
    """Delete a tape where it is: in a library or in the archive."""
    gateway = next((one.get("GatewayARN") for one in client.list_tapes(TapeARNs=[key])["TapeInfos"]), None)
    if gateway:
        return client.delete_tape(GatewayARN=gateway, TapeARN=key)
    return client.delete_tape_archive(TapeARN=key)


GATEWAYS: Mapping[str, Kind] = {
    "file-share": Kind(
        service="storagegateway",
        order=12,
        exists=_listed("list_file_shares", "FileShareInfoList", "FileShareARN", ended="FileShareStatus"),
        delete=deletion.call("delete_file_share", "FileShareARN", ForceDelete=True),
        lingers=_listed("list_file_shares", "FileShareInfoList", "FileShareARN"),
    ),
    "gateway-volume": Kind(
        service="storagegateway",
        order=12,
        exists=_listed("list_volumes", "VolumeInfos", "VolumeARN"),
        delete=deletion.call("delete_volume", "VolumeARN"),
    ),
    "tape": Kind(
        service="storagegateway",
        order=12,
        exists=_listed("list_tapes", "TapeInfos", "TapeARN"),
        delete=_delete_tape,
    ),
    "gateway-cache": Kind(service="storagegateway", order=13, exists=_given("describe_cache")),
    "gateway-buffer": Kind(service="storagegateway", order=13, exists=_given("describe_upload_buffer")),
    "storage-gateway": Kind(
        service="storagegateway",
        order=13,
        exists=_listed("list_gateways", "Gateways", "GatewayARN"),
        delete=deletion.call("delete_gateway", "GatewayARN"),
    ),
}
"""Kind -> how it is seen and deleted."""
