"""The cloud is kept: the same after a restart, after a save, after a crash; what cannot be read is set aside."""

from __future__ import annotations

import io
import json
import time
import zipfile
from pathlib import Path

import psutil
import pytest
from botocore.exceptions import ClientError

from aws14.cloud.process import find
from aws14.errors import EmulatorError
from tests.conftest import client

REGION = "ap-northeast-1"
LARGE = bytes(range(256)) * 1024
IMAGE = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"


class Clients:
    """Plain clients by service, each made once."""

    def __init__(self, emulator) -> None:
        self.emulator, self.made = emulator, {}

    def __call__(self, service):
        if service not in self.made:
            self.made[service] = client(self.emulator, service)
        return self.made[service]


def build_machines(aws):
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"][
            "SubnetId"
        ]
        for i, zone in enumerate("ac")
    ]
    ec2.create_key_pair(KeyName="key")
    image = aws("ssm").get_parameter(Name=IMAGE)["Parameter"]["Value"]
    kind = {"ImageId": image, "InstanceType": "t3.small"}
    ec2.run_instances(**kind, MinCount=2, MaxCount=2, SubnetId=subnets[0], KeyName="key")
    template = ec2.create_launch_template(LaunchTemplateName="lt", LaunchTemplateData=kind)["LaunchTemplate"]
    group = aws("elbv2").create_target_group(Name="tg", Protocol="HTTP", Port=80, VpcId=vpc)["TargetGroups"][0]
    aws("autoscaling").create_auto_scaling_group(
        AutoScalingGroupName="asg", LaunchTemplate={"LaunchTemplateId": template["LaunchTemplateId"]},
        MinSize=1, MaxSize=9, DesiredCapacity=2, VPCZoneIdentifier=",".join(subnets),
        TargetGroupARNs=[group["TargetGroupArn"]],
    )  # fmt: skip


def build_names_and_objects(aws):
    zone = aws("route53").create_hosted_zone(Name="example.co.jp", CallerReference="1")["HostedZone"]["Id"]
    record = {"Name": "www.example.co.jp", "Type": "A", "TTL": 300, "ResourceRecords": [{"Value": "198.51.100.1"}]}
    changes = [{"Action": "CREATE", "ResourceRecordSet": record}]
    aws("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    s3 = aws("s3")
    s3.create_bucket(Bucket="bucket-one", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_versioning(Bucket="bucket-one", VersioningConfiguration={"Status": "Enabled"})
    for body in (b"first", b"second"):
        s3.put_object(Bucket="bucket-one", Key="small", Body=body, Metadata={"note": "kept"})
    s3.put_object(Bucket="bucket-one", Key="large", Body=LARGE)
    upload = s3.create_multipart_upload(Bucket="bucket-one", Key="parts")["UploadId"]
    s3.upload_part(Bucket="bucket-one", Key="parts", UploadId=upload, PartNumber=1, Body=LARGE)
    queue = aws("sqs").create_queue(QueueName="queue")["QueueUrl"]
    for i in range(5):
        aws("sqs").send_message(QueueUrl=queue, MessageBody=str(i))


def build_code_and_data(aws):
    may = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = {"Version": "2012-10-17", "Statement": [may]}
    role = aws("iam").create_role(RoleName="role", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("main.py", "def handler(event, context): return event")
    aws("lambda").create_function(
        FunctionName="f", Runtime="python3.12", Role=role, Handler="main.handler", Code={"ZipFile": packed.getvalue()}
    )
    aws("rds").create_db_instance(
        DBInstanceIdentifier="db", Engine="mysql", DBInstanceClass="db.t3.micro", AllocatedStorage=20,
        MasterUsername="admin", MasterUserPassword="correct-horse",
    )  # fmt: skip
    aws("acm").request_certificate(DomainName="example.co.jp")
    aws("kms").create_key()
    aws("ssm").put_parameter(Name="/a/b", Value="1", Type="String")


LOOKS = [
    ("ec2", "describe_instances", {}),
    ("ec2", "describe_subnets", {}),
    ("ec2", "describe_network_interfaces", {}),
    ("ec2", "describe_security_groups", {}),
    ("ec2", "describe_volumes", {}),
    ("ec2", "describe_key_pairs", {}),
    ("autoscaling", "describe_auto_scaling_groups", {}),
    ("elbv2", "describe_target_groups", {}),
    ("route53", "list_hosted_zones", {}),
    ("s3", "list_object_versions", {"Bucket": "bucket-one"}),
    ("s3", "list_multipart_uploads", {"Bucket": "bucket-one"}),
    ("sqs", "list_queues", {}),
    ("iam", "list_roles", {}),
    ("lambda", "list_functions", {}),
    ("rds", "describe_db_instances", {}),
    ("acm", "list_certificates", {}),
    ("kms", "list_keys", {}),
    ("ssm", "get_parameters_by_path", {"Path": "/a"}),
]


def everything(aws):
    """What a learner can see of the cloud, less what tells the time of the question."""
    seen = {}
    for service, call, parameters in LOOKS:
        answer = getattr(aws(service), call)(**parameters)
        del answer["ResponseMetadata"]
        seen[f"{service}.{call}"] = answer
    for each in seen["rds.describe_db_instances"]["DBInstances"]:
        del each["LatestRestorableTime"]
    seen["large"] = aws("s3").get_object(Bucket="bucket-one", Key="large")["Body"].read()
    seen["small"] = aws("s3").get_object(Bucket="bucket-one", Key="small")["Metadata"]
    return seen


@pytest.mark.slow
def test_the_cloud_is_the_same_after_a_restart_and_lives_on(home, start):
    first = start()
    aws = Clients(first)
    for build in (build_names_and_objects, build_code_and_data, build_machines):
        build(aws)
    first.advance(600)  # what is still on its way would be further after the restart
    before, clock = everything(aws), first.status()
    first.shutdown()
    second = start()
    assert second.notices == ()
    aws = Clients(second)
    assert everything(aws) == before
    after = second.status()
    assert clock["now"] <= after["now"]
    # It is alive, not only equal: objects that services share are still shared.
    aws("autoscaling").set_desired_capacity(AutoScalingGroupName="asg", DesiredCapacity=4)
    second.advance(300)
    group = aws("elbv2").describe_target_groups()["TargetGroups"][0]["TargetGroupArn"]
    assert len(aws("elbv2").describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]) == 4
    second.advance(300)
    states = [each["State"]["Name"] for r in aws("ec2").describe_instances()["Reservations"] for each in r["Instances"]]
    assert states == ["running"] * 6
    with pytest.raises(ClientError, match="BucketAlreadyOwnedByYou"):
        aws("s3").create_bucket(Bucket="bucket-one", CreateBucketConfiguration={"LocationConstraint": REGION})
    queue = aws("sqs").list_queues()["QueueUrls"][0]
    bodies = aws("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
    assert [each["Body"] for each in bodies] == list("01234")


def test_a_save_brings_the_cloud_and_its_time_back(clean_emulator, aws):
    build_names_and_objects(aws)
    then = clean_emulator.status()["now"]
    assert clean_emulator.save("chapter-1") > 0
    aws("s3").delete_object(Bucket="bucket-one", Key="large")
    aws("sqs").create_queue(QueueName="later")
    clean_emulator.advance(86400)
    now = clean_emulator.restore("chapter-1")
    assert 0 <= now - then < 600
    assert aws("s3").get_object(Bucket="bucket-one", Key="large")["Body"].read() == LARGE
    assert [url.rsplit("/", 1)[1] for url in aws("sqs").list_queues()["QueueUrls"]] == ["queue"]


def test_a_list_that_somebody_reads_by_pages_does_not_keep_the_cloud_from_being_saved(clean_emulator, aws):
    tags = [{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "one"}]}]
    made = {aws("ec2").create_vpc(CidrBlock=f"10.{n}.0.0/16", TagSpecifications=tags)["Vpc"]["VpcId"] for n in range(3)}
    first = aws("resourcegroupstaggingapi").get_resources(ResourcesPerPage=1)
    assert first["PaginationToken"]
    assert clean_emulator.save("by-pages") > 0
    clean_emulator.restore("by-pages")
    assert made <= {vpc["VpcId"] for vpc in aws("ec2").describe_vpcs()["Vpcs"]}


def test_a_restored_random_state_never_gives_an_id_twice(clean_emulator, aws):
    ec2 = aws("ec2")
    ec2.create_vpc(CidrBlock="10.0.0.0/16")
    clean_emulator.save("ids")
    clean_emulator.restore("ids")
    held = {vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"]}
    assert ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"] not in held


def test_after_a_restore_a_peering_into_another_region_is_accepted_there(clean_emulator, aws):
    ec2, far = aws("ec2"), client(clean_emulator, "ec2", region="ap-northeast-3")
    near_vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    far_vpc = far.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    clean_emulator.save("peers")
    clean_emulator.restore("peers")
    asked = ec2.create_vpc_peering_connection(VpcId=near_vpc, PeerVpcId=far_vpc, PeerRegion="ap-northeast-3")
    key = asked["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    accepted = far.accept_vpc_peering_connection(VpcPeeringConnectionId=key)["VpcPeeringConnection"]
    assert accepted["Status"]["Code"] == "active"
    assert [
        each["VpcPeeringConnectionId"] for each in far.describe_vpc_peering_connections()["VpcPeeringConnections"]
    ] == [key]


@pytest.mark.parametrize("name", ["../escape", "", "a/b", "a" * 65, ".hidden"])
def test_a_save_has_a_plain_name(clean_emulator, name):
    for call in (clean_emulator.save, clean_emulator.restore):
        with pytest.raises(EmulatorError, match="cannot be the name of a save"):
            call(name)


def test_what_was_never_saved_is_not_restored(clean_emulator, aws):
    aws("sqs").create_queue(QueueName="stays")
    with pytest.raises(EmulatorError, match="no 'never' to restore"):
        clean_emulator.restore("never")
    assert len(aws("sqs").list_queues()["QueueUrls"]) == 1


def queues(emulator):
    return [url.rsplit("/", 1)[1] for url in client(emulator, "sqs").list_queues().get("QueueUrls", [])]


def wait_for_snapshot(home: Path, after: float) -> None:
    deadline = time.monotonic() + 60
    current = home / "cloud" / "current.snapshot"
    while not current.exists() or current.stat().st_mtime <= after or (home / "cloud" / "unsaved").exists():
        assert time.monotonic() < deadline, "no snapshot"
        time.sleep(0.05)


def kill(emulator) -> None:
    victim = psutil.Process(emulator.pid)
    victim.kill()
    victim.wait(30)


@pytest.mark.slow
def test_a_kill_between_writes_loses_at_most_the_last_seconds_and_says_so(home, start):
    first = start()
    client(first, "sqs").create_queue(QueueName="kept")
    wait_for_snapshot(home, 0)
    client(first, "sqs").create_queue(QueueName="lost-or-kept")
    kill(first)
    second = start()
    assert set(queues(second)) - {"lost-or-kept"} == {"kept"}
    lost = "lost-or-kept" not in queues(second)
    assert any("changes of the last" in notice for notice in second.notices) == lost
    second.shutdown()
    assert start().notices == ()  # told once


@pytest.mark.slow
def test_a_kill_when_all_was_saved_loses_nothing_and_is_not_mentioned(home, start):
    first = start()
    client(first, "sqs").create_queue(QueueName="kept")
    wait_for_snapshot(home, 0)
    kill(first)
    second = start()
    assert (queues(second), second.notices) == (["kept"], ())


def two_generations(home, start):
    """An emulator that has ended, whose current snapshot holds queues one and two, the previous one only one."""
    running = start()
    client(running, "sqs").create_queue(QueueName="one")
    running.shutdown()
    running = start()
    client(running, "sqs").create_queue(QueueName="two")
    running.shutdown()


slow = pytest.mark.slow


@pytest.mark.parametrize(
    "harm", ["truncated", pytest.param("flipped", marks=slow), pytest.param("empty", marks=slow), "foreign"]
)
@pytest.mark.slow
def test_a_bad_snapshot_is_set_aside_and_the_one_before_is_used(home, start, harm):
    two_generations(home, start)
    current = home / "cloud" / "current.snapshot"
    whole = current.read_bytes()
    first, _, data = whole.partition(b"\n")
    header = json.loads(first)
    harmed = {
        "truncated": whole[: len(whole) // 2],
        "flipped": whole[:-100] + bytes([whole[-100] ^ 1]) + whole[-99:],
        "empty": b"",
        "foreign": json.dumps(header | {"versions": header["versions"] | {"moto": "4.0.0"}}).encode() + b"\n" + data,
    }[harm]
    current.write_bytes(harmed)
    running = start()
    assert queues(running) == ["one"]
    (notice,) = running.notices
    assert "set aside" in notice
    assert ("moto 4.0.0" if harm == "foreign" else "damaged") in notice
    (kept,) = (home / "set-aside").iterdir()
    assert kept.read_bytes() == harmed
    assert kept.name in notice


@pytest.mark.slow
def test_with_no_good_snapshot_the_cloud_is_empty_and_works(home, start):
    two_generations(home, start)
    for generation in ("current", "previous"):
        (home / "cloud" / f"{generation}.snapshot").write_bytes(b"not a snapshot\n")
    running = start()
    assert len(running.notices) == 2
    client(running, "sqs").create_queue(QueueName="new")
    assert queues(running) == ["new"]


@pytest.mark.slow
def test_time_stands_still_while_it_is_down(home, start):
    running = start()
    client(running, "sqs").create_queue(QueueName="one")
    running.advance(7 * 86400)
    before = running.status()["now"]
    running.shutdown()
    time.sleep(1.5)
    ended = time.monotonic()
    after = start().status()["now"]
    assert before <= after <= before + 5 + (time.monotonic() - ended)
    assert find(home) is not None
