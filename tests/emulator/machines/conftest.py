"""Machines without a cloud around them: a fresh disk, a network that the test decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from aws14.emulator.machines import Machine, Reply, Request, Session, network, replace_network
from aws14.emulator.machines.first_start import initialise
from aws14.emulator.machines.images import fresh
from aws14.emulator.machines.outside import Outside
from aws14.emulator.machines.sessions import Finished

BEGAN = 1_800_000_000.0


@dataclass
class Surroundings:
    """A network that a test arranges."""

    packages: bool = True
    internet: bool = True
    replies: dict[str, Reply] = field(default_factory=dict)
    open_ports: set[tuple[str, int]] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def has_internet(self, instance_id: str) -> bool:
        return self.internet

    def has_packages(self, instance_id: str) -> bool:
        self.asked.append("packages")
        return self.packages

    def metadata(self, instance_id: str, request: Request, now: float) -> Reply:
        if request.method == "PUT":
            return Reply(200, {}, b"token")
        if "x-aws-ec2-metadata-token" not in request.headers:
            return Reply(401)
        values = {
            "instance-id": instance_id,
            "placement/availability-zone": "ap-northeast-1a",
            "local-ipv4": "10.0.0.5",
        }
        value = values.get(request.path.removeprefix("/latest/meta-data/"))
        return Reply(200, {}, value.encode()) if value else Reply(404, {}, b"404 - Not Found\n")

    def fetch(self, instance_id: str, request: Request) -> Reply:
        self.asked.append(request.host)
        return self.replies.get(request.host, Reply(0, problem="unresolved"))

    def connects(self, instance_id: str, host: str, port: int) -> str:
        return "" if (host, port) in self.open_ports else "timed out"


@pytest.fixture
def surroundings() -> Iterator[Surroundings]:
    before, arranged = network(), Surroundings()
    replace_network(arranged)
    yield arranged
    replace_network(before)


def build(image: str = "al2023") -> Machine:
    return fresh(
        "i-0123456789abcdef0", "1" * 12, "ap-northeast-1", image=image, architecture="x86_64", address="10.0.0.5"
    )


@pytest.fixture
def machine(surroundings: Surroundings) -> Machine:
    return build()


@pytest.fixture
def sh(machine: Machine) -> Callable[..., Finished]:
    """Run a script on the machine, as root unless said otherwise."""

    def run(text: str, user: str = "root", **options: str) -> Finished:
        return Session(machine, user, BEGAN, "/tmp").run(text, BEGAN, **options)

    return run


@pytest.fixture
def start(surroundings: Surroundings) -> Callable[..., Machine]:
    """Give a new machine user data and let it run to its end."""

    def first(data: str, image: str = "al2023") -> Machine:
        one = build(image)
        one.starts = BEGAN - 12
        initialise(one, data.encode(), Outside(one.instance_id, surroundings, BEGAN))
        one.ready = True
        return one

    return first


def page(machine: Machine, path: str = "/", port: int = 80) -> tuple[int, str]:
    status, _, body = machine.answer("GET", path, {}, port=port)
    return status, body.decode()


def console(machine: Machine) -> str:
    return "\n".join(line.text for line in machine.console)
