"""What lies in buckets and vaults, what snapshots hold, what of a database's backups is free: by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aws14 import cost
from aws14.cost.plans import Protected, plan_bill
from aws14.errors import ScenarioError
from aws14.kernels.bins import BINS
from aws14.model import Link, Node, Topology, Trace
from aws14.model.kinds import ATTRIBUTES
from aws14.sim.backups.generations import Rule, worst_gap_s

HERE, AWAY = "ap-northeast-1", "ap-northeast-3"
DAILY = Rule(name="daily", schedule="cron(0 5 * * ? *)", keep_days=35, vault="main")
MONTHLY = Rule(name="monthly", schedule="cron(0 5 1 * ? *)", keep_days=2557, cold_after_days=30, vault="main")


def node(kind, name, **stated):
    nothing = dict.fromkeys(ATTRIBUTES.get(kind, ()), "")
    return Node(
        id=name, kind=kind, parent=stated.pop("parent", HERE), aws_id=stated.pop("aws_id", name),
        count=stated.pop("count", 1), attributes={**nothing, **stated},
    )  # fmt: skip


def topology(*nodes, links=()):
    places = (Node(id=HERE, kind="region"), Node(id=AWAY, kind="region"))
    return Topology(name="office", origin="built", nodes=(*places, *nodes), links=links)


def standing(*nodes, **options):
    found = cost.standing(topology(*nodes), hours=730, **options)
    summed: dict[str, float] = {}
    for line in found:
        name = f"{line.item} {line.region}"
        summed[name] = summed.get(name, 0.0) + line.quantity
    return summed


def snapshot(name, of="vol-1", **stated):
    return node("snapshot", name, **{"of": of, "gib": 100, "state": "completed", **stated})


def database(**stated):
    usual = {"state": "available", "engine": "mysql", "instance_class": "db.t3.medium", "gib": 100, "multi_az": False}
    return node("db_instance", "db", **{**usual, "storage_type": "gp3", "backup_retention_days": 7, **stated})


def idle_month():
    zero, none = np.zeros(1), np.zeros(1, np.int64)
    return Trace(
        scenario="idle", pattern="p05", region=HERE, tick_s=86_400.0, horizon_s=86_400.0, seed=1, replication=0,
        offered=none, served=none, failed={}, in_flight=none, busy_s=zero, wasted_s=zero, workers=none,
        response_time_sum_s=zero, histogram=np.zeros((1, BINS), np.uint32), bytes_in=zero, bytes_out=zero, nodes=(),
    )  # fmt: skip


def test_a_bucket_is_charged_by_class_with_minimums_and_overheads():
    found = standing(
        node("bucket", "models", stored=("STANDARD 12.5 340", "STANDARD_IA 0.5 8192", "DEEP_ARCHIVE 100 1048576"))
    )
    assert found[f"Standard storage {HERE}"] == pytest.approx(12.5 + 8)
    assert found[f"Standard-IA storage {HERE}"] == pytest.approx(1.0), "8192 objects count as 128 KiB each"
    assert found[f"Glacier Deep Archive storage {HERE}"] == pytest.approx(100 + 32)


def test_an_empty_bucket_and_one_that_is_only_drawn_cost_nothing():
    assert standing(node("bucket", "empty", stored=("STANDARD 0 0",))) == {}
    assert standing(Node(id="drawn", kind="bucket", parent=HERE)) == {}


def test_intelligent_tiering_is_watched():
    found = standing(node("bucket", "b", stored=("INTELLIGENT_TIERING 10 5000",)))
    assert found == {f"Standard storage {HERE}": 10, f"Intelligent-Tiering monitoring {HERE}": 5}


def test_recovery_points_are_charged_by_resource():
    found = standing(
        node("backup_vault", "main", points=(
            "shared EFS 2026-11-24T05:00 40", "shared EFS 2026-01-01T05:00 30 cold",
            "models S3 2026-11-24T05:00 12", "plans-data EBS 2026-11-24T05:00 100", "db RDS 2026-11-24T05:00 50",
            "plans-data EBS 2026-01-01T05:00 100 cold", "office disk Storage Gateway 2026-11-24T05:00 5",
            "web EC2 2026-11-24T05:00 8", "lab VirtualMachine 2026-11-24T05:00 8",
        ))
    )  # fmt: skip
    assert found == {
        f"EFS warm storage {HERE}": 40,
        f"EFS cold storage {HERE}": 30,
        f"S3 warm storage {HERE}": 12,
        f"Snapshot standard storage {HERE}": 108,
        f"Snapshot archive storage {HERE}": 100,
        f"Backup storage beyond free {HERE}": 50,
        f"Storage Gateway volume warm storage {HERE}": 5,
    }


def test_later_recovery_points_hold_what_changed_and_cold_snapshots_are_full():
    days = tuple(f"plans-data EBS 2026-11-{day:02d}T05:00 100" for day in range(1, 11))
    months = tuple(f"plans-data EBS 2026-{month:02d}-01T05:00 100 cold" for month in (1, 2, 3))
    vault = node("backup_vault", "main", points=(*days, *months))
    assert standing(vault)[f"Snapshot standard storage {HERE}"] == 1000
    found = standing(vault, changed_gib=3)
    assert found[f"Snapshot standard storage {HERE}"] == pytest.approx(100 + 9 * 3)
    assert found[f"Snapshot archive storage {HERE}"] == 300


def test_a_databases_points_are_free_up_to_its_size():
    vault = node("backup_vault", "main", points=("db RDS 2026-11-23T05:00 100", "db RDS 2026-11-24T05:00 100"))
    found = standing(database(backup_retention_days=0), vault, changed_gib=3)
    assert found[f"Backup storage beyond free {HERE}"] == pytest.approx(3)


def test_automatic_backups_of_efs_are_a_copy_and_what_changed_since():
    usual = {
        "throughput_mode": "elastic",
        "standard_gib": 60.0,
        "ia_gib": 30.0,
        "archive_gib": 10.0,
        "zones": ("a", "c"),
    }
    name = f"EFS warm storage {HERE}"

    def files(**stated):
        return node("file_system", "shared", **{**usual, "state": "available", "backed_up": True, **stated})

    assert standing(files())[name] == 100
    assert standing(files(), changed_gib=2)[name] == pytest.approx(100 + 34 * 2)
    assert standing(files(), changed_gib=1e6)[name] == 35 * 100, "no day changes more than there is"
    for without in (files(backed_up=False), files(state="deleted")):
        assert name not in standing(without)
    half = cost.standing(topology(files()), hours=365)
    assert [(line.quantity, line.resource) for line in half if line.item == "EFS warm storage"] == [(50, "shared")]


def test_a_key_is_charged_until_it_waits_for_its_deletion():
    assert standing(node("key", "k", state="Enabled")) == {f"Customer managed key {HERE}": 1}
    assert standing(node("key", "k", state="Disabled")) == {f"Customer managed key {HERE}": 1}
    assert standing(node("key", "k", state="PendingDeletion")) == {}


def test_later_snapshots_hold_what_changed():
    three = (snapshot("s1"), snapshot("s2"), snapshot("s3"))
    name = f"Snapshot standard storage {HERE}"
    assert standing(*three)[name] == 300, "in full, as long as nobody says what changed"
    assert standing(*three, changed_gib=4)[name] == pytest.approx(108)
    assert standing(*three, snapshot("t1", of="vol-2"), changed_gib=4)[name] == pytest.approx(208)
    assert standing(*three, changed_gib=1e9)[name] == 300
    assert standing(snapshot("fleet", count=30), changed_gib=4)[name] == pytest.approx(100 + 29 * 4)


def test_copies_of_snapshots_are_incremental_in_their_own_region():
    here = (snapshot("s1"), snapshot("s2"))
    there = (snapshot("c1", of="s1", parent=AWAY), snapshot("c2", of="s2", parent=AWAY))
    found = standing(*here, *there, changed_gib=4)
    assert found == pytest.approx({f"Snapshot standard storage {HERE}": 104, f"Snapshot standard storage {AWAY}": 104})


def test_backups_of_databases_are_free_up_to_their_size_in_their_region():
    copy = node("db_snapshot", "rows", of="db", gib=100)
    far = node("db_snapshot", "far", of="rows", gib=100, parent=AWAY)
    name = "Backup storage beyond free"
    found = standing(database(), copy, far)
    assert (found[f"{name} {HERE}"], found[f"{name} {AWAY}"]) == (0, 100)
    assert standing(database(), changed_gib=2)[f"{name} {HERE}"] == pytest.approx(7 * 2)
    # A day's change is stored once in the automated backups, and once in the snapshot.
    assert standing(database(), copy, changed_gib=2)[f"{name} {HERE}"] == pytest.approx(100 + 7 * 2)
    assert f"{name} {HERE}" not in standing(database(backup_retention_days=0), changed_gib=2)


def test_a_part_of_a_month_has_a_part_of_what_is_free():
    stands = topology(database(), node("db_snapshot", "rows", of="db", gib=150))

    def beyond_free(hours):
        return sum(line.quantity for line in cost.standing(stands, hours=hours) if line.item.startswith("Backup"))

    assert (beyond_free(730), beyond_free(365)) == (50, 25)


def test_copies_to_another_region_and_gateways_are_charged_by_what_is_written():
    main, away = node("backup_vault", "main", points=()), node("backup_vault", "away", points=(), parent=AWAY)
    near = node("backup_vault", "near", points=())
    gateway = node("storage_gateway", "office-gateway")
    links = (
        Link(source="main", target="away", kind="routes", label="copies"),
        Link(source="main", target="near", kind="routes", label="copies"),
    )
    found = cost.monthly(
        topology(main, away, near, gateway, links=links), idle_month(), assume=cost.Assumptions(written_gib=50)
    )
    assert {(line.service, line.item): line.quantity for line in found} == {
        ("Data transfer", "to another AWS region"): 50,
        ("Storage Gateway", "Data written to AWS by gateway"): 50,
    }


def test_a_month_takes_what_changed_from_the_assumptions():
    three = topology(snapshot("s1"), snapshot("s2"), snapshot("s3"))
    found = cost.monthly(three, idle_month(), assume=cost.Assumptions(changed_gib=5))
    assert sum(line.quantity for line in found) == pytest.approx(110)
    with pytest.raises(ScenarioError):
        cost.Assumptions(changed_gib=-1)


def test_a_plan_without_changes_is_one_full_copy():
    still = Protected(kind="EBS", gib=200, changed_gib_per_day=0, region=HERE)
    assert plan_bill([DAILY], still).total_usd == pytest.approx(200 * 0.05)


def test_a_plan_by_hand():
    """35 daily backups: one full, 34 with what changed; of 84 monthly ones, 83 in the archive tier, each in full."""
    volume = Protected(kind="EBS", gib=100, changed_gib_per_day=2, region=HERE)
    found = {line.usage.item: line.usage.quantity for line in plan_bill([DAILY], volume).lines}
    assert found == {"Snapshot standard storage": pytest.approx(100 + 34 * 2)}
    both = {line.usage.item: line.usage.quantity for line in plan_bill([DAILY, MONTHLY], volume).lines}
    cold = both["Snapshot archive storage"]
    assert cold / 100 in (83, 84)
    assert both["Snapshot standard storage"] == found["Snapshot standard storage"]


def test_what_changed_saturates():
    volume = Protected(kind="EBS", gib=100, changed_gib_per_day=10, region=HERE)
    assert volume.changed_gib(1) == pytest.approx(10)
    assert volume.changed_gib(2) == pytest.approx(19)
    assert volume.changed_gib(1000) == pytest.approx(100)


def test_a_copy_away_doubles_the_storage_and_pays_the_way():
    volume = Protected(kind="EBS", gib=100, changed_gib_per_day=2, region=HERE)
    copied = replace(DAILY, copies=("away",))
    near, far = (plan_bill([rule], volume, away={"away": AWAY}) for rule in (DAILY, copied))
    sent = next(line for line in far.lines if line.usage.service == "Data transfer")
    assert sent.usage.quantity == pytest.approx(2 * 730 / 24, rel=0.01)
    assert far.total_usd == pytest.approx(2 * near.total_usd + sent.usd, abs=0.011)


def test_a_databases_first_copy_is_free():
    rows = Protected(kind="RDS", gib=100, changed_gib_per_day=2, region=HERE)
    (line,) = plan_bill([DAILY], rows).lines
    assert line.usage.quantity == pytest.approx(34 * 2)


def test_plans_lie_on_a_frontier():
    volume = Protected(kind="EBS", gib=100, changed_gib_per_day=5, region=HERE)
    plans = {
        "hourly": Rule(name="h", schedule="cron(0 * * * ? *)", keep_days=35, vault="main"),
        "daily": DAILY,
        "weekly": Rule(name="w", schedule="cron(0 5 ? * SUN *)", keep_days=35, vault="main"),
    }
    found = [(worst_gap_s([rule]), plan_bill([rule], volume).total_usd) for rule in plans.values()]
    assert [gap for gap, _ in found] == [3600, 86_400, 7 * 86_400]
    assert [usd for _, usd in found] == sorted((usd for _, usd in found), reverse=True)


def test_what_cannot_be_protected_is_refused():
    for wrong in ({"kind": "paper"}, {"gib": 0}, {"changed_gib_per_day": 101}):
        with pytest.raises(ScenarioError):
            Protected(**{"kind": "EBS", "gib": 100, "changed_gib_per_day": 1, "region": HERE, **wrong})
