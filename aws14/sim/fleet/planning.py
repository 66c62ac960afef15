"""From what was built and what the application is like to the rules that the engine plays by."""

from __future__ import annotations

from dataclasses import replace

from aws14 import catalog
from aws14.errors import ScenarioError
from aws14.model import Node, Scenario, Topology
from aws14.sim.autoscaling import read_group
from aws14.sim.autoscaling.schedule import A_MONDAY_S
from aws14.sim.controller import Controller, FixedFleet
from aws14.sim.entry import ToFleet
from aws14.sim.network import Journey, journey, round_trip_s
from aws14.sim.targets import Tier
from aws14.sim.tier_rules import TierRules

TLS_PORT, HTTP_PORT = 443, 80
REDIRECT_ROUND_TRIPS = 2
"""A client that is sent from HTTP to HTTPS has connected and asked once already."""


def rules_of(tier: Tier, scenario: Scenario) -> TierRules:
    """The rules of a tier under a scenario."""
    application = scenario.application
    asks = tier.database is not None and application.db_time_s > 0
    return TierRules(
        algorithm=tier.algorithm,
        interval_s=tier.interval_s,
        timeout_s=tier.timeout_s,
        healthy_checks=tier.healthy_threshold,
        unhealthy_checks=tier.unhealthy_threshold,
        slow_start_s=tier.slow_start_s,
        sticky_s=tier.sticky_s,
        idle_s=tier.idle_timeout_s,
        connect_s=catalog.quota("ALB", "connection to a target given up").value,
        patience_s=application.client_timeout_s,
        retries=scenario.retries,
        backlog=application.backlog,
        connections=application.max_connections,
        db_workers=database_workers(tier.database) if tier.database is not None else 1,
        db_check_s=application.db_time_s if asks and application.health_check_deep else 0.0,
        db_connect_s=catalog.durations()["MySQL client connection attempt given up"].typical_s,
        sessions=application.session_requests > 0 and not application.sessions_in_database,
        check_waits=application.health_check_waits,
    )


def database_workers(database: Node) -> int:
    """How many queries a database works on at once: one for each vCPU of its class."""
    return catalog.instance_type(str(database.require("instance_class")).removeprefix("db.")).vcpu


def travel_to(way: ToFleet, scenario: Scenario, region: str) -> Journey:
    """How long requests are on their way to a load balancer, by city.

    The load balancer grows with its load and is never the narrow place of the way back.
    """
    round_trips_s = [round_trip_s(city, region) for city in scenario.users]
    application = replace(scenario.application, port=TLS_PORT if way.tls else HTTP_PORT)
    travel = journey(round_trips_s, application, by_name=way.by_name, server_gbps=float("inf"))
    if not way.redirected:
        return travel
    again_s = [REDIRECT_ROUND_TRIPS * seconds for seconds in round_trips_s]
    return replace(travel, before_s=travel.before_s + again_s)


def controller_of(topology: Topology, tier: Tier, scenario: Scenario) -> Controller:
    """Who looks after the servers of a tier: its Auto Scaling group, on a Monday, or nobody."""
    if tier.group is not None:
        return read_group(topology, tier.group.id, starts_epoch_s=A_MONDAY_S + scenario.starts_s)
    return FixedFleet(group=tier.target_group.id, members=())


def require_database(tier: Tier, scenario: Scenario) -> None:
    """Refuse an application that asks a database which its servers do not declare to use; without servers nobody asks.

    Raises
    ------
    ScenarioError
        When it does.
    """
    if scenario.application.db_time_s > 0 and tier.database is None and tier.targets:
        raise ScenarioError(
            f"db_time_s is {scenario.application.db_time_s:g}, but no server of {tier.target_group.id} uses a database",
            cure="tag them aws14:uses with the id of a db_instance, or set db_time_s=0",
        )
