"""The add-ons of a cluster: which there are, in which versions, and how they come and go."""

from __future__ import annotations

from typing import Any

from aws14.catalog import eks_add_ons, kubernetes_versions
from aws14.emulator.clock import handles
from aws14.emulator.clusters.records import AddOn, find, life_of, moment
from aws14.emulator.durations import typical_s
from aws14.emulator.kubernetes import cluster_view
from aws14.emulator.world import world

__all__ = ["DEFAULTS", "begin", "begin_deleting", "install_defaults", "versions"]

DEFAULTS = ("vpc-cni", "kube-proxy", "coredns")
"""What runs in every new cluster; not as add-ons that EKS manages, until somebody creates them as such."""


def versions(name: str) -> dict[str, list[str]]:
    """Version of an add-on -> versions of Kubernetes that it fits."""
    found: dict[str, list[str]] = {}
    for kubernetes in kubernetes_versions():
        found.setdefault(eks_add_ons()[name].version_on(kubernetes), []).append(kubernetes)
    return found


def default_version(name: str, kubernetes: str) -> str:
    """The version of an add-on that a cluster gets."""
    return eks_add_ons()[name].version_on(kubernetes)


def install_defaults(cluster: Any) -> None:
    """Note what runs in every new cluster."""
    vars(cluster)["_aws14_self_managed"] = list(DEFAULTS)


def begin(cluster: Any, name: str, *, version: str = "", role: str | None = None, values: str | None = None) -> AddOn:
    """Let an add-on be created."""
    from moto.moto_api._internal import mock_random

    now = moment()
    _, _, _, region, account, _ = cluster.arn.split(":", 5)
    made = AddOn(
        addon_name=name,
        cluster_name=cluster.name,
        status="CREATING",
        addon_version=version or default_version(name, cluster.version),
        addon_arn=f"arn:aws:eks:{region}:{account}:addon/{cluster.name}/{name}/{mock_random.uuid4()}",
        created_at=now,
        modified_at=now,
        service_account_role_arn=role,
        configuration_values=values,
    )
    life_of(cluster).add_ons[name] = made
    _later(cluster, made, typical_s("EKS add-on creating"), "ACTIVE")
    return made


def begin_deleting(cluster: Any, add_on: AddOn) -> None:
    """Let an add-on be deleted."""
    add_on.status = "DELETING"
    _later(cluster, add_on, typical_s("EKS add-on deleting"), "GONE")


def _later(cluster: Any, add_on: AddOn, seconds: float, state: str) -> None:
    add_on.turn += 1
    world().clock.after(seconds, "eks.add_on_enters", (cluster.arn, add_on.addon_arn, add_on.turn, state))


@handles("eks.add_on_enters")
def _enters(arn: str, add_on_arn: str, turn: int, state: str) -> None:
    cluster = find(arn)
    held = life_of(cluster).add_ons if cluster is not None else {}
    add_on = next((each for each in held.values() if each.addon_arn == add_on_arn and each.turn == turn), None)
    if add_on is None:
        return
    if state == "GONE":
        del held[add_on.addon_name]
    else:
        add_on.status, add_on.modified_at = state, moment()
    cluster_view.changed(arn)
