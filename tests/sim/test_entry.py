"""Who gets in: each thing that a packet meets on its way, missing or wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aws14.errors import DesignError, ScenarioError
from aws14.model import Link, Node
from aws14.model.network import AclEntry
from aws14.model.trace import FAILURE_REASONS
from aws14.sim import Path, Unreachable, resolve, what_if
from tests.topologies import connected

NAME = "www.example.co.jp"


def allow(topology, label, source="internet", target="web"):
    rule = Link(source=source, target=target, kind="allows", label=label)
    return connected(replace(topology, links=(*topology.links, rule)))


def test_the_way_of_a_request(site):
    way = resolve(site, NAME, 80)
    assert isinstance(way, Path)
    assert (way.instance.id, way.nodes, way.by_name) == ("web", ("internet", NAME, "igw", "web"), True)


def test_an_instance_can_be_addressed_by_its_address(site):
    way = resolve(site, "web", 80)
    assert isinstance(way, Path)
    assert (way.nodes, way.by_name) == (("internet", "igw", "web"), False)


def unreachable(way, reason, says, last):
    assert isinstance(way, Unreachable)
    assert reason in FAILURE_REASONS
    assert way.reason == reason
    assert says in way.detail
    assert way.nodes[-1] == last


def test_a_name_that_was_not_built_is_not_found(site):
    unreachable(resolve(site, "shop.example.co.jp", 80), "name_not_found", "nothing called shop", "internet")


def test_a_private_zone_is_not_seen_from_the_internet(site):
    hidden = what_if(site, "example.co.jp", private=True)
    unreachable(resolve(hidden, NAME, 80), "name_not_found", "private hosted zone", NAME)


def test_the_zone_with_the_longest_name_holds_the_record(site):
    inner = Node(id="inner", kind="hosted_zone", attributes={"name": NAME, "private": True})
    other = Node(id="other", kind="hosted_zone", attributes={"name": "ample.co.jp", "private": True})
    assert isinstance(resolve(replace(site, nodes=(*site.nodes, other)), NAME, 80), Path)
    unreachable(resolve(replace(site, nodes=(*site.nodes, inner)), NAME, 80), "name_not_found", "zone inner", NAME)


def test_only_an_address_record_leads_to_an_address(site):
    unreachable(resolve(what_if(site, NAME, type="TXT"), NAME, 80), "name_not_found", "a TXT record", NAME)


def test_an_address_that_nobody_has(site):
    stale = what_if(site, NAME, values=("203.0.113.99",))
    unreachable(resolve(stale, NAME, 80), "no_such_address", "nothing has the address 203.0.113.99", NAME)


@pytest.mark.parametrize(("address", "holder"), [("203.0.113.20", "nat"), ("203.0.113.30", "spare")])
def test_an_address_that_belongs_to_something_else(site, address, holder):
    unreachable(resolve(what_if(site, NAME, values=(address,)), NAME, 80), "no_such_address", holder, NAME)


def test_the_address_moves_with_the_elastic_ip_and_the_record_does_not(site):
    moved = what_if(site, "web", public_ipv4="203.0.113.77")
    unreachable(resolve(moved, NAME, 80), "no_such_address", "nothing has the address 203.0.113.10", NAME)
    assert isinstance(resolve(moved, "web", 80), Path)


def test_an_instance_without_a_public_address(site):
    unreachable(resolve(site, "db", 3306), "no_such_address", "no public address", "internet")


def test_without_a_route_to_the_internet_gateway(site, without):
    way = resolve(without(site, "public-a", "igw"), NAME, 80)
    unreachable(way, "no_route", "the route table of public-a, has no route to the Internet", "public-a")
    assert way.nodes[:-1] == ("internet", NAME, "igw", "web"), "the request arrives, its answer does not return"


def test_a_route_to_a_nat_gateway_does_not_let_anybody_in(site, without):
    by_nat = without(site, "public-a", "igw")
    link = Link(source="public-a", target="nat", kind="routes", label="0.0.0.0/0")
    by_nat = connected(replace(by_nat, links=(*by_nat.links, link)))
    unreachable(resolve(by_nat, NAME, 80), "no_route", "by nat, not by igw", "public-a")


def test_a_narrower_route_is_not_enough(site, without):
    narrow = without(site, "public-a", "igw")
    link = Link(source="public-a", target="igw", kind="routes", label="8.8.8.0/24")
    narrow = connected(replace(narrow, links=(*narrow.links, link)))
    unreachable(resolve(narrow, NAME, 80), "no_route", "no route to the Internet", "public-a")


def test_without_an_internet_gateway_nobody_gets_into_the_vpc(site):
    alone = replace(site, network=replace(site.network, internet_gateways=()))
    unreachable(resolve(alone, NAME, 80), "no_route", "vpc has no Internet gateway", "vpc")


@pytest.mark.parametrize(
    ("egress", "ports", "says"),
    [
        (False, (80, 80), "stops tcp/80 on the way in: rule 50 denies it"),
        (True, (40_000, 40_999), "(the answers to clients' ephemeral ports) on the way out: rule 50 denies it"),
    ],
)
def test_a_network_acl_blocks_either_way(site, egress, ports, says):
    deny = AclEntry(number=50, egress=egress, allow=False, cidr="0.0.0.0/0", protocol="tcp", ports=ports)
    acls = tuple(replace(acl, entries=(*acl.entries, deny)) for acl in site.network.acls)
    closed = replace(site, network=replace(site.network, acls=acls))
    unreachable(resolve(closed, NAME, 80), "blocked", says, "public-a")


def test_without_a_rule_the_group_blocks(site, without):
    unreachable(
        resolve(without(site, "internet", "web"), NAME, 80), "blocked", "lets tcp/80 from the Internet in", "web"
    )


def test_a_rule_for_the_office_is_not_for_visitors(site, without):
    office_only = allow(without(site, "internet", "web"), "tcp/80", source="office")
    unreachable(resolve(office_only, NAME, 80), "blocked", "from the Internet in", "web")


@pytest.mark.parametrize("label", ["tcp/443", "tcp/400-500", "tcp/443-443", "tcp/all", "tcp", "all"])
def test_rules_that_let_https_in(site, label):
    assert isinstance(resolve(allow(site, label), NAME, 443), Path)


@pytest.mark.parametrize("label", ["tcp/80", "tcp/444-500", "udp/443", "udp/all", "icmp/all", ""])
def test_rules_that_do_not(site, label):
    unreachable(resolve(allow(site, label), NAME, 443), "blocked", "lets tcp/443 from", "web")


@pytest.mark.parametrize("state", ["pending", "stopping", "stopped", "shutting-down"])
def test_an_instance_that_is_not_running(site, state):
    unreachable(resolve(what_if(site, "web", state=state), NAME, 80), "instance_not_running", f"web is {state}", "web")


def test_a_drawing_is_refused(site):
    with pytest.raises(ScenarioError, match="experiments run on what was read back"):
        resolve(replace(site, origin="drawn"), NAME, 80)


@pytest.mark.parametrize("entry", [NAME, "web", "shop.example.co.jp"])
def test_a_topology_without_its_network_is_refused(site, entry):
    with pytest.raises(ScenarioError, match=r"without its network.*cloud\.read_back"):
        resolve(replace(site, network=None), entry, 80)


def test_a_thing_that_users_cannot_address_is_refused(site):
    with pytest.raises(ScenarioError, match="cannot address 'nat', a nat_gateway"):
        resolve(site, "nat", 80)


def test_a_record_with_two_addresses_is_refused(site):
    with pytest.raises(ScenarioError, match="2 addresses"):
        resolve(what_if(site, NAME, values=("203.0.113.10", "203.0.113.20")), NAME, 80)


@pytest.mark.parametrize(
    ("entry", "node_id", "attribute"),
    [(NAME, "web", "state"), ("web", "web", "public_ipv4"), (NAME, NAME, "values"), (NAME, NAME, "type")],
)
def test_an_attribute_that_was_not_read_back_is_an_error_not_a_default(site, entry, node_id, attribute):
    node = site.node(node_id)
    less = replace(node, attributes={name: value for name, value in node.attributes.items() if name != attribute})
    topology = replace(site, nodes=tuple(less if other.id == node_id else other for other in site.nodes))
    with pytest.raises(DesignError, match=f"does not say its {attribute}"):
        resolve(topology, entry, 80)
