"""Operations on file shares, and how a gateway lets people in."""

from __future__ import annotations

import re
from typing import Any

from moto.core.responses import ActionResult

from aws14.catalog import quota
from aws14.emulator.buckets.access import bucket_of
from aws14.emulator.durations import typical_s
from aws14.emulator.gateways import cache, folders, objects, uploads
from aws14.emulator.gateways.asking import Asking, new_id, tags_of, told_tags
from aws14.emulator.gateways.models import Gateway, gateways
from aws14.emulator.gateways.records import Share
from aws14.emulator.gateways.refusals import refuse
from aws14.emulator.world import world

__all__ = ["ShareOperations"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,127}")
_USUAL: dict[str, Any] = {
    "DefaultStorageClass": "S3_STANDARD",
    "ObjectACL": "private",
    "ReadOnly": False,
    "GuessMIMETypeEnabled": True,
    "RequesterPays": False,
    "KMSEncrypted": False,
}
_BY_KIND: dict[str, dict[str, Any]] = {
    "NFS": {"Squash": "RootSquash", "ClientList": ["0.0.0.0/0"]},
    "SMB": {"Authentication": "ActiveDirectory", "SMBACLEnabled": False},
}
_UNTOLD = frozenset({"ClientToken", "Tags", "GatewayARN", "FileShareARN"})


class ShareOperations(Asking):
    """File shares."""

    def create_nfs_file_share(self) -> ActionResult:
        """Make a share for NFS."""
        return self._create_share("NFS")

    def create_smb_file_share(self) -> ActionResult:
        """Make a share for SMB: the gateway has joined a domain, or has a password for guests."""
        gateway, how = self.gateway(), self.params.get("Authentication") or "ActiveDirectory"
        if how == "ActiveDirectory" and not gateway.settings.get("DomainName"):
            refuse("The gateway is not joined to a domain: it must be for shares with ActiveDirectory authentication.")
        if how == "GuestAccess" and not gateway.settings.get("SMBGuestPassword"):
            refuse("The SMB guest password is not set: it must be for shares with GuestAccess authentication.")
        return self._create_share("SMB")

    def _create_share(self, kind: str) -> ActionResult:
        gateway, asked = self.gateway(), self.params
        same = next((one for one in gateway.shares.values() if one.told["ClientToken"] == asked["ClientToken"]), None)
        if same is not None:
            return ActionResult({"FileShareARN": same.arn})
        if gateway.kind != "FILE_S3" or not gateway.room(cache.CACHE):
            refuse("The specified gateway has no cache disk, or is not a file gateway.")
        if len(gateway.shares) >= quota("Storage Gateway", "file shares per gateway").value:
            refuse("The maximum number of file shares of this gateway has been reached.")
        bucket, prefix = _location(asked["LocationARN"])
        if not objects.may_take(asked["Role"]):
            refuse(f"The IAM role {asked['Role']} cannot be assumed by storagegateway.amazonaws.com.")
        key, told = new_id("share"), _USUAL | _BY_KIND[kind] | {n: v for n, v in asked.items() if v is not None}
        told["FileShareName"] = told.get("FileShareName") or bucket
        share = Share(key, self.arn(f"share/{key}"), kind, told, bucket, prefix, _folder(told, key), tags_of(asked))
        gateway.shares[key] = share
        folders.begin(share)
        cache.note(gateway, key)
        args = (self.current_account, self.region, gateway.id, key)
        world().clock.after(typical_s("Storage Gateway file share creating"), "gateway.share_is_there", args)
        return ActionResult({"FileShareARN": share.arn})

    def _share(self, arn: str) -> tuple[Gateway, Share]:
        there = self.backend.gateways.values()
        found = next(((one, each) for one in there for each in one.shares.values() if each.arn == arn), None)
        if found is None:
            refuse("The specified file share was not found.")
        return found

    def describe_nfs_file_shares(self) -> ActionResult:
        """Tell shares for NFS."""
        return ActionResult({"NFSFileShareInfoList": self._shares_told("NFS")})

    def describe_smb_file_shares(self) -> ActionResult:
        """Tell shares for SMB."""
        return ActionResult({"SMBFileShareInfoList": self._shares_told("SMB")})

    def _shares_told(self, kind: str) -> list[dict[str, Any]]:
        found = [self._share(arn) for arn in self.params["FileShareARNList"]]
        return [
            {name: value for name, value in share.told.items() if name not in _UNTOLD}
            | {"FileShareARN": share.arn, "FileShareId": share.id, "FileShareStatus": share.status}
            | {"GatewayARN": gateway.arn, "Path": f"/{share.told['FileShareName']}", "Tags": told_tags(share.tags)}
            for gateway, share in found
            if share.kind == kind
        ]

    def list_file_shares(self) -> ActionResult:
        """List shares."""
        arn = self.params.get("GatewayARN")
        told = [
            {
                "FileShareType": share.kind,
                "FileShareARN": share.arn,
                "FileShareId": share.id,
                "FileShareStatus": share.status,
                "GatewayARN": gateway.arn,
            }
            for gateway in self.backend.gateways.values()
            for share in gateway.shares.values()
            if arn in (None, gateway.arn)
        ]
        page, more = self.page(told)
        return ActionResult({"FileShareInfoList": page, **({"NextMarker": more["Marker"]} if more else {})})

    def update_nfs_file_share(self) -> ActionResult:
        """Change a share."""
        _, share = self._share(self.params["FileShareARN"])
        share.told.update({name: value for name, value in self.params.items() if value is not None})
        return ActionResult({"FileShareARN": share.arn})

    def update_smb_file_share(self) -> ActionResult:
        """Change a share."""
        return self.update_nfs_file_share()

    def delete_file_share(self) -> ActionResult:
        """Delete a share: at once and with loss, or when all that waits for the line is in the bucket."""
        gateway, share = self._share(self.params["FileShareARN"])
        share.status = "FORCE_DELETING" if self.params.get("ForceDelete") else "DELETING"
        if share.status == "FORCE_DELETING":
            uploads.forget(self.backend, gateway, share.id)
        args = (self.current_account, self.region, gateway.id, share.id)
        world().clock.after(typical_s("Storage Gateway file share deleting"), "gateway.share_ends", args)
        return ActionResult({"FileShareARN": share.arn})

    def refresh_cache(self) -> ActionResult:
        """Learn, in a while, what the bucket holds by now."""
        gateway, share = self._share(self.params["FileShareARN"])
        args = (self.current_account, self.region, gateway.id, share.id)
        world().clock.after(typical_s("Storage Gateway cache refresh"), "gateway.is_refreshed", args)
        return ActionResult({"FileShareARN": share.arn, "NotificationId": _notification()})

    def notify_when_uploaded(self) -> ActionResult:
        """Take the wish; the event itself is not part of the embedded AWS."""
        _, share = self._share(self.params["FileShareARN"])
        return ActionResult({"FileShareARN": share.arn, "NotificationId": _notification()})

    def join_domain(self) -> ActionResult:
        """Join an Active Directory domain."""
        gateway = self.gateway()
        gateway.settings["DomainName"] = self.params["DomainName"]
        return ActionResult({"GatewayARN": gateway.arn, "ActiveDirectoryStatus": "JOINED"})

    def set_smb_guest_password(self) -> ActionResult:
        """Set the password of guests."""
        gateway = self.gateway()
        gateway.settings["SMBGuestPassword"] = True
        return ActionResult({"GatewayARN": gateway.arn})

    def describe_smb_settings(self) -> ActionResult:
        """Tell how people are let in."""
        gateway = self.gateway()
        domain = gateway.settings.get("DomainName")
        told = {
            "GatewayARN": gateway.arn,
            "ActiveDirectoryStatus": "JOINED" if domain else "DETACHED",
            "SMBGuestPasswordSet": bool(gateway.settings.get("SMBGuestPassword")),
            "SMBSecurityStrategy": "MandatoryEncryption",
            **({"DomainName": domain} if domain else {}),
        }
        return ActionResult(told)


def _location(arn: str) -> tuple[str, str]:
    """Bucket and prefix of a location."""
    bucket, _, prefix = arn.rpartition(":::")[2].partition("/")
    if bucket_of(bucket) is None:
        refuse(f"The specified bucket {bucket} does not exist.")
    return bucket, f"{prefix.rstrip('/')}/" if prefix else ""


def _folder(told: dict[str, Any], key: str) -> str:
    """The name of a share's folder: that of the share, with its id where another has it."""
    name = str(told["FileShareName"])
    taken = {share.folder.lower() for _, gateway in gateways() for share in gateway.shares.values()}
    if not _NAME.fullmatch(name) or name.rstrip(" .") != name:
        return key
    return f"{name}-{key}" if name.lower() in taken else name


def _notification() -> str:
    from moto.moto_api._internal import mock_random

    return str(mock_random.uuid4())
