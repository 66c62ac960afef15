"""Reports about what is built: drawn equals built, reachability, subnets, answers."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, ip_network

from aws14.checks.evidence import Evidence, gather
from aws14.model import Finding, Node, Report, Topology
from aws14.model.trace import FAILURE_REASONS
from aws14.sim import Unreachable, resolve


def drawn_equals_built(title: str, evidence: Evidence) -> Report:
    """Every box and line of the drawing is built, in its place, and nothing more."""
    if evidence.comparison.ok:
        count = len(evidence.built.nodes)
        return gather(
            title, Finding(name="Drawing and building agree", status="passed", detail=f"{count} nodes compared")
        )
    return Report(title=title, findings=evidence.comparison.outstanding)


def reachable(title: str, evidence: Evidence, *, entry: str, port: int) -> Report:
    """A visitor's request to `entry` finds its way to a running instance."""
    name = f"{entry} answers on port {port}"
    if entry not in evidence.built:
        return gather(
            title,
            Finding(name=name, status="not_yet", detail=f"there is no '{entry}'", hint=f"build {entry} first"),
        )
    outcome = resolve(evidence.built, entry, port)
    if isinstance(outcome, Unreachable):
        return gather(
            title,
            Finding(name=name, status="not_yet", detail=FAILURE_REASONS[outcome.reason], hint=outcome.detail),
        )
    return gather(title, Finding(name=name, status="passed", detail=f"through {' → '.join(outcome.nodes)}"))


def has_subnet(title: str, evidence: Evidence, *, cidr: str, routed_to: str, other_zone_than: str) -> Report:
    """There is a subnet with this CIDR, in another AZ, whose default route leads to a kind of node.

    Parameters
    ----------
    title : str
        Title of the report.
    evidence : Evidence
        What is built.
    cidr : str
        The CIDR block asked for.
    routed_to : str
        Kind of the node that its route 0.0.0.0/0 must lead to.
    other_zone_than : str
        Id of a subnet whose AZ it must not share.
    """
    built = evidence.built
    subnet = _subnet_with(built, ip_network(cidr))
    if subnet is None:
        seen = ", ".join(str(node.attributes["cidr"]) for node in built.of_kind("subnet")) or "none"
        return gather(
            title,
            Finding(
                name=f"A subnet {cidr}",
                status="not_yet",
                detail=f"subnets: {seen}",
                hint="create_subnet takes a CidrBlock",
            ),
        )
    zone = _zone(built, subnet.id)
    apart = zone != _zone(built, other_zone_than)
    targets = [link.target for link in built.links_of("routes", source=subnet.id) if link.label == "0.0.0.0/0"]
    routed = any(built.node(target).kind == routed_to for target in targets)
    return gather(
        title,
        Finding(name=f"A subnet {cidr}", status="passed", detail=subnet.id),
        Finding(
            name=f"In another AZ than {other_zone_than}",
            status="passed" if apart else "not_yet",
            detail=f"it stands in {zone}",
            hint="a subnet lives in one AZ; name another in AvailabilityZone",
        ),
        Finding(
            name=f"Its default route leads to the {routed_to.replace('_', ' ')}",
            status="passed" if routed else "not_yet",
            detail=f"0.0.0.0/0 leads to {targets[0]}" if targets else "it has no route 0.0.0.0/0",
            hint="associate_route_table ties a subnet to a route table; replace_route_table_association to another one",
        ),
    )


def _subnet_with(topology: Topology, network: IPv4Network | object) -> Node | None:
    return next(
        (node for node in topology.of_kind("subnet") if ip_network(str(node.attributes["cidr"])) == network), None
    )


def _zone(topology: Topology, node_id: str) -> str:
    zone = topology.container(node_id, "az") if node_id in topology else None
    return zone.id if zone else ""


def answered(title: str, evidence: Evidence, *, right: str, choices: Iterable[str], hint: str) -> Report:
    """The learner's answer is the right one of several choices."""
    given = evidence.answer
    options = tuple(choices)
    if given not in options:
        detail = "no answer yet" if given in (None, ..., "") else f"'{given}' is not one of them"
        finding = Finding(name=title, status="not_yet", detail=detail, hint=f"choose one of {', '.join(options)}")
    else:
        finding = Finding(
            name=title, status="passed" if given == right else "not_yet", detail=f"you say {given}", hint=hint
        )
    return gather(title, finding)
