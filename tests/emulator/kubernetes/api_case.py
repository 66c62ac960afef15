"""A cluster of the test's own behind a plain loopback HTTP server, and the official client."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from kubernetes import client

from aws14.emulator import world as worlds
from aws14.emulator.behaviours import kubernetes_api
from aws14.emulator.kubernetes import api, clusters, watching
from aws14.emulator.kubernetes.cluster import Cluster
from aws14.emulator.kubernetes.exchange import Request, User
from aws14.emulator.world import World, inhabit

KEY = "arn:aws:eks:ap-northeast-1:123456789012:cluster/books"
ADMIN = User("admin", ("system:masters", "system:authenticated"))
BEGIN = 1_800_000_000.0


class Hand:
    """A clock that stands until somebody moves it."""

    def __init__(self) -> None:
        self.t = BEGIN

    def time(self) -> float:
        return self.t

    def move_to(self, t: float, *, tick: bool) -> None:
        self.t = t


@dataclass
class Case:
    """A cluster, who asks it, and how."""

    world: World
    cluster: Cluster
    user: User
    port: int = 0

    def client(self) -> client.ApiClient:
        return client.ApiClient(client.Configuration(host=f"http://127.0.0.1:{self.port}"))

    @property
    def core(self) -> client.CoreV1Api:
        return client.CoreV1Api(self.client())

    @property
    def apps(self) -> client.AppsV1Api:
        return client.AppsV1Api(self.client())

    def answer(self, method: str, path: str, body: bytes = b"", **headers: str) -> Any:
        plain, _, query = path.partition("?")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return api.answer(KEY, self.user, Request(method, plain, query, named, body))


@contextmanager
def world_of_its_own() -> Iterator[World]:
    """The process has another world for a while."""
    before = list(worlds._THE_WORLD)
    made = World(Hand())
    inhabit(made)
    kubernetes_api.install()
    try:
        yield made
    finally:
        worlds._THE_WORLD[:] = before


@contextmanager
def a_case() -> Iterator[Case]:
    """A new cluster that answers on loopback."""
    with world_of_its_own() as world:
        case = Case(world, clusters.open_new(KEY, version="1.34"), ADMIN)
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"case": case}))
        server.daemon_threads = True
        case.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield case
        finally:
            watching.end_all()
            server.shutdown()
            server.server_close()
            thread.join(10)


class Handler(BaseHTTPRequestHandler):
    """What the endpoint of a cluster does, without TLS and without tokens."""

    protocol_version = "HTTP/1.1"
    case: Case

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, path, query, headers, self.rfile.read(length))
        answer = api.answer(KEY, self.case.user, request)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if isinstance(answer.body, bytes):
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)
        else:
            self._stream(answer.body)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - http.server's names

    def _stream(self, pieces: Any) -> None:
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for piece in filter(None, pieces):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")
        except OSError:
            self.close_connection = True
        finally:
            pieces.close()

    def log_message(self, *_: Any) -> None:
        pass


def deployment(name: str = "catalog", **spec: Any) -> dict[str, Any]:
    """A Deployment as a lesson writes it."""
    container = {
        "name": "web",
        "image": "public.ecr.aws/docker/library/python:3.13-slim",
        "command": ["python", "/app/server.py"],
        "ports": [{"containerPort": 8080}],
        "env": [{"name": "COLOR", "value": "blue"}, {"name": "MODE", "value": "dev"}],
        "resources": {"requests": {"cpu": "250m", "memory": "128Mi"}, "limits": {"cpu": "500m", "memory": "256Mi"}},
        "readinessProbe": {"httpGet": {"path": "/healthz", "port": 8080}},
    }
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}}
    told = {"replicas": 2, "selector": {"matchLabels": {"app": name}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": told | spec}


def pod(name: str = "one", *, labels: dict[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    """A small pod."""
    container = {"name": "web", "image": "public.ecr.aws/nginx/nginx:1.29"}
    metadata = {"name": name} | ({"labels": labels} if labels else {})
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": [container]} | spec}


def refused(act: Callable[[], Any]) -> client.ApiException:
    """What a call was refused with."""
    try:
        act()
    except client.ApiException as error:
        return error
    raise AssertionError("it was allowed")
