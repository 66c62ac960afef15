"""Which records may stand beside each other in a zone; AWS's words for what may not.

Sources: Route 53 API reference, "ChangeResourceRecordSets" and "ResourceRecordSet".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from ipaddress import IPv4Address
from typing import Any

from aws14.emulator.dataplane.names import plain

__all__ = ["objections"]

_POLICIES = {
    "Weight": "weighted",
    "Region": "latency",
    "Failover": "failover",
    "GeoLocation": "geolocation",
    "MultiValueAnswer": "multivalue answer",
}
_Record = Mapping[str, Any]
_Key = tuple[str, str, str]


def objections(zone: str, there: Iterable[_Record], changes: Iterable[Mapping[str, Any]]) -> list[str]:
    """What Route 53 says against a batch of changes; nothing where it may be done.

    Parameters
    ----------
    zone : str
        Name of the hosted zone.
    there : iterable of Mapping
        Its records in the shape of the API, values aside.
    changes : iterable of Mapping
        ``Action`` and ``ResourceRecordSet``, in their order.
    """
    standing = {_key(each): each for each in there}
    said = []
    for change in changes:
        record = change["ResourceRecordSet"]
        if change["Action"] == "DELETE":
            standing.pop(_key(record), None)
            continue
        if change["Action"] == "CREATE" and _key(record) in standing:
            said.append(f"Tried to create resource record set [{_named(record)}] but it already exists")
        said += _alone(plain(zone), record)
        others = [each for key, each in standing.items() if key != _key(record) and key[0] == plain(record["Name"])]
        said += _beside(plain(zone), record, others)
        standing[_key(record)] = record
    return said


def _key(record: _Record) -> _Key:
    return plain(record["Name"]), record["Type"], record.get("SetIdentifier") or ""


def _named(record: _Record) -> str:
    key = f"name='{plain(record['Name'])}.', type='{record['Type']}'"
    return key + (f", set identifier='{record['SetIdentifier']}'" if record.get("SetIdentifier") else "")


def _alone(zone: str, record: _Record) -> list[str]:
    """What is wrong with a record wherever it stands."""
    said = []
    name, kind = plain(record["Name"]), record["Type"]
    if kind == "CNAME" and name == zone:
        said.append(f"RRSet of type CNAME with DNS name {name}. is not permitted at apex in zone {zone}.")
    values = [each["Value"] for each in record.get("ResourceRecords") or ()] if kind == "A" else []
    illegal = "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)"
    said += [
        f"Invalid Resource Record: 'FATAL problem: {illegal} encountered with '{value}''"
        for value in values
        if not _is_ipv4(value)
    ]
    if record.get("Weight") is not None and int(record["Weight"]) > 255:
        said.append(f"Value '{record['Weight']}' at 'weight' failed to satisfy constraint: Member must have value less than or equal to 255")  # fmt: skip  # noqa: E501 - AWS's own words
    return said


def _beside(zone: str, record: _Record, others: list[_Record]) -> list[str]:
    """What of the same name keeps a record from standing there."""
    name, kind = plain(record["Name"]), record["Type"]
    start = f"RRSet of type {kind} with DNS name {name}. is not permitted"
    types = {each["Type"] for each in others} - {kind}
    if "CNAME" in types:
        return [f"{start} because a conflicting RRSet of type CNAME with the same DNS name already exists in zone {zone}."]  # fmt: skip  # noqa: E501 - AWS's own words
    if kind == "CNAME" and types:
        return [f"{start} as it conflicts with other records with the same DNS name in zone {zone}."]
    alike = [each for each in others if each["Type"] == kind]
    start = f"RRSet with DNS name {name}., type {kind}"
    start += f", SetIdentifier {record['SetIdentifier']}" if record.get("SetIdentifier") else ""
    if {_policy(each) for each in alike} - {_policy(record)}:
        return [f"{start} cannot be created as other RRSets exist with the same name and type."]
    half = record.get("Failover")
    if half and any(each.get("Failover") == half for each in alike):
        return [f"{start}, Failover {half} cannot be created as a {half} RRSet exists with the same name and type."]
    return []


def _policy(record: _Record) -> str:
    return next((policy for key, policy in _POLICIES.items() if _says(record.get(key))), "simple")


def _says(value: Any) -> bool:
    """Whether a field is filled in: a weight of 0 is."""
    return value is not None and value is not False and value != ""


def _is_ipv4(text: str) -> bool:
    with suppress(ValueError):
        return bool(str(IPv4Address(text)))
    return False
