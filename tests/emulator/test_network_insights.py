"""Reachability Analyzer through boto3: paths, analyses on the clock, walls named in AWS's words, refusals."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

ANALYSIS_S = 30  # the typical duration in data/durations.csv


@pytest.fixture
def ec2(small_network, aws):
    return aws("ec2")


@pytest.fixture
def ask(ec2, emulator):
    """Analyse a path to its end: ``ask(source, destination, 80)``."""

    def ask(source, destination, port=None, **more):
        wanted = {"Source": source, "Protocol": "tcp", **({"Destination": destination} if destination else {}), **more}
        if port:
            wanted["DestinationPort"] = port
        path = ec2.create_network_insights_path(**wanted)["NetworkInsightsPath"]["NetworkInsightsPathId"]
        started = ec2.start_network_insights_analysis(NetworkInsightsPathId=path)["NetworkInsightsAnalysis"]
        emulator.advance(ANALYSIS_S)
        found = ec2.describe_network_insights_analyses(
            NetworkInsightsAnalysisIds=[started["NetworkInsightsAnalysisId"]]
        )["NetworkInsightsAnalyses"]
        assert [each["Status"] for each in found] == ["succeeded"]
        return found[0]

    return ask


def code(analysis) -> str:
    """The explanation code; empty when a path was found."""
    assert analysis["NetworkPathFound"] is not bool(analysis.get("Explanations"))
    return "" if analysis["NetworkPathFound"] else analysis["Explanations"][0]["ExplanationCode"]


def components(analysis, leg: str) -> list[str]:
    return [each["Component"]["Id"] for each in analysis[f"{leg}PathComponents"]]


def refusal(call, **parameters) -> str:
    with pytest.raises(ClientError) as refused:
        call(**parameters)
    return refused.value.response["Error"]["Code"]


# --- what is found


def test_the_way_of_a_visitor(ask, small_network, ec2):
    net = small_network
    analysis = ask(net.igw, net.web, 80)
    assert code(analysis) == ""
    instance = ec2.describe_instances(InstanceIds=[net.web])["Reservations"][0]["Instances"][0]
    eni = instance["NetworkInterfaces"][0]["NetworkInterfaceId"]
    acls = ec2.describe_network_acls(Filters=[{"Name": "association.subnet-id", "Values": [net.public]}])
    acl = acls["NetworkAcls"][0]["NetworkAclId"]
    assert components(analysis, "Forward") == [net.igw, acl, net.web_group, eni, net.web]
    assert components(analysis, "Return") == [net.web, eni, net.web_group, acl, net.public_table, net.igw]
    first, network_acl, group, card, last = analysis["ForwardPathComponents"]
    assert [each["SequenceNumber"] for each in analysis["ForwardPathComponents"]] == [1, 2, 3, 4, 5]
    assert first["InboundHeader"]["DestinationAddresses"] == [f"{net.web_ip}/32"]
    assert first["OutboundHeader"]["DestinationAddresses"] == [f"{net.web_address}/32"]
    assert network_acl["AclRule"] == {
        "Cidr": "0.0.0.0/0",
        "Egress": False,
        "Protocol": "all",
        "RuleAction": "allow",
        "RuleNumber": 100,
    }
    assert group["SecurityGroupRule"] == {
        "Cidr": "0.0.0.0/0",
        "Direction": "ingress",
        "PortRange": {"From": 80, "To": 80},
        "Protocol": "tcp",
    }
    assert card["AttachedTo"]["Id"] == net.web
    assert card["Subnet"]["Id"] == net.public
    assert last["InboundHeader"]["Protocol"] == "6"
    assert last["Component"]["Name"] == "web"
    assert last["Component"]["Arn"].endswith(f":instance/{net.web}")
    back = analysis["ReturnPathComponents"][4]["RouteTableRoute"]
    assert (back["DestinationCidr"], back["GatewayId"], back["State"]) == ("0.0.0.0/0", net.igw, "active")


def test_out_through_nat_and_nothing_in(ask, small_network):
    net = small_network
    outward = ask(net.db, net.igw, 443)
    assert code(outward) == ""
    assert net.nat in components(outward, "Forward")
    assert net.nat in components(outward, "Return")
    inward = ask(net.igw, net.db, 3306)["Explanations"][0]
    assert inward["ExplanationCode"] == "IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"
    assert inward["InternetGateway"]["Id"] == net.igw


def test_a_group_in_the_place_of_addresses(ask, small_network):
    analysis = ask(small_network.web, small_network.db, 3306)
    rules = [each["SecurityGroupRule"] for each in analysis["ForwardPathComponents"] if "SecurityGroupRule" in each]
    assert rules[-1]["SecurityGroupId"] == small_network.web_group


# --- each wall of the configuration, opened and closed through the API


def test_a_security_group_stops_and_lets_through(ask, small_network, ec2):
    net = small_network
    stopped = ask(net.web, net.db, 22)["Explanations"][0]
    assert stopped["ExplanationCode"] == "ENI_SG_RULES_MISMATCH"
    assert stopped["Direction"] == "ingress"
    assert [group["Id"] for group in stopped["SecurityGroups"]] == [net.db_group]
    assert stopped["Vpc"]["Id"] == net.vpc
    permission = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.0.0.0/24"}]}
    ec2.authorize_security_group_ingress(GroupId=net.db_group, IpPermissions=[permission])
    assert code(ask(net.web, net.db, 22)) == ""


def test_a_network_acl_forgets_the_answers(ask, small_network, ec2):
    net = small_network
    acl = ec2.create_network_acl(VpcId=net.vpc)["NetworkAcl"]["NetworkAclId"]
    known = ec2.describe_network_acls(Filters=[{"Name": "association.subnet-id", "Values": [net.public]}])
    associations = known["NetworkAcls"][0]["Associations"]
    mine = next(each for each in associations if each["SubnetId"] == net.public)
    ec2.replace_network_acl_association(AssociationId=mine["NetworkAclAssociationId"], NetworkAclId=acl)

    def allow(number, egress, low, high):
        ec2.create_network_acl_entry(
            NetworkAclId=acl,
            RuleNumber=number,
            Protocol="6",
            RuleAction="allow",
            Egress=egress,
            CidrBlock="0.0.0.0/0",
            PortRange={"From": low, "To": high},
        )

    stopped = ask(net.igw, net.web, 80)["Explanations"][0]
    assert (stopped["ExplanationCode"], stopped["Direction"]) == ("SUBNET_ACL_RESTRICTION", "ingress")
    assert stopped["Acl"]["Id"] == acl
    allow(100, False, 80, 80)
    answers = ask(net.igw, net.web, 80)["Explanations"][0]
    assert (answers["ExplanationCode"], answers["Direction"]) == ("SUBNET_ACL_RESTRICTION", "egress")
    allow(100, True, 1_024, 65_535)
    assert code(ask(net.igw, net.web, 80)) == ""


def test_a_missing_route(ask, small_network, ec2):
    net = small_network
    ec2.delete_route(RouteTableId=net.private_table, DestinationCidrBlock="0.0.0.0/0")
    stopped = ask(net.db, net.igw, 443)["Explanations"][0]
    assert stopped["ExplanationCode"] == "NO_ROUTE_TO_DESTINATION"
    assert stopped["RouteTable"]["Id"] == net.private_table
    assert stopped["Destination"]["Id"] == net.igw


def test_a_deleted_nat_gateway_leaves_a_blackhole(ask, small_network, ec2, emulator):
    net = small_network
    ec2.delete_nat_gateway(NatGatewayId=net.nat)
    assert code(ask(net.db, net.igw, 443)) == "BAD_STATE"
    emulator.advance(300)
    stopped = ask(net.db, net.igw, 443)["Explanations"][0]
    assert stopped["ExplanationCode"] == "BAD_STATE_ROUTE"
    assert stopped["RouteTableRoute"]["State"] == "blackhole"
    routes = ec2.describe_route_tables(RouteTableIds=[net.private_table])["RouteTables"][0]["Routes"]
    assert {route["DestinationCidrBlock"]: route["State"] for route in routes} == {
        "10.0.0.0/16": "active",
        "0.0.0.0/0": "blackhole",
    }


def test_a_peering_carries_only_when_it_is_accepted(ask, small_network, ec2):
    net = small_network
    other = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=other, CidrBlock="10.1.0.0/24")["Subnet"]["SubnetId"]
    card = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    pair = ec2.create_vpc_peering_connection(VpcId=net.vpc, PeerVpcId=other)["VpcPeeringConnection"]
    pair = pair["VpcPeeringConnectionId"]
    ec2.create_route(RouteTableId=net.public_table, DestinationCidrBlock="10.1.0.0/16", VpcPeeringConnectionId=pair)
    assert code(ask(net.web, card, 80)) == "BAD_STATE_ROUTE"
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=pair)
    assert code(ask(net.web, card, 80)) in {"ENI_SG_RULES_MISMATCH", "SG_HAS_NO_RULES"}


def test_s3_by_a_gateway_endpoint(ask, small_network, ec2):
    net = small_network
    endpoint = ec2.create_vpc_endpoint(
        VpcId=net.vpc, ServiceName="com.amazonaws.ap-northeast-1.s3", RouteTableIds=[net.private_table]
    )["VpcEndpoint"]["VpcEndpointId"]
    assert code(ask(net.db, endpoint, 443)) == ""
    assert code(ask(net.web, endpoint, 443)) == "NO_PATH"  # its table does not name the endpoint: by the Internet


def test_a_stopped_instance_answers_nobody(ask, small_network, ec2, emulator):
    net = small_network
    ec2.stop_instances(InstanceIds=[net.web])
    emulator.advance(300)
    stopped = ask(net.igw, net.web, 80)["Explanations"][0]
    assert (stopped["ExplanationCode"], stopped["State"]) == ("BAD_STATE", "stopped")
    assert stopped["Component"]["Id"] == net.web


def test_what_is_gone_is_said_to_be(ask, small_network, ec2, emulator):
    net = small_network
    ec2.terminate_instances(InstanceIds=[net.db])
    emulator.advance(300)
    assert code(ask(net.web, net.db, 3306)) == "NO_SOURCE_OR_DESTINATION"


def test_addresses_narrow_the_question(ask, small_network):
    net = small_network
    assert code(ask(net.igw, net.web, 22)) == ""  # somebody gets in: the office
    assert code(ask(net.igw, net.web, 22, SourceIp="203.0.113.7")) == ""
    assert code(ask(net.igw, net.web, 22, SourceIp="192.0.2.77")) == "ENI_SG_RULES_MISMATCH"
    narrow = {"SourceAddress": "192.0.2.77", "DestinationPortRange": {"FromPort": 22, "ToPort": 22}}
    assert code(ask(net.igw, net.web, FilterAtSource=narrow)) == "ENI_SG_RULES_MISMATCH"
    assert code(ask(net.db, None, 443, DestinationIp="192.0.2.77")) == ""


# --- records


def test_an_analysis_takes_its_time_and_looks_at_its_end(ec2, small_network, emulator):
    net = small_network
    path = ec2.create_network_insights_path(Source=net.web, Destination=net.db, Protocol="tcp", DestinationPort=22)
    path = path["NetworkInsightsPath"]["NetworkInsightsPathId"]
    started = ec2.start_network_insights_analysis(NetworkInsightsPathId=path)["NetworkInsightsAnalysis"]
    assert started["Status"] == "running"
    assert "NetworkPathFound" not in started
    emulator.advance(ANALYSIS_S - 10)
    permission = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=net.db_group, IpPermissions=[permission])
    still = ec2.describe_network_insights_analyses(NetworkInsightsPathId=path)["NetworkInsightsAnalyses"]
    assert [each["Status"] for each in still] == ["running"]
    emulator.advance(10)
    done = ec2.describe_network_insights_analyses(NetworkInsightsPathId=path)["NetworkInsightsAnalyses"]
    assert [(each["Status"], each["NetworkPathFound"]) for each in done] == [("succeeded", True)]
    assert done[0]["StartDate"] == started["StartDate"]


@pytest.fixture
def paths(ec2, small_network):
    net = small_network
    made = [
        ec2.create_network_insights_path(
            Source=net.web,
            Destination=net.db,
            Protocol="tcp" if port != 53 else "UDP",
            DestinationPort=port,
            TagSpecifications=[
                {"ResourceType": "network-insights-path", "Tags": [{"Key": "Port", "Value": str(port)}]}
            ],
        )["NetworkInsightsPath"]
        for port in (22, 53, 80)
    ]
    return [each["NetworkInsightsPathId"] for each in made]


def test_paths_are_listed_filtered_and_paged(ec2, paths):
    def listed(**parameters):
        pages = ec2.get_paginator("describe_network_insights_paths").paginate(**parameters)
        return [each["NetworkInsightsPathId"] for page in pages for each in page["NetworkInsightsPaths"]]

    assert listed() == paths
    assert listed(PaginationConfig={"PageSize": 1}) == paths
    assert len(ec2.describe_network_insights_paths(MaxResults=2)["NetworkInsightsPaths"]) == 2
    assert listed(NetworkInsightsPathIds=paths[:1]) == paths[:1]
    assert listed(Filters=[{"Name": "protocol", "Values": ["udp"]}]) == [paths[1]]
    assert listed(Filters=[{"Name": "tag:Port", "Values": ["8*"]}]) == [paths[2]]


def test_analyses_are_filtered_by_what_they_found(ec2, ask, small_network):
    net = small_network
    good, bad = ask(net.web, net.db, 3306), ask(net.web, net.db, 22)

    def listed(name, value):
        found = ec2.describe_network_insights_analyses(Filters=[{"Name": name, "Values": [value]}])
        return {each["NetworkInsightsAnalysisId"] for each in found["NetworkInsightsAnalyses"]}

    assert listed("path-found", "true") == {good["NetworkInsightsAnalysisId"]}
    assert listed("path-found", "false") == {bad["NetworkInsightsAnalysisId"]}
    late = ec2.describe_network_insights_analyses(AnalysisStartTime=bad["StartDate"])["NetworkInsightsAnalyses"]
    assert [each["NetworkInsightsAnalysisId"] for each in late] == [bad["NetworkInsightsAnalysisId"]]


def test_tags_are_those_of_every_resource(ec2, paths):
    ec2.create_tags(Resources=paths[:1], Tags=[{"Key": "Name", "Value": "mine"}])
    path = ec2.describe_network_insights_paths(NetworkInsightsPathIds=paths[:1])["NetworkInsightsPaths"][0]
    assert {tag["Key"]: tag["Value"] for tag in path["Tags"]} == {"Port": "22", "Name": "mine"}
    tags = ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": paths[:1]}])["Tags"]
    assert {tag["ResourceType"] for tag in tags} == {"network-insights-path"}


def test_a_repeated_token_makes_one_path(ec2, small_network):
    wanted = {"Source": small_network.web, "Destination": small_network.db, "Protocol": "tcp", "ClientToken": "t"}
    made = {ec2.create_network_insights_path(**wanted)["NetworkInsightsPath"]["NetworkInsightsPathId"] for _ in "ab"}
    assert len(made) == 1


def test_a_path_goes_after_its_analyses(ec2, ask, small_network):
    analysis = ask(small_network.web, small_network.db, 22)
    path, key = analysis["NetworkInsightsPathId"], analysis["NetworkInsightsAnalysisId"]
    delete = ec2.delete_network_insights_path
    assert refusal(delete, NetworkInsightsPathId=path) == "AnalysisExistsForNetworkInsightsPath"
    assert ec2.delete_network_insights_analysis(NetworkInsightsAnalysisId=key)["NetworkInsightsAnalysisId"] == key
    assert delete(NetworkInsightsPathId=path)["NetworkInsightsPathId"] == path
    assert ec2.describe_network_insights_paths()["NetworkInsightsPaths"] == []
    assert refusal(delete, NetworkInsightsPathId=path) == "InvalidNetworkInsightsPathId.NotFound"


def test_deleted_while_it_runs(ec2, small_network, emulator):
    net = small_network
    path = ec2.create_network_insights_path(Source=net.web, Destination=net.db, Protocol="tcp")
    path = path["NetworkInsightsPath"]["NetworkInsightsPathId"]
    started = ec2.start_network_insights_analysis(NetworkInsightsPathId=path)["NetworkInsightsAnalysis"]
    ec2.delete_network_insights_analysis(NetworkInsightsAnalysisId=started["NetworkInsightsAnalysisId"])
    ec2.delete_network_insights_path(NetworkInsightsPathId=path)
    emulator.advance(ANALYSIS_S)
    assert ec2.describe_network_insights_analyses()["NetworkInsightsAnalyses"] == []


def test_refusals_in_awss_words(ec2, small_network):
    net, nobody = small_network, "nip-0123456789abcdef0"
    not_found = "InvalidNetworkInsightsPathId.NotFound"
    assert refusal(ec2.start_network_insights_analysis, NetworkInsightsPathId=nobody) == not_found
    assert refusal(ec2.describe_network_insights_paths, NetworkInsightsPathIds=[nobody]) == not_found
    assert refusal(ec2.describe_network_insights_analyses, NetworkInsightsPathId=nobody) == not_found
    analysis = {"NetworkInsightsAnalysisIds": ["nia-0123456789abcdef0"]}
    not_found = "InvalidNetworkInsightsAnalysisId.NotFound"
    assert refusal(ec2.describe_network_insights_analyses, **analysis) == not_found
    create = ec2.create_network_insights_path
    assert refusal(create, Source="web", Destination=net.db, Protocol="tcp") == "InvalidParameterValue"
    assert refusal(create, Source=net.web, Destination=net.db, Protocol="icmp") == "InvalidParameterValue"
    assert refusal(create, Source=net.web, Protocol="tcp") == "MissingParameter"
    assert refusal(create, Source=net.web, Destination=net.db, Protocol="tcp", DryRun=True) == "DryRunOperation"
    assert ec2.describe_network_insights_paths()["NetworkInsightsPaths"] == []


def test_other_regions_have_their_own(ec2, aws, paths):
    assert aws("ec2", region="us-west-2").describe_network_insights_paths()["NetworkInsightsPaths"] == []


def test_analyses_survive_a_save(ec2, ask, small_network, emulator):
    analysis = ask(small_network.web, small_network.db, 22)
    running = ec2.start_network_insights_analysis(NetworkInsightsPathId=analysis["NetworkInsightsPathId"])
    emulator.save("analyses")
    emulator.reset()
    assert ec2.describe_network_insights_analyses()["NetworkInsightsAnalyses"] == []
    emulator.restore("analyses")
    emulator.advance(ANALYSIS_S)
    found = ec2.describe_network_insights_analyses()["NetworkInsightsAnalyses"]
    assert [each["Status"] for each in found] == ["succeeded", "succeeded"]
    assert found[1]["NetworkInsightsAnalysisId"] == running["NetworkInsightsAnalysis"]["NetworkInsightsAnalysisId"]


# --- the names of moto that this holds on to


def test_moto_still_has_what_the_behaviours_take_hold_of():
    from moto.ec2.models.route_tables import Route
    from moto.ec2.responses import EC2Response
    from moto.ec2.responses._base_response import EC2BaseResponse
    from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE, EC2_RESOURCE_TO_PREFIX

    assert isinstance(Route.state, property)
    assert EC2_PREFIX_TO_RESOURCE["igw"] == "internet-gateway"
    assert EC2_RESOURCE_TO_PREFIX["internet-gateway"] == "igw"
    assert issubclass(EC2Response, EC2BaseResponse)
    assert not hasattr(EC2Response, "create_network_insights_path")  # else moto has its own, and ours hides behind it
    for name in ("_get_param", "_filters_from_querystring", "error_on_dryrun", "ec2_backend"):
        assert hasattr(EC2Response, name), name
