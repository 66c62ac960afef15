"""A workload as it is written: containers, probes and constraints are texts (`aws14.model.kinds`), read here alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aws14.errors import DesignError
from aws14.model import Node
from aws14.sim.containers.shapes import Pod, Spread

__all__ = ["Container", "Probe", "Workload", "read_workload", "texts", "unreadable", "whole"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Container:
    """A container: image, requests and limits in thousandths of a vCPU and MiB (0: none)."""

    name: str
    image: str
    cpu_m: int
    memory_mib: int
    cpu_limit_m: int
    memory_limit_mib: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Probe:
    """A readiness probe: first after `delay_s`, then every `period_s`."""

    delay_s: float
    period_s: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Workload:
    """A workload as it is written.

    Parameters
    ----------
    node : str
        Id of its node.
    replicas : int
        Pods it is to have.
    containers : tuple of Container
        Of each pod.
    readiness : Probe or None
        The slowest of its containers' readiness probes.
    pre_stop_s : float
        How long a pod waits, still serving, before its program is told to end.
    surge, unavailable : str
        Of its rolling update, as written.
    min_ready_s : float
        How long a pod must be ready to be available.
    pod : Pod
        What one of its pods asks of a node.
    """

    node: str
    replicas: int
    containers: tuple[Container, ...]
    readiness: Probe | None
    pre_stop_s: float
    surge: str
    unavailable: str
    min_ready_s: float
    pod: Pod

    @property
    def cpu_limit_m(self) -> int:
        """Thousandths of a vCPU that a pod may use at most; 0 when a container has no limit."""
        limits = [each.cpu_limit_m for each in self.containers]
        return sum(limits) if all(limits) else 0


def read_workload(node: Node) -> Workload:
    """A workload from its node."""
    containers = tuple(_container(node, each) for each in texts(node, "containers"))
    probes = [_probe(node, each) for each in texts(node, "probes") if each.split()[1:2] == ["readiness"]]
    waits = [re.search(r"sleep=(\d+(?:\.\d+)?)", each) for each in texts(node, "probes") if " preStop " in each]
    return Workload(
        node=node.id,
        replicas=whole(node, "replicas"),
        containers=containers,
        readiness=max(probes, key=lambda probe: probe.delay_s, default=None),
        pre_stop_s=max((float(found[1]) for found in waits if found), default=0.0),
        surge=str(node.require("surge")) or "25%",
        unavailable=str(node.require("unavailable")) or "25%",
        min_ready_s=float(whole(node, "min_ready_s")),
        pod=Pod(
            name=node.id,
            namespace=str(node.require("namespace")),
            cpu_m=sum(each.cpu_m for each in containers),
            memory_mib=sum(each.memory_mib for each in containers),
            labels={"workload": node.id},
            node_selector=dict(_pair(node, each) for each in texts(node, "node_selector")),
            spread=tuple(_spread(node, each) for each in texts(node, "spread")),
        ),
    )


def _container(node: Node, text: str) -> Container:
    words = text.split()
    if len(words) != len(Container.__slots__) or not all(word.isdecimal() for word in words[2:]):
        raise unreadable(node, "containers", text, "web python:3.13-slim 250 256 500 512")
    cpu_m, memory_mib, cpu_limit_m, memory_limit_mib = map(int, words[2:])
    # Kubernetes takes a limit without a request as the request, too.
    return Container(
        name=words[0], image=words[1], cpu_m=cpu_m or cpu_limit_m, memory_mib=memory_mib or memory_limit_mib,
        cpu_limit_m=cpu_limit_m, memory_limit_mib=memory_limit_mib,
    )  # fmt: skip


def _probe(node: Node, text: str) -> Probe:
    given = dict(re.findall(r"(delay|period)=(\d+(?:\.\d+)?)", text))
    if "period" not in given:
        raise unreadable(node, "probes", text, "web readiness /healthz 8080 delay=0 period=10 failures=3")
    return Probe(delay_s=float(given.get("delay", 0)), period_s=max(1.0, float(given["period"])))


def _spread(node: Node, text: str) -> Spread:
    words = text.split()
    if len(words) != 3 or not words[1].isdecimal():
        raise unreadable(node, "spread", text, "topology.kubernetes.io/zone 1 DoNotSchedule")
    hard = words[2] == "DoNotSchedule"
    return Spread(topology_key=words[0], max_skew=int(words[1]), hard=hard, selector={"workload": node.id})


def _pair(node: Node, text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise unreadable(node, "node_selector", text, "disk=ssd")
    return key, value


def texts(node: Node, name: str) -> tuple[str, ...]:
    """An attribute that is a list of texts."""
    value = node.require(name)
    if isinstance(value, tuple):
        return value
    return tuple(str(value).split("\n")) if value else ()


def whole(node: Node, name: str) -> int:
    """An attribute that is a whole number."""
    value = node.require(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DesignError(f"{name} of {node.kind} '{node.id}' is {value!r}", allowed="a number")
    return int(value)


def unreadable(node: Node, name: str, text: str, example: str) -> DesignError:
    """The error of a text that cannot be read."""
    return DesignError(f"{name} of {node.kind} '{node.id}' says '{text}'", allowed=f"'{example}'")
