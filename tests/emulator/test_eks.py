"""EKS: clusters, node groups, Fargate profiles, add-ons and updates, on the clock."""

from __future__ import annotations

from collections import Counter

import pytest
from botocore.exceptions import ClientError

from aws14.emulator.durations import typical_s
from tests.emulator.cluster_case import (
    CREATING,
    GROUP_ACTIVE,
    ZONES,
    build_network,
    build_role,
    build_roles,
    cluster_call,
    group_call,
)


@pytest.fixture
def net(clean_emulator, aws):
    return build_network(aws, clean_emulator)


@pytest.fixture
def roles(net, aws):
    return build_roles(aws)


@pytest.fixture
def eks(roles, aws):
    return aws("eks")


@pytest.fixture
def books(eks, net, roles, emulator):
    """An active cluster."""
    eks.create_cluster(**cluster_call(net, roles))
    emulator.advance(CREATING + 1)
    return eks


@pytest.fixture
def workers(books, net, roles, emulator):
    """The same with two nodes."""
    books.create_nodegroup(**group_call(net, roles))
    emulator.advance(GROUP_ACTIVE + 5)
    return books


def instances(aws):
    found = aws("ec2").describe_instances()["Reservations"]
    return [each for one in found for each in one["Instances"] if each["State"]["Name"] != "terminated"]


def code(call, **asked):
    with pytest.raises(ClientError) as refused:
        call(**asked)
    return refused.value.response["Error"]["Code"]


def test_a_cluster_has_an_endpoint_only_once_it_is_active(eks, net, roles, emulator):
    made = eks.create_cluster(**cluster_call(net, roles))["cluster"]
    assert made["status"] == "CREATING"
    assert "endpoint" not in made
    emulator.advance(CREATING - 30)
    assert eks.describe_cluster(name="books")["cluster"]["status"] == "CREATING"
    emulator.advance(31)
    told = eks.describe_cluster(name="books")["cluster"]
    assert told["status"] == "ACTIVE"
    assert told["endpoint"].endswith(".gr7.ap-northeast-1.eks.amazonaws.com")
    assert told["resourcesVpcConfig"]["vpcId"] == net.vpc
    assert told["accessConfig"]["authenticationMode"] == "API"


@pytest.mark.parametrize(
    "changed",
    [
        {"version": "1.19"},
        {"roleArn": "arn:aws:iam::123456789012:role/nobody"},
        {"resourcesVpcConfig": {"subnetIds": ["subnet-0"]}},
        {"name": "-books"},
    ],
    ids=["version", "role", "subnet", "name"],
)
def test_what_eks_cannot_use_is_refused(eks, net, roles, changed):
    assert code(eks.create_cluster, **cluster_call(net, roles, **changed)) == "InvalidParameterException"
    assert eks.list_clusters()["clusters"] == []


def test_a_cluster_wants_two_zones_and_a_role_that_eks_may_assume(eks, net, roles):
    one_zone = {"subnetIds": net.private[:1]}
    assert code(eks.create_cluster, **cluster_call(net, roles, resourcesVpcConfig=one_zone)) == (
        "InvalidParameterException"
    )
    assert code(eks.create_cluster, **cluster_call(net, roles, roleArn=roles.nodes)) == "InvalidParameterException"


def test_nodes_are_instances_of_an_auto_scaling_group_in_both_zones(workers, aws):
    group = workers.describe_nodegroup(clusterName="books", nodegroupName="workers")["nodegroup"]
    assert group["status"] == "ACTIVE"
    name = group["resources"]["autoScalingGroups"][0]["name"]
    scaled = aws("autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"][0]
    assert (scaled["MinSize"], scaled["DesiredCapacity"], scaled["MaxSize"]) == (2, 2, 6)
    assert Counter(each["Placement"]["AvailabilityZone"] for each in instances(aws)) == dict.fromkeys(ZONES, 1)
    tags = {tag["Key"]: tag["Value"] for tag in instances(aws)[0]["Tags"]}
    assert tags["eks:cluster-name"] == "books"
    assert tags["eks:nodegroup-name"] == "workers"


def test_a_node_that_fails_is_replaced(workers, aws, emulator):
    lost = instances(aws)[0]["InstanceId"]
    emulator.damage("instance", lost, None)
    emulator.advance(1200)
    there = [each["InstanceId"] for each in instances(aws) if each["State"]["Name"] == "running"]
    assert lost not in there
    assert len(there) == 2


def test_the_desired_size_follows_in_both_directions(workers, aws, emulator):
    asked = {"clusterName": "books", "nodegroupName": "workers"}
    update = workers.update_nodegroup_config(**asked, scalingConfig={"desiredSize": 3})["update"]
    emulator.advance(GROUP_ACTIVE)
    told = workers.describe_update(name="books", nodegroupName="workers", updateId=update["id"])["update"]
    assert told["status"] == "Successful"
    assert len(instances(aws)) == 3
    name = workers.describe_nodegroup(**asked)["nodegroup"]["resources"]["autoScalingGroups"][0]["name"]
    aws("autoscaling").set_desired_capacity(AutoScalingGroupName=name, DesiredCapacity=4)
    assert workers.describe_nodegroup(**asked)["nodegroup"]["scalingConfig"]["desiredSize"] == 4
    assert code(workers.update_nodegroup_config, **asked, scalingConfig={"desiredSize": 9}) == (
        "InvalidParameterException"
    )


def test_nodes_without_a_way_out_do_not_join(books, net, roles, aws, emulator):
    ec2 = aws("ec2")
    lonely = ec2.create_subnet(VpcId=net.vpc, CidrBlock="10.13.20.0/24", AvailabilityZone=ZONES[0])["Subnet"]
    books.create_nodegroup(**group_call(net, roles, subnets=[lonely["SubnetId"]]))
    emulator.advance(GROUP_ACTIVE + 60)
    assert books.describe_nodegroup(clusterName="books", nodegroupName="workers")["nodegroup"]["status"] == "CREATING"
    emulator.advance(typical_s("EKS node group gives up on nodes that do not join"))
    told = books.describe_nodegroup(clusterName="books", nodegroupName="workers")["nodegroup"]
    assert told["status"] == "CREATE_FAILED"
    assert told["health"]["issues"][0]["code"] == "NodeCreationFailure"
    assert len(told["health"]["issues"][0]["resourceIds"]) == 2


def test_nodes_whose_role_lacks_the_policy_do_not_join(books, net, roles, aws, emulator):
    bare = build_role(aws, "bare", "ec2.amazonaws.com")
    books.create_nodegroup(**group_call(net, roles, nodeRole=bare))
    emulator.advance(GROUP_ACTIVE + 60)
    assert books.describe_nodegroup(clusterName="books", nodegroupName="workers")["nodegroup"]["status"] == "CREATING"


def test_fargate_wants_private_subnets(books, net, roles, emulator):
    asked = {"clusterName": "books", "fargateProfileName": "batch", "podExecutionRoleArn": roles.pods}
    asked["selectors"] = [{"namespace": "batch"}]
    assert code(books.create_fargate_profile, **asked, subnets=[net.public]) == "InvalidParameterException"
    books.create_fargate_profile(**asked, subnets=net.private)
    named = {"clusterName": "books", "fargateProfileName": "batch"}
    assert books.describe_fargate_profile(**named)["fargateProfile"]["status"] == "CREATING"
    emulator.advance(typical_s("EKS Fargate profile creating") + 1)
    assert books.describe_fargate_profile(**named)["fargateProfile"]["status"] == "ACTIVE"


def test_an_add_on_comes_and_goes(books, emulator):
    books.create_addon(clusterName="books", addonName="metrics-server")
    named = {"clusterName": "books", "addonName": "metrics-server"}
    assert books.describe_addon(**named)["addon"]["status"] == "CREATING"
    emulator.advance(typical_s("EKS add-on creating") + 1)
    assert books.describe_addon(**named)["addon"]["status"] == "ACTIVE"
    assert code(books.create_addon, **named) == "ResourceInUseException"
    assert code(books.create_addon, clusterName="books", addonName="made-up") == "InvalidParameterException"
    books.delete_addon(**named)
    emulator.advance(typical_s("EKS add-on deleting") + 1)
    assert books.list_addons(clusterName="books")["addons"] == []


def test_a_cluster_goes_one_version_up_and_its_nodes_follow(workers, aws, emulator):
    assert code(workers.update_cluster_version, name="books", version="1.33") == "InvalidParameterException"
    before = {each["InstanceId"] for each in instances(aws)}
    workers.update_cluster_version(name="books", version="1.35")
    assert workers.describe_cluster(name="books")["cluster"]["status"] == "UPDATING"
    emulator.advance(typical_s("EKS cluster version update") + 1)
    assert workers.describe_cluster(name="books")["cluster"]["version"] == "1.35"
    update = workers.update_nodegroup_version(clusterName="books", nodegroupName="workers")["update"]
    emulator.advance(1800)
    told = workers.describe_update(name="books", nodegroupName="workers", updateId=update["id"])["update"]
    assert told["status"] == "Successful"
    assert before.isdisjoint(each["InstanceId"] for each in instances(aws))
    assert workers.describe_nodegroup(clusterName="books", nodegroupName="workers")["nodegroup"]["version"] == "1.35"


def test_versions_say_whether_they_cost_more(eks):
    told = {each["clusterVersion"]: each for each in eks.describe_cluster_versions()["clusterVersions"]}
    assert [each for each in told.values() if each["defaultVersion"]]
    assert told["1.31"]["versionStatus"] == "EXTENDED_SUPPORT"
    assert next(iter(told)) == max(told, key=lambda name: int(name.partition(".")[2]))


def test_a_cluster_is_deleted_after_what_is_in_it(workers, aws, emulator):
    assert code(workers.delete_cluster, name="books") == "ResourceInUseException"
    workers.delete_nodegroup(clusterName="books", nodegroupName="workers")
    emulator.advance(600)
    assert workers.list_nodegroups(clusterName="books")["nodegroups"] == []
    assert instances(aws) == []
    assert aws("ec2").describe_launch_templates()["LaunchTemplates"] == []
    workers.delete_cluster(name="books")
    emulator.advance(typical_s("EKS cluster deleting") + 1)
    assert workers.list_clusters()["clusters"] == []
    groups = aws("ec2").describe_security_groups()["SecurityGroups"]
    assert [each for each in groups if each["GroupName"].startswith("eks-")] == []


def test_tags_of_every_part_can_be_changed(workers):
    arn = workers.describe_nodegroup(clusterName="books", nodegroupName="workers")["nodegroup"]["nodegroupArn"]
    workers.tag_resource(resourceArn=arn, tags={"team": "books"})
    assert workers.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "books"}
    workers.untag_resource(resourceArn=arn, tagKeys=["team"])
    assert workers.list_tags_for_resource(resourceArn=arn)["tags"] == {}


def test_a_saved_cluster_comes_back_whole(workers, emulator):
    emulator.save("eks")
    emulator.reset()
    emulator.restore("eks")
    assert workers.describe_nodegroup(clusterName="books", nodegroupName="workers")["nodegroup"]["status"] == "ACTIVE"
    workers.delete_nodegroup(clusterName="books", nodegroupName="workers")
    emulator.advance(600)
    assert workers.list_nodegroups(clusterName="books")["nodegroups"] == []
