"""DNS over plain zones: chains, aliases, weights, wildcards, what is not there, who sees which zone."""

from __future__ import annotations

from collections import Counter
from itertools import count

import pytest

from aws14.emulator.dataplane.instance_names import Dns, InstanceNames
from aws14.emulator.dataplane.names import Record, View, Zone, answer
from aws14.model.network import Interface, Network, Subnet, Vpc

WEB, SHOP = "198.51.100.1", "198.51.100.2"


def a(name: str, *values: str, ttl_s: int = 300, **more: object) -> Record:
    return Record(name=name, type="A", ttl_s=ttl_s, values=values, **more)  # type: ignore[arg-type]


def cname(name: str, target: str, ttl_s: int = 60) -> Record:
    return Record(name=name, type="CNAME", ttl_s=ttl_s, values=(target,))


def zone(*records: Record, name: str = "example.co.jp", **more: object) -> Zone:
    return Zone(id=f"Z{name}", name=name, records=records, **more)  # type: ignore[arg-type]


def view(*zones: Zone, **more: object) -> View:
    return View(zones=zones, **more)  # type: ignore[arg-type]


def test_an_address_is_answered_with_its_ttl_however_the_name_is_spelt() -> None:
    site = view(zone(a("www.example.co.jp", WEB)))
    for spelling in ("www.example.co.jp", "WWW.Example.co.jp."):
        said = answer(site, spelling)
        assert (said.code, said.records, said.ttl_s, said.zone) == ("NOERROR", (WEB,), 300, "example.co.jp")


def test_a_name_that_the_zone_does_not_have_does_not_exist() -> None:
    said = answer(view(zone(a("www.example.co.jp", WEB))), "ftp.example.co.jp")
    assert (said.code, said.records, said.known) == ("NXDOMAIN", (), True)
    assert "ftp.example.co.jp" in said.explanation


def test_a_name_of_nobody_s_is_not_this_cloud_s_to_answer() -> None:
    said = answer(view(zone(a("www.example.co.jp", WEB))), "www.example.org")
    assert (said.code, said.known) == ("NXDOMAIN", False)


def test_a_zone_does_not_speak_for_a_name_that_only_ends_like_it() -> None:
    assert not answer(view(zone(a("www.example.co.jp", WEB))), "www.notexample.co.jp").known


def test_a_name_without_such_a_record_exists_all_the_same() -> None:
    site = view(zone(a("www.example.co.jp", WEB)))
    said = answer(site, "www.example.co.jp", "TXT")
    assert (said.code, said.values) == ("NOERROR", ())
    assert answer(site, "example.co.jp").code == "NOERROR", "something below it is there"


def test_a_chain_is_followed_and_lives_as_long_as_its_shortest_link() -> None:
    site = view(
        zone(
            cname("shop.example.co.jp", "store.example.co.jp", 900),
            cname("store.example.co.jp", "www.example.co.jp", 20),
            a("www.example.co.jp", WEB),
        )
    )
    said = answer(site, "shop.example.co.jp")
    assert said.values == ("store.example.co.jp", "www.example.co.jp", WEB)
    assert (said.records, said.ttl_s) == ((WEB,), 20)


def test_a_chain_leads_into_another_zone_for_a_resolver_and_ends_there_for_a_name_server() -> None:
    zones = (zone(cname("www.example.co.jp", "site.example.org")), zone(a("site.example.org", WEB), name="example.org"))
    assert answer(view(*zones), "www.example.co.jp").records == (WEB,)
    said = answer(view(zones[0], recursive=False), "www.example.co.jp")
    assert (said.code, said.values) == ("NOERROR", ("site.example.org",))


def test_a_chain_to_nowhere_does_not_exist_and_one_in_a_circle_fails() -> None:
    broken = view(zone(cname("www.example.co.jp", "gone.example.co.jp")))
    assert answer(broken, "www.example.co.jp").code == "NXDOMAIN"
    circle = view(zone(cname("a.example.co.jp", "b.example.co.jp"), cname("b.example.co.jp", "a.example.co.jp")))
    assert answer(circle, "a.example.co.jp").code == "SERVFAIL"


def test_an_alias_answers_with_the_addresses_of_its_target_and_its_ttl() -> None:
    apex = Record(name="example.co.jp", type="A", alias="www.example.co.jp")
    said = answer(view(zone(apex, a("www.example.co.jp", WEB, ttl_s=30))), "example.co.jp")
    assert (said.values, said.links, said.ttl_s) == ((WEB,), 0, 30)


def test_an_alias_of_a_name_that_aws_gave_is_followed_also_by_a_name_server() -> None:
    apex = Record(name="example.co.jp", type="A", alias="lb.example.amazonaws.com")
    own = {"lb.example.amazonaws.com": (WEB, SHOP)}
    said = answer(view(zone(apex), own=own.get, recursive=False), "example.co.jp")
    assert said.records == (WEB, SHOP)


def test_an_alias_of_nothing_has_no_address_and_one_of_itself_fails() -> None:
    gone = Record(name="example.co.jp", type="A", alias="gone.example.co.jp")
    said = answer(view(zone(gone)), "example.co.jp")
    assert (said.code, said.records) == ("NOERROR", ())
    itself = Record(name="example.co.jp", type="A", alias="example.co.jp")
    assert answer(view(zone(itself)), "example.co.jp").code == "SERVFAIL"


@pytest.mark.parametrize(
    ("weights", "times"),
    [((90, 10), (90, 10)), ((1, 1), (50, 50)), ((5, 0), (100, 0)), ((0, 0), (50, 50)), ((255, 0), (100, 0))],
)
def test_weighted_records_are_given_as_often_as_their_weights_say(
    weights: tuple[int, int], times: tuple[int, int]
) -> None:
    turns = count()
    records = (
        a("www.example.co.jp", address, weight=weight) for address, weight in zip((WEB, SHOP), weights, strict=True)
    )
    site = view(zone(*records), turn=lambda _: next(turns))
    given = Counter(answer(site, "www.example.co.jp").records[0] for _ in range(100))
    assert (given[WEB], given[SHOP]) == pytest.approx(times, abs=1)


def test_weights_are_spread_not_bunched() -> None:
    turns = count()
    site = view(
        zone(a("www.example.co.jp", WEB, weight=90), a("www.example.co.jp", SHOP, weight=10)),
        turn=lambda _: next(turns),
    )
    given = [answer(site, "www.example.co.jp").records[0] for _ in range(200)]
    for start in range(0, 200, 20):
        assert 1 <= given[start : start + 20].count(SHOP) <= 3


def test_a_wildcard_stands_for_what_is_not_there_only() -> None:
    site = view(zone(a("*.example.co.jp", WEB), a("shop.example.co.jp", SHOP), a("deep.eu.example.co.jp", SHOP)))
    assert answer(site, "anything.example.co.jp").records == (WEB,)
    assert answer(site, "two.levels.example.co.jp").records == (WEB,)
    assert answer(site, "shop.example.co.jp").records == (SHOP,)
    assert answer(site, "x.shop.example.co.jp").code == "NXDOMAIN"
    assert answer(site, "other.eu.example.co.jp").code == "NXDOMAIN"
    assert answer(site, "eu.example.co.jp").records == ()


def test_the_first_zone_that_holds_a_name_speaks_also_where_it_has_nothing_to_say() -> None:
    private = zone(a("db.example.co.jp", "10.0.1.4"), private=True)
    public = zone(a("www.example.co.jp", WEB))
    both = view(private, public)
    assert answer(both, "db.example.co.jp").records == ("10.0.1.4",)
    assert answer(both, "www.example.co.jp").code == "NXDOMAIN"


def test_a_name_server_refuses_names_of_other_zones() -> None:
    assert answer(view(zone(), recursive=False), "www.example.org").code == "REFUSED"


PUBLIC = "ec2-198-51-100-1.ap-northeast-1.compute.amazonaws.com"
PRIVATE = "ip-10-0-0-4.ap-northeast-1.compute.internal"
NETWORK = Network(
    vpcs=(Vpc(id="vpc-1", cidrs=("10.0.0.0/16",)), Vpc(id="vpc-2", cidrs=("10.0.0.0/16",))),
    subnets=(Subnet(id="subnet-1", vpc="vpc-1", cidr="10.0.0.0/24"),),
    interfaces=(Interface(id="eni-1", subnet="subnet-1", private_ipv4="10.0.0.4", public_ipv4=WEB, instance="i-1"),),
)
TOKYO = Dns(region="ap-northeast-1", hostnames=True)


def instance_names(vpc: str, **settings: Dns) -> InstanceNames:
    dns = {"vpc-1": TOKYO, "vpc-2": TOKYO, **settings}
    return InstanceNames(network=NETWORK, dns=dns, pools=("198.51.100.0/24",), vpc=vpc)


@pytest.mark.parametrize(
    ("name", "vpc", "addresses"),
    [
        (PUBLIC, "", (WEB,)),
        (PUBLIC, "vpc-1", ("10.0.0.4",)),
        (PUBLIC, "vpc-2", (WEB,)),
        (PUBLIC.replace("100-1.", "100-9."), "", ("198.51.100.9",)),
        (PUBLIC.replace("ap-northeast-1", "us-west-2"), "", ()),
        ("ec2-198-51-100-1.compute-1.amazonaws.com", "", ()),
        (PUBLIC.replace("198-51-100-1", "8-8-8-8"), "", None),
        (PRIVATE, "vpc-1", ("10.0.0.4",)),
        (PRIVATE, "", ()),
        (PRIVATE.replace("10-0-0-4", "10-1-0-4"), "vpc-1", ()),
        (PRIVATE.replace("10-0-0-4", "10-0-0-999"), "vpc-1", ()),
        ("www.amazonaws.com", "", None),
    ],
)
def test_names_of_ec2(name: str, vpc: str, addresses: tuple[str, ...] | None) -> None:
    assert instance_names(vpc)(name) == addresses


def test_without_dns_hostnames_a_public_name_stays_public_inside() -> None:
    off = Dns(region="ap-northeast-1", hostnames=False)
    assert InstanceNames(network=NETWORK, dns={"vpc-1": off}, pools=("198.51.100.0/24",), vpc="vpc-1")(PUBLIC) == (WEB,)


def test_virginia_has_names_of_its_own() -> None:
    virginia = Dns(region="us-east-1", hostnames=True)
    names = instance_names("vpc-1", **{"vpc-1": virginia})
    assert names("ec2-198-51-100-1.compute-1.amazonaws.com") == ("10.0.0.4",)
    assert names("ip-10-0-0-4.ec2.internal") == ("10.0.0.4",)
    assert names(PUBLIC) == ()
