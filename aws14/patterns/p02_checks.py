"""What the checkpoints and exercises of pattern 2 ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from aws14 import design
from aws14.checks import CheckFunction, Evidence, drawn_equals_built, failed_share_within, gather, reachable
from aws14.model import Finding, Report, Topology
from aws14.patterns.p02_day import BRIEF, NAME, front_door, primary_zone, scenario
from aws14.patterns.p02_drawing import design as drawing
from aws14.patterns.p02_paths import grade
from aws14.sim import simulate

HTTPS = 443
REGION = "ap-northeast-1"
"""Of the drawing, where nothing is built yet."""

SERVER_FAILED_SHARE = 0.0001
"""What exercise 1 allows when a server is lost for an hour."""

_HOUR_S = 3600.0


def _built_and_reachable(evidence: Evidence) -> Report:
    """Drawn equals built, and a visitor finds the way in over HTTPS."""
    title = "The site is built as drawn, and visitors get through"
    same = drawn_equals_built(title, _against(evidence, _as_far_as_built(evidence.built)))
    open_door = reachable(title, evidence, entry=NAME, port=HTTPS)
    return gather(title, *same.findings, *open_door.findings)


def _quick_health_checks(evidence: Evidence) -> Report:
    """A server lost at noon costs one view in ten thousand, and what the brief asks for still holds."""
    title = "The loss of a server goes unnoticed"
    way_in = reachable(title, evidence, entry=NAME, port=HTTPS)
    if not way_in.ok:
        return way_in
    awake = _healthy(evidence)
    if awake.status != "passed":
        return gather(title, awake)
    built, door = evidence.built, front_door(evidence.built)
    server = simulate(built, scenario(server_lost_for_s=_HOUR_S, entry=door))
    zone = simulate(built, scenario(zone_lost_for_s=_HOUR_S, zone=primary_zone(built), entry=door))
    return gather(
        title,
        _lost("web-1 lost for an hour", failed_share_within(server, SERVER_FAILED_SHARE)),
        _lost("The zone of the primary lost for an hour", failed_share_within(zone, BRIEF.value("zone_failed_share"))),
    )


def _healthy(evidence: Evidence) -> Finding:
    """Whether the load balancer holds both servers healthy now."""
    entries = evidence.built.node("web-targets").require("target_health")
    states = entries if isinstance(entries, tuple) else (str(entries),)
    well = len(states) > 1 and all(each.split(" ")[1] == "healthy" for each in states)
    return Finding(
        name="Both servers are healthy",
        status="passed" if well else "not_yet",
        detail="; ".join(states),
        hint="lab.heal() ends what is broken; then give the health checks time: lab.advance(minutes=2)",
    )


def _lost(what: str, finding: Finding) -> Finding:
    hint = "it notices after interval times threshold: modify_target_group sets them, and a time-out below the interval"
    return Finding(name=f"{what}: {finding.name}", status=finding.status, detail=finding.detail, hint=hint)


def _against(evidence: Evidence, drawn: Topology) -> Evidence:
    """The evidence, compared with another drawing."""
    return replace(evidence, comparison=design.compare(drawn, evidence.built))


def _region(built: Topology) -> str:
    vpcs = built.of_kind("vpc")
    return (vpcs[0].parent if vpcs else None) or REGION


def _as_far_as_built(built: Topology) -> Topology:
    """The drawing without CloudFront; with it, where it stands already, whether or not the name leads there yet."""
    drawn = drawing(_region(built), edge="cdn" in built)
    leads_to = {link.target for link in built.links_of("routes", source=NAME)} if NAME in built else set()
    if leads_to != {"alb"}:
        return drawn
    links = tuple(replace(link, target="alb") if link.source == NAME else link for link in drawn.links)
    return replace(drawn, links=links)


def _edge_as_drawn(evidence: Evidence) -> Report:
    """Drawn equals built with CloudFront in front, and a visitor gets through it."""
    title = "The whole pattern is built as drawn"
    same = drawn_equals_built(title, _against(evidence, drawing(_region(evidence.built), edge=True)))
    way_in = reachable(title, evidence, entry=NAME, port=HTTPS)
    return gather(title, *same.findings, *way_in.findings, _logins_pass(evidence.built))


def _logins_pass(built: Topology) -> Finding:
    """Whether what is made for one visitor still gets the cookie and the form of that visitor."""
    told = built.node("cdn").require("behaviours") if "cdn" in built else ()
    default = told[-1] if isinstance(told, tuple) and told else "no behaviour"
    return Finding(
        name="Cookies and forms get through CloudFront to the servers",
        status="passed" if default.endswith("ttl=0 passes=cookies,POST") else "not_yet",
        detail=default,
        hint="the default behaviour keeps nothing, forwards AllViewer, and allows POST: update_distribution",
    )


checks: Mapping[str, CheckFunction] = {
    "p02-built": _built_and_reachable,
    "p02-e1": _quick_health_checks,
    "p02-edge": _edge_as_drawn,
    "p02-e2": lambda evidence: grade(evidence.answer),
}
