"""Clusters read back whole: what EKS says of them, and what each says of its inside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from aws14.cloud.readback import ec2, eks, kubernetes
from aws14.cloud.readback.asking import Asking
from aws14.cloud.readback.seen import Seen
from aws14.model import Link

__all__ = ["read"]


def read(
    asking: Asking, region: str, around: ec2.Facts, recorded: frozenset[str]
) -> tuple[tuple[Seen, ...], tuple[Link, ...]]:
    """Nodes and links of the clusters of one region.

    Parameters
    ----------
    asking : Asking
        The questions of this read-back.
    region : str
        Name of the region.
    around : ec2.Facts
        What EC2 answered there.
    recorded : frozenset of str
        Ids that the ledger knows as the pattern's.
    """
    facts = eks.fetch(asking, region)
    insides = tuple(_insides(asking, facts, around, recorded))
    ready: Counter[tuple[str, str]] = Counter()
    for inside in insides:
        ready.update(kubernetes.ready_nodes(inside))
    seen = [*eks.to_nodes(facts, around, ready), *(one for inside in insides for one in kubernetes.to_nodes(inside))]
    links = [*eks.to_links(facts), *(one for inside in insides for one in _links(facts, inside))]
    return tuple(seen), tuple(links)


def _insides(
    asking: Asking, facts: eks.Facts, around: ec2.Facts, recorded: frozenset[str]
) -> Iterator[kubernetes.Facts]:
    for one in facts.clusters:
        if one["name"] in facts.running:
            home = ec2.home(around, one["resourcesVpcConfig"]["subnetIds"])
            yield kubernetes.fetch(asking, facts.region, one, home=home, recorded=recorded)


def _links(facts: eks.Facts, inside: kubernetes.Facts) -> Iterator[Link]:
    parts = {("group", one["nodegroupName"]): one["nodegroupArn"] for one in facts.node_groups
             if one["clusterName"] == inside.cluster}  # fmt: skip
    parts |= {("profile", one["fargateProfileName"]): one["fargateProfileArn"] for one in facts.profiles
              if one["clusterName"] == inside.cluster}  # fmt: skip
    yield from kubernetes.to_links(inside, parts)
