"""Changes of records that Route 53 refuses, and those that it must not refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aws14.cloud.process import Emulator

Change = Callable[..., None]


@pytest.fixture
def change(emulator: Emulator, aws: Callable[..., Any]) -> Change:
    """Change records of a new zone: pairs of an action and a record."""
    emulator.reset()
    route53 = aws("route53")
    zone = route53.create_hosted_zone(Name="example.jp", CallerReference="rules")["HostedZone"]["Id"]

    def made(*wishes: tuple[str, dict[str, Any]]) -> None:
        changes = [{"Action": action, "ResourceRecordSet": record} for action, record in wishes]
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})

    return made


def rr(value: str = "198.51.100.1", *, name: str = "www.example.jp", kind: str = "A", **more: Any) -> dict[str, Any]:
    return {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value}], **more}


def half(side: str, key: str) -> dict[str, Any]:
    return rr(SetIdentifier=key, Failover=side)


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (rr(), rr(), "but it already exists"),
        (rr(), rr("198.51.100.2"), "but it already exists"),
        (None, rr("www.example.com", name="example.jp", kind="CNAME"), "not permitted at apex in zone example.jp"),
        (None, rr("www.example.com"), "Value is not a valid IPv4 address"),
        (None, rr(SetIdentifier="a", Weight=256), "less than or equal to 255"),
        (half("PRIMARY", "a"), half("PRIMARY", "b"), "PRIMARY"),
        (rr(SetIdentifier="a", Weight=1), half("PRIMARY", "b"), "cannot be created"),
        (rr(), rr(SetIdentifier="a", Weight=1), "cannot be created"),
        (rr(), rr("x.example.com", kind="CNAME"), "conflicts with other records"),
        (rr("x.example.com", kind="CNAME"), rr(), "conflicting RRSet of type CNAME"),
    ],
)
def test_it_is_refused(first: dict[str, Any] | None, second: dict[str, Any], words: str, change: Change) -> None:
    if first is not None:
        change(("CREATE", first))
    with pytest.raises(ClientError) as caught:
        change(("CREATE", second))
    error = caught.value.response["Error"]
    assert error["Code"] == "InvalidChangeBatch"
    assert words in error["Message"]


def test_what_fits_together_is_accepted(change: Change) -> None:
    change(("CREATE", half("PRIMARY", "a")), ("CREATE", half("SECONDARY", "b")))
    change(("UPSERT", half("PRIMARY", "a")), ("UPSERT", half("SECONDARY", "b")))
    zero = {"name": "w.example.jp", "SetIdentifier": "a", "Weight": 0}
    change(("UPSERT", rr(**zero)), ("UPSERT", rr(name="w.example.jp", SetIdentifier="b", Weight=255)))
    change(("UPSERT", rr(name="example.jp")), ("UPSERT", rr('"x"', name="example.jp", kind="TXT")))
    change(("UPSERT", rr(name="example.jp")))


def test_one_batch_may_put_a_record_in_the_place_of_another(change: Change) -> None:
    change(("CREATE", rr()))
    change(("DELETE", rr()), ("CREATE", rr("x.example.com", kind="CNAME")))


def test_a_batch_is_done_as_a_whole_or_not_at_all(change: Change) -> None:
    with pytest.raises(ClientError):
        change(("CREATE", rr()), ("CREATE", rr("nowhere", name="other.example.jp")))
    change(("CREATE", rr()))
