"""Why is this box here? Each component of the corporate site is taken away on paper, and a stated property is lost.

What was read back is copied without the component, and asked again: by running the same day through the copy, or by
following a visitor's packets. Nothing that is built changes.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from aws14.charts.numbers import percent
from aws14.model import Finding, Report, Topology
from aws14.patterns.p02_day import BRIEF, NAME, front_door, primary_zone, scenario
from aws14.patterns.p02_taken_away import (
    closed,
    in_one_zone,
    no_redirect,
    one_node,
    opened,
    single_az,
    without_gateway,
    without_routes,
)
from aws14.patterns.walls import Seen, Wall, finding
from aws14.sim import Unreachable, resolve, simulate, what_if
from aws14.sim.changes import without
from aws14.sim.reachability import INTERNET, reach
from aws14.sim.standing import network_of

ALLOWED = BRIEF.value("zone_failed_share")
_SLOWEST = {"health_check_interval_s": 300, "unhealthy_threshold": 10}


def _day(**broken: float) -> Callable[[Topology], Seen]:
    """Whether a day costs no more of its page views than the brief allows for the loss of a zone."""

    def seen(topology: Topology) -> Seen:
        day = scenario(zone=primary_zone(topology), entry=front_door(topology), **broken)  # type: ignore[arg-type] # seconds
        share = simulate(topology, day).failure_ratio
        return Seen(share <= ALLOWED, f"{percent(share)} of the day's views fail")

    return seen


def _gets_in(port: int) -> Callable[[Topology], Seen]:
    """Whether a visitor who types the name gets to the servers."""

    def seen(topology: Topology) -> Seen:
        way = resolve(topology, front_door(topology), port)
        return Seen(False, way.detail) if isinstance(way, Unreachable) else Seen(True, "visitors get in")

    return seen


def _led(topology: Topology) -> Seen:
    """Whether the name leads to something that answers HTTPS."""
    lost = isinstance(resolve(topology, front_door(topology), 443), Unreachable)
    return Seen(not lost, "the record points at what is gone" if lost else "visitors get in")


def _named(topology: Topology) -> Seen:
    """Whether the name that visitors know leads anywhere."""
    way = resolve(topology, NAME, 443)
    return Seen(False, way.detail) if isinstance(way, Unreachable) else Seen(True, "it does")


def _shut(source: str, destination: str, port: int) -> Callable[[Topology], Seen]:
    """Whether somebody who should not get through is stopped."""

    def seen(topology: Topology) -> Seen:
        way = reach(network_of(topology), source=source, destination=destination, port=port)
        return Seen(not way.reachable, "they get through" if way.reachable else "they are stopped")

    return seen


def _encrypted(topology: Topology) -> Seen:
    balancer = topology.node("alb")
    held = [link for link in topology.links_of("uses", source="alb") if link.label == "TLS"]
    ready = bool(held) and "HTTPS:443" in str(balancer.require("listeners"))
    return Seen(ready, "the listener has its certificate" if ready else "no HTTPS listener without a certificate")


_PLAIN, _SERVER_LOST, _ZONE_LOST = _day(), _day(server_lost_for_s=3600.0), _day(zone_lost_for_s=3600.0)
_HTTPS, _HTTP = _gets_in(443), _gets_in(80)

WALLS = (
    Wall(
        component="the second web server",
        property="a server lost for an hour goes almost unnoticed",
        seen=_SERVER_LOST, without=lambda topology: without(topology, "web-2"),
    ),
    Wall(
        component="the health checks (as slow as AWS allows)",
        property="a server lost for an hour goes almost unnoticed",
        seen=_SERVER_LOST, without=lambda topology: what_if(topology, "web-targets", **_SLOWEST),
    ),
    Wall(
        component="the second zone of the web servers (both in the primary's)",
        property="the primary's zone lost for an hour is survived",
        seen=_ZONE_LOST, without=in_one_zone,
    ),
    Wall(
        component="the load balancer's second subnet",
        property="the primary's zone lost for an hour is survived",
        seen=_ZONE_LOST, without=one_node,
    ),
    Wall(
        component="the database's standby",
        property="the primary's zone lost for an hour is survived",
        seen=_ZONE_LOST, without=single_az,
    ),
    Wall(
        component="the load balancer",
        property="the name leads to the servers",
        seen=_led, without=lambda topology: without(topology, "alb"),
    ),
    Wall(
        component="the target group's servers (none registered)",
        property="visitors are answered",
        seen=_PLAIN, without=lambda topology: without(topology, "web-1", "web-2"),
    ),
    Wall(
        component="the listener that redirects",
        property="who types the name without https gets in",
        seen=_HTTP, without=no_redirect,
    ),
    Wall(
        component="the certificate",
        property="logins are encrypted",
        seen=_encrypted, without=lambda topology: without(topology, _certificate(topology)),
    ),
    Wall(
        component="the Internet gateway",
        property="visitors get in",
        seen=_HTTPS, without=without_gateway,
    ),
    Wall(
        component="the public subnets' route to it",
        property="visitors get in",
        seen=_HTTPS, without=partial(without_routes, subnet="elb-a"),
    ),
    Wall(
        component="the load balancer group's HTTPS rule",
        property="visitors get in",
        seen=_HTTPS, without=partial(closed, node="alb", port=443),
    ),
    Wall(
        component="the web group's rule for the load balancer",
        property="visitors are answered",
        seen=_PLAIN, without=partial(closed, node="web-1", port=80),
    ),
    Wall(
        component="the web group (HTTP opened to all)",
        property="nobody reaches a web server past the load balancer, without encryption",
        seen=_shut(INTERNET, "web-1", 80), without=partial(opened, node="web-1", port=80),
    ),
    Wall(
        component="the database group's rule for the web group",
        property="visitors are answered",
        seen=_PLAIN, without=partial(closed, node="db", port=3306),
    ),
    Wall(
        component="the name's record",
        property="the name leads to the servers",
        seen=_named, without=lambda topology: without(topology, NAME),
    ),
)  # fmt: skip


def _certificate(topology: Topology) -> str:
    return next(link.target for link in topology.links_of("uses", source="alb") if link.label == "TLS")


def why(topology: Topology) -> Report:
    """Look for each wall's property with and without it.

    Parameters
    ----------
    topology : Topology
        What was read back, with its network.

    Returns
    -------
    Report
        A finding passes when its property holds with the component and is lost without it.
    """
    known: dict[Callable[[Topology], Seen], Seen] = {}
    return Report(
        title="Take it away, and something is lost",
        findings=tuple(_asked(topology, wall, known) for wall in WALLS),
    )


def _asked(topology: Topology, wall: Wall, known: dict[Callable[[Topology], Seen], Seen]) -> Finding:
    if wall.seen not in known:
        known[wall.seen] = wall.seen(topology)
    before = known[wall.seen]
    after = wall.seen(wall.without(topology))
    return finding(wall, before, after, check="p02-built", lost="no longer true")
