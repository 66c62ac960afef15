"""A cluster is made: what is checked first, and what it comes with."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from aws14.catalog import kubernetes_versions
from aws14.emulator.clusters.records import Life
from aws14.emulator.clusters.refusals import invalid

__all__ = [
    "check_name",
    "check_role",
    "check_subnets",
    "check_version",
    "latest",
    "role_of",
    "settle",
    "tie_up",
    "wire",
]

_NAME = re.compile(r"[0-9A-Za-z][A-Za-z0-9_-]{0,99}")
_LEAST_ZONES = 2
_EVERYWHERE = "0.0.0.0/0"
_SERVICE = "eks.amazonaws.com"


def latest() -> str:
    """The version that a cluster gets which asks for none: the newest but one, as EKS holds back."""
    return list(kubernetes_versions())[-2]


def check_version(version: str | None) -> str:
    """The version asked for; refused where EKS does not have it."""
    found = version or latest()
    if found not in kubernetes_versions():
        invalid(f"unsupported Kubernetes version: {found}. Available: {', '.join(kubernetes_versions())}")
    return found


def check_name(name: str) -> None:
    """Refuse a name that is none."""
    if not _NAME.fullmatch(name):
        invalid(
            "The cluster name can contain only alphanumeric characters (case-sensitive), hyphens, and underscores. It "
            "must start with an alphanumeric character and can't be longer than 100 characters.",
            clusterName=name,
        )


def role_of(account: str, arn: str) -> Any:
    """The IAM role of an ARN; None where there is none."""
    import moto.iam.models as iam

    backend = iam.iam_backends[account]["aws"]
    return next((role for role in backend.roles.values() if role.arn == arn), None)


def check_role(account: str, arn: str, service: str = _SERVICE) -> None:
    """Refuse a role that is not there, or that `service` may not assume."""
    role = role_of(account, arn)
    trusted = role is not None and service in _trusted(role)
    if not trusted:
        invalid(
            f"Role with arn: {arn}, could not be assumed because it does not exist or the trusted entity is not "
            f"correct ({service} has to be trusted)"
        )


def _trusted(role: Any) -> set[str]:
    document = role.assume_role_policy_document
    policy = json.loads(document) if isinstance(document, str) else document
    found: set[str] = set()
    for statement in policy.get("Statement", []):
        services = (statement.get("Principal") or {}).get("Service", [])
        found |= {services} if isinstance(services, str) else set(services)
    return found


def check_subnets(ec2: Any, ids: Sequence[str], *, cluster: bool = True) -> str:
    """The VPC of subnets; refused where one is not there, or they lie in one zone only."""
    if not ids:
        invalid("subnets can not be empty" if not cluster else "subnetIds can not be empty")
    found = [_subnet(ec2, each) for each in ids]
    vpcs = {each.vpc_id for each in found}
    if len(vpcs) > 1:
        invalid("Subnets provided do not belong to the same VPC.")
    if cluster and len({each.availability_zone for each in found}) < _LEAST_ZONES:
        invalid("Subnets specified must be in at least two different AZs")
    return str(vpcs.pop())


def _subnet(ec2: Any, key: str) -> Any:
    found = next((subnets[key] for subnets in ec2.subnets.values() if key in subnets), None)
    if found is None:
        invalid(f"The subnet ID '{key}' does not exist (Service: Ec2, Status Code: 400)")
    return found


def settle(cluster: Any, response: Any, creator: str) -> None:
    """Give a cluster that moto has just made what is its own, and nothing yet that comes with its control plane."""
    from moto.moto_api._internal import mock_random

    asked = response._get_param("accessConfig") or {}  # noqa: SLF001 - moto's way to a parameter
    digits = "".join(mock_random.get_random_hex(8) for _ in range(4))
    life = Life(
        identifier=digits.upper(),
        mode=asked.get("authenticationMode", "CONFIG_MAP"),
        creator=creator,
        bootstrap_admin=asked.get("bootstrapClusterCreatorAdminPermissions", True),
    )
    vars(cluster)["_aws14"] = life
    cluster.access_config = {
        "bootstrapClusterCreatorAdminPermissions": life.bootstrap_admin,
        "authenticationMode": life.mode,
    }
    policy = response._get_param("upgradePolicy") or {}  # noqa: SLF001 - as above
    cluster.upgrade_policy = {"supportType": policy.get("supportType", "EXTENDED")}
    cluster.health = {"issues": []}
    cluster.platformVersion = kubernetes_versions()[cluster.version].platform
    cluster.deletion_protection = bool(response._get_param("deletionProtection"))  # noqa: SLF001 - as above
    cluster.endpoint, cluster.certificate_authority, cluster.identity = None, {}, None
    asked_network = cluster.kubernetes_network_config or {}
    block = asked_network.get("serviceIpv4Cidr", "172.20.0.0/16")
    cluster.kubernetes_network_config = {"serviceIpv4Cidr": block, "ipFamily": asked_network.get("ipFamily", "ipv4")}


def wire(cluster: Any, ec2: Any, vpc: str) -> None:
    """Give a cluster its security group, and say how its endpoint is reached."""
    name = f"eks-cluster-sg-{cluster.name}-{int(vars(cluster)['_aws14'].identifier[:7], 16)}"
    tags = {"Name": name, f"kubernetes.io/cluster/{cluster.name}": "owned", "aws:eks:cluster-name": cluster.name}
    text = (
        "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, as well as any "
        "managed workloads."
    )
    group = ec2.create_security_group(name, text, vpc_id=vpc, tags=tags)
    ec2.authorize_security_group_ingress(group.id, "-1", None, None, [], source_groups=[{"GroupId": group.id}])
    asked = cluster.resources_vpc_config
    cluster.resources_vpc_config = {
        "subnetIds": list(asked["subnetIds"]),
        "securityGroupIds": list(asked.get("securityGroupIds") or []),
        "clusterSecurityGroupId": group.id,
        "vpcId": vpc,
        "endpointPublicAccess": asked.get("endpointPublicAccess", True),
        "endpointPrivateAccess": asked.get("endpointPrivateAccess", False),
        "publicAccessCidrs": list(asked.get("publicAccessCidrs") or [_EVERYWHERE]),
    }


def tie_up(cluster: Any, ec2: Any) -> None:
    """Take away what a cluster came with: its security group, where nothing holds it any more."""
    from moto.core.exceptions import ServiceException

    try:
        ec2.delete_security_group(group_id=cluster.resources_vpc_config["clusterSecurityGroupId"])
    except ServiceException:  # the learner uses it elsewhere: it stays, as on AWS
        return
