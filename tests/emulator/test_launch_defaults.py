"""What an instance gets when the call does not say: a default subnet, a way out, the image's volume type."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

AL2023 = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
AL2 = "/aws/service/ami-amazon-linux-latest/amzn2-ami-hvm-x86_64-gp2"


@pytest.fixture
def ec2(clean_emulator, aws):
    return aws("ec2")


def launch(aws, parameter: str = AL2023, **more):
    image = aws("ssm").get_parameter(Name=parameter)["Parameter"]["Value"]
    answer = aws("ec2").run_instances(ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1, **more)
    return answer["Instances"][0]


def default_vpc(ec2):
    return ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]


def test_the_default_vpc_leads_to_the_internet(ec2):
    vpc = default_vpc(ec2)
    gateways = ec2.describe_internet_gateways(Filters=[{"Name": "attachment.vpc-id", "Values": [vpc]}])[
        "InternetGateways"
    ]
    tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
    routes = {route["DestinationCidrBlock"]: route["GatewayId"] for route in tables[0]["Routes"]}
    assert routes["0.0.0.0/0"] == gateways[0]["InternetGatewayId"]


@pytest.mark.parametrize("zone", ["ap-northeast-1a", "ap-northeast-1c"])
def test_a_launch_without_a_subnet_goes_into_the_default_one_of_its_zone(ec2, aws, zone):
    instance = launch(aws, Placement={"AvailabilityZone": zone})
    subnet = ec2.describe_subnets(SubnetIds=[instance["SubnetId"]])["Subnets"][0]
    assert subnet["DefaultForAz"]
    assert subnet["AvailabilityZone"] == zone
    assert ip_address(instance["PrivateIpAddress"]) in ip_network(subnet["CidrBlock"])
    assert instance["VpcId"] == default_vpc(ec2)


def test_a_named_subnet_is_kept(ec2, aws):
    vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.7.1.0/24")["Subnet"]["SubnetId"]
    assert launch(aws, SubnetId=subnet)["SubnetId"] == subnet


@pytest.mark.parametrize(("image", "volume_type"), [(AL2023, "gp3"), (AL2, "gp2")])
def test_the_root_volume_has_the_images_type(ec2, aws, image, volume_type):
    instance = launch(aws, image)
    volumes = ec2.describe_volumes(Filters=[{"Name": "attachment.instance-id", "Values": [instance["InstanceId"]]}])
    assert [volume["VolumeType"] for volume in volumes["Volumes"]] == [volume_type]
    root = ec2.describe_images(ImageIds=[instance["ImageId"]])["Images"][0]["BlockDeviceMappings"][0]["Ebs"]
    assert (root["VolumeType"], root["VolumeSize"]) == (volume_type, volumes["Volumes"][0]["Size"])


def test_a_named_type_is_kept(ec2, aws):
    device = {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 20, "VolumeType": "gp2"}}
    instance = launch(aws, BlockDeviceMappings=[device])
    volumes = ec2.describe_volumes(Filters=[{"Name": "attachment.instance-id", "Values": [instance["InstanceId"]]}])
    assert [volume["VolumeType"] for volume in volumes["Volumes"]] == ["gp2"]


def test_the_root_device_has_the_name_that_the_image_gives_it(ec2, aws):
    made = launch(aws)
    image = ec2.describe_images(ImageIds=[made["ImageId"]])["Images"][0]
    root = {"DeviceName": "/dev/xvda", "Ebs": {"DeleteOnTermination": False}}
    ec2.modify_instance_attribute(InstanceId=made["InstanceId"], BlockDeviceMappings=[root])
    seen = ec2.describe_instances(InstanceIds=[made["InstanceId"]])["Reservations"][0]["Instances"][0]
    (mapped,) = seen["BlockDeviceMappings"]
    assert {image["RootDeviceName"], seen["RootDeviceName"], mapped["DeviceName"]} == {"/dev/xvda"}
    volume = ec2.describe_volumes(VolumeIds=[mapped["Ebs"]["VolumeId"]])["Volumes"][0]
    assert volume["Attachments"][0]["Device"] == "/dev/xvda"
    assert mapped["Ebs"]["DeleteOnTermination"] is False
    ec2.terminate_instances(InstanceIds=[made["InstanceId"]])
    assert ec2.describe_volumes(VolumeIds=[volume["VolumeId"]])["Volumes"]


def test_a_device_that_the_instance_has_not_is_refused(ec2, aws):
    wrong = {"DeviceName": "/dev/sdz", "Ebs": {"DeleteOnTermination": False}}
    with pytest.raises(ec2.exceptions.ClientError, match="InvalidInstanceAttributeValue"):
        ec2.modify_instance_attribute(InstanceId=launch(aws)["InstanceId"], BlockDeviceMappings=[wrong])


@pytest.mark.parametrize(
    ("kind", "size", "iops", "works"),
    [
        ("gp3", 1, 3000, True),  # its baseline, whatever the size
        ("gp3", 6, 3001, False),
        ("gp3", 100, 2999, False),
        ("gp3", 1000, 80_001, False),
        ("gp3", 160, 80_000, True),
        ("io1", 100, 5000, True),
        ("io1", 100, 5001, False),
        ("io1", 100, 99, False),
        ("io2", 4, 4001, False),
    ],
)
def test_a_volumes_type_and_size_say_how_many_iops_it_may_have(ec2, aws, kind, size, iops, works):
    asked = {"VolumeType": kind, "Iops": iops}
    disk = {"DeviceName": "/dev/sdf", "Ebs": {**asked, "VolumeSize": size}}
    calls = [
        lambda: ec2.create_volume(AvailabilityZone="ap-northeast-1a", Size=size, **asked),
        lambda: launch(aws, BlockDeviceMappings=[disk]),
    ]
    plain = ec2.create_volume(AvailabilityZone="ap-northeast-1a", Size=size, VolumeType="gp2")["VolumeId"]
    calls.append(lambda: ec2.modify_volume(VolumeId=plain, **asked))
    for call in calls:
        if works:
            call()
        else:
            with pytest.raises(ec2.exceptions.ClientError, match="InvalidParameterValue"):
                call()


def test_an_elastic_ip_moves_to_whom_it_is_associated_with_next(ec2, aws):
    first, second = launch(aws)["InstanceId"], launch(aws)["InstanceId"]
    address = ec2.allocate_address(Domain="vpc")
    for instance in (first, second):
        ec2.associate_address(AllocationId=address["AllocationId"], InstanceId=instance)
    assert ec2.describe_addresses()["Addresses"][0]["InstanceId"] == second
    with pytest.raises(ec2.exceptions.ClientError, match=r"Resource\.AlreadyAssociated"):
        ec2.associate_address(AllocationId=address["AllocationId"], InstanceId=first, AllowReassociation=False)


def test_an_instance_at_its_end_takes_no_elastic_ip(ec2, aws):
    instance = launch(aws)["InstanceId"]
    address = ec2.allocate_address(Domain="vpc")
    ec2.terminate_instances(InstanceIds=[instance])
    with pytest.raises(ec2.exceptions.ClientError, match="InvalidInstanceID"):
        ec2.associate_address(AllocationId=address["AllocationId"], InstanceId=instance)
