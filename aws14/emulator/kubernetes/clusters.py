"""The clusters of this embedded AWS, by key; `on_change` stands here too, for those who follow them."""

from __future__ import annotations

from aws14.emulator.kubernetes.beginnings import of_cluster
from aws14.emulator.kubernetes.cluster import Cluster
from aws14.emulator.kubernetes.hearing import on_change
from aws14.emulator.world import world

__all__ = ["close", "every", "find", "on_change", "open_new"]


def find(key: str) -> Cluster | None:
    """Return the cluster of a key. The world lock is held."""
    held: dict[str, Cluster] = world().state.setdefault("kubernetes", {})
    return held.get(key)


def every() -> dict[str, Cluster]:
    """Return all clusters by key. The world lock is held."""
    return dict(world().state.setdefault("kubernetes", {}))


def open_new(key: str, *, version: str = "1.34", address_block: str = "172.20.0.0/16") -> Cluster:
    """Make a cluster with what every new one has: its namespaces, classes and the service ``kubernetes``.

    Parameters
    ----------
    key : str
        Any that its owner finds again: its ARN.
    version : str
        ``major.minor`` of Kubernetes.
    address_block : str
        Where services get their addresses from.
    """
    made = Cluster(key, version=version, address_block=address_block)
    world().state.setdefault("kubernetes", {})[key] = made
    for each in of_cluster():
        made.create(each)
    return made


def close(key: str) -> None:
    """Forget a cluster; those who watch it are told that the stream has ended."""
    world().state.setdefault("kubernetes", {}).pop(key, None)
