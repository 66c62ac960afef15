"""The controllers of a cluster, in the order in which they look."""

from __future__ import annotations

from aws14.emulator.kubernetes.controllers import (
    add_ons,
    cron_job,
    daemon_set,
    deployment,
    fargate,
    horizontal,
    job,
    node_autoscaler,
    nodes,
    replica_set,
    scheduler,
)
from aws14.emulator.kubernetes.controllers.loop import Controller
from aws14.emulator.kubernetes.kubelet import life, memory
from aws14.emulator.kubernetes.services import endpoints, load_balancers

__all__ = ["CONTROLLERS"]


CONTROLLERS: tuple[Controller, ...] = (
    nodes,
    add_ons,
    horizontal,
    deployment,
    replica_set,
    daemon_set,
    cron_job,
    job,
    scheduler,
    fargate,
    life,
    memory,
    endpoints,
    load_balancers,
    node_autoscaler,
)
