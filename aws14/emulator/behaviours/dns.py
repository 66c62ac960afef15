"""Route 53 answers: names resolve as their zones say.

What AWS does
    Answers DNS queries for the names of public hosted zones to everybody, of private ones inside their VPCs only.
    Simple and weighted records, chains of CNAME, aliases, wildcards. ``test_dns_answer`` says what a name server of
    a public zone answers. A batch of changes is done as a whole or refused: what exists is not created again, a CNAME
    stands alone and not at the apex, records of one name and type share one policy.
What moto leaves out
    Zones and records are kept; no name resolves, and ``test_dns_answer`` is not there. Nearly every change is accepted.
What this adds
    ``test_dns_answer`` in AWS's shape, and the same answers in the data plane: A records, CNAME, alias, failover,
    weighted (spread evenly, as often as its weight says, without chance), latency (by the round trips of
    data/latency.csv), geolocation by country and continent, multivalue; health checks and EvaluateTargetHealth decide
    between them. Wildcards, NXDOMAIN for what is not there, the TTL. A private zone speaks only inside its VPCs,
    where both DNS attributes have to be on. EC2's own names answer their public address outside and the private one
    inside. Records are deleted as they are named, and refused as AWS does, before any of the batch is done. Whoever
    asks by an instance, and ordinary clients of the course, remember an answer for its TTL.
What it still does not do
    Who asks from the Internet is in Tokyo, and remembers nothing. Geoproximity, subdivisions and IP-based routing. A
    public zone counts as delegated the moment it is there. Aliases lead to names that the data plane knows. No AAAA
    for EC2's names, no DNSSEC, no resolver endpoints, rules or logs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aws14.emulator.behaviours.hooks import around
from aws14.emulator.dataplane.names import Answer, answer, plain
from aws14.emulator.dataplane.record_rules import objections
from aws14.emulator.network_view import account_network

__all__ = ["install"]

_OPERATION = r"{0}/(?P<api_version>[\d_-]+)/testdnsanswer$"


def install() -> None:
    """Give moto's Route 53 the operation and its path."""
    from moto.route53.models import Route53Backend
    from moto.route53.responses import Route53
    from moto.route53.urls import url_paths

    around(Route53Backend, "change_resource_record_sets", _change)
    url_paths[_OPERATION] = Route53.dispatch
    Route53.test_dns_answer = _test_dns_answer  # type: ignore[attr-defined] # moto has none


def _change(original: Callable[..., None], backend: Any, zoneid: str, change_list: list[dict[str, Any]]) -> None:
    """Change records; moto deletes every one with the set identifier, whatever its name."""
    zone = backend.get_hosted_zone(zoneid)
    _refuse(zone, change_list)
    deleted = [each["ResourceRecordSet"] for each in change_list if each["Action"] == "DELETE"]
    meant = {(plain(each["Name"]), each["Type"], each.get("SetIdentifier")) for each in deleted}
    ids = {each.get("SetIdentifier") for each in deleted}
    others = [
        each
        for each in zone.rrsets
        if each.set_identifier in ids and (plain(each.name), each.type, each.set_identifier) not in meant
    ]
    original(backend, zoneid, change_list)
    zone.rrsets += [each for each in others if each.set_identifier and each not in zone.rrsets]


def _refuse(zone: Any, change_list: list[dict[str, Any]]) -> None:
    from moto.route53.exceptions import Route53ClientError

    said = objections(zone.name, [_as_asked(each) for each in zone.rrsets], change_list)
    if said:
        raise Route53ClientError("InvalidChangeBatch", f"[{', '.join(said)}]")


def _as_asked(record: Any) -> dict[str, Any]:
    """A record of moto's in the shape of the API, without its values."""
    return {
        "Name": record.name,
        "Type": record.type,
        "SetIdentifier": record.set_identifier,
        "Weight": record.weight,
        "Region": record.region,
        "Failover": record.failover,
        "GeoLocation": record.geo_location,
        "MultiValueAnswer": record.multi_value_answer,
    }


def _test_dns_answer(response: Any) -> Any:
    from moto.core.responses import ActionResult
    from moto.route53.exceptions import InvalidInput

    from aws14.emulator.dataplane.zones import one_zone

    zone = response.backend.get_hosted_zone(response._get_param("HostedZoneId"))  # noqa: SLF001 - moto's way to ask
    name, kind = (response._get_param(each) for each in ("RecordName", "RecordType"))  # noqa: SLF001
    if zone.private_zone:
        raise InvalidInput("TestDNSAnswer is only supported for public hosted zones.")
    account = response.current_account
    said = answer(one_zone(account, account_network(account), zone), name, kind)
    return ActionResult(_shape(said, zone, name))


def _shape(said: Answer, zone: Any, name: str) -> dict[str, Any]:
    servers = zone.delegation_set.name_servers
    return {
        "Nameserver": servers[0],
        "RecordName": f"{plain(name)}.",
        "RecordType": said.type,
        "RecordData": list(said.values),
        "ResponseCode": said.code,
        "Protocol": "UDP",
    }
