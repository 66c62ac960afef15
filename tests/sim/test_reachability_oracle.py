"""Reachability against a judge that moves packets one by one, on random small networks; and what must always hold."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aws14.model.network import (
    AclEntry,
    GatewayEndpoint,
    GroupRule,
    Interface,
    InternetGateway,
    NatGateway,
    Network,
    NetworkAcl,
    Peering,
    PrefixList,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
)
from aws14.sim.reachability import reach
from tests.sim.reachability_case import network
from tests.sim.reachability_oracle import connects

SUBNETS = ("subnet-0a", "subnet-0b", "subnet-1a")
CIDRS = {"subnet-0a": "10.0.0.0/24", "subnet-0b": "10.0.1.0/24", "subnet-1a": "10.1.0.0/24"}
BLOCKS = ("0.0.0.0/0", "10.0.0.0/16", "10.0.0.0/24", "10.0.1.0/24", "10.1.0.0/16", "203.0.113.0/24", "52.219.0.0/20")
PEERS = (*BLOCKS, "sg-0", "sg-1", "sg-2", "pl-s3", "pl-office")
PORTS = (80, 3306)
OUTSIDE = ("198.18.0.7", "203.0.113.9", "52.219.0.1")

often = st.sampled_from((True,) * 7 + (False,))
protocols = st.sampled_from(("all", "tcp", "tcp", "udp"))
port_ranges = st.sampled_from(((0, 65_535), (80, 80), (1_024, 65_535), (32_768, 65_535), (1_024, 40_000), (0, 3_306)))


def vpc_of(subnet: str) -> str:
    return f"vpc-{subnet[7]}"


@st.composite
def groups(draw, key: str) -> SecurityGroup:
    rules = [
        GroupRule(egress=egress, peer=draw(st.sampled_from(PEERS)), protocol=draw(protocols), ports=draw(port_ranges))
        for egress in (False, True)
        for _ in range(draw(st.integers(0, 2)))
    ]
    wide = [GroupRule(egress=egress, peer="0.0.0.0/0") for egress in (False, True) if draw(often)]
    return SecurityGroup(id=key, vpc="vpc-0", rules=(*wide, *rules))


@st.composite
def acls(draw, subnet: str) -> NetworkAcl:
    numbers = draw(st.lists(st.integers(1, 399), unique=True, max_size=3))
    entries = [
        AclEntry(
            number=number,
            egress=draw(st.booleans()),
            allow=draw(st.booleans()),
            cidr=draw(st.sampled_from(BLOCKS)),
            protocol=draw(protocols),
            ports=draw(port_ranges),
        )
        for number in numbers
        if number % 100
    ]
    entries += [AclEntry(number=200, egress=out, allow=True, cidr="0.0.0.0/0") for out in (False, True) if draw(often)]
    return NetworkAcl(id=f"acl-{subnet}", vpc=vpc_of(subnet), subnets=(subnet,), entries=tuple(entries))


@st.composite
def tables(draw, subnet: str) -> RouteTable:
    own = f"10.{subnet[7]}.0.0/16"
    other = "10.1.0.0/16" if own == "10.0.0.0/16" else "10.0.0.0/16"
    nats = ("nat-0", "nat-1") if subnet[7] == "0" else ()  # a route leads only to a NAT gateway of its own VPC
    own_igw = f"igw-{subnet[7]}"
    gateways = st.sampled_from(
        ("nat-0", "nat-0", "nat-1", own_igw) if subnet == "subnet-0b" else (own_igw, own_igw, *nats)
    )
    wishes = (
        ("0.0.0.0/0", gateways),
        (other, st.sampled_from(("pcx-0", "pcx-0", own_igw))),
        (other.replace("16", "24"), st.sampled_from(("pcx-0", *nats))),
        ("203.0.113.0/24", gateways),
        ("pl-s3", st.just(f"vpce-{subnet[7]}")),
        ("pl-office", gateways),
    )
    routes = [Route(destination=own, target="local")]
    for index, (destination, targets) in enumerate(wishes):
        if draw(often if index < 2 else st.booleans()):
            state = draw(st.sampled_from(("active",) * 7 + ("blackhole",)))
            routes.append(Route(destination=destination, target=draw(targets), state=state))
    explicit = draw(st.booleans())
    return RouteTable(
        id=f"rtb-{subnet}",
        vpc=vpc_of(subnet),
        main=subnet.endswith("a"),
        subnets=(subnet,) if explicit else (),
        routes=tuple(draw(st.permutations(routes))),
    )


@st.composite
def interfaces(draw, index: int) -> Interface:
    subnet = SUBNETS[index % 3]
    return Interface(
        id=f"eni-{index}",
        subnet=subnet,
        private_ipv4=f"{CIDRS[subnet].rpartition('.')[0]}.{10 + index}",
        public_ipv4=f"198.51.100.{index + 1}" if draw(often) else "",
        groups=tuple(draw(st.sets(st.sampled_from(("sg-0", "sg-1", "sg-2")), min_size=1, max_size=2))),
        instance=f"i-{index}",
        state=draw(st.sampled_from(("running",) * 9 + ("stopped",))),
    )


@st.composite
def networks(draw) -> Network:
    return Network(
        vpcs=(Vpc(id="vpc-0", cidrs=("10.0.0.0/16",)), Vpc(id="vpc-1", cidrs=("10.1.0.0/16",))),
        subnets=tuple(Subnet(id=one, vpc=vpc_of(one), cidr=CIDRS[one]) for one in SUBNETS),
        interfaces=tuple(draw(interfaces(index)) for index in range(5)),
        route_tables=tuple(draw(tables(subnet)) for subnet in SUBNETS),
        acls=tuple(draw(acls(subnet)) for subnet in SUBNETS),
        groups=tuple(draw(groups(f"sg-{index}")) for index in range(3)),
        internet_gateways=tuple(
            InternetGateway(id=f"igw-{index}", vpc=f"vpc-{index}" if draw(often) else "") for index in range(2)
        ),
        nat_gateways=tuple(
            NatGateway(
                id=f"nat-{index}",
                subnet=SUBNETS[index],
                private_ipv4=f"10.0.{index}.200",
                public_ipv4=f"198.51.100.20{index}" if draw(often) else "",
                state=draw(st.sampled_from(("available",) * 5 + ("pending",))),
            )
            for index in range(2)
        ),
        peerings=(
            Peering(
                id="pcx-0",
                requester="vpc-0",
                accepter="vpc-1",
                state=draw(st.sampled_from(("active",) * 5 + ("pending-acceptance",))),
            ),
        ),
        endpoints=tuple(GatewayEndpoint(id=f"vpce-{index}", vpc=f"vpc-{index}", service="s3") for index in range(2)),
        prefix_lists=(
            PrefixList(id="pl-s3", name="com.amazonaws.ap-northeast-1.s3", cidrs=("52.219.0.0/20",)),
            PrefixList(id="pl-office", name="office", cidrs=("203.0.113.0/25", "192.0.2.0/24")),
        ),
    )


def asked(net: Network, number: int):
    """Questions by number: (source interface or address, destination address, interface that has it)."""
    sources = [*net.interfaces, "198.18.0.7", "203.0.113.9"]
    targets = [(one.private_ipv4, one) for one in net.interfaces]
    targets += [(one.public_ipv4, one) for one in net.interfaces if one.public_ipv4]
    targets += [(address, None) for address in OUTSIDE]
    source, (address, target) = sources[number % len(sources)], targets[(3 * number + 2) % len(targets)]
    return source, address, target


def test_it_agrees_with_packets_that_are_really_moved() -> None:
    seen: Counter[str] = Counter()

    @settings(max_examples=250, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(networks(), st.integers(0, 10_000), st.sampled_from(PORTS), st.sampled_from(("tcp", "tcp", "udp")))
    def agrees(net: Network, first: int, port: int, proto: str) -> None:
        for number in range(first, first + 24):
            source, address, target = asked(net, number)
            if (target is None and isinstance(source, str)) or target is source:
                continue
            who = source if isinstance(source, str) else source.id
            answer = reach(net, source=who, destination=address, port=port, protocol=proto)
            expected = connects(net, source, address, target, port=port, proto=proto)
            assert answer.reachable == expected, answer.sentence
            block = answer.blocked_by
            seen.update({block.code, block.leg} if block else {hop.kind for hop in answer.hops})

    agrees()
    # The agreement is worth something only if every mechanism was met, open and closed.
    for kind in ("internet_gateway", "nat_gateway", "vpc_peering_connection", "vpc_endpoint", "route_table"):
        assert seen[kind] >= 3, (kind, seen)
    for code in (
        "ENI_SG_RULES_MISMATCH",
        "SUBNET_ACL_RESTRICTION",
        "NO_ROUTE_TO_DESTINATION",
        "BAD_STATE",
        "BAD_STATE_ROUTE",
        "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
        "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS",
        "return",
    ):
        assert seen[code] >= 3, (code, seen)


@st.composite
def entries(draw) -> tuple[AclEntry, ...]:
    """Allowances and denials that cut the ports in pieces, often with a wide allowance below them."""
    given = [
        AclEntry(
            number=number,
            egress=egress,
            allow=draw(st.booleans()),
            cidr=draw(st.sampled_from(("0.0.0.0/0", "0.0.0.0/0", "10.0.0.0/16", "10.0.1.0/24", "198.51.100.0/24"))),
            protocol=draw(st.sampled_from(("tcp", "tcp", "all", "udp"))),
            ports=draw(st.sampled_from(((80, 80), (0, 1_024), (1_024, 40_000), (40_001, 65_535), (5_000, 5_000)))),
        )
        for egress in (False, True)
        for number in draw(st.permutations((10, 20, 30)))[: draw(st.integers(0, 3))]
    ]
    wide = [AclEntry(number=90, egress=out, allow=True, cidr="0.0.0.0/0") for out in (False, True) if draw(often)]
    return (*given, *wide)


QUESTIONS = (
    ("198.18.0.7", "198.51.100.1", "web", 80),
    ("web", "10.0.1.10", "db", 3306),
    ("db", "198.18.0.7", None, 443),
    ("batch", "198.51.100.1", "web", 80),
    ("web", "10.1.0.10", "partner", 8080),
    ("db", "52.219.0.1", None, 443),
    ("db", "10.0.1.11", "batch", 9000),
)


def test_network_acls_agree_where_nothing_else_stops() -> None:
    site, seen = network(), Counter[str]()
    at = {one.instance.removeprefix("i-"): one for one in site.interfaces}

    @settings(max_examples=250, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.tuples(entries(), entries(), entries()))
    def agrees(given: tuple[tuple[AclEntry, ...], ...]) -> None:
        acls = tuple(replace(acl, entries=own) for acl, own in zip(site.acls, given, strict=True))
        net = replace(site, acls=acls)
        for source, address, target, port in QUESTIONS:
            answer = reach(net, source=source, destination=address, port=port)
            judge = connects(net, at.get(source, source), address, at.get(target), port=port, proto="tcp")
            assert answer.reachable == judge, answer.sentence
            seen[answer.blocked_by.leg if answer.blocked_by else "reached"] += 1

    agrees()
    assert min(seen[word] for word in ("forward", "return", "reached")) > 40, seen


quick = settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@quick
@given(networks(), st.integers(0, 10_000), st.sampled_from(("sg-0", "sg-1", "sg-2")))
def test_an_allowance_never_takes_a_connection_away(net: Network, number: int, key: str) -> None:
    source, address, target = asked(net, number)
    if target is None or target is source:
        return
    who = source if isinstance(source, str) else source.id
    wider = tuple(
        replace(one, rules=(*one.rules, GroupRule(egress=False, peer="0.0.0.0/0"))) if one.id == key else one
        for one in net.groups
    )
    before = reach(net, source=who, destination=address, port=80).reachable
    assert reach(replace(net, groups=wider), source=who, destination=address, port=80).reachable >= before


@quick
@given(networks(), st.integers(0, 10_000))
def test_every_answer_names_its_way_or_its_wall(net: Network, number: int) -> None:
    source, address, target = asked(net, number)
    if target is None or target is source:
        return
    who = source if isinstance(source, str) else source.id
    answer = reach(net, source=who, destination=address, port=80)
    legs = [hop.leg for hop in answer.hops]
    assert legs == sorted(legs)  # "forward" before "return"
    if answer.reachable:
        assert legs.count("forward") >= 3
        assert answer.hops[-1].packet.destination == answer.hops[0].packet.source
    else:
        assert answer.blocked_by.detail in answer.sentence
        assert answer.blocked_by.id


@quick
@given(networks(), st.integers(0, 10_000))
def test_the_order_in_which_things_are_listed_means_nothing(net: Network, number: int) -> None:
    source, address, target = asked(net, number)
    if target is None and isinstance(source, str):
        return
    who = source if isinstance(source, str) else source.id
    turned = replace(
        net,
        acls=tuple(replace(one, entries=one.entries[::-1]) for one in net.acls[::-1]),
        route_tables=tuple(replace(one, routes=one.routes[::-1]) for one in net.route_tables[::-1]),
        groups=tuple(replace(one, rules=one.rules[::-1]) for one in net.groups[::-1]),
        interfaces=net.interfaces[::-1],
    )
    answers = [reach(each, source=who, destination=address, port=80) for each in (net, turned)]
    assert answers[0].reachable == answers[1].reachable
    if not answers[0].reachable:
        assert answers[0].blocked_by.code == answers[1].blocked_by.code
