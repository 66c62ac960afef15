"""Runs go through what AWS is like now: each change by plain boto3 alone moves the trace, and says why."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from aws14.cloud.process import Emulator
from aws14.lab import Lab
from aws14.model import InstanceLoss, Scenario, Steady, Trace
from aws14.sim import Unreachable, resolve

NAME = "www.example.co.jp"
EVERYWHERE = "0.0.0.0/0"
SAVED = "run-follows-aws"


@dataclass(frozen=True)
class Site:
    """The campaign site, its lab, AWS ids by node, and plain clients that no course session watches."""

    lab: Lab
    ids: dict[str, str]
    address: str
    ec2: Any
    route53: Any

    def only(self, operation: str, key: str, **wanted: str) -> Any:
        filters = [{"Name": name.replace("_", "-").replace("--", "."), "Values": [wanted[name]]} for name in wanted]
        (found,) = getattr(self.ec2, operation)(Filters=filters)[key]
        return found


@pytest.fixture(scope="module")
def built(emulator: Emulator, emulator_home, aws) -> Iterator[Site]:
    """Pattern 1, built once from the notebook's cells and saved."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS14_HOME", str(emulator_home))
        emulator.reset()
        for ledger in emulator_home.glob("ledger-*.jsonl"):
            ledger.unlink()
        lab = Lab("p01", say=lambda _: None)
        lab.catch_up()
        lab.save(SAVED)
        topology = lab.built()
        ids = {node.id: node.aws_id for node in topology.nodes}
        address = str(topology.node("web").require("public_ipv4"))
        yield Site(lab, ids, address, aws("ec2"), aws("route53"))


@pytest.fixture
def site(built: Site) -> Site:
    """The site as it was built, whatever the test before did to it."""
    built.lab.restore(SAVED)
    return built


@pytest.fixture(scope="module")
def minutes(built: Site) -> Scenario:
    """Ten minutes in which a t3.small is nearly busy."""
    return replace(built.lab.scenario(), name="ten minutes", load=Steady(rate_rps=40.0), horizon_s=600.0)


@pytest.fixture(scope="module")
def before(built: Site, minutes: Scenario) -> Trace:
    """The run on the site as built."""
    built.lab.restore(SAVED)
    return built.lab.run(minutes)


# --- what keeps visitors out --------------------------------------------------------------------------------------


def delete_the_public_route(site: Site) -> None:
    table = site.only("describe_route_tables", "RouteTables", association__subnet_id=site.ids["public-a"])
    site.ec2.delete_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock=EVERYWHERE)


def lead_the_public_route_to_the_nat_gateway(site: Site) -> None:
    table = site.only("describe_route_tables", "RouteTables", association__subnet_id=site.ids["public-a"])
    nat = site.ids["nat"]
    site.ec2.replace_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock=EVERYWHERE, NatGatewayId=nat)


def associate_the_private_route_table(site: Site) -> None:
    public = site.only("describe_route_tables", "RouteTables", association__subnet_id=site.ids["public-a"])
    private = site.only("describe_route_tables", "RouteTables", association__subnet_id=site.ids["private-a"])
    key = next(one["RouteTableAssociationId"] for one in public["Associations"] if one.get("SubnetId"))
    site.ec2.replace_route_table_association(AssociationId=key, RouteTableId=private["RouteTableId"])


def revoke_http(site: Site) -> None:
    group = site.only("describe_security_groups", "SecurityGroups", group_name="web")
    http = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": EVERYWHERE}]}
    site.ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=[http])


def wear_the_database_group(site: Site) -> None:
    group = site.only("describe_security_groups", "SecurityGroups", group_name="db")
    site.ec2.modify_instance_attribute(InstanceId=site.ids["web"], Groups=[group["GroupId"]])


def change_the_group_of_the_interface(site: Site) -> None:
    group = site.only("describe_security_groups", "SecurityGroups", group_name="db")
    interface = site.only("describe_network_interfaces", "NetworkInterfaces", attachment__instance_id=site.ids["web"])
    key = interface["NetworkInterfaceId"]
    site.ec2.modify_network_interface_attribute(NetworkInterfaceId=key, Groups=[group["GroupId"]])


def deny(site: Site, ports: tuple[int, int], *, egress: bool) -> None:
    acl = site.only("describe_network_acls", "NetworkAcls", association__subnet_id=site.ids["public-a"])
    site.ec2.create_network_acl_entry(
        NetworkAclId=acl["NetworkAclId"],
        RuleNumber=50,
        Protocol="6",
        RuleAction="deny",
        Egress=egress,
        CidrBlock=EVERYWHERE,
        PortRange={"From": ports[0], "To": ports[1]},
    )


def deny_http_in(site: Site) -> None:
    deny(site, (80, 80), egress=False)


def deny_ephemeral_ports_out(site: Site) -> None:
    deny(site, (32_768, 60_999), egress=True)


def stop(site: Site) -> None:
    site.ec2.stop_instances(InstanceIds=[site.ids["web"]])
    site.lab.advance(minutes=5)


def disassociate_the_elastic_ip(site: Site) -> None:
    (found,) = site.ec2.describe_addresses(PublicIps=[site.address])["Addresses"]
    site.ec2.disassociate_address(AssociationId=found["AssociationId"])


def hand_the_elastic_ip_to_the_database(site: Site) -> None:
    (found,) = site.ec2.describe_addresses(PublicIps=[site.address])["Addresses"]
    site.ec2.associate_address(AllocationId=found["AllocationId"], InstanceId=site.ids["db"], AllowReassociation=True)


def record(site: Site, action: str, *values: str, kind: str = "A") -> None:
    said = {"Name": NAME, "Type": kind, "TTL": 300, "ResourceRecords": [{"Value": value} for value in values]}
    changes = {"Changes": [{"Action": action, "ResourceRecordSet": said}]}
    site.route53.change_resource_record_sets(HostedZoneId=site.ids["example.co.jp"], ChangeBatch=changes)


def delete_the_record(site: Site) -> None:
    record(site, "DELETE", site.address)


def misdirect_the_record(site: Site) -> None:
    record(site, "UPSERT", "203.0.113.77")


def direct_the_record_to_the_nat_gateway(site: Site) -> None:
    record(site, "UPSERT", str(site.lab.built().node("nat").require("public_ipv4")))


def make_the_record_a_text(site: Site) -> None:
    record(site, "DELETE", site.address)
    record(site, "CREATE", '"the tea quiz"', kind="TXT")


CHANGES: dict[Callable[[Site], None], tuple[str, str]] = {
    delete_the_public_route: ("no_route", "public-a"),
    lead_the_public_route_to_the_nat_gateway: ("no_route", "public-a"),
    associate_the_private_route_table: ("no_route", "public-a"),
    revoke_http: ("blocked", "web"),
    wear_the_database_group: ("blocked", "web"),
    change_the_group_of_the_interface: ("blocked", "web"),
    deny_http_in: ("blocked", "public-a"),
    deny_ephemeral_ports_out: ("blocked", "public-a"),
    stop: ("instance_not_running", "web"),
    disassociate_the_elastic_ip: ("no_such_address", NAME),
    hand_the_elastic_ip_to_the_database: ("blocked", "db"),
    delete_the_record: ("name_not_found", "internet"),
    misdirect_the_record: ("no_such_address", NAME),
    direct_the_record_to_the_nat_gateway: ("no_such_address", NAME),
    make_the_record_a_text: ("name_not_found", NAME),
}


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_through_boto3_alone_keeps_every_visitor_out(site, minutes, before, change):
    reason, last = CHANGES[change]
    assert before.served.sum() > 0.9 * before.offered.sum()
    change(site)
    after = site.lab.run(minutes)
    assert list(after.failed) == [reason]
    assert after.served.sum() == 0
    assert after.offered.sum() == before.offered.sum(), "the same visitors come"
    assert after.nodes[-1] == last


def test_what_was_cut_through_boto3_is_mended_through_boto3(site, minutes, before):
    delete_the_public_route(site)
    assert site.lab.run(minutes).served.sum() == 0
    table = site.only("describe_route_tables", "RouteTables", association__subnet_id=site.ids["public-a"])
    igw = site.ids["igw"]
    site.ec2.create_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock=EVERYWHERE, GatewayId=igw)
    after = site.lab.run(minutes)
    assert after.nodes == before.nodes == ("internet", NAME, "igw", "web")
    assert (after.served == before.served).all()


def test_the_engine_and_the_data_plane_say_the_same(site, minutes):
    """Both ask one function: what stops a page stops a run, in the same words."""
    deny_ephemeral_ports_out(site)
    answer = site.lab.http(f"http://{NAME}/")
    assert answer.outcome == "timed_out"
    way = resolve(site.lab.built(), NAME, 80)
    assert isinstance(way, Unreachable)
    assert way.detail == answer.blocked_by.detail


# --- what changes how visitors are served -------------------------------------------------------------------------


def test_a_larger_type_serves_them_sooner(site, minutes, before):
    stop(site)
    site.ec2.modify_instance_attribute(InstanceId=site.ids["web"], InstanceType={"Value": "m5.xlarge"})
    site.ec2.start_instances(InstanceIds=[site.ids["web"]])
    site.lab.advance(minutes=5)
    after = site.lab.run(minutes)
    assert after.workers.max() > before.workers.max()
    assert after.response_time_s(0.95) < before.response_time_s(0.95)
    assert before.credits is not None and after.credits is None


def test_standard_credits_that_run_out_slow_them_down(site, minutes):
    launched = replace(minutes, credits_at_start=0.0)
    unlimited = site.lab.run(launched)
    site.ec2.modify_instance_credit_specification(
        InstanceCreditSpecifications=[{"InstanceId": site.ids["web"], "CpuCredits": "standard"}]
    )
    standard = site.lab.run(launched)
    assert standard.served.sum() < unlimited.served.sum()
    assert standard.failed["timed_out"].sum() > unlimited.failed["timed_out"].sum()


def test_a_server_that_no_longer_uses_the_database_outlives_it(site, minutes):
    outage = replace(minutes, faults=(InstanceLoss(node="db", starts_s=300.0, lasts_s=300.0),))
    assert site.lab.run(outage).failed["instance_down"].sum() > 0
    site.ec2.delete_tags(Resources=[site.ids["web"]], Tags=[{"Key": "aws14:uses"}])
    after = site.lab.run(outage)
    assert after.failed["instance_down"].sum() == 0
    assert after.served.sum() > 0.9 * after.offered.sum()
