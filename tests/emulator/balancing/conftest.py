"""The balanced site as it was built once and saved, and ways to ask it."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest

from aws14.cloud.process import Emulator
from tests.emulator.balancing.balanced_site import build


@dataclass(frozen=True)
class Page:
    """What came back; status 0 where nothing did."""

    status: int
    headers: list[tuple[str, str]]
    text: str

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]


@pytest.fixture(scope="session")
def built_once() -> dict[str, Any]:
    return {}


@pytest.fixture
def site(emulator: Emulator, aws: Callable[..., Any], built_once: dict[str, Any]) -> SimpleNamespace:
    if not built_once:
        emulator.reset()
        built_once |= vars(build(aws, emulator.advance))
        emulator.save("balanced-site")
    else:
        emulator.restore("balanced-site")
    return SimpleNamespace(**built_once)


@pytest.fixture
def get(emulator: Emulator) -> Callable[..., Page]:
    """Fetch a page as a client does: the name, a way, TLS where the URL says so."""

    def fetch(
        url: str, *, source: str = "internet", headers: dict[str, str] | None = None, method: str = "GET"
    ) -> Page:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
        found = emulator.connect(str(parts.hostname), port, source)
        if found["outcome"] != "open":
            return Page(0, [], found["outcome"])
        connection = http.client.HTTPConnection(str(parts.hostname), port)
        connection.sock = socket.create_connection(("127.0.0.1", found["loopback_port"]), timeout=10)
        if parts.scheme == "https":
            trusted = ssl.create_default_context(cafile=emulator.status()["ca_file"])
            connection.sock = trusted.wrap_socket(connection.sock, server_hostname=parts.hostname)
        try:
            connection.request(
                method, f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}", headers=headers or {}
            )
            response = connection.getresponse()
            return Page(response.status, response.getheaders(), response.read().decode())
        finally:
            connection.close()

    return fetch


@pytest.fixture
def health(aws: Callable[..., Any], site: SimpleNamespace) -> Callable[..., list[tuple[str, str]]]:
    """States and reasons of the targets, in the order of their registration."""

    def told(arn: str = "") -> list[tuple[str, str]]:
        found = aws("elbv2").describe_target_health(TargetGroupArn=arn or site.targets)["TargetHealthDescriptions"]
        return [(each["TargetHealth"]["State"], each["TargetHealth"].get("Reason", "")) for each in found]

    return told
