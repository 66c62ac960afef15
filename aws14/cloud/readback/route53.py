"""Route 53 read back: hosted zones, records and health checks as nodes, and what a name leads to as links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aws14 import catalog
from aws14.cloud.readback.seen import Resource, Seen, called, listed, required, tags_of
from aws14.errors import ReadbackError
from aws14.model import Link, Node

_TAG_BATCH = 10
_PROOFS = ".acm-validations.aws"
_OF_AWS = (".amazonaws.com", ".cloudfront.net")
_ROUTING: Mapping[str, str] = {
    "Failover": "failover",
    "Weight": "weighted",
    "Region": "latency",
    "GeoLocation": "geolocation",
    "MultiValueAnswer": "multivalue",
}
"""Entry of a record set that only records of a routing policy have -> the policy."""

_MADE_WITH_THE_ZONE = frozenset({"NS", "SOA"})


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What Route 53 answered: zones, their records, VPCs and tags by zone id, health checks, whose tags are by id."""

    zones: tuple[Resource, ...]
    vpcs: Mapping[str, tuple[str, ...]]
    records: Mapping[str, tuple[Resource, ...]]
    health_checks: tuple[Resource, ...]
    tags: Mapping[str, Mapping[str, str]]


def fetch(client: Any) -> Facts:
    """Ask Route 53 for every hosted zone of the account, what stands in it, and every health check.

    Parameters
    ----------
    client : boto3 client
        Of ``route53``.
    """
    zones = listed(client, "list_hosted_zones", "HostedZones")
    ids = [zone_id(zone) for zone in zones]
    checks = listed(client, "list_health_checks", "HealthChecks")
    return Facts(
        zones=zones,
        health_checks=checks,
        vpcs={
            zone_id(zone): tuple(each["VPCId"] for each in client.get_hosted_zone(Id=zone_id(zone)).get("VPCs", ()))
            for zone in zones
            if zone.get("Config", {}).get("PrivateZone")
        },
        records={
            key: listed(client, "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=key) for key in ids
        },
        tags=_tags(client, "hostedzone", ids) | _tags(client, "healthcheck", [check["Id"] for check in checks]),
    )


def zone_id(zone: Resource) -> str:
    """The bare id of a hosted zone: ``Z123``, not ``/hostedzone/Z123``."""
    return str(zone["Id"]).rpartition("/")[2]


def to_nodes(facts: Facts) -> tuple[Seen, ...]:
    """Zones, records and health checks, with AWS ids for names."""
    zones = tuple(_zone(zone, facts) for zone in facts.zones)
    records = (
        _record(key, record, facts.records[key])
        for key, records in facts.records.items()
        for record in records
        if record["Type"] not in _MADE_WITH_THE_ZONE and not _is_proof(record)
    )
    return (*zones, *records, *(_health_check(check, facts) for check in facts.health_checks))


def to_links(nodes: Iterable[Seen], facts: Facts) -> tuple[Link, ...]:
    """Where the names lead, to the node with that address or name, and the health checks that records rely on.

    Parameters
    ----------
    nodes : iterable of Seen
        Everything seen in the account, records included.
    facts : Facts
        What Route 53 answered.
    """
    everything = tuple(nodes)
    holders = _addresses(everything)
    return (*_leads(everything, holders), *_relies(facts))


def _leads(nodes: Iterable[Seen], holders: Mapping[str, tuple[str, ...]]) -> Iterator[Link]:
    for seen in nodes:
        if seen.node.kind == "dns_record":
            label = str(seen.node.require("type"))
            for value in _values(seen.node):
                for holder in holders.get(value, ()):
                    if holder != seen.node.id:
                        yield Link(source=seen.node.id, target=holder, kind="routes", label=label)


def _relies(facts: Facts) -> Iterator[Link]:
    for zone, records in facts.records.items():
        for record in records:
            if check := record.get("HealthCheckId"):
                yield Link(source=_key(zone, record), target=check, kind="uses", label="health")


def _tags(client: Any, kind: str, ids: list[str]) -> dict[str, dict[str, str]]:
    tags: dict[str, dict[str, str]] = {}
    for start in range(0, len(ids), _TAG_BATCH):
        batch = ids[start : start + _TAG_BATCH]
        answer = client.list_tags_for_resources(ResourceType=kind, ResourceIds=batch)
        tags |= {entry["ResourceId"]: tags_of(entry) for entry in answer["ResourceTagSets"]}
    return tags


def _zone(zone: Resource, facts: Facts) -> Seen:
    key, name = zone_id(zone), _bare(zone["Name"])
    private = required(required(zone, "Config", f"hosted zone {name}"), "PrivateZone", f"hosted zone {name}")
    vpcs = facts.vpcs.get(key, ())
    node = Node(id=key, kind="hosted_zone", aws_id=key, attributes={"name": name, "private": private, "vpcs": vpcs})
    return Seen(node=node, tags=facts.tags.get(key, {}), name=name)


def _is_proof(record: Resource) -> bool:
    """Whether it only proves to Certificate Manager whose zone this is: part of the certificate, like its key."""
    values = [entry["Value"] for entry in record.get("ResourceRecords", ())]
    return bool(values) and all(value.rstrip(".").endswith(_PROOFS) for value in values)


def _key(zone: str, record: Resource) -> str:
    parts = (zone, _bare(record["Name"]), record["Type"], record.get("SetIdentifier", ""))
    return "/".join(part for part in parts if part)


def _record(zone: str, record: Resource, siblings: tuple[Resource, ...]) -> Seen:
    name, key = _bare(record["Name"]), _key(zone, record)
    role = record.get("Failover") or record.get("SetIdentifier", "")
    node = Node(
        id=key,
        kind="dns_record",
        aws_id=key,
        attributes={
            "name": name,
            "type": record["Type"],
            "ttl_s": _ttl_s(record, siblings),
            "values": tuple(entry["Value"] for entry in record.get("ResourceRecords", ())) or _alias(record),
            "alias": "".join(_alias(record)),
            "routing": _routing(record),
            "set_id": record.get("SetIdentifier", ""),
            "weight": record.get("Weight", -1),
            "failover": record.get("Failover", ""),
            "evaluate_target_health": record.get("AliasTarget", {}).get("EvaluateTargetHealth", False),
        },
    )
    return Seen(node=node, name=f"{name} ({role})" if role else name, owner=zone)


def _routing(record: Resource) -> str:
    for key, routing in _ROUTING.items():
        if key in record:
            return routing
    return "simple"


def _health_check(check: Resource, facts: Facts) -> Seen:
    key, config = check["Id"], required(check, "HealthCheckConfig", f"health check {check['Id']}")
    tags, alarm = facts.tags.get(key, {}), config.get("AlarmIdentifier", {})
    node = Node(
        id=key,
        kind="health_check",
        aws_id=key,
        attributes={
            "type": required(config, "Type", f"health check {key}"),
            "target": config.get("FullyQualifiedDomainName") or config.get("IPAddress") or alarm.get("Name", ""),
            "port": config.get("Port", 0),
            "path": config.get("ResourcePath", ""),
            # Checks of alarms and of other checks have neither of the two.
            "interval_s": config.get("RequestInterval", 0),
            "failure_threshold": config.get("FailureThreshold", 0),
            "inverted": config.get("Inverted", False),
        },
    )
    return Seen(node=node, tags=tags, name=called(tags, key))


def _ttl_s(record: Resource, siblings: tuple[Resource, ...]) -> int:
    """The TTL of a record; an alias has that of the record it stands for, or that of AWS's own names."""
    if "TTL" in record:
        return int(record["TTL"])
    target = _alias(record)
    for sibling in siblings:
        if sibling is not record and sibling["Type"] == record["Type"] and (_bare(sibling["Name"]),) == target:
            return _ttl_s(sibling, siblings)
    if "".join(target).endswith(_OF_AWS):
        return int(catalog.quota("EC2", "TTL of the names AWS gives").value)
    raise ReadbackError(
        f"the record {_bare(record['Name'])} does not say its TTL: it is an alias of {', '.join(target) or 'nothing'}",
        allowed="a record with a TTL, or an alias of such a record in the same zone or of a name that AWS gave",
        cure="use a record with TTL and ResourceRecords",
    )


def _alias(record: Resource) -> tuple[str, ...]:
    target = record.get("AliasTarget", {}).get("DNSName", "")
    # AWS's console writes the name of a load balancer so; it is the same one.
    return (_bare(target).removeprefix("dualstack."),) if target else ()


def _addresses(nodes: Iterable[Seen]) -> dict[str, tuple[str, ...]]:
    """Address or host name -> keys of the nodes that answer there; a name may have several records."""
    holders: dict[str, tuple[str, ...]] = {}
    records: dict[str, tuple[str, ...]] = {}
    for seen in nodes:
        for name in ("public_ipv4", "private_ipv4", "dns_name", "domain_name", "endpoint"):
            address = seen.node.attributes.get(name)
            if address and seen.node.kind != "certificate":
                holders[_bare(str(address))] = (seen.node.id,)
        if seen.node.kind == "dns_record":
            own = str(seen.node.require("name"))
            records[own] = (*records.get(own, ()), seen.node.id)
    return records | holders


def _values(node: Node) -> tuple[str, ...]:
    values = node.require("values")
    return tuple(_bare(value) for value in values) if isinstance(values, tuple) else ()


def _bare(name: str) -> str:
    # Route 53 escapes the wildcard as an octal code.
    return name.rstrip(".").replace("\\052", "*")
