"""The declared load of a file system: burst credits by AWS's own figures, metrics, sizes that move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aws14.emulator.files.load import Stretch, rates
from aws14.errors import EmulatorError

GIB, MIB, TIB, DAY = 1024**3, 1024**2, 1024**4, 86_400


@pytest.mark.parametrize(
    ("gib", "baseline_mibps", "burst_mibps", "minutes_a_day"),
    [(10, 1.0, 100, 14.4), (256, 12.5, 100, 180), (512, 25, 100, 360), (1024, 50, 100, 720), (4096, 200, 400, 720)],
)
def test_the_table_of_the_user_guide(gib, baseline_mibps, burst_mibps, minutes_a_day):
    baseline, burst, _ = rates("bursting", gib, None)
    assert baseline / MIB == pytest.approx(baseline_mibps)
    assert burst / MIB == pytest.approx(burst_mibps)
    # What a day at the baseline earns is burst in so many minutes.
    assert baseline * DAY / burst / 60 == pytest.approx(minutes_a_day)


def stretch(gib, write_mibps, left):
    baseline, burst, most = rates("bursting", gib, None)
    return Stretch(0.0, 0.0, write_mibps * MIB, 0.0, "bursting", baseline, burst, left, most)


def test_credits_run_out_when_they_must():
    one = stretch(256, 100, 2.1 * TIB)
    empty_s = 2.1 * TIB / (87.5 * MIB)
    assert one.permitted_at(empty_s - 1) == 100 * MIB
    assert one.credits_at(empty_s + 1) == 0
    assert one.permitted_at(empty_s + 1) == 12.5 * MIB


def test_idle_earns_no_more_than_the_most():
    assert stretch(1024, 0, 0.0).credits_at(3600) == 50 * MIB * 3600
    assert stretch(1024, 0, 0.0).credits_at(400 * DAY) == 2.1 * TIB


def test_a_read_counts_a_third():
    baseline, burst, most = rates("bursting", 1024, None)
    assert Stretch(0.0, 300 * MIB, 0.0, 0.0, "bursting", baseline, burst, 0.0, most).metered == 100 * MIB


def test_other_modes():
    assert rates("provisioned", 10, 64)[:2] == (64 * MIB, 64 * MIB)
    assert rates("provisioned", 4096, 64)[0] == 200 * MIB
    assert rates("elastic", 10, None)[0] > 1024 * MIB


def last(aws, emulator, key, metric, statistic="Average"):
    now = datetime.fromtimestamp(emulator.status()["now"], UTC)
    found = aws("cloudwatch").get_metric_statistics(
        Namespace="AWS/EFS",
        MetricName=metric,
        Dimensions=[{"Name": "FileSystemId", "Value": key}],
        StartTime=now - timedelta(minutes=10),
        EndTime=now,
        Period=60,
        Statistics=[statistic],
    )["Datapoints"]
    return max(found, key=lambda one: one["Timestamp"])[statistic]


@pytest.fixture
def bursting(clean_emulator, aws):
    key = aws("efs").create_file_system(CreationToken="a", ThroughputMode="bursting")["FileSystemId"]
    clean_emulator.advance(60)
    return key


def test_month_end_empties_the_credits_and_elastic_does_not_care(clean_emulator, aws, bursting):
    clean_emulator.file_load({"file_system": bursting, "stored_gib": 256, "write_mibps": 100})
    clean_emulator.advance(3600)
    assert last(aws, clean_emulator, bursting, "PermittedThroughput") == 100 * MIB
    assert last(aws, clean_emulator, bursting, "DataWriteIOBytes", "Sum") == 6000 * MIB
    spent = 2.1 * TIB - last(aws, clean_emulator, bursting, "BurstCreditBalance")
    assert spent == pytest.approx(87.5 * MIB * 3540, rel=0.02)
    clean_emulator.advance(DAY)
    assert last(aws, clean_emulator, bursting, "BurstCreditBalance") == 0
    assert last(aws, clean_emulator, bursting, "DataWriteIOBytes", "Sum") == pytest.approx(750 * MIB, rel=0.001)
    aws("efs").update_file_system(FileSystemId=bursting, ThroughputMode="elastic")
    clean_emulator.advance(600)
    assert last(aws, clean_emulator, bursting, "DataWriteIOBytes", "Sum") == 6000 * MIB


def test_an_alarm_sees_the_credits_go(clean_emulator, aws, bursting):
    clean_emulator.file_load({"file_system": bursting, "stored_gib": 10, "write_mibps": 100, "operations": 17500})
    assert {one["MetricName"] for one in aws("cloudwatch").list_metrics(Namespace="AWS/EFS")["Metrics"]} >= {
        "BurstCreditBalance",
        "PercentIOLimit",
    }
    clean_emulator.advance(300)
    assert last(aws, clean_emulator, bursting, "PercentIOLimit") == 50


def test_declared_files_move_but_for_those_that_are_read(clean_emulator, aws):
    efs = aws("efs")
    key = efs.create_file_system(CreationToken="a", ThroughputMode="elastic")["FileSystemId"]
    clean_emulator.advance(60)
    rules = [{"TransitionToIA": "AFTER_30_DAYS"}, {"TransitionToArchive": "AFTER_90_DAYS"}]
    efs.put_lifecycle_configuration(FileSystemId=key, LifecyclePolicies=rules)
    clean_emulator.file_load({"file_system": key, "stored_gib": 1000, "active_gib": 200})

    def held():
        told = efs.describe_file_systems(FileSystemId=key)["FileSystems"][0]["SizeInBytes"]
        return tuple(told[name] // GIB for name in ("ValueInStandard", "ValueInIA", "ValueInArchive"))

    assert held() == (1000, 0, 0)
    clean_emulator.advance(31 * DAY)
    assert held() == (200, 800, 0)
    clean_emulator.advance(60 * DAY)
    assert held() == (200, 0, 800)


@pytest.mark.parametrize("wrong", [{"file_system": "fs-0"}, {"file_system": "", "read_mibps": 1}, {"read_mibps": -1}])
def test_what_cannot_be_declared(clean_emulator, bursting, wrong):
    with pytest.raises(EmulatorError):
        clean_emulator.file_load({"file_system": bursting} | wrong)
