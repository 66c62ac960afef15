"""Edge: what a content delivery network is charged for by what went through it, and its buckets by what it fetched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from aws14 import catalog
from aws14.cost.location import region_of
from aws14.model import EdgeRecord, Topology, Trace, Usage
from aws14.model.trace import Floats

_BYTES_PER_GB = 2**30
_BY_TEN_THOUSAND, _BY_THOUSAND = 1e4, 1e3

_GEOGRAPHIES: Mapping[str, tuple[str, ...]] = {
    "Japan": ("Japan",),
    "US, Mexico, Canada": ("United States", "Mexico", "Canada"),
    "Europe, Israel": (
        *("Germany", "France", "United Kingdom", "Ireland", "Spain", "Italy", "Sweden", "Poland", "Turkey", "Israel"),
    ),
    "Australia, New Zealand": ("Australia", "New Zealand"),
    "India": ("India",),
    "South America": ("Brazil", "Argentina", "Chile", "Colombia"),
    "Asia Pacific (HK, SG, KR, TW...)": (
        *("South Korea", "Taiwan", "Hong Kong", "Singapore", "Philippines", "Vietnam", "Thailand", "Malaysia"),
        "Indonesia",
    ),
}
"""Price geography of CloudFront -> the countries of the course's cities in it."""


def at_the_edge(topology: Topology, trace: Trace, scale: float, viewers: Mapping[str, float]) -> Iterator[Usage]:
    """Requests and bytes of the distribution, by where its viewers are; requests of the buckets behind it.

    What CloudFront fetches from an origin in AWS is free on the way, and so is what the run's bytes say of it.

    Parameters
    ----------
    topology, trace : Topology, Trace
        What the run went through, and the run.
    scale : float
        Length of the billed time over that of the run.
    viewers : Mapping[str, float]
        City -> share of the requests; empty: all are near the region of the run.
    """
    if trace.edge is None:
        return
    requests = int(trace.edge.hits.sum() + trace.edge.misses.sum()) * scale
    gigabytes = float(trace.edge.bytes_from_edge.sum()) * scale / _BYTES_PER_GB
    for geography, share in geographies(viewers or {catalog.region(trace.region).city: 1.0}).items():
        for item, unit, amount, note in (
            ("HTTPS requests", "10,000 requests", requests / _BY_TEN_THOUSAND, "found at the edge or not"),
            ("to Internet", "GB", gigabytes, "to viewers; from the origins to the edge it is free"),
        ):
            yield Usage(
                service="CloudFront", item=item, unit=unit, region=geography, quantity=share * amount,
                resource=trace.edge.node, note=note,
            )  # fmt: skip
    yield from _buckets(topology, trace, scale)


def _buckets(topology: Topology, trace: Trace, scale: float) -> Iterator[Usage]:
    asked = trace.edge.requests_by_origin if trace.edge else {}
    for bucket in topology.of_kind("bucket"):
        if bucket.id in asked:
            yield Usage(
                service="S3", item="GET and other requests", unit="1,000 requests", region=region_of(topology, bucket),
                quantity=asked[bucket.id] * scale / _BY_THOUSAND, resource=bucket.id,
                note="what the edge did not have",
            )  # fmt: skip


def geographies(viewers: Mapping[str, float]) -> Mapping[str, float]:
    """Price geography of CloudFront -> share of the viewers, 0 to 1. A country in none of them stands for itself.

    Raises
    ------
    DataError
        When the course does not know a city.
    """
    whole = sum(viewers.values())
    shares: dict[str, float] = {}
    for city, share in viewers.items():
        country = catalog.city(city).country
        place = next((name for name, countries in _GEOGRAPHIES.items() if country in countries), country)
        shares[place] = shares.get(place, 0.0) + share / whole
    return shares


def behind_the_edge(topology: Topology, trace: Trace) -> float:
    """Share of the requests that went on to servers, 0 to 1; without a distribution all do."""
    if trace.edge is None:
        return 1.0
    total = int(trace.edge.hits.sum() + trace.edge.misses.sum())
    return _to_servers(topology, trace.edge) / total if total else 0.0


def bytes_behind_the_edge(topology: Topology, trace: Trace) -> Floats:
    """Bytes that the edge fetched from servers, per tick; of its origins by their share of the requests."""
    if trace.edge is None:
        return np.zeros(trace.ticks)
    fetched = sum(trace.edge.requests_by_origin.values())
    return trace.edge.bytes_from_origin * (_to_servers(topology, trace.edge) / fetched if fetched else 0.0)


def _to_servers(topology: Topology, edge: EdgeRecord) -> int:
    buckets = {bucket.id for bucket in topology.of_kind("bucket")}
    return sum(count for origin, count in edge.requests_by_origin.items() if origin not in buckets)
