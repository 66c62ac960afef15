"""The way in through names, distributions and load balancers: each thing on it, missing or wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aws14.errors import DesignError, ScenarioError
from aws14.model import Link, Node
from aws14.model.network import GroupRule
from aws14.model.trace import FAILURE_REASONS
from aws14.sim import Path, ToEdge, ToFleet, ToPlaces, Unreachable, resolve, what_if
from tests.fleets import corporate_site, intranet, record, two_regions, with_nodes, zone

PORTAL, ORDERS = "portal.corp.internal", "orders primary"


@pytest.fixture
def site():
    return corporate_site()


def unreachable(way, reason, says, last=None):
    assert isinstance(way, Unreachable), way
    assert reason in FAILURE_REASONS
    assert way.reason == reason
    assert says in way.detail
    assert last is None or way.nodes[-1] == last


def only_rule(topology, group_id, rule):
    out = GroupRule(egress=True, peer="0.0.0.0/0")
    groups = tuple(
        replace(each, rules=(out, rule)) if each.id == group_id else each for each in topology.network.groups
    )
    return replace(topology, network=replace(topology.network, groups=groups))


# --- to a load balancer


def test_by_the_name_of_the_origin(site):
    way = resolve(site, "origin.example.jp", 443)
    assert isinstance(way, ToFleet)
    assert way.nodes == ("internet", "origin.example.jp", "alb")
    assert (way.load_balancer.id, way.by_name, way.tls, way.redirected) == ("alb", True, True, False)
    assert [(each.zone, each.reason) for each in way.entrances] == [("ap-northeast-1a", ""), ("ap-northeast-1c", "")]
    assert [each.id for each in way.tiers[0].targets] == ["web-1", "web-2"]


def test_a_load_balancer_is_a_valid_entry(site):
    way = resolve(site, "alb", 443)
    assert isinstance(way, ToFleet)
    assert (way.nodes, way.by_name) == (("internet", "alb"), True)


def test_a_redirect_leads_to_the_listener_with_tls(site):
    way = resolve(site, "origin.example.jp", 80)
    assert (way.tls, way.redirected) == (True, True)


def test_a_plain_listener_that_forwards(site):
    plain = what_if(site, "alb", listeners=("HTTP:80",))
    link = Link(source="alb", target="web-targets", kind="routes", label="HTTP:80")
    way = resolve(with_nodes(plain, links=(link,)), "alb", 80)
    assert (way.tls, way.redirected) == (False, False)


def test_a_port_without_a_listener(site):
    unreachable(resolve(site, "alb", 8443), "refused", "no listener on port 8443", "alb")


def test_a_redirect_to_where_nothing_listens(site):
    unreachable(resolve(what_if(site, "alb", listeners=("HTTP:80 redirect",)), "alb", 80), "refused", "port 443")


def test_a_listener_without_a_target_group(site):
    bare = replace(site, links=tuple(link for link in site.links if link.source != "alb"))
    unreachable(resolve(bare, "alb", 443), "no_targets", "sends to no target group", "alb")


def test_a_load_balancer_that_is_being_made(site):
    unreachable(resolve(what_if(site, "alb", state="provisioning"), "alb", 443), "no_such_address", "provisioning")


def test_without_a_rule_nobody_gets_to_the_load_balancer(site):
    closed = only_rule(site, "sg-vpc-1-elb", GroupRule(egress=False, peer="10.0.0.0/8"))
    unreachable(resolve(closed, "alb", 443), "blocked", "lets tcp/443 from the Internet in", "alb")


def test_one_subnet_without_a_way_out_costs_one_entrance(site):
    tables = tuple(
        replace(each, subnets=tuple(one for one in each.subnets if one != "subnet-vpc-1-elb-c"))
        for each in site.network.route_tables
    )
    way = resolve(replace(site, network=replace(site.network, route_tables=tables)), "alb", 443)
    assert [each.reason for each in way.entrances] == ["", "no_route"]
    assert "elb-c" in way.entrances[1].detail


def test_an_internal_load_balancer_is_not_reached_from_the_internet():
    unreachable(resolve(intranet(), "alb", 443), "no_route", "alb is internal", "alb")


def test_rules_for_another_host_take_nothing(site):
    links = tuple(link for link in site.links if link.source != "alb")
    rules = (
        Link(source="alb", target="web-targets", kind="routes", label="HTTPS:443 host-header=*.example.com"),
        Link(source="alb", target="web-targets", kind="routes", label="HTTPS:443 host-header=Origin.example.*"),
    )
    named = with_nodes(replace(site, links=links), links=rules)
    assert len(resolve(named, "origin.example.jp", 443).tiers) == 1
    unreachable(resolve(named, "alb", 443), "no_targets", "sends to no target group")


# --- from inside


def test_the_office_reaches_the_portal_over_the_peering():
    way = resolve(intranet(), PORTAL, 443, source="pc")
    assert isinstance(way, ToFleet)
    assert way.nodes == ("pc", PORTAL, "alb")
    assert way.tiers[0].group.id == "group"


def test_without_the_peering_it_does_not():
    unreachable(resolve(intranet(peered=False), PORTAL, 443, source="pc"), "no_route", "VPCs that nothing connects")


def test_a_private_zone_is_seen_only_from_its_vpcs():
    hidden = what_if(intranet(), "zone corp.internal", vpcs=("vpc-3",))
    unreachable(resolve(hidden, PORTAL, 443, source="pc"), "name_not_found", "which vpc-9 does not see", PORTAL)
    unreachable(resolve(intranet(), PORTAL, 443), "name_not_found", "which the Internet does not see", PORTAL)


def test_an_instance_is_reached_from_inside_by_its_private_address(site):
    opened = only_rule(site, "sg-vpc-1-web", GroupRule(egress=False, peer="10.0.0.0/16"))
    way = resolve(opened, "web-2", 80, source="web-1")
    assert isinstance(way, Path)
    assert (way.instance.id, way.nodes) == ("web-2", ("web-1", "web-2"))
    unreachable(resolve(site, "web-2", 80, source="web-1"), "blocked", "from web-1 in")


def test_requests_come_from_instances_only(site):
    with pytest.raises(ScenarioError, match="cannot come from 'alb'"):
        resolve(site, "alb", 443, source="alb")


def test_a_public_load_balancer_is_asked_at_its_public_address_also_from_inside(site):
    main = "rtb-main-vpc-1"
    alone = tuple(
        replace(each, subnets=tuple(one for one in each.subnets if "web" not in one)) if each.id != main else each
        for each in site.network.route_tables
    )
    closed = replace(site, network=replace(site.network, route_tables=alone))
    unreachable(resolve(closed, "alb", 443, source="web-1"), "no_route", "no route to 203.0.113.5")


# --- to a distribution


def test_the_corporate_site_from_its_name(site):
    way = resolve(site, "www.example.jp", 443)
    assert isinstance(way, ToEdge)
    assert (way.nodes, way.by_name) == (("internet", "www.example.jp", "cdn"), True)
    assert [(each.path, each.origin.id, each.kind, each.ttl_s) for each in way.behaviours] == [
        ("/images/*", "static", "bucket", 86_400),
        ("/css/*", "static", "bucket", 86_400),
        ("*", "origin.example.jp", "fleet", 0),
    ]
    assert way.fleet.load_balancer.id == "alb"


def test_a_distribution_is_a_valid_entry(site):
    assert resolve(site, "cdn", 443).nodes == ("internet", "cdn")


def test_a_name_that_the_distribution_does_not_know(site):
    unreachable(resolve(what_if(site, "cdn", aliases=()), "www.example.jp", 443), "refused", "alternate domain names")
    assert isinstance(resolve(what_if(site, "cdn", aliases=("*.Example.jp",)), "www.example.jp", 443), ToEdge)


def test_an_origin_behind_a_closed_group(site):
    closed = only_rule(site, "sg-vpc-1-elb", GroupRule(egress=False, peer="10.0.0.0/8"))
    way = resolve(closed, "www.example.jp", 443)
    assert way.fleet is None
    assert (way.behaviours[-1].kind, way.behaviours[-1].way.reason) == ("nothing", "blocked")
    assert way.behaviours[0].kind == "bucket"


def test_an_origin_that_answers_on_port_80_only(site):
    plain = what_if(site, "alb", listeners=("HTTP:80",))
    link = Link(source="alb", target="web-targets", kind="routes", label="HTTP:80")
    assert resolve(with_nodes(plain, links=(link,)), "www.example.jp", 443).fleet.tls is False


def test_a_behaviour_that_is_none_is_refused(site):
    with pytest.raises(DesignError, match="behaviours of 'cdn' says '/images"):
        resolve(what_if(site, "cdn", behaviours=("/images/* static",)), "cdn", 443)


# --- several records of one name


def test_failover_records_lead_to_the_primary_first():
    world = two_regions()
    way = resolve(world, "orders secondary", 443, source="pc")
    assert isinstance(way, ToPlaces)
    assert (way.routing, way.ttl_s) == ("failover", 60)
    assert [(each.record.id, each.weight, each.follows_health) for each in way.places] == [
        ("orders primary", 1.0, True),
        ("orders secondary", 0.0, False),
    ]
    assert [type(each.way) for each in way.places] == [ToFleet, Unreachable]


def test_a_record_that_stands_alone_is_its_place():
    world = two_regions()
    alone = replace(world, nodes=tuple(node for node in world.nodes if node.id != "orders secondary"))
    assert isinstance(resolve(alone, ORDERS, 443, source="pc"), ToFleet)


def test_the_same_name_in_another_zone_is_no_rival(site):
    other = record("www.example.jp", node_id="inner www", alias="d111.cloudfront.net")
    inner = Node(
        id="inner", kind="hosted_zone", aws_id="Z2", attributes={"name": "example.jp", "private": True, "vpcs": ()}
    )
    split = with_nodes(site, replace(other, aws_id="Z2/www.example.jp/A"), inner)
    assert isinstance(resolve(split, "www.example.jp", 443), ToEdge)
    unreachable(resolve(split, "inner www", 443), "name_not_found", "private hosted zone inner", "inner www")


def weighted(site, *weights):
    names = [
        record(
            "shop.example.jp", node_id=f"shop {number}", alias="origin.example.jp", routing="weighted", weight=weight
        )
        for number, weight in enumerate(weights)
    ]
    return resolve(with_nodes(site, *names), "shop 0", 443)


@pytest.mark.parametrize(("weights", "shares"), [((3, 1), (0.75, 0.25)), ((0, 5), (0, 1)), ((0, 0), (0.5, 0.5))])
def test_weighted_records_share(site, weights, shares):
    assert tuple(each.weight for each in weighted(site, *weights).places) == shares


def test_a_health_check_of_a_record():
    world = two_regions()
    check = Node(id="probe", kind="health_check", attributes={})
    link = Link(source="orders secondary", target="probe", kind="uses")
    places = resolve(with_nodes(world, check, links=(link,)), ORDERS, 443, source="pc").places
    assert [(each.follows_health, each.health_check and each.health_check.id) for each in places] == [
        (True, None),
        (True, "probe"),
    ]


# --- names


def test_an_alias_of_what_was_not_built(site):
    unreachable(
        resolve(what_if(site, "origin.example.jp", alias="gone.elb.amazonaws.com"), "origin.example.jp", 443),
        "name_not_found",
        "stands for gone.elb.amazonaws.com",
        "origin.example.jp",
    )


def test_names_do_not_look_at_case_and_dualstack_is_the_same(site):
    name = str(site.node("alb").require("dns_name"))
    shouted = what_if(site, "origin.example.jp", alias=f"dualstack.{name.upper()}.")
    assert isinstance(resolve(shouted, "origin.example.jp", 443), ToFleet)


def test_a_canonical_name_is_followed(site):
    canonical = what_if(
        site, "origin.example.jp", alias="", type="CNAME", values=(str(site.node("alb").require("dns_name")),)
    )
    assert isinstance(resolve(canonical, "origin.example.jp", 443), ToFleet)


def test_a_name_that_stands_for_itself(site):
    circle = what_if(site, "origin.example.jp", alias="www.example.jp")
    circle = what_if(circle, "www.example.jp", alias="origin.example.jp")
    unreachable(resolve(circle, "www.example.jp", 443), "name_not_found", "stands for www.example.jp")


def test_a_zone_can_hold_what_another_zone_does_not(site):
    deeper = with_nodes(site, zone("shop.example.jp"), record("a.shop.example.jp", alias="origin.example.jp"))
    assert isinstance(resolve(deeper, "a.shop.example.jp", 443), ToFleet)


def test_a_bucket_cannot_be_addressed_yet(site):
    with pytest.raises(ScenarioError, match="cannot address 'static', a bucket"):
        resolve(site, "static", 443)
