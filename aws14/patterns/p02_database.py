"""The database's primary is lost: two real clients that watch, and how long the outage is, part by part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aws14 import catalog, charts
from aws14.charts.numbers import percent
from aws14.cloud import Session
from aws14.cloud.database_clients import Attempt, Endpoint, watch
from aws14.model import Picture, Topology
from aws14.patterns.p02_day import PAGE, front_door, scenario
from aws14.patterns.p02_taken_away import single_az
from aws14.sim import simulate
from aws14.sim.failover import database_failover

WATCHED_S = 180.0
EVERY_S = 5.0
_OUTAGE_S = 1200.0
REMEMBERS_S = 600.0
"""How long a client that is set up carelessly remembers an address."""


def clients(built: Topology, session: Session, *, password: str) -> Picture:
    """Lose the primary under two clients on web-1: one asks DNS for each new connection, one asked once.

    Parameters
    ----------
    built : Topology
        What was read back.
    session : cloud.Session
        On the embedded AWS; its clock goes on.
    password : str
        Of the master user.
    """
    host = str(built.node("db").require("endpoint"))
    lost_at = datetime.fromtimestamp(session.now(), UTC) + timedelta(seconds=2 * EVERY_S)
    endpoint = Endpoint(host=host, user="admin", password=password)
    attempts = watch(session, endpoint, database="db", source="web-1", seconds=WATCHED_S, every_s=EVERY_S)
    return charts.strips(
        _by_client(attempts),
        title="The primary is lost at 0 seconds: two clients on web-1",
        events=_told_by_rds(session, lost_at),
    )


def _by_client(attempts: tuple[Attempt, ...]) -> Mapping[str, list[tuple[float, bool]]]:
    names = dict.fromkeys(each.client for each in attempts)
    return {name: [(each.t_s, each.answered) for each in attempts if each.client == name] for name in names}


def _told_by_rds(session: Session, since: datetime) -> list[tuple[float, str]]:
    """The events of the database from then on: seconds after it, and RDS's own words."""
    answer = session.client("rds").describe_events(
        SourceIdentifier="db", SourceType="db-instance", StartTime=since - timedelta(seconds=EVERY_S)
    )
    return [((each["Date"] - since).total_seconds(), each["Message"]) for each in answer["Events"]]


def lost(built: Topology) -> Picture:
    """The outage part by part for three sites, with the share of a day's page views that each loses."""
    sites: Mapping[str, tuple[Topology, float | None]] = {
        "Multi-AZ, DNS honoured": (built, None),
        f"Multi-AZ, address remembered {REMEMBERS_S / 60:.0f} min,\non average half of it is left": (
            built,
            REMEMBERS_S,
        ),
        f"Single-AZ, host away for {_OUTAGE_S / 60:.0f} min": (single_az(built), None),
    }
    cases = {}
    for name, (site, cache_s) in sites.items():
        day = scenario(
            database_lost_for_s=_OUTAGE_S,
            application=replace(PAGE, db_dns_cache_s=cache_s),
            entry=front_door(built),
        )
        share = simulate(site, day).failure_ratio
        cases[f"{name}\n{percent(share)} of the day's views fail"] = _parts(site, cache_s or 0.0)
    return charts.stages(cases, title="The host of the primary fails: who waits for what")


def _parts(site: Topology, cache_s: float) -> Mapping[str, float]:
    if site.node("db").require("multi_az"):
        return {name: seconds for name, seconds in database_failover(cache_s=cache_s).parts.items() if seconds}
    detection_s = catalog.durations()["RDS Multi-AZ failure detection"].typical_s
    return {"detection": detection_s, "waiting for the host": _OUTAGE_S - detection_s}
