"""Engines of backups and file servers go by what was read back: each change through boto3 moves them, one way."""

from __future__ import annotations

import math
from typing import Any

import pytest

from aws14 import cost
from aws14.cloud import read_back
from aws14.cloud.session import Session
from aws14.model import Topology
from aws14.sim.backups.built import copies_built, original_built
from aws14.sim.backups.failures import Failure, Kind
from aws14.sim.backups.generations import kept, read_rule, worst_gap_s
from aws14.sim.backups.outcomes import Outcome, outcome
from aws14.sim.files.losses import zone_lost_min
from aws14.sim.files.months import office_month, serve
from aws14.sim.files.shares import share_limits
from aws14.sim.files.throughput import throughput_of
from aws14.sim.tiering import Archive, keep, read_lifecycle
from tests.cloud.test_keeping import build
from tests.cloud.test_shared_files import build_network, tags

DAY_S = 86_400.0
BUCKET = "aws14-models"


def texts(topology: Topology, node: str, name: str) -> tuple[str, ...]:
    value = topology.node(node).require(name)
    assert isinstance(value, tuple)
    return value


def struck(session: Session, node: str, kind: Kind, days: float = 0.0, **built: Any) -> Outcome:
    """What such a failure leaves of a node as it stands now."""
    topology = read_back(session)
    failure = Failure(kind=kind, name=kind, per_year=1.0, found_after_days=days)
    copies = copies_built(topology, node, policies=built.pop("policies", ()))
    return outcome(original_built(topology, node, **built), copies, failure, at_s=session.now())


def monthly(session: Session, item: str) -> float:
    """USD a month for what stands, of the items called so."""
    bill = cost.bill(cost.standing(read_back(session), hours=730), title="", period="")
    return sum(line.usd for line in bill.lines if item in line.usage.item)


# --- buckets ------------------------------------------------------------------------------------------------------


def rules_of(session: Session, *rules: dict[str, Any]) -> None:
    usual = {"Status": "Enabled", "Filter": {"Prefix": ""}}
    named = [{"ID": f"rule-{at}", **usual, **rule} for at, rule in enumerate(rules)]
    s3 = session.client("s3")
    s3.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": named})


def make_bucket(session: Session, *, versions: bool = False) -> Any:
    s3 = session.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": session.region})
    if versions:
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    return s3


def stored(session: Session) -> dict[str, float]:
    """GB-months by class after two years of an archive under the bucket's first rule."""
    (rule,) = texts(read_back(session), BUCKET, "lifecycle")
    run = keep(Archive.of_one_size(1e6, 1000), read_lifecycle(rule), months=24)
    return {name: float(each.sum()) for name, each in run.gb_months.items()}


def test_a_lifecycle_moves_an_archive_to_colder_classes_and_ends_it(session: Session) -> None:
    make_bucket(session)
    rules_of(session, {"Transitions": [{"Days": 90, "StorageClass": "GLACIER"}]})
    late = stored(session)
    rules_of(session, {"Transitions": [{"Days": 30, "StorageClass": "GLACIER"}]})
    early = stored(session)
    assert early["STANDARD"] < late["STANDARD"] and early["GLACIER"] > late["GLACIER"]
    rules_of(session, {"Transitions": [{"Days": 30, "StorageClass": "DEEP_ARCHIVE"}]})
    assert "GLACIER" not in stored(session) and stored(session)["DEEP_ARCHIVE"] > 0
    rules_of(session, {"Expiration": {"Days": 365}})
    assert stored(session)["STANDARD"] < sum(late.values())


def test_versions_of_a_bucket_undo_what_was_overwritten_as_long_as_they_are_kept(session: Session) -> None:
    s3 = make_bucket(session)
    assert struck(session, BUCKET, "corruption", 10).lost
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    assert struck(session, BUCKET, "corruption", 10).survivors == ("old versions",)
    rules_of(session, {"NoncurrentVersionExpiration": {"NoncurrentDays": 5}})
    assert struck(session, BUCKET, "corruption", 10).lost
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    assert struck(session, BUCKET, "corruption", 1).lost


@pytest.mark.parametrize(("mode", "lost"), [("GOVERNANCE", True), ("COMPLIANCE", False)])
def test_a_locked_bucket_outlives_an_administrator(session: Session, mode: str, lost: bool) -> None:
    s3 = make_bucket(session, versions=True)
    assert struck(session, BUCKET, "ransomware", 1).lost
    told = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": mode, "Days": 30}}}
    s3.put_object_lock_configuration(Bucket=BUCKET, ObjectLockConfiguration=told)
    assert struck(session, BUCKET, "ransomware", 1).lost is lost


# --- vaults, plans, policies, keys --------------------------------------------------------------------------------


def test_a_lock_of_a_vault_outlives_an_administrator_if_nobody_can_lift_it(session: Session) -> None:
    build(session)
    session.advance(3 * DAY_S)
    assert struck(session, "plans-data", "ransomware").lost
    lock = session.client("backup").put_backup_vault_lock_configuration
    lock(BackupVaultName="main", MinRetentionDays=1)
    assert struck(session, "plans-data", "ransomware").lost
    lock(BackupVaultName="main", MinRetentionDays=1, ChangeableForDays=3)
    assert struck(session, "plans-data", "ransomware").survivors == ("vault main",)


def test_the_key_of_a_vault_takes_its_points_along_and_costs_until_it_goes(session: Session) -> None:
    build(session)
    session.advance(3 * DAY_S)
    topology = read_back(session)
    key = str(topology.node("main").require("key"))
    assert "vault main" in struck(session, "plans-data", "key", key="another").survivors
    assert "vault main" not in struck(session, "plans-data", "key", key=key).survivors
    before = monthly(session, "Customer managed key")
    session.client("kms").schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert monthly(session, "Customer managed key") < before


def change_rule(session: Session, **changed: Any) -> None:
    backup = session.client("backup")
    (plan,) = backup.list_backup_plans()["BackupPlansList"]
    told = backup.get_backup_plan(BackupPlanId=plan["BackupPlanId"])["BackupPlan"]
    rule = {name: value for name, value in told["Rules"][0].items() if name != "RuleId"} | changed
    backup.update_backup_plan(
        BackupPlanId=plan["BackupPlanId"], BackupPlan={"BackupPlanName": "office", "Rules": [rule]}
    )


def test_a_plan_loses_as_much_as_lies_between_its_runs_and_goes_back_as_far_as_it_keeps(session: Session) -> None:
    build(session)

    def plan() -> Any:
        return [read_rule(text) for text in texts(read_back(session), "office", "rules")][:1]

    def generations() -> int:
        return len(kept(plan(), since_s=0.0, on_s=session.now()))

    daily, many = worst_gap_s(plan()), generations()
    change_rule(session, ScheduleExpression="cron(0 0/6 * * ? *)")
    assert worst_gap_s(plan()) < daily
    change_rule(session, ScheduleExpression="cron(0 5 ? * SUN *)")
    assert worst_gap_s(plan()) > daily
    change_rule(session, ScheduleExpression="cron(0 5 * * ? *)", Lifecycle={"DeleteAfterDays": 7})
    assert generations() < many
    change_rule(session, CopyActions=[])
    assert plan()[0].copies == ()


def test_what_a_plan_takes_and_where_it_copies_is_what_a_region_leaves(session: Session) -> None:
    build(session)
    session.advance(3 * DAY_S)
    assert struck(session, "plans-data", "region").survivors == ("vault away",)
    change_rule(session, CopyActions=[])
    session.advance(10 * DAY_S)
    assert struck(session, "plans-data", "region").lost, "copies of a week, and nothing came after them"


def test_a_policy_of_snapshots_counts_while_it_is_enabled_as_often_as_it_runs(session: Session) -> None:
    build(session)
    dlm = session.client("dlm")
    (policy,) = dlm.get_lifecycle_policies()["Policies"]

    def rpo_s() -> float:
        return struck(session, "plans-data", "volume", policies=("twice a day",)).rpo_s

    half_past_eight = 20.5 * 3600
    session.advance(2 * DAY_S + (half_past_eight - session.now()) % DAY_S)
    twice = rpo_s()
    schedule = {
        "Name": "hourly",
        "CreateRule": {"Interval": 1, "IntervalUnit": "HOURS", "Times": ["03:00"]},
        "RetainRule": {"Count": 4},
    }
    tag = {"Key": "backup", "Value": "daily"}
    details = {"ResourceTypes": ["VOLUME"], "TargetTags": [tag], "Schedules": [schedule]}
    dlm.update_lifecycle_policy(PolicyId=policy["PolicyId"], PolicyDetails=details)
    assert rpo_s() < twice
    dlm.update_lifecycle_policy(PolicyId=policy["PolicyId"], State="DISABLED")
    assert rpo_s() > twice, "what the plan took is older"


# --- file systems -------------------------------------------------------------------------------------------------


@pytest.fixture
def shared(session: Session) -> str:
    """A bursting file system with 100 GiB, of which 10 are read all the time."""
    efs = session.client("efs")
    key = efs.create_file_system(CreationToken="shared", ThroughputMode="bursting", Tags=tags("shared"))
    session.advance(60)
    load = {"file_system": key["FileSystemId"], "stored_gib": 100, "active_gib": 10}
    session.place.control.file_load(load)
    return str(key["FileSystemId"])


def waiting_mib(session: Session) -> float:
    """What waits at the worst moment of an office's month."""
    demand = office_month(usual_mibps=20, peak_mibps=60)
    run = serve(throughput_of(read_back(session).node("shared")), demand, credits_gib=0)
    return float(run.backlog_mib.max())


def test_throughput_of_a_file_system_is_what_its_mode_gives(session: Session, shared: str) -> None:
    efs = session.client("efs")
    free, bursting = monthly(session, "Provisioned throughput"), waiting_mib(session)
    efs.update_file_system(FileSystemId=shared, ThroughputMode="provisioned", ProvisionedThroughputInMibps=16)
    little, some = waiting_mib(session), monthly(session, "Provisioned throughput")
    assert some > free == 0
    session.advance(60)
    efs.update_file_system(FileSystemId=shared, ThroughputMode="provisioned", ProvisionedThroughputInMibps=30)
    much = waiting_mib(session)
    assert much < min(little, bursting)
    assert monthly(session, "Provisioned throughput") > some
    session.advance(2 * DAY_S)
    efs.update_file_system(FileSystemId=shared, ThroughputMode="elastic")
    assert waiting_mib(session) < much
    assert monthly(session, "Provisioned throughput") == 0


def test_more_stored_gives_a_bursting_file_system_more(session: Session, shared: str) -> None:
    before = waiting_mib(session)
    session.place.control.file_load({"file_system": shared, "stored_gib": 400})
    assert waiting_mib(session) < before


def test_a_lifecycle_makes_a_file_system_cheaper_and_a_bursting_one_slower(session: Session, shared: str) -> None:
    dear, fast = monthly(session, ""), throughput_of(read_back(session).node("shared")).baseline_mibps
    policy = [{"TransitionToIA": "AFTER_30_DAYS"}]
    session.client("efs").put_lifecycle_configuration(FileSystemId=shared, LifecyclePolicies=policy)
    session.advance(40 * DAY_S)
    assert monthly(session, "") < dear
    assert throughput_of(read_back(session).node("shared")).baseline_mibps < fast


def test_one_zone_is_lost_with_its_zone(session: Session, shared: str) -> None:
    one = {"AvailabilityZoneName": "ap-northeast-1a", "CreationToken": "one", "Tags": tags("one")}
    session.client("efs").create_file_system(**one)
    topology = read_back(session)
    assert zone_lost_min(topology.node("shared"), lasts_min=60) == 0
    assert zone_lost_min(topology.node("one"), lasts_min=60) == 60


def make_share(session: Session, directory: str, subnets: list[str], deployment: str) -> str:
    windows = {"ActiveDirectoryId": directory, "DeploymentType": deployment, "ThroughputCapacity": 32}
    if deployment == "MULTI_AZ_1":
        windows["PreferredSubnetId"] = subnets[0]
    made = session.client("fsx").create_file_system(
        FileSystemType="WINDOWS",
        StorageCapacity=600,
        StorageType="SSD",
        SubnetIds=subnets,
        Tags=tags(deployment),
        WindowsConfiguration=windows,
    )
    return str(made["FileSystem"]["FileSystemId"])


def test_a_share_is_as_fast_as_its_server_and_as_safe_as_its_zones(session: Session) -> None:
    net = build_network(session)
    settings = {"VpcId": net.vpc, "SubnetIds": net.subnets}
    directory = session.client("ds").create_microsoft_ad(
        Name="corp.example.com", Password="Correct-horse-1", VpcSettings=settings
    )["DirectoryId"]
    session.advance(7200)
    single = make_share(session, directory, net.subnets[:1], "SINGLE_AZ_2")
    make_share(session, directory, net.subnets, "MULTI_AZ_1")
    session.advance(7200)
    topology = read_back(session)
    one, two = topology.node("SINGLE_AZ_2"), topology.node("MULTI_AZ_1")
    assert zone_lost_min(two, lasts_min=60) < zone_lost_min(one, lasts_min=60) == 60
    assert 0 < monthly(session, "SSD Single-AZ") < monthly(session, "SSD Multi-AZ")
    before, paid = share_limits(one), monthly(session, "throughput Single-AZ")
    assert before.decides == "file server, as ordered"
    fsx = session.client("fsx")
    fsx.update_file_system(FileSystemId=single, WindowsConfiguration={"ThroughputCapacity": 64})
    session.advance(DAY_S)
    after = share_limits(read_back(session).node("SINGLE_AZ_2"))
    assert after.given_mibps > before.given_mibps and monthly(session, "throughput Single-AZ") > paid
    fsx.update_file_system(FileSystemId=single, StorageCapacity=1200)
    session.advance(5 * DAY_S)
    larger = share_limits(read_back(session).node("SINGLE_AZ_2"))
    assert larger.mibps["disks, bytes"] > after.mibps["disks, bytes"]
    assert larger.mibps["disks, operations"] > after.mibps["disks, operations"]


def test_a_database_goes_back_as_far_as_its_backups_are_kept(session: Session) -> None:
    rds, net = session.client("rds"), build_network(session)
    rds.create_db_subnet_group(DBSubnetGroupName="two", DBSubnetGroupDescription="two", SubnetIds=net.subnets)
    rds.create_db_instance(
        DBInstanceIdentifier="projects-db",
        Engine="mysql",
        DBInstanceClass="db.t3.micro",
        AllocatedStorage=20,
        MasterUsername="admin",
        MasterUserPassword="correct-horse-1",
        BackupRetentionPeriod=7,
        DBSubnetGroupName="two",
    )
    rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="projects-db")
    assert struck(session, "projects-db", "corruption", 10).lost
    assert not math.isinf(struck(session, "projects-db", "corruption", 3).rpo_s)
    rds.modify_db_instance(DBInstanceIdentifier="projects-db", BackupRetentionPeriod=35, ApplyImmediately=True)
    session.advance(3600)
    assert struck(session, "projects-db", "corruption", 10).survivors == ("automated backups",)
