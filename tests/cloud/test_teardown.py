"""Teardown: nothing is left, also after a crash, a second time, and beside other patterns."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from aws14.cloud import leftovers, read_back, tear_down
from aws14.cloud.ledger import Ledger
from aws14.cloud.place import Place
from aws14.cloud.session import Session
from aws14.model import Report

Build = Callable[[Session], SimpleNamespace]


def proof(report: Report) -> Any:
    return report.findings[-1]


def nothing_of_ours(aws: Callable[..., Any]) -> None:
    """Asked without the course: a plain client finds an account as empty as on the first day."""
    ec2 = aws("ec2")
    assert all(vpc["IsDefault"] for vpc in ec2.describe_vpcs()["Vpcs"])
    assert ec2.describe_addresses()["Addresses"] == []
    assert ec2.describe_key_pairs()["KeyPairs"] == []
    assert ec2.describe_volumes()["Volumes"] == []
    assert {nat["State"] for nat in ec2.describe_nat_gateways()["NatGateways"]} <= {"deleted"}
    instances = [i for r in ec2.describe_instances()["Reservations"] for i in r["Instances"]]
    assert {instance["State"]["Name"] for instance in instances} <= {"terminated"}
    assert [group["GroupName"] for group in ec2.describe_security_groups()["SecurityGroups"]] == ["default"]
    assert all(table["Associations"][0]["Main"] for table in ec2.describe_route_tables()["RouteTables"])
    assert aws("route53").list_hosted_zones()["HostedZones"] == []
    assert aws("s3").list_buckets()["Buckets"] == []


def test_pattern_1_leaves_nothing(session: Session, site: SimpleNamespace, aws: Callable[..., Any]) -> None:
    assert len(leftovers(session)) >= 20
    report = tear_down(session)
    assert report.ok, report
    assert proof(report).status == "passed"
    assert leftovers(session) == ()
    nothing_of_ours(aws)


def test_a_second_time_deletes_nothing_and_passes(session: Session, site: SimpleNamespace) -> None:
    tear_down(session)
    again = tear_down(session)
    assert again.ok
    assert len(again.findings) == 1


@pytest.mark.slow
def test_after_teardown_the_pattern_is_built_anew(session: Session, site: SimpleNamespace, build: Build) -> None:
    tear_down(session)
    again = build(session)
    assert again.vpc != site.vpc
    assert tear_down(session).ok


@pytest.mark.slow
def test_without_the_ledger_the_tags_still_tell(
    session: Session, site: SimpleNamespace, place: Place, tmp_path: Any, aws: Callable[..., Any]
) -> None:
    stranger = Session(place, ledger=Ledger(tmp_path / "lost.jsonl"), pattern="p01", say=lambda _: None)
    assert tear_down(stranger).ok
    nothing_of_ours(aws)


def test_without_the_tags_the_ledger_still_tells(
    session: Session, site: SimpleNamespace, aws: Callable[..., Any]
) -> None:
    ec2 = aws("ec2")
    for tag in ec2.describe_tags(Filters=[{"Name": "key", "Values": ["aws14:pattern"]}])["Tags"]:
        ec2.delete_tags(Resources=[tag["ResourceId"]], Tags=[{"Key": "aws14:pattern"}, {"Key": "aws14:course"}])
    aws("route53").change_tags_for_resource(
        ResourceType="hostedzone", ResourceId=site.zone.rpartition("/")[2], RemoveTagKeys=["aws14:pattern"]
    )
    assert tear_down(session).ok
    nothing_of_ours(aws)


class Crash(BaseException):
    """The kernel dies."""


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        pytest.param("ec2", "CreateVpc", marks=pytest.mark.slow),
        ("ec2", "AttachInternetGateway"),
        pytest.param("ec2", "CreateNatGateway", marks=pytest.mark.slow),
        pytest.param("ec2", "CreateKeyPair", marks=pytest.mark.slow),
        ("ec2", "RunInstances"),
        pytest.param("ec2", "AssociateAddress", marks=pytest.mark.slow),
        pytest.param("route-53", "CreateHostedZone", marks=pytest.mark.slow),
        pytest.param("route-53", "ChangeResourceRecordSets", marks=pytest.mark.slow),
    ],
)
def test_a_crash_between_the_call_and_its_line_leaves_nothing(
    service: str, operation: str, session: Session, place: Place, build: Build, aws: Callable[..., Any]
) -> None:
    def die(**_: object) -> None:
        raise Crash

    client = session.client(service.replace("-", ""))
    client.meta.events.register_first(f"after-call.{service}.{operation}", die)
    with pytest.raises(Crash):
        build(session)
    assert session.ledger.records()[-1].state == "begun"
    after = Session(place, ledger=Ledger(session.ledger.path), pattern="p01", say=lambda _: None)
    report = tear_down(after)
    assert report.ok, report
    nothing_of_ours(aws)
    assert {record.state for record in after.ledger.records()} == {"gone"}


def test_a_bucket_whose_answer_was_lost_is_deleted_with_its_objects(session: Session, aws: Callable[..., Any]) -> None:
    def die(**_: object) -> None:
        raise Crash

    s3 = session.client("s3")
    s3.meta.events.register_first("after-call.s3.CreateBucket", die)
    with pytest.raises(Crash):
        s3.create_bucket(Bucket="aws14-crash", CreateBucketConfiguration={"LocationConstraint": session.region})
    aws("s3").put_object(Bucket="aws14-crash", Key="a/b", Body=b"x")
    assert tear_down(session).ok
    nothing_of_ours(aws)


def test_a_versioned_bucket_goes_with_all_its_versions(session: Session, aws: Callable[..., Any]) -> None:
    s3 = session.client("s3")
    s3.create_bucket(Bucket="aws14-old", CreateBucketConfiguration={"LocationConstraint": session.region})
    s3.put_bucket_versioning(Bucket="aws14-old", VersioningConfiguration={"Status": "Enabled"})
    for body in (b"1", b"2"):
        s3.put_object(Bucket="aws14-old", Key="k", Body=body)
    s3.delete_object(Bucket="aws14-old", Key="k")
    assert tear_down(session).ok
    nothing_of_ours(aws)


def test_another_pattern_stays(session: Session, site: SimpleNamespace) -> None:
    other = session.for_pattern("p02")
    vpc = other.client("ec2").create_vpc(CidrBlock="10.50.0.0/16")["Vpc"]["VpcId"]
    tear_down(session)
    assert [thing.aws_id for thing in leftovers(other)] == [vpc]
    assert [thing.aws_id for thing in leftovers(session, pattern="")] == [vpc]


def test_what_the_course_did_not_make_is_not_deleted_but_reported(
    session: Session, site: SimpleNamespace, aws: Callable[..., Any]
) -> None:
    theirs = aws("ec2").create_subnet(VpcId=site.vpc, CidrBlock="10.0.9.0/24", AvailabilityZone="ap-northeast-1c")
    theirs = theirs["Subnet"]["SubnetId"]
    report = tear_down(session)
    assert not report.ok
    assert set(proof(report).subjects) == {site.vpc, theirs}
    refusal = next(finding for finding in report.outstanding if finding.subjects == (site.vpc,))
    assert "DependencyViolation" in refusal.detail
    aws("ec2").delete_subnet(SubnetId=theirs)
    assert tear_down(session).ok


@pytest.mark.slow
def test_groups_that_name_each_other_go(
    session: Session, site: SimpleNamespace, ec2: Any, aws: Callable[..., Any]
) -> None:
    back = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": [{"GroupId": site.db_group}]}
    aws("ec2").authorize_security_group_ingress(GroupId=site.web_group, IpPermissions=[back])
    assert tear_down(session).ok


def test_a_rule_in_a_group_that_stays_is_taken_back(session: Session, aws: Callable[..., Any]) -> None:
    group = aws("ec2").describe_security_groups()["SecurityGroups"][0]["GroupId"]
    session.client("ec2").authorize_security_group_ingress(
        GroupId=group, IpProtocol="tcp", FromPort=80, ToPort=80, CidrIp="0.0.0.0/0"
    )
    assert len(leftovers(session)) == 1
    assert tear_down(session).ok
    assert aws("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"] == []


def test_two_regions_are_cleared(session: Session, aws: Callable[..., Any]) -> None:
    session.client("ec2", "us-west-2").create_vpc(CidrBlock="10.60.0.0/16")
    assert tear_down(session).ok
    assert all(vpc["IsDefault"] for vpc in aws("ec2", region="us-west-2").describe_vpcs()["Vpcs"])


@pytest.mark.slow
def test_disks_images_templates_and_snapshots_go(session: Session, site: SimpleNamespace, ec2: Any, aws: Any) -> None:
    volume = ec2.create_volume(AvailabilityZone="ap-northeast-1a", Size=1)["VolumeId"]
    ec2.attach_volume(VolumeId=volume, InstanceId=site.web, Device="/dev/sdf")
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    image = ec2.create_image(InstanceId=site.web, Name="golden")["ImageId"]
    template = ec2.create_launch_template(LaunchTemplateName="t", LaunchTemplateData={"ImageId": image})
    ec2.create_network_interface(SubnetId=site.public)
    acl = ec2.create_network_acl(VpcId=site.vpc)["NetworkAcl"]["NetworkAclId"]
    old = ec2.describe_network_acls(Filters=[{"Name": "association.subnet-id", "Values": [site.public]}])
    association = next(
        entry["NetworkAclAssociationId"]
        for entry in old["NetworkAcls"][0]["Associations"]
        if entry["SubnetId"] == site.public
    )
    for _ in range(2):
        ec2.replace_network_acl_association(AssociationId=association, NetworkAclId=acl)
    report = tear_down(session)
    assert report.ok, report
    nothing_of_ours(aws)
    mine = aws("ec2")
    assert mine.describe_images(Owners=["self"])["Images"] == []
    assert mine.describe_launch_templates()["LaunchTemplates"] == []
    left = {entry["SnapshotId"] for entry in mine.describe_snapshots(OwnerIds=["self"])["Snapshots"]}
    assert snapshot not in left
    assert template["LaunchTemplate"]["LaunchTemplateId"] not in str(leftovers(session))


def test_a_restored_cloud_is_the_ledgers_again(session: Session, site: SimpleNamespace, build: Build) -> None:
    session.save("built")
    tear_down(session)
    session.restore("built")
    assert vars(build(session)) == vars(site)
    assert "web" in read_back(session)
    assert tear_down(session).ok
