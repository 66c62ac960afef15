"""What a load balancer leads to: rules, weights, who is reached from where, what health checks found."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aws14.errors import DesignError
from aws14.model import Link, Node
from aws14.model.network import AclEntry, GroupRule
from aws14.sim import what_if
from aws14.sim.tiers import balancer_nodes, tiers
from tests.fleets import TARGET_GROUP, Site, corporate_site, intranet, with_nodes

HTTPS = "HTTPS:443"


@pytest.fixture
def site():
    return corporate_site()


def tier(topology, listener=HTTPS):
    (only,) = tiers(topology, topology.node("alb"), listener)
    return only


def regroup(topology, group_id, *rules):
    """The topology with other rules in one group; it still lets everything out."""
    network = topology.network
    out = GroupRule(egress=True, peer="0.0.0.0/0")
    groups = tuple(replace(each, rules=(out, *rules)) if each.id == group_id else each for each in network.groups)
    return replace(topology, network=replace(network, groups=groups))


def http(peer, port=80):
    return GroupRule(egress=False, peer=peer, protocol="tcp", ports=(port, port))


def test_two_servers_are_reached_from_both_nodes(site):
    found = tier(site)
    assert [(each.id, each.aws_id, each.zone, each.vcpus) for each in found.targets] == [
        ("web-1", "i-1", "ap-northeast-1a", 2),
        ("web-2", "i-2", "ap-northeast-1c", 2),
    ]
    assert all(each.reachable_from == ("ap-northeast-1a", "ap-northeast-1c") for each in found.targets)
    assert all(each.reachable and not each.reason and not each.answers_wrongly for each in found.targets)
    assert (found.share, found.paths, found.group, found.database.id) == (1.0, (), None, "db")


def test_what_was_configured_is_carried(site):
    changed = what_if(
        site,
        "web-targets",
        algorithm="least_outstanding_requests",
        health_check_interval_s=30,
        health_check_timeout_s=6,
        healthy_threshold=5,
        unhealthy_threshold=3,
        deregistration_delay_s=20,
        slow_start_s=60,
        sticky=True,
        sticky_s=3600,
    )
    found = tier(what_if(changed, "alb", idle_timeout_s=4))
    assert found.algorithm == "least_outstanding_requests"
    assert (found.interval_s, found.timeout_s, found.healthy_threshold, found.unhealthy_threshold) == (30, 6, 5, 3)
    assert (found.deregistration_delay_s, found.slow_start_s, found.sticky_s, found.idle_timeout_s) == (20, 60, 3600, 4)


def test_without_stickiness_its_duration_says_nothing(site):
    assert tier(site).sticky_s == 0


def test_a_rule_for_one_subnet_lets_half_of_the_load_balancer_through(site):
    half = regroup(site, "sg-vpc-1-web", http("10.0.0.0/24"))
    for target in tier(half).targets:
        assert target.reachable_from == ("ap-northeast-1a",)
        assert (target.reachable, target.reason) == (True, "blocked")


def test_a_rule_for_nobody_lets_none_through(site):
    for target in tier(regroup(site, "sg-vpc-1-web")).targets:
        assert (target.reachable, target.reachable_from, target.reason) == (False, (), "blocked")


def test_a_network_acl_around_one_server(site):
    deny = AclEntry(number=50, egress=False, allow=False, cidr="10.0.0.0/24", protocol="tcp", ports=(80, 80))
    network = site.network
    acl = network.acls[0]
    inner = replace(acl, id="acl-c", subnets=("subnet-vpc-1-web-c",), entries=(deny, *acl.entries))
    outer = replace(acl, subnets=tuple(each for each in acl.subnets if each not in inner.subnets))
    one, two = tier(replace(site, network=replace(network, acls=(inner, outer)))).targets
    assert one.reachable_from == ("ap-northeast-1a", "ap-northeast-1c")
    assert two.reachable_from == ("ap-northeast-1c",)


def test_a_stopped_server(site):
    one, two = tier(what_if(site, "web-2", state="stopped")).targets
    assert (two.state, two.reachable, two.reason) == ("stopped", False, "instance_not_running")
    assert one.reachable


def test_the_targets_answer_on_the_port_of_their_group(site):
    elsewhere = what_if(site, "web-targets", port=8080)
    assert not any(each.reachable for each in tier(elsewhere).targets)
    opened = regroup(elsewhere, "sg-vpc-1-web", http("sg-vpc-1-elb", 8080))
    assert all(each.reachable for each in tier(opened).targets)


@pytest.mark.parametrize("why", ["Target.ResponseCodeMismatch", "Target.FailedHealthChecks"])
def test_a_wrong_answer_is_for_good(site, why):
    one, two = tier(what_if(site, "web-targets", target_health=(f"web-1 unhealthy {why}", "web-2 healthy"))).targets
    assert (one.health, one.health_reason, one.answers_wrongly) == ("unhealthy", why, True)
    assert not two.answers_wrongly


@pytest.mark.parametrize("entry", ["web-1 unhealthy Target.Timeout", "web-1 initial Elb.InitialHealthChecking"])
def test_other_reasons_can_pass(site, entry):
    (one,) = tier(what_if(site, "web-targets", target_health=(entry,))).targets
    assert (f"{one.id} {one.health} {one.health_reason}", one.answers_wrongly) == (entry, False)


def test_a_name_with_a_space(site):
    named = replace(site.network, names={"i-1": "web healthy one"})
    spaced = what_if(site, "web-targets", target_health=("web healthy one unhealthy Target.Timeout",))
    (one,) = tier(replace(spaced, network=named)).targets
    assert (one.aws_id, one.health) == ("i-1", "unhealthy")


def test_a_server_registered_by_its_aws_id(site):
    (one,) = tier(what_if(site, "web-targets", target_health=("i-1 draining",))).targets
    assert (one.aws_id, one.node, one.health) == ("i-1", "web-1", "draining")


def test_an_entry_that_is_none_is_refused(site):
    with pytest.raises(DesignError, match="target_health of 'web-targets' says 'web-1'"):
        tier(what_if(site, "web-targets", target_health=("web-1",)))


def test_a_server_that_was_not_registered_takes_nothing(site):
    (one,) = tier(what_if(site, "web-targets", target_health=("web-2 healthy",))).targets
    assert one.id == "web-2"


def test_a_target_that_is_gone_is_left_out(site):
    (one,) = tier(
        what_if(site, "web-targets", target_health=("i-gone unused Target.NotRegistered", "web-2 healthy"))
    ).targets
    assert one.id == "web-2"


def test_without_its_rule_the_database_is_not_reached(site):
    closed = regroup(site, "sg-vpc-1-db", http("10.0.10.0/24", 3306))
    assert [each.reaches_database for each in tier(closed).targets] == [True, False]
    elsewhere = what_if(site, "db", port=5432)
    assert [each.reaches_database for each in tier(elsewhere).targets] == [False, False]


def test_without_the_tag_there_is_no_database(site):
    unsaid = replace(site, links=tuple(link for link in site.links if link.kind != "uses"))
    assert tier(unsaid).database is None
    assert all(each.reaches_database for each in tier(unsaid).targets)


def test_members_of_a_group_are_its_targets():
    found = tier(intranet())
    assert (found.group.id, found.database.id) == ("group", "db")
    assert [(each.aws_id, each.node, each.instance_type) for each in found.targets] == [
        ("i-vpc-3-0", "group", "m5.large"),
        ("i-vpc-3-1", "group", "m5.large"),
    ]
    assert [each.zone for each in found.targets] == ["ap-northeast-1a", "ap-northeast-1c"]


def test_what_a_new_member_would_be_like():
    found = tier(intranet())
    assert found.pattern_of("ap-northeast-1c").aws_id == "i-vpc-3-1"
    assert found.pattern_of("ap-northeast-1d").aws_id == "i-vpc-3-0"
    assert replace(found, targets=()).pattern_of("ap-northeast-1c") is None


def test_a_fleet_of_alike_servers_is_several_targets(site):
    web = replace(site.node("web-1"), id="web", count=2, aws_id="i-1,i-2")
    nodes = tuple(node for node in site.nodes if node.id not in ("web-1", "web-2"))
    links = tuple(link for link in site.links if not {"web-1", "web-2"} & {link.source, link.target})
    health = what_if(
        replace(site, nodes=(*nodes, web), links=links), "web-targets", target_health=("web healthy", "web healthy")
    )
    assert [(each.aws_id, each.zone[-1]) for each in tier(health).targets] == [("i-1", "a"), ("i-2", "c")]


def with_second_group(site, *labels):
    """Rules of the listener in this order: labels ending in 2 lead to a second group, the others to the first."""
    second = Node(id="second", kind="target_group", parent="vpc", attributes={**TARGET_GROUP, "port": 81})
    links = tuple(link for link in site.links if link.source != "alb")
    rules = (Link(source="alb", target=group, kind="routes", label=label) for label, group in labels)
    return with_nodes(replace(site, links=links), second, links=tuple(rules))


def test_weights_share_the_requests_of_a_rule(site):
    found = tiers(
        with_second_group(site, ("HTTPS:443 90", "web-targets"), ("HTTPS:443 10", "second")), site.node("alb"), HTTPS
    )
    assert [(each.target_group.id, each.share) for each in found] == [("web-targets", 0.9), ("second", 0.1)]


def test_a_weight_of_zero_takes_none(site):
    ruled = with_second_group(site, ("HTTPS:443 1", "web-targets"), ("HTTPS:443 0", "second"))
    assert [each.target_group.id for each in tiers(ruled, site.node("alb"), HTTPS)] == ["web-targets"]


def test_paths_keep_the_order_of_the_rules(site):
    ruled = with_second_group(
        site,
        ("HTTPS:443 /api/* 3", "second"),
        ("HTTPS:443 /api/* 1", "web-targets"),
        ("HTTPS:443", "web-targets"),
    )
    found = tiers(ruled, site.node("alb"), HTTPS)
    assert [(each.paths, each.share) for each in found] == [(("/api/*",), 0.75), (("/api/*",), 0.25), ((), 1.0)]


def test_another_listener_has_other_rules(site):
    ruled = with_second_group(site, ("HTTPS:443", "web-targets"), ("HTTP:80", "second"))
    assert [each.target_group.id for each in tiers(ruled, site.node("alb"), "HTTP:80")] == ["second"]


def test_two_load_balancers_of_one_name_in_two_regions():
    tokyo = Site().topology()
    osaka = Site(region="ap-northeast-3", vpc="vpc-2", block="10.1", fleet=1).topology()
    both = replace(
        tokyo.network,
        **{
            name: (*getattr(tokyo.network, name), *getattr(osaka.network, name))
            for name in ("vpcs", "subnets", "interfaces", "route_tables", "acls", "groups", "internet_gateways")
        },
    )
    nodes = balancer_nodes(replace(tokyo, network=both), tokyo.node("alb"))
    assert [each.zone for each in nodes] == ["ap-northeast-1a", "ap-northeast-1c"]
    assert [each.private_ipv4 for each in nodes] == ["10.0.0.50", "10.0.1.50"]


@pytest.mark.parametrize(
    ("node_id", "attribute"),
    [("web-targets", "algorithm"), ("web-targets", "port"), ("alb", "idle_timeout_s"), ("web-1", "instance_type")],
)
def test_what_was_not_read_back_is_an_error_not_a_default(site, node_id, attribute):
    node = site.node(node_id)
    less = replace(node, attributes={name: value for name, value in node.attributes.items() if name != attribute})
    with pytest.raises(DesignError, match=f"does not say its {attribute}"):
        tier(replace(site, nodes=tuple(less if each.id == node_id else each for each in site.nodes)))
