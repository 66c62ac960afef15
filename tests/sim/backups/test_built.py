"""Copies that were read back: who holds what of whom, and what a failure leaves of it."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest

from aws14.errors import DesignError
from aws14.model import Link, Node, Topology
from aws14.model.kinds import ATTRIBUTES
from aws14.sim.backups.built import copies_built, original_built
from aws14.sim.backups.failures import Failure
from aws14.sim.backups.outcomes import outcome
from aws14.sim.backups.points import read_point

HERE, AWAY = "ap-northeast-1", "ap-northeast-3"
OWN, OTHER = "123456789012", "999999999999"
NOW_S = datetime(2026, 11, 24, 11, tzinfo=UTC).timestamp()
DAY_S = 86_400.0


def node(kind, name, /, **stated):
    nothing = dict.fromkeys(ATTRIBUTES.get(kind, ()), "")
    return Node(
        id=name, kind=kind, parent=stated.pop("parent", HERE), aws_id=stated.pop("aws_id", name),
        attributes={**nothing, **stated},
    )  # fmt: skip


def vault(name, *, account=OWN, parent=HERE, **stated):
    usual = {"points": ("plans-data EBS 2026-11-24T05:00 100", "plans-data EBS 2026-11-20T05:00 100 cold")}
    arn = f"arn:aws:backup:{parent}:{account}:backup-vault:{name}"
    return node("backup_vault", name, parent=parent, aws_id=arn, **{**usual, **stated})


def built(*nodes, links=()):
    places = (
        Node(id=HERE, kind="region"), Node(id=AWAY, kind="region"), Node(id="vpc", kind="vpc", parent=HERE),
        Node(id="a", kind="az", parent="vpc"),
    )  # fmt: skip
    volume = node("volume", "plans-data", parent="a", aws_id="vol-1", state="in-use", gib=100)
    return Topology(name="office", origin="built", nodes=(*places, volume, *nodes), links=links)


def left(topology, kind, days=0.0, of="plans-data", key=""):
    failure = Failure(kind=kind, name=kind, per_year=1.0, found_after_days=days)
    return outcome(original_built(topology, of, key=key), copies_built(topology, of), failure, at_s=NOW_S)


def test_points_are_read():
    point = read_point("office disk Storage Gateway 2026-11-24T05:00 5 cold")
    assert (point.of, point.kind, point.gib, point.cold) == ("office disk", "Storage Gateway", 5, True)
    assert point.taken_s == datetime(2026, 11, 24, 5, tzinfo=UTC).timestamp()
    for wrong in ("nonsense", "db RDS yesterday 5", "db RDS 2026-11-24T05:00 much"):
        with pytest.raises(DesignError):
            read_point(wrong)


def test_a_vault_beside_it_outlives_the_zone_and_not_the_region():
    topology = built(vault("main"))
    assert left(topology, "az").rpo_s == 6 * 3600
    assert left(topology, "region").lost
    assert left(topology, "ransomware").lost
    assert left(topology, "corruption", 3).rpo_s == 4 * DAY_S + 6 * 3600
    assert left(topology, "corruption", 5).lost


def test_nothing_is_left_without_copies():
    assert left(built(), "volume").lost


def test_a_copy_away_and_one_in_another_account():
    region = built(vault("main"), vault("away", parent=AWAY))
    assert left(region, "region").survivors == ("vault away",)
    assert left(region, "ransomware").lost, "the same account"
    account = built(vault("main"), vault("second"), vault("safe", parent=AWAY, account=OTHER))
    assert left(account, "ransomware").survivors == ("vault safe",)
    assert left(account, "account").survivors == ("vault safe",)


@pytest.mark.parametrize(("lock", "stays"), [("", False), ("GOVERNANCE 30 365", False), ("COMPLIANCE 30 365", True)])
def test_only_a_compliance_lock_stops_an_administrator(lock, stays):
    assert left(built(vault("main", lock=lock)), "ransomware").lost is not stays


def test_the_key_of_the_original_takes_its_copies_along():
    topology = built(vault("main", key="k1"), vault("away", parent=AWAY, key="k2"))
    assert left(topology, "key", key="k1").survivors == ("vault away",)
    assert left(topology, "key").rpo_s == 0, "nobody can delete a key that it does not have"


def test_points_of_others_are_no_copies():
    assert copies_built(built(vault("main", points=("other EBS 2026-11-24T05:00 100",))), "plans-data") == ()
    by_id = built(vault("main", points=("vol-1 EBS 2026-11-24T05:00 100",)))
    assert len(copies_built(by_id, "plans-data")) == 1


def test_a_volume_has_the_snapshots_of_its_policy():
    def struck(kind, days=0.0, state="ENABLED"):
        policy = node("dlm_policy", "dlm", schedules=("every=24h at=03:00 keep=7 copy=ap-northeast-3",), state=state)
        topology = built(policy)
        copies = copies_built(topology, "plans-data", policies=("dlm",))
        failure = Failure(kind=kind, name=kind, per_year=1.0, found_after_days=days)
        return outcome(original_built(topology, "plans-data"), copies, failure, at_s=NOW_S)

    assert struck("volume").rpo_s == 8 * 3600
    assert struck("corruption", 8).lost
    assert struck("region").survivors == ("snapshots by dlm in ap-northeast-3",)
    assert struck("volume", state="DISABLED").lost


def test_a_point_may_call_a_resource_by_its_name():
    topology = built(node("bucket", "models", name="models-123", versioning=False, lifecycle=()),
                     vault("main", points=("models-123 S3 2026-11-24T05:00 1",)))  # fmt: skip
    assert [copy.name for copy in copies_built(topology, "models")] == ["vault main"]


def test_a_database_has_its_automated_backups_and_replicas():
    rows = node("db_instance", "db", backup_retention_days=7, multi_az=False, zone=f"{HERE}a", state="available")
    far = node("db_instance", "far", parent=AWAY, backup_retention_days=0, multi_az=False)
    topology = built(rows, far, links=(Link(source="db", target="far", kind="routes", label="replicates"),))
    assert [copy.name for copy in copies_built(topology, "db")] == ["automated backups", "replica far"]
    assert left(topology, "mistake", 3, of="db").survivors == ("automated backups",)
    assert left(topology, "region", of="db").survivors == ("replica far",)
    assert left(topology, "volume", of="db").rpo_s == 0
    pair = original_built(built(node("db_instance", "db", multi_az=True, zone=f"{HERE}a")), "db")
    assert (pair.volume, pair.az) == ("", ""), "a standby stands in another zone"


def test_a_bucket_has_its_versions_as_long_as_they_are_kept():
    models = node("bucket", "models", versioning=True, lifecycle=("tidy - noncurrent=30",), object_lock="")
    topology = built(models)
    assert left(topology, "mistake", 29, of="models").rpo_s == 0
    assert left(topology, "mistake", 31, of="models").lost
    assert left(topology, "ransomware", of="models").lost
    (copy,) = copies_built(built(node("bucket", "models", versioning=True, lifecycle=())), "models")
    assert math.isinf(copy.history.longest_days)
    locked = node("bucket", "models", versioning=True, lifecycle=(), object_lock="COMPLIANCE 30")
    assert not left(built(locked), "ransomware", 10, of="models").lost
    assert copies_built(built(node("bucket", "plain", versioning=False, lifecycle=())), "plain") == ()
