"""Reachability by hand: every mechanism, and each wall proven to bear load: closed it stops, open it lets through."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aws14.errors import ScenarioError
from aws14.model.network import GroupRule, PrefixList, Route, SecurityGroup
from aws14.sim.reachability import matrix, reach
from tests.sim.reachability_case import (
    EVERYWHERE,
    OFFICE,
    OPEN,
    OUT,
    acl,
    changed,
    entry,
    interface,
    network,
    rerouted,
    table,
    tcp,
)

NET = network()


def ask(net, source, destination, port=80, protocol="tcp"):
    return reach(net, source=source, destination=destination, port=port, protocol=protocol)


def wall(net, source, destination, port=80, protocol="tcp"):
    """What stops it: (code, component, leg); None when nothing does."""
    block = ask(net, source, destination, port, protocol).blocked_by
    return block and (block.code, block.id, block.leg)


# Each row: what is asked, which wall is closed (a change of the open network), and what must be said of it.
WALLS = {
    "no rule of the receiver's group": (
        ("internet", "web", 80),
        lambda net: changed(net, "sg-web", rules=(OUT, tcp(22, OFFICE))),
        ("ENI_SG_RULES_MISMATCH", "sg-web", "forward"),
    ),
    "a group without rules in": (
        ("internet", "web", 80),
        lambda net: changed(net, "sg-web", rules=(OUT,)),
        ("SG_HAS_NO_RULES", "sg-web", "forward"),
    ),
    "another source than the rule's": (
        ("203.0.113.7", "web", 22),
        lambda net: changed(net, "sg-web", rules=(OUT, tcp(22, "203.0.113.128/25"))),
        ("ENI_SG_RULES_MISMATCH", "sg-web", "forward"),
    ),
    "another protocol than the rule's": (
        ("internet", "web", 80),
        lambda net: changed(net, "sg-web", rules=(OUT, replace(tcp(80, EVERYWHERE), protocol="udp"))),
        ("ENI_SG_RULES_MISMATCH", "sg-web", "forward"),
    ),
    "a group that the sender is not in": (
        ("web", "db", 3306),
        lambda net: changed(net, "sg-db", rules=(OUT, tcp(3306, "sg-batch"))),
        ("ENI_SG_RULES_MISMATCH", "sg-db", "forward"),
    ),
    "no rule out of the sender's group": (
        ("web", "db", 3306),
        lambda net: changed(net, "sg-web", rules=(tcp(443, EVERYWHERE, egress=True),)),
        ("ENI_SG_RULES_MISMATCH", "sg-web", "forward"),
    ),
    "a denial in": (
        ("internet", "web", 80),
        lambda net: changed(net, "acl-public", entries=(*OPEN, entry(50, egress=False, allow=False))),
        ("SUBNET_ACL_RESTRICTION", "acl-public", "forward"),
    ),
    "a denial out of the sender's subnet": (
        ("web", "db", 3306),
        lambda net: changed(
            net, "acl-public", entries=(*OPEN, entry(50, egress=True, allow=False, protocol="tcp", ports=(3306, 3306)))
        ),
        ("SUBNET_ACL_RESTRICTION", "acl-public", "forward"),
    ),
    "a network ACL without entries": (
        ("internet", "web", 80),
        lambda net: changed(net, "acl-public", entries=()),
        ("SUBNET_ACL_RESTRICTION", "acl-public", "forward"),
    ),
    "answers out of the receiver's subnet": (
        ("internet", "web", 80),
        lambda net: changed(
            net, "acl-public", entries=(OPEN[0], entry(100, egress=True, protocol="tcp", ports=(80, 80)))
        ),
        ("SUBNET_ACL_RESTRICTION", "acl-public", "return"),
    ),
    "answers into the sender's subnet": (
        ("web", "db", 3306),
        lambda net: changed(
            net, "acl-public", entries=(OPEN[1], entry(100, egress=False, protocol="tcp", ports=(80, 80)))
        ),
        ("SUBNET_ACL_RESTRICTION", "acl-public", "return"),
    ),
    "answers from the Internet into a private subnet": (
        ("db", "internet", 443),
        lambda net: changed(net, "acl-private", entries=(OPEN[1], entry(100, egress=False, cidr="10.0.0.0/16"))),
        ("SUBNET_ACL_RESTRICTION", "acl-private", "return"),
    ),
    "a private subnet's traffic into the NAT gateway's subnet": (
        ("db", "internet", 443),
        lambda net: changed(
            net, "acl-public", entries=(*OPEN, entry(50, egress=False, allow=False, cidr="10.0.1.0/24"))
        ),
        ("SUBNET_ACL_RESTRICTION", "acl-public", "forward"),
    ),
    "no route": (
        ("web", "internet", 443),
        lambda net: rerouted(net, "rtb-public", EVERYWHERE, None),
        ("NO_ROUTE_TO_DESTINATION", "rtb-public", "forward"),
    ),
    "no route for the answer": (
        ("internet", "web", 80),
        lambda net: rerouted(net, "rtb-public", EVERYWHERE, None),
        ("NO_ROUTE_TO_DESTINATION", "rtb-public", "return"),
    ),
    "an answer that would leave through the NAT gateway": (
        ("internet", "web", 80),
        lambda net: rerouted(net, "rtb-public", EVERYWHERE, "nat-1"),
        ("NO_ROUTE_TO_DESTINATION", "rtb-public", "return"),
    ),
    "a blackhole": (
        ("web", "internet", 443),
        lambda net: changed(
            net,
            "rtb-public",
            routes=(Route(destination=EVERYWHERE, target="igw-1", state="blackhole"),),
        ),
        ("BAD_STATE_ROUTE", "rtb-public", "forward"),
    ),
    "a more specific route into nothing": (
        ("web", "203.0.113.7", 443),
        lambda net: rerouted(net, "rtb-public", "203.0.113.0/24", "nat-gone"),
        ("BAD_STATE_ROUTE", "rtb-public", "forward"),
    ),
    "a detached Internet gateway": (
        ("web", "internet", 443),
        lambda net: changed(net, "igw-1", vpc=""),
        ("BAD_STATE_ROUTE", "rtb-public", "forward"),
    ),
    "no Internet gateway at all": (
        ("internet", "web", 80),
        lambda net: replace(net, internet_gateways=()),
        ("NO_PATH", "vpc-1", "forward"),
    ),
    "no public address to leave with": (
        ("web", "internet", 443),
        lambda net: changed(net, "eni-web", public_ipv4=""),
        ("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", "igw-1", "forward"),
    ),
    "no public address to be called at": (
        ("internet", "web", 80),
        lambda net: changed(net, "eni-web", public_ipv4=""),
        ("IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS", "igw-1", "forward"),
    ),
    "a NAT gateway that is pending": (
        ("db", "internet", 443),
        lambda net: changed(net, "nat-1", state="pending"),
        ("BAD_STATE", "nat-1", "forward"),
    ),
    "a NAT gateway that is gone": (
        ("db", "internet", 443),
        lambda net: replace(net, nat_gateways=()),
        ("BAD_STATE_ROUTE", "rtb-private", "forward"),
    ),
    "a NAT gateway without a public address": (
        ("db", "internet", 443),
        lambda net: changed(net, "nat-1", public_ipv4=""),
        ("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", "igw-1", "forward"),
    ),
    "a NAT gateway in a subnet without a way out": (
        ("db", "internet", 443),
        lambda net: rerouted(net, "rtb-public", EVERYWHERE, None),
        ("NO_ROUTE_TO_DESTINATION", "rtb-public", "forward"),
    ),
    "a NAT gateway in the private subnet it serves": (
        ("db", "internet", 443),
        lambda net: changed(net, "nat-1", subnet="subnet-private"),
        ("NO_ROUTE_TO_DESTINATION", "nat-1", "forward"),
    ),
    "a peering that is not accepted": (
        ("web", "partner", 8080),
        lambda net: changed(net, "pcx-1", state="pending-acceptance"),
        ("BAD_STATE_ROUTE", "rtb-public", "forward"),
    ),
    "no route back over the peering": (
        ("web", "partner", 8080),
        lambda net: rerouted(net, "rtb-partner", "10.0.0.0/16", None),
        ("NO_ROUTE_TO_DESTINATION", "rtb-partner", "return"),
    ),
    "a stopped receiver": (
        ("internet", "web", 80),
        lambda net: changed(net, "eni-web", state="stopped"),
        ("BAD_STATE", "i-web", "forward"),
    ),
    "a stopped sender": (
        ("web", "db", 3306),
        lambda net: changed(net, "eni-web", state="stopped"),
        ("BAD_STATE", "i-web", "forward"),
    ),
    "an endpoint that is gone": (
        ("db", "s3", 443),
        lambda net: replace(net, endpoints=()),
        ("BAD_STATE_ROUTE", "rtb-private", "forward"),
    ),
}


@pytest.mark.parametrize("name", sorted(WALLS))
def test_a_wall_bears_load(name: str) -> None:
    question, close, expected = WALLS[name]
    assert ask(NET, *question).reachable
    assert wall(close(NET), *question) == expected


@pytest.mark.parametrize("name", sorted(WALLS))
def test_a_wall_is_explained(name: str) -> None:
    question, close, _ = WALLS[name]
    answer = ask(close(NET), *question)
    assert answer.sentence.endswith(".")
    assert "does not reach" in answer.sentence
    assert answer.blocked_by.detail in answer.sentence
    assert ("its answer does not return" in answer.sentence) == (answer.blocked_by.leg == "return")


def test_the_way_is_told_in_the_order_in_which_a_packet_takes_it() -> None:
    answer = ask(NET, "db", "internet", 443)
    assert [(hop.kind, hop.id) for hop in answer.hops if hop.leg == "forward"] == [
        ("interface", "eni-db"),
        ("security_group", "sg-db"),
        ("network_acl", "acl-private"),
        ("route_table", "rtb-private"),
        ("network_acl", "acl-public"),
        ("nat_gateway", "nat-1"),
        ("network_acl", "acl-public"),
        ("route_table", "rtb-public"),
        ("internet_gateway", "igw-1"),
        ("internet", ""),
    ]
    assert [(hop.kind, hop.id) for hop in answer.hops if hop.leg == "return"] == [
        ("internet", ""),
        ("internet_gateway", "igw-1"),
        ("network_acl", "acl-public"),
        ("nat_gateway", "nat-1"),
        ("network_acl", "acl-public"),
        ("network_acl", "acl-private"),
        ("security_group", "sg-db"),
        ("interface", "eni-db"),
    ]
    assert answer.sentence == "db reaches the Internet on tcp/443."


def test_addresses_change_at_the_gateways() -> None:
    hops = {(hop.kind, hop.leg): hop for hop in ask(NET, "db", "203.0.113.7", 443).hops}
    nat, igw = hops["nat_gateway", "forward"], hops["internet_gateway", "forward"]
    assert (nat.packet.source, nat.sent.source) == ("10.0.1.10", "10.0.0.20")
    assert (igw.packet.source, igw.sent.source) == ("10.0.0.20", "198.51.100.2")
    back = hops["nat_gateway", "return"]
    assert (back.packet.destination, back.sent.destination) == ("10.0.0.20", "10.0.1.10")


# --- network ACLs


def test_a_lower_number_goes_before_a_higher_one() -> None:
    denial = entry(200, egress=False, allow=False)
    assert wall(changed(NET, "acl-public", entries=(denial, *OPEN)), "internet", "web") is None
    assert wall(changed(NET, "acl-public", entries=(*OPEN, replace(denial, number=99))), "internet", "web")


@pytest.mark.parametrize(
    ("ranges", "lets_answers_out"),
    [
        ([(1_024, 65_535)], True),
        ([(32_768, 60_999)], False),  # enough for Linux clients, not for Windows nor for NAT gateways
        ([(1_024, 40_000), (40_001, 65_535)], True),
        ([(1_024, 40_000), (40_002, 65_535)], False),
        ([(0, 65_535)], True),
        ([(1_025, 65_535)], False),
        ([(1_024, 65_534)], False),
    ],
)
def test_answers_need_every_ephemeral_port(ranges, lets_answers_out) -> None:
    entries = [
        entry(100 + number, egress=True, protocol="tcp", ports=ports) for number, ports in enumerate(ranges, start=1)
    ]
    net = changed(NET, "acl-public", entries=(OPEN[0], *entries))
    assert (wall(net, "internet", "web") is None) is lets_answers_out


def test_a_denied_port_among_the_ephemeral_ones_stops_answers() -> None:
    hole = entry(50, egress=True, allow=False, protocol="tcp", ports=(5_000, 5_000))
    answer = ask(changed(NET, "acl-public", entries=(*OPEN, hole)), "internet", "web")
    assert answer.blocked_by.rule == hole
    assert (
        wall(changed(NET, "acl-public", entries=(*OPEN, replace(hole, ports=(500, 1_023)))), "internet", "web") is None
    )


def test_within_a_subnet_neither_acl_nor_route_is_asked() -> None:
    net = changed(changed(NET, "acl-private", entries=()), "rtb-private", routes=())
    answer = ask(net, "db", "batch", 9000)
    assert answer.reachable
    assert {hop.kind for hop in answer.hops} == {"interface", "security_group"}


def test_udp_is_not_tcp() -> None:
    net = changed(NET, "acl-public", entries=(entry(100, egress=False, protocol="tcp"), OPEN[1]))
    net = changed(net, "sg-web", rules=(OUT, GroupRule(egress=False, peer=EVERYWHERE)))
    assert wall(net, "internet", "web", 53) is None
    assert wall(net, "internet", "web", 53, "udp") == ("SUBNET_ACL_RESTRICTION", "acl-public", "forward")


# --- security groups


def test_security_groups_remember() -> None:
    net = changed(NET, "sg-db", rules=(tcp(3306, "sg-web"),))  # db may send nothing by itself
    assert ask(net, "web", "db", 3306).reachable
    assert wall(net, "db", "web", 80) == ("SG_HAS_NO_RULES", "sg-db", "forward")


def test_the_rules_of_all_groups_count_together() -> None:
    extra = SecurityGroup(id="sg-extra", vpc="vpc-1", rules=(tcp(8443, EVERYWHERE),))
    net = replace(NET, groups=(*NET.groups, extra))
    assert wall(net, "internet", "web", 8443)
    net = changed(net, "eni-web", groups=("sg-web", "sg-extra"))
    assert wall(net, "internet", "web", 8443) is None
    assert wall(net, "internet", "web", 80) is None


def test_a_group_is_meant_as_a_destination_too() -> None:
    net = changed(NET, "sg-web", rules=(tcp(3306, "sg-db", egress=True),))
    assert ask(net, "web", "db", 3306).reachable
    assert wall(net, "web", "partner", 3306)[0] == "ENI_SG_RULES_MISMATCH"


def test_a_prefix_list_in_a_rule() -> None:
    branches = PrefixList(id="pl-branches", name="branches", cidrs=("192.0.2.0/25", "203.0.113.0/24"))
    net = changed(NET, "sg-web", rules=(OUT, tcp(22, "pl-branches")))
    assert wall(net, "203.0.113.7", "web", 22)
    net = replace(net, prefix_lists=(*net.prefix_lists, branches))
    assert wall(net, "203.0.113.7", "web", 22) is None
    assert wall(net, "192.0.2.200", "web", 22)


def test_over_the_public_address_a_group_is_not_recognised() -> None:
    net = changed(NET, "sg-web", rules=(OUT, tcp(80, "sg-batch")))
    assert ask(net, "batch", "web", 80).reachable
    assert wall(net, "batch", "198.51.100.1", 80) == ("ENI_SG_RULES_MISMATCH", "sg-web", "forward")
    by_address = changed(net, "sg-web", rules=(OUT, tcp(80, "198.51.100.2/32")))  # the NAT gateway's
    assert ask(by_address, "batch", "198.51.100.1", 80).reachable


# --- routes


def test_the_main_table_serves_subnets_without_one_of_their_own() -> None:
    net = changed(NET, "rtb-private", subnets=())
    assert wall(net, "db", "internet", 443) == ("NO_ROUTE_TO_DESTINATION", "rtb-main", "forward")
    assert wall(rerouted(net, "rtb-main", EVERYWHERE, "nat-1"), "db", "internet", 443) is None


def test_the_longest_prefix_wins_wherever_it_stands() -> None:
    net = rerouted(NET, "rtb-private", "203.0.113.0/24", "igw-1")
    assert wall(net, "db", "203.0.113.7", 443)[0] == "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"
    assert wall(net, "db", "192.0.2.7", 443) is None
    narrower = rerouted(net, "rtb-private", "203.0.113.0/28", "nat-1")
    assert wall(narrower, "db", "203.0.113.7", 443) is None


def test_what_is_not_followed_says_so() -> None:
    net = rerouted(NET, "rtb-public", "192.0.2.0/24", "tgw-1")
    assert wall(net, "web", "192.0.2.7", 443)[0] == "UNSUPPORTED_COMPONENT"


def test_an_address_that_nobody_has() -> None:
    assert wall(NET, "web", "10.0.1.99", 80) == ("NO_POSSIBLE_DESTINATION", "vpc-1", "forward")


# --- the Internet, NAT, peering, S3


def test_nothing_gets_in_by_the_nat_gateway() -> None:
    net = changed(NET, "sg-db", rules=(OUT, GroupRule(egress=False, peer=EVERYWHERE)))
    assert wall(net, "internet", "db", 3306)[0] == "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"
    assert wall(net, "internet", "198.51.100.2", 3306) == ("NGW_REQUIRES_SOURCE_IN_VPC", "nat-1", "forward")
    assert ask(net, "web", "db", 3306).reachable


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("192.168.1.7", "IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS"),
        ("100.64.0.7", "IGW_SOURCE_ADDRESS_NOT_IN_RFC6598_INGRESS"),
    ],
)
def test_the_internet_has_no_private_addresses(address: str, code: str) -> None:
    assert wall(NET, address, "web")[0] == code
    assert wall(NET, "web", address, 443)[0] == code.replace("SOURCE", "DESTINATION").replace("INGRESS", "EGRESS")


def test_a_gateway_asks_for_anybody_the_internet_for_everybody() -> None:
    assert wall(NET, "internet", "web", 22)[0] == "ENI_SG_RULES_MISMATCH"
    answer = ask(NET, "igw-1", "web", 22)
    assert answer.reachable
    assert answer.hops[0].packet.source.startswith("203.0.113.")
    assert wall(changed(NET, "igw-1", vpc=""), "igw-1", "web")[0] == "UNASSOCIATED_COMPONENT"


def test_a_gateway_finds_the_gap_between_two_denials() -> None:
    holes = (
        entry(10, egress=False, allow=False, cidr="0.0.0.0/1"),
        entry(20, egress=False, allow=False, cidr="192.0.0.0/2"),
        entry(30, egress=False, allow=False, cidr="128.0.0.0/3"),
    )
    net = changed(NET, "acl-public", entries=(*OPEN, *holes))
    assert wall(net, "internet", "web")[0] == "SUBNET_ACL_RESTRICTION"
    assert 160 <= int(ask(net, "igw-1", "web").hops[0].packet.source.partition(".")[0]) < 192


def test_no_port_means_any_port() -> None:
    assert ask(NET, "web", "db", None).port == 3306
    assert ask(NET, "internet", "web", None).port == 80
    assert wall(NET, "batch", "db", None)[0] == "ENI_SG_RULES_MISMATCH"


def test_a_peering_needs_a_route_on_both_sides() -> None:
    net = changed(NET, "sg-partner", rules=(OUT, tcp(8080, "10.0.1.0/24"), tcp(8080, "sg-web")))
    net = rerouted(net, "rtb-public", "10.1.0.0/16", None)
    assert wall(net, "db", "partner", 8080)[0] == "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"  # by NAT, in vain
    there = rerouted(net, "rtb-private", "10.1.0.0/16", "pcx-1")
    assert ask(there, "db", "partner", 8080).reachable
    back = rerouted(there, "rtb-partner", "10.0.0.0/16", None)
    assert wall(back, "db", "partner", 8080) == ("NO_ROUTE_TO_DESTINATION", "rtb-partner", "return")
    back = rerouted(back, "rtb-partner", "10.0.1.0/24", "pcx-1")
    assert ask(back, "db", "partner", 8080).reachable
    back = rerouted(back, "rtb-public", "10.1.0.0/16", "pcx-1")
    assert wall(back, "web", "partner", 8080) == ("NO_ROUTE_TO_DESTINATION", "rtb-partner", "return")


def test_peering_is_not_transitive() -> None:
    third = replace(
        NET,
        vpcs=(*NET.vpcs, replace(NET.vpcs[1], id="vpc-3", cidrs=("10.2.0.0/16",))),
        subnets=(*NET.subnets, replace(NET.subnets[2], id="subnet-third", vpc="vpc-3", cidr="10.2.0.0/24")),
        interfaces=(*NET.interfaces, interface("third", "subnet-third", "10.2.0.10", "sg-third")),
        acls=(*NET.acls, acl("acl-third", "vpc-3", "subnet-third")),
        groups=(*NET.groups, SecurityGroup(id="sg-third", vpc="vpc-3", rules=(OUT, tcp(80, EVERYWHERE)))),
        peerings=(*NET.peerings, replace(NET.peerings[0], id="pcx-2", requester="vpc-2", accepter="vpc-3")),
        route_tables=(
            *NET.route_tables,
            table("rtb-third", "vpc-3", "10.2.0.0/16", ("10.0.0.0/8", "pcx-2"), main=True),
        ),
    )
    third = rerouted(third, "rtb-partner", "10.2.0.0/16", "pcx-2")
    assert ask(third, "partner", "10.2.0.10", 80).reachable
    assert wall(third, "web", "i-third", 80) == ("DISCONNECTED_VPCS", "vpc-1", "forward")
    tried = rerouted(third, "rtb-public", "10.2.0.0/16", "pcx-1")
    assert wall(tried, "web", "i-third", 80) == ("PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", "pcx-1", "forward")


def test_groups_are_recognised_over_a_peering() -> None:
    assert ask(NET, "web", "partner", 8080).reachable
    assert wall(changed(NET, "eni-web", groups=("sg-batch",)), "web", "partner", 8080)[0] == "ENI_SG_RULES_MISMATCH"


def test_a_nat_gateway_hides_the_group_of_who_sends() -> None:
    net = changed(NET, "sg-partner", rules=(OUT, tcp(8080, "sg-db")))  # db's way to the peering is by NAT
    assert wall(net, "db", "partner", 8080) == ("ENI_SG_RULES_MISMATCH", "sg-partner", "forward")
    assert ask(changed(net, "sg-partner", rules=(tcp(8080, "10.0.0.20/32"),)), "db", "partner", 8080).reachable


def test_s3_by_its_endpoint_else_by_nat() -> None:
    kinds = [hop.kind for hop in ask(NET, "db", "s3", 443).hops]
    assert "vpc_endpoint" in kinds
    assert "nat_gateway" not in kinds
    by_nat = rerouted(NET, "rtb-private", "pl-s3", None)
    kinds = [hop.kind for hop in ask(by_nat, "db", "s3", 443).hops]
    assert "nat_gateway" in kinds
    nothing = rerouted(by_nat, "rtb-private", EVERYWHERE, None)
    assert wall(nothing, "db", "s3", 443) == ("NO_ROUTE_TO_DESTINATION", "rtb-private", "forward")
    assert wall(NET, "db", "s3", 443, "udp")[0] == "VPCE_GATEWAY_PROTOCOL_RESTRICTION"


def test_only_the_tables_that_name_the_endpoint_use_it() -> None:
    assert "vpc_endpoint" not in [hop.kind for hop in ask(NET, "web", "s3", 443).hops]


# --- questions


def test_names_ids_interfaces_and_addresses_ask_the_same() -> None:
    for source in ("web", "i-web", "eni-web", "10.0.0.10"):
        for destination in ("db", "i-db", "eni-db", "10.0.1.10"):
            assert ask(NET, source, destination, 3306).reachable


def test_a_question_that_cannot_be_asked_says_what_can() -> None:
    with pytest.raises(ScenarioError, match="'wbe' is not in this network") as wrong:
        ask(NET, "wbe", "db")
    assert "web" in wrong.value.cure
    with pytest.raises(ScenarioError, match="both outside"):
        ask(NET, "internet", "203.0.113.7")
    with pytest.raises(ScenarioError, match="icmp"):
        ask(NET, "web", "db", protocol="icmp")
    twins = replace(NET, names={**NET.names, "i-db": "web"})
    with pytest.raises(ScenarioError, match="name of 2 things"):
        ask(twins, "web", "s3")


def test_the_matrix_of_the_campaign_site() -> None:
    rows = matrix(NET, ["internet", OFFICE, "web", "db"], [22, 80, 3306], destinations=["web", "db"])
    reached = {(row.source, row.destination, row.port) for row in rows if row.reachable}
    assert reached == {
        ("internet", "web", 80),
        (OFFICE, "web", 22),
        (OFFICE, "web", 80),
        ("web", "db", 3306),
        ("db", "web", 80),
    }
    assert len(rows) == 4 * 2 * 3 - 2 * 3  # nobody is asked about himself
    denied = next(row for row in rows if (row.source, row.destination, row.port) == ("internet", "web", 22))
    assert (denied.code, denied.component) == ("ENI_SG_RULES_MISMATCH", "sg-web")


def test_the_matrix_asks_for_every_instance() -> None:
    assert {row.destination for row in matrix(NET, ["internet"], [80])} == {"web", "db", "batch", "partner"}
