"""The way between a user and the server: round trips, connection set-up, transfer.

Model. The round trip between a city and a region is the measured one where ``data/latency.csv`` has it between the
two cities. Else it is made of two pieces: from the city to the region nearest to it the fibre bound of the great
circle, ``2 d n / c``, times the median ratio of measured round trips to their bound; from there to the region asked for
the measured median between the two regions (nothing when they are one). Measurements are between data centres, so the
access delay of the user's line is added in both cases. A request of a new visitor takes

- one access delay to look the name up at the provider's resolver (only when addressed by name),
- one round trip for TCP, one more for TLS 1.3 on port 443,
- one round trip for the request and its answer,
- the time to send the request over the user's line, and the answer over the narrower of the user's line and the
  instance's baseline bandwidth.

Left out: ways that do not pass the nearest region (a city far from all of them, such as Johannesburg or Manila, seems
farther away than it is), jitter, loss, TCP slow start, kept-alive connections, a resolver that has to ask Route 53,
network bursts above the baseline, and answers that wait for each other on the instance's line.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aws14 import catalog
from aws14.model import Application

Floats = NDArray[np.float64]

TLS_PORT = 443
BITS_PER_KIB = 8 * 1024


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class Journey:
    """How long requests from each city are on their way.

    Parameters
    ----------
    before_s : ndarray of float64, shape (cities,)
        From the user's click to the arrival of the request at the server.
    send_s : ndarray of float64, shape (cities,)
        From the end of service to the arrival of the whole answer.
    back_s : ndarray of float64, shape (cities,)
        From a refusal to the user who reads it: half a round trip.
    """

    before_s: Floats
    send_s: Floats
    back_s: Floats


def round_trip_s(city: str, region: str) -> float:
    """Round-trip time between a user's city and an AWS region, in seconds, the user's line included.

    Raises
    ------
    DataError
        When the course has no facts about the city or the region.
    """
    model, there = catalog.network_model(), catalog.region(region)
    rtt_ms = catalog.user_rtt_ms(city, there.city) if there.city in catalog.cities() else None
    if rtt_ms is None:
        nearest, kilometres = nearest_region(city)
        bound_ms = 2000 * kilometres * model.fibre_refractive_index / model.speed_of_light_km_per_s
        onward_ms = catalog.rtt_ms(nearest, region) if nearest != region else 0.0
        rtt_ms = bound_ms * model.rtt_over_fibre_bound_median + onward_ms
    return (rtt_ms + model.access_delay_ms) / 1000


def nearest_region(city: str) -> tuple[str, float]:
    """Name of the AWS region nearest to a city, and how far away it is, in km.

    Raises
    ------
    DataError
        When the course has no facts about the city.
    """
    here, radius_km = catalog.city(city), catalog.network_model().earth_radius_km
    away_km = {
        name: great_circle_km((here.lat, here.lon), (region.lat, region.lon), radius_km)
        for name, region in catalog.regions().items()
    }
    nearest = min(away_km, key=lambda name: away_km[name])
    return nearest, away_km[nearest]


def great_circle_km(here: tuple[float, float], there: tuple[float, float], radius_km: float) -> float:
    """Distance on a sphere between two points given as (latitude, longitude) in degrees (haversine)."""
    lat_1, lon_1, lat_2, lon_2 = map(math.radians, (*here, *there))
    chord = math.sin((lat_2 - lat_1) / 2) ** 2 + math.cos(lat_1) * math.cos(lat_2) * math.sin((lon_2 - lon_1) / 2) ** 2
    return 2 * radius_km * math.asin(math.sqrt(chord))


def journey(round_trips_s: Sequence[float], application: Application, *, by_name: bool, server_gbps: float) -> Journey:
    """The times of a request and its answer on the way, for each round-trip time.

    Parameters
    ----------
    round_trips_s : sequence of float
        Of each city, in seconds.
    application : Application
        Sizes, port and the user's bandwidth.
    by_name : bool
        Whether a name has to be looked up first.
    server_gbps : float
        Baseline bandwidth of the instance, in Gbit/s.
    """
    round_trip_s = np.asarray(round_trips_s, dtype=np.float64)
    set_up = 2 if application.port == TLS_PORT else 1
    look_up_s = catalog.network_model().access_delay_ms / 1000 if by_name else 0.0
    user_bps = application.user_mbps * 1e6
    request_s = application.request_kib * BITS_PER_KIB / user_bps
    answer_s = application.response_kib * BITS_PER_KIB / min(user_bps, server_gbps * 1e9)
    return Journey(
        before_s=look_up_s + (set_up + 0.5) * round_trip_s + request_s,
        send_s=0.5 * round_trip_s + answer_s,
        back_s=0.5 * round_trip_s,
    )
