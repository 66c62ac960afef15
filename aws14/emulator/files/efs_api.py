"""Operations of EFS that moto lacks, or lets pass too much, as moto writes its own. Importing this imports moto."""

from __future__ import annotations

import json
import re
from typing import Any

from moto.core.responses import BaseResponse
from moto.efs.exceptions import FileSystemNotFound, PolicyNotFound
from moto.efs.models import EFSBackend

from aws14.catalog import quota
from aws14.emulator.files import classes, efs_replication, load, trees
from aws14.emulator.files.efs_life import check_throughput, updating
from aws14.emulator.files.efs_records import bad, life_of, refuse, require_available
from aws14.emulator.files.trees import ARCHIVE, Rules
from aws14.emulator.world import world

__all__ = ["Operations"]

_JSON = {"Content-Type": "application/json"}
_AFTER = re.compile(r"AFTER_(1|7|14|30|60|90|180|270|365)_DAYS?")
_DAY_S = 86_400.0
_HOUR_S = 3_600.0
_Told = tuple[str, dict[str, Any]]


def _told(answer: dict[str, Any], status: int = 200) -> _Told:
    return json.dumps(answer), {**_JSON, "status": status}


class Operations(BaseResponse):
    """What can be changed of a file system."""

    efs_backend: EFSBackend

    def _file_system(self, parameter: str = "FileSystemId") -> Any:
        key = str(self._get_param(parameter)).rpartition("/")[2]
        found = self.efs_backend.file_systems_by_id.get(key)
        if found is None:
            raise FileSystemNotFound(key)
        return found

    def update_file_system(self) -> _Told:
        """Change the throughput mode, or the amount that is provisioned."""
        found = self._file_system()
        require_available(found)
        mode = self._get_param("ThroughputMode") or found.throughput_mode
        amount = self._get_param("ProvisionedThroughputInMibps")
        if amount is None and mode == found.throughput_mode:
            amount = found.provisioned_throughput_in_mibps
        check_throughput(mode, amount)
        _check_change(found, mode, amount)
        before = found.provisioned_throughput_in_mibps or 0.0
        if mode == "provisioned" and (found.throughput_mode != mode or amount > before):
            life_of(found).raised_at = world().clock.now()
        found.throughput_mode = mode
        found.provisioned_throughput_in_mibps = amount if mode == "provisioned" else None
        load.changed(found)
        updating(found)
        return _told(found.info_json(), 202)

    def update_file_system_protection(self) -> _Told:
        """Say whether a replication may overwrite it."""
        found, wanted = self._file_system(), self._get_param("ReplicationOverwriteProtection")
        if wanted not in ("ENABLED", "DISABLED"):
            bad("ReplicationOverwriteProtection must be ENABLED or DISABLED.")
        life_of(found).overwritable = wanted == "DISABLED"
        return _told({"ReplicationOverwriteProtection": wanted})

    def put_backup_policy(self) -> _Told:
        """Turn automatic backups on or off."""
        found, wanted = self._file_system(), (self._get_param("BackupPolicy") or {}).get("Status")
        if wanted not in ("ENABLED", "DISABLED"):
            refuse(400, "ValidationException", "The status of a backup policy must be ENABLED or DISABLED.")
        life_of(found).backup = wanted
        return _told({"BackupPolicy": {"Status": wanted}})

    def describe_backup_policy(self) -> _Told:
        """Say whether automatic backups are on."""
        status = life_of(self._file_system()).backup
        if not status:
            raise PolicyNotFound("None")
        return _told({"BackupPolicy": {"Status": status}})

    def put_lifecycle_configuration(self) -> _Told:
        """Say when files move between storage classes."""
        found = self._file_system()
        policies = self._get_param("LifecyclePolicies") or []
        rules = _rules(found, policies)
        found.lifecycle_policies = policies
        classes.set_rules(found.file_system_id, rules)
        return _told({"LifecyclePolicies": policies})

    def put_file_system_policy(self) -> _Told:
        """Say who may mount."""
        found, policy = self._file_system(), self._get_param("Policy")
        try:
            parsed = json.loads(policy)
        except ValueError:
            parsed = None
        if not isinstance(parsed, dict) or "Statement" not in parsed:
            refuse(400, "InvalidPolicyException", "The policy is not a valid JSON policy document.")
        found.file_system_policy = policy
        return _told({"FileSystemId": found.file_system_id, "Policy": policy})

    def delete_file_system_policy(self) -> _Told:
        """Take the policy away."""
        self._file_system().file_system_policy = None
        return _told({})

    def describe_account_preferences(self) -> _Told:
        """Say which ids new resources get."""
        return _told({"ResourceIdPreference": {"ResourceIdType": "LONG_ID", "Resources": ["FILE_SYSTEM"]}})

    def create_replication_configuration(self) -> _Told:
        """Copy a file system to another one, and keep that up to date."""
        source = self._file_system("SourceFileSystemId")
        return _told(efs_replication.begin(source, self._get_param("Destinations") or []))

    def describe_replication_configurations(self) -> _Told:
        """List what is copied where."""
        key = self._get_param("FileSystemId")
        wanted = self._file_system().file_system_id if key else None
        found = efs_replication.described(self.efs_backend, wanted)
        if wanted and not found:
            refuse(404, "ReplicationNotFound", f"The file system '{wanted}' has no replication configuration.")
        return _told({"Replications": found})

    def delete_replication_configuration(self) -> _Told:
        """Stop copying; the destination becomes writable."""
        efs_replication.end(self._file_system("SourceFileSystemId"))
        return _told({}, 204)


def _check_change(found: Any, mode: str, amount: float | None) -> None:
    """Refuse too early a change, and leaving Elastic with files in Archive."""
    if mode == found.throughput_mode and amount == found.provisioned_throughput_in_mibps:
        bad("The file system has this throughput mode, and this amount, already.")
    lowered = mode == "provisioned" == found.throughput_mode and (amount or 0) < found.provisioned_throughput_in_mibps
    since = life_of(found).raised_at
    wait_s = quota("EFS", "wait after throughput is provisioned or raised").value * _HOUR_S
    if (mode != found.throughput_mode or lowered) and since and world().clock.now() - since < wait_s:
        text = (
            "You can change the throughput mode or decrease the provisioned throughput 24 hours after throughput was "
        )
        refuse(429, "TooManyRequests", f"{text}last provisioned or increased.")
    tree = trees.find(found.file_system_id)
    archived = tree is not None and (ARCHIVE in tree.classes.values() or trees.sizes(tree).archive > 0)
    if mode != "elastic" and archived:
        bad("A file system that has data in the Archive storage class needs Elastic throughput.")


def _rules(found: Any, policies: list[dict[str, str]]) -> Rules:
    """Read the policies, one transition each."""
    given: dict[str, str] = {}
    for each in policies:
        if len(each) != 1:
            bad("Each LifecyclePolicy object can have only one transition.")
        name, value = next(iter(each.items()))
        if name in given:
            bad(f"{name} is given twice.")
        given[name] = value
    ia, archive = (_seconds(given.get(name)) for name in ("TransitionToIA", "TransitionToArchive"))
    if archive is not None:
        if found.throughput_mode != "elastic" or found.performance_mode != "generalPurpose":
            bad("TransitionToArchive needs Elastic throughput and the General Purpose performance mode.")
        if ia is not None and archive <= ia:
            bad("TransitionToArchive must be later than TransitionToIA.")
    back = given.get("TransitionToPrimaryStorageClass")
    if back not in (None, "AFTER_1_ACCESS"):
        bad(f"TransitionToPrimaryStorageClass cannot be '{back}'.")
    return Rules(ia, archive, back is not None)


def _seconds(value: str | None) -> float | None:
    if value is None:
        return None
    found = _AFTER.fullmatch(value)
    if found is None:
        bad(f"'{value}' is no time after which files can move.")
    return float(found[1]) * _DAY_S
