"""One connection carries many requests."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator

import pytest

from aws14.cloud.process import Emulator


@pytest.fixture
def line(emulator: Emulator) -> Iterator[http.client.HTTPConnection]:
    """A connection to the embedded AWS."""
    connection = http.client.HTTPConnection("127.0.0.1", emulator.port, timeout=10)
    connection.connect()
    yield connection
    connection.close()


def answer(line: http.client.HTTPConnection, method: str, path: str, **more: object) -> tuple[int, bytes]:
    """Ask on the connection as it stands; a closed one is not opened again."""
    line.auto_open = 0
    line.request(method, path, **more)  # type: ignore[arg-type]
    response = line.getresponse()
    return response.status, response.read()


def test_a_request_begins_where_the_one_before_ends(emulator: Emulator, line: http.client.HTTPConnection):
    key = {"X-Aws14-Key": emulator.access_key}
    body = json.dumps({"seconds": 0})
    requests = [
        ("GET", "/_aws14/status", {"headers": key}),
        # nobody reads what these bring
        ("POST", "/_aws14/nothing", {"body": b"POST /_aws14/reset HTTP/1.1\r\n\r\n" * 100}),
        ("POST", "/nobody", {"body": b"x" * 100_000, "headers": {"Host": "elsewhere.example"}}),
        ("HEAD", "/", {}),
        ("POST", "/_aws14/advance", {"body": iter([body.encode()]), "headers": key, "encode_chunked": True}),
        ("GET", "/_aws14/status", {"headers": key}),
    ]
    statuses = [answer(line, method, path, **more)[0] for method, path, more in requests]
    assert (statuses[0], statuses[1], statuses[2], statuses[-1]) == (200, 403, 421, 200)
    assert json.loads(answer(line, "GET", "/_aws14/status", headers=key)[1])["version"] == emulator.version


def test_whoever_wants_the_connection_closed_gets_it_closed(emulator: Emulator, line: http.client.HTTPConnection):
    headers = {"X-Aws14-Key": emulator.access_key, "Connection": "close"}
    assert answer(line, "GET", "/_aws14/status", headers=headers)[0] == 200
    with pytest.raises(http.client.NotConnected):
        answer(line, "GET", "/_aws14/status", headers=headers)


def test_half_a_request_changes_nothing(emulator: Emulator):
    before = emulator.status()["state"]
    head = (
        f"POST /_aws14/reset HTTP/1.1\r\nHost: x\r\nX-Aws14-Key: {emulator.access_key}\r\nContent-Length: 9\r\n\r\n{{}}"
    )
    with socket.create_connection(("127.0.0.1", emulator.port), timeout=10) as broken:
        broken.sendall(head.encode())
        broken.shutdown(socket.SHUT_WR)
        assert broken.recv(1) == b""
    # life and writes; events may have run
    assert emulator.status()["state"].split("-")[:2] == before.split("-")[:2]
