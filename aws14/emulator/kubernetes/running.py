"""Controllers and kubelets begin to follow the clusters of this process."""

from __future__ import annotations

from aws14.emulator.balancing.front import network_nodes
from aws14.emulator.kubernetes import cluster_view, clusters, supplies, usage
from aws14.emulator.kubernetes.controllers import loop
from aws14.emulator.kubernetes.controllers.order import CONTROLLERS
from aws14.emulator.kubernetes.exchange import Key
from aws14.emulator.kubernetes.kubelet import logs, processes
from aws14.emulator.kubernetes.services import front
from aws14.emulator.world import on_change

__all__ = ["begin"]


def begin() -> None:
    """Follow every cluster, and answer for logs, usage and load balancers."""
    loop.follow(CONTROLLERS)
    cluster_view.on_nodes_changed(_changed)
    supplies.supply_logs(logs.log)
    supplies.supply_measures(usage.measures)
    network_nodes(front.Node)
    on_change(_sweep)
    on_change(loop.awaken)


def _changed(key: Key) -> None:
    if clusters.find(key) is None:
        loop.forget(key)
        _sweep()
    else:
        loop.mark(key, "machines")


def _sweep() -> None:
    """End the processes of clusters that are gone: deleted, or not in the cloud that was restored."""
    held = processes.seats()
    for seat in held:
        if clusters.find(seat.cluster) is None:
            processes.end(seat)
