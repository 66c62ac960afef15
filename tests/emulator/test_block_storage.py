"""Volumes, snapshots, images: states on the clock, and the files that go with them."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aws14.cloud.process import Emulator
from tests.conftest import client
from tests.emulator.conftest import named

USER_DATA = """#!/bin/bash
dnf -y install httpd
echo "<h1>$(hostname)</h1>" > /var/www/html/index.html
systemctl enable --now httpd
"""


def launch(ec2: Any, image: str, subnet: str, group: str, **more: Any) -> str:
    started = ec2.run_instances(
        ImageId=image,
        InstanceType=more.pop("InstanceType", "t3.small"),
        MinCount=1,
        MaxCount=1,
        NetworkInterfaces=[{"DeviceIndex": 0, "SubnetId": subnet, "Groups": [group], "AssociatePublicIpAddress": True}],
        **more,
    )
    return str(started["Instances"][0]["InstanceId"])


@pytest.fixture
def ec2(aws: Callable[..., Any]) -> Any:
    return aws("ec2")


@pytest.fixture
def original(small_network: SimpleNamespace, ec2: Any, ami: str, emulator: Emulator) -> str:
    """A web server that its user data has set up."""
    made = launch(ec2, ami, small_network.public, small_network.web_group, UserData=USER_DATA)
    emulator.advance(600)
    return made


def page(emulator: Emulator, ec2: Any, instance: str, path: str = "/") -> str:
    import http.client

    address = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]["PublicIpAddress"]
    found = emulator.connect(address, 80)
    if found["outcome"] != "open":
        return str(found["outcome"])
    connection = http.client.HTTPConnection("127.0.0.1", found["loopback_port"], timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return text if answer.status == 200 else str(answer.status)


def wait_for(ec2: Any, emulator: Emulator, image: str) -> None:
    emulator.advance(1800)
    assert ec2.describe_images(ImageIds=[image])["Images"][0]["State"] == "available"


def test_a_clone_serves_the_page_that_was_set_up_on_the_first(
    original: str, small_network: SimpleNamespace, ec2: Any, emulator: Emulator
) -> None:
    before = page(emulator, ec2, original)
    image = ec2.create_image(InstanceId=original, Name="web")["ImageId"]
    assert ec2.describe_images(ImageIds=[image])["Images"][0]["State"] == "pending"
    assert page(emulator, ec2, original) == "refused"  # it restarts
    with pytest.raises(ClientError, match=r"InvalidAMIID\.Unavailable"):
        launch(ec2, image, small_network.public, small_network.web_group)
    wait_for(ec2, emulator, image)
    ec2.terminate_instances(InstanceIds=[original])
    clone = launch(ec2, image, small_network.public, small_network.web_group)
    emulator.advance(120)
    assert page(emulator, ec2, clone) == before
    assert "<h1>ip-" in before


def test_the_clone_runs_its_own_user_data_once_and_another_name(
    original: str, small_network: SimpleNamespace, ec2: Any, emulator: Emulator
) -> None:
    image = ec2.create_image(InstanceId=original, Name="web", NoReboot=True)["ImageId"]
    assert "<h1>" in page(emulator, ec2, original)
    wait_for(ec2, emulator, image)
    script = "#!/bin/bash\necho again >> /var/www/html/index.html\nhostname >> /var/www/html/index.html\n"
    clone = launch(ec2, image, small_network.public, small_network.web_group, UserData=script)
    emulator.advance(120)
    first = page(emulator, ec2, clone)
    assert first.count("again") == 1
    assert len({line for line in first.splitlines() if "ip-" in line}) == 2
    ec2.reboot_instances(InstanceIds=[clone])
    emulator.advance(300)
    assert page(emulator, ec2, clone) == first


def test_an_image_brings_its_volumes_and_launches_in_the_other_region(
    original: str, small_network: SimpleNamespace, ec2: Any, emulator: Emulator
) -> None:
    zone = ec2.describe_instances(InstanceIds=[original])["Reservations"][0]["Instances"][0]["Placement"]
    data = ec2.create_volume(Size=20, AvailabilityZone=zone["AvailabilityZone"], VolumeType="gp3")["VolumeId"]
    ec2.attach_volume(VolumeId=data, InstanceId=original, Device="/dev/sdf")
    tags = named("image", "web") + named("snapshot", "web-disk")
    image = ec2.create_image(InstanceId=original, Name="web", TagSpecifications=tags)["ImageId"]
    wait_for(ec2, emulator, image)
    shown = ec2.describe_images(ImageIds=[image])["Images"][0]["BlockDeviceMappings"]
    assert sorted(each["Ebs"]["VolumeSize"] for each in shown) == [8, 20]
    snapshots = ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
    assert {each["SnapshotId"] for each in snapshots} == {each["Ebs"]["SnapshotId"] for each in shown}
    assert {tag["Value"] for each in snapshots for tag in each["Tags"]} == {"web-disk"}

    osaka = client(emulator, "ec2", region="ap-northeast-3")
    copy = osaka.copy_image(SourceImageId=image, SourceRegion="ap-northeast-1", Name="web-copy")["ImageId"]
    assert osaka.describe_images(ImageIds=[copy])["Images"][0]["State"] == "pending"
    wait_for(osaka, emulator, copy)
    subnet = osaka.describe_subnets()["Subnets"][0]
    groups = osaka.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [subnet["VpcId"]]}])
    group = groups["SecurityGroups"][0]["GroupId"]
    port_80 = [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    osaka.authorize_security_group_ingress(GroupId=group, IpPermissions=port_80)
    clone = launch(osaka, copy, subnet["SubnetId"], group)
    emulator.advance(120)
    assert "<h1>ip-" in page(emulator, osaka, clone)
    devices = osaka.describe_volumes(Filters=[{"Name": "attachment.instance-id", "Values": [clone]}])["Volumes"]
    assert sorted(each["Size"] for each in devices) == [8, 20]
    osaka.deregister_image(ImageId=copy)
    assert len(osaka.describe_snapshots(OwnerIds=["self"])["Snapshots"]) == 2


def test_volumes_survive_as_delete_on_termination_says(
    small_network: SimpleNamespace, ec2: Any, ami: str, emulator: Emulator
) -> None:
    image = ec2.describe_images(ImageIds=[ami])["Images"][0]
    mappings = [
        {"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 5}},
        {"DeviceName": "/dev/sdg", "Ebs": {"VolumeSize": 6, "DeleteOnTermination": True}},
    ]
    kept_root = [{"DeviceName": image["RootDeviceName"], "Ebs": {"DeleteOnTermination": False}}]
    first = launch(ec2, ami, small_network.public, small_network.web_group, BlockDeviceMappings=mappings)
    second = launch(ec2, ami, small_network.public, small_network.web_group, BlockDeviceMappings=kept_root)
    emulator.advance(120)
    of = {
        (each["Attachments"][0]["InstanceId"], each["Size"]): each["VolumeId"]
        for each in ec2.describe_volumes()["Volumes"]
        if each["Attachments"]
    }
    assert {size for instance, size in of if instance == first} == {8, 5, 6}
    ec2.terminate_instances(InstanceIds=[first, second])
    emulator.advance(600)
    left = {each["VolumeId"] for each in ec2.describe_volumes()["Volumes"]}
    assert {of[first, 5], of[second, 8]} <= left
    assert not {of[first, 8], of[first, 6]} & left


def test_a_snapshot_takes_its_time_and_travels(original: str, ec2: Any, emulator: Emulator) -> None:
    volume = ec2.describe_volumes(Filters=[{"Name": "attachment.instance-id", "Values": [original]}])["Volumes"][0]
    made = ec2.create_snapshot(VolumeId=volume["VolumeId"])
    key = made["SnapshotId"]
    assert made["State"] == "pending"
    emulator.advance(70)
    half = ec2.describe_snapshots(SnapshotIds=[key])["Snapshots"][0]
    assert half["State"] == "pending"
    assert 30 <= int(half["Progress"].rstrip("%")) <= 70
    osaka = client(emulator, "ec2", region="ap-northeast-3")
    with pytest.raises(ClientError, match="IncorrectState"):
        osaka.copy_snapshot(SourceSnapshotId=key, SourceRegion="ap-northeast-1")
    with pytest.raises(ClientError, match="IncorrectState"):
        ec2.create_volume(SnapshotId=key, AvailabilityZone="ap-northeast-1a")
    emulator.advance(120)
    copied = osaka.copy_snapshot(SourceSnapshotId=key, SourceRegion="ap-northeast-1")["SnapshotId"]
    assert osaka.describe_snapshots(SnapshotIds=[copied])["Snapshots"][0]["State"] == "pending"
    emulator.advance(600)
    assert osaka.describe_snapshots(SnapshotIds=[copied])["Snapshots"][0]["Progress"] == "100%"
    assert osaka.create_volume(SnapshotId=copied, AvailabilityZone="ap-northeast-3a")["Size"] == 8


def test_a_volume_is_attached_in_its_own_zone_once(original: str, ec2: Any) -> None:
    there = ec2.create_volume(Size=1, AvailabilityZone="ap-northeast-1c")["VolumeId"]
    with pytest.raises(ClientError, match=r"InvalidVolume\.ZoneMismatch"):
        ec2.attach_volume(VolumeId=there, InstanceId=original, Device="/dev/sdf")
    here = ec2.create_volume(Size=1, AvailabilityZone="ap-northeast-1a")["VolumeId"]
    ec2.attach_volume(VolumeId=here, InstanceId=original, Device="/dev/sdf")
    with pytest.raises(ClientError, match="VolumeInUse"):
        ec2.attach_volume(VolumeId=here, InstanceId=original, Device="/dev/sdg")
    ec2.detach_volume(VolumeId=here)
    assert ec2.describe_volumes(VolumeIds=[here])["Volumes"][0]["State"] == "available"


def test_a_name_is_used_once(original: str, ec2: Any) -> None:
    ec2.create_image(InstanceId=original, Name="web", NoReboot=True)
    with pytest.raises(ClientError, match=r"InvalidAMIName\.Duplicate"):
        ec2.create_image(InstanceId=original, Name="web", NoReboot=True)


DATA = "/var/www/html/data"
WRITES = f"""#!/bin/bash
dnf -y install httpd
mkdir -p {DATA}
mkfs -t xfs /dev/sdf
echo "/dev/sdf {DATA} xfs defaults,nofail 0 2" >> /etc/fstab
mount -a
echo kept > {DATA}/log.txt
echo root > /var/www/html/root.txt
systemctl enable --now httpd
"""
READS = f"""#!/bin/bash
dnf -y install httpd
mkdir -p {DATA}
echo "/dev/sdf {DATA} xfs defaults,nofail 0 2" >> /etc/fstab
mount -a
[ -e /dev/sdf ] && echo more >> {DATA}/log.txt
systemctl enable --now httpd
"""


def disk(size: int, **more: Any) -> list[dict[str, Any]]:
    return [{"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": size, "VolumeType": "gp3", **more}}]


def volume_of(ec2: Any, size: int) -> str:
    found = ec2.describe_volumes(Filters=[{"Name": "size", "Values": [str(size)]}])["Volumes"]
    assert len(found) == 1
    return str(found[0]["VolumeId"])


def test_a_data_volume_keeps_its_files_when_it_moves(
    small_network: SimpleNamespace, ec2: Any, ami: str, emulator: Emulator
) -> None:
    where = (small_network.public, small_network.web_group)
    first = launch(ec2, ami, *where, UserData=WRITES, BlockDeviceMappings=disk(33))
    emulator.advance(600)
    assert page(emulator, ec2, first, "/data/log.txt") == "kept\n"
    ec2.stop_instances(InstanceIds=[first])
    emulator.advance(300)
    ec2.start_instances(InstanceIds=[first])
    emulator.advance(300)
    assert page(emulator, ec2, first, "/data/log.txt") == "kept\n", "fstab brings it back"
    volume = volume_of(ec2, 33)
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    ec2.terminate_instances(InstanceIds=[first])
    second = launch(ec2, ami, *where, UserData=READS)
    emulator.advance(1200)
    assert page(emulator, ec2, second, "/data/log.txt") == "404"
    ec2.attach_volume(VolumeId=volume, InstanceId=second, Device="/dev/sdf")
    ec2.reboot_instances(InstanceIds=[second])
    emulator.advance(300)
    assert page(emulator, ec2, second, "/data/log.txt") == "kept\n"
    assert page(emulator, ec2, second, "/root.txt") == "404"
    third = launch(ec2, ami, *where, UserData=READS, BlockDeviceMappings=disk(33, SnapshotId=snapshot))
    emulator.advance(600)
    assert page(emulator, ec2, third, "/data/log.txt") == "kept\nmore\n"


def test_an_image_holds_each_file_on_its_own_volume(
    small_network: SimpleNamespace, ec2: Any, ami: str, emulator: Emulator
) -> None:
    where = (small_network.public, small_network.web_group)
    first = launch(ec2, ami, *where, UserData=WRITES, BlockDeviceMappings=disk(33))
    emulator.advance(600)
    image = ec2.create_image(InstanceId=first, Name="web")["ImageId"]
    wait_for(ec2, emulator, image)
    clone = launch(ec2, image, *where)
    without = launch(ec2, image, *where, BlockDeviceMappings=[{"DeviceName": "/dev/sdf", "NoDevice": ""}])
    emulator.advance(300)
    assert [page(emulator, ec2, clone, path) for path in ("/root.txt", "/data/log.txt")] == ["root\n", "kept\n"]
    assert [page(emulator, ec2, without, path) for path in ("/root.txt", "/data/log.txt")] == ["root\n", "404"]


def test_instance_store_survives_a_reboot_and_no_stop(
    small_network: SimpleNamespace, ec2: Any, ami: str, emulator: Emulator
) -> None:
    script = WRITES.replace("/dev/sdf", "/dev/nvme1n1")
    where = (small_network.public, small_network.web_group)
    instance = launch(ec2, ami, *where, UserData=script, InstanceType="c5d.large")
    emulator.advance(600)
    ec2.reboot_instances(InstanceIds=[instance])
    emulator.advance(300)
    assert page(emulator, ec2, instance, "/data/log.txt") == "kept\n"
    ec2.stop_instances(InstanceIds=[instance])
    emulator.advance(300)
    ec2.start_instances(InstanceIds=[instance])
    emulator.advance(300)
    assert [page(emulator, ec2, instance, path) for path in ("/root.txt", "/data/log.txt")] == ["root\n", "404"]


def test_provisioned_iops_are_asked_for_at_launch_and_kept_by_an_image(
    small_network: SimpleNamespace, ec2: Any, ami: str, emulator: Emulator
) -> None:
    where = (small_network.public, small_network.web_group)
    wanted = [{"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 40, "VolumeType": "io2", "Iops": 4000}}]
    first = launch(ec2, ami, *where, BlockDeviceMappings=wanted)
    emulator.advance(120)
    made = ec2.describe_volumes(VolumeIds=[volume_of(ec2, 40)])["Volumes"][0]
    assert (made["VolumeType"], made["Iops"]) == ("io2", 4000)
    image = ec2.create_image(InstanceId=first, Name="fast")["ImageId"]
    wait_for(ec2, emulator, image)
    clone = launch(ec2, image, *where)
    found = ec2.describe_volumes(Filters=[{"Name": "attachment.instance-id", "Values": [clone]}])["Volumes"]
    assert {(each["VolumeType"], each["Iops"]) for each in found if each["Size"] == 40} == {("io2", 4000)}
    with pytest.raises(ClientError, match="iops must be specified"):
        launch(ec2, ami, *where, BlockDeviceMappings=disk(5, VolumeType="io2"))
