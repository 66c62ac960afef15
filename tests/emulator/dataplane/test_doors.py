"""Doors on loopback: HTTP by the Host header, keep-alive, TLS, and silence where nothing would arrive."""

from __future__ import annotations

import http.client
import os
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aws14.emulator.dataplane.answering import Shown
from aws14.emulator.dataplane.certificates import Authority
from aws14.emulator.dataplane.connecting import Ask, Connection, Surroundings, decide
from aws14.emulator.dataplane.conversation import Reply, Request
from aws14.emulator.dataplane.doors import Doors
from aws14.errors import ScenarioError

NAME, ADDRESS = "www.example.co.jp", "198.51.100.1"
PAGE = b"<h1>Campaign</h1>"


class Traffic:
    """Decides as the data plane does, on plain nouns."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around

    def look(self, ask: Ask) -> Connection:
        return decide(ask, self.around)

    def speaks_tls(self, connection: Connection) -> bool:
        inside = self.around.inside(connection.instance)
        return inside is not None and inside.speaks_tls(connection.ask.port)

    def shown(self, connection: Connection, name: str) -> None:
        del connection, name

    def serve(self, ask: Ask, request: Request) -> Reply | None:
        try:
            found = decide(ask, self.around)
        except ScenarioError:
            return None
        inside = self.around.inside(found.instance)
        if found.outcome != "open" or inside is None:
            return None
        return Reply(*inside.answer(request.method, request.path, request.headers, request.body, port=ask.port))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    made = Authority(tmp_path_factory.mktemp("authority"))
    made.ensure()
    return made


@pytest.fixture
def traffic(around: Surroundings) -> Traffic:
    return Traffic(around)


@pytest.fixture
def doors(traffic: Traffic, authority: Authority) -> Iterator[Doors]:
    opened = Doors(traffic, authority)
    yield opened
    opened.close()


def raw(port: int, data: bytes) -> bytes:
    """Send bytes and read until the other side closes; a reset counts as closing."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        answer = b""
        with suppress(OSError):  # it may be closed while we still speak
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
        with suppress(ConnectionResetError):
            while more := client.recv(65_536):
                answer += more
        return answer


def ask_by_host(port: int, host: str = NAME, path: str = "/", **more: Any) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(more.pop("method", "GET"), path, headers={"Host": host, **more.pop("headers", {})}, **more)
    response = connection.getresponse()
    response.read_all = response.read()  # type: ignore[attr-defined]
    connection.close()
    return response


def test_the_shared_port_answers_by_host_header(doors: Doors, insides: dict[str, Any]) -> None:
    answer = ask_by_host(doors.http_port, path="/a?b=c")
    assert (answer.status, answer.reason, answer.read_all) == (200, "OK", PAGE)  # type: ignore[attr-defined]
    assert answer.headers["Content-Type"] == "text/html"
    assert insides["i-web"].asked[0][:2] == ("GET", "/a?b=c")
    assert ask_by_host(doors.http_port, ADDRESS).status == 200
    assert ask_by_host(doors.http_port, f"{NAME}:80").status == 200


def test_a_connection_is_kept_and_each_request_is_decided_anew(doors: Doors, traffic: Traffic) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", doors.http_port, timeout=10)
    ports = set()
    for _ in range(3):
        connection.request("GET", "/", headers={"Host": NAME})
        response = connection.getresponse()
        assert response.read() == PAGE
        ports.add(connection.sock.getsockname()[1])
    assert len(ports) == 1
    traffic.around = replace(traffic.around, network=replace(traffic.around.network, internet_gateways=()))
    connection.request("GET", "/", headers={"Host": NAME})
    with pytest.raises(ConnectionError):  # RemoteDisconnected is one
        connection.getresponse()
    connection.close()


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET / HTTP/1.1\r\nHost: wwww.example.co.jp\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: www.example.co.jp:81\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: www.example.co.jp\r\nX-Aws14-Source: nobody\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: www.example.co.jp:x\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET /\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: www.example.co.jp\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: www.example.co.jp\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: wwww.example.co.jp\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\nbody",
        b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: www.example.co.jp\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
        b"",
    ],
)
def test_what_would_not_arrive_gets_not_one_byte(request_bytes: bytes, doors: Doors) -> None:
    assert raw(doors.http_port, request_bytes) == b""


def test_the_source_header_decides_and_is_not_passed_on(doors: Doors, insides: dict[str, Any]) -> None:
    insides["i-web"].ports = (22, 80)
    office = {"X-Aws14-Source": "203.0.113.7", "X-Forwarded-For": "192.0.2.1"}
    assert ask_by_host(doors.http_port, f"{NAME}:22", headers=office).status == 200
    passed = insides["i-web"].asked[-1][2]
    assert passed["X-Forwarded-For"] == "192.0.2.1"
    assert not any(name.lower().startswith("x-aws14") for name in passed)
    assert raw(doors.http_port, f"GET / HTTP/1.1\r\nHost: {NAME}:22\r\n\r\n".encode()) == b""


def test_a_url_in_the_request_line_names_the_machine(doors: Doors, insides: dict[str, Any]) -> None:
    line = f"GET http://{NAME}/x?y HTTP/1.1\r\nHost: elsewhere\r\nConnection: close\r\n\r\n".encode()
    assert raw(doors.http_port, line).startswith(b"HTTP/1.1 200 OK\r\n")
    assert insides["i-web"].asked[-1][1] == "/x?y"


def test_bodies_arrive_whole_plain_and_in_chunks(doors: Doors, insides: dict[str, Any]) -> None:
    ask_by_host(doors.http_port, method="POST", body=b"a" * 100_000)
    assert insides["i-web"].asked[-1][3] == b"a" * 100_000
    ask_by_host(doors.http_port, method="PUT", body=iter([b"one", b"two"]))
    assert insides["i-web"].asked[-1][3] == b"onetwo"
    expecting = b"POST / HTTP/1.1\r\nHost: www.example.co.jp\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\nbody"
    assert raw(doors.http_port, expecting).startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")
    assert insides["i-web"].asked[-1][3] == b"body"


def test_head_and_empty_statuses_have_no_body(doors: Doors, insides: dict[str, Any]) -> None:
    head = raw(doors.http_port, f"HEAD / HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode())
    assert head.endswith(b"\r\n\r\n")
    assert f"Content-Length: {len(PAGE)}".encode() in head
    insides["i-web"].status = 204
    gone = raw(doors.http_port, f"GET / HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode())
    assert gone.startswith(b"HTTP/1.1 204 No Content")
    assert b"Content-Length" not in gone
    assert gone.endswith(b"\r\n\r\n")


def test_http_1_0_is_closed_unless_it_asks_not_to(doors: Doors) -> None:
    old = raw(doors.http_port, f"GET / HTTP/1.0\r\nHost: {NAME}\r\n\r\n".encode())
    assert b"Connection: close\r\n" in old
    kept = raw(doors.http_port, f"GET / HTTP/1.0\r\nHost: {NAME}\r\nConnection: keep-alive\r\n\r\n".encode() * 2)
    assert kept.count(b"HTTP/1.1 200 OK") == 2


def test_errors_of_the_server_are_answers(doors: Doors, insides: dict[str, Any]) -> None:
    insides["i-web"].status = 503
    assert ask_by_host(doors.http_port).status == 503


def test_what_does_not_speak_http_resets(doors: Doors, insides: dict[str, Any]) -> None:
    def deaf(*_: Any, **__: Any) -> Any:
        raise ConnectionResetError

    insides["i-web"].answer = deaf
    with socket.create_connection(("127.0.0.1", doors.http_port), timeout=10) as client:
        client.sendall(f"GET / HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode())
        with pytest.raises(ConnectionResetError):
            client.recv(1)


def test_a_door_of_its_own_needs_no_host_header(doors: Doors, insides: dict[str, Any]) -> None:
    insides["i-web"].ports = (80, 8080)
    port = doors.open(Ask(host=ADDRESS, port=80))
    assert raw(port, b"GET /x HTTP/1.0\r\n\r\n").endswith(PAGE)
    assert insides["i-web"].asked[-1][4] == 80
    assert port == doors.open(Ask(host=ADDRESS, port=80))
    assert port != doors.open(Ask(host=ADDRESS, port=80, source="203.0.113.7"))


def test_a_door_leads_nowhere_once_a_wall_stands_before_it(doors: Doors, traffic: Traffic) -> None:
    port = doors.open(Ask(host=ADDRESS, port=80))
    traffic.around = replace(traffic.around, network=replace(traffic.around.network, groups=()))
    assert raw(port, b"GET / HTTP/1.0\r\n\r\n") == b""


def test_many_doors_do_not_pile_up(doors: Doors) -> None:
    first = doors.open(Ask(host=ADDRESS, port=80))
    for port in range(1000, 1140):
        doors.open(Ask(host=ADDRESS, port=port))
    again = doors.open(Ask(host=ADDRESS, port=80))
    assert again != first
    assert raw(again, b"GET / HTTP/1.0\r\n\r\n").endswith(PAGE)


def test_many_at_once(doors: Doors) -> None:
    seen: list[int] = []

    def work() -> None:
        seen.extend(ask_by_host(doors.http_port).status for _ in range(5))

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert seen == [200] * 50


@pytest.fixture
def secure(insides: dict[str, Any], traffic: Traffic) -> None:
    """Let the site speak TLS on 443, for everybody."""
    insides["i-web"].ports, insides["i-web"].tls = (80, 443), (443,)
    web, db = traffic.around.network.groups
    https = replace(web.rules[0], ports=(443, 443))
    groups = (replace(web, rules=(*web.rules, https)), db)
    traffic.around = replace(traffic.around, network=replace(traffic.around.network, groups=groups))


@pytest.fixture
def trusting(authority: Authority) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(authority.file))


def talk(port: int, context: ssl.SSLContext, name: str) -> bytes:
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=name) as client,
    ):
        client.sendall(f"GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while more := client.recv(65_536):
            answer += more
        return answer


def test_tls_shows_a_certificate_for_the_name_that_is_called(
    secure: None, doors: Doors, trusting: ssl.SSLContext, insides: dict[str, Any]
) -> None:
    assert talk(doors.tls_port, trusting, NAME).endswith(PAGE)
    assert insides["i-web"].asked[-1][4] == 443
    own = doors.open(Ask(host=ADDRESS, port=443))
    assert talk(own, trusting, NAME).endswith(PAGE)
    assert talk(own, trusting, ADDRESS).endswith(PAGE), "called by address, it shows one for the address"


def test_a_client_that_does_not_know_the_authority_does_not_trust_it(secure: None, doors: Doors) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        talk(doors.tls_port, ssl.create_default_context(), NAME)


def hello(name: str) -> bytes:
    """A ClientHello for a name."""
    outgoing = ssl.MemoryBIO()
    talker = ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=name)
    with pytest.raises(ssl.SSLWantReadError):
        talker.do_handshake()
    return outgoing.read()


def test_a_blocked_tls_client_sees_not_one_byte(doors: Doors, secure: None, traffic: Traffic) -> None:
    assert raw(doors.tls_port, hello("wwww.example.co.jp")) == b""
    assert raw(doors.tls_port, b"GET / HTTP/1.1\r\n\r\n") == b""
    assert raw(doors.tls_port, hello(NAME)) != b"", "an open one is answered"
    traffic.around = replace(traffic.around, network=replace(traffic.around.network, internet_gateways=()))
    assert raw(doors.tls_port, hello(NAME)) == b""


def test_tls_where_the_machine_speaks_plain_http_gets_no_answer(
    secure: None, doors: Doors, insides: dict[str, Any]
) -> None:
    insides["i-web"].tls = ()
    assert raw(doors.tls_port, hello(NAME)) == b""
    assert raw(doors.open(Ask(host=ADDRESS, port=443)), b"GET / HTTP/1.0\r\n\r\n").endswith(PAGE)


def test_plain_http_where_the_machine_speaks_tls_gets_no_answer(secure: None, doors: Doors) -> None:
    assert raw(doors.open(Ask(host=ADDRESS, port=443)), b"GET / HTTP/1.0\r\n\r\n") == b""


def test_the_authority_stays_and_its_key_is_the_owner_s_only(tmp_path: Path) -> None:
    first = Authority(tmp_path)
    made = first.ensure().read_bytes()
    assert Authority(tmp_path).ensure().read_bytes() == made
    assert Authority(tmp_path).context(Shown(names=(NAME,))) is not None
    assert first.context(Shown(names=(NAME,))) is first.context(Shown(names=(NAME,)))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ca-key.pem", "ca.pem"]
    if os.name == "posix":
        assert {path.stat().st_mode & 0o077 for path in tmp_path.iterdir()} == {0}


def test_a_broken_authority_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    context = Authority(tmp_path).context(Shown(names=(NAME,)))
    assert context is not None
    ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))


def test_the_authority_signs_nothing_but_leaves(authority: Authority) -> None:
    from cryptography import x509

    made = x509.load_pem_x509_certificate(authority.file.read_bytes())
    constraints = made.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (constraints.ca, constraints.path_length) == (True, 0)
