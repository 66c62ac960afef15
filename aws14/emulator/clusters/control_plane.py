"""The control plane of a cluster on the clock: creating, active, updating, deleting, gone."""

from __future__ import annotations

from typing import Any

from aws14.catalog import kubernetes_versions
from aws14.emulator.clock import handles
from aws14.emulator.clusters import authorities
from aws14.emulator.clusters.access import grant_creator
from aws14.emulator.clusters.add_ons import install_defaults
from aws14.emulator.clusters.making import tie_up
from aws14.emulator.clusters.records import Update, find, life_of
from aws14.emulator.clusters.updates import does
from aws14.emulator.durations import typical_s
from aws14.emulator.kubernetes import cluster_view, clusters
from aws14.emulator.world import world

__all__ = ["begin", "begin_deleting", "endpoint_name", "set_version"]


def begin(cluster: Any) -> None:
    """Let a new cluster be created."""
    cluster.status = "CREATING"
    _later(cluster, typical_s("EKS cluster creating"), "ACTIVE")


def begin_deleting(cluster: Any) -> None:
    """Let a cluster be deleted."""
    cluster.status = "DELETING"
    _later(cluster, typical_s("EKS cluster deleting"), "GONE")


def endpoint_name(cluster: Any) -> str:
    """``<ID>.gr7.ap-northeast-1.eks.amazonaws.com``, in lower case as DNS has it."""
    region = cluster.arn.split(":")[3]
    return f"{life_of(cluster).identifier}.gr7.{region}.eks.amazonaws.com".lower()


def set_version(cluster: Any, version: str) -> None:
    """Let a control plane run a version."""
    cluster.version = version
    cluster.platformVersion = kubernetes_versions()[version].platform
    kube = clusters.find(cluster.arn)
    if kube is not None:
        kube.version = version
    cluster_view.changed(cluster.arn)


def _later(cluster: Any, seconds: float, state: str) -> None:
    life = life_of(cluster)
    life.turn += 1
    world().clock.after(seconds, "eks.cluster_enters", (cluster.arn, life.turn, state))


@handles("eks.cluster_enters")
def _enters(arn: str, turn: int, state: str) -> None:
    cluster = find(arn)
    if cluster is None or life_of(cluster).turn != turn:
        return
    if state == "ACTIVE":
        _active(cluster)
    else:
        _gone(cluster)


def _active(cluster: Any) -> None:
    life, region = life_of(cluster), cluster.arn.split(":")[3]
    cluster.status = "ACTIVE"
    cluster.endpoint = f"https://{life.identifier}.gr7.{region}.eks.amazonaws.com"
    cluster.certificate_authority = {"data": authorities.data(life.identifier)}
    cluster.identity = {"oidc": {"issuer": f"https://oidc.eks.{region}.amazonaws.com/id/{life.identifier}"}}
    block = cluster.kubernetes_network_config["serviceIpv4Cidr"]
    clusters.open_new(cluster.arn, version=cluster.version, address_block=block)
    grant_creator(cluster)
    install_defaults(cluster)
    cluster_view.changed(cluster.arn)


def _gone(cluster: Any) -> None:
    from moto.ec2.models import ec2_backends
    from moto.eks.models import eks_backends

    _, _, _, region, account, _ = cluster.arn.split(":", 5)
    tie_up(cluster, ec2_backends[account][region])
    eks_backends[account][region].clusters.pop(cluster.name, None)
    clusters.close(cluster.arn)
    cluster_view.changed(cluster.arn)


@does("cluster version")
def _version(cluster: Any, _update: Update, version: str) -> None:
    cluster.status = "ACTIVE"
    set_version(cluster, version)


@does("cluster configuration")
def _configuration(cluster: Any, _update: Update, changes: dict[str, Any]) -> None:
    cluster.status = "ACTIVE"
    for name, value in changes.items():
        if name == "resources_vpc_config":
            cluster.resources_vpc_config.update(value)
        elif name == "access_config":
            cluster.access_config.update(value)
            life_of(cluster).mode = cluster.access_config["authenticationMode"]
        else:
            setattr(cluster, name, value)
