"""Read-back: what is really there, as a topology. One reader per boto3 client; asking is apart from understanding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from aws14.cloud.readback import (
    acm,
    autoscaling,
    cloudfront,
    clusters,
    ebs,
    ec2,
    ec2_links,
    elbv2,
    folded,
    lambda_,
    netted,
    rds,
    rds_proxies,
    regional,
    route53,
    s3,
    services,
)
from aws14.cloud.readback.asking import Asking
from aws14.cloud.readback.assemble import Selection, assemble
from aws14.cloud.readback.network import network_of
from aws14.cloud.readback.seen import Resource, Seen
from aws14.model import Link, Node, Topology

if TYPE_CHECKING:
    from aws14.cloud.session import Session

__all__ = ["read_back"]

_INTERNET = Seen(node=Node(id=ec2_links.INTERNET, kind="internet"), stock=True)


def read_back(session: Session, *, pattern: str | None = None) -> Topology:
    """Read back what is built.

    Parameters
    ----------
    session : Session
        The account and the region; further regions are read when the ledger knows of something built there.
    pattern : str, optional
        Word of the pattern whose resources are wanted: those tagged ``aws14:pattern``, those that the ledger
        recorded, and what stands in them. None: the session's own pattern. Empty, or a session without a
        pattern: everything but the default VPC.

    Returns
    -------
    Topology
        With ``origin="built"`` and its network; every node states all of its kind's ``ATTRIBUTES``.

    Raises
    ------
    ReadbackError
        When an attribute cannot be read. There is no silent default.
    """
    word = session.pattern if pattern is None else pattern
    asking, selection = Asking(session), Selection(pattern=word, recorded=session.ledger.ids(word))
    regions = dict.fromkeys((session.region, *session.ledger.regions(word)))
    around = [ec2.fetch(asking, region) for region in regions]
    places = services.to_ask(asking, word, around)
    seen, links = _regional(asking, around, places, selection.recorded)
    names = route53.fetch(session.client("route53"))
    seen += route53.to_nodes(names)
    for nodes, more in _global(asking, places, selection, seen):
        seen += nodes
        links += more
    links += route53.to_links(seen, names)
    seen += [one for region in places["acm"] for one in acm.fetch(asking, region)]
    topology = assemble(word or "everything built", [*_regions(seen), *seen], links, selection)
    return replace(topology, network=network_of(asking, selection))


def _regional(
    asking: Asking, around: Sequence[ec2.Facts], places: services.Places, recorded: frozenset[str]
) -> tuple[list[Seen], list[Link]]:
    """What the services say that keep each region to itself, certificates excepted."""
    seen: list[Seen] = [_INTERNET]
    links: list[Link] = []
    databases = {region: rds.fetch(asking, region) for region in places["rds"]}
    known = {facts.region: facts for facts in around}
    for region in dict.fromkeys((*known, *(one for name in services.REGIONAL for one in places[name]))):
        # A region in which EC2 made nothing is asked by those alone that need to know its subnets.
        needs = [
            name for name in ("elbv2", "autoscaling", "rds", "lambda", "eks", *netted.READERS) if region in places[name]
        ]
        here = known.get(region) or (ec2.fetch(asking, region) if needs else None)
        if here is not None:
            abroad = tuple(subnet for other in around if other is not here for subnet in other.subnets)
            _of_ec2(asking, here, places, databases, abroad=abroad, into=(seen, links))
        if here is not None and region in places["eks"]:
            found = clusters.read(asking, region, here, recorded)
            seen, links = folded.folded([*seen, *found[0]], [*links, *found[1]])
        for name in [name for name in regional.READERS if region in places[name]]:
            nodes, more = regional.READERS[name](asking, region)
            seen += nodes
            links += more
    return seen, links


def _of_ec2(
    asking: Asking,
    here: ec2.Facts,
    places: services.Places,
    databases: dict[str, rds.Facts],
    *,
    abroad: tuple[Resource, ...],
    into: tuple[list[Seen], list[Link]],
) -> None:
    """What stands in the VPCs of a region: EC2's own, load balancers, groups and databases; subnets abroad may ask."""
    seen, links = into
    seen += [*ec2_links.to_offices(here), *ec2.to_nodes(here), *ebs.to_nodes(asking, here)]
    guarded: list[ec2_links.Holder] = []
    if here.region in places["elbv2"]:
        balancing = elbv2.fetch(asking, here.region)
        seen += elbv2.to_nodes(balancing, here)
        links += elbv2.to_links(balancing, here)
        guarded += elbv2.holders(balancing, here)
    if here.region in places["autoscaling"]:
        scaling = autoscaling.fetch(asking, here.region)
        groups = asking.listed("elbv2", here.region, "describe_target_groups", "TargetGroups")
        seen += autoscaling.to_nodes(scaling, here)
        links += autoscaling.to_links(scaling, groups)
        guarded += autoscaling.holders(scaling, here)
    if here.region in databases:
        seen += rds.to_nodes(databases[here.region], here, databases.values())
        links += rds.to_links(databases[here.region])
        guarded += rds.holders(databases[here.region], here)
        proxies = rds_proxies.fetch(asking, here.region)
        seen += rds_proxies.to_nodes(proxies, here)
        links += rds_proxies.to_links(proxies, databases[here.region].databases)
        guarded += rds_proxies.holders(proxies, here)
    if here.region in places["lambda"]:
        functions = lambda_.fetch(asking, here.region)
        seen += lambda_.to_nodes(functions, here)
        links += lambda_.to_links(functions)
        guarded += lambda_.holders(functions, here)
    guarded += netted.read(asking, here, places, into)
    links += ec2_links.to_links(here, tuple(guarded), abroad=abroad)


def _global(
    asking: Asking, places: services.Places, selection: Selection, seen: Sequence[Seen]
) -> Iterator[tuple[Iterable[Seen], Iterable[Link]]]:
    """What the services say that span the regions, Route 53 excepted."""
    if places["s3"]:
        yield s3.fetch(asking, selection.claims)
    if places["cloudfront"]:
        facts = cloudfront.fetch(asking)
        yield cloudfront.to_nodes(facts), cloudfront.to_links(facts, seen)


def _regions(seen: Iterable[Seen]) -> Iterator[Seen]:
    """A node for every region that something stands in without EC2's readers having seen it."""
    things = tuple(seen)
    keys = {one.node.id for one in things}
    for name in dict.fromkeys(one.node.parent for one in things if one.node.parent):
        if name not in keys and "/" not in name:
            yield Seen(node=Node(id=name, kind="region", aws_id=name), stock=True)
