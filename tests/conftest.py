"""Fixtures that every room shares: an embedded AWS of the test worker's own, and a watch on every connection."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from aws14.cloud.process import Emulator, find_or_start

REGION = "ap-northeast-1"
_LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="the slow tests too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--all"):
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if item not in slow]


class OffLoopbackError(OSError):
    """A test tried to leave this machine."""


class Watch:
    """Refuses connections off loopback at socket level, and remembers them: code under test may swallow the refusal."""

    def __init__(self) -> None:
        self.offenders: list[str] = []
        self._connect, self._connect_ex, self._sendto = (
            socket.socket.connect,
            socket.socket.connect_ex,
            socket.socket.sendto,
        )

    def check(self, address: Any) -> None:
        if isinstance(address, tuple) and not str(address[0]).startswith(_LOOPBACK):
            self.offenders.append(repr(address))
            raise OffLoopbackError(f"a test connects to {address}")

    def start(self) -> None:
        def connect(sock: socket.socket, address: Any) -> None:
            self.check(address)
            self._connect(sock, address)

        def connect_ex(sock: socket.socket, address: Any) -> int:
            self.check(address)
            return self._connect_ex(sock, address)

        def sendto(sock: socket.socket, data: Any, *rest: Any) -> int:
            self.check(rest[-1])
            return self._sendto(sock, data, *rest)

        socket.socket.connect, socket.socket.connect_ex, socket.socket.sendto = connect, connect_ex, sendto  # type: ignore[method-assign]

    def stop(self) -> None:
        socket.socket.connect, socket.socket.connect_ex = self._connect, self._connect_ex  # type: ignore[method-assign]
        socket.socket.sendto = self._sendto  # type: ignore[method-assign]


@pytest.fixture(scope="session", autouse=True)
def socket_watch() -> Iterator[Watch]:
    """Refuse and remember every connection off loopback, of the whole run."""
    watch = Watch()
    watch.start()
    yield watch
    watch.stop()


@pytest.fixture(autouse=True)
def stays_on_loopback(socket_watch: Watch) -> Iterator[Watch]:
    """Fail a test in which something tried to leave this machine, even when the code under test hid it.

    A test that provokes an attempt on purpose clears ``offenders`` itself.
    """
    socket_watch.offenders.clear()
    yield socket_watch
    assert socket_watch.offenders == [], "connections off loopback"


@pytest.fixture(scope="session")
def emulator_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the home of this worker's embedded AWS; never the learner's."""
    return tmp_path_factory.mktemp("aws14-home")


@pytest.fixture(scope="session")
def emulator(emulator_home: Path) -> Iterator[Emulator]:
    """Return an embedded AWS of this worker's own, ended with the run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS14_HOME", str(emulator_home))
        running = find_or_start(emulator_home, idle_s=3600)  # the last tests of a run have others of their own
        yield running
        running.shutdown()


@pytest.fixture
def clean_emulator(emulator: Emulator) -> Emulator:
    """Return the worker's embedded AWS with an empty cloud."""
    emulator.reset()
    return emulator


@pytest.fixture(scope="session")
def aws(emulator: Emulator) -> Callable[..., Any]:
    """Return a factory of plain boto3 clients on it: ``aws("ec2")``, ``aws("s3", region="us-west-2")``."""
    return cache(lambda service, *, region=REGION: client(emulator, service, region=region))


@cache
def _boto3_session() -> Any:
    import boto3

    return boto3.session.Session()  # one for all: reading EC2's model takes a fifth of a second


def client(emulator: Emulator, service: str, *, region: str = REGION, **changed: Any) -> Any:
    """Return a plain boto3 client on `emulator`; one attempt a call, so that an error is seen as it came."""
    from botocore.config import Config

    settings = {
        "endpoint_url": emulator.endpoint,
        "aws_access_key_id": emulator.access_key,
        "aws_secret_access_key": emulator.secret_key,
        "region_name": region,
        "config": Config(retries={"total_max_attempts": 1}, proxies={}),
    }
    return _boto3_session().client(service, **(settings | changed))
