"""EKS read back: clusters, node groups and Fargate profiles as nodes.

A cluster stands in the innermost container that holds all of its subnets, as a rule its VPC; so do its parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from aws14.cloud.readback import ec2
from aws14.cloud.readback.asking import Asking
from aws14.cloud.readback.seen import Resource, Seen, called, required
from aws14.model import Link, Node

__all__ = ["Facts", "fetch", "to_links", "to_nodes"]

_RUNNING = frozenset({"ACTIVE", "UPDATING"})


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What EKS answered in one region.

    Parameters
    ----------
    region : str
        Name of the region.
    clusters, node_groups, profiles : tuple
        As the describe calls give them.
    add_ons : Mapping
        Name of a cluster -> names of its add-ons.
    """

    region: str
    clusters: tuple[Resource, ...]
    node_groups: tuple[Resource, ...] = ()
    profiles: tuple[Resource, ...] = ()
    add_ons: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def running(self) -> tuple[str, ...]:
        """Names of the clusters that can be asked."""
        return tuple(one["name"] for one in self.clusters if one["status"] in _RUNNING)


def fetch(asking: Asking, region: str) -> Facts:
    """Ask for every cluster of one region, and what it is made of.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    region : str
        Name of the region.
    """
    client = asking.client("eks", region)
    names = [str(name) for name in asking.listed("eks", region, "list_clusters", "clusters")]
    groups = [
        client.describe_nodegroup(clusterName=name, nodegroupName=one)["nodegroup"]
        for name in names
        for one in asking.listed("eks", region, "list_nodegroups", "nodegroups", clusterName=name)
    ]
    profiles = [
        client.describe_fargate_profile(clusterName=name, fargateProfileName=one)["fargateProfile"]
        for name in names
        for one in asking.listed("eks", region, "list_fargate_profiles", "fargateProfileNames", clusterName=name)
    ]
    return Facts(
        region=region,
        clusters=tuple(client.describe_cluster(name=name)["cluster"] for name in names),
        node_groups=tuple(groups),
        profiles=tuple(profiles),
        add_ons={
            name: tuple(map(str, asking.listed("eks", region, "list_addons", "addons", clusterName=name)))
            for name in names
        },
    )


def to_nodes(facts: Facts, around: ec2.Facts, ready: Mapping[tuple[str, str], int]) -> tuple[Seen, ...]:
    """Clusters and their parts, with ARNs for names.

    Parameters
    ----------
    facts : Facts
        Of one region.
    around : ec2.Facts
        What EC2 answered there.
    ready : Mapping
        Cluster and node group -> how many of its nodes are ready.
    """
    arns = {one["name"]: str(one["arn"]) for one in facts.clusters}
    return (
        *(_cluster(one, facts, around) for one in facts.clusters),
        *(_node_group(one, around, arns, ready) for one in facts.node_groups),
        *(_profile(one, around, arns) for one in facts.profiles),
    )


def _cluster(one: Resource, facts: Facts, around: ec2.Facts) -> Seen:
    name, network = one["name"], required(one, "resourcesVpcConfig", f"cluster {one['name']}")
    node = Node(
        id=one["arn"],
        kind="cluster",
        parent=facts.region,
        aws_id=name,
        attributes={
            "version": required(one, "version", f"cluster {name}"),
            "state": required(one, "status", f"cluster {name}"),
            # EKS names it once it answers.
            "endpoint": one.get("endpoint", ""),
            "public_access": network["endpointPublicAccess"],
            "zones": _zones(network["subnetIds"], around),
            "add_ons": tuple(sorted(facts.add_ons.get(name, ()))),
        },
    )
    return _seen(node, one, name)


def _node_group(
    one: Resource, around: ec2.Facts, arns: Mapping[str, str], ready: Mapping[tuple[str, str], int]
) -> Seen:
    name, cluster = one["nodegroupName"], one["clusterName"]
    of, sizes = f"node group {name}", required(one, "scalingConfig", f"node group {name}")
    groups = (one.get("resources") or {}).get("autoScalingGroups", ())
    node = Node(
        id=one["nodegroupArn"],
        kind="node_group",
        parent=ec2.home(around, one["subnets"]),
        count=ready.get((cluster, name), 0),
        aws_id=f"{cluster}|{name}",
        attributes={
            "instance_type": required(one, "instanceTypes", of)[0],
            "min_size": sizes["minSize"],
            "max_size": sizes["maxSize"],
            "desired": sizes["desiredSize"],
            "capacity_type": required(one, "capacityType", of),
            # A launch template of one's own says it elsewhere.
            "disk_gib": one.get("diskSize", 0),
            "zones": _zones(one["subnets"], around),
            "state": required(one, "status", of),
            "autoscaling_group": groups[0]["name"] if groups else "",
        },
    )
    return _seen(node, one, name, owner=arns.get(cluster, ""))


def _profile(one: Resource, around: ec2.Facts, arns: Mapping[str, str]) -> Seen:
    name, cluster = one["fargateProfileName"], one["clusterName"]
    node = Node(
        id=one["fargateProfileArn"],
        kind="fargate_profile",
        parent=ec2.home(around, one["subnets"]),
        aws_id=f"{cluster}|{name}",
        attributes={
            "selectors": tuple(_selector(each) for each in one["selectors"]),
            "zones": _zones(one["subnets"], around),
            "state": required(one, "status", f"Fargate profile {name}"),
        },
    )
    return _seen(node, one, name, owner=arns.get(cluster, ""))


def _selector(one: Resource) -> str:
    """``batch app=report``."""
    return " ".join((one["namespace"], *(f"{key}={value}" for key, value in sorted((one.get("labels") or {}).items()))))


def _seen(node: Node, one: Resource, name: str, owner: str = "") -> Seen:
    tags = dict(one.get("tags") or {})
    return Seen(node=node, tags=tags, name=called(tags, name), owner=owner)


def _zones(subnets: tuple[str, ...], around: ec2.Facts) -> tuple[str, ...]:
    return tuple(sorted({one["AvailabilityZone"] for one in around.subnets if one["SubnetId"] in subnets}))


def to_links(facts: Facts) -> Iterator[Link]:
    """From node groups and Fargate profiles to their clusters."""
    arns = {one["name"]: one["arn"] for one in facts.clusters}
    parts = [(one["nodegroupArn"], one["clusterName"]) for one in facts.node_groups]
    parts += [(one["fargateProfileArn"], one["clusterName"]) for one in facts.profiles]
    for arn, cluster in parts:
        yield Link(source=arn, target=arns[cluster], kind="routes", label="joins")
