"""What ends at the edge, what goes on, and how long each takes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aws14 import catalog
from aws14.errors import ScenarioError
from aws14.model import Application, RegionOutage, Scenario, Steady
from aws14.sim import resolve, round_trip_s, what_if
from aws14.sim.asked import asked_for, static_requests
from aws14.sim.edge import EDGE_REASONS, edge
from aws14.sim.workload import workload
from tests.fleets import corporate_site

NAME, REGION = "www.example.jp", "ap-northeast-1"
PAGE = Application(
    service_time_s=0.04, client_timeout_s=10.0, port=443, response_kib=90.0, user_mbps=20.0, static_share=0.6
)


@pytest.fixture
def hour():
    return Scenario(
        name="hour",
        load=Steady(rate_rps=40.0),
        application=PAGE,
        entry=NAME,
        users={"Tokyo": 0.7, "Singapore": 0.3},
        horizon_s=3600.0,
    )


@pytest.fixture
def site():
    return corporate_site()


def behaving(site, *behaviours):
    """The way to the distribution with other behaviours; their origins are what the site's links say."""
    return resolve(what_if(site, "cdn", behaviours=behaviours), NAME, 443)


def paths(found):
    return np.array([url.path for url in found.asked.urls])[found.asked.url]


def test_every_request_is_found_or_not(site, hour):
    found = edge(hour, resolve(site, NAME, 443))
    record, count = found.record, len(found.sent_s)
    assert record.hits.sum() + record.misses.sum() == count > 140_000
    assert len(record.hits) == 60
    assert record.requests_by_origin["static"] + record.requests_by_origin["origin.example.jp"] == record.misses.sum()
    assert 0.2 < record.hit_ratio < 0.4


def test_the_path_decides_who_answers(site, hour):
    found = edge(hour, resolve(site, NAME, 443))
    images = np.char.startswith(paths(found), "/images/")
    assert np.array_equal(found.goes_on, ~images), "css is asked for by nobody; the default keeps nothing"
    assert set(found.onward[found.goes_on].tolist()) == {2}
    assert not (images & ~found.asked.static).any(), "pages lie elsewhere"


def test_static_files_outside_the_folder_go_to_the_servers(site, hour):
    found = edge(hour, resolve(site, NAME, 443))
    kept = (found.asked.static & ~found.goes_on).sum() / found.asked.static.sum()
    assert kept == pytest.approx(0.483, abs=0.01), "as in the recording: the site did not part its paths"


def test_a_distribution_that_keeps_nothing_passes_all_files_to_the_bucket(site, hour):
    found = edge(hour, behaving(site, "/images/* static ttl=0", "* origin.example.jp ttl=0"))
    assert found.record.hits.sum() == 0
    assert found.record.requests_by_origin["static"] == (~found.goes_on).sum()


def test_what_is_kept_for_ever_is_fetched_once_in_each_city(site, hour):
    found = edge(hour, behaving(site, "/images/* static ttl=1000000", "* origin.example.jp ttl=0"))
    images = ~found.goes_on
    pairs = set(zip(found.city[images].tolist(), found.asked.url[images].tolist(), strict=True))
    assert found.record.requests_by_origin["static"] == len(pairs)


def test_a_short_life_hits_as_often_as_the_formula_says(site, hour):
    ttl_s, lone = 5.0, replace(hour, users={"Tokyo": 1.0}, horizon_s=14_400.0)
    found = edge(lone, behaving(site, f"/images/* static ttl={ttl_s}", "* origin.example.jp ttl=0"))
    asked = np.bincount(found.asked.url[~found.goes_on])
    rate_rps = asked / lone.horizon_s
    expected = (asked * rate_rps * ttl_s / (1 + rate_rps * ttl_s)).sum() / asked.sum()
    hits = found.record.hits.sum() / asked.sum()
    assert hits == pytest.approx(expected, rel=0.01)


def test_a_hit_costs_the_line_of_the_user_only(site, hour):
    found = edge(hour, resolve(site, NAME, 443))
    line_s = catalog.network_model().access_delay_ms / 1000
    logo = next(number for number, url in enumerate(found.asked.urls) if url.path == "/images/NASA-logosmall.gif")
    mine = (found.asked.url == logo) & (found.city == 1)
    first, *later = found.response_time_s[mine]
    request_s, answer_s = 1 * 1024 * 8 / 20e6, found.asked.urls[logo].size * 8 / 20e6
    expected = line_s + 3 * line_s + request_s + answer_s
    assert later == pytest.approx([expected] * len(later))
    first_byte_s = catalog.durations()["S3 first byte of an object"].typical_s
    assert first == pytest.approx(expected + round_trip_s("Singapore", REGION) - line_s + first_byte_s)


def test_what_goes_on_takes_the_way_by_the_edge(site, hour):
    found = edge(hour, resolve(site, NAME, 443))
    by_edge = found.journeys[2]
    line_s, far_s = catalog.network_model().access_delay_ms / 1000, round_trip_s("Singapore", REGION)
    assert by_edge.before_s[1] == pytest.approx(line_s + 2.5 * line_s + 1024 * 8 / 20e6 + (far_s - line_s) / 2)
    assert by_edge.back_s[1] == pytest.approx(far_s / 2)
    assert found.journeys[:2] == (None, None)
    assert np.isnan(found.response_time_s[found.goes_on]).all()


def test_the_cities_are_those_of_the_run_without_it(site, hour):
    found = edge(hour, resolve(site, NAME, 443))
    load = workload(hour, np.zeros(2))
    assert np.array_equal(found.city, load.city)
    assert np.array_equal(found.sent_s, load.sent_s)


def test_two_designs_see_the_same_requests(site, hour):
    one = edge(hour, resolve(site, NAME, 443)).asked
    other = edge(hour, behaving(site, "* origin.example.jp ttl=0")).asked
    assert np.array_equal(one.url, other.url)
    assert np.array_equal(one.static, static_requests(hour, len(one.url)))
    assert one.static.mean() == pytest.approx(0.6, abs=0.01)


def test_a_larger_share_keeps_the_files_that_were_asked_before(hour):
    few, many = (replace(hour, application=replace(PAGE, static_share=share)) for share in (0.3, 0.6))
    one, two = asked_for(few, 10_000), asked_for(many, 10_000)
    assert not (one.static & ~two.static).any()
    assert np.array_equal(one.url[one.static], two.url[one.static])
    assert not asked_for(replace(hour, application=replace(PAGE, static_share=0.0)), 1_000).static.any()


def test_the_cache_answers_while_the_region_is_lost(site, hour):
    outage = RegionOutage(region=REGION, starts_s=1800.0, lasts_s=600.0)
    patient = replace(hour, application=replace(PAGE, client_timeout_s=40.0), faults=(outage,))
    found = edge(patient, resolve(site, NAME, 443))
    during = (found.sent_s >= 1800) & (found.sent_s < 2400) & ~found.goes_on
    failed = found.outcome > 0
    assert 0 < failed.sum() < 0.05 * during.sum(), "nearly all that is asked for was fetched before"
    assert not (failed & ~during).any()
    assert set(found.outcome[failed].tolist()) == {1 + EDGE_REASONS.index("gateway_timeout")}
    assert (found.response_time_s[failed] > 30).all(), "three attempts of ten seconds"


def test_who_does_not_wait_for_three_attempts_times_out(site, hour):
    outage = RegionOutage(region=REGION, starts_s=0.0, lasts_s=3600.0)
    found = edge(replace(hour, faults=(outage,)), resolve(site, NAME, 443))
    ended = ~found.goes_on & (found.outcome != -1)
    assert set(found.outcome[ended].tolist()) == {1 + EDGE_REASONS.index("timed_out")}
    assert (found.response_time_s[ended] == 10).all()
    assert found.record.hits.sum() == 0
    assert found.record.bytes_from_origin.sum() == 0


def test_another_region_lost_is_none_of_its_business(site, hour):
    outage = RegionOutage(region="ap-northeast-3", starts_s=0.0, lasts_s=3600.0)
    assert not (edge(replace(hour, faults=(outage,)), resolve(site, NAME, 443)).outcome > 0).any()


def test_an_origin_that_is_closed_answers_nothing(site, hour):
    closed = what_if(site, "alb", state="failed")
    found = edge(hour, resolve(closed, NAME, 443))
    assert not found.goes_on.any()
    pages = found.outcome[~np.char.startswith(paths(found), "/images/")]
    assert set(pages.tolist()) <= {-1, 1}
    assert "origin.example.jp" not in {key for key, count in found.record.requests_by_origin.items() if count}


def test_requests_at_the_very_end_are_in_flight(site, hour):
    slow = replace(hour, application=replace(PAGE, user_mbps=0.1))
    found = edge(slow, resolve(site, NAME, 443))
    flying = found.outcome == -1
    assert 0 < flying.sum() < 50
    assert (found.sent_s[flying] > 3590).all()
    assert not (flying & found.goes_on).any()
    assert np.isnan(found.response_time_s[flying]).all()


def test_a_distribution_without_a_default_is_refused(site, hour):
    with pytest.raises(ScenarioError, match="no behaviour of 'cdn' takes every path"):
        edge(hour, behaving(site, "/images/* static ttl=0"))


def test_bytes_are_those_of_the_files(site, hour):
    found = edge(hour, resolve(site, NAME, 443))
    sizes = np.array([url.size or 90 * 1024 for url in found.asked.urls])
    expected = np.where(found.asked.static, sizes[found.asked.url], 90 * 1024)
    assert found.record.bytes_from_edge.sum() == pytest.approx(expected.sum())
    assert found.record.bytes_from_origin.sum() < found.record.bytes_from_edge.sum()
