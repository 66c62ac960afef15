"""Operations on agents and locations, as moto writes its own. Importing this imports moto."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from moto.core.responses import ActionResult, BaseResponse, EmptyResult

from aws14.emulator.files import efs_records, fsx_records
from aws14.emulator.moving import agents
from aws14.emulator.moving.models import Agent, DataSyncBackend, Location, datasync_backends, new_id, refuse
from aws14.emulator.moving.mounting import root_of
from aws14.emulator.moving.roles import bucket_refusal
from aws14.emulator.world import world

__all__ = ["Agents", "Locations", "tags_of"]

_SECRET = ("Password", "KerberosKeytab", "KerberosKrb5Conf")
_NOT_TOLD = ("ServerHostname", "Subdirectory", "Tags", "S3BucketArn", "EfsFilesystemArn", "FsxFilesystemArn")
_SHOWN: dict[str, dict[str, Any]] = {
    "nfs": {"MountOptions": {"Version": "AUTOMATIC"}},
    "smb": {"MountOptions": {"Version": "AUTOMATIC"}, "AuthenticationType": "NTLM", "Domain": ""},
    "s3": {"S3StorageClass": "STANDARD"},
    "efs": {"InTransitEncryption": "NONE"},
    "fsxw": {"Domain": ""},
}


def tags_of(asked: Iterable[dict[str, str]] | None) -> dict[str, str]:
    """Tags as they are kept."""
    return {tag["Key"]: tag.get("Value") or "" for tag in asked or ()}


class _Asked(BaseResponse):
    params: dict[str, Any]

    @property
    def backend(self) -> DataSyncBackend:
        """What is kept for who asks."""
        return datasync_backends[self.current_account][self.region]

    def _arn(self, kind: str, key: str) -> str:
        return f"arn:aws:datasync:{self.region}:{self.current_account}:{kind}/{key}"


class Agents(_Asked):
    """Agents and tags."""

    def create_agent(self) -> ActionResult:
        """Activate an agent."""
        asked = self.params
        if not agents.take_key(asked["ActivationKey"], self.region):
            refuse("The activation key is not valid: it has expired, was used, or is for another region.")
        arn = self._arn("agent", new_id("agent"))
        tags = tags_of(asked.get("Tags"))
        self.backend.agents[arn] = Agent(arn, asked.get("AgentName") or "", world().clock.now(), tags)
        return ActionResult({"AgentArn": arn})

    def _agent(self) -> Agent:
        found = self.backend.agents.get(self.params["AgentArn"])
        if found is None:
            refuse(f"Agent {self.params['AgentArn']} is not found.")
        return found

    def describe_agent(self) -> ActionResult:
        """Tell an agent."""
        found = self._agent()
        online = agents.is_online()
        told = {
            "AgentArn": found.arn,
            "Name": found.name,
            "Status": "ONLINE" if online else "OFFLINE",
            "LastConnectionTime": world().clock.now() if online else found.created,
            "CreationTime": found.created,
            "EndpointType": "PUBLIC",
        }
        return ActionResult(told)

    def list_agents(self) -> ActionResult:
        """List agents."""
        status = "ONLINE" if agents.is_online() else "OFFLINE"
        told = [{"AgentArn": one.arn, "Name": one.name, "Status": status} for one in self.backend.agents.values()]
        return ActionResult({"Agents": told})

    def update_agent(self) -> EmptyResult:
        """Call an agent something else."""
        self._agent().name = self.params.get("Name") or ""
        return EmptyResult()

    def delete_agent(self) -> EmptyResult:
        """Delete an agent that no location needs."""
        found = self._agent()
        if any(found.arn in each.agents for each in self.backend.locations.values()):
            refuse(f"Agent {found.arn} is in use by a location.")
        del self.backend.agents[found.arn]
        return EmptyResult()

    def list_tags_for_resource(self) -> ActionResult:
        """Tell tags."""
        tags = self.backend.tagged(self.params["ResourceArn"])
        return ActionResult({"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]})

    def tag_resource(self) -> EmptyResult:
        """Put tags on something."""
        self.backend.tagged(self.params["ResourceArn"]).update(tags_of(self.params["Tags"]))
        return EmptyResult()

    def untag_resource(self) -> EmptyResult:
        """Take tags from something."""
        for key in self.params["Keys"]:
            self.backend.tagged(self.params["ResourceArn"]).pop(key, None)
        return EmptyResult()


class Locations(_Asked):
    """Locations of the office, of S3, of EFS and of FSx for Windows."""

    _KINDS: ClassVar[dict[str, str]] = {"efs": "EFS", "fsxw": "FSx for Windows", "s3": "S3", "smb": "SMB", "nfs": "NFS"}

    def _made(self, kind: str, uri: str) -> ActionResult:
        told = {name: value for name, value in self.params.items() if name not in _SECRET and value is not None}
        arn = self._arn("location", new_id("loc"))
        tags = tags_of(told.pop("Tags", None))
        made = Location(arn, kind, uri, world().clock.now(), told, tags)
        for each in made.agents:
            if each not in self.backend.agents:
                refuse(f"Agent {each} is not found.")
        self.backend.locations[arn] = made
        return ActionResult({"LocationArn": arn})

    def _in_the_office(self, kind: str) -> ActionResult:
        host, folder = self.params["ServerHostname"], root_of(self.params["Subdirectory"])
        return self._made(kind, f"{kind}://{host}{folder}/")

    def create_location_smb(self) -> ActionResult:
        """Name a share of the office's file server."""
        return self._in_the_office("smb")

    def create_location_nfs(self) -> ActionResult:
        """Name an export of the office's file server."""
        return self._in_the_office("nfs")

    def create_location_s3(self) -> ActionResult:
        """Name a bucket; DataSync tries its role at once."""
        bucket = self.params["S3BucketArn"].rpartition(":")[2]
        refused = bucket_refusal(bucket, self.params["S3Config"]["BucketAccessRoleArn"], self.region)
        if refused:
            refuse(refused)
        return self._made("s3", f"s3://{bucket}{root_of(self.params.get('Subdirectory'))}/")

    def create_location_efs(self) -> ActionResult:
        """Name a file system of EFS that has a mount target."""
        key = self.params["EfsFilesystemArn"].rpartition("/")[2]
        if efs_records.find(key) is None:
            refuse(f"The file system {key} does not exist.")
        if not any(each.file_system_id == key for each in efs_records.mount_targets()):
            refuse(f"The file system {key} has no mount target.")
        return self._made("efs", f"efs://{self.region}.{key}{root_of(self.params.get('Subdirectory'))}/")

    def create_location_fsx_windows(self) -> ActionResult:
        """Name a file system of FSx for Windows."""
        key = self.params["FsxFilesystemArn"].rpartition("/")[2]
        found = fsx_records.find(key)
        if found is None or found.file_system_type != "WINDOWS":
            refuse(f"There is no file system {key} of FSx for Windows.")
        return self._made("fsxw", f"fsxw://{self.region}.{key}{root_of(self.params.get('Subdirectory'))}/")

    def _location(self) -> Location:
        found = self.backend.locations.get(self.params["LocationArn"])
        if found is None:
            refuse(f"Location {self.params['LocationArn']} is not found.")
        return found

    def _described(self, kind: str) -> ActionResult:
        found = self._location()
        if found.kind != kind:
            refuse(f"Location {found.arn} is of {self._KINDS[found.kind]}, not of {self._KINDS[kind]}.")
        told = {name: value for name, value in found.told.items() if name not in _NOT_TOLD}
        own = {"LocationArn": found.arn, "LocationUri": found.uri, "CreationTime": found.created}
        return ActionResult({**_SHOWN[kind], **told, **own})

    def describe_location_smb(self) -> ActionResult:
        """Tell a location."""
        return self._described("smb")

    def describe_location_nfs(self) -> ActionResult:
        """Tell a location."""
        return self._described("nfs")

    def describe_location_s3(self) -> ActionResult:
        """Tell a location."""
        return self._described("s3")

    def describe_location_efs(self) -> ActionResult:
        """Tell a location."""
        return self._described("efs")

    def describe_location_fsx_windows(self) -> ActionResult:
        """Tell a location."""
        return self._described("fsxw")

    def list_locations(self) -> ActionResult:
        """List locations."""
        told = [{"LocationArn": one.arn, "LocationUri": one.uri} for one in self.backend.locations.values()]
        return ActionResult({"Locations": told})

    def delete_location(self) -> EmptyResult:
        """Delete a location that no task needs."""
        found = self._location()
        if any(found.arn in (each.source, each.destination) for each in self.backend.tasks.values()):
            refuse(f"Location {found.arn} is in use by a task.")
        del self.backend.locations[found.arn]
        return EmptyResult()
