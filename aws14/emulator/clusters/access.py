"""Who may ask a cluster: access entries, the policies that are associated with them, and whom they make of a caller."""

from __future__ import annotations

import re
from typing import Any

from aws14.emulator.clusters.records import Entry, life_of, moment
from aws14.emulator.kubernetes.exchange import Grant, User

__all__ = [
    "CONFIG_MAP",
    "POLICIES",
    "associate",
    "enter",
    "grant_creator",
    "policy_arn",
    "policy_name",
    "principal_of",
    "user_of",
]

CONFIG_MAP = "CONFIG_MAP"
POLICIES = (
    "AmazonEKSAdminPolicy",
    "AmazonEKSAdminViewPolicy",
    "AmazonEKSClusterAdminPolicy",
    "AmazonEKSEditPolicy",
    "AmazonEKSViewPolicy",
)
"""The access policies for people; each of them is ``arn:aws:eks::aws:cluster-access-policy/<name>``."""

_PREFIX = "arn:aws:eks::aws:cluster-access-policy/"
_ASSUMED = re.compile(r"arn:(?P<partition>[^:]+):sts::(?P<account>\d+):assumed-role/(?P<role>[^/]+)/(?P<session>.+)")


def policy_arn(name: str) -> str:
    """The ARN of an access policy."""
    return _PREFIX + name


def policy_name(arn: str) -> str:
    """The name of an access policy; empty for what is none."""
    name = arn.removeprefix(_PREFIX)
    return name if arn.startswith(_PREFIX) and name in POLICIES else ""


def principal_of(arn: str) -> str:
    """Who an access entry is for: of a session of a role, the role.

    Parameters
    ----------
    arn : str
        As ``GetCallerIdentity`` tells it.
    """
    found = _ASSUMED.fullmatch(arn)
    return f"arn:{found['partition']}:iam::{found['account']}:role/{found['role']}" if found else arn


def enter(
    cluster: Any, principal: str, *, kind: str = "STANDARD", groups: list[str] | None = None, username: str = ""
) -> Entry:
    """Make an access entry."""
    from moto.moto_api._internal import mock_random

    _, _, _, region, account, _ = cluster.arn.split(":", 5)
    what, _, name = principal.split(":", 5)[5].partition("/")
    unique = mock_random.uuid4()
    now = moment()
    made = Entry(
        cluster_name=cluster.name,
        principal_arn=principal,
        access_entry_arn=f"arn:aws:eks:{region}:{account}:access-entry/{cluster.name}/{what}/{account}/{name}/{unique}",
        created_at=now,
        modified_at=now,
        username=username or _username(principal, kind),
        type=kind,
        kubernetes_groups=list(groups or (["system:nodes"] if kind != "STANDARD" else [])),
    )
    life_of(cluster).entries[principal] = made
    return made


def _username(principal: str, kind: str) -> str:
    if kind != "STANDARD":
        return "system:node:{{EC2PrivateDNSName}}" if kind == "EC2_LINUX" else "system:node:{{SessionName}}"
    if ":role/" in principal:
        account, role = principal.split(":")[4], principal.rpartition("/")[2]
        return f"arn:aws:sts::{account}:assumed-role/{role}/{{{{SessionName}}}}"
    return principal


def grant_creator(cluster: Any) -> None:
    """Make who created a cluster its administrator, where that was asked for."""
    life = life_of(cluster)
    if life.mode == CONFIG_MAP or not life.bootstrap_admin:
        return
    entry = enter(cluster, principal_of(life.creator))
    associate(entry, policy_arn("AmazonEKSClusterAdminPolicy"), {"type": "cluster", "namespaces": []})


def associate(entry: Entry, arn: str, scope: dict[str, Any]) -> dict[str, Any]:
    """Associate an access policy; return it as the API tells it."""
    now = moment()
    before = entry.policies.get(arn)
    made = {
        "policyArn": arn,
        "accessScope": {"type": scope["type"], "namespaces": list(scope.get("namespaces") or [])},
        "associatedAt": before["associatedAt"] if before else now,
        "modifiedAt": now,
    }
    entry.policies[arn] = made
    return made


def user_of(cluster: Any, caller: str) -> User | None:
    """Whom Kubernetes sees in a caller; None for whom the cluster has no entry.

    Parameters
    ----------
    cluster : moto.eks.models.Cluster
        Which.
    caller : str
        ARN as ``GetCallerIdentity`` tells it.
    """
    life = life_of(cluster)
    if life.mode != "API" and life.bootstrap_admin and principal_of(caller) == principal_of(life.creator):
        return User("kubernetes-admin", ("system:masters", "system:authenticated"))
    entry = life.entries.get(principal_of(caller))
    if entry is None or life.mode == CONFIG_MAP:
        return None
    session = caller.rpartition("/")[2]
    grants = tuple(
        Grant(policy_name(arn), tuple(each["accessScope"]["namespaces"])) for arn, each in entry.policies.items()
    )
    name = entry.username.replace("{{SessionName}}", session)
    return User(name, (*entry.kubernetes_groups, "system:authenticated"), grants)
