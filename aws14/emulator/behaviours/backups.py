"""AWS Backup backs up, copies, keeps, restores and tests.

What AWS does
    The rules of a plan make jobs at their times for everything that its selections take, by tag or ARN. A job leaves a
    recovery point in a vault: for volumes, instances, databases and shares of FSx a snapshot, image or backup that only
    Backup may delete, for buckets, tables and file systems of EFS its own copy. Its lifecycle moves it to cold storage
    and ends it; copies go to vaults of other regions and accounts, where the vault's policy lets them in. A lock keeps
    recovery points from everybody: in governance mode it can be lifted, in compliance mode it is final after the grace
    time. Restore jobs make a new resource; restore testing plans do so on a schedule and delete what they made.
What moto leaves out
    All but vaults, plans and the locks' records: nothing is selected, backed up, copied, kept or restored.
What this adds
    All of that on the clock, with contents: files, rows, objects and items come back as they were. Refusals by locks,
    legal holds, access policies and lifecycles; jobs that fail for want of a role, of its policies, of versioning, or
    of a key; events on EventBridge and notifications to SNS.
What it still does not do
    Continuous backups and restores to a point in time through Backup, VSS, FSx for OpenZFS, indexes and search, malware
    scans, logically air-gapped vaults, backup audit, Organizations' policies, DeleteAfterEvent. Bandwidths do not vary.
    Roles are judged by AWS's own policies alone. Restored instances get no tags, and copies of instances stay in the
    account.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.emulator.backups import copies, jobs, lifecycles, planning, restores, testing
from aws14.emulator.backups.records import book_at
from aws14.emulator.backups.resources.volumes import snapshot_arn
from aws14.emulator.behaviours.autoscaling import adopt
from aws14.emulator.behaviours.hooks import around, before

__all__ = ["install"]

#: Whose events a saved cloud may hold.
_ON_THE_CLOCK = (copies, jobs, lifecycles, planning, restores, testing)

_PATHS = (
    "{0}/backup/plans/(?P<plan>[^/]+)/(?P<part>.*)$",
    "{0}/backup-vaults/(?P<vault>[^/]+)/(?P<part>.+)$",
    "{0}/restore-testing/(?P<part>.+)$",
    *(f"{{0}}/{name}/?$" for name in ("backup-jobs", "copy-jobs", "restore-jobs", "resources", "legal-holds")),
    *(f"{{0}}/{name}/(?P<part>.+)$" for name in ("backup-jobs", "copy-jobs", "restore-jobs", "resources")),
    "{0}/legal-holds/(?P<part>.+)$",
    "{0}/global-settings$",
    "{0}/supported-resource-types$",
)


def install() -> None:
    """Give moto's Backup the operations and their paths, and keep others from what is Backup's."""
    # What is backed up: its behaviours have to be installed before Backup makes any of it.
    import moto.dynamodb.models
    import moto.ec2.models
    import moto.kms.models
    import moto.rds.models
    import moto.s3.models
    from moto.backup.responses import BackupResponse
    from moto.backup.urls import url_paths

    from aws14.emulator.backups.job_api import Jobs
    from aws14.emulator.backups.plan_api import Plans
    from aws14.emulator.backups.point_api import Points
    from aws14.emulator.backups.testing_api import Testing
    from aws14.emulator.backups.vault_api import Vaults

    for path in _PATHS:
        url_paths[path] = BackupResponse.dispatch
    around(BackupResponse, "__init__", _parsing)
    for operations in (Plans, Jobs, Points, Vaults, Testing):
        adopt(BackupResponse, operations)
    before(moto.ec2.models.elastic_block_store.EBSBackend, "delete_snapshot", _keep_snapshot)
    before(moto.ec2.models.amis.AmiBackend, "deregister_image", _keep_image)
    before(moto.rds.models.RDSBackend, "delete_db_snapshot", _keep_db_snapshot)


def _parsing(original: Callable[[Any], None], response: Any) -> None:
    original(response)
    response.automated_parameter_parsing = True


def _is_kept(backend: Any, arn: str) -> bool:
    return arn in book_at(backend.account_id, backend.region_name).points


def _keep_snapshot(backend: Any, snapshot_id: str, *_: Any) -> None:
    if _is_kept(backend, snapshot_arn(backend.region_name, snapshot_id)):
        text = "This snapshot is managed by the AWS Backup service and cannot be deleted via EC2 APIs."
        _refuse_ec2(f"{text} If you wish to delete this snapshot, please do so via the Backup console.")


def _keep_image(backend: Any, ami_id: str, *_: Any) -> None:
    if _is_kept(backend, f"arn:aws:ec2:{backend.region_name}::image/{ami_id}"):
        text = "This image is managed by AWS Backup and cannot be deleted via EC2 APIs."
        _refuse_ec2(f"{text} To delete this image, please use the AWS Backup APIs, CLI, or console.")


def _refuse_ec2(text: str) -> None:
    from moto.ec2.exceptions import EC2ClientError

    raise EC2ClientError("InvalidParameterValue", text)


def _keep_db_snapshot(backend: Any, identifier: str, *_: Any) -> None:
    snapshot = backend.database_snapshots.get(identifier)
    if snapshot is not None and _is_kept(backend, snapshot.db_snapshot_arn):
        from moto.rds.exceptions import RDSClientError

        text = f"System snapshots can not be deleted: {identifier}"
        raise RDSClientError("InvalidDBSnapshotState", text)
