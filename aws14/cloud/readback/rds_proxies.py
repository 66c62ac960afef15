"""RDS read back, its proxies: nodes in the innermost container of their subnets, with a link to their database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from aws14.cloud.readback import ec2
from aws14.cloud.readback.asking import Asking
from aws14.cloud.readback.ec2_links import Holder, places
from aws14.cloud.readback.seen import Resource, Seen, called, required, tags_of
from aws14.model import Link, Node


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What RDS answered in one region: proxies; by their names, their targets, target group and tags."""

    proxies: tuple[Resource, ...]
    targets: Mapping[str, tuple[Resource, ...]]
    pools: Mapping[str, Resource]
    tags: Mapping[str, Mapping[str, str]]


def fetch(asking: Asking, region: str) -> Facts:
    """Ask for every proxy of one region.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    region : str
        Name of the region.
    """
    proxies = asking.listed("rds", region, "describe_db_proxies", "DBProxies")
    targets, pools, tags = {}, {}, {}
    for one in proxies:
        name = one["DBProxyName"]
        targets[name] = asking.listed("rds", region, "describe_db_proxy_targets", "Targets", DBProxyName=name)
        groups = asking.listed("rds", region, "describe_db_proxy_target_groups", "TargetGroups", DBProxyName=name)
        pools[name] = groups[0]["ConnectionPoolConfig"] if groups else {}
        found = asking.client("rds", region).list_tags_for_resource(ResourceName=one["DBProxyArn"])
        tags[name] = tags_of({"Tags": found["TagList"]})
    return Facts(proxies=proxies, targets=targets, pools=pools, tags=tags)


def to_nodes(facts: Facts, around: ec2.Facts) -> tuple[Seen, ...]:
    """Proxies, with ARNs for keys."""
    return tuple(_proxy(one, facts, around) for one in facts.proxies)


def _proxy(one: Resource, facts: Facts, around: ec2.Facts) -> Seen:
    name, of = one["DBProxyName"], f"proxy {one['DBProxyName']}"
    node = Node(
        id=one["DBProxyArn"],
        kind="db_proxy",
        parent=ec2.home(around, one["VpcSubnetIds"]),
        aws_id=name,
        attributes={
            "engine_family": required(one, "EngineFamily", of),
            "endpoint": one.get("Endpoint", ""),
            "target": next(iter(_behind(facts, name)), ""),
            "max_connections_percent": int(required(facts.pools[name], "MaxConnectionsPercent", of)),
            "state": required(one, "Status", of),
            "security_groups": ec2.group_names(around, one["VpcSecurityGroupIds"]),
        },
    )
    return Seen(node=node, tags=facts.tags[name], name=called(facts.tags[name], name))


def _behind(facts: Facts, name: str) -> Iterator[str]:
    """Identifiers of the databases behind a proxy."""
    return (str(each["RdsResourceId"]) for each in facts.targets[name] if each.get("RdsResourceId"))


def holders(facts: Facts, around: ec2.Facts) -> tuple[Holder, ...]:
    """The proxies as what security groups guard."""
    return tuple(
        Holder(
            key=one["DBProxyArn"],
            vpc=one["VpcId"],
            groups=frozenset(one["VpcSecurityGroupIds"]),
            places=places(around, f"rds/{one['DBProxyName']}"),
        )
        for one in facts.proxies
    )


def to_links(facts: Facts, databases: Iterable[Resource]) -> Iterator[Link]:
    """From a proxy to its database.

    Parameters
    ----------
    facts : Facts
        What RDS answered.
    databases : iterable of Resource
        Of the same region.
    """
    arns = {one["DBInstanceIdentifier"]: one["DBInstanceArn"] for one in databases}
    for one in facts.proxies:
        for name in _behind(facts, one["DBProxyName"]):
            if name in arns:
                yield Link(source=one["DBProxyArn"], target=arns[name], kind="routes", label="MySQL")
