"""DB instances on the clock: states, failover, changes, copies, refusals; by plain boto3."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from aws14.emulator.behaviours.rds_changes import next_window
from aws14.emulator.durations import typical_s
from tests.emulator.databases.conftest import ZONES, ask, database

DETECTION = typical_s("RDS Multi-AZ failure detection")
PROMOTION = typical_s("RDS Multi-AZ promotion of the standby")


def refused(call, **asked) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**asked)
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


def told(rds, name="db") -> list[str]:
    events = rds.describe_events(SourceIdentifier=name, SourceType="db-instance")["Events"]
    return [event["Message"] for event in events]


def own_interfaces(aws) -> dict[str, str]:
    """Zone -> address of the interfaces of RDS."""
    found = aws("ec2").describe_network_interfaces()["NetworkInterfaces"]
    return {each["AvailabilityZone"]: each["PrivateIpAddress"] for each in found if each["RequesterManaged"]}


def test_it_is_created_then_backed_up_then_available(emulator, rds, look, network) -> None:
    made = rds.create_db_instance(**database(MultiAZ=False))["DBInstance"]
    assert made["DBInstanceStatus"] == "creating"
    assert "Endpoint" not in made
    emulator.advance(typical_s("RDS DB instance creating") + 1)
    assert look()["DBInstanceStatus"] == "backing-up"
    assert look()["Endpoint"]["Port"] == 3306
    emulator.advance(typical_s("RDS backup after creation"))
    assert look()["DBInstanceStatus"] == "available"
    assert told(rds)[:3] == ["DB instance created", "Backing up DB instance", "Finished DB Instance backup"]


def test_without_backups_none_is_made(emulator, rds, look, network) -> None:
    rds.create_db_instance(**database(BackupRetentionPeriod=0))
    emulator.advance(typical_s("RDS DB instance creating") + 1)
    assert look()["DBInstanceStatus"] == "available"
    emulator.advance(2 * 86400)
    assert rds.describe_db_snapshots()["DBSnapshots"] == []


def test_multi_az_stands_in_two_zones_with_an_interface_in_each(aws, look, site) -> None:
    found = look()
    assert {found["AvailabilityZone"], found["SecondaryAvailabilityZone"]} == set(ZONES)
    assert set(own_interfaces(aws)) == set(ZONES)
    eni = next(one for one in aws("ec2").describe_network_interfaces()["NetworkInterfaces"] if one["RequesterManaged"])
    assert [group["GroupId"] for group in eni["Groups"]] == [site.db_group]
    assert eni["Description"].startswith("RDSNetworkInterface")


def test_a_single_zone_has_no_standby(emulator, aws, rds, look, network) -> None:
    rds.create_db_instance(**database(AvailabilityZone=ZONES[1]))
    emulator.advance(600)
    assert look()["AvailabilityZone"] == ZONES[1]
    assert "SecondaryAvailabilityZone" not in look()
    assert set(own_interfaces(aws)) == {ZONES[1]}


def test_a_subnet_stays_while_the_database_stands_in_it(emulator, aws, rds, site) -> None:
    assert refused(aws("ec2").delete_subnet, SubnetId=site.subnets[1])[0] == "DependencyViolation"
    rds.delete_db_instance(DBInstanceIdentifier="db", SkipFinalSnapshot=True)
    emulator.advance(typical_s("RDS DB instance deleting") + 1)
    rds.delete_db_subnet_group(DBSubnetGroupName="db")
    aws("ec2").delete_subnet(SubnetId=site.subnets[1])
    assert own_interfaces(aws) == {}


def test_a_forced_failover_swaps_zones_and_addresses(emulator, aws, rds, look, site) -> None:
    name, addresses = look()["Endpoint"]["Address"], own_interfaces(aws)
    first = look()["AvailabilityZone"]
    assert emulator.resolve(name, "web-1")["addresses"] == [addresses[first]]
    rds.reboot_db_instance(DBInstanceIdentifier="db", ForceFailover=True)
    assert look()["DBInstanceStatus"] == "rebooting"
    assert emulator.connect(name, 3306, "web-1")["outcome"] == "refused"
    emulator.advance(PROMOTION + 1)
    assert look()["DBInstanceStatus"] == "available"
    assert look()["SecondaryAvailabilityZone"] == first
    other = look()["AvailabilityZone"]
    assert look()["Endpoint"]["Address"] == name
    assert emulator.connect(addresses[other], 3306, "web-1")["outcome"] == "open"
    assert emulator.connect(addresses[first], 3306, "web-1")["outcome"] == "refused"
    wanted = ["Multi-AZ instance failover started.", "DB instance restarted", "Multi-AZ instance failover completed"]
    assert told(rds)[-3:] == wanted


def test_the_endpoint_holds_for_five_seconds(emulator, look, site) -> None:
    assert emulator.resolve(look()["Endpoint"]["Address"], "web-1")["ttl_s"] == 5


def test_a_lost_host_is_detected_then_the_standby_is_promoted(emulator, aws, look, site) -> None:
    first, addresses = look()["AvailabilityZone"], own_interfaces(aws)
    emulator.damage("db", "db", 600.0)
    assert emulator.connect(addresses[first], 3306, "web-1")["outcome"] == "timed_out"
    emulator.advance(DETECTION - 1)
    assert look()["DBInstanceStatus"] == "available"
    emulator.advance(2)
    assert look()["DBInstanceStatus"] == "failing-over"
    emulator.advance(PROMOTION)
    assert (look()["DBInstanceStatus"], look()["SecondaryAvailabilityZone"]) == ("available", first)
    assert emulator.connect(look()["Endpoint"]["Address"], 3306, "web-1")["outcome"] == "open"
    assert emulator.connect(addresses[first], 3306, "web-1")["outcome"] == "timed_out"
    emulator.advance(600)
    assert emulator.connect(addresses[first], 3306, "web-1")["outcome"] == "refused"


def test_a_lost_zone_fails_over_and_comes_back_as_standby(emulator, look, site) -> None:
    first = look()["AvailabilityZone"]
    emulator.damage("az", first, 300.0)
    emulator.advance(DETECTION + PROMOTION + 1)
    assert look()["AvailabilityZone"] != first
    emulator.heal()
    emulator.advance(300)
    assert look()["SecondaryAvailabilityZone"] == first


def test_a_host_that_is_back_before_it_was_missed_fails_nothing_over(emulator, rds, look, site) -> None:
    first = look()["AvailabilityZone"]
    emulator.damage("db", "db", DETECTION - 10)
    emulator.advance(DETECTION + PROMOTION + 1)
    assert look()["AvailabilityZone"] == first
    assert "Multi-AZ instance failover started." not in told(rds)


def test_with_both_zones_lost_nobody_takes_over_until_one_is_back(emulator, look, site) -> None:
    first, second = look()["AvailabilityZone"], look()["SecondaryAvailabilityZone"]
    emulator.damage("az", second, 300.0)
    emulator.damage("az", first, 3600.0)
    emulator.advance(DETECTION + PROMOTION + 1)
    assert look()["AvailabilityZone"] == first
    emulator.advance(300)  # the standby is back, is seen, is promoted
    assert look()["AvailabilityZone"] == second


def test_a_single_zone_is_away_until_it_is_healed(emulator, rds, look, network) -> None:
    rds.create_db_instance(**database(VpcSecurityGroupIds=[network.db_group]))
    emulator.advance(600)
    name = look()["Endpoint"]["Address"]
    assert emulator.connect(name, 3306, "web-1")["outcome"] == "open"
    emulator.damage("az", look()["AvailabilityZone"], 900.0)
    emulator.advance(800)
    assert emulator.connect(name, 3306, "web-1")["outcome"] == "timed_out"
    emulator.advance(200)
    # The web server was in the zone, too: ask on its behalf once it runs again.
    assert emulator.connect(name, 3306, "web-1")["outcome"] == "open"


def test_a_stopped_one_starts_by_itself_after_a_week(emulator, rds, look, site) -> None:
    rds.stop_db_instance(DBInstanceIdentifier="db")
    assert look()["DBInstanceStatus"] == "stopping"
    emulator.advance(typical_s("RDS DB instance stopping") + 1)
    assert look()["DBInstanceStatus"] == "stopped"
    assert emulator.connect(look()["Endpoint"]["Address"], 3306, "web-1")["outcome"] == "refused"
    emulator.advance(7 * 86400 + typical_s("RDS DB instance starting") + 1)
    assert look()["DBInstanceStatus"] == "available"


def test_a_change_waits_for_its_window(emulator, rds, look, site) -> None:
    rds.modify_db_instance(DBInstanceIdentifier="db", DBInstanceClass="db.m5.large", BackupRetentionPeriod=3)
    assert look()["PendingModifiedValues"] == {"DBInstanceClass": "db.m5.large"}
    assert (look()["DBInstanceClass"], look()["BackupRetentionPeriod"]) == ("db.t3.medium", 3)
    emulator.advance(8 * 86400)
    assert look()["DBInstanceClass"] == "db.m5.large"
    assert look()["PendingModifiedValues"] == {}


def test_a_change_at_once_takes_its_time_and_fails_over(emulator, rds, look, site) -> None:
    first = look()["AvailabilityZone"]
    rds.modify_db_instance(DBInstanceIdentifier="db", DBInstanceClass="db.m5.large", ApplyImmediately=True)
    assert look()["DBInstanceStatus"] == "modifying"
    emulator.advance(typical_s("RDS DB instance modifying") + 1)
    assert look()["DBInstanceStatus"] == "rebooting"
    emulator.advance(PROMOTION + 1)
    assert (look()["DBInstanceStatus"], look()["SecondaryAvailabilityZone"]) == ("available", first)


def test_multi_az_is_turned_on_and_off(emulator, aws, rds, look, network) -> None:
    rds.create_db_instance(**database())
    emulator.advance(600)
    rds.modify_db_instance(DBInstanceIdentifier="db", MultiAZ=True, ApplyImmediately=True)
    assert "SecondaryAvailabilityZone" not in look()
    emulator.advance(900)
    assert look()["MultiAZ"]
    assert look()["SecondaryAvailabilityZone"] in ZONES
    assert len(own_interfaces(aws)) == 2
    rds.modify_db_instance(DBInstanceIdentifier="db", MultiAZ=False, ApplyImmediately=True)
    emulator.advance(900)
    assert set(own_interfaces(aws)) == {look()["AvailabilityZone"]}


def test_bigger_storage_is_optimized_in_use(emulator, rds, look, site) -> None:
    rds.modify_db_instance(DBInstanceIdentifier="db", AllocatedStorage=100, ApplyImmediately=True)
    emulator.advance(typical_s("RDS DB instance modifying") + 1)
    assert (look()["DBInstanceStatus"], look()["AllocatedStorage"]) == ("storage-optimization", 100)
    assert emulator.connect(look()["Endpoint"]["Address"], 3306, "web-1")["outcome"] == "open"
    emulator.advance(typical_s("RDS storage optimization"))
    assert look()["DBInstanceStatus"] == "available"


def test_new_groups_decide_at_once(emulator, aws, rds, look, site) -> None:
    closed = aws("ec2").create_security_group(GroupName="closed", Description="closed", VpcId=site.vpc)["GroupId"]
    name = look()["Endpoint"]["Address"]
    assert emulator.connect(name, 3306, "web-1")["outcome"] == "open"
    rds.modify_db_instance(DBInstanceIdentifier="db", VpcSecurityGroupIds=[closed])
    assert emulator.connect(name, 3306, "web-1")["outcome"] == "timed_out"


def test_a_backup_a_day_is_kept_for_the_retention_period(emulator, rds, site) -> None:
    rds.modify_db_instance(DBInstanceIdentifier="db", BackupRetentionPeriod=2)
    emulator.advance(6 * 86400)
    kept = rds.describe_db_snapshots(SnapshotType="automated")["DBSnapshots"]
    assert len(kept) == 2
    assert all(each["DBSnapshotIdentifier"].startswith("rds:db-") for each in kept)


def test_a_snapshot_holds_what_was_there_and_goes_to_another_region(emulator, aws, rds, connect, site) -> None:
    ask(connect(autocommit=True), "CREATE TABLE t (n INT)")
    ask(connect(autocommit=True), "INSERT INTO t VALUES (1)")
    made = rds.create_db_snapshot(DBInstanceIdentifier="db", DBSnapshotIdentifier="first")["DBSnapshot"]
    assert made["Status"] == "creating"
    ask(connect(autocommit=True), "DELETE FROM t")
    emulator.advance(typical_s("RDS DB snapshot creating") + 1)
    rds.restore_db_instance_from_db_snapshot(
        DBInstanceIdentifier="again",
        DBSnapshotIdentifier="first",
        DBSubnetGroupName="db",
        VpcSecurityGroupIds=[site.db_group],
    )
    away = aws("rds", region="ap-northeast-3")
    away.copy_db_snapshot(
        SourceDBSnapshotIdentifier=made["DBSnapshotArn"],
        TargetDBSnapshotIdentifier="copied",
        SourceRegion="ap-northeast-1",
    )
    emulator.advance(typical_s("RDS DB snapshot copy to another region") + 1)
    assert away.describe_db_snapshots(DBSnapshotIdentifier="copied")["DBSnapshots"][0]["Status"] == "available"
    again = rds.describe_db_instances(DBInstanceIdentifier="again")["DBInstances"][0]
    assert again["DBInstanceStatus"] == "available"
    assert ask(connect(host=again["Endpoint"]["Address"]), "SELECT n FROM t") == ((1,),)
    assert ask(connect(), "SELECT n FROM t") == ()


def test_a_snapshot_that_is_being_made_cannot_be_used(rds, site) -> None:
    rds.create_db_snapshot(DBInstanceIdentifier="db", DBSnapshotIdentifier="first")
    asked = {"DBInstanceIdentifier": "again", "DBSnapshotIdentifier": "first"}
    assert refused(rds.restore_db_instance_from_db_snapshot, **asked)[0] == "InvalidDBSnapshotState"


@pytest.fixture
def away(emulator, aws, site, rds):
    """RDS of Osaka, where "db-away" follows "db"; Tokyo's web-1 reaches it over a peering."""
    ec2, far = aws("ec2"), aws("ec2", region="ap-northeast-3")
    vpc = far.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        far.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{at}.0/24", AvailabilityZone=f"ap-northeast-3{letter}")
        for at, letter in enumerate("ac")
    ]
    pair = ec2.create_vpc_peering_connection(VpcId=site.vpc, PeerVpcId=vpc, PeerRegion="ap-northeast-3")
    pair = pair["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    far.accept_vpc_peering_connection(VpcPeeringConnectionId=pair)
    for each, own, other in ((ec2, site.vpc, "10.9.0.0/16"), (far, vpc, "10.0.0.0/16")):
        table = each.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [own]}])["RouteTables"][0]
        each.create_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock=other, VpcPeeringConnectionId=pair)
    group = far.create_security_group(GroupName="db", Description="db", VpcId=vpc)["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 3306, "ToPort": 3306, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}
    far.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    there = aws("rds", region="ap-northeast-3")
    there.create_db_subnet_group(
        DBSubnetGroupName="away",
        DBSubnetGroupDescription="two zones",
        SubnetIds=[each["Subnet"]["SubnetId"] for each in subnets],
    )
    there.create_db_instance_read_replica(
        DBInstanceIdentifier="db-away",
        SourceDBInstanceIdentifier=rds.describe_db_instances()["DBInstances"][0]["DBInstanceArn"],
        SourceRegion="ap-northeast-1",
        DBSubnetGroupName="away",
        VpcSecurityGroupIds=[group],
    )
    emulator.advance(typical_s("RDS read replica creating") + 1)
    return there


def test_a_replica_in_another_region_follows_and_takes_no_writes(emulator, away, rds, look, connect) -> None:
    replica = look("db-away", away)
    assert replica["DBInstanceStatus"] == "available"
    assert replica["AvailabilityZone"].startswith("ap-northeast-3")
    assert replica["ReadReplicaSourceDBInstanceIdentifier"] == look()["DBInstanceArn"]
    assert look()["ReadReplicaDBInstanceIdentifiers"] == [replica["DBInstanceArn"]]
    host = replica["Endpoint"]["Address"]
    ask(connect(autocommit=True), "CREATE TABLE t (n INT)")
    ask(connect(autocommit=True), "INSERT INTO t VALUES (1)")
    emulator.advance(typical_s("RDS read replica lag in another region") + 1)
    assert ask(connect(host=host), "SELECT n FROM t") == ((1,),)
    with pytest.raises(Exception, match="1290"):
        ask(connect(host=host), "INSERT INTO t VALUES (2)")


def test_what_was_on_its_way_is_lost_to_a_promoted_replica(emulator, away, rds, look, connect) -> None:
    writer = connect(autocommit=True)
    ask(writer, "CREATE TABLE t (n INT)")
    ask(writer, "INSERT INTO t VALUES (1)")
    emulator.advance(typical_s("RDS read replica lag in another region") + 1)
    ask(writer, "INSERT INTO t VALUES (2)")
    for zone in ZONES:
        emulator.damage("az", zone, 86400.0)
    emulator.advance(60)
    away.promote_read_replica(DBInstanceIdentifier="db-away")
    emulator.advance(typical_s("RDS read replica promotion") + typical_s("RDS DB instance reboot") + 1)
    replica = look("db-away", away)
    assert replica["DBInstanceStatus"] == "available"
    assert "ReadReplicaSourceDBInstanceIdentifier" not in replica
    emulator.heal()
    emulator.advance(600)
    alone = connect(host=replica["Endpoint"]["Address"], autocommit=True)
    assert ask(alone, "SELECT n FROM t") == ((1,),)
    ask(alone, "INSERT INTO t VALUES (3)")
    assert ask(connect(), "SELECT n FROM t ORDER BY n") == ((1,), (2,))


def test_a_source_that_comes_back_sends_what_it_still_had(emulator, away, look, connect) -> None:
    writer = connect(autocommit=True)
    ask(writer, "CREATE TABLE t (n INT)")
    for zone in ZONES:
        emulator.damage("az", zone, 100.0)
    emulator.advance(90)
    emulator.advance(900)
    assert ask(connect(host=look("db-away", away)["Endpoint"]["Address"]), "SELECT n FROM t") == ()


def test_a_replica_becomes_a_source(emulator, away, rds, look) -> None:
    away.promote_read_replica(DBInstanceIdentifier="db-away")
    emulator.advance(600)
    made = rds.create_db_instance_read_replica(
        DBInstanceIdentifier="db-home",
        SourceDBInstanceIdentifier=look("db-away", away)["DBInstanceArn"],
        SourceRegion="ap-northeast-3",
        DBSubnetGroupName="db",
    )["DBInstance"]
    assert made["AvailabilityZone"] in ZONES


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"MasterUserPassword": "short"}, "InvalidParameterValue"),
        ({"MasterUserPassword": "with@sign-in-it"}, "InvalidParameterValue"),
        ({"DBInstanceClass": "t3.medium"}, "InvalidParameterValue"),
        ({"AllocatedStorage": 5}, "InvalidParameterValue"),
        ({"DBSubnetGroupName": "nothing"}, "DBSubnetGroupNotFoundFault"),
        ({"MultiAZ": True, "AvailabilityZone": ZONES[0]}, "InvalidParameterCombination"),
        ({"StorageType": "gp3", "AllocatedStorage": 399, "Iops": 12000}, "InvalidParameterCombination"),
        ({"AvailabilityZone": "ap-northeast-1d"}, "InvalidVPCNetworkStateFault"),
        ({"VpcSecurityGroupIds": ["sg-0123456789abcdef0"]}, "InvalidParameterValue"),
        ({"DBInstanceIdentifier": "db"}, "DBInstanceAlreadyExists"),
    ],
)
def test_what_rds_does_not_create(rds, site, asked, code) -> None:
    assert refused(rds.create_db_instance, **database(**{"DBInstanceIdentifier": "other", **asked}))[0] == code


def test_a_subnet_group_covers_two_zones(rds, network) -> None:
    asked = {"DBSubnetGroupName": "one", "DBSubnetGroupDescription": "one zone"}
    code, message = refused(rds.create_db_subnet_group, SubnetIds=network.subnets[:1], **asked)
    assert code == "DBSubnetGroupDoesNotCoverEnoughAZs"
    assert ZONES[0] in message


def test_small_gp3_storage_takes_no_iops_later_either(rds, network) -> None:
    rds.create_db_instance(**database(StorageType="gp3", AllocatedStorage=20))
    asked = {"DBInstanceIdentifier": "db", "Iops": 12000}
    assert refused(rds.modify_db_instance, **asked)[0] == "InvalidParameterCombination"
    rds.create_db_instance(
        **database(DBInstanceIdentifier="large", StorageType="gp3", AllocatedStorage=400, Iops=12000)
    )


def test_deleting_has_its_rules(emulator, rds, look, site) -> None:
    name = {"DBInstanceIdentifier": "db"}
    assert refused(rds.delete_db_instance, **name)[0] == "InvalidParameterCombination"
    assert refused(rds.delete_db_subnet_group, DBSubnetGroupName="db")[0] == "InvalidDBSubnetGroupStateFault"
    rds.modify_db_instance(DeletionProtection=True, **name)
    assert "protected" in refused(rds.delete_db_instance, SkipFinalSnapshot=True, **name)[1]
    rds.modify_db_instance(DeletionProtection=False, **name)
    rds.delete_db_instance(FinalDBSnapshotIdentifier="last", **name)
    assert look()["DBInstanceStatus"] == "deleting"
    emulator.advance(typical_s("RDS DB instance deleting") + 1)
    assert refused(rds.describe_db_instances, **name)[0] == "DBInstanceNotFound"
    left = rds.describe_db_snapshots()["DBSnapshots"]
    assert [each["DBSnapshotIdentifier"] for each in left] == ["last"]


def test_a_failover_needs_a_standby(emulator, rds, look, network) -> None:
    rds.create_db_instance(**database())
    asked = {"DBInstanceIdentifier": "db", "ForceFailover": True}
    assert refused(rds.reboot_db_instance, **asked)[0] == "InvalidDBInstanceState"
    emulator.advance(600)
    assert refused(rds.reboot_db_instance, **asked)[0] == "InvalidParameterCombination"


def test_events_are_those_of_the_last_hour(emulator, rds, site) -> None:
    emulator.advance(7200)
    assert "DB instance created" not in told(rds)  # the daily backup may have begun, as the real time of day is
    asked = {"SourceIdentifier": "db", "SourceType": "db-instance", "Duration": 600}
    assert "DB instance created" in [each["Message"] for each in rds.describe_events(**asked)["Events"]]


@pytest.mark.parametrize(
    ("window", "opens"),
    [
        ("thu:06:00-thu:07:00", 6 * 3600.0),  # the epoch was a Thursday
        ("thu:00:00-thu:01:00", 7 * 86400.0),
        ("wed:12:30-wed:13:30", 6 * 86400.0 + 12.5 * 3600),
    ],
)
def test_the_next_window(window, opens) -> None:
    assert next_window(window, 0.0) == opens


def test_a_multi_az_source_is_restored_to_a_point_in_time(emulator, aws, rds, look, site) -> None:
    asked = {"SourceDBInstanceIdentifier": "db", "TargetDBInstanceIdentifier": "then", "UseLatestRestorableTime": True}
    rds.restore_db_instance_to_point_in_time(**asked, DBSubnetGroupName="db")
    emulator.advance(2400)
    assert (look("then")["DBInstanceStatus"], look("then")["MultiAZ"]) == ("available", False)
    assert (look()["MultiAZ"], look()["DBInstanceStatus"]) == (True, "available")


@pytest.fixture
def managed(emulator, aws, rds, look, network) -> str:
    """The password of a database "db" that RDS keeps in Secrets Manager."""
    asked = database(ManageMasterUserPassword=True, VpcSecurityGroupIds=[network.db_group])
    rds.create_db_instance(**{name: value for name, value in asked.items() if name != "MasterUserPassword"})
    emulator.advance(1200)
    text = aws("secretsmanager").get_secret_value(SecretId=look()["MasterUserSecret"]["SecretArn"])["SecretString"]
    return str(json.loads(text)["password"])


@pytest.mark.parametrize("to_a_point_in_time", [False, True])
def test_a_restore_keeps_a_managed_password_and_manages_nothing(
    emulator, rds, look, connect, network, managed, to_a_point_in_time
) -> None:
    arn = look()["MasterUserSecret"]["SecretArn"]
    place = {"DBSubnetGroupName": "db", "VpcSecurityGroupIds": [network.db_group]}
    if to_a_point_in_time:
        source = {"SourceDBInstanceIdentifier": "db", "UseLatestRestorableTime": True}
        rds.restore_db_instance_to_point_in_time(**source, TargetDBInstanceIdentifier="again", **place)
    else:
        rds.create_db_snapshot(DBInstanceIdentifier="db", DBSnapshotIdentifier="kept")
        emulator.advance(1200)
        rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier="again", DBSnapshotIdentifier="kept", **place)
    emulator.advance(2400)
    assert "MasterUserSecret" not in look("again")
    assert look()["MasterUserSecret"]["SecretArn"] == arn
    there = connect(host=look("again")["Endpoint"]["Address"], password=managed)
    assert ask(there, "SELECT 1") == ((1,),)


def test_what_rds_refuses_while_it_manages_the_password(rds, managed) -> None:
    asked = {"DBInstanceIdentifier": "db", "MasterUserPassword": "battery-staple-2"}
    assert refused(rds.modify_db_instance, **asked)[0] == "InvalidParameterCombination"
    copied = {"DBInstanceIdentifier": "copy", "SourceDBInstanceIdentifier": "db"}
    code, words = refused(rds.create_db_instance_read_replica, **copied)
    assert code == "InvalidParameterValue"
    assert "ManageMasterUserPassword is enabled is not supported" in words
    rds.modify_db_instance(**asked, ManageMasterUserPassword=False)
