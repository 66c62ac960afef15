"""Things of AWS's own that answer: behind interfaces in subnets, and on the Internet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest

from aws14.emulator.dataplane import fronts
from aws14.emulator.dataplane.answering import Shown, Told, Visit
from aws14.emulator.dataplane.connecting import Ask, Surroundings, decide
from aws14.model.network import Interface, Network, owner_of

EDGE = "198.19.0.7"
NODE_IP = "198.51.100.9"


@dataclass
class Front:
    """A front that listens on one port."""

    owner: str = "elb/alb"
    port: int = 80
    asked: list[Visit] = field(default_factory=list)

    def listens(self, port: int) -> bool:
        return port == self.port

    def speaks_tls(self, port: int) -> bool:
        del port
        return False

    def shown(self, port: int, name: str) -> Shown | None:
        del port, name
        return None

    def answer(self, visit: Visit) -> Told:
        self.asked.append(visit)
        return 200, {}, b""

    def door(self, port: int, source: str) -> int | None:
        del port, source
        return None


@pytest.fixture
def balanced(network: Network, around: Surroundings) -> Surroundings:
    """Pattern 1 with a node of a load balancer in its public subnet, and an edge on the Internet."""
    node = Interface(
        id="eni-node",
        subnet="subnet-a",
        private_ipv4="10.0.0.20",
        public_ipv4=NODE_IP,
        groups=("sg-web",),
        state="in-use",
        owner="elb/alb",
    )
    names = {**network.names, "eni-node": "alb"}
    changed = replace(network, interfaces=(*network.interfaces, node), names=names)
    front, edge = Front(), Front("cloudfront/E1", 443)
    return replace(
        around,
        network=changed,
        front=lambda interface: front if interface.owner == "elb/alb" else None,
        edge=lambda address: edge if address == EDGE else None,
    )


def test_a_front_behind_an_interface_is_reached_like_an_instance(balanced: Surroundings) -> None:
    found = decide(Ask(host=NODE_IP, port=80), balanced)
    assert (found.outcome, found.instance) == ("open", "")
    assert found.front is not None
    assert found.told(balanced.network)["front"] == "elb/alb"
    assert decide(Ask(host=NODE_IP, port=22, source="203.0.113.5"), balanced).outcome == "refused"
    stopped = decide(Ask(host=NODE_IP, port=443), balanced)
    assert (stopped.outcome, stopped.blocked_by.kind if stopped.blocked_by else "") == ("timed_out", "security_group")


def test_an_interface_of_its_own_that_has_failed_drops_packets(balanced: Surroundings) -> None:
    down = replace(balanced, is_down=lambda key: key == "eni-node")
    found = decide(Ask(host=NODE_IP, port=80), down)
    assert (found.outcome, found.front) == ("timed_out", None)


@pytest.mark.parametrize(
    ("source", "seen"),
    [("internet", "198.18.0.1"), ("203.0.113.5", "203.0.113.5"), ("i-db", "198.51.100.2"), ("i-web", "198.51.100.1")],
)
def test_an_edge_is_reached_by_whoever_has_a_way_to_the_internet(
    source: str, seen: str, balanced: Surroundings
) -> None:
    found = decide(Ask(host=EDGE, port=443, source=source), balanced)
    assert (found.outcome, found.source) == ("open", seen), "behind a NAT gateway it is the gateway's address"
    assert found.front is not None
    assert found.front.owner == "cloudfront/E1"
    assert decide(Ask(host=EDGE, port=22, source=source), balanced).outcome == "timed_out"


def test_an_edge_is_out_of_reach_without_a_way(network: Network, balanced: Surroundings) -> None:
    tables = tuple(replace(table, routes=table.routes[:1]) for table in network.route_tables)
    closed = replace(balanced, network=replace(balanced.network, route_tables=tables))
    assert decide(Ask(host=EDGE, port=443, source="i-db"), closed).outcome == "timed_out"


def test_what_an_interface_belongs_to_is_said_by_its_description() -> None:
    assert owner_of("ELB app/alb/50dc6c495c0c9188") == "elb/alb"
    assert owner_of("ELB net/nlb/50dc6c495c0c9188") == "elb/nlb"
    assert owner_of("Interface for NAT Gateway nat-1") == owner_of("") == owner_of("my ELB app/x/1") == ""


@pytest.fixture
def no_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fronts, "_KINDS", {})


@pytest.mark.usefixtures("no_kinds")
def test_kinds_are_found_by_name_owner_and_address() -> None:
    made: Callable[[Any], Front] = lambda _: Front()  # noqa: E731 - a value
    names = {"a.elb.amazonaws.com": ("10.0.0.1",), "gone.elb.amazonaws.com": ()}
    fronts.register("elb", names=lambda name, _vpc: names.get(name), of_interface=made)
    fronts.register("cloudfront", of_address=lambda address: Front("cloudfront/E1") if address == EDGE else None)
    assert fronts.addresses("a.elb.amazonaws.com", "") == ("10.0.0.1",)
    assert fronts.addresses("gone.elb.amazonaws.com", "") == ()
    assert fronts.addresses("www.example.jp", "") is None
    node = Interface(id="eni-1", subnet="s", private_ipv4="10.0.0.1", owner="elb/alb")
    assert fronts.of_interface(node) is not None
    assert fronts.of_interface(replace(node, owner="rds/db")) is None
    assert fronts.of_interface(replace(node, owner="")) is None
    assert fronts.of_address(EDGE) is not None
    assert fronts.of_address("198.19.0.8") is None


def test_edge_addresses_are_each_held_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = SimpleNamespace(state={})
    monkeypatch.setattr(fronts, "world", lambda: kept)
    first, second = fronts.edge_addresses("cloudfront/E1", 4), fronts.edge_addresses("cloudfront/E2", 4)
    assert len({*first, *second}) == 8
    assert fronts.edge_addresses("cloudfront/E1", 4) == first
    assert fronts.edge_addresses("cloudfront/E1", 5)[:4] == first
    assert fronts.edge_addresses("cloudfront/E1", 5)[4] not in second
