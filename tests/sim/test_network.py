"""Round trips and connection set-up, by hand and against the measured table."""

from __future__ import annotations

import numpy as np
import pytest

from aws14 import catalog
from aws14.errors import DataError
from aws14.model import Application
from aws14.sim.network import great_circle_km, journey, nearest_region, round_trip_s

ACCESS_S = catalog.network_model().access_delay_ms / 1000
PAGE = Application(service_time_s=0.01, request_kib=1.0, response_kib=125.0, user_mbps=8.192)


def test_great_circle_of_a_quarter_of_the_equator():
    assert great_circle_km((0, 0), (0, 90), 6371.0) == pytest.approx(6371.0 * np.pi / 2)
    assert great_circle_km((90, 0), (0, 33), 6371.0) == pytest.approx(6371.0 * np.pi / 2)
    assert great_circle_km((35, 139), (35, 139), 6371.0) == 0


def test_great_circle_tokyo_frankfurt_is_the_published_distance():
    tokyo, frankfurt = catalog.city("Tokyo"), catalog.city("Frankfurt")
    assert great_circle_km((tokyo.lat, tokyo.lon), (frankfurt.lat, frankfurt.lon), 6371.0) == pytest.approx(9332, abs=3)


def test_a_measured_round_trip_is_used_with_the_line_of_the_user():
    assert round_trip_s("Osaka", "ap-northeast-1") == pytest.approx(
        catalog.user_rtt_ms("Osaka", "Tokyo") / 1000 + ACCESS_S
    )
    assert catalog.user_rtt_ms("Osaka", "Tokyo") == 9


def test_from_a_city_at_a_region_the_way_on_is_the_measured_one_between_regions():
    for region in ("us-west-2", "eu-west-1", "ap-south-1", "us-east-1"):
        assert catalog.user_rtt_ms("Tokyo", "Dublin") is None
        expected_ms = catalog.rtt_ms("ap-northeast-1", region) + 1000 * ACCESS_S
        assert 1000 * round_trip_s("Tokyo", region) == pytest.approx(expected_ms, abs=0.01)
    assert 1000 * round_trip_s("Tokyo", "eu-west-1") == pytest.approx(202.47 + 10, abs=0.01)


def test_at_its_own_region_a_city_has_only_the_line_of_the_user():
    at_home = {"Tokyo": "ap-northeast-1", "Mumbai": "ap-south-1", "Dublin": "eu-west-1", "Sao Paulo": "sa-east-1"}
    for city, region in at_home.items():
        assert nearest_region(city)[0] == region
        assert round_trip_s(city, region) == pytest.approx(ACCESS_S, abs=1e-5)


def test_a_city_without_a_region_reaches_the_nearest_by_fibre_and_goes_on_from_there():
    assert nearest_region("Fukuoka") == ("ap-northeast-3", pytest.approx(485, abs=1))
    by_fibre_ms = 2 * 485.276 * 1.468 / 299.792458 * 1.65
    assert 1000 * round_trip_s("Fukuoka", "ap-northeast-3") == pytest.approx(by_fibre_ms + 10, abs=0.01)
    assert 1000 * round_trip_s("Fukuoka", "ap-northeast-1") == pytest.approx(by_fibre_ms + 9.9 + 10, abs=0.01)


def test_seen_from_a_city_the_regions_stand_in_the_order_seen_from_its_nearest():
    """Unless somebody measured the way from the city itself."""
    for city in catalog.cities():
        nearest = nearest_region(city)[0]
        modelled = [
            region.name
            for region in catalog.regions().values()
            if region.city not in catalog.cities() or catalog.user_rtt_ms(city, region.city) is None
        ]
        onward_ms = {name: catalog.rtt_ms(nearest, name) if name != nearest else 0.0 for name in modelled}
        assert len(modelled) >= 5
        assert sorted(modelled, key=lambda name: round_trip_s(city, name)) == sorted(modelled, key=onward_ms.get)
        assert min(modelled, key=lambda name: round_trip_s(city, name)) == nearest


def test_nearer_to_the_nearest_region_is_nearer_to_all():
    for near, far in [("Nagoya", "Fukuoka"), ("Sendai", "Sapporo"), ("Seattle", "Los Angeles"), ("Berlin", "Warsaw")]:
        assert nearest_region(near)[0] == nearest_region(far)[0]
        for region in ("us-east-1", "eu-west-1", "sa-east-1", "ap-southeast-2"):
            assert round_trip_s(near, region) < round_trip_s(far, region)


def test_the_model_is_right_in_the_middle_for_the_measured_region_pairs():
    """Estimated over measured round trips between all regions: the median is 1, because the ratio is their median."""
    model, places = catalog.network_model(), list(catalog.regions().values())
    ratios = []
    for here in places:
        for there in places:
            kilometres = great_circle_km((here.lat, here.lon), (there.lat, there.lon), model.earth_radius_km)
            bound_ms = 2000 * kilometres * model.fibre_refractive_index / model.speed_of_light_km_per_s
            if here is not there:
                ratios.append(bound_ms * model.rtt_over_fibre_bound_median / catalog.rtt_ms(here.name, there.name))
    assert len(ratios) == 110
    assert np.median(ratios) == pytest.approx(1.0, abs=0.03)


def test_the_nearer_region_is_nearer():
    for city, near, far in [
        ("Sao Paulo", "sa-east-1", "ap-northeast-1"),
        ("Tokyo", "ap-northeast-1", "us-west-2"),
        ("Washington", "us-east-1", "us-west-2"),
        ("London", "eu-west-2", "eu-central-1"),
    ]:
        assert round_trip_s(city, near) < round_trip_s(city, far)


@pytest.mark.parametrize(
    ("city", "region", "wrong"), [("Atlantis", "us-east-1", "Atlantis"), ("Tokyo", "mars-1", "mars-1")]
)
def test_places_without_facts_are_refused(city, region, wrong):
    with pytest.raises(DataError, match=wrong):
        round_trip_s(city, region)


def test_journey_by_hand_over_plain_http():
    # 1 KiB is 8192 bits: 1 ms at 8.192 Mbit/s; 125 KiB are 125 ms
    travel = journey([0.1], PAGE, by_name=False, server_gbps=1.0)
    assert travel.before_s == pytest.approx([0.1 + 0.05 + 0.001])  # TCP, half a round trip, the request
    assert travel.send_s == pytest.approx([0.05 + 0.125])
    assert travel.back_s == pytest.approx([0.05])


def test_tls_costs_a_round_trip_and_a_name_costs_a_look_up():
    plain = journey([0.1, 0.2], PAGE, by_name=False, server_gbps=1.0)
    secure = journey([0.1, 0.2], Application(**{**_fields(PAGE), "port": 443}), by_name=True, server_gbps=1.0)
    assert secure.before_s - plain.before_s == pytest.approx([0.1 + ACCESS_S, 0.2 + ACCESS_S])
    assert np.array_equal(secure.send_s, plain.send_s)


def test_the_narrower_of_user_and_server_sets_the_transfer_time():
    narrow = journey([0.0], PAGE, by_name=False, server_gbps=0.001024)
    assert narrow.send_s == pytest.approx([1.0])  # 125 KiB over 1.024 Mbit/s
    assert narrow.before_s == pytest.approx([0.001])


def _fields(application):
    return {name: getattr(application, name) for name in Application.__dataclass_fields__}
