"""What keeps copies, read back: vaults and plans of AWS Backup, policies of DLM, keys of KMS."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from aws14.cloud.readback.asking import Asking
from aws14.cloud.readback.seen import Resource, Seen, called, required
from aws14.model import Link, Node

__all__ = ["READERS"]

_GIB = 1024**3
_NEVER = "-"
_AWS_OWN = "aws/"
"""What the names of the vaults and plans begin with that AWS makes for its services."""

Found = tuple[tuple[Seen, ...], tuple[Link, ...]]


def _backup(asking: Asking, region: str) -> Found:
    """Vaults with what is in them, plans with their rules and selections."""
    vaults = asking.listed("backup", region, "list_backup_vaults", "BackupVaultList")
    seen: list[Seen] = []
    links: list[Link] = []
    for vault in vaults:
        points = _points(asking, region, vault)
        seen.append(_vault(asking, region, vault, points))
        links += _copied(vault, points)
    for one in asking.listed("backup", region, "list_backup_plans", "BackupPlansList"):
        plan = asking.client("backup", region).get_backup_plan(BackupPlanId=one["BackupPlanId"])
        seen.append(_plan(asking, region, plan))
        links += _plan_links(plan, {vault["BackupVaultName"]: vault["BackupVaultArn"] for vault in vaults})
    return tuple(seen), tuple(dict.fromkeys(links))


def _points(asking: Asking, region: str, vault: Resource) -> tuple[Resource, ...]:
    operation, name = "list_recovery_points_by_backup_vault", vault["BackupVaultName"]
    found = asking.listed("backup", region, operation, "RecoveryPoints", BackupVaultName=name)
    return tuple(sorted(found, key=lambda point: (point["CreationDate"], point["RecoveryPointArn"])))


def _tags(asking: Asking, region: str, arn: str) -> dict[str, str]:
    told: dict[str, str] = asking.client("backup", region).list_tags(ResourceArn=arn)["Tags"]
    return told


def _vault(asking: Asking, region: str, vault: Resource, points: tuple[Resource, ...]) -> Seen:
    name, arn = vault["BackupVaultName"], vault["BackupVaultArn"]
    sizes, now_s = _database_sizes(asking, region, points), asking.session.now() if points else 0.0
    attributes = {
        "lock": _lock(vault),
        "key": vault.get("EncryptionKeyArn", ""),
        "points": tuple(_point(one, sizes, now_s) for one in points),
    }
    tags = _tags(asking, region, arn)
    node = Node(id=arn, kind="backup_vault", parent=region, aws_id=f"{name},{arn}", attributes=attributes)
    return Seen(node=node, tags=tags, name=called(tags, name), stock=name.startswith(_AWS_OWN))


def _lock(vault: Resource) -> str:
    if not vault.get("Locked"):
        return ""
    mode = "COMPLIANCE" if vault.get("LockDate") else "GOVERNANCE"
    return f"{mode} {vault.get('MinRetentionDays') or _NEVER} {vault.get('MaxRetentionDays') or _NEVER}"


def _database_sizes(asking: Asking, region: str, points: tuple[Resource, ...]) -> dict[str, float]:
    """GiB by ARN: Backup itself does not say how large a copy of a database is."""
    if not any(one.get("ResourceType") == "RDS" for one in points):
        return {}
    operation, key = "describe_db_snapshots", "DBSnapshots"
    found = asking.listed("rds", region, operation, key, SnapshotType="awsbackup")
    return {one["DBSnapshotArn"]: float(one["AllocatedStorage"]) for one in found}


def _point(point: Resource, sizes: Mapping[str, float], now_s: float) -> str:
    of = f"recovery point {point['RecoveryPointArn']}"
    arn = required(point, "ResourceArn", of)
    name = point.get("ResourceName") or arn.replace("/", ":").rpartition(":")[2]
    gib = sizes.get(point["RecoveryPointArn"], point.get("BackupSizeInBytes", 0) / _GIB)
    when = required(point, "CreationDate", of).strftime("%Y-%m-%dT%H:%M")
    # The list does not say the storage class, but when a point goes to the cold one.
    goes = point.get("CalculatedLifecycle", {}).get("MoveToColdStorageAt")
    cold = " cold" if goes is not None and goes.timestamp() <= now_s else ""
    return f"{name} {required(point, 'ResourceType', of)} {when} {gib:.6g}{cold}"


def _copied(vault: Resource, points: tuple[Resource, ...]) -> Iterator[Link]:
    for point in points:
        if source := point.get("SourceBackupVaultArn"):
            yield Link(source=source, target=vault["BackupVaultArn"], kind="routes", label="copies")


def _plan(asking: Asking, region: str, plan: Resource) -> Seen:
    told, arn, key = plan["BackupPlan"], plan["BackupPlanArn"], plan["BackupPlanId"]
    attributes = {
        "rules": tuple(_rule(rule) for rule in told["Rules"]),
        "selections": tuple(_selections(asking, region, key)),
    }
    tags = _tags(asking, region, arn)
    node = Node(id=arn, kind="backup_plan", parent=region, aws_id=key, attributes=attributes)
    name = told["BackupPlanName"]
    return Seen(node=node, tags=tags, name=called(tags, name), stock=name.startswith(_AWS_OWN))


def _rule(rule: Resource) -> str:
    lifecycle = rule.get("Lifecycle", {})
    days = (lifecycle.get(name, _NEVER) for name in ("DeleteAfterDays", "MoveToColdStorageAfterDays"))
    away = [each["DestinationBackupVaultArn"].rpartition(":")[2] for each in rule.get("CopyActions", ())]
    schedule = required(rule, "ScheduleExpression", f"rule {rule['RuleName']}")
    return " ".join((rule["RuleName"], schedule, rule["TargetBackupVaultName"], *map(str, days), *away))


def _selections(asking: Asking, region: str, plan: str) -> Iterator[str]:
    operation, key = "list_backup_selections", "BackupSelectionsList"
    for one in asking.listed("backup", region, operation, key, BackupPlanId=plan):
        client: Any = asking.client("backup", region)
        told = client.get_backup_selection(BackupPlanId=plan, SelectionId=one["SelectionId"])["BackupSelection"]
        yield from (f"{each['ConditionKey']}={each['ConditionValue']}" for each in told.get("ListOfTags", ()))
        for each in told.get("Conditions", {}).get("StringEquals", ()):
            yield f"{each['ConditionKey'].removeprefix('aws:ResourceTag/')}={each['ConditionValue']}"
        yield from told.get("Resources", ())


def _plan_links(plan: Resource, vaults: Mapping[str, str]) -> Iterator[Link]:
    for rule in plan["BackupPlan"]["Rules"]:
        target = vaults.get(rule["TargetBackupVaultName"])
        if target is None:
            continue
        yield Link(source=plan["BackupPlanArn"], target=target, kind="routes", label=rule["RuleName"])
        for each in rule.get("CopyActions", ()):
            yield Link(source=target, target=each["DestinationBackupVaultArn"], kind="routes", label="copies")


def _dlm(asking: Asking, region: str) -> Found:
    client = asking.client("dlm", region)
    told = client.get_lifecycle_policies()["Policies"]
    return tuple(_policy(client.get_lifecycle_policy(PolicyId=one["PolicyId"])["Policy"], region) for one in told), ()


def _policy(policy: Resource, region: str) -> Seen:
    details = policy["PolicyDetails"]
    attributes = {
        "schedules": tuple(_schedule(each) for each in details.get("Schedules", ())),
        "targets": tuple(f"{each['Key']}={each['Value']}" for each in details.get("TargetTags", ())),
        "state": required(policy, "State", f"policy {policy['PolicyId']}"),
    }
    key, tags = policy["PolicyId"], policy.get("Tags", {})
    node = Node(id=policy["PolicyArn"], kind="dlm_policy", parent=region, aws_id=key, attributes=attributes)
    return Seen(node=node, tags=tags, name=called(tags, policy.get("Description") or key))


def _schedule(schedule: Resource) -> str:
    rule, kept = schedule["CreateRule"], schedule["RetainRule"]
    if rule.get("CronExpression"):
        when = str(rule["CronExpression"])
    else:
        when = f"every={rule['Interval']}h at={(rule.get('Times') or ['09:00'])[0]}"
    keep = kept.get("Count") or f"{kept['Interval']}{kept['IntervalUnit'][0].lower()}"
    away = "".join(
        f" copy={each.get('TargetRegion') or each['Target']}" for each in schedule.get("CrossRegionCopyRules", ())
    )
    return f"{when} keep={keep}{away}"


def _kms(asking: Asking, region: str) -> Found:
    """Keys of the account's own; those of AWS's come and go with its services."""
    client = asking.client("kms", region)
    names = {
        one["TargetKeyId"]: one["AliasName"].removeprefix("alias/")
        for one in asking.listed("kms", region, "list_aliases", "Aliases")
        if "TargetKeyId" in one
    }
    seen = []
    for one in asking.listed("kms", region, "list_keys", "Keys"):
        told = client.describe_key(KeyId=one["KeyId"])["KeyMetadata"]
        if told["KeyManager"] == "CUSTOMER" and not names.get(one["KeyId"], "").startswith("aws/"):
            seen.append(_key(client, told, region, names))
    return tuple(seen), ()


def _key(client: Any, told: Resource, region: str, names: Mapping[str, str]) -> Seen:
    key, state = told["KeyId"], told["KeyState"]
    # A key that waits for its deletion no longer says whether it rotates.
    rotates = state == "Enabled" and bool(client.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"])
    given = client.list_resource_tags(KeyId=key)["Tags"]
    tags = {tag["TagKey"]: tag["TagValue"] for tag in given}
    attributes = {"state": state, "rotates": rotates}
    node = Node(id=told["Arn"], kind="key", parent=region, aws_id=key, attributes=attributes)
    return Seen(node=node, tags=tags, name=called(tags, names.get(key, key)))


READERS: Mapping[str, Callable[[Asking, str], Found]] = {"backup": _backup, "dlm": _dlm, "kms": _kms}
"""boto3 client -> what it says of one region: nodes and links."""
