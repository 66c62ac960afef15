"""Ledger and teardown of chapter 1's services: made once, tagged, torn down in order, crashes included."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from aws14.cloud import deletion, leftovers, tear_down
from aws14.cloud.arns import named
from aws14.cloud.kinds import KINDS
from aws14.cloud.ledger import Ledger
from aws14.cloud.lost import find_access_control
from aws14.cloud.place import Place
from aws14.cloud.session import Session
from tests.cloud.chapter_site import ALARM, build_chapter


def nothing_of_ours(aws: Callable[..., Any], *, zones: int = 0) -> None:
    """Asked without the course."""
    assert all(vpc["IsDefault"] for vpc in aws("ec2").describe_vpcs()["Vpcs"])
    instances = [one for each in aws("ec2").describe_instances()["Reservations"] for one in each["Instances"]]
    assert {one["State"]["Name"] for one in instances} <= {"terminated"}
    assert aws("ec2").describe_volumes()["Volumes"] == []
    assert aws("ec2").describe_images(Owners=["self"])["Images"] == []
    assert aws("elbv2").describe_load_balancers()["LoadBalancers"] == []
    assert aws("elbv2").describe_target_groups()["TargetGroups"] == []
    assert aws("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"] == []
    assert aws("cloudwatch").describe_alarms()["MetricAlarms"] == []
    assert aws("logs").describe_log_groups()["logGroups"] == []
    assert aws("sns").list_topics()["Topics"] == []
    assert aws("rds").describe_db_instances()["DBInstances"] == []
    assert aws("rds").describe_db_snapshots()["DBSnapshots"] == []
    assert [each["DBSubnetGroupName"] for each in aws("rds").describe_db_subnet_groups()["DBSubnetGroups"]] == []
    assert aws("s3").list_buckets()["Buckets"] == []
    assert aws("route53").list_hosted_zones()["HostedZones"] == []
    assert aws("route53").list_health_checks()["HealthChecks"] == []
    assert aws("cloudfront").list_distributions()["DistributionList"].get("Items", []) == []
    assert aws("acm", region="us-east-1").list_certificates()["CertificateSummaryList"] == []
    assert aws("iam").list_roles(PathPrefix="/")["Roles"] == [] or all(
        role["RoleName"] != "copier" for role in aws("iam").list_roles()["Roles"]
    )


def test_the_chapter_twice_makes_nothing_new(session: Session, chapter: SimpleNamespace, make: SimpleNamespace) -> None:
    before = session.ledger.writes
    again = build_chapter(session, make.image(session))
    assert vars(again) == vars(chapter)
    assert session.ledger.writes == before, "nothing was made, so nothing is written"


def test_the_chapter_leaves_nothing(session: Session, chapter: SimpleNamespace, aws: Callable[..., Any]) -> None:
    left = {thing.kind for thing in leftovers(session)}
    assert {"load-balancer", "autoscaling-group", "db-instance", "distribution", "certificate", "alarm"} <= left
    assert [thing.aws_id for thing in leftovers(session) if thing.kind == "instance"] == [chapter.box]
    report = tear_down(session)
    assert report.ok, report
    nothing_of_ours(aws)


@pytest.mark.slow
def test_without_the_ledger_the_tags_tell_of_the_chapter(
    session: Session, chapter: SimpleNamespace, place: Place, tmp_path: Any, aws: Callable[..., Any]
) -> None:
    """All but what has no tags (an inline policy) or tags that the embedded AWS tells nobody of (a subnet group)."""
    aws("iam").delete_role_policy(RoleName="copier", PolicyName="copy")
    stranger = Session(place, ledger=Ledger(tmp_path / "lost.jsonl"), pattern="p01", say=lambda _: None)
    tear_down(stranger)
    aws("rds").delete_db_subnet_group(DBSubnetGroupName="two")
    tear_down(stranger)
    left = {(thing.kind, thing.aws_id) for thing in leftovers(stranger)}
    assert left == set(), left


def test_an_alarm_put_again_is_sent_again(session: Session) -> None:
    cloudwatch = session.client("cloudwatch")
    cloudwatch.put_metric_alarm(AlarmName="a", **ALARM)
    cloudwatch.put_metric_alarm(AlarmName="a", **ALARM | {"Threshold": 5.0})
    cloudwatch.put_metric_alarm(AlarmName="a", **ALARM)
    assert cloudwatch.describe_alarms(AlarmNames=["a"])["MetricAlarms"][0]["Threshold"] == ALARM["Threshold"]
    assert [record.resources for record in session.ledger.records()] == [("a",)], "one alarm, one record"


def test_our_tags_outlive_a_call_that_replaces_all(session: Session, aws: Callable[..., Any]) -> None:
    s3 = session.client("s3")
    s3.create_bucket(Bucket="aws14-mine", CreateBucketConfiguration={"LocationConstraint": session.region})
    name = {"TagSet": [{"Key": "Name", "Value": "static"}]}
    s3.put_bucket_tagging(Bucket="aws14-mine", Tagging=name)
    tags = {tag["Key"]: tag["Value"] for tag in aws("s3").get_bucket_tagging(Bucket="aws14-mine")["TagSet"]}
    assert tags == {"Name": "static", "aws14:course": "aws14", "aws14:pattern": "p01"}
    aws("s3").create_bucket(Bucket="not-ours", CreateBucketConfiguration={"LocationConstraint": session.region})
    s3.put_bucket_tagging(Bucket="not-ours", Tagging=name)
    assert aws("s3").get_bucket_tagging(Bucket="not-ours")["TagSet"] == name["TagSet"]


def test_a_volume_that_outlives_its_group_is_found(
    session: Session, make: SimpleNamespace, aws: Callable[..., Any]
) -> None:
    net = make.network(session)
    ec2, autoscaling = session.client("ec2"), session.client("autoscaling")
    kept = {"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 7, "DeleteOnTermination": False}}
    data = {"ImageId": make.image(session), "InstanceType": "t3.micro", "BlockDeviceMappings": [kept]}
    ec2.create_launch_template(LaunchTemplateName="keeps", LaunchTemplateData=data)
    autoscaling.create_auto_scaling_group(
        AutoScalingGroupName="keeps",
        MinSize=1,
        MaxSize=1,
        LaunchTemplate={"LaunchTemplateName": "keeps"},
        VPCZoneIdentifier=net.private,
    )
    session.advance(300)
    assert tear_down(session).ok
    assert aws("ec2").describe_volumes()["Volumes"] == []


class Crash(BaseException):
    """The kernel dies."""


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("elastic-load-balancing-v2", "CreateLoadBalancer"),
        ("auto-scaling", "CreateAutoScalingGroup"),
        pytest.param("rds", "CreateDBInstance", marks=pytest.mark.slow),
        pytest.param("cloudfront", "CreateOriginAccessControl", marks=pytest.mark.slow),
        pytest.param("cloudfront", "CreateDistribution", marks=pytest.mark.slow),
        pytest.param("route-53", "CreateHealthCheck", marks=pytest.mark.slow),
    ],
)
def test_a_crash_between_a_call_and_its_line_leaves_nothing(
    service: str,
    operation: str,
    session: Session,
    place: Place,
    make: SimpleNamespace,
    aws: Callable[..., Any],
) -> None:
    def die(**_: object) -> None:
        raise Crash

    clients = {"elastic-load-balancing-v2": "elbv2", "auto-scaling": "autoscaling", "route-53": "route53"}
    client = session.client(clients.get(service, service))
    client.meta.events.register_first(f"after-call.{service}.{operation}", die)
    with pytest.raises(Crash):
        build_chapter(session, make.image(session))
    after = Session(place, ledger=Ledger(session.ledger.path), pattern="p01", say=lambda _: None)
    report = tear_down(after)
    assert report.ok, report
    nothing_of_ours(aws)


ARNS = {
    "arn:aws:elasticloadbalancing:r:1:loadbalancer/app/alb/0a": ("load-balancer", None),
    "arn:aws:elasticloadbalancing:r:1:targetgroup/main/0a": ("target-group", None),
    "arn:aws:elasticloadbalancing:r:1:listener/app/alb/0a/0b": ("listener", None),
    "arn:aws:elasticloadbalancing:r:1:listener-rule/app/alb/0a/0b/0c": ("listener-rule", None),
    "arn:aws:autoscaling:r:1:autoScalingGroup:uuid:autoScalingGroupName/app": ("autoscaling-group", "app"),
    "arn:aws:cloudwatch:r:1:alarm:busy": ("alarm", "busy"),
    "arn:aws:logs:r:1:log-group:/web/access": ("log-group", "/web/access"),
    "arn:aws:rds:r:1:db:orders": ("db-instance", "orders"),
    "arn:aws:rds:r:1:snapshot:before": ("db-snapshot", "before"),
    "arn:aws:rds:r:1:subgrp:two": ("db-subnet-group", "two"),
    "arn:aws:cloudfront::1:distribution/E1": ("distribution", "E1"),
    "arn:aws:acm:us-east-1:1:certificate/0a-0b": ("certificate", None),
    "arn:aws:s3:::files": ("bucket", "files"),
    "arn:aws:sns:r:1:people": ("topic", None),
    "arn:aws:iam::1:role/service/copier": ("role", "copier"),
    "arn:aws:kms:r:1:key/0a": ("key", "0a"),
    "arn:aws:ec2:r:1:vpc/vpc-0a": ("", ""),
}


@pytest.mark.parametrize("arn", ARNS)
def test_an_arn_tells_kind_and_id(arn: str) -> None:
    kind, key = ARNS[arn]
    assert named(arn) == (kind, arn if key is None else key)
    assert kind in KINDS or kind == ""


def stubbed(service: str) -> tuple[Any, Stubber]:
    client = boto3.client(service, region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s")
    return client, Stubber(client)


def test_a_distribution_is_disabled_and_waited_for_as_aws_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.waiter.time.sleep", lambda _: None)
    client, stub = stubbed("cloudfront")
    config = {
        "CallerReference": "c",
        "Comment": "",
        "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [{"Id": "o", "DomainName": "o.test"}]},
        "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "allow-all"},
    }
    told = {
        "Id": "E1",
        "ARN": "a",
        "LastModifiedTime": "2026-01-01T00:00:00Z",
        "InProgressInvalidationBatches": 0,
        "DomainName": "d",
        "DistributionConfig": config,
    }
    stub.add_response("get_distribution_config", {"DistributionConfig": config, "ETag": "1"}, {"Id": "E1"})
    off = {"Id": "E1", "IfMatch": "1", "DistributionConfig": config | {"Enabled": False}}
    stub.add_response("update_distribution", {"Distribution": told | {"Status": "InProgress"}, "ETag": "2"}, off)
    for status in ("InProgress", "Deployed"):
        stub.add_response("get_distribution", {"Distribution": told | {"Status": status}}, {"Id": "E1"})
    stub.add_response("delete_distribution", {}, {"Id": "E1", "IfMatch": "2"})
    with stub:
        deletion.delete_distribution(client, "E1")
        stub.assert_no_pending_responses()


def test_protection_against_deletion_is_taken_off_first() -> None:
    client, stub = stubbed("elbv2")
    protected = [{"Key": "deletion_protection.enabled", "Value": "true"}]
    stub.add_response("describe_load_balancer_attributes", {"Attributes": protected}, {"LoadBalancerArn": "a"})
    off = [{"Key": "deletion_protection.enabled", "Value": "false"}]
    stub.add_response("modify_load_balancer_attributes", {}, {"LoadBalancerArn": "a", "Attributes": off})
    stub.add_response("delete_load_balancer", {}, {"LoadBalancerArn": "a"})
    with stub:
        deletion.delete_load_balancer(client, "a")
        stub.assert_no_pending_responses()
    client, stub = stubbed("rds")
    found = {"DBInstances": [{"DBInstanceIdentifier": "db", "DeletionProtection": True}]}
    stub.add_response("describe_db_instances", found, {"DBInstanceIdentifier": "db"})
    off_db = {"DBInstanceIdentifier": "db", "DeletionProtection": False, "ApplyImmediately": True}
    stub.add_response("modify_db_instance", {}, off_db)
    whole = {"DBInstanceIdentifier": "db", "SkipFinalSnapshot": True, "DeleteAutomatedBackups": True}
    stub.add_response("delete_db_instance", {}, whole)
    with stub:
        deletion.delete_database(client, "db")
        stub.assert_no_pending_responses()


def test_an_access_control_whose_answer_was_lost_is_found_by_its_name() -> None:
    client, stub = stubbed("cloudfront")
    item = {
        "Description": "",
        "SigningProtocol": "sigv4",
        "SigningBehavior": "always",
        "OriginAccessControlOriginType": "s3",
    }
    items = [{"Id": key, "Name": name, **item} for key, name in (("1", "other"), ("2", "static"))]
    whole = {"Marker": "", "MaxItems": 100, "IsTruncated": False, "Quantity": 2, "Items": items}
    stub.add_response("list_origin_access_controls", {"OriginAccessControlList": whole}, {})
    with stub:
        assert find_access_control(client, {"OriginAccessControlConfig": {"Name": "static"}}) == ["2"]
