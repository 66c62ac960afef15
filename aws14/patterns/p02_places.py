"""Three places for the same files: the web servers, a bucket, a bucket behind CloudFront. What they cost, how quick.

The files are those of a recorded site: their sizes, and how often each is asked for. What is counted as cost is what
the files add to a site that stands anyway: bytes sent, requests, room on disks, work of the load balancer and of the
processors. A web server that may be no more than a quarter busy (peaks, and one of two must do for both) is charged
so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from aws14 import catalog, charts, cost
from aws14.charts.numbers import percent
from aws14.cost.metering import HOURS_PER_MONTH
from aws14.model import Application, Picture, Topology, Usage
from aws14.model.trace import Floats
from aws14.patterns.p02_day import PAGE, STATIC_SHARE, USERS, scenario
from aws14.sim import round_trip_s
from aws14.sim.asked import RECORDING
from aws14.sim.caching import Cache, cache_hits
from aws14.sim.intensity import DAY_S, intensity
from aws14.sim.network import journey
from aws14.sim.streams import stream

SERVERS, BUCKET, EDGE = "on the web servers", "S3", "S3 behind CloudFront"
FILES_GIB = 20.0
"""Room that all files take: pictures, brochures, a few films."""

BUSY = 0.25
"""How busy a web server may be on average."""

TTL_S = 86_400.0
_GIB, _MILLION = 2**30, 1e6
_SIZES = np.geomspace(1, 1000, 31)
_SHARES = np.geomspace(0.001, 1, 19)
_STATIC = frozenset({"image", "other"})
_WIDE_GBPS = 1e6
_SEED = 14
_DAYS = HOURS_PER_MONTH / 24


def static_bills(built: Topology) -> Picture:
    """USD for each million of file requests, over how many there are a month."""
    region = _region(built)
    lines: dict[str, list[float]] = {SERVERS: [], BUCKET: [], EDGE: []}
    ratio = hit_ratio(1.0)
    for millions in _SIZES.tolist():
        for place, usage in monthly(built, region, millions * _MILLION, ratio).items():
            lines[place].append(_usd(usage) / millions)
    drawn = charts.curves(
        _SIZES,
        lines,
        title=f"A file of {_mean_bytes() / 1024:.0f} KiB, {percent(ratio)} of the requests found at the edge",
        xlabel="million requests for files a month",
        ylabel="USD for a million",
        scales=("log", "linear"),
    )
    mine = f"Our site asks for {_mine_a_day() * _DAYS / _MILLION:,.0f} million a month."
    bends = "A line bends where an allowance that never ends is used up, and where the price of a GB steps down."
    return replace(drawn, caption=f"{mine} {bends}")


def _mine_a_day() -> float:
    """Requests for files on a day of the corporate site: so many come with each page view."""
    views = float(intensity(scenario().load, DAY_S).expected[-1])
    return views * STATIC_SHARE / (1 - STATIC_SHARE)


def _usd(usage: tuple[Usage, ...]) -> float:
    """A month's bill before rounding, with the allowances that never end."""
    return cost.bill(usage, title="files", free_tier="always", rounding="none").total_usd


def monthly(built: Topology, region: str, requests: float, ratio: float) -> Mapping[str, tuple[Usage, ...]]:
    """What a month of files is charged for, by place."""
    gigabytes = requests * _mean_bytes() / _GIB
    missed = (1 - ratio) * requests
    room = Usage(service="S3", item="Standard storage", unit="GB-month", region=region, quantity=FILES_GIB)
    to_users = _used("Data transfer", "to Internet", "GB", region, quantity=gigabytes)
    return {
        SERVERS: (to_users, *_on_servers(built, region, requests, gigabytes)),
        BUCKET: (to_users, room, _gets(region, requests)),
        EDGE: (
            _used("CloudFront", "to Internet", "GB", "Japan", quantity=gigabytes),
            _used("CloudFront", "HTTPS requests", "10,000 requests", "Japan", quantity=requests / 1e4),
            room,
            _gets(region, missed),
        ),
    }


def _gets(region: str, requests: float) -> Usage:
    return _used("S3", "GET and other requests", "1,000 requests", region, quantity=requests / 1000)


def _on_servers(built: Topology, region: str, requests: float, gigabytes: float) -> Iterator[Usage]:
    """Room on each server's disk, processor time, and the load balancer's units."""
    servers = built.of_kind("instance")
    kind = catalog.instance_type(str(servers[0].require("instance_type")))
    disk = str(servers[0].require("root_volume_type"))
    yield _used("EBS", f"{disk} storage", "GB-month", region, quantity=FILES_GIB * len(servers))
    busy_h = requests * PAGE.static_time_s / 3600 / kind.vcpu / BUSY
    yield _used("EC2", f"{kind.name} Linux on-demand", "hour", region, quantity=busy_h)
    connections_h = requests / (3600 * catalog.quota("ALB", "LCU: new connections").value)
    yield _used("ELB", "ALB LCU", "LCU-hour", region, quantity=max(gigabytes, connections_h))


def _used(service: str, item: str, unit: str, region: str, *, quantity: float) -> Usage:
    return Usage(service=service, item=item, unit=unit, region=region, quantity=quantity)


def static_times(built: Topology) -> Picture:
    """How long a file takes on average, over how many requests for files a day there are."""
    region = _region(built)
    cities = tuple(USERS)
    file = Application(
        service_time_s=PAGE.static_time_s, response_kib=_mean_bytes() / 1024, user_mbps=PAGE.user_mbps, port=PAGE.port
    )
    far_s = np.array([round_trip_s(city, region) for city in cities])
    line_s = catalog.network_model().access_delay_ms / 1000
    first_byte_s = catalog.durations()["S3 first byte of an object"].typical_s
    weights = np.array([USERS[city] for city in cities])
    near_s = _mean(np.full(len(cities), line_s), file, weights)
    missed_s = float(weights @ np.maximum(far_s - line_s, 0)) + first_byte_s
    counts = [round(len(_recorded()[0]) * share) for share in _SHARES.tolist()]
    ratios = [hit_ratio(share) for share in _SHARES.tolist()]
    flat = np.ones(len(counts))
    lines: Mapping[str, Floats] = {
        SERVERS: 1000 * flat * (_mean(far_s, file, weights) + PAGE.static_time_s),
        BUCKET: 1000 * flat * (_mean(far_s, file, weights) + first_byte_s),
        EDGE: 1000 * (near_s + (1 - np.array(ratios)) * missed_s),
    }
    drawn = charts.curves(
        counts,
        lines,
        title=f"How long a file takes, for visitors of {', '.join(cities)}",
        xlabel="requests for files a day",
        ylabel="mean time in ms",
        scales=("log", "linear"),
    )
    return replace(drawn, caption=f"Our site asks for {_mine_a_day():,.0f} a day: right of what is drawn.")


def _mean(round_trips_s: Floats, file: Application, weights: Floats) -> float:
    way = journey(round_trips_s.tolist(), file, by_name=True, server_gbps=_WIDE_GBPS)
    return float(weights @ (way.before_s + way.send_s))


def hit_ratio(share: float) -> float:
    """Share of the requests for files that an edge location answers by itself, on a day like the recorded one.

    Parameters
    ----------
    share : float
        Of the recorded requests that come: 0.1 for a site a tenth as busy.
    """
    at_s, item = _recorded()
    luck = stream(_SEED, "thinned", 0).random(len(at_s)) < share
    if not luck.any():
        return 0.0
    place = np.searchsorted(np.cumsum(list(USERS.values()))[:-1], stream(_SEED, "city", 0).random(len(at_s)), "right")
    hits = cache_hits(at_s[luck], item[luck], Cache(ttl_s=TTL_S), place=place[luck])
    return float(hits.mean())


@cache
def _recorded() -> tuple[Floats, NDArray[np.int64]]:
    """When, and for which file, of each request of the recorded day that asks for one."""
    recording = catalog.url_stream(RECORDING)
    files = np.zeros(int(recording.rank.max()) + 1, np.bool_)
    files[[url.rank for url in recording.urls if url.kind in _STATIC]] = True
    mine = files[recording.rank]
    return recording.second[mine].astype(np.float64), recording.rank[mine]


@cache
def _mean_bytes() -> float:
    """Size of a file of the recorded site, by how often it is asked for."""
    recording = catalog.url_stream(RECORDING)
    requests = np.bincount(recording.rank, minlength=len(recording.urls) + 1)
    files = [url for url in recording.urls if url.kind in _STATIC and url.size]
    asked = [int(requests[url.rank]) for url in files]
    return float(np.average([url.size for url in files], weights=asked))


def _region(built: Topology) -> str:
    region = built.container("alb", "region")
    return region.id if region else ""
