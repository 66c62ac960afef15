"""What a plan built through the API has kept, as the bill and the failures see it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aws14 import cost
from aws14.cloud.readback import read_back
from aws14.cloud.session import Session
from aws14.sim.backups.built import copies_built, original_built
from aws14.sim.backups.failures import calendar_of_failures
from aws14.sim.backups.outcomes import outcome
from aws14.sim.backups.points import read_point
from tests.cloud.test_keeping import AWAY, build


def _archive_snapshots_too(session: Session) -> None:
    """Snapshots of EBS go to the archive tier only where the rule opts in."""
    backup = session.client("backup")
    (plan,) = backup.list_backup_plans()["BackupPlansList"]
    told = backup.get_backup_plan(BackupPlanId=plan["BackupPlanId"])["BackupPlan"]
    rules = [{name: value for name, value in rule.items() if name != "RuleId"} for rule in told["Rules"]]
    rules[1]["Lifecycle"]["OptInToArchiveForSupportedResources"] = True
    wanted = {"BackupPlanName": told["BackupPlanName"], "Rules": rules}
    backup.update_backup_plan(BackupPlanId=plan["BackupPlanId"], BackupPlan=wanted)


def _next_month_s(session: Session) -> float:
    """Until the first run of the monthly rule."""
    now = datetime.fromtimestamp(session.now(), UTC)
    this = now.replace(day=1, hour=6, minute=0, second=0, microsecond=0)
    due = this if this > now else (this + timedelta(days=32)).replace(day=1)
    return (due - now).total_seconds()


def test_a_plan_is_billed_and_struck_as_it_was_built(session: Session) -> None:
    build(session)
    _archive_snapshots_too(session)
    session.advance(_next_month_s(session) + 45 * 86_400)
    built = read_back(session)
    original = original_built(built, "plans-data")
    assert (original.volume, original.region) == ("plans-data", "ap-northeast-1")
    assert original.az, "also a volume that is attached to nothing stands in a zone"
    copies = copies_built(built, "plans-data", policies=("twice a day",))
    assert {copy.name for copy in copies} == {"vault main", "vault away", "snapshots by twice a day"}
    failures = {failure.kind: failure for failure in calendar_of_failures()}
    found = {kind: outcome(original, copies, failure, at_s=session.now()) for kind, failure in failures.items()}
    assert 0 < found["volume"].rpo_s <= 12 * 3600, "the snapshots of the policy are the younger ones"
    assert found["region"].survivors == ("vault away",)
    assert found["region"].rpo_s <= 25 * 3600
    assert found["ransomware"].lost, "nothing is locked"
    assert found["corruption"].lost, "nothing is 60 days old"

    months = [read_point(text) for text in built.node("main").require("points") if "T06:" in text]
    assert {point.cold for point in months} == {True, False}
    assert all(point.cold == (session.now() - point.taken_s >= 30 * 86_400) for point in months)

    full, changed = (cost.standing(built, hours=730, changed_gib=gib) for gib in (None, 0.5))
    for region, points in (("ap-northeast-1", 35), (AWAY, 7)):
        sizes = [
            sum(line.quantity for line in lines if (line.item, line.region) == ("Snapshot standard storage", region))
            for lines in (full, changed)
        ]
        assert sizes[0] >= 10 * points
        assert sizes[1] == pytest.approx(10 + 0.5 * (sizes[0] / 10 - 1))
    assert [line.quantity for line in full if line.service == "KMS"] == [1]
