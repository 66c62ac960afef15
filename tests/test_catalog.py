"""The only reader of data/."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import FrozenInstanceError
from datetime import date
from statistics import median

import pytest

from aws14 import catalog
from aws14.errors import DataError


def test_known_rows_by_hand():
    small = catalog.instance_type("t3.small")
    assert (small.vcpu, small.memory_gib, small.net_baseline_gbps, small.burstable) == (2, 2.0, 0.128, True)
    assert catalog.instance_type("m7g.large").burstable is False
    tokyo = catalog.region("ap-northeast-1")
    assert (tokyo.city, tokyo.az_count, tokyo.launch_year) == ("Tokyo", 3, 2011)
    assert catalog.city("Sapporo").country == "Japan"
    assert catalog.rtt_ms("ap-northeast-1", "ap-northeast-3") == 10.12
    assert catalog.round_trip("ap-northeast-1", "us-east-1").as_of == date(2025, 7, 17)
    credit = catalog.t_credit("t3.small")
    assert (credit.baseline, credit.credits_per_hour, credit.max_credits) == (0.20, 24, 576)
    assert catalog.quota("NAT gateway", "bandwidth maximum").value == 100
    started = catalog.durations()["EC2 instance pending to running"]
    assert started.low_s <= started.typical_s <= started.high_s
    assert catalog.service_status()["Cloud9"].state == "closed to new customers"


def test_prices_by_hand():
    assert catalog.price("EC2", "t3.medium Linux on-demand", "ap-northeast-1").usd == 0.0544
    assert catalog.price("NAT gateway", "Hour", "sa-east-1").usd == 0.093
    assert [tier.usd for tier in catalog.prices("Data transfer", "to Internet", "us-east-1")] == [
        0.09,
        0.085,
        0.07,
        0.05,
    ]


def test_one_price_everywhere_answers_for_any_region_and_for_none():
    assert catalog.price("VPC", "Public IPv4 in use", "eu-west-2").usd == 0.005
    assert catalog.price("Route 53", "Hosted zone").usd == 0.5


def test_the_book_covers_what_the_campaign_site_needs_in_every_region():
    needed = [("EC2", f"t3.{size} Linux on-demand") for size in ("micro", "small", "medium", "large")]
    needed += [
        ("EBS", "gp3 storage"),
        ("EBS", "gp2 storage"),
        ("NAT gateway", "Hour"),
        ("NAT gateway", "Data processed"),
    ]
    needed += [("Data transfer", item) for item in ("to Internet", "in from Internet", "to another AWS region")]
    needed += [
        ("VPC", "Public IPv4 in use"),
        ("VPC", "Public IPv4 idle"),
        ("Data transfer", "between AZs, each direction"),
    ]
    for region in catalog.regions():
        for service, item in needed:
            assert catalog.prices(service, item, region)


def test_eleven_regions_and_a_full_matrix():
    assert len(catalog.regions()) == 11
    for here in catalog.regions():
        for there in catalog.regions():
            trip = catalog.round_trip(here, there)
            assert trip.p90_ms is not None
            assert 0 < trip.p50_ms <= trip.p90_ms


def test_every_measured_city_and_the_cities_of_the_regions_abroad_are_there():
    assert len(catalog.cities()) >= 25
    asked = [
        "Tokyo",
        "Osaka",
        "Sapporo",
        "Fukuoka",
        "Singapore",
        "Sydney",
        "Mumbai",
        "Frankfurt",
        "London",
        "Seoul",
        "Taipei",
    ]
    for name in (*asked, "New York", "San Francisco", "Sao Paulo"):
        assert catalog.city(name).name == name


def test_user_round_trips_go_both_ways_or_are_not_there():
    assert catalog.user_rtt_ms("Tokyo", "Singapore") == 105
    assert catalog.user_rtt_ms("Singapore", "Tokyo") == 105
    assert catalog.user_rtt_ms("Tokyo", "Naha") is None
    with pytest.raises(DataError, match="Tokyo"):
        catalog.user_rtt_ms("Tokio", "Singapore")


def _great_circle_km(here: catalog.Region, there: catalog.Region) -> float:
    from math import asin, cos, radians, sin, sqrt

    lat1, lon1, lat2, lon2 = map(radians, (here.lat, here.lon, there.lat, there.lon))
    chord = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * catalog.network_model().earth_radius_km * asin(sqrt(chord))


def test_network_model_is_what_the_measured_pairs_say():
    model = catalog.network_model()
    ratios = []
    for here in catalog.regions().values():
        for there in catalog.regions().values():
            if here != there:
                bound_s = (
                    2 * _great_circle_km(here, there) * model.fibre_refractive_index / model.speed_of_light_km_per_s
                )
                ratios.append(catalog.rtt_ms(here.name, there.name) / 1000 / bound_s)
    assert min(ratios) == pytest.approx(model.rtt_over_fibre_bound_min, abs=0.02)
    assert median(ratios) == pytest.approx(model.rtt_over_fibre_bound_median, abs=0.02)
    assert max(ratios) == pytest.approx(model.rtt_over_fibre_bound_max, abs=0.05)
    assert min(ratios) > 1, "nothing is faster than light in glass"


def test_bigger_instances_of_a_family_cost_in_proportion():
    for (service, item, region), tiers in catalog.price_book().items():
        name = item.split()[0]
        if service == "EC2" and name.endswith(".xlarge"):
            half = catalog.price("EC2", item.replace(".xlarge", ".large"), region).usd
            assert tiers[0].usd == pytest.approx(2 * half, rel=0.01), (item, region)


@pytest.mark.parametrize(
    ("ask", "near"),
    [
        (lambda: catalog.region("us-est-1"), "us-east-1"),
        (lambda: catalog.city("tokio"), "Tokyo"),
        (lambda: catalog.instance_type("t3small"), "t3.small"),
        (lambda: catalog.t_credit("m5.large"), ""),
        (lambda: catalog.quota("NAT gatway", "x"), "NAT gateway"),
        (lambda: catalog.quota("NAT gateway", "bandwith maximum"), "bandwidth maximum"),
        (lambda: catalog.price("NAT", "Hour", "us-east-1"), "NAT gateway"),
        (lambda: catalog.price("NAT gateway", "Hours", "us-east-1"), "Hour"),
        (lambda: catalog.price("NAT gateway", "Hour", "us-east-2"), "us-east-1"),
        (lambda: catalog.trace_minutes("nasa_july95"), "nasa_jul95"),
    ],
)
def test_an_unknown_key_lists_what_looks_like_it(ask, near):
    with pytest.raises(DataError) as caught:
        ask()
    assert near in caught.value.cure
    assert caught.value.allowed


def test_everything_is_frozen():
    with pytest.raises(FrozenInstanceError):
        catalog.region("us-east-1").az_count = 9


def test_the_dates_of_the_book():
    oldest, newest = catalog.price_book_dates()
    assert oldest < date(2022, 1, 1)
    assert newest > date(2026, 9, 1)


def test_the_recorded_july_has_its_published_requests():
    minutes = catalog.trace_minutes("nasa_jul95")
    assert sum(minutes) == 1_891_714
    assert max(range(len(minutes)), key=minutes.__getitem__) == 12 * 1440 + 9 * 60 + 49
    assert sum(catalog.trace_minutes("nasa_aug95")) == 1_569_898


def test_the_silent_minutes_are_there(tmp_path, monkeypatch):
    import gzip

    from aws14.catalog import recordings

    (tmp_path / "traces").mkdir()
    with gzip.open(tmp_path / "traces" / "gaps_per_minute.csv.gz", "wt", encoding="utf-8") as file:
        file.write("minute,requests\n1,5\n4,7\n")
    with gzip.open(tmp_path / "traces" / "back_per_minute.csv.gz", "wt", encoding="utf-8") as file:
        file.write("minute,requests\n3,5\n2,7\n")
    monkeypatch.setattr(recordings, "data_root", lambda: tmp_path)
    assert catalog.trace_minutes("gaps") == (0, 5, 0, 0, 7)
    with pytest.raises(DataError, match="minute 2"):
        catalog.trace_minutes("back")


def test_the_packed_tables_come_before_the_repository(tmp_path, monkeypatch):
    from aws14.catalog import tables

    packed, repository = tmp_path / "packed", tmp_path / "repository"
    repository.mkdir()
    (repository / "prices.csv").write_text("")
    monkeypatch.setattr(tables, "_PACKED", packed)
    monkeypatch.setattr(tables, "_REPOSITORY", repository)
    find = tables.data_root.__wrapped__
    assert find() == repository
    packed.mkdir()
    (packed / "prices.csv").write_text("")
    assert find() == packed
    for folder in (packed, repository):
        (folder / "prices.csv").unlink()
    with pytest.raises(DataError, match="not installed"):
        find()


def test_importing_the_catalog_brings_no_heavy_library():
    code = "import sys, aws14.catalog; print(sorted({'pandas', 'numpy', 'numba', 'boto3', 'moto'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


def test_what_runs_on_eks():
    add_ons = catalog.eks_add_ons()
    assert add_ons["kube-proxy"].version_on("1.34") == f"v{catalog.kubernetes_versions()['1.34'].patch}-eksbuild.2"
    assert add_ons["coredns"].version_on("1.34") == add_ons["coredns"].version
    assert (add_ons["coredns"].kind, add_ons["coredns"].replicas) == ("Deployment", 2)
    images = catalog.container_images()
    assert {each.program for each in images.values()} == {"python", "nginx", "busybox", "none"}
    assert {("eks", each.image) for each in add_ons.values() if each.workload} <= images.keys()
