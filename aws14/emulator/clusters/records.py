"""What is kept of a cluster beyond moto's own fields, and questions about clusters and node groups.

A `Life` is an attribute of moto's cluster, so that it is saved with it and ends with it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aws14.emulator.world import world

__all__ = [
    "AddOn",
    "Association",
    "Entry",
    "Life",
    "Node",
    "Update",
    "clusters",
    "find",
    "group_of",
    "life_of",
    "moment",
    "node_group_of",
]


@dataclass
class Node:
    """An instance that has joined: its node group, and when (epoch seconds)."""

    node_group: str
    joined_at: float


@dataclass
class Entry:
    """An access entry; fields as the API names them, in snake case.

    Parameters
    ----------
    policies : dict
        ARN of an access policy -> ``associated_at``, ``modified_at``, ``access_scope``.
    """

    cluster_name: str
    principal_arn: str
    access_entry_arn: str
    created_at: datetime
    modified_at: datetime
    username: str
    type: str = "STANDARD"
    kubernetes_groups: list[str] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    policies: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass
class AddOn:
    """An add-on; fields as the API names them, in snake case."""

    addon_name: str
    cluster_name: str
    status: str
    addon_version: str
    addon_arn: str
    created_at: datetime
    modified_at: datetime
    health: dict[str, Any] = field(default_factory=lambda: {"issues": []})
    service_account_role_arn: str | None = None
    configuration_values: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    turn: int = 0


@dataclass
class Update:
    """An update of a cluster or one of its parts; fields as the API names them."""

    id: str
    type: str
    created_at: datetime
    params: list[dict[str, str]]
    status: str = "InProgress"
    errors: list[dict[str, Any]] = field(default_factory=list)
    nodegroup_name: str | None = None
    addon_name: str | None = None


@dataclass
class Association:
    """A pod identity association; fields as the API names them, in snake case."""

    cluster_name: str
    namespace: str
    service_account: str
    role_arn: str
    association_arn: str
    association_id: str
    created_at: datetime
    modified_at: datetime
    tags: dict[str, str] = field(default_factory=dict)


@dataclass
class Life:
    """What is kept of one cluster.

    Parameters
    ----------
    identifier : str
        What its endpoint and its issuer are called by: 32 hexadecimal digits, upper case.
    mode : str
        ``API``, ``API_AND_CONFIG_MAP``, ``CONFIG_MAP``.
    creator : str
        ARN of who made it: in the mode ``CONFIG_MAP`` its administrator.
    turn : int
        Counts changes of state: an event of an earlier one is void.
    shown : dict
        Token -> epoch seconds of AWS time when it was first shown.
    deleting : list of str
        Node groups that wait for their instances to be gone.
    """

    identifier: str
    mode: str
    creator: str
    bootstrap_admin: bool = True
    turn: int = 0
    entries: dict[str, Entry] = field(default_factory=dict)
    add_ons: dict[str, AddOn] = field(default_factory=dict)
    updates: dict[str, Update] = field(default_factory=dict)
    associations: dict[str, Association] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    shown: dict[str, float] = field(default_factory=dict)
    deleting: list[str] = field(default_factory=list)


def life_of(cluster: Any) -> Life:
    """The life of a cluster."""
    found: Life = vars(cluster)["_aws14"]
    return found


def clusters() -> Iterator[Any]:
    """Every cluster of every account and region."""
    if "moto.eks.models" not in sys.modules:
        return
    from moto.eks.models import eks_backends

    for regions in list(eks_backends.values()):
        for backend in list(regions.values()):
            yield from list(backend.clusters.values())


def find(arn: str) -> Any:
    """A cluster by its ARN; None where there is none."""
    return next((each for each in clusters() if each.arn == arn), None)


def node_group_of(instance: Any) -> tuple[Any, Any] | None:
    """The cluster and the managed node group that an instance is of; None where it is of none."""
    tags = {each["key"]: each["value"] for each in instance.get_tags()}
    name, cluster_name = tags.get("eks:nodegroup-name"), tags.get("eks:cluster-name")
    if not name or not cluster_name:
        return None
    owner = instance.ec2_backend
    for cluster in clusters():
        if cluster.name == cluster_name and f":{owner.region_name}:{owner.account_id}:" in cluster.arn:
            found = cluster.nodegroups.get(name)
            return None if found is None else (cluster, found)
    return None


def group_of(node_group: Any) -> Any:
    """The Auto Scaling group of a node group; None where it is gone."""
    from aws14.emulator.scaling.records import find_group

    names = [each["name"] for each in node_group.resources["autoScalingGroups"]]
    _, _, _, region, account, _ = node_group.arn.split(":", 5)
    return next((found for name in names if (found := find_group(account, region, name)) is not None), None)


def moment() -> datetime:
    """Now, as a date of AWS time."""
    return datetime.fromtimestamp(world().clock.now(), UTC)
