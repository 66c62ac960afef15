"""One of each kind of chapter 1, built with plain boto3: what read-back, ledger and teardown are held against."""

from __future__ import annotations

import json
from base64 import b64encode
from types import SimpleNamespace
from typing import Any

from aws14.cloud.session import Session

SCRIPT = "#!/bin/bash\ndnf install -y httpd\n"
ASSUME = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def named(kind: str, name: str) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


def build_chapter(session: Session, image: str) -> SimpleNamespace:
    """Build it all; returns ids by name."""
    site = SimpleNamespace(image=image, region=session.region)
    for step in (_network, _groups, _machines, _balancing, _scaling, _databases, _files, _names, _edge):
        step(session, site)
    session.advance(900)
    return site


def _network(session: Session, site: SimpleNamespace) -> None:
    ec2 = session.client("ec2")
    site.vpc, site.office = (
        ec2.create_vpc(CidrBlock=cidr, TagSpecifications=named("vpc", name))["Vpc"]["VpcId"]
        for name, cidr in (("vpc", "10.4.0.0/16"), ("office", "192.168.0.0/16"))
    )
    site.igw = ec2.create_internet_gateway(TagSpecifications=named("internet-gateway", "igw"))["InternetGateway"]
    ec2.attach_internet_gateway(InternetGatewayId=site.igw["InternetGatewayId"], VpcId=site.vpc)
    site.subnets = {
        name: ec2.create_subnet(
            VpcId=vpc,
            CidrBlock=cidr,
            AvailabilityZone=session.region + name[-1],
            TagSpecifications=named("subnet", name),
        )["Subnet"]["SubnetId"]
        for name, vpc, cidr in (
            ("app-a", site.vpc, "10.4.0.0/24"),
            ("app-c", site.vpc, "10.4.1.0/24"),
            ("desk-a", site.office, "192.168.1.0/24"),
        )
    }
    site.table = ec2.create_route_table(VpcId=site.vpc, TagSpecifications=named("route-table", "table"))["RouteTable"]
    table = site.table["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=site.igw["InternetGatewayId"])
    for name in ("app-a", "app-c"):
        ec2.associate_route_table(RouteTableId=table, SubnetId=site.subnets[name])
    asked = ec2.create_vpc_peering_connection(
        VpcId=site.vpc, PeerVpcId=site.office, TagSpecifications=named("vpc-peering-connection", "line")
    )
    site.peering = asked["VpcPeeringConnection"]["VpcPeeringConnectionId"]


def _groups(session: Session, site: SimpleNamespace) -> None:
    ec2 = session.client("ec2")
    site.groups = {
        name: ec2.create_security_group(
            GroupName=name, Description=name, VpcId=site.vpc, TagSpecifications=named("security-group", name)
        )["GroupId"]
        for name in ("elb", "app", "db", "spare")
    }
    sources: dict[str, tuple[int, dict[str, Any]]] = {
        "elb": (80, {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}),
        "app": (80, {"UserIdGroupPairs": [{"GroupId": site.groups["elb"]}]}),
        "db": (3306, {"UserIdGroupPairs": [{"GroupId": site.groups["app"]}]}),
    }
    for name, (port, source) in sources.items():
        rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **source}
        ec2.authorize_security_group_ingress(GroupId=site.groups[name], IpPermissions=[rule])


def _machines(session: Session, site: SimpleNamespace) -> None:
    ec2 = session.client("ec2")
    site.box = ec2.run_instances(
        ImageId=site.image,
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        SubnetId=site.subnets["app-a"],
        SecurityGroupIds=[site.groups["app"]],
        TagSpecifications=named("instance", "box"),
    )["Instances"][0]["InstanceId"]
    ec2.get_waiter("instance_running").wait(InstanceIds=[site.box])
    site.volume = ec2.create_volume(
        AvailabilityZone=f"{session.region}a",
        Size=40,
        VolumeType="gp3",
        Iops=3000,
        TagSpecifications=named("volume", "disk"),
    )["VolumeId"]
    session.advance(60)  # no waiter: built again, the volume is in use
    ec2.attach_volume(VolumeId=site.volume, InstanceId=site.box, Device="/dev/sdf")
    site.snapshot = ec2.create_snapshot(VolumeId=site.volume, TagSpecifications=named("snapshot", "kept"))["SnapshotId"]
    site.own_image = ec2.create_image(InstanceId=site.box, Name="web-v1")["ImageId"]


def _balancing(session: Session, site: SimpleNamespace) -> None:
    elbv2 = session.client("elbv2")
    subnets = [site.subnets["app-a"], site.subnets["app-c"]]
    site.alb = elbv2.create_load_balancer(Name="alb", Subnets=subnets, SecurityGroups=[site.groups["elb"]])[
        "LoadBalancers"
    ][0]
    site.nlb = elbv2.create_load_balancer(Name="nlb", Subnets=subnets, Type="network", Scheme="internal")[
        "LoadBalancers"
    ][0]
    site.targets = {
        name: elbv2.create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId=site.vpc)["TargetGroups"][0][
            "TargetGroupArn"
        ]
        for name in ("main", "other")
    }
    balancer = site.alb["LoadBalancerArn"]
    shares = [
        {"TargetGroupArn": site.targets[name], "Weight": weight} for name, weight in (("main", 90), ("other", 10))
    ]
    forward = {"Type": "forward", "ForwardConfig": {"TargetGroups": shares}}
    site.listener = elbv2.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[forward])[
        "Listeners"
    ][0]["ListenerArn"]
    elbv2.create_rule(
        ListenerArn=site.listener,
        Priority=5,
        Conditions=[{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*", "/v1/*"]}}],
        Actions=[{"Type": "forward", "TargetGroupArn": site.targets["other"]}],
    )


def _scaling(session: Session, site: SimpleNamespace) -> None:
    ec2, autoscaling = session.client("ec2"), session.client("autoscaling")
    data = {
        "ImageId": site.image,
        "InstanceType": "t3.small",
        "SecurityGroupIds": [site.groups["app"]],
        "UserData": b64encode(SCRIPT.encode()).decode(),
        "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "aws14:uses", "Value": "orders-db"}]}],
    }
    site.template = ec2.create_launch_template(LaunchTemplateName="app", LaunchTemplateData=data)["LaunchTemplate"][
        "LaunchTemplateId"
    ]
    both = f"{site.subnets['app-a']},{site.subnets['app-c']}"
    for name, size in (("app", 1), ("spare", 0)):
        autoscaling.create_auto_scaling_group(
            AutoScalingGroupName=name,
            MinSize=size,
            MaxSize=3,
            DesiredCapacity=size,
            LaunchTemplate={"LaunchTemplateId": site.template, "Version": "$Latest"},
            VPCZoneIdentifier=both,
            TargetGroupARNs=[site.targets["main"]],
            HealthCheckType="EC2",
            HealthCheckGracePeriod=60,
        )
    policies: dict[str, dict[str, Any]] = {
        "track": {
            "PolicyType": "TargetTrackingScaling",
            "TargetTrackingConfiguration": {
                "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"},
                "TargetValue": 50.0,
            },
        },
        "step": {
            "PolicyType": "StepScaling",
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [
                {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 10, "ScalingAdjustment": 1},
                {"MetricIntervalLowerBound": 10, "ScalingAdjustment": 2},
            ],
        },
        "simple": {"PolicyType": "SimpleScaling", "AdjustmentType": "ChangeInCapacity", "ScalingAdjustment": 1},
    }
    for name, policy in policies.items():
        autoscaling.put_scaling_policy(AutoScalingGroupName="spare", PolicyName=name, **policy)
    autoscaling.put_scheduled_update_group_action(
        AutoScalingGroupName="spare", ScheduledActionName="morning", Recurrence="0 8 * * *", MinSize=0
    )
    found = autoscaling.describe_policies(AutoScalingGroupName="spare", PolicyNames=["step"])["ScalingPolicies"]
    session.client("cloudwatch").put_metric_alarm(AlarmName="busy", AlarmActions=[found[0]["PolicyARN"]], **ALARM)
    session.client("logs").create_log_group(logGroupName="/web/access")
    site.topic = session.client("sns").create_topic(Name="people")["TopicArn"]


ALARM: dict[str, Any] = {
    "Namespace": "AWS/EC2",
    "MetricName": "CPUUtilization",
    "Dimensions": [{"Name": "AutoScalingGroupName", "Value": "spare"}],
    "Statistic": "Average",
    "Period": 60,
    "EvaluationPeriods": 3,
    "Threshold": 70.0,
    "ComparisonOperator": "GreaterThanThreshold",
}


def _databases(session: Session, site: SimpleNamespace) -> None:
    rds = session.client("rds")
    subnets = [site.subnets["app-a"], site.subnets["app-c"]]
    rds.create_db_subnet_group(DBSubnetGroupName="two", DBSubnetGroupDescription="two zones", SubnetIds=subnets)
    rds.create_db_instance(
        DBInstanceIdentifier="orders-db",
        Engine="mysql",
        DBInstanceClass="db.t3.medium",
        AllocatedStorage=20,
        StorageType="gp2",
        MasterUsername="admin",
        MasterUserPassword="correct-horse",
        DBSubnetGroupName="two",
        VpcSecurityGroupIds=[site.groups["db"]],
        MultiAZ=True,
        BackupRetentionPeriod=1,
    )
    rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="orders-db")
    rds.create_db_instance_read_replica(DBInstanceIdentifier="replica", SourceDBInstanceIdentifier="orders-db")
    rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="replica")
    rds.create_db_snapshot(DBInstanceIdentifier="orders-db", DBSnapshotIdentifier="before")
    rds.get_waiter("db_snapshot_available").wait(DBSnapshotIdentifier="before")


def _files(session: Session, site: SimpleNamespace) -> None:
    s3, iam = session.client("s3"), session.client("iam")
    for name in ("aws14-files", "aws14-copies"):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": session.region})
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.create_bucket(Bucket="aws14-static", CreateBucketConfiguration={"LocationConstraint": session.region})
    s3.put_bucket_tagging(Bucket="aws14-static", Tagging={"TagSet": [{"Key": "Name", "Value": "static"}]})
    role = iam.create_role(RoleName="copier", AssumeRolePolicyDocument=json.dumps(ASSUME))["Role"]["Arn"]
    may = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    iam.put_role_policy(RoleName="copier", PolicyName="copy", PolicyDocument=json.dumps(may))
    rule = {
        "ID": "all",
        "Status": "Enabled",
        "Priority": 1,
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": "arn:aws:s3:::aws14-copies"},
    }
    s3.put_bucket_replication(Bucket="aws14-files", ReplicationConfiguration={"Role": role, "Rules": [rule]})


def _names(session: Session, site: SimpleNamespace) -> None:
    route53 = session.client("route53")
    site.zone = route53.create_hosted_zone(Name="example.jp", CallerReference="chapter")["HostedZone"]["Id"]
    site.inside = route53.create_hosted_zone(
        Name="corp.internal",
        CallerReference="inside",
        VPC={"VPCRegion": session.region, "VPCId": site.vpc},
        HostedZoneConfig={"PrivateZone": True, "Comment": ""},
    )["HostedZone"]["Id"]
    config = {
        "Type": "HTTP",
        "FullyQualifiedDomainName": "www.example.jp",
        "Port": 80,
        "ResourcePath": "/",
        "RequestInterval": 10,
        "FailureThreshold": 3,
    }
    site.check = route53.create_health_check(CallerReference="check", HealthCheckConfig=config)["HealthCheck"]["Id"]
    route53.change_tags_for_resource(
        ResourceType="healthcheck", ResourceId=site.check, AddTags=[{"Key": "Name", "Value": "watch"}]
    )
    alias = alias_of(site)
    point(session, site.zone, "origin.example.jp", "A", AliasTarget=alias)
    point(
        session, site.zone, "shop.example.jp", "CNAME", TTL=60, Weight=70, SetIdentifier="blue", **_to("www.blue.test")
    )
    primary = {"SetIdentifier": "one", "Failover": "PRIMARY", "HealthCheckId": site.check, "TTL": 30}
    point(session, site.zone, "main.example.jp", "A", **primary, **_to("203.0.113.1"))
    point(session, site.zone, "main.example.jp", "A", SetIdentifier="two", Failover="SECONDARY", AliasTarget=alias)


def alias_of(site: SimpleNamespace, *, evaluate: bool = True) -> dict[str, Any]:
    return {
        "HostedZoneId": site.alb["CanonicalHostedZoneId"],
        "DNSName": site.alb["DNSName"],
        "EvaluateTargetHealth": evaluate,
    }


def _to(value: str) -> dict[str, Any]:
    return {"ResourceRecords": [{"Value": value}]}


def point(session: Session, zone: str, name: str, kind: str, **how: Any) -> None:
    change = {"Action": "UPSERT", "ResourceRecordSet": {"Name": name, "Type": kind, **how}}
    session.client("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [change]})


def _edge(session: Session, site: SimpleNamespace) -> None:
    acm, cloudfront = session.client("acm", "us-east-1"), session.client("cloudfront")
    site.certificate = acm.request_certificate(
        DomainName="www.example.jp", SubjectAlternativeNames=["img.example.jp"], ValidationMethod="DNS"
    )["CertificateArn"]
    signed = {"OriginAccessControlOriginType": "s3", "SigningBehavior": "always", "SigningProtocol": "sigv4"}
    site.access = cloudfront.create_origin_access_control(OriginAccessControlConfig={"Name": "static", **signed})[
        "OriginAccessControl"
    ]["Id"]
    site.distribution = cloudfront.create_distribution(DistributionConfig=edge_config(session, site))["Distribution"]


def edge_config(session: Session, site: SimpleNamespace) -> dict[str, Any]:
    origins = [
        {
            "Id": "files",
            "DomainName": f"aws14-static.s3.{session.region}.amazonaws.com",
            "OriginAccessControlId": site.access,
            "S3OriginConfig": {"OriginAccessIdentity": ""},
        },
        {
            "Id": "web",
            "DomainName": "origin.example.jp",
            "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "http-only"},
        },
    ]
    https = {"ViewerProtocolPolicy": "redirect-to-https"}
    cached, passed_on = "658327ea-f89d-4fab-a63d-7e88639e58f6", "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    pictures = {"PathPattern": "/images/*", "TargetOriginId": "files", "CachePolicyId": cached, **https}
    return {
        "CallerReference": "chapter",
        "Comment": "cdn",
        "Enabled": True,
        "Aliases": {"Quantity": 0},
        "Origins": {"Quantity": 2, "Items": origins},
        "DefaultCacheBehavior": {"TargetOriginId": "web", "CachePolicyId": passed_on, **https},
        "CacheBehaviors": {"Quantity": 1, "Items": [pictures]},
        "ViewerCertificate": {"CloudFrontDefaultCertificate": True},
    }
