"""EC2 instances: a recovery point is an image, with snapshots of every volume."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from aws14.emulator.backups.records import Point
from aws14.emulator.backups.refusals import JobFailure
from aws14.emulator.backups.resources.kind import Found, ResourceKind, parts_of
from aws14.emulator.backups.resources.volumes import SOURCE
from aws14.emulator.world import world

__all__ = ["MACHINES"]

_GIB = 1024**3
_GONE = frozenset({"terminated", "shutting-down"})


def _backend(account: str, region: str) -> Any:
    from moto.ec2.models import ec2_backends

    return ec2_backends[account][region]


def _instances(account: str, region: str) -> Iterator[Any]:
    for reservation in list(_backend(account, region).reservations.values()):
        yield from (each for each in reservation.instances if each.state not in _GONE)


def _find(arn: str) -> Found | None:
    account, region, key = parts_of(arn)
    instance = next((each for each in _instances(account, region) if each.id == key), None)
    return None if instance is None else _found(arn, instance)


def _found(arn: str, instance: Any) -> Found:
    tags = {tag["key"]: tag["value"] for tag in instance.get_tags()}
    return Found(arn=arn, name=tags.get("Name", ""), tags=tags)


def _everything(account: str, region: str) -> Iterator[Found]:
    for instance in _instances(account, region):
        yield _found(f"arn:aws:ec2:{region}:{account}:instance/{instance.id}", instance)


def _take(found: Found, point: Point) -> float:
    backend = _backend(point.account, point.region)
    instance = backend.get_instance(parts_of(found.arn)[2])
    name = f"AwsBackup_{instance.id}_{point.arn.rpartition(':')[2]}"
    image = backend.create_image(instance.id, name, "This image is created by the AWS Backup service.", [])
    tags = {key: value for key, value in found.tags.items() if not key.startswith("aws:")}
    image.add_tags({**tags, **point.tags, SOURCE: found.arn})
    point.arn, point.held = f"arn:aws:ec2:{point.region}::image/{image.id}", image.id
    point.size_bytes = sum(each.snapshot_of(backend).volume_size for each in _snapshots(backend, image)) * _GIB
    groups = json.dumps([each.id for each in instance.security_groups])
    point.metadata = {
        "InstanceType": instance.instance_type,
        "SubnetId": instance.subnet_id or "",
        "SecurityGroupIds": groups,
        "KeyName": instance.key_name or "",
        "VpcId": instance.vpc_id or "",
    }
    return _lasts(backend, image)


class _Snapshot:
    """A snapshot of an image, by its id."""

    def __init__(self, key: str) -> None:
        self.key = key

    def snapshot_of(self, backend: Any) -> Any:
        return backend.snapshots[self.key]


def _snapshots(backend: Any, image: Any) -> Iterator[_Snapshot]:
    for mapping in vars(image).get("_aws14_mappings") or ():
        if mapping.snapshot in backend.snapshots:
            yield _Snapshot(mapping.snapshot)


def _lasts(backend: Any, image: Any) -> float:
    ends = [each.snapshot_of(backend)._aws14_times[1] for each in _snapshots(backend, image)]  # noqa: SLF001 - ours
    return max(0.0, max(ends, default=0.0) - world().clock.now())


def _image(point: Point) -> Any:
    image = _backend(point.account, point.region).amis.get(point.held)
    if image is None:
        raise JobFailure(f"The image id '[{point.held}]' does not exist")
    return image


def _copy(source: Point, point: Point) -> float:
    if source.account != point.account:
        raise JobFailure("Copies of EC2 recovery points to another account are not part of the embedded AWS")
    image, backend = _image(source), _backend(point.account, point.region)
    made = backend.copy_image(image.id, source.region, f"AwsBackup_{point.arn.rpartition(':')[2]}", image.description)
    made.add_tags({**point.tags, SOURCE: source.resource_arn})
    point.arn, point.held = f"arn:aws:ec2:{point.region}::image/{made.id}", made.id
    return _lasts(backend, made)


def _restore(point: Point, asked: Mapping[str, str]) -> tuple[str, float]:
    image, backend = _image(point), _backend(point.account, point.region)
    wanted = {**point.metadata, **asked}
    reservation = backend.run_instances(
        image.id,
        1,
        "",
        [],
        instance_type=wanted["InstanceType"],
        subnet_id=wanted.get("SubnetId") or None,
        security_group_ids=json.loads(wanted.get("SecurityGroupIds") or "[]"),
        key_name=wanted.get("KeyName") or None,
        is_instance_type_default=False,
        tags={},
    )
    made = reservation.instances[0].id
    return f"arn:aws:ec2:{point.region}:{point.account}:instance/{made}", 0.0


def _drop(point: Point) -> None:
    backend = _backend(point.account, point.region)
    image = backend.amis.get(point.held)
    if image is not None:
        snapshots = [each.key for each in _snapshots(backend, image)]
        backend.deregister_image(image.id)
        for key in snapshots:
            backend.delete_snapshot(key)


def _delete(arn: str) -> None:
    account, region, key = parts_of(arn)
    _backend(account, region).terminate_instances([key])


def _tag(arn: str, tags: Mapping[str, str]) -> None:
    account, region, key = parts_of(arn)
    _backend(account, region).get_instance(key).add_tags(dict(tags))


MACHINES = ResourceKind(
    name="EC2",
    prefix="ec2:instance/",
    find=_find,
    everything=_everything,
    take=_take,
    copy=_copy,
    restore=_restore,
    drop=_drop,
    delete=_delete,
    tag=_tag,
)
"""EC2 instances."""
