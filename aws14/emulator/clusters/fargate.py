"""Fargate profiles on the clock: creating, active, deleting, gone."""

from __future__ import annotations

from typing import Any

from aws14.emulator.clock import handles
from aws14.emulator.clusters.records import find
from aws14.emulator.durations import typical_s
from aws14.emulator.kubernetes import cluster_view
from aws14.emulator.world import world
from aws14.sim.reachability.matching import table_of

__all__ = ["begin", "begin_deleting", "busy", "is_public"]


def begin(cluster: Any, profile: Any) -> None:
    """Let a new profile be created."""
    profile.status, profile.health = "CREATING", {"issues": []}
    _later(cluster, profile, typical_s("EKS Fargate profile creating"), "ACTIVE")


def begin_deleting(cluster: Any, profile: Any) -> None:
    """Let a profile be deleted."""
    profile.status = "DELETING"
    cluster_view.changed(cluster.arn)
    _later(cluster, profile, typical_s("EKS Fargate profile deleting"), "GONE")


def busy(cluster: Any) -> str:
    """Name of a profile that is being created or deleted: one at a time; empty for none."""
    changing = (each for each in cluster.fargate_profiles.values() if each.status in ("CREATING", "DELETING"))
    return next((str(each.fargate_profile_name) for each in changing), "")


def is_public(account: str, subnet_id: str) -> bool:
    """Whether a route of a subnet leads to an internet gateway."""
    from aws14.emulator.network_view import account_network

    return any(route.target.startswith("igw-") for route in table_of(account_network(account), subnet_id).routes)


def _later(cluster: Any, profile: Any, seconds: float, state: str) -> None:
    world().clock.after(seconds, "eks.fargate_profile_enters", (cluster.arn, profile.fargate_profile_arn, state))


@handles("eks.fargate_profile_enters")
def _enters(arn: str, profile_arn: str, state: str) -> None:
    cluster = find(arn)
    held = cluster.fargate_profiles if cluster is not None else {}
    profile = next((each for each in held.values() if each.fargate_profile_arn == profile_arn), None)
    if profile is None:
        return
    if state == "GONE":
        del held[profile.fargate_profile_name]
        cluster.fargate_profile_count -= 1
    elif profile.status == "CREATING":
        profile.status = state
    cluster_view.changed(arn)
