"""Every table of data/: columns, units, dates, numbers, keys, sources."""

from __future__ import annotations

import csv
import gzip
import io
import math
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from aws14 import catalog

DATA = Path(catalog.data_root())

SCHEMAS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    # table: (columns, key)
    "cities": (("name", "country", "lat", "lon", "source", "confidence"), ("name",)),
    "commitments": (
        (
            *("service", "region", "item", "kind", "years", "payment", "upfront_usd", "usd_per_hour"),
            *("as_of", "source", "confidence", "note"),
        ),
        ("service", "region", "item", "kind", "years", "payment"),
    ),
    "container_images": (
        ("registry", "repository", "program", "tags", "as_of", "source", "confidence"),
        ("registry", "repository"),
    ),
    "durations": (
        ("thing", "seconds_low", "seconds_typical", "seconds_high", "source", "confidence"),
        ("thing",),
    ),
    "eks_add_ons": (
        (
            *("add_on", "category", "version", "kind", "workload", "image", "cpu_m", "memory_mib", "replicas"),
            *("as_of", "source", "confidence"),
        ),
        ("add_on",),
    ),
    "free_tier": (
        ("plan", "pool", "service", "item", "unit", "quantity", "as_of", "source", "confidence"),
        ("plan", "service", "item"),
    ),
    "instances": (
        (
            *("type", "vcpu", "cores", "memory_gib", "arch", "cpu_maker", "clock_ghz"),
            *("net_baseline_gbps", "net_peak_gbps", "ebs_baseline_mbps", "ebs_max_mbps"),
            *("ebs_baseline_iops", "ebs_max_iops", "max_enis", "ipv4_per_eni", "burstable"),
            *("as_of", "source", "confidence"),
        ),
        ("type",),
    ),
    "kubernetes_versions": (
        (
            *("version", "patch", "platform", "released", "standard_until", "extended_until"),
            *("as_of", "source", "confidence"),
        ),
        ("version",),
    ),
    "latency": (
        ("kind", "origin", "destination", "rtt_p50_ms", "rtt_p90_ms", "as_of", "source", "confidence"),
        ("kind", "origin", "destination"),
    ),
    "network_model": (("name", "value", "unit", "as_of", "source", "confidence", "note"), ("name",)),
    "prices": (
        ("service", "region", "item", "unit", "tier_from", "tier_to", "usd", "as_of", "source", "confidence"),
        ("service", "region", "item", "tier_from"),
    ),
    "quotas": (("service", "limit", "unit", "value", "as_of", "source", "confidence"), ("service", "limit")),
    "regions": (
        ("region", "name", "city", "lat", "lon", "launch_year", "az_count", "as_of", "source", "confidence"),
        ("region",),
    ),
    "service_status": (("service", "state", "since", "checked", "successor", "source", "confidence"), ("service",)),
    "sla": (("service", "promised_percent", "as_of", "source", "confidence", "note"), ("service",)),
    "sources": (("key", "description", "date", "covers", "licence"), ("key",)),
    "t_credits": (
        (
            *("type", "vcpu", "memory_gib", "baseline_pct_per_vcpu", "credits_per_hour", "max_credits"),
            *("surplus_usd_per_vcpu_hour", "as_of", "source", "confidence"),
        ),
        ("type",),
    ),
    "worked_bill_lines": (
        ("id", "service", "item", "unit", "region", "quantity", "printed_usd"),
        ("id", "service", "item", "region"),
    ),
    "worked_bills": (
        (
            *("id", "kind", "service", "region", "inputs", "formula", "free_tier", "rounding"),
            *("published_usd", "as_of", "source", "confidence", "note"),
        ),
        ("id",),
    ),
}

PRICE_UNITS = {
    *(
        "1 recovery point",
        "1,000 endpoints",
        "1,000 faces-month",
        "1,000 images",
        "1,000 messages",
        "1,000 objects-month",
    ),
    *("1,000 requests", "1,000 transitions", "10,000 calls", "10,000 requests", "1M RRU", "1M WRU"),
    *("1M connection-minutes", "1M events", "1M messages", "1M messages (5 KB)", "1M minutes", "1M notifications"),
    *("1M operations", "1M operations (1 KB)", "1M queries", "1M rWRU", "1M requests", "1M units (25 KB)"),
    *("1M updates (5 KB)", "ACL-month", "ACU-hour", "AZ-hour", "DPU-hour", "DSU-hour per AZ", "ENI-hour", "GB"),
    *("GB-hour", "GB-month", "GB-second", "IOPS-month", "LCU-hour", "MAU", "MB/s-month", "MBps-month"),
    *("MiBps-month", "NLCU-hour", "RCU-hour", "RPU-hour", "TB", "WCU-hour", "alarm-month", "attachment-hour"),
    *("build-minute", "certificate-month", "check-month", "device-month", "directory-hour", "hour", "instance-hour"),
    *("key-month", "metric-month", "minute", "node-hour", "path", "pipeline-month", "rule-month", "secret-month"),
    *("shard-hour", "stream-hour", "vCPU-hour", "zone-month"),
}
QUOTA_UNITS = {
    *("CPU-minutes", "GB", "GB per task", "GB-s per month", "GB/hour", "GB/month", "Gbps", "GiB", "IOPS", "KB"),
    *(
        "KB per object",
        "MB",
        "bytes",
        "characters",
        "MB/s",
        "MiB/s",
        "files/s",
        "USD/month per gateway",
        "connections",
        "days",
        "executions",
        "h",
        "requests",
        "vCPU",
    ),
    *("hours/month", "million/s", "per minute", "per month", "per second", "records/s", "requests/s", "rules", "s"),
    *(
        "units per 1 KB",
        "units per 4 KB",
        "vCPU-minutes at 100 %",
        "attempts",
        "I/O",
        "checkers",
        "failures",
        "percent",
        "zones",
        "metrics",
        "MiB",
        "share",
        "groups",
        "minutes",
        "snapshots",
        "files",
        "Mbit/s",
        "disks",
        "drives",
        "shares",
        "tapes",
        "volumes",
    ),
}
EDGES = {
    *("US, Mexico, Canada", "Europe, Israel", "Japan", "Australia, New Zealand", "India", "South America"),
    "Asia Pacific (HK, SG, KR, TW...)",
}
POSITIVE = {
    *("vcpu", "cores", "memory_gib", "clock_ghz", "net_baseline_gbps", "net_peak_gbps", "ebs_baseline_mbps"),
    *("ebs_max_mbps", "ebs_baseline_iops", "ebs_max_iops", "max_enis", "ipv4_per_eni", "az_count", "launch_year"),
    *("rtt_p50_ms", "rtt_p90_ms", "value", "baseline_pct_per_vcpu", "credits_per_hour", "max_credits"),
    *(
        "seconds_low",
        "seconds_typical",
        "seconds_high",
        "surplus_usd_per_vcpu_hour",
        "published_usd",
        "quantity",
        "printed_usd",
        "promised_percent",
    ),
}
MAY_BE_EMPTY = {"tier_to", "rtt_p90_ms", "printed_usd", "since", "successor", "note"}
MAY_BE_EMPTY |= {"version", "kind", "workload", "image"}  # of add-ons: that of the cluster, nothing that runs
FREE = {
    ("Data transfer", "in from Internet"),
    ("Data transfer", "to CloudFront (origin fetch)"),
    ("Storage Gateway", "Data written to AWS by gateway"),  # beyond the cap of a month
}


def read(table: str) -> list[dict[str, str]]:
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_table_has_a_schema_and_every_schema_a_table():
    assert {path.stem for path in DATA.glob("*.csv")} == set(SCHEMAS)


@pytest.mark.parametrize("table", SCHEMAS)
def test_columns_keys_and_cells(table):
    columns, key = SCHEMAS[table]
    rows = read(table)
    assert rows
    assert tuple(rows[0]) == columns
    repeated = [
        found for found, times in Counter(tuple(row[name] for name in key) for row in rows).items() if times > 1
    ]
    assert not repeated
    for row in rows:
        assert None not in row, f"more cells than columns: {row}"
        empty = {name for name, cell in row.items() if not cell} - MAY_BE_EMPTY
        assert not empty, f"{table}: {row}"
        assert all(cell == cell.strip() for cell in row.values())


@pytest.mark.parametrize("table", SCHEMAS)
def test_numbers_dates_and_confidence(table):
    for row in read(table):
        for name in POSITIVE & row.keys():
            assert not row[name] or 0 < float(row[name]) < math.inf, f"{table}: {name} of {row}"
        if "as_of" in row:
            assert date(2006, 1, 1) <= date.fromisoformat(row["as_of"]) <= date.today(), row
        if "confidence" in row:
            assert row["confidence"] in ("A", "B", "C")
        if "lat" in row:
            assert -90 <= float(row["lat"]) <= 90
            assert -180 <= float(row["lon"]) <= 180


def test_every_source_is_described_and_every_description_used():
    described = {row["key"] for row in read("sources")}
    used = {key for table in SCHEMAS for row in read(table) for key in row.get("source", "").split(";") if key}
    assert used == described


def test_price_units_are_of_the_closed_list():
    assert {row["unit"] for row in read("prices")} == PRICE_UNITS


def test_quota_units_are_of_the_closed_list():
    assert {row["unit"] for row in read("quotas")} <= QUOTA_UNITS


def test_price_regions_are_known():
    regions = {row["region"] for row in read("regions")}
    for row in read("prices"):
        allowed = regions | {"*"} | (EDGES if row["service"] == "CloudFront" else set())
        assert row["region"] in allowed, row


def test_only_what_is_free_costs_nothing():
    for row in read("prices"):
        assert float(row["usd"]) > 0 or (row["service"], row["item"]) in FREE, row


def test_tiers_begin_at_nothing_and_leave_no_gap():
    for key, tiers in catalog.price_book().items():
        edges = [0.0, *(tier.tier_to for tier in tiers)]
        assert [tier.tier_from for tier in tiers] == edges[:-1], key
        assert edges == sorted(set(edges)), key
        assert len({tier.unit for tier in tiers}) == 1, key


def test_an_item_has_one_unit_in_all_regions():
    units: dict[tuple[str, str], set[str]] = {}
    for (service, item, _), tiers in catalog.price_book().items():
        units.setdefault((service, item), set()).add(tiers[0].unit)
    assert not {key: found for key, found in units.items() if len(found) > 1}


def test_an_item_is_priced_everywhere_or_by_region_never_only_partly_hidden():
    """A region's own price beside one for everywhere is allowed only where it agrees on the first tier."""
    book = catalog.price_book()
    for (service, item, region), tiers in book.items():
        everywhere = book.get((service, item, "*"))
        if region != "*" and everywhere:
            assert tiers[0].usd == everywhere[0].usd, (service, item, region)


def test_free_allowances_are_of_priced_items_in_their_unit():
    priced = {(service, item): tiers[0].unit for (service, item, _), tiers in catalog.price_book().items()}
    for allowance in catalog.free_allowances():
        assert allowance.plan in ("always", "12-month", "credits")
        if allowance.plan != "credits":
            assert priced[allowance.service, allowance.item] == allowance.unit


def test_rows_of_a_pool_agree_on_its_quantity():
    pools: dict[str, set[tuple[float, str, str]]] = {}
    for allowance in catalog.free_allowances():
        pools.setdefault(allowance.pool, set()).add((allowance.quantity, allowance.unit, allowance.plan))
    assert not {name: found for name, found in pools.items() if len(found) > 1}


def test_worked_lines_belong_to_worked_bills():
    assert {row["id"] for row in read("worked_bill_lines")} <= {row["id"] for row in read("worked_bills")}


def test_priced_instances_are_described():
    described = {row["type"] for row in read("instances")} | {"t2.medium"}
    priced = {row["item"].split()[0] for row in read("prices") if row["item"].endswith("Linux on-demand")}
    assert priced <= described
    assert {row["type"] for row in read("t_credits")} == {
        row["type"] for row in read("instances") if row["burstable"] == "true"
    }


def test_booleans_and_states_of_closed_lists():
    assert {row["burstable"] for row in read("instances")} == {"true", "false"}
    assert {row["kind"] for row in read("latency")} == {"region", "city"}
    for row in read("worked_bills"):
        assert row["free_tier"] in ("none", "always", "12-month", "credits")
        assert row["rounding"] in ("none", "line")
    for row in read("service_status"):
        assert re.fullmatch(r"(20\d\d(-\d\d){0,2})?", row["since"])
        assert re.fullmatch(r"20\d\d-\d\d(-\d\d)?", row["checked"])


def test_a_typical_duration_lies_in_its_range():
    for row in read("durations"):
        assert float(row["seconds_low"]) <= float(row["seconds_typical"]) <= float(row["seconds_high"]), row


def test_nobody_promises_more_than_all_the_time():
    assert all(90 <= float(row["promised_percent"]) <= 100 for row in read("sla"))


def test_a_commitment_is_paid_upfront_or_by_the_hour_and_costs_less_than_without():
    """Also: three years are cheaper by the hour than one, and money down is cheaper than none."""
    rates: dict[tuple[str, ...], float] = {}
    for row in read("commitments"):
        upfront, hourly, years = float(row["upfront_usd"]), float(row["usd_per_hour"]), int(row["years"])
        assert (upfront > 0) == (row["payment"] == "all") == (hourly == 0), row
        key = (row["service"], row["item"], row["region"], row["kind"])
        rates[*key, row["years"], row["payment"]] = rate = hourly + upfront / (8760 * years)
        assert 0.3 < rate / catalog.price(*key[:3]).usd < 0.9, row
    for (*key, years, payment), rate in rates.items():
        assert rate < rates.get((*key, "1", payment), math.inf) or years == "1", key
        assert rate < rates.get((*key, years, "none"), math.inf) or payment == "none", key


def test_recordings_are_dense_minutes():
    for path in sorted((DATA / "traces").glob("*_per_minute.csv.gz")):
        with gzip.open(path, "rb") as packed:
            rows = list(csv.DictReader(io.TextIOWrapper(packed, encoding="utf-8")))
        minutes = [int(row["minute"]) for row in rows]
        assert minutes == sorted(set(minutes)), path.name
        assert minutes[0] >= 0
        assert all(int(row["requests"]) >= 0 for row in rows), path.name


def test_readme_names_every_table_and_every_column():
    text = (DATA / "README.md").read_text(encoding="utf-8")
    assert not [f"{table}.csv" for table in SCHEMAS if f"`{table}.csv`" not in text]
    columns = {column for names, _ in SCHEMAS.values() for column in names}
    assert not [column for column in sorted(columns) if not re.search(rf"\b{column}\b", text)]


def test_no_paths_of_a_machine_and_no_addresses():
    for path in DATA.glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(/[h]ome/|/[w]ork/|/[t]mp/|https?://)", text), path.name
