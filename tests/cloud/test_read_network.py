"""The network of pattern 1 read back: who reaches whom, as the notebook shows it and as the analyzer says it."""

from __future__ import annotations

import pytest

from aws14.cloud import read_back, tear_down
from aws14.cloud.readback.network import read_network
from aws14.sim import Path, resolve
from aws14.sim.reachability import matrix, reach

OFFICE = "203.0.113.0/24"
WHO, PORTS = ("internet", OFFICE, "web", "db"), (22, 80, 443, 3306)


def test_who_reaches_whom_on_the_campaign_site(session, site):
    rows = matrix(read_network(session), WHO, PORTS)
    assert {(row.source, row.destination, row.port) for row in rows if row.reachable} == {
        ("internet", "web", 80),
        ("internet", "web", 443),
        (OFFICE, "web", 22),
        (OFFICE, "web", 80),
        (OFFICE, "web", 443),
        ("web", "db", 3306),
        ("db", "web", 80),
        ("db", "web", 443),
    }


def test_the_analyzer_agrees_with_what_was_read_back(session, site):
    ec2, network = session.client("ec2"), read_network(session)
    ids = {"internet": site.igw, "web": site.web, "db": site.db}
    asked = [
        (source, destination, port)
        for source, destination in (("internet", "web"), ("internet", "db"), ("web", "db"), ("db", "web"))
        for port in (80, 3306)
    ]
    analyses = []
    for source, destination, port in asked:
        path = ec2.create_network_insights_path(
            Source=ids[source], Destination=ids[destination], Protocol="tcp", DestinationPort=port
        )["NetworkInsightsPath"]["NetworkInsightsPathId"]
        started = ec2.start_network_insights_analysis(NetworkInsightsPathId=path)["NetworkInsightsAnalysis"]
        analyses.append(started["NetworkInsightsAnalysisId"])
    session.advance(120)
    said = {
        each["NetworkInsightsAnalysisId"]: each
        for each in ec2.describe_network_insights_analyses(NetworkInsightsAnalysisIds=analyses)[
            "NetworkInsightsAnalyses"
        ]
    }
    for (source, destination, port), key in zip(asked, analyses, strict=True):
        answer = reach(network, source=source, destination=destination, port=port)
        codes = [each["ExplanationCode"] for each in said[key].get("Explanations", ())]
        assert said[key]["NetworkPathFound"] is answer.reachable, answer.sentence
        assert codes == ([] if answer.reachable else [answer.blocked_by.code])


def test_an_open_wall_lets_in(session, site):
    assert not reach(read_network(session), source="db", destination="web", port=3306).reachable
    session.client("ec2").authorize_security_group_ingress(
        GroupId=site.web_group, IpProtocol="tcp", FromPort=3306, ToPort=3306, CidrIp="10.0.1.0/24"
    )
    assert reach(read_network(session), source="db", destination="web", port=3306).reachable


def test_only_the_pattern_s_own_network_is_read(session, site, make):
    other = make.network(session.for_pattern("p02"))
    own = read_network(session)
    assert set(own.vpc) == {site.vpc}
    assert set(read_network(session, "p02").vpc) == {other.vpc}
    assert set(read_network(session, "").vpc) == {site.vpc, other.vpc}
    assert {own.title(site.vpc), own.title(site.igw), own.title(site.nat)} == {"vpc", "igw", "nat"}


def test_a_peered_network_belongs(session, site, make):
    other = make.network(session.for_pattern("p02"))
    ec2 = session.client("ec2")
    ec2.create_vpc_peering_connection(VpcId=site.vpc, PeerVpcId=other.vpc)
    assert set(read_network(session).vpc) == {site.vpc, other.vpc}


@pytest.mark.parametrize("state", ["stopped", "terminated"])
def test_states_are_read(session, site, state):
    ec2 = session.client("ec2")
    if state == "stopped":
        ec2.stop_instances(InstanceIds=[site.web])
    else:
        ec2.terminate_instances(InstanceIds=[site.web])
    session.advance(300)
    states = {one.instance: one.state for one in read_network(session).interfaces}
    assert states.get(site.web) == ("stopped" if state == "stopped" else None)


def test_a_path_is_made_once_and_torn_down_with_its_analyses(session, site):
    ec2 = session.client("ec2")
    wanted = {"Source": site.web, "Destination": site.db, "Protocol": "tcp", "DestinationPort": 22}
    made = {ec2.create_network_insights_path(**wanted)["NetworkInsightsPath"]["NetworkInsightsPathId"] for _ in "ab"}
    assert len(made) == 1
    path = made.pop()
    first, second = (
        ec2.start_network_insights_analysis(NetworkInsightsPathId=path)["NetworkInsightsAnalysis"] for _ in "ab"
    )
    assert first["NetworkInsightsAnalysisId"] != second["NetworkInsightsAnalysisId"]
    tear_down(session)
    assert ec2.describe_network_insights_paths()["NetworkInsightsPaths"] == []
    assert ec2.describe_network_insights_analyses()["NetworkInsightsAnalyses"] == []


def test_an_instance_of_the_pattern_brings_its_default_vpc_into_the_network(session, make):
    """A first server stands in the default VPC, which no pattern owns; runs have to find the way to it."""
    ec2, web = session.client("ec2"), {"FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    assert read_network(session).vpcs == ()
    made = ec2.run_instances(
        ImageId=make.image(session), InstanceType="t3.micro", MinCount=1, MaxCount=1,
        TagSpecifications=make.named("instance", "server"),
    )["Instances"][0]  # fmt: skip
    group = made["NetworkInterfaces"][0]["Groups"][0]["GroupId"]
    ec2.get_waiter("instance_running").wait(InstanceIds=[made["InstanceId"]])
    assert not reach(read_network(session), source="internet", destination="server", port=80).reachable
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[{"IpProtocol": "tcp", **web}])
    assert isinstance(resolve(read_back(session), "server", 80), Path)
