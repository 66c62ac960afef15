"""A load balancer's nodes: interfaces, addresses, names, lives."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aws14.cloud.process import Emulator
from tests.emulator.balancing.balanced_site import EVERYBODY, forward, listen, target_group
from tests.emulator.conftest import tcp


def interfaces(ec2: Any, name: str = "alb") -> list[dict[str, Any]]:
    found = ec2.describe_network_interfaces(Filters=[{"Name": "description", "Values": [f"ELB app/{name}/*"]}])
    return list(found["NetworkInterfaces"])


def test_a_node_stands_in_each_subnet(site: SimpleNamespace, aws: Callable[..., Any]) -> None:
    ec2 = aws("ec2")
    found = interfaces(ec2)
    assert sorted(each["SubnetId"] for each in found) == sorted(site.elb_subnets)
    for each in found:
        assert each["Description"] == f"ELB {site.alb.partition(':loadbalancer/')[2]}"
        assert (each["RequesterManaged"], each["RequesterId"]) == (True, "amazon-elb")
        assert (each["InterfaceType"], each["Status"]) == ("interface", "in-use")
        assert [group["GroupId"] for group in each["Groups"]] == [site.elb_group]
        assert each["Association"]["PublicIp"]
    subnets = {each["SubnetId"]: each["CidrBlock"] for each in ec2.describe_subnets()["Subnets"]}
    assert all(subnets[each["SubnetId"]].startswith(each["PrivateIpAddress"].rpartition(".")[0]) for each in found)


def test_the_name_says_the_nodes_another_first_each_time(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any]
) -> None:
    public = {each["Association"]["PublicIp"] for each in interfaces(aws("ec2"))}
    first, second = emulator.resolve(site.dns), emulator.resolve(f"dualstack.{site.dns}")
    assert set(first["addresses"]) == set(second["addresses"]) == public
    assert first["addresses"] == second["addresses"][::-1]
    assert first["ttl_s"] == 60
    assert emulator.resolve(site.dns, site.webs[0])["addresses"][0] in public, "inside the VPC, too"
    assert emulator.resolve("alb-1.ap-northeast-1.elb.amazonaws.com")["code"] == "NXDOMAIN"


def test_it_is_provisioned_before_it_answers(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any]
) -> None:
    elbv2 = aws("elbv2")
    made = elbv2.create_load_balancer(Name="second", Subnets=site.elb_subnets)["LoadBalancers"][0]
    listen(
        elbv2,
        SimpleNamespace(alb=made["LoadBalancerArn"]),
        80,
        [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}],
    )
    states = []
    for _ in range(2):
        told = elbv2.describe_load_balancers(LoadBalancerArns=[made["LoadBalancerArn"]])["LoadBalancers"][0]
        states.append((told["State"]["Code"], emulator.resolve(made["DNSName"])["code"]))
        emulator.advance(200)
    assert states == [("provisioning", "NXDOMAIN"), ("active", "NOERROR")]
    assert made["CanonicalHostedZoneId"] == "Z14GRHDCWA56QT"


def test_nodes_go_with_the_load_balancer_and_hold_their_subnets_until_then(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any]
) -> None:
    ec2, elbv2 = aws("ec2"), aws("elbv2")
    held = [
        (ec2.delete_subnet, {"SubnetId": site.elb_subnets[0]}),
        (ec2.delete_security_group, {"GroupId": site.elb_group}),
        (ec2.detach_internet_gateway, {"InternetGatewayId": site.igw, "VpcId": site.vpc}),
    ]
    for call, arguments in held:
        with pytest.raises(ClientError, match="DependencyViolation"):
            call(**arguments)
    with pytest.raises(ClientError, match="currently in use"):
        ec2.delete_network_interface(NetworkInterfaceId=interfaces(ec2)[0]["NetworkInterfaceId"])
    elbv2.delete_load_balancer(LoadBalancerArn=site.alb)
    assert interfaces(ec2) == []
    assert emulator.resolve(site.dns)["code"] == "NXDOMAIN"
    ec2.delete_subnet(SubnetId=site.elb_subnets[0])
    elbv2.delete_target_group(TargetGroupArn=site.targets)


def test_its_security_groups_guard_it(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any], get: Callable[..., Any]
) -> None:
    assert get(f"http://{site.dns}/").status == 200
    closed = aws("ec2").create_security_group(GroupName="closed", Description="closed", VpcId=site.vpc)["GroupId"]
    aws("elbv2").set_security_groups(LoadBalancerArn=site.alb, SecurityGroups=[closed])
    found = emulator.connect(site.dns, 80)
    assert (found["outcome"], found["blocked_by"]["kind"]) == ("timed_out", "security_group")
    aws("elbv2").set_security_groups(LoadBalancerArn=site.alb, SecurityGroups=[site.elb_group])
    assert emulator.connect(site.dns, 80)["front"] == "elb/alb"
    refused = emulator.connect(site.dns, 8080)
    assert (refused["outcome"], refused["front"]) == ("refused", "elb/alb"), "no listener there"


def test_an_internal_one_is_for_those_inside(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any], get: Callable[..., Any]
) -> None:
    elbv2, ec2 = aws("elbv2"), aws("ec2")
    group = ec2.create_security_group(GroupName="inner", Description="inner", VpcId=site.vpc)["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=tcp(80, IpRanges=EVERYBODY))
    ec2.authorize_security_group_ingress(
        GroupId=site.web_group, IpPermissions=tcp(80, UserIdGroupPairs=[{"GroupId": group}])
    )
    made = elbv2.create_load_balancer(
        Name="inner", Scheme="internal", Subnets=site.elb_subnets, SecurityGroups=[group]
    )["LoadBalancers"][0]
    inner = SimpleNamespace(vpc=site.vpc, alb=made["LoadBalancerArn"])
    arn = target_group(elbv2, inner, "inner-targets")
    elbv2.register_targets(TargetGroupArn=arn, Targets=[{"Id": site.webs[0]}])
    listen(elbv2, inner, 80, [forward(arn)])
    emulator.advance(200)
    assert made["DNSName"].startswith("internal-inner-")
    assert set(emulator.resolve(made["DNSName"])["addresses"]) == {
        each["PrivateIpAddress"] for each in interfaces(ec2, "inner")
    }
    assert get(f"http://{made['DNSName']}/").status == 0
    assert get(f"http://{made['DNSName']}/", source=site.webs[1]).text == "server a\n"


def test_a_zone_that_is_dark_takes_its_node_along(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any]
) -> None:
    nodes = {each["AvailabilityZone"]: each["Association"]["PublicIp"] for each in interfaces(aws("ec2"))}
    emulator.damage("az", "ap-northeast-1a", None)
    assert emulator.resolve(site.dns)["addresses"] == [nodes["ap-northeast-1c"]]
    assert emulator.connect(nodes["ap-northeast-1a"], 80)["outcome"] == "timed_out"
    emulator.heal()
    assert set(emulator.resolve(site.dns)["addresses"]) == set(nodes.values())


def test_moving_to_other_subnets_moves_the_nodes(site: SimpleNamespace, aws: Callable[..., Any]) -> None:
    before = {each["SubnetId"]: each["NetworkInterfaceId"] for each in interfaces(aws("ec2"))}
    other = [site.elb_subnets[0], site.web_subnets["c"]]
    aws("elbv2").set_subnets(LoadBalancerArn=site.alb, Subnets=other)
    after = {each["SubnetId"]: each["NetworkInterfaceId"] for each in interfaces(aws("ec2"))}
    assert set(after) == set(other)
    assert after[site.elb_subnets[0]] == before[site.elb_subnets[0]]
