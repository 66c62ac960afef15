"""Read-back of chapter 1's services: every attribute as made or changed through boto3, links, places, who is asked."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from aws14.cloud import read_back
from aws14.cloud.ledger import Ledger
from aws14.cloud.place import Place
from aws14.cloud.session import Session
from aws14.model import Topology
from aws14.model.kinds import ATTRIBUTES
from tests.cloud.chapter_site import ALARM, SCRIPT, alias_of, edge_config, point

ZONES = ("ap-northeast-1a", "ap-northeast-1c")


class Ends:
    """Equal to every text that ends so: names of which AWS chooses the rest."""

    def __init__(self, end: str) -> None:
        self.end = end

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and len(other) > len(self.end) and other.endswith(self.end)

    def __hash__(self) -> int:
        return hash(self.end)

    def __repr__(self) -> str:
        return f"...{self.end}"


BORN: dict[str, dict[str, Any]] = {
    "box": {"instance_type": "t3.micro"},
    "disk": {"gib": 40, "volume_type": "gp3", "state": "in-use"},
    "kept": {"gib": 40, "of": Ends(""), "state": "completed"},
    "web-v1": {"of": Ends(""), "gib": 48, "state": "available"},
    "alb": {"scheme": "internet-facing", "dns_name": Ends(".ap-northeast-1.elb.amazonaws.com"), "state": "active"},
    "nlb": {"scheme": "internal", "idle_timeout_s": 0, "security_groups": ()},
    "main": {"protocol": "HTTP", "port": 80},
    "app": {"health_check_type": "EC2", "startup_script": SCRIPT, "public_ipv4_kind": "none"},
    "orders-db": {
        "engine": "mysql",
        "zone": ZONES[0],
        "secondary_zone": ZONES[1],
        "zones": ZONES,
        "endpoint": Ends(".ap-northeast-1.rds.amazonaws.com"),
        "multi_az": True,
        "port": 3306,
    },
    "replica": {"multi_az": False, "secondary_zone": ""},
    "before": {"of": "orders-db", "gib": 20, "state": "available"},
    "static": {"name": "aws14-static"},
    "cdn": {"domain_name": Ends(".cloudfront.net"), "state": "Deployed"},
    "www.example.jp": {
        "domain_name": "www.example.jp",
        "names": ("www.example.jp", "img.example.jp"),
        "state": "PENDING_VALIDATION",
        "origin": "AMAZON_ISSUED",
    },
    "watch": {"type": "HTTP", "interval_s": 10},
    "corp.internal": {"name": "corp.internal", "private": True},
    "main.example.jp (PRIMARY)": {
        "name": "main.example.jp",
        "set_id": "one",
        "routing": "failover",
        "failover": "PRIMARY",
        "weight": -1,
    },
    "main.example.jp (SECONDARY)": {"set_id": "two", "failover": "SECONDARY", "ttl_s": 60},
    "shop.example.jp (blue)": {"set_id": "blue", "routing": "weighted", "failover": ""},
    "origin.example.jp": {"alias": Ends(".elb.amazonaws.com"), "routing": "simple", "set_id": "", "type": "A"},
}
"""Node -> attributes that nobody can change, or that are shown as they were made."""


def _ebs(session: Session, site: SimpleNamespace) -> None:
    ec2 = session.client("ec2")
    ec2.modify_volume(VolumeId=site.volume, Iops=5000, Throughput=250)
    mapping = {"DeviceName": "/dev/sdf", "Ebs": {"DeleteOnTermination": True}}
    ec2.modify_instance_attribute(InstanceId=site.box, BlockDeviceMappings=[mapping])
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=site.peering)


def _load_balancer(session: Session, site: SimpleNamespace) -> None:
    elbv2 = session.client("elbv2")
    arn = site.alb["LoadBalancerArn"]
    elbv2.set_security_groups(LoadBalancerArn=arn, SecurityGroups=[site.groups["elb"], site.groups["spare"]])
    redirect = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}}
    elbv2.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=8080, DefaultActions=[redirect])
    attributes = [{"Key": "idle_timeout.timeout_seconds", "Value": "120"}]
    elbv2.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=attributes)
    attributes = [{"Key": "load_balancing.cross_zone.enabled", "Value": "true"}]
    elbv2.modify_load_balancer_attributes(LoadBalancerArn=site.nlb["LoadBalancerArn"], Attributes=attributes)
    third = session.client("ec2").create_subnet(
        VpcId=site.vpc, CidrBlock="10.4.2.0/24", AvailabilityZone="ap-northeast-1d"
    )["Subnet"]["SubnetId"]
    elbv2.set_subnets(LoadBalancerArn=arn, Subnets=[site.subnets["app-a"], site.subnets["app-c"], third])


def _target_group(session: Session, site: SimpleNamespace) -> None:
    elbv2 = session.client("elbv2")
    elbv2.modify_target_group(
        TargetGroupArn=site.targets["main"],
        HealthCheckPath="/health",
        HealthCheckIntervalSeconds=15,
        HealthCheckTimeoutSeconds=4,
        HealthyThresholdCount=3,
        UnhealthyThresholdCount=4,
        Matcher={"HttpCode": "200-299"},
    )
    changed = {
        "deregistration_delay.timeout_seconds": "20",
        "slow_start.duration_seconds": "45",
        "stickiness.enabled": "true",
        "stickiness.type": "lb_cookie",
        "stickiness.lb_cookie.duration_seconds": "600",
    }
    attributes = [{"Key": key, "Value": value} for key, value in changed.items()]
    elbv2.modify_target_group_attributes(TargetGroupArn=site.targets["main"], Attributes=attributes)
    fewest = [{"Key": "load_balancing.algorithm.type", "Value": "least_outstanding_requests"}]
    elbv2.modify_target_group_attributes(TargetGroupArn=site.targets["other"], Attributes=fewest)
    elbv2.register_targets(TargetGroupArn=site.targets["other"], Targets=[{"Id": site.box}])


def _group(session: Session, site: SimpleNamespace) -> None:
    autoscaling = session.client("autoscaling")
    autoscaling.suspend_processes(AutoScalingGroupName="app", ScalingProcesses=["AZRebalance", "Terminate", "Launch"])
    autoscaling.update_auto_scaling_group(
        AutoScalingGroupName="app",
        MinSize=0,
        MaxSize=5,
        DesiredCapacity=2,
        VPCZoneIdentifier=site.subnets["app-a"],
        HealthCheckType="ELB",
        HealthCheckGracePeriod=77,
        DefaultCooldown=33,
        DefaultInstanceWarmup=44,
        TerminationPolicies=["OldestInstance"],
    )
    for name, way in (("warm", "LAUNCHING"), ("drain", "TERMINATING")):
        autoscaling.put_lifecycle_hook(
            AutoScalingGroupName="app",
            LifecycleHookName=name,
            LifecycleTransition=f"autoscaling:EC2_INSTANCE_{way}",
        )
    data = {
        "ImageId": site.own_image,
        "InstanceType": "t3.medium",
        "UserData": b64encode(b"#!/bin/sh\n").decode(),
        "CreditSpecification": {"CpuCredits": "standard"},
        "Monitoring": {"Enabled": True},
        "BlockDeviceMappings": [
            {"DeviceName": _root_device(session, site), "Ebs": {"VolumeSize": 33, "VolumeType": "gp2"}}
        ],
        "NetworkInterfaces": [
            {"DeviceIndex": 0, "AssociatePublicIpAddress": True, "Groups": [site.groups["spare"], site.groups["app"]]}
        ],
    }
    session.client("ec2").create_launch_template_version(LaunchTemplateId=site.template, LaunchTemplateData=data)


def _root_device(session: Session, site: SimpleNamespace) -> str:
    image = session.client("ec2").describe_images(ImageIds=[site.own_image])["Images"][0]
    return str(image["RootDeviceName"])


def _policies(session: Session, site: SimpleNamespace) -> None:
    del site
    autoscaling = session.client("autoscaling")
    custom = {"Namespace": "Shop", "MetricName": "Queue", "Statistic": "Average"}
    autoscaling.put_scaling_policy(
        AutoScalingGroupName="spare",
        PolicyName="track",
        PolicyType="TargetTrackingScaling",
        EstimatedInstanceWarmup=90,
        Enabled=False,
        TargetTrackingConfiguration={
            "CustomizedMetricSpecification": custom,
            "TargetValue": 40.0,
            "DisableScaleIn": True,
        },
    )
    autoscaling.put_scaling_policy(
        AutoScalingGroupName="spare",
        PolicyName="step",
        PolicyType="StepScaling",
        AdjustmentType="PercentChangeInCapacity",
        MinAdjustmentMagnitude=2,
        StepAdjustments=[{"MetricIntervalUpperBound": 0, "ScalingAdjustment": -20}],
    )
    autoscaling.put_scaling_policy(
        AutoScalingGroupName="spare",
        PolicyName="simple",
        PolicyType="SimpleScaling",
        AdjustmentType="ChangeInCapacity",
        ScalingAdjustment=1,
        Cooldown=15,
    )
    autoscaling.put_scheduled_update_group_action(
        AutoScalingGroupName="spare",
        ScheduledActionName="morning",
        Recurrence="30 7 * * 1-5",
        TimeZone="Asia/Tokyo",
        StartTime="2027-01-04T00:00:00Z",
        MinSize=1,
        MaxSize=4,
        DesiredCapacity=2,
    )


def _alarm(session: Session, site: SimpleNamespace) -> None:
    del site
    changed = ALARM | {
        "Namespace": "AWS/ApplicationELB",
        "MetricName": "RequestCount",
        "Dimensions": [{"Name": "TargetGroup", "Value": "t"}, {"Name": "LoadBalancer", "Value": "l"}],
        "Statistic": "Sum",
        "Period": 300,
        "EvaluationPeriods": 5,
        "DatapointsToAlarm": 4,
        "Threshold": 9.5,
        "ComparisonOperator": "LessThanThreshold",
        "TreatMissingData": "breaching",
        "ActionsEnabled": False,
    }
    session.client("cloudwatch").put_metric_alarm(AlarmName="busy", **changed)
    session.client("logs").put_retention_policy(logGroupName="/web/access", retentionInDays=7)


def _database(session: Session, site: SimpleNamespace) -> None:
    rds = session.client("rds")
    rds.promote_read_replica(DBInstanceIdentifier="replica")
    rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="replica")
    rds.modify_db_instance(
        DBInstanceIdentifier="orders-db",
        DBInstanceClass="db.m5.large",
        AllocatedStorage=100,
        StorageType="io1",
        Iops=3000,
        VpcSecurityGroupIds=[site.groups["spare"]],
        PubliclyAccessible=True,
        BackupRetentionPeriod=9,
        MultiAZ=False,
        ApplyImmediately=True,
    )
    session.advance(4 * 3600)
    rds.stop_db_instance(DBInstanceIdentifier="orders-db")


def _files(session: Session, site: SimpleNamespace) -> None:
    del site
    s3 = session.client("s3")
    s3.put_bucket_versioning(Bucket="aws14-static", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_website(Bucket="aws14-static", WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})
    s3.delete_public_access_block(Bucket="aws14-static")
    reads = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::aws14-static/*"}
    s3.put_bucket_policy(Bucket="aws14-static", Policy=json.dumps({"Version": "2012-10-17", "Statement": [reads]}))
    keeps = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Years": 2}}}
    s3.put_object_lock_configuration(Bucket="aws14-static", ObjectLockConfiguration=keeps)
    ends = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 9}}
    s3.put_bucket_lifecycle_configuration(Bucket="aws14-static", LifecycleConfiguration={"Rules": [ends]})
    s3.put_object(Bucket="aws14-static", Key="logs/1", Body=bytes(1 << 20), StorageClass="GLACIER_IR")


def _names(session: Session, site: SimpleNamespace) -> None:
    route53 = session.client("route53")
    route53.update_health_check(
        HealthCheckId=site.check,
        FullyQualifiedDomainName="main.example.jp",
        Port=8080,
        ResourcePath="/up",
        FailureThreshold=5,
        Inverted=True,
    )
    route53.associate_vpc_with_hosted_zone(
        HostedZoneId=site.inside, VPC={"VPCRegion": session.region, "VPCId": site.office}
    )
    point(session, site.zone, "origin.example.jp", "A", AliasTarget=alias_of(site, evaluate=False))
    blue = {"SetIdentifier": "blue", "Weight": 20, "TTL": 15}
    point(session, site.zone, "shop.example.jp", "CNAME", **blue, ResourceRecords=[{"Value": "www.green.test"}])


def _edge(session: Session, site: SimpleNamespace) -> None:
    acm, cloudfront = session.client("acm", "us-east-1"), session.client("cloudfront")
    asked = acm.describe_certificate(CertificateArn=site.certificate)["Certificate"]["DomainValidationOptions"]
    for proof in (each["ResourceRecord"] for each in asked):
        point(session, site.zone, proof["Name"], proof["Type"], TTL=60, ResourceRecords=[{"Value": proof["Value"]}])
    acm.get_waiter("certificate_validated").wait(CertificateArn=site.certificate)
    config = edge_config(session, site)
    config |= {"PriceClass": "PriceClass_200", "Aliases": {"Quantity": 1, "Items": ["img.example.jp"]}}
    config["CacheBehaviors"]["Items"][0]["CachePolicyId"] = config["DefaultCacheBehavior"]["CachePolicyId"]
    config["ViewerCertificate"] = {"ACMCertificateArn": site.certificate, "SSLSupportMethod": "sni-only"}
    methods = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
    config["DefaultCacheBehavior"]["AllowedMethods"] = {"Quantity": len(methods), "Items": methods}
    config["DefaultCacheBehavior"]["OriginRequestPolicyId"] = "216adef6-5c7f-47e4-b989-5492eafa07d3"
    tag = cloudfront.get_distribution_config(Id=site.distribution["Id"])["ETag"]
    cloudfront.update_distribution(Id=site.distribution["Id"], IfMatch=tag, DistributionConfig=config)


STEPS = (
    _ebs,
    _load_balancer,
    _target_group,
    _group,
    _policies,
    _alarm,
    _files,
    _names,
    _edge,
    _database,
)

CHANGED: dict[str, dict[str, Any]] = {
    "disk": {"iops": 5000, "throughput_mibps": 250, "delete_on_termination": True},
    "line": {"state": "active"},
    "alb": {
        "security_groups": ("elb", "spare"),
        "listeners": ("HTTP:80", "HTTP:8080 redirect"),
        "idle_timeout_s": 120,
        "zones": (*ZONES, "ap-northeast-1d"),
    },
    "nlb": {"cross_zone": True},
    "main": {
        "health_check_path": "/health",
        "health_check_interval_s": 15,
        "health_check_timeout_s": 4,
        "healthy_threshold": 3,
        "unhealthy_threshold": 4,
        "matcher": "200-299",
        "deregistration_delay_s": 20,
        "slow_start_s": 45,
        "sticky": True,
        "sticky_s": 600,
    },
    "other": {"algorithm": "least_outstanding_requests", "target_health": ("box unhealthy Target.FailedHealthChecks",)},
    "app": {
        "min_size": 0,
        "max_size": 5,
        "desired": 2,
        "zones": (ZONES[0],),
        "health_check_type": "ELB",
        "health_check_grace_s": 77,
        "default_cooldown_s": 33,
        "default_warmup_s": 44,
        "termination_policies": ("OldestInstance",),
        "suspended": ("AZRebalance", "Launch", "Terminate"),
        "lifecycle_hooks": ("drain TERMINATING", "warm LAUNCHING"),
    },
    "spare": {
        "instance_type": "t3.medium",
        "image_id": Ends(""),
        "startup_script": "#!/bin/sh\n",
        "cpu_credits": "standard",
        "security_groups": ("app", "spare"),
        "public_ipv4_kind": "public",
        "root_gib": 33,
        "root_volume_type": "gp2",
        "detailed_monitoring": True,
    },
    "track": {
        "metric": "Shop/Queue Average",
        "target": 40.0,
        "warmup_s": 90,
        "disable_scale_in": True,
        "enabled": False,
    },
    "step": {"adjustment_type": "PercentChangeInCapacity", "steps": (":0:-20",), "min_adjustment": 2},
    "simple": {"cooldown_s": 15},
    "morning": {
        "recurrence": "30 7 * * 1-5",
        "time_zone": "Asia/Tokyo",
        "starts": Ends("+00:00"),
        "min_size": 1,
        "max_size": 4,
        "desired": 2,
    },
    "busy": {
        "namespace": "AWS/ApplicationELB",
        "metric": "RequestCount",
        "dimensions": ("LoadBalancer=l", "TargetGroup=t"),
        "statistic": "Sum",
        "comparison": "LessThanThreshold",
        "threshold": 9.5,
        "period_s": 300,
        "evaluation_periods": 5,
        "datapoints_to_alarm": 4,
        "treat_missing": "breaching",
        "state": "ALARM",
        "actions_enabled": False,
    },
    "/web/access": {"retention_days": 7},
    "orders-db": {
        "instance_class": "db.m5.large",
        "gib": 100,
        "storage_type": "io1",
        "iops": 3000,
        "security_groups": ("spare",),
        "publicly_accessible": True,
        "backup_retention_days": 9,
        "multi_az": False,
        "state": "stopping",
    },
    "replica": {"replica_of": ""},
    "static": {
        "versioning": True,
        "website_index": "index.html",
        "public_read": True,
        "lifecycle": ("old logs/ expire=9",),
        "object_lock": "GOVERNANCE 730",
        "stored": ("GLACIER_IR 0.0009765625 1",),
    },
    "cdn": {
        "aliases": ("img.example.jp",),
        "price_class": "PriceClass_200",
        "behaviours": ("/images/* files ttl=0", "* web ttl=0 passes=cookies,POST"),
    },
    "watch": {"target": "main.example.jp", "port": 8080, "path": "/up", "failure_threshold": 5, "inverted": True},
    "corp.internal": {"vpcs": 2},
    "origin.example.jp": {"evaluate_target_health": False},
    "shop.example.jp (blue)": {"weight": 20, "ttl_s": 15, "values": ("www.green.test",)},
}
"""Node -> attributes as they read after the steps; each read otherwise before."""

POLICY_TYPES = {"track": "TargetTrackingScaling", "step": "StepScaling", "simple": "SimpleScaling"}

COVERED = {
    "box": "instance",
    "disk": "volume",
    "kept": "snapshot",
    "web-v1": "image",
    "line": "peering",
    "alb": "load_balancer",
    "nlb": "load_balancer",
    "main": "target_group",
    "other": "target_group",
    "app": "autoscaling_group",
    "spare": "autoscaling_group",
    "track": "scaling_policy",
    "step": "scaling_policy",
    "simple": "scaling_policy",
    "morning": "scheduled_action",
    "busy": "alarm",
    "/web/access": "log_group",
    "orders-db": "db_instance",
    "replica": "db_instance",
    "before": "db_snapshot",
    "static": "bucket",
    "cdn": "distribution",
    "www.example.jp": "certificate",
    "watch": "health_check",
    "corp.internal": "hosted_zone",
    "origin.example.jp": "dns_record",
    "shop.example.jp (blue)": "dns_record",
    "main.example.jp (PRIMARY)": "dns_record",
    "main.example.jp (SECONDARY)": "dns_record",
}
"""Node -> its kind."""


def covered() -> set[tuple[str, str]]:
    """(kind, attribute) of everything that this module asks for."""
    told = {(COVERED[node], name) for table in (BORN, CHANGED) for node, names in table.items() for name in names}
    return told | {("scaling_policy", "policy_type")}


def links(topology: Topology, kind: str) -> set[tuple[str, str, str]]:
    return {(link.source, link.target, link.label) for link in topology.links if link.kind == kind}


def test_the_chapter_as_it_was_made(session: Session, chapter: SimpleNamespace) -> None:
    built = read_back(session)
    for node in built.nodes:
        assert tuple(sorted(node.attributes)) == tuple(sorted(ATTRIBUTES[node.kind])), node.id
    for name, expected in BORN.items():
        node = built.node(name)
        assert node.kind == COVERED[name]
        assert {key: node.attributes[key] for key in expected} == expected, name
    assert {name: built.node(name).require("policy_type") for name in POLICY_TYPES} == POLICY_TYPES
    assert built.node("kept").require("of") == chapter.volume
    assert built.node("web-v1").require("of") == chapter.box
    assert built.node("replica").require("replica_of") == "orders-db"


def test_every_change_through_boto3_is_read_back(session: Session, chapter: SimpleNamespace) -> None:
    before = read_back(session)
    for step in STEPS:
        step(session, chapter)
    after = read_back(session)
    for name, changes in CHANGED.items():
        for attribute, expected in changes.items():
            was, now = before.node(name).attributes[attribute], after.node(name).attributes[attribute]
            assert was != now, f"{name}.{attribute} proves nothing"
            told = len(now) if name == "corp.internal" and isinstance(now, tuple) else now
            assert told == expected, f"{name}.{attribute}"


def test_where_things_stand(session: Session, chapter: SimpleNamespace) -> None:
    built = read_back(session)
    places = {
        "vpc": ("alb", "main", "app", "track", "morning", "orders-db", "replica", "igw"),
        "ap-northeast-1": ("kept", "web-v1", "line", "busy", "/web/access", "before", "static", "aws14-files"),
        "us-east-1": ("www.example.jp",),
        "app-a": ("box", "disk"),
    }
    for parent, names in places.items():
        assert {built.node(name).parent for name in names} == {parent}
    assert {built.node(name).parent for name in ("cdn", "watch", "example.jp", "origin.example.jp")} == {None}


def test_what_leads_where(session: Session, chapter: SimpleNamespace) -> None:
    built = read_back(session)
    assert links(built, "routes") == {
        ("app-a", "igw", "0.0.0.0/0"),
        ("app-c", "igw", "0.0.0.0/0"),
        ("alb", "other", "HTTP:80 /api/* /v1/*"),
        ("alb", "main", "HTTP:80 90"),
        ("alb", "other", "HTTP:80 10"),
        ("main", "app", "HTTP:80"),
        ("main", "spare", "HTTP:80"),
        ("track", "spare", "scales"),
        ("step", "spare", "scales"),
        ("simple", "spare", "scales"),
        ("morning", "spare", "scales"),
        ("busy", "step", "ALARM"),
        ("orders-db", "replica", "replicates"),
        ("aws14-files", "aws14-copies", "replicates"),
        ("cdn", "static", "/images/*"),
        ("cdn", "origin.example.jp", "*"),
        ("origin.example.jp", "alb", "A"),
        ("main.example.jp (SECONDARY)", "alb", "A"),
    }
    servers = ("box", "app", "spare")
    assert links(built, "allows") == {
        ("internet", "alb", "tcp/80"),
        *(("alb", server, "tcp/80") for server in servers),
        *((server, database, "tcp/3306") for server in servers for database in ("orders-db", "replica")),
    }
    assert links(built, "uses") == {
        ("app", "orders-db", "MySQL"),
        ("spare", "orders-db", "MySQL"),
        ("main.example.jp (PRIMARY)", "watch", "health"),
    }


def test_the_rules_of_a_listener_stand_in_their_order(session: Session, chapter: SimpleNamespace) -> None:
    found = [link.label for link in read_back(session).links_of("routes", source="alb")]
    assert found == ["HTTP:80 /api/* /v1/*", "HTTP:80 90", "HTTP:80 10"]


def test_a_certificate_shown_by_a_listener_and_by_a_distribution(session: Session, chapter: SimpleNamespace) -> None:
    acm = session.client("acm")
    for client in (session.client("acm", "us-east-1"), acm):
        asked = client.request_certificate(DomainName="pay.example.jp", ValidationMethod="DNS")["CertificateArn"]
        session.advance(60)
        proof = client.describe_certificate(CertificateArn=asked)["Certificate"]["DomainValidationOptions"][0]
        record = proof["ResourceRecord"]
        value = {"TTL": 300, "ResourceRecords": [{"Value": record["Value"]}]}
        point(session, chapter.zone, record["Name"], record["Type"], **value)
        client.get_waiter("certificate_validated").wait(CertificateArn=asked)
    session.client("elbv2").create_listener(
        LoadBalancerArn=chapter.alb["LoadBalancerArn"],
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": asked}],
        DefaultActions=[{"Type": "forward", "TargetGroupArn": chapter.targets["main"]}],
    )
    built = read_back(session)
    mine = next(node for node in built.of_kind("certificate") if node.aws_id == asked)
    assert (mine.require("state"), mine.parent) == ("ISSUED", "ap-northeast-1")
    assert ("alb", mine.id, "TLS") in links(built, "uses")
    assert not [node.id for node in built.of_kind("dns_record") if node.id.startswith("_")], "proofs are no parts"
    assert len({node.id for node in built.of_kind("certificate")}) == 3


def test_the_instances_of_a_group_are_the_group(session: Session, chapter: SimpleNamespace) -> None:
    built = read_back(session)
    name, *members = built.node("app").aws_id.split(",")
    assert name == "app"
    assert built.node("app").count == len(members) == 1
    assert [node.id for node in built.of_kind("instance")] == ["box"]
    assert [node.id for node in built.of_kind("volume")] == ["disk"]
    health = built.node("main").require("target_health")
    assert isinstance(health, tuple)
    assert health[0].startswith(members[0])


def test_interfaces_of_aws_say_whose_they_are(session: Session, chapter: SimpleNamespace) -> None:
    network = read_back(session).network
    assert network is not None
    owned = {each.id: each.owner for each in network.interfaces if each.owner}
    assert {"elb/alb", "rds/orders-db"} <= set(owned.values())
    assert {network.names[key] for key, owner in owned.items() if owner == "elb/alb"} == {"alb"}
    assert all(not each.owner for each in network.interfaces if each.instance)


def test_a_peered_network_is_let_in_by_its_addresses(session: Session, chapter: SimpleNamespace) -> None:
    ec2 = session.client("ec2")
    office = {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "IpRanges": [{"CidrIp": "192.168.0.0/16"}]}
    ec2.authorize_security_group_ingress(GroupId=chapter.groups["elb"], IpPermissions=[office])
    assert ("desk-a", "alb", "tcp/8080") not in links(read_back(session), "allows")
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=chapter.peering)
    ec2.create_route(
        RouteTableId=chapter.table["RouteTableId"],
        DestinationCidrBlock="192.168.0.0/16",
        VpcPeeringConnectionId=chapter.peering,
    )
    built = read_back(session)
    assert ("desk-a", "alb", "tcp/8080") in links(built, "allows")
    assert ("app-a", "line", "192.168.0.0/16") in links(built, "routes")


def test_without_a_ledger_everything_is_asked(
    session: Session, chapter: SimpleNamespace, place: Place, tmp_path: Path
) -> None:
    stranger = Session(place, ledger=Ledger(tmp_path / "none.jsonl"), pattern="p01", say=lambda _: None)
    ours, theirs = ({node.id for node in read_back(each).nodes} for each in (session, stranger))
    assert theirs == ours


@pytest.mark.parametrize("hint", ["tag", "interface", "group"])
def test_a_service_that_the_ledger_does_not_know_is_asked_where_something_hints_at_it(
    hint: str, session: Session, aws: Callable[..., Any], make: SimpleNamespace
) -> None:
    net = make.network(session)
    other = session.client("ec2").create_subnet(VpcId=net.vpc, CidrBlock="10.0.7.0/24", AvailabilityZone=ZONES[1])
    if hint == "tag":
        aws("logs").create_log_group(logGroupName="by-hand", tags={"aws14:pattern": "p01"})
    elif hint == "interface":
        subnets = [net.public, other["Subnet"]["SubnetId"]]
        aws("elbv2").create_load_balancer(Name="by-hand", Subnets=subnets, Scheme="internal")
        session.advance(300)
    else:
        data = {"ImageId": make.image(session), "InstanceType": "t3.micro"}
        aws("ec2").create_launch_template(LaunchTemplateName="by-hand", LaunchTemplateData=data)
        aws("autoscaling").create_auto_scaling_group(
            AutoScalingGroupName="by-hand",
            MinSize=1,
            MaxSize=1,
            LaunchTemplate={"LaunchTemplateName": "by-hand"},
            VPCZoneIdentifier=net.private,
        )
        session.advance(300)
    assert "by-hand" in read_back(session)


def test_a_pattern_of_machines_alone_asks_machines_alone(session: Session, site: SimpleNamespace) -> None:
    asked: set[str] = set()
    for service in ("elbv2", "autoscaling", "rds", "s3", "cloudfront", "acm", "logs", "cloudwatch"):
        events = session.client(service).meta.events
        events.register("before-call", lambda model, **_: asked.add(model.service_model.service_name))
    read_back(session)
    assert asked == set()
