"""A cluster without AWS under it: machines as the test says, a clock that moves when it is told to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from aws14.emulator import world as world_module
from aws14.emulator.kubernetes import cluster_view, clusters, hearing
from aws14.emulator.kubernetes.cluster_view import Machine, Profile
from aws14.emulator.kubernetes.controllers import loop
from aws14.emulator.kubernetes.controllers.order import CONTROLLERS
from aws14.emulator.kubernetes.kubelet import processes
from aws14.emulator.kubernetes.kubelet.life import run_of
from aws14.emulator.kubernetes.kubelet.runs import PodRun
from aws14.emulator.world import World, inhabit

KEY = "arn:aws:eks:ap-northeast-1:123456789012:cluster/books"


class StillHand:
    """A hand that only moves when it is moved."""

    def __init__(self, t: float = 1_780_000_000.0) -> None:
        self.t = t

    def time(self) -> float:
        return self.t

    def move_to(self, t: float, *, tick: bool) -> None:
        self.t = t


def machine(number: int, zone: str = "a", **more: Any) -> Machine:
    """An m5.large."""
    return Machine(
        id=f"i-{number:017x}",
        name=f"ip-10-13-{10 if zone == 'a' else 11}-{number}.ap-northeast-1.compute.internal",
        address=f"10.13.{10 if zone == 'a' else 11}.{number}",
        zone=f"ap-northeast-1{zone}",
        subnet=f"subnet-{zone}",
        instance_type="m5.large",
        node_group="workers",
        vcpu=2,
        memory_mib=8192,
        disk_gib=20,
        cpu_m=1930,
        allocatable_mib=7000,
        max_pods=29,
        labels=(("eks.amazonaws.com/nodegroup", "workers"),),
        **more,
    )


class Ground:
    """What the cluster stands on."""

    def __init__(self) -> None:
        self.nodes = [machine(1, "a"), machine(2, "c")]
        self.fargate: tuple[Profile, ...] = ()
        self.names: tuple[str, ...] = ("metrics-server",)

    def clusters(self) -> tuple[str, ...]:
        return (KEY,)

    def version(self, cluster: str) -> str:
        return "1.34"

    def vpc(self, cluster: str) -> str:
        return "vpc-1"

    def subnets(self, cluster: str) -> tuple[str, ...]:
        return ("subnet-a", "subnet-c")

    def machines(self, cluster: str) -> tuple[Machine, ...]:
        return tuple(self.nodes)

    def profiles(self, cluster: str) -> tuple[Profile, ...]:
        return self.fargate

    def add_ons(self, cluster: str) -> tuple[str, ...]:
        return self.names


class Lab:
    """The cluster ``books``, with a clock."""

    def __init__(self) -> None:
        self.world = World(StillHand())
        inhabit(self.world)
        self.ground = Ground()
        cluster_view.supply(self.ground)
        loop.follow(CONTROLLERS)
        self.registry = clusters.open_new(KEY)
        loop.mark(KEY, "machines")
        self.advance(1)

    def advance(self, seconds: float) -> None:
        self.world.clock.advance(seconds)

    def break_machine(self, at: int, *, works: bool = False) -> None:
        self.ground.nodes[at] = replace(self.ground.nodes[at], works=works)
        loop.mark(KEY, "machines")

    def create(self, kind: str, name: str, namespace: str = "shop", **body: Any) -> dict[str, Any]:
        if namespace and self.registry.get("Namespace", "", namespace) is None:
            self.registry.create({"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": namespace}})
        meta = {"name": name, **({"namespace": namespace} if namespace else {}), **body.pop("metadata", {})}
        return self.registry.create({"kind": kind, "metadata": meta, **body})

    def get(self, kind: str, name: str, namespace: str = "shop") -> dict[str, Any]:
        found = self.registry.get(kind, namespace, name)
        assert found is not None
        return found

    def pods(self, **labels: str) -> list[dict[str, Any]]:
        found = self.registry.list("Pod", "shop")
        return [each for each in found if labels.items() <= (each["metadata"].get("labels") or {}).items()]

    def events(self, reason: str = "") -> list[str]:
        return [each["message"] for each in self.registry.list("Event") if reason in ("", each["reason"])]

    def run(self, pod: str, namespace: str = "shop") -> PodRun:
        seen = loop.sight(KEY)
        assert seen is not None
        found = run_of(seen, self.get("Pod", pod, namespace)["metadata"]["uid"])
        assert found is not None
        return found

    def edit(self, kind: str, name: str, change: Any, namespace: str = "shop") -> None:
        assert self.registry.alter(kind, (namespace, name), change)


def web(image: str = "python:3.13-slim", **more: Any) -> dict[str, Any]:
    """A container that answers 200 everywhere with its version and name."""
    code = (
        "import os,http.server as h\n"
        "class A(h.BaseHTTPRequestHandler):\n"
        " def do_GET(s):\n"
        "  b=(os.environ.get('VERSION','1')+' '+os.environ['HOSTNAME']).encode();s.send_response(200)\n"
        "  s.send_header('Content-Length',str(len(b)));s.end_headers();s.wfile.write(b)\n"
        " def log_message(s,*a): print('asked',s.path,flush=True)\n"
        "h.ThreadingHTTPServer(('0.0.0.0',8080),A).serve_forever()"
    )
    return {
        "name": "web",
        "image": image,
        "command": ["python", "-c", code],
        "ports": [{"containerPort": 8080, "name": "http"}],
        "readinessProbe": {"httpGet": {"path": "/healthz", "port": "http"}, "periodSeconds": 5},
        "resources": {"requests": {"cpu": "250m", "memory": "128Mi"}, "limits": {"cpu": "500m", "memory": "256Mi"}},
        **more,
    }


def quiet(image: str = "registry.k8s.io/pause:3.10", cpu: str = "250m", **more: Any) -> dict[str, Any]:
    """A container without a process."""
    requests = {"cpu": cpu, "memory": "128Mi"}
    return {"name": "web", "image": image, "resources": {"requests": requests}, **more}


def deployment(container: dict[str, Any], replicas: int = 2, app: str = "catalog", **spec: Any) -> dict[str, Any]:
    """The body of a Deployment."""
    labels = {"app": app}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container], **spec.pop("pod", {})}}
    return {"spec": {"replicas": replicas, "selector": {"matchLabels": labels}, "template": template, **spec}}


@pytest.fixture
def lab() -> Iterator[Lab]:
    before, heard = list(world_module._THE_WORLD), list(hearing._HEARING)
    made = Lab()
    yield made
    with made.world.turn():
        for seat in processes.seats():
            processes.end(seat)
    world_module._THE_WORLD[:] = before
    hearing._HEARING[:] = heard
