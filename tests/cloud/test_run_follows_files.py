"""Runs go through what shared files are like now: each change by plain boto3 alone moves the trace, one way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from aws14.cloud.ledger import Ledger
from aws14.cloud.place import Place
from aws14.cloud.process import Emulator
from aws14.cloud.readback import read_back
from aws14.cloud.session import Session
from aws14.model import Application, AzOutage, Scenario, Steady, Trace
from aws14.sim import simulate
from tests.cloud.conftest import REGION, image, named
from tests.cloud.test_shared_files import build_efs, build_fsx, build_network, tags

SAVED = "run-follows-files"
OUTAGE = AzOutage(az=f"{REGION}a", starts_s=120.0, lasts_s=240.0)


@dataclass(frozen=True)
class Site:
    """Two servers, ``shared`` and ``share``, a session that reads them back, and plain clients that nobody watches."""

    session: Session
    aws: Callable[..., Any]
    emulator: Emulator
    net: Any
    efs: str
    fsx: str

    def run(self, **changed: Any) -> Trace:
        return simulate(read_back(self.session), work(**changed))


def work(*, mibps: float = 60.0, entry: str = "shared", **changed: Any) -> Scenario:
    """Ten minutes of writes of one MiB."""
    application = Application(service_time_s=0.001, request_kib=1024.0, response_kib=0.0)
    given = {"load": Steady(rate_rps=mibps), "users": {"Tokyo": 1.0}, "horizon_s": 600.0}
    return Scenario(name="files", application=application, entry=entry, **given | changed)


@pytest.fixture(scope="module")
def built(emulator: Emulator, aws: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Site:
    """All of it, built once and saved."""
    emulator.reset()
    place = Place(
        target="emulator", region=REGION, account_id="123456789012", endpoint=emulator.endpoint,
        access_key=emulator.access_key, secret_key=emulator.secret_key, control=emulator,
    )  # fmt: skip
    ledger = Ledger(tmp_path_factory.mktemp("ledger") / "ledger.jsonl")
    session = Session(place, ledger=ledger, pattern="p06", say=lambda _: None)
    net = build_network(session)
    for subnet, name in zip(net.subnets, ("orders-a", "orders-c"), strict=True):
        session.client("ec2").run_instances(
            ImageId=image(session), InstanceType="m5.large", MinCount=1, MaxCount=1, SubnetId=subnet,
            SecurityGroupIds=[net.group], TagSpecifications=named("instance", name),
        )  # fmt: skip
    efs, fsx = build_efs(session, net), build_fsx(session, net)
    emulator.save(SAVED)
    return Site(session, aws, emulator, net, efs, fsx)


@pytest.fixture
def site(built: Site) -> Site:
    """The site as it was built, whatever the test before did to it."""
    built.emulator.restore(SAVED)
    return built


# --- what is done -------------------------------------------------------------------------------------------------


def burst(site: Site) -> None:
    site.aws("efs").update_file_system(FileSystemId=site.efs, ThroughputMode="bursting")
    site.emulator.advance(600)


def provision(mibps: float) -> Callable[[Site], None]:
    def change(site: Site) -> None:
        site.aws("efs").update_file_system(
            FileSystemId=site.efs, ThroughputMode="provisioned", ProvisionedThroughputInMibps=mibps
        )
        site.emulator.advance(600)

    return change


def store_more(site: Site) -> None:
    site.emulator.file_load({"file_system": site.efs, "stored_gib": 2048, "active_gib": 2048})


def take_a_mount_target(site: Site) -> None:
    client = site.aws("efs")
    for target in client.describe_mount_targets(FileSystemId=site.efs)["MountTargets"]:
        if target["AvailabilityZoneName"] == f"{REGION}c":
            client.delete_mount_target(MountTargetId=target["MountTargetId"])
    site.emulator.advance(600)


def take_the_rule(port: int) -> Callable[[Site], None]:
    def change(site: Site) -> None:
        rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": "10.6.0.0/16"}]}
        site.aws("ec2").revoke_security_group_ingress(GroupId=site.net.group, IpPermissions=[rule])

    return change


def give_mount_targets_another_group(site: Site) -> None:
    ec2, efs = site.aws("ec2"), site.aws("efs")
    other = ec2.create_security_group(GroupName="shut", Description="shut", VpcId=site.net.vpc)["GroupId"]
    for target in efs.describe_mount_targets(FileSystemId=site.efs)["MountTargets"]:
        efs.modify_mount_target_security_groups(MountTargetId=target["MountTargetId"], SecurityGroups=[other])


def stop_a_server(site: Site) -> None:
    ec2 = site.aws("ec2")
    found = ec2.describe_instances(Filters=[{"Name": "tag:Name", "Values": ["orders-c"]}])["Reservations"]
    ec2.stop_instances(InstanceIds=[found[0]["Instances"][0]["InstanceId"]])
    site.emulator.advance(600)


def take_smaller_servers(site: Site) -> None:
    ec2 = site.aws("ec2")
    found = ec2.describe_instances(Filters=[{"Name": "tag:Name", "Values": ["orders-*"]}])["Reservations"]
    keys = [each["Instances"][0]["InstanceId"] for each in found]
    ec2.stop_instances(InstanceIds=keys)
    site.emulator.advance(600)
    for key in keys:
        ec2.modify_instance_attribute(InstanceId=key, InstanceType={"Value": "t3.nano"})
    ec2.start_instances(InstanceIds=keys)
    site.emulator.advance(600)


def order_throughput(site: Site) -> None:
    settings = {"ThroughputCapacity": 128}
    site.aws("fsx").update_file_system(FileSystemId=site.fsx, WindowsConfiguration=settings)
    site.emulator.advance(8 * 3600)


# --- what moves, and which way ------------------------------------------------------------------------------------


def failed(reason: str) -> Callable[[Trace], float]:
    return lambda trace: float(trace.failed[reason].sum()) if reason in trace.failed else 0.0


def allowed(trace: Trace) -> float:
    assert trace.files is not None
    return float(trace.files.allowed_mibps[-1])


def mean_s(trace: Trace) -> float:
    return float(trace.response_time_sum_s.sum() / trace.served.sum())


EFS, SHARE = {"credits_at_start": 0.0}, {"entry": "share"}

CHANGES = {
    "bursting without credits": (burst, EFS, failed("timed_out"), +1),
    "less is provisioned than asked": (provision(20.0), EFS, failed("timed_out"), +1),
    "a mount target less": (take_a_mount_target, {}, failed("no_mount_target"), +1),
    "no rule for NFS": (take_the_rule(2049), {}, failed("blocked"), +1),
    "another group": (give_mount_targets_another_group, {}, failed("blocked"), +1),
    "a stopped server": (stop_a_server, {}, failed("instance_not_running"), +1),
    "servers with thinner lines": (take_smaller_servers, {}, mean_s, +1),
    "no rule for SMB": (take_the_rule(445), SHARE, failed("blocked"), +1),
    "throughput ordered": (order_throughput, SHARE, failed("timed_out"), -1),
}
"""What is done, with what the run is made, and what of the trace becomes more (+1) or less (-1)."""


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_through_boto3_alone_moves_the_run(site: Site, name: str) -> None:
    change, how, look, way = CHANGES[name]
    before = site.run(**how)
    change(site)
    after = site.run(**how)
    assert (after.offered == before.offered).all(), "the same operations come"
    assert way * (look(after) - look(before)) > 0, (look(before), look(after))


BEHIND = {
    "more is stored": (burst, store_more, allowed, +1),
    "more is provisioned": (provision(20.0), provision(100.0), failed("timed_out"), -1),
}
"""What is done before, what then, and what becomes more or less by it."""


@pytest.mark.parametrize("name", BEHIND)
def test_a_change_of_what_was_changed_moves_the_run(site: Site, name: str) -> None:
    first, second, look, way = BEHIND[name]
    first(site)
    before = site.run(**EFS)
    second(site)
    after = site.run(**EFS)
    assert way * (look(after) - look(before)) > 0, (look(before), look(after))


def test_one_zone_is_away_with_its_zone_where_the_regional_one_goes_on(site: Site) -> None:
    regional = site.run(faults=(OUTAGE,))
    efs = site.aws("efs")
    key = efs.create_file_system(
        CreationToken="one", AvailabilityZoneName=f"{REGION}a", ThroughputMode="elastic",
        Tags=[*tags("one"), {"Key": "aws14:pattern", "Value": "p06"}],
    )["FileSystemId"]  # fmt: skip
    site.emulator.advance(60)
    efs.create_mount_target(FileSystemId=key, SubnetId=site.net.subnets[0], SecurityGroups=[site.net.group])
    site.emulator.advance(300)
    alone = site.run(entry="one", faults=(OUTAGE,))
    assert failed("zone_lost")(regional) == 0 < failed("zone_lost")(alone)
    assert alone.served[3:5].sum() == 0 < regional.served[3:5].sum()


def test_a_share_in_two_zones_is_back_after_seconds(site: Site) -> None:
    patient = replace(work().application, client_timeout_s=60.0)
    day = replace(work(entry="share", mibps=10.0), faults=(OUTAGE,), application=patient)
    trace = simulate(read_back(site.session), day)
    assert failed("zone_lost")(trace) == 0
    assert 0 < trace.down_s.sum() < 120


def test_slow_disks_in_one_zone_give_less_and_are_away_longer_and_more_of_them_give_more(site: Site) -> None:
    fsx, patient = site.aws("fsx"), {"mibps": 1.0, "faults": (OUTAGE,)}
    usual, pair = site.run(entry="share"), site.run(entry="share", **patient)
    settings = {
        "ActiveDirectoryId": site.aws("ds").describe_directories()["DirectoryDescriptions"][0]["DirectoryId"],
        "DeploymentType": "SINGLE_AZ_2",
        "ThroughputCapacity": 32,
    }
    key = fsx.create_file_system(
        FileSystemType="WINDOWS", StorageCapacity=2000, StorageType="HDD", SubnetIds=[site.net.subnets[0]],
        SecurityGroupIds=[site.net.group], WindowsConfiguration=settings,
        Tags=[*tags("cheap"), {"Key": "aws14:pattern", "Value": "p06"}],
    )["FileSystem"]["FileSystemId"]  # fmt: skip
    early = site.run(entry="cheap")
    assert failed("no_such_address")(early) > 0 == early.served.sum()
    site.emulator.advance(7200)
    slow, alone = site.run(entry="cheap"), site.run(entry="cheap", **patient)
    assert allowed(slow) < allowed(usual)
    assert alone.down_s.sum() > pair.down_s.sum() > 0
    fsx.update_file_system(FileSystemId=key, StorageCapacity=4000)
    site.emulator.advance(24 * 3600)
    assert allowed(site.run(entry="cheap")) > 1.5 * allowed(slow)


def test_a_server_may_say_whose_files_it_uses(site: Site) -> None:
    take_a_mount_target(site)
    assert failed("no_mount_target")(site.run()) > 0
    ec2 = site.aws("ec2")
    found = ec2.describe_instances(Filters=[{"Name": "tag:Name", "Values": ["orders-a"]}])["Reservations"]
    key = found[0]["Instances"][0]["InstanceId"]
    ec2.create_tags(Resources=[key], Tags=[{"Key": "aws14:uses", "Value": "shared"}])
    assert site.run().failed_total == 0
