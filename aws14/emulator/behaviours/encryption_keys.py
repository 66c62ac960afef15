"""KMS keys: deleted when their time has come; what they encrypt is lost with them.

What AWS does
    A key is deleted 7 to 30 days after somebody asks for it; until then it cannot be used, and the deletion can be
    cancelled, which leaves the key disabled. A key that is disabled, waits for its deletion, or is gone, encrypts and
    decrypts nothing: objects in S3 cannot be read, volumes cannot be made of snapshots, snapshots cannot be copied,
    databases cannot be restored, and jobs of AWS Backup fail. A database whose key is away stops serving.
What moto leaves out
    A key waits for its deletion for ever; a key that is disabled or waits still encrypts and decrypts; EBS, RDS and S3
    never ask for the state of a key.
What this adds
    The deletion on the clock, and the refusals, in the words of each service. A volume made of a snapshot whose key is
    away is in error, and an event on EventBridge says why.
What it still does not do
    Databases whose key is away go on serving. Grants, key policies and imported key material decide nothing; instances
    that run keep their volumes, as on AWS, but launches from encrypted images are not refused; DynamoDB, EFS and SQS
    do not ask.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NoReturn

from aws14.emulator.behaviours.hooks import around, before, replace
from aws14.emulator.behaviours.rds_point_in_time import find_source
from aws14.emulator.clock import handles
from aws14.emulator.event_bus.delivering import emit
from aws14.emulator.keys import KeyProblem, key_problem
from aws14.emulator.world import world

__all__ = ["install"]

_INACCESSIBLE = "Given key ID is not accessible"


def install() -> None:
    """Take hold of moto's keys, and of what EBS, RDS and S3 do with them."""
    import moto.ec2.models
    import moto.rds.models
    import moto.s3.responses
    from moto.ec2.models.elastic_block_store import EBSBackend, Volume
    from moto.kms.models import KmsBackend
    from moto.rds.models import RDSBackend
    from moto.s3.models import S3Backend

    before(KmsBackend, "schedule_key_deletion", _check_window)
    around(KmsBackend, "schedule_key_deletion", _schedule)
    before(KmsBackend, "cancel_key_deletion", _check_pending)
    before(KmsBackend, "enable_key", _check_not_pending)
    before(KmsBackend, "disable_key", _check_not_pending)
    for name in ("schedule_key_deletion", "cancel_key_deletion", "enable_key", "disable_key"):
        around(KmsBackend, name, _by_arn_too)
    before(KmsBackend, "encrypt", _check_encrypt)
    around(KmsBackend, "decrypt", _decrypt)
    around(EBSBackend, "create_volume", _create_volume)
    replace(Volume, "status", property(_status_of(Volume.status.fget)))  # type: ignore[attr-defined] # a property
    around(EBSBackend, "copy_snapshot", _copy_snapshot)
    around(RDSBackend, "restore_db_instance_from_db_snapshot", _restore)
    around(RDSBackend, "restore_db_instance_to_point_in_time", _restore_to_time)
    around(RDSBackend, "copy_db_snapshot", _copy_db_snapshot)
    around(moto.s3.responses.S3Response, "get_object", _get_object)
    around(S3Backend, "put_object", _put_object)


def _refuse(code: str, text: str) -> NoReturn:
    from moto.core.exceptions import JsonRESTError

    problem: Any = JsonRESTError(code, text)
    raise problem


def _by_arn_too(original: Callable[..., Any], backend: Any, key_id: str, *args: Any) -> Any:
    return original(backend, key_id.rpartition("/")[2], *args)


def _check_window(_backend: Any, _key_id: str, pending_window_in_days: int) -> None:
    if not 7 <= pending_window_in_days <= 30:
        text = "1 validation error detected: Value at 'pendingWindowInDays' failed to satisfy constraint: Member must"
        _refuse("ValidationException", f"{text} have value between 7 and 30")


def _schedule(original: Callable[..., Any], backend: Any, key_id: str, days: int) -> Any:
    key = backend.keys[key_id]
    if key.key_state == "PendingDeletion":
        _refuse("KMSInvalidStateException", f"{key.arn} is pending deletion.")
    told = original(backend, key_id, days)
    args = (backend.account_id, backend.region_name, key_id, float(told))
    world().clock.at(float(told), "keys.is_deleted", args)
    return told


@handles("keys.is_deleted")
def _is_deleted(account: str, region: str, key_id: str, due: float) -> None:
    from moto.core.utils import unix_time
    from moto.kms.models import kms_backends

    backend = kms_backends[account][region]
    key = backend.keys.get(key_id)
    # A deletion that was cancelled, or cancelled and asked for anew, has another date.
    if key is not None and key.key_state == "PendingDeletion" and unix_time(key.deletion_date) == due:
        backend.delete_key(key_id)


def _check_pending(backend: Any, key_id: str) -> None:
    key = backend.keys[key_id]
    if key.key_state != "PendingDeletion":
        _refuse("KMSInvalidStateException", f"{key.arn} is not pending deletion.")


def _check_not_pending(backend: Any, key_id: str) -> None:
    key = backend.keys.get(key_id)
    if key is not None and key.key_state == "PendingDeletion":
        _refuse("KMSInvalidStateException", f"{key.arn} is pending deletion.")


def _check_encrypt(backend: Any, key_id: str, *_: Any, **__: Any) -> None:
    problem = key_problem(key_id, backend.account_id, backend.region_name)
    if problem:
        _refuse(*problem)


def _decrypt(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
    plaintext, arn = original(backend, *args, **kwargs)
    problem = key_problem(arn, backend.account_id, backend.region_name)
    if problem:
        _refuse(*problem)
    return plaintext, arn


def _create_volume(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
    """A volume that cannot be decrypted is in error, and soon nobody's."""
    snapshot = backend.snapshots.get(kwargs.get("snapshot_id") or "")
    used = [kwargs.get("kms_key_id") or ""]
    if snapshot is not None and snapshot.encrypted:
        used.append(snapshot.kms_key_id or "")
    problem = next(filter(None, (key_problem(each, backend.account_id, backend.region_name) for each in used)), None)
    volume = original(backend, *args, **kwargs)
    if snapshot is not None and snapshot.encrypted:
        volume.kms_key_id = volume.kms_key_id or snapshot.kms_key_id
    if problem:
        volume.aws14_error = problem.text
        _tell(backend, volume, problem)
    return volume


def _status_of(original: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda volume: "error" if "aws14_error" in vars(volume) else original(volume)


def _tell(backend: Any, volume: Any, problem: KeyProblem) -> None:
    if "moto.events.models" in sys.modules:
        where = f"arn:aws:ec2:{backend.region_name}:{backend.account_id}:volume/{volume.id}"
        detail = {"event": "createVolume", "result": "failed", "cause": problem.text, "request-id": ""}
        entry = {"source": "aws.ec2", "detail-type": "EBS Volume Notification", "resources": [where], "detail": detail}
        emit(backend.account_id, backend.region_name, entry)


def _copy_snapshot(original: Callable[..., Any], backend: Any, *args: Any, **kwargs: Any) -> Any:
    from moto.ec2.models import ec2_backends

    copied = original(backend, *args, **kwargs)
    key, region = kwargs.get("source_snapshot_id") or args[0], kwargs.get("source_region") or args[1]
    source = ec2_backends[backend.account_id][region].snapshots[key]
    problem = key_problem(source.kms_key_id or "", backend.account_id, region) or key_problem(
        copied.kms_key_id or "", backend.account_id, backend.region_name
    )
    if problem:
        copied.status, copied.status_message = "error", _INACCESSIBLE
    elif copied.encrypted:
        copied.kms_key_id = copied.kms_key_id or source.kms_key_id
    return copied


def _inaccessible(name: str | None, backend: Any) -> None:
    if key_problem(name or "", backend.account_id, backend.region_name):
        from moto.rds.exceptions import KMSKeyNotAccessibleFault

        raise KMSKeyNotAccessibleFault(name or "")


def _restore(original: Callable[..., Any], backend: Any, from_snapshot_id: str, overrides: Any) -> Any:
    snapshot = backend.get_db_snapshot(from_snapshot_id)
    _inaccessible(snapshot.kms_key_id, backend)
    return original(backend, from_snapshot_id, overrides)


def _restore_to_time(original: Callable[..., Any], backend: Any, source: str, *rest: Any) -> Any:
    found = find_source(backend, source, rest[1])
    if found is not None:
        _inaccessible(found.kms_key_id, backend)
    return original(backend, source, *rest)


def _copy_db_snapshot(
    original: Callable[..., Any], backend: Any, source_db_snapshot_identifier: str, *args: Any, **kwargs: Any
) -> Any:
    snapshot = backend.get_db_snapshot(source_db_snapshot_identifier)
    _inaccessible(snapshot.kms_key_id, snapshot.backend)
    _inaccessible(kwargs.get("kms_key_id"), backend)
    return original(backend, source_db_snapshot_identifier, *args, **kwargs)


def _get_object(original: Callable[..., Any], response: Any) -> Any:
    key, _ = response._get_key()  # noqa: SLF001 - moto's way to the object
    if (key.encryption or "").startswith("aws:kms"):
        _check_object(key.kms_key_id, key.account_id, key.region_name)
    return original(response)


def _check_object(name: str | None, account: str, region: str) -> None:
    problem = key_problem(name or "", account, region)
    if problem:
        from moto.s3.exceptions import S3ClientError

        raise S3ClientError(f"KMS.{problem.code}", problem.text)


def _put_object(original: Callable[..., Any], backend: Any, bucket_name: str, *args: Any, **kwargs: Any) -> Any:
    bucket = backend.get_bucket(bucket_name)
    rule = (bucket.encryption or {}).get("Rule", {}).get("ApplyServerSideEncryptionByDefault", {})
    wanted = kwargs.get("kms_key_id") or rule.get("KMSMasterKeyID")
    kind = kwargs.get("encryption") or rule.get("SSEAlgorithm") or ""
    if kind.startswith("aws:kms"):
        _check_object(wanted, backend.account_id, bucket.region_name)
    return original(backend, bucket_name, *args, **kwargs)
