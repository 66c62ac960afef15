"""How much is lost when a place is: by hand, in closed form, and for a load that the replica cannot follow."""

from __future__ import annotations

import math

import numpy as np
import pytest

from aws14 import catalog
from aws14.errors import ScenarioError
from aws14.model import Diurnal, Ramp, Spike, Steady
from aws14.sim.intensity import intensity
from aws14.sim.replication import Lagging, Objects, Snapshots, Synchronous, losses, written

DAY_S = 86_400.0


def test_in_step_nothing_is_lost_and_every_write_waits():
    disks = Synchronous.between("ap-northeast-1", "ap-northeast-3")
    found = losses(disks, Steady(rate_rps=10.0), horizon_s=DAY_S)
    assert (found.worst_rpo_s, found.writes.max()) == (0, 0)
    assert disks.round_trip_s == catalog.rtt_ms("ap-northeast-1", "ap-northeast-3") / 1000 > 0


def test_a_lag_loses_what_was_written_in_it():
    found = losses(Lagging(delay_s=2.0), Steady(rate_rps=10.0), horizon_s=DAY_S)
    assert found.worst_rpo_s == pytest.approx(2)
    assert found.writes.max() == pytest.approx(20)
    assert found.mean_rpo_s == pytest.approx(2, rel=1e-3), "less only in the first two seconds"


def test_no_more_can_be_lost_than_was_written():
    early = Lagging(delay_s=50.0).safe_until_s(np.array([10.0, 50.0, 60.0]), intensity(Steady(rate_rps=1.0), 100.0))
    assert early.tolist() == [0, 0, 10]


def test_a_replica_that_cannot_follow_falls_back():
    # 100 s of 100 writes/s, 100 s of 300, then 100 again; 200 can be applied.
    curve = intensity(Steady(rate_rps=100.0), 400.0)
    curve = type(curve)(
        time_s=np.array([0.0, 100.0, 100.0, 200.0, 200.0, 400.0]),
        rate_rps=np.array([100.0, 100.0, 300.0, 300.0, 100.0, 100.0]),
    )
    at_s = np.array([100.0, 150.0, 200.0, 250.0, 300.0, 350.0])
    safe_s = Lagging(delay_s=0.0, apply_rps=200.0).safe_until_s(at_s, curve)
    backlog = written(curve, at_s) - written(curve, safe_s)
    assert backlog.tolist() == pytest.approx([0, 5_000, 10_000, 5_000, 0, 0])
    assert (at_s - safe_s).tolist() == pytest.approx([0, 50 / 3, 100 / 3, 50, 0, 0], abs=1e-6)


def test_the_lag_grows_with_the_rate_of_writes():
    rush = Spike(at_s=3600.0, peak_rps=500.0, rise_s=60.0, hold_s=600.0, half_life_s=300.0)
    slow, quick, quickest = (
        losses(Lagging(delay_s=1.0, apply_rps=rate), rush, horizon_s=4 * 3600.0) for rate in (100.0, 300.0, 1000.0)
    )
    assert slow.worst_rpo_s > quick.worst_rpo_s > quickest.worst_rpo_s == pytest.approx(1.0)
    assert slow.writes.max() > quick.writes.max()


def test_snapshots_lose_between_one_copy_and_the_next():
    hourly = Snapshots(every_s=3600.0, takes_s=600.0)
    safe_s = hourly.safe_until_s(np.array([599.0, 600.0, 4199.0, 4200.0]), intensity(Steady(rate_rps=1.0), DAY_S))
    assert safe_s.tolist() == [0, 0, 0, 3600]
    found = losses(hourly, Steady(rate_rps=2.0), horizon_s=100 * DAY_S, runs=20_000)
    assert found.rpo_s[found.at_s > 600].min() >= 600
    assert found.worst_rpo_s < 3600 + 600
    assert found.mean_rpo_s == pytest.approx(600 + 1800, rel=0.01)
    assert found.writes.mean() == pytest.approx(2 * found.mean_rpo_s)


def test_a_copy_that_takes_longer_than_the_interval_only_adds():
    often = Snapshots(every_s=600.0, takes_s=3600.0)
    found = losses(often, Steady(rate_rps=1.0), horizon_s=100 * DAY_S)
    assert found.mean_rpo_s == pytest.approx(3600 + 300, rel=0.02)


def test_larger_volumes_are_copied_later():
    small, large = (Snapshots.of_volume(every_s=3600.0, gib=gib) for gib in (1, 100))
    assert large.takes_s - small.takes_s == pytest.approx(
        99 * sum(catalog.durations()[thing].typical_s
                 for thing in ("EBS snapshot, each GiB", "EBS snapshot copied to another region, each GiB"))
    )  # fmt: skip
    assert Snapshots.of_volume(every_s=3600.0, gib=100, copied=False).takes_s < large.takes_s
    assert Snapshots.of_database(every_s=3600.0, copied=False).takes_s < Snapshots.of_database(every_s=3600.0).takes_s


def test_at_night_less_is_lost():
    shop = Diurnal(night_rps=1.0, day_rps=20.0, peak_hour=12)
    found = losses(Lagging(delay_s=60.0), shop, horizon_s=DAY_S)
    noon, night = (found.writes[np.abs(found.at_s - hour * 3600) < 3600].mean() for hour in (12, 1))
    assert noon > 8 * night


def test_objects_on_their_way_are_a_poisson_number():
    bucket, rate_rps = Objects(typical_s=5.0, promised_s=900.0, share=0.999), 2.0
    found = losses(bucket, Steady(rate_rps=rate_rps), horizon_s=100 * DAY_S, runs=20_000)
    expected = rate_rps * bucket.mean_s
    assert found.writes.mean() == pytest.approx(expected, abs=4 * math.sqrt(expected / 20_000) + 0.002 * expected)
    assert found.writes.var() == pytest.approx(expected, rel=0.05)


def test_the_age_of_the_oldest_object_is_that_of_objects_sent_one_by_one():
    bucket, rate_rps, horizon_s = Objects(typical_s=2.0, promised_s=20.0, share=0.99), 1.0, 10_000.0
    random = np.random.Generator(np.random.PCG64(5))
    sigma = math.log(10) / 2.3263478740408408
    oldest = []
    for _ in range(4_000):
        age_s = 500 * random.random(random.poisson(500 * rate_rps))
        travel_s = 2 * np.exp(sigma * random.standard_normal(len(age_s)))
        oldest.append(age_s[travel_s > age_s].max(initial=0.0))
    found = losses(bucket, Steady(rate_rps=rate_rps), horizon_s=horizon_s, runs=20_000)
    for share in (0.25, 0.5, 0.9):
        assert found.quantile_s(share) == pytest.approx(np.quantile(oldest, share), rel=0.06)


def test_s3_promises_fifteen_minutes():
    bucket = Objects.of_bucket()
    left = bucket.on_its_way(np.array([0.0, bucket.typical_s, 900.0]))
    assert left.tolist() == pytest.approx([1, 0.5, 0.001])
    rare, often = (losses(bucket, Steady(rate_rps=rate), horizon_s=DAY_S).mean_rpo_s for rate in (0.01, 1.0))
    assert 5 < rare < 900 < often, "of many objects one is always late"


def test_a_bucket_to_which_nobody_writes_loses_nothing():
    found = losses(Objects.of_bucket(), Steady(rate_rps=0.0), horizon_s=DAY_S)
    assert (found.worst_rpo_s, found.writes.max()) == (0, 0)


def test_options_in_their_order():
    load = Steady(rate_rps=5.0)
    mechanisms = (
        Synchronous(round_trip_s=0.01),
        Lagging.read_replica(),
        Objects.of_bucket(),
        Snapshots.of_database(every_s=6 * 3600.0),
        Snapshots.of_database(every_s=DAY_S),
    )
    means = [losses(each, load, horizon_s=30 * DAY_S).mean_rpo_s for each in mechanisms]
    assert means == sorted(means)


def test_written_is_the_area_under_the_rate():
    ramp = intensity(Ramp(from_rps=0.0, to_rps=10.0, starts_s=0.0, ends_s=100.0), 200.0)
    assert written(ramp, np.array([0.0, 50.0, 100.0, 200.0])).tolist() == pytest.approx([0, 125, 500, 1500])


@pytest.mark.parametrize(
    "make",
    [
        lambda: Lagging(delay_s=-1),
        lambda: Lagging(delay_s=1, apply_rps=0),
        lambda: Snapshots(every_s=0, takes_s=1),
        lambda: Snapshots(every_s=1, takes_s=-1),
        lambda: Objects(typical_s=10, promised_s=5, share=0.9),
        lambda: Objects(typical_s=1, promised_s=5, share=1.0),
    ],
)
def test_what_cannot_be_is_refused(make):
    with pytest.raises(ScenarioError, match="cannot be"):
        make()
