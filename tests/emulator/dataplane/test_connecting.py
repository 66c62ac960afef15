"""What comes of a connection: each thing on the way stops it alone, and without any it comes about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from aws14.emulator.dataplane.connecting import Ask, Surroundings, decide
from aws14.emulator.dataplane.names import Answer
from aws14.errors import ScenarioError
from aws14.model.network import AclEntry, Network

WEB = Ask(host="www.example.co.jp", port=80)
OFFICE = "203.0.113.0/25"
ADDRESS, NAT_ADDRESS, FREE = "198.51.100.1", "198.51.100.2", "198.51.100.77"


def test_the_page_s_port_is_open_to_everybody(around: Surroundings) -> None:
    found = decide(WEB, around)
    assert (found.outcome, found.address, found.instance) == ("open", ADDRESS, "i-web")
    assert [hop.kind for hop in found.hops if hop.leg == "forward"] == [
        "internet_gateway",
        "network_acl",
        "security_group",
        "interface",
    ]
    assert found.blocked_by is None


def drop(network: Network, noun: str) -> dict[str, Any]:
    return {noun: ()}


def no_route(network: Network, _: str) -> dict[str, Any]:
    tables = tuple(replace(table, routes=table.routes[:1]) for table in network.route_tables)
    return {"route_tables": tables}


def no_rule(network: Network, _: str) -> dict[str, Any]:
    return {"groups": tuple(replace(group, rules=()) for group in network.groups)}


def no_public_address(network: Network, _: str) -> dict[str, Any]:
    return {"interfaces": tuple(replace(each, public_ipv4="") for each in network.interfaces)}


def denied(network: Network, way: str) -> dict[str, Any]:
    egress = way == "out"
    # What comes in is for port 80; what goes out, for the client's ephemeral port.
    ports = (1024, 65_535) if egress else (80, 80)
    wall = AclEntry(number=1, egress=egress, allow=False, cidr="0.0.0.0/0", protocol="tcp", ports=ports)
    return {"acls": tuple(replace(acl, entries=(wall, *acl.entries)) for acl in network.acls)}


def in_state(network: Network, state: str) -> dict[str, Any]:
    return {"interfaces": tuple(replace(each, state=state) for each in network.interfaces)}


@pytest.mark.parametrize(
    ("change", "detail", "kind"),
    [
        (drop, "internet_gateways", "vpc"),
        (no_route, "", "route_table"),
        (no_rule, "", "security_group"),
        (denied, "in", "network_acl"),
        (denied, "out", "network_acl"),
        (in_state, "stopped", "instance"),
        (in_state, "pending", "instance"),
    ],
)
def test_each_wall_stops_it_alone_with_a_time_out(
    change: Callable[[Network, str], dict[str, Any]],
    detail: str,
    kind: str,
    around: Surroundings,
    network: Network,
    within: Callable[[Network], Surroundings],
) -> None:
    found = decide(WEB, within(replace(network, **change(network, detail))))
    assert found.outcome == "timed_out"
    assert found.blocked_by is not None
    assert found.blocked_by.kind == kind
    assert found.explanation
    assert decide(WEB, around).outcome == "open", "and without it the page comes"


def test_without_its_public_address_nobody_has_the_one_in_the_record(
    network: Network, within: Callable[[Network], Surroundings]
) -> None:
    bare = within(replace(network, **no_public_address(network, "")))
    found = decide(WEB, bare)
    assert (found.outcome, found.blocked_by) == ("timed_out", None)
    assert "Nobody has the address" in found.explanation
    private = decide(Ask(host="10.0.0.4", port=80), bare)
    assert private.outcome == "timed_out"
    assert private.blocked_by is not None
    assert private.blocked_by.kind == "internet_gateway"


def test_a_machine_that_does_not_listen_refuses(around: Surroundings, insides: dict[str, Any]) -> None:
    insides["i-web"].ports = ()
    found = decide(WEB, around)
    assert (found.outcome, found.instance, found.blocked_by) == ("refused", "i-web", None)
    assert "port 80" in found.explanation


def test_a_port_that_no_rule_names_times_out_though_something_listens(
    around: Surroundings, insides: dict[str, Any]
) -> None:
    insides["i-web"].ports = (80, 8080)
    assert decide(replace(WEB, port=8080), around).outcome == "timed_out"


def test_a_wrong_name_is_not_found(around: Surroundings) -> None:
    found = decide(replace(WEB, host="wwww.example.co.jp"), around)
    assert (found.outcome, found.address) == ("name_not_found", "")
    assert "NXDOMAIN" in found.explanation


def test_ssh_is_for_the_office_only(around: Surroundings, insides: dict[str, Any]) -> None:
    insides["i-web"].ports = (22, 80)
    ssh = replace(WEB, port=22)
    assert decide(ssh, around).outcome == "timed_out"
    assert decide(replace(ssh, source=OFFICE), around).outcome == "open"
    assert decide(replace(ssh, source="203.0.113.200"), around).outcome == "timed_out"


def test_the_database_is_for_web_only(around: Surroundings) -> None:
    mysql = Ask(host="10.0.1.4", port=3306, source="web")
    assert decide(mysql, around).outcome == "open"
    assert decide(replace(mysql, source="i-web"), around).instance == "i-db"
    for source in ("internet", OFFICE):
        found = decide(replace(mysql, source=source), around)
        assert found.outcome == "timed_out"
        assert found.blocked_by is not None


def test_the_private_subnet_gets_out_and_nothing_gets_in(around: Surroundings) -> None:
    out = decide(Ask(host="198.18.0.1", port=443, source="db"), around)
    assert (out.outcome, out.instance) == ("open", "")
    assert "nat-1" in {hop.id for hop in out.hops}
    back = decide(Ask(host=NAT_ADDRESS, port=443), around)
    assert back.outcome == "timed_out"
    assert back.blocked_by is not None
    assert back.blocked_by.kind == "nat_gateway"


@pytest.mark.parametrize(
    ("host", "source", "outcome"),
    [
        (FREE, "internet", "timed_out"),
        (FREE, "web", "timed_out"),
        ("10.9.9.9", "internet", "unreachable"),
        ("8.8.8.8", "internet", "unreachable"),
        ("10.0.0.77", "web", "timed_out"),
    ],
)
def test_addresses_that_nobody_has(host: str, source: str, outcome: str, around: Surroundings) -> None:
    assert decide(Ask(host=host, port=80, source=source), around).outcome == outcome


def test_something_that_has_failed_times_out_as_the_hop_it_is(around: Surroundings) -> None:
    for lost, ask in (("i-web", WEB), ("nat-1", Ask(host="198.18.0.1", port=443, source="db"))):
        found = decide(ask, replace(around, is_down=lambda key, lost=lost: key == lost))
        assert found.outcome == "timed_out"
        assert found.blocked_by is not None
        assert (found.blocked_by.id, found.blocked_by.code) == (lost, "BAD_STATE")
        assert lost not in {hop.id for hop in found.hops}


def test_an_instance_without_an_inside_does_not_answer(around: Surroundings, insides: dict[str, Any]) -> None:
    del insides["i-web"]
    assert decide(WEB, around).outcome == "timed_out"


def test_of_several_addresses_the_next_is_tried(around: Surroundings) -> None:
    def both(name: str) -> Answer:
        return Answer(name=name, type="A", code="NOERROR", values=(FREE, ADDRESS))

    found = decide(WEB, replace(around, resolve=both))
    assert (found.outcome, found.address) == ("open", ADDRESS)

    def none(name: str) -> Answer:
        return Answer(name=name, type="A", code="NOERROR", values=(FREE, "198.51.100.78"))

    assert decide(WEB, replace(around, resolve=none)).address == FREE


def test_an_unknown_source_is_an_error_that_says_who_can_ask(around: Surroundings) -> None:
    with pytest.raises(ScenarioError, match="nobody called 'cafe'") as caught:
        decide(replace(WEB, source="cafe"), around)
    assert "web" in caught.value.cure


def test_what_is_told_names_things(around: Surroundings, network: Network) -> None:
    told = decide(replace(WEB, port=443), around).told(network)
    assert told["outcome"] == "timed_out"
    assert told["blocked_by"] is not None
    assert told["blocked_by"]["kind"] == "security_group"
    assert told["blocked_by"]["code"] == "ENI_SG_RULES_MISMATCH"
    assert {"kind", "id", "name", "leg", "detail"} <= told["hops"][0].keys()
    assert told["hops"][0]["name"] == "igw"
