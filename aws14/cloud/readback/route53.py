"""Route 53 read back: hosted zones and their records as nodes, and what a name leads to as links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from aws14.cloud.readback.seen import Resource, Seen, listed, required, tags_of
from aws14.errors import ReadbackError
from aws14.model import Link, Node

_TAG_BATCH = 10
_MADE_WITH_THE_ZONE = frozenset({"NS", "SOA"})


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What Route 53 answered: zones, records by zone id, tags by zone id."""

    zones: tuple[Resource, ...]
    records: Mapping[str, tuple[Resource, ...]]
    tags: Mapping[str, Mapping[str, str]]


def fetch(client: Any) -> Facts:
    """Ask Route 53 for every hosted zone of the account and what stands in it.

    Parameters
    ----------
    client : boto3 client
        Of ``route53``.
    """
    zones = listed(client, "list_hosted_zones", "HostedZones")
    ids = [zone_id(zone) for zone in zones]
    return Facts(
        zones=zones,
        records={
            key: listed(client, "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=key) for key in ids
        },
        tags=_tags(client, ids),
    )


def zone_id(zone: Resource) -> str:
    """The bare id of a hosted zone: ``Z123``, not ``/hostedzone/Z123``."""
    return str(zone["Id"]).rpartition("/")[2]


def to_nodes(facts: Facts) -> tuple[Seen, ...]:
    """Zones and records, with AWS ids for names."""
    zones = tuple(_zone(zone, facts) for zone in facts.zones)
    records = (
        _record(key, record, facts.records[key])
        for key, records in facts.records.items()
        for record in records
        if record["Type"] not in _MADE_WITH_THE_ZONE
    )
    return (*zones, *records)


def to_links(nodes: Iterable[Seen]) -> tuple[Link, ...]:
    """Where the names lead: to the node with that address, or to the record with that name.

    Parameters
    ----------
    nodes : iterable of Seen
        Everything seen in the account, records included.
    """
    everything = tuple(nodes)
    holders = _addresses(everything)
    return tuple(
        Link(source=seen.node.id, target=holders[value], kind="routes", label=str(seen.node.require("type")))
        for seen in everything
        if seen.node.kind == "dns_record"
        for value in _values(seen.node)
        if value in holders and holders[value] != seen.node.id
    )


def _tags(client: Any, ids: list[str]) -> dict[str, dict[str, str]]:
    tags: dict[str, dict[str, str]] = {}
    for start in range(0, len(ids), _TAG_BATCH):
        batch = ids[start : start + _TAG_BATCH]
        answer = client.list_tags_for_resources(ResourceType="hostedzone", ResourceIds=batch)
        tags |= {entry["ResourceId"]: tags_of(entry) for entry in answer["ResourceTagSets"]}
    return tags


def _zone(zone: Resource, facts: Facts) -> Seen:
    key, name = zone_id(zone), _bare(zone["Name"])
    private = required(required(zone, "Config", f"hosted zone {name}"), "PrivateZone", f"hosted zone {name}")
    node = Node(id=key, kind="hosted_zone", aws_id=key, attributes={"name": name, "private": private})
    return Seen(node=node, tags=facts.tags.get(key, {}), name=name)


def _record(zone_key: str, record: Resource, siblings: tuple[Resource, ...]) -> Seen:
    name, kind = _bare(record["Name"]), record["Type"]
    key = "/".join(part for part in (zone_key, name, kind, record.get("SetIdentifier", "")) if part)
    node = Node(
        id=key,
        kind="dns_record",
        aws_id=key,
        attributes={
            "name": name,
            "type": kind,
            "ttl_s": _ttl_s(record, siblings),
            "values": tuple(entry["Value"] for entry in record.get("ResourceRecords", ())) or _alias(record),
        },
    )
    return Seen(node=node, name=name, owner=zone_key)


def _ttl_s(record: Resource, siblings: tuple[Resource, ...]) -> int:
    if "TTL" in record:
        return int(record["TTL"])
    target = _alias(record)
    for sibling in siblings:
        if sibling is not record and sibling["Type"] == record["Type"] and (_bare(sibling["Name"]),) == target:
            return _ttl_s(sibling, siblings)
    raise ReadbackError(
        f"the record {_bare(record['Name'])} does not say its TTL: it is an alias of {', '.join(target) or 'nothing'}",
        allowed="a record with a TTL, or an alias of such a record in the same zone",
        cure="use a record with TTL and ResourceRecords",
    )


def _alias(record: Resource) -> tuple[str, ...]:
    target = record.get("AliasTarget", {}).get("DNSName", "")
    return (_bare(target),) if target else ()


def _addresses(nodes: Iterable[Seen]) -> dict[str, str]:
    """Address or host name -> key of the node that answers there."""
    holders: dict[str, str] = {}
    for seen in nodes:
        for name in ("public_ipv4", "private_ipv4"):
            if address := seen.node.attributes.get(name):
                holders[str(address)] = seen.node.id
        if seen.node.kind == "dns_record":
            holders.setdefault(str(seen.node.require("name")), seen.node.id)
    return holders


def _values(node: Node) -> tuple[str, ...]:
    values = node.require("values")
    return tuple(_bare(value) for value in values) if isinstance(values, tuple) else ()


def _bare(name: str) -> str:
    # Route 53 escapes the wildcard as an octal code.
    return name.rstrip(".").replace("\\052", "*")
