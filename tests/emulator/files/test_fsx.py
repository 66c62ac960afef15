"""FSx and its directory on the clock: life, failover, changes, backups, ONTAP; the files of Windows by SMB."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from aws14.emulator.durations import typical_s
from tests.emulator.files.conftest import build_machine, build_vpc

DAY = 86_400
PASSWORD = "Correct-horse-1"


def refused(call, **given):
    """Code of the refusal of a call."""
    with pytest.raises(ClientError) as error:
        call(**given)
    return error.value.response["Error"]["Code"]


def windows(net, **more):
    """The parameters of a Windows file system in two zones."""
    config = {
        "ActiveDirectoryId": net.directory,
        "DeploymentType": "MULTI_AZ_1",
        "PreferredSubnetId": net.subnets[0],
        "ThroughputCapacity": 32,
        "AutomaticBackupRetentionDays": 7,
        "DailyAutomaticBackupStartTime": "17:00",
    }
    wanted = {"FileSystemType": "WINDOWS", "StorageCapacity": 300, "StorageType": "SSD", "SubnetIds": net.subnets}
    wanted |= {"SecurityGroupIds": [net.files]}
    config |= more.pop("config", {})
    return wanted | {"WindowsConfiguration": {key: value for key, value in config.items() if value is not None}} | more


@pytest.fixture(scope="session")
def _domain(emulator, aws):
    emulator.reset()
    net = build_vpc(aws)
    settings = {"VpcId": net.vpc, "SubnetIds": net.subnets}
    net.directory = aws("ds").create_microsoft_ad(
        Name="corp.example.com", Password=PASSWORD, Edition="Standard", VpcSettings=settings
    )["DirectoryId"]
    emulator.advance(7200)
    net.share = aws("fsx").create_file_system(**windows(net))["FileSystem"]["FileSystemId"]
    net.first, net.second = (
        build_machine(aws, net.subnets[at], net.desks, name) for at, name in enumerate(("first", "second"))
    )
    emulator.advance(7200)
    emulator.save("domain")
    return net


@pytest.fixture
def domain(emulator, _domain) -> SimpleNamespace:
    """A directory, a Multi-AZ Windows file system that has joined it, a machine in each zone."""
    emulator.restore("domain")
    return _domain


@pytest.fixture
def fsx(aws):
    return aws("fsx")


def share(fsx, key):
    return fsx.describe_file_systems(FileSystemIds=[key])["FileSystems"][0]


def test_a_directory_takes_its_time_and_fsx_wants_it_active(clean_emulator, aws, fsx):
    net = build_vpc(aws)
    ds = aws("ds")
    settings = {"VpcId": net.vpc, "SubnetIds": net.subnets}
    net.directory = ds.create_microsoft_ad(Name="a.example.com", Password=PASSWORD, VpcSettings=settings)["DirectoryId"]

    def stage():
        return ds.describe_directories()["DirectoryDescriptions"][0]["Stage"]

    assert stage() in ("Requested", "Creating")
    assert ds.describe_directories()["DirectoryDescriptions"][0]["Edition"] == "Enterprise", "unless asked for less"
    assert refused(fsx.create_file_system, **windows(net)) == "ActiveDirectoryError"
    clean_emulator.advance(typical_s("Directory Service Microsoft AD creating") + 1)
    assert stage() == "Active"
    key = fsx.create_file_system(**windows(net))["FileSystem"]["FileSystemId"]
    assert share(fsx, key)["Lifecycle"] == "CREATING"
    clean_emulator.advance(typical_s("FSx Multi-AZ file system creating") + 1)
    assert share(fsx, key)["Lifecycle"] == "AVAILABLE"


def test_a_joined_directory_stays(domain, aws, emulator, fsx):
    ds = aws("ds")
    assert refused(ds.delete_directory, DirectoryId=domain.directory) == "ClientException"
    fsx.delete_file_system(FileSystemId=domain.share, WindowsConfiguration={"SkipFinalBackup": True})
    emulator.advance(3600)
    ds.delete_directory(DirectoryId=domain.directory)
    assert ds.describe_directories()["DirectoryDescriptions"][0]["Stage"] == "Deleting"
    emulator.advance(3600)
    assert ds.describe_directories()["DirectoryDescriptions"] == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"StorageCapacity": 20}, "BadRequest"),
        ({"StorageType": "HDD"}, "BadRequest"),
        ({"config": {"ThroughputCapacity": 33}}, "BadRequest"),
        ({"config": {"PreferredSubnetId": None}}, "BadRequest"),
        ({"config": {"ActiveDirectoryId": None}}, "BadRequest"),
        ({"config": {"ActiveDirectoryId": "d-0000000000"}}, "ActiveDirectoryError"),
        ({"config": {"AutomaticBackupRetentionDays": 91}}, "BadRequest"),
        ({"config": {"DeploymentType": "SINGLE_AZ_2"}}, "BadRequest"),
        ({"SubnetIds": ["subnet-00000000"]}, "InvalidNetworkSettings"),
        ({"SecurityGroupIds": ["sg-00000000"]}, "InvalidNetworkSettings"),
    ],
)
def test_what_it_refuses(domain, fsx, more, code):
    assert refused(fsx.create_file_system, **windows(domain, **more)) == code
    assert len(fsx.describe_file_systems()["FileSystems"]) == 1


def test_the_same_token_gives_the_same_file_system(domain, fsx):
    first = fsx.create_file_system(**windows(domain), ClientRequestToken="t")["FileSystem"]["FileSystemId"]
    second = fsx.create_file_system(**windows(domain), ClientRequestToken="t")["FileSystem"]["FileSystemId"]
    assert first == second


def mount(fsx, domain):
    name = share(fsx, domain.share)["DNSName"]
    command = f"mount -t cifs -o username=anna,password=x //{name}/share /mnt/share"
    return f"dnf install -y cifs-utils\nmkdir -p /mnt/share\n{command}"


def test_two_machines_share_files_by_smb(domain, fsx, run):
    done = run(domain.first, f"{mount(fsx, domain)}\necho plan > '/mnt/share/plan a.txt'")
    assert done.status == 0, done.err
    assert run(domain.second, f"{mount(fsx, domain)}\ncat '/mnt/share/plan a.txt'").out.endswith("plan\n")


def test_a_group_that_is_closed_lets_nobody_mount(domain, fsx, aws, run):
    rule = [{"IpProtocol": "tcp", "FromPort": 445, "ToPort": 445, "UserIdGroupPairs": [{"GroupId": domain.desks}]}]
    aws("ec2").revoke_security_group_ingress(GroupId=domain.files, IpPermissions=rule)
    done = run(domain.first, mount(fsx, domain))
    assert (done.status, "mount error(110)" in done.err) == (32, True)


def test_the_name_fails_over_and_back_and_the_files_stay(domain, emulator, fsx, run):
    run(domain.second, f"{mount(fsx, domain)}\necho plan > /mnt/share/plan.txt")
    name = share(fsx, domain.share)["DNSName"]
    before = emulator.connect(name, 445, domain.second)
    assert before["outcome"] == "open"
    emulator.damage("az", "ap-northeast-1a", 7200)
    assert emulator.connect(name, 445, domain.second)["outcome"] == "timed_out"
    emulator.advance(typical_s("FSx failover to the other file server") + 1)
    during = emulator.connect(name, 445, domain.second)
    assert during["outcome"] == "open"
    assert during["address"] != before["address"]
    assert run(domain.second, "cat /mnt/share/plan.txt").out == "plan\n"
    emulator.advance(7200)
    assert emulator.connect(name, 445, domain.second)["address"] == before["address"]


def test_a_single_az_share_is_away_with_its_zone(domain, emulator, fsx):
    config = {"DeploymentType": "SINGLE_AZ_2", "PreferredSubnetId": None}
    made = fsx.create_file_system(**windows(domain, SubnetIds=domain.subnets[:1], config=config))["FileSystem"]
    emulator.advance(7200)
    assert emulator.connect(made["DNSName"], 445, domain.second)["outcome"] == "open"
    emulator.damage("az", "ap-northeast-1a", None)
    emulator.advance(600)
    assert emulator.connect(made["DNSName"], 445, domain.second)["outcome"] == "timed_out"
    emulator.heal()
    assert emulator.connect(made["DNSName"], 445, domain.second)["outcome"] == "open"


def test_capacity_only_grows_a_tenth_at_least_six_hours_apart(domain, emulator, fsx):
    for gib in (200, 300, 320):
        assert refused(fsx.update_file_system, FileSystemId=domain.share, StorageCapacity=gib) == "BadRequest"
    told = fsx.update_file_system(FileSystemId=domain.share, StorageCapacity=330)["FileSystem"]
    assert told["StorageCapacity"] == 300
    assert told["AdministrativeActions"][0]["Status"] == "IN_PROGRESS"
    emulator.advance(3600)
    after = share(fsx, domain.share)
    assert (after["StorageCapacity"], after["WindowsConfiguration"]["DiskIopsConfiguration"]["Iops"]) == (330, 990)
    assert after["AdministrativeActions"][0]["AdministrativeActionType"] == "STORAGE_OPTIMIZATION"
    assert refused(fsx.update_file_system, FileSystemId=domain.share, StorageCapacity=400) == "BadRequest"
    emulator.advance(6 * 3600)
    fsx.update_file_system(FileSystemId=domain.share, StorageCapacity=400)


def test_throughput_changes_take_their_time(domain, emulator, fsx):
    fsx.update_file_system(FileSystemId=domain.share, WindowsConfiguration={"ThroughputCapacity": 64})
    assert share(fsx, domain.share)["WindowsConfiguration"]["ThroughputCapacity"] == 32
    emulator.advance(typical_s("FSx update of throughput") + 1)
    assert share(fsx, domain.share)["WindowsConfiguration"]["ThroughputCapacity"] == 64


def test_aliases_lead_to_the_share(domain, emulator, fsx):
    fsx.associate_file_system_aliases(FileSystemId=domain.share, Aliases=["files.corp.example.com"])
    assert emulator.connect("files.corp.example.com", 445, domain.first)["outcome"] == "name_not_found"
    emulator.advance(600)
    assert emulator.connect("files.corp.example.com", 445, domain.first)["outcome"] == "open"
    fsx.disassociate_file_system_aliases(FileSystemId=domain.share, Aliases=["files.corp.example.com"])
    assert fsx.describe_file_system_aliases(FileSystemId=domain.share)["Aliases"] == []


def test_a_backup_a_day_is_kept_for_its_days(domain, emulator, fsx):
    _, events = emulator.advance(400 * DAY)
    assert len([one for one in events if one[1] == "fsx.daily_backup"]) == 400
    backups = fsx.describe_backups(Filters=[{"Name": "backup-type", "Values": ["AUTOMATIC"]}])["Backups"]
    assert len(backups) in (7, 8)
    assert {one["CreationTime"].astimezone().timestamp() % DAY for one in backups} == {17 * 3600}
    fsx.update_file_system(FileSystemId=domain.share, WindowsConfiguration={"AutomaticBackupRetentionDays": 0})
    emulator.advance(3 * DAY)
    assert len(fsx.describe_backups()["Backups"]) == len(backups)


def test_what_was_deleted_comes_back_from_a_backup(domain, emulator, fsx, run):
    run(domain.first, f"{mount(fsx, domain)}\necho plan > /mnt/share/plan.txt")
    backup = fsx.create_backup(FileSystemId=domain.share, Tags=[{"Key": "Name", "Value": "b"}])["Backup"]
    assert (backup["Lifecycle"], backup["Type"]) == ("CREATING", "USER_INITIATED")
    assert refused(fsx.delete_backup, BackupId=backup["BackupId"]) == "BackupInProgress"
    run(domain.first, "rm /mnt/share/plan.txt\numount /mnt/share")
    config = {"DeploymentType": "SINGLE_AZ_2", "ThroughputCapacity": 16}
    made = fsx.create_file_system_from_backup(
        BackupId=backup["BackupId"],
        SubnetIds=domain.subnets[:1],
        SecurityGroupIds=[domain.files],
        WindowsConfiguration=config,
    )["FileSystem"]
    assert made["StorageCapacity"] == 300
    emulator.advance(7200)
    script = f"mount -t cifs -o username=anna //{made['DNSName']}/share /mnt/share\ncat /mnt/share/plan.txt"
    assert run(domain.first, script).out == "plan\n"


def test_a_last_backup_is_taken_unless_told_otherwise(domain, emulator, fsx):
    told = fsx.delete_file_system(FileSystemId=domain.share)
    assert told["Lifecycle"] == "DELETING"
    emulator.advance(3600)
    assert fsx.describe_file_systems()["FileSystems"] == []
    left = fsx.describe_backups()["Backups"]
    assert [one["BackupId"] for one in left] == [told["WindowsResponse"]["FinalBackupId"]]
    copy = fsx.copy_backup(SourceBackupId=left[0]["BackupId"])["Backup"]
    assert copy["SourceBackupId"] == left[0]["BackupId"]
    emulator.advance(3600)
    for one in fsx.describe_backups()["Backups"]:
        fsx.delete_backup(BackupId=one["BackupId"])
    assert fsx.describe_backups()["Backups"] == []


def test_ontap_serves_the_same_files_by_both_protocols(domain, emulator, fsx, run):
    config = {"DeploymentType": "MULTI_AZ_1", "PreferredSubnetId": domain.subnets[0], "ThroughputCapacity": 128}
    given = {"FileSystemType": "ONTAP", "StorageCapacity": 1024, "SubnetIds": domain.subnets}
    made = fsx.create_file_system(**given, SecurityGroupIds=[domain.files], OntapConfiguration=config)["FileSystem"]
    emulator.advance(7200)
    machine = fsx.create_storage_virtual_machine(FileSystemId=made["FileSystemId"], Name="svm")["StorageVirtualMachine"]
    key = machine["StorageVirtualMachineId"]
    ontap = {
        "StorageVirtualMachineId": key,
        "JunctionPath": "/vol1",
        "SizeInMegabytes": 1024,
        "TieringPolicy": {"Name": "AUTO"},
    }
    assert refused(fsx.create_volume, VolumeType="ONTAP", Name="vol1", OntapConfiguration=ontap) == "BadRequest"
    emulator.advance(600)
    volume = fsx.create_volume(VolumeType="ONTAP", Name="vol1", OntapConfiguration=ontap)["Volume"]
    assert volume["OntapConfiguration"]["TieringPolicy"] == {"Name": "AUTO", "CoolingPeriod": 31}
    emulator.advance(60)
    name = fsx.describe_storage_virtual_machines()["StorageVirtualMachines"][0]["Endpoints"]["Nfs"]["DNSName"]
    assert run(domain.first, f"mkdir /m\nmount -t nfs {name}:/vol1 /m\necho one > /m/a").status == 0
    smb = f"dnf install -y cifs-utils\nmkdir /m\nmount -t cifs -o user=anna //{name}/vol1 /m\ncat /m/a"
    assert run(domain.second, smb).out.endswith("one\n")
    assert refused(fsx.delete_file_system, FileSystemId=made["FileSystemId"]) == "BadRequest"
    assert refused(fsx.delete_storage_virtual_machine, StorageVirtualMachineId=key) == "BadRequest"
    backup = fsx.create_backup(VolumeId=volume["VolumeId"])["Backup"]
    emulator.advance(3600)
    again = fsx.create_volume_from_backup(
        BackupId=backup["BackupId"], Name="vol2", OntapConfiguration=ontap | {"JunctionPath": "/vol2"}
    )["Volume"]
    emulator.advance(60)
    assert again["VolumeId"] != volume["VolumeId"]
    assert run(domain.first, f"umount /m\nmount -t nfs {name}:/vol2 /m\ncat /m/a").out == "one\n"


@pytest.mark.parametrize(
    ("kind", "name", "config"),
    [
        ("LUSTRE", "LustreConfiguration", {"DeploymentType": "SCRATCH_2"}),
        ("OPENZFS", "OpenZFSConfiguration", {"DeploymentType": "SINGLE_AZ_1", "ThroughputCapacity": 64}),
    ],
)
def test_the_others_come_and_go(domain, emulator, fsx, kind, name, config):
    given = {"FileSystemType": kind, "StorageCapacity": 1200, "SubnetIds": domain.subnets[:1]}
    key = fsx.create_file_system(**given, **{name: config})["FileSystem"]["FileSystemId"]
    emulator.advance(7200)
    assert share(fsx, key)["Lifecycle"] == "AVAILABLE"
    fsx.delete_file_system(FileSystemId=key)
    emulator.advance(3600)
    assert refused(fsx.describe_file_systems, FileSystemIds=[key]) == "FileSystemNotFound"


def test_no_two_interfaces_of_a_subnet_share_an_address(domain, aws):
    """A directory, a share, machines, an endpoint and interfaces of one's own, in whatever order."""
    ec2 = aws("ec2")
    for subnet in domain.subnets * 3:
        ec2.create_network_interface(SubnetId=subnet, SecondaryPrivateIpAddressCount=20)
    ec2.create_vpc_endpoint(
        VpcId=domain.vpc,
        ServiceName="com.amazonaws.ap-northeast-1.ssm",
        VpcEndpointType="Interface",
        SubnetIds=domain.subnets,
    )
    for _ in range(2):
        settings = {"VpcId": domain.vpc, "SubnetIds": domain.subnets}
        aws("ds").create_microsoft_ad(Name="more.example.com", Password=PASSWORD, VpcSettings=settings)
    build_machine(aws, domain.subnets[0], domain.desks, "third")
    told = ec2.describe_network_interfaces()["NetworkInterfaces"]
    addresses = [each["PrivateIpAddress"] for eni in told for each in eni["PrivateIpAddresses"]]
    assert len(addresses) >= 120 + 10
    assert len(addresses) == len(set(addresses))
    assert {each.rpartition(".")[0] for each in addresses} == {"10.0.0", "10.0.1"}


def test_an_address_is_free_again_when_its_interface_is_gone(domain, aws):
    ec2 = aws("ec2")
    first, second = [], []
    for had in (first, second):
        made = ec2.create_network_interface(SubnetId=domain.subnets[0])["NetworkInterface"]
        had.append(made["PrivateIpAddress"])
        ec2.delete_network_interface(NetworkInterfaceId=made["NetworkInterfaceId"])
    assert first == second
