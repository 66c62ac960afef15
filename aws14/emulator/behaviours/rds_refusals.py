"""What RDS refuses and moto lets pass, in RDS's words.

What AWS does
    Wants a subnet group to cover two zones at least, a password of eight characters that a connection string can
    carry, a class and a storage size that MySQL knows, a final snapshot or the word that none is wanted; protects what
    is to be protected; lets nothing go that is in use; gives no new password to an instance whose password it manages,
    and no read replica.
What moto leaves out
    A subnet group of one zone, any password, any class, a deletion without a final snapshot, the deletion of a subnet
    group in use, Multi-AZ in a zone of the caller's choice, groups of another VPC are accepted. The version of MySQL is
    5.6 when none is given.
What this adds
    Those refusals. A version of MySQL that is supported when none is given.
What it still does not do
    Which class is offered in which zone, quotas, combinations of storage type and size beyond the smallest, changes of
    engine version, and what belongs to other engines.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from aws14.catalog import quota
from aws14.emulator.behaviours.hooks import around, before
from aws14.emulator.databases.records import is_managed

__all__ = ["install"]

_CLASS = re.compile(r"db\.[a-z][a-z0-9-]*\.(?:micro|small|medium|large|\d*xlarge|metal)")
_MYSQL = "8.0.42"
_FORBIDDEN = re.compile(r"[/@\" ]|[^\x20-\x7e]")


def install() -> None:
    """Take hold of moto's calls that AWS would refuse."""
    from moto.rds.models import RDSBackend
    from moto.rds.responses import RDSResponse

    before(RDSBackend, "create_subnet_group", _covers_enough)
    before(RDSBackend, "modify_db_subnet_group", _known_group)
    before(RDSBackend, "modify_db_subnet_group", _covers_enough)
    before(RDSBackend, "delete_subnet_group", _unused)
    around(RDSBackend, "create_db_instance", _create)
    before(RDSBackend, "modify_db_instance", _modify)
    before(RDSBackend, "create_db_instance_read_replica", _replica)
    before(RDSResponse, "delete_db_instance", _delete)


def _say(code: str, message: str) -> NoReturn:
    from moto.rds.exceptions import RDSClientError

    raise RDSClientError(code, message)


def _covers_enough(_backend: Any, _name: str, _description: str, subnets: list[Any], *_: Any) -> None:
    least = int(quota("RDS", "zones of a subnet group, least").value)
    zones = {subnet.availability_zone for subnet in subnets}
    if len({subnet.vpc_id for subnet in subnets}) > 1:
        _say("InvalidParameterValue", "The specified subnets are not in the same VPC.")
    if len(zones) < least:
        text = "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement."
        told = f"Current AZ coverage: {', '.join(sorted(zones)) or 'none'}. Add subnets to cover at least {least} AZs."
        _say("DBSubnetGroupDoesNotCoverEnoughAZs", f"{text} {told}")


def _known_group(backend: Any, name: str, *_: Any) -> None:
    backend.describe_db_subnet_groups(name)


def _unused(backend: Any, name: str) -> None:
    for instance in backend.databases.values():
        group = getattr(instance, "db_subnet_group", None)
        if group is not None and group.name == name.lower():
            text = f"Cannot delete the subnet group '{name}' because at least one database instance: "
            _say("InvalidDBSubnetGroupStateFault", f"{text}{instance.db_instance_identifier} is still using it.")


def _create(original: Callable[..., Any], backend: Any, db_kwargs: Any) -> Any:
    if not db_kwargs.get("db_cluster_identifier"):
        _check(backend, db_kwargs)
        if db_kwargs.get("engine") == "mysql" and not db_kwargs.get("engine_version"):
            db_kwargs["engine_version"] = _MYSQL
    return original(backend, db_kwargs)


def _check(backend: Any, asked: Mapping[str, Any]) -> None:
    _check_class(asked.get("db_instance_class"))
    restored = "aws14" in asked  # it has the credentials of what it is restored from
    if not restored and not asked.get("manage_master_user_password"):
        if not asked.get("master_username"):
            _say("InvalidParameterValue", "The parameter MasterUsername must be provided.")
        _check_password(asked.get("master_user_password"))
    if asked.get("multi_az") and asked.get("availability_zone"):
        text = "Requesting a specific availability zone is not valid for MultiAZ instances."
        _say("InvalidParameterCombination", text)
    _check_storage(asked)
    if not restored:
        _check_iops(asked, asked.get("allocated_storage"), asked.get("storage_type"))
    _check_network(backend, asked)


def _check_class(name: str | None) -> None:
    if name is not None and not _CLASS.fullmatch(name):
        _say("InvalidParameterValue", f"Invalid DB Instance class: {name}")


def _check_password(password: str | None) -> None:
    least = int(quota("RDS", "master password, least").value)
    if password is None:
        _say("InvalidParameterValue", "The parameter MasterUserPassword must be provided and must not be blank.")
    if len(password) < least:
        text = (
            f"The parameter MasterUserPassword is not a valid password because it is shorter than {least} characters."
        )
        _say("InvalidParameterValue", text)
    if _FORBIDDEN.search(password):
        text = "The parameter MasterUserPassword is not a valid password. Only printable ASCII characters besides"
        _say("InvalidParameterValue", f"{text} '/', '@', '\"', ' ' may be used.")


def _check_unmanaged(instance: Any, managed: bool | None) -> None:
    if managed or (managed is None and instance.manage_master_user_password):
        text = "You can't specify MasterUserPassword while the master user password is managed in AWS Secrets Manager."
        _say("InvalidParameterCombination", text)


def _check_storage(asked: Mapping[str, Any]) -> None:
    wanted, least = asked.get("allocated_storage"), int(quota("RDS", "storage of MySQL, least").value)
    engine, kind = asked.get("engine"), asked.get("storage_type") or "gp2"
    if engine in {"mysql", "mariadb"} and kind != "standard" and wanted is not None and int(wanted) < least:
        text = f"Invalid storage size for engine name {engine} and storage type {kind}: {wanted}"
        _say("InvalidParameterValue", text)


def _check_iops(asked: Mapping[str, Any], size: Any, kind: str | None) -> None:
    """IOPS of gp3 are a choice for large storage only."""
    least = int(quota("RDS", "storage of MySQL on gp3 whose IOPS can be chosen, least").value)
    if kind == "gp3" and asked.get("iops") and size is not None and int(size) < least:
        text = f"You can't specify IOPS or storage throughput for engine mysql and a storage size less than {least}."
        _say("InvalidParameterCombination", text)


def _check_network(backend: Any, asked: Mapping[str, Any]) -> None:
    from moto.ec2.models import ec2_backends

    name = asked.get("db_subnet_group_name")
    if not name:
        return
    group = backend.describe_db_subnet_groups(name)[0]
    zone, zones = asked.get("availability_zone"), {each["SubnetAvailabilityZone"]["Name"] for each in group.subnets}
    if zone and zone not in zones:
        _say("InvalidVPCNetworkStateFault", f"The DB subnet group has no subnet in the Availability Zone {zone}.")
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    for group_id in asked.get("vpc_security_group_ids") or ():
        found = ec2.get_security_group_from_id(group_id)
        if found is None:
            _say("InvalidParameterValue", f"Invalid security group , groupId= {group_id}, groupName=.")
        if found.vpc_id != group.vpc_id:
            text = "The DB instance and EC2 security group are in different VPCs."
            told = f"The DB instance is in {group.vpc_id} and the EC2 security group is in {found.vpc_id}"
            _say("InvalidVPCNetworkStateFault", f"{text} {told}")


def _modify(backend: Any, identifier: str, db_kwargs: Any) -> None:
    instance = backend.describe_db_instances(identifier)[0]
    if not is_managed(instance):
        return
    _check_class(db_kwargs.get("db_instance_class"))
    if db_kwargs.get("master_user_password") is not None:
        _check_password(db_kwargs["master_user_password"])
        _check_unmanaged(instance, db_kwargs.get("manage_master_user_password"))
    wanted = db_kwargs.get("allocated_storage")
    kind = db_kwargs.get("storage_type") or instance.storage_type
    _check_iops(db_kwargs, wanted or instance.allocated_storage, kind)
    if wanted is not None and int(wanted) < int(instance.allocated_storage):
        text = "Invalid storage size for engine name mysql and storage type gp2: storage cannot be reduced"
        _say("InvalidParameterCombination", text)


def _replica(backend: Any, db_kwargs: Any) -> None:
    source = backend.find_db_from_id(db_kwargs["source_db_instance_identifier"])
    if is_managed(source) and source.manage_master_user_password:
        text = f"Creating read replicas for source instance with engine {source.engine} where "
        _say("InvalidParameterValue", f"{text}ManageMasterUserPassword is enabled is not supported.")


def _delete(response: Any) -> None:
    asked = response.params
    instance = response.backend.databases.get(asked.get("DBInstanceIdentifier"))
    if instance is None or not is_managed(instance):
        return
    final, skips = asked.get("FinalDBSnapshotIdentifier"), bool(asked.get("SkipFinalSnapshot"))
    if instance.deletion_protection:
        text = "Cannot delete protected DB Instance, please disable deletion protection and try again."
        _say("InvalidParameterCombination", text)
    if instance.status == "deleting":
        _say("InvalidDBInstanceState", f"Instance {instance.db_instance_identifier} is already being deleted.")
    if final and skips:
        _say(
            "InvalidParameterCombination",
            "FinalDBSnapshotIdentifier cannot be specified when deleting with SkipFinalSnapshot.",
        )
    if final and instance.is_replica:
        _say(
            "InvalidParameterCombination",
            "FinalDBSnapshotIdentifier can not be specified when deleting a replica instance",
        )
    if not final and not skips and not instance.is_replica:
        _say(
            "InvalidParameterCombination",
            "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.",
        )
    if final and final in response.backend.database_snapshots:
        _say(
            "DBSnapshotAlreadyExists",
            f"Cannot create the snapshot because a snapshot with the identifier {final} already exists.",
        )
