"""Regions, cities, and the time it takes to get from one to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from aws14.catalog.tables import day, missing, rows


@dataclass(frozen=True, kw_only=True, slots=True)
class Region:
    """An AWS region.

    Attributes
    ----------
    name : str
        Such as ``ap-northeast-1``.
    long_name, city : str
        Such as Tokyo.
    lat, lon : float
        Degrees north and east.
    launch_year, az_count : int
        When it opened; Availability Zones that new accounts can use.
    """

    name: str
    long_name: str
    city: str
    lat: float
    lon: float
    launch_year: int
    az_count: int
    as_of: date
    source: str
    confidence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class City:
    """A city that users live in: `lat` and `lon` in degrees north and east."""

    name: str
    country: str
    lat: float
    lon: float


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundTrip:
    """A measured round trip: median and 90th percentile in milliseconds (`p90_ms` is None where not measured)."""

    origin: str
    destination: str
    p50_ms: float
    p90_ms: float | None
    as_of: date
    source: str
    confidence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkModel:
    """Constants of the latency model for pairs of places that nobody measured.

    The round trip to the nearest region is estimated as the fibre bound of the great circle, ``2 d n / c``, times the
    median ratio of measured round trips to their bound; from there on, round trips between regions are measured. The
    access delay of the user's line comes on top (`aws14.sim.network`).

    Attributes
    ----------
    speed_of_light_km_per_s, fibre_refractive_index, earth_radius_km : float
        Physics.
    rtt_over_fibre_bound_min, rtt_over_fibre_bound_median, rtt_over_fibre_bound_max : float
        Measured over bound, among the region pairs of ``latency.csv``.
    access_delay_ms : float
        Round trip over a user's access line; an assumption that a learner may change.
    """

    speed_of_light_km_per_s: float
    fibre_refractive_index: float
    earth_radius_km: float
    rtt_over_fibre_bound_min: float
    rtt_over_fibre_bound_median: float
    rtt_over_fibre_bound_max: float
    access_delay_ms: float


@cache
def regions() -> Mapping[str, Region]:
    """Return all regions of the course by name."""
    return {
        row["region"]: Region(
            name=row["region"],
            long_name=row["name"],
            city=row["city"],
            lat=float(row["lat"]),
            lon=float(row["lon"]),
            launch_year=int(row["launch_year"]),
            az_count=int(row["az_count"]),
            as_of=day(row["as_of"]),
            source=row["source"],
            confidence=row["confidence"],
        )
        for row in rows("regions")
    }


def region(name: str) -> Region:
    """Return a region by its AWS name.

    Raises
    ------
    DataError
        When the course has no facts about it.
    """
    if name not in regions():
        raise missing("region", name, regions())
    return regions()[name]


@cache
def cities() -> Mapping[str, City]:
    """Return all cities by name."""
    return {
        row["name"]: City(name=row["name"], country=row["country"], lat=float(row["lat"]), lon=float(row["lon"]))
        for row in rows("cities")
    }


def city(name: str) -> City:
    """Return a city by name.

    Raises
    ------
    DataError
        When it is not in ``data/cities.csv``.
    """
    if name not in cities():
        raise missing("city", name, cities())
    return cities()[name]


@cache
def _round_trips(kind: str) -> Mapping[tuple[str, str], RoundTrip]:
    return {
        (row["origin"], row["destination"]): RoundTrip(
            origin=row["origin"],
            destination=row["destination"],
            p50_ms=float(row["rtt_p50_ms"]),
            p90_ms=float(row["rtt_p90_ms"]) if row["rtt_p90_ms"] else None,
            as_of=day(row["as_of"]),
            source=row["source"],
            confidence=row["confidence"],
        )
        for row in rows("latency")
        if row["kind"] == kind
    }


def round_trip(from_region: str, to_region: str) -> RoundTrip:
    """Return the measured round trip between two regions (cloudping.co).

    Within one region it is a call between two hosts there, over the public endpoint; not a round trip between AZs.

    Raises
    ------
    DataError
        When one of the regions is not in the course.
    """
    return _round_trips("region")[region(from_region).name, region(to_region).name]


def rtt_ms(from_region: str, to_region: str) -> float:
    """Return the median round trip between two regions in milliseconds; `round_trip` has date and source.

    Raises
    ------
    DataError
        When one of the regions is not in the course.
    """
    return round_trip(from_region, to_region).p50_ms


def user_rtt_ms(from_city: str, to_city: str) -> float | None:
    """Return the measured round trip between two cities in milliseconds, in either direction, or None.

    Raises
    ------
    DataError
        When one of the cities is not in ``data/cities.csv``.
    """
    here, there = city(from_city).name, city(to_city).name
    measured = _round_trips("city")
    found = measured.get((here, there)) or measured.get((there, here))
    return found.p50_ms if found else None


@cache
def network_model() -> NetworkModel:
    """Return the constants of the latency model."""
    return NetworkModel(**{row["name"]: float(row["value"]) for row in rows("network_model")})
