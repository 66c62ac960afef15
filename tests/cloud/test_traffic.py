"""Requests to a built site, by `request` and by ordinary clients through the installed resolver."""

from __future__ import annotations

import asyncio
import errno
import http.client
import http.server
import socket
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import FrozenInstanceError, replace
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest
import requests

from aws14.cloud import traffic
from aws14.cloud.answer import Answer, Hop
from aws14.cloud.session import Session
from aws14.errors import CloudError, EmulatorError, NotAvailable
from tests.emulator.conftest import IMAGE
from tests.emulator.dataplane.site_builder import NAME, USER_DATA, build, launch, record

URL = f"http://{NAME}/"
EVERYBODY = [{"CidrIp": "0.0.0.0/0"}]


@pytest.fixture(scope="session")
def living_once() -> dict[str, Any]:
    return {}


@pytest.fixture
def living(session: Session, aws: Callable[..., Any], living_once: dict[str, Any]) -> SimpleNamespace:
    """A campaign site whose page answers; built once, then restored."""
    control: Any = session.place.control
    if not living_once:
        session.reset()
        living_once |= vars(build(aws, session.advance))
        session.save("traffic-site")
    else:
        control.restore("traffic-site")
    return SimpleNamespace(**living_once)


@pytest.fixture
def kernel(session: Session, living: SimpleNamespace) -> Iterator[SimpleNamespace]:
    """The site, with the resolver installed in this process."""
    traffic.install(session)
    yield living
    traffic.uninstall()


@pytest.fixture
def ami(aws: Callable[..., Any]) -> str:
    return str(aws("ssm").get_parameter(Name=IMAGE)["Parameter"]["Value"])


def close_port(session: Session, site: SimpleNamespace, port: int = 80) -> None:
    permissions = [{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": EVERYBODY}]
    session.client("ec2").revoke_security_group_ingress(GroupId=site.web_group, IpPermissions=permissions)


def open_ports(session: Session, site: SimpleNamespace, first: int, last: int) -> None:
    permissions = [{"IpProtocol": "tcp", "FromPort": first, "ToPort": last, "IpRanges": EVERYBODY}]
    session.client("ec2").authorize_security_group_ingress(GroupId=site.web_group, IpPermissions=permissions)


# --- request


def test_a_request_brings_the_page_and_the_way(session: Session, living: SimpleNamespace) -> None:
    answer = traffic.request(session, URL)
    assert (answer.outcome, answer.status, answer.reason, answer.ok) == ("answered", 200, "OK", True)
    assert "<h1>Campaign</h1>" in answer.text
    assert answer.headers["Content-Type"].startswith("text/html")
    assert {"igw", "web-group"} <= {hop.name for hop in answer.hops}
    assert (answer.url, answer.source, answer.blocked_by) == (URL, "internet", None)
    assert traffic.request(session, NAME).text == answer.text, "without a scheme it is http"
    assert traffic.request(session, f"http://{living.web_ip}/").text == answer.text
    with pytest.raises(FrozenInstanceError):
        answer.status = 404  # type: ignore[misc]


def test_a_page_that_is_not_there_is_an_answer(session: Session, living: SimpleNamespace) -> None:
    answer = traffic.request(session, f"{URL}nothing")
    assert (answer.outcome, answer.status, answer.ok) == ("answered", 404, False)
    assert str(answer).startswith("404 Not Found: ")


def test_a_wall_is_an_outcome_that_names_it_and_takes_no_time(session: Session, living: SimpleNamespace) -> None:
    close_port(session, living)
    answer = traffic.request(session, URL, timeout_s=30)
    assert (answer.outcome, answer.status, answer.seconds, answer.ok) == ("timed_out", 0, 30, False)
    assert answer.blocked_by is not None
    assert (answer.blocked_by.kind, answer.blocked_by.name) == ("security_group", "web-group")
    assert "timed out after 30 s" in str(answer)
    assert answer.body == b""


def test_the_office_gets_further_than_everybody(session: Session, living: SimpleNamespace) -> None:
    permissions = [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "203.0.113.0/24"}]}]
    close_port(session, living)
    session.client("ec2").authorize_security_group_ingress(GroupId=living.web_group, IpPermissions=permissions)
    assert traffic.request(session, URL).outcome == "timed_out"
    assert traffic.request(session, URL, source="203.0.113.0/24").ok


def test_from_inside_it_goes_another_way(session: Session, living: SimpleNamespace) -> None:
    web = session.client("ec2").describe_instances(InstanceIds=[living.web])["Reservations"][0]["Instances"][0]
    inside = traffic.request(session, f"http://{web['PrivateIpAddress']}/", source="db")
    assert inside.ok
    assert "internet_gateway" not in {hop.kind for hop in inside.hops}
    outside = traffic.request(session, f"http://{web['PrivateIpAddress']}/")
    assert outside.outcome == "timed_out"


@pytest.mark.parametrize(
    ("url", "outcome"),
    [
        ("http://wwww.example.co.jp/", "name_not_found"),
        (f"http://{NAME}:8080/", "refused"),
        ("http://10.9.9.9/", "unreachable"),
        ("http://198.51.100.200/", "timed_out"),
        (f"http://{NAME}:22/", "reset"),
    ],
)
def test_each_way_to_fail_has_its_name(url: str, outcome: str, session: Session, living: SimpleNamespace) -> None:
    open_ports(session, living, 1, 65_535)
    answer = traffic.request(session, url)
    assert answer.outcome == outcome
    assert answer.explanation


def test_the_private_subnet_gets_out_but_nothing_is_out_there(session: Session, living: SimpleNamespace) -> None:
    answer = traffic.request(session, "http://198.18.0.1/", source="db")
    assert answer.outcome == "unreachable"
    assert "natgateway" in {hop.kind.replace("_", "") for hop in answer.hops}
    assert "no part of the embedded AWS" in answer.explanation


def test_method_headers_and_body_arrive(session: Session, living: SimpleNamespace) -> None:
    assert traffic.request(session, URL, method="HEAD").body == b""
    assert traffic.request(session, URL, method="delete").status == 405
    assert traffic.request(session, URL, method="POST", body=b"x" * 10_000, headers={"Host": NAME}).status == 405


@pytest.mark.parametrize("url", ["ftp://www.example.co.jp", "http://", "http://www.example.co.jp:x/", "http://a:0/"])
def test_what_is_no_url_is_said(url: str, session: Session) -> None:
    with pytest.raises(CloudError, match="is no URL"):
        traffic.request(session, url)


def test_an_unknown_source_is_said(session: Session, living: SimpleNamespace) -> None:
    with pytest.raises(EmulatorError, match="nobody called 'cafe'"):
        traffic.request(session, URL, source="cafe")


def test_a_source_is_looked_for_in_the_own_pattern_first(
    session: Session, living: SimpleNamespace, aws: Callable[..., Any], ami: str
) -> None:
    started = [launch(aws("ec2"), ami, "pc", living.public, living.web_group) for _ in range(2)]
    for instance, pattern in zip(started, ("p01", "p09"), strict=True):
        aws("ec2").create_tags(Resources=[instance], Tags=[{"Key": "aws14:pattern", "Value": pattern}])
    session.advance(600)
    web = aws("ec2").describe_instances(InstanceIds=[living.web])["Reservations"][0]["Instances"][0]
    address = web["PrivateIpAddress"]
    answer = traffic.request(session, f"http://{address}/", source="pc")
    assert (answer.ok, answer.source) == (True, "pc")
    assert answer.hops == traffic.request(session, f"http://{address}/", source=started[0]).hops
    traffic.install(session, source="pc")
    try:
        assert socket.gethostbyname(NAME) == living.web_ip
    finally:
        traffic.uninstall()


# --- what is shown


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


SHOWN = Answer(
    outcome="answered",
    url=URL,
    status=200,
    reason="OK",
    headers={"Content-Type": "text/html; charset=utf-8"},
    body='<h1 id="x">七夕 & "more"</h1><script>alert(1)</script>'.encode(),
    hops=(Hop(kind="internet_gateway", id="igw-1", name="igw", detail="lets <it> in"),),
)


def test_a_page_is_shown_locked_in_a_frame() -> None:
    tags = Tags(SHOWN._repr_html_()).found
    frame = next(attributes for tag, attributes in tags if tag == "iframe")
    assert (frame["sandbox"], frame["srcdoc"]) == ("", SHOWN.text)
    assert frame["title"] == f"Page at {URL}"
    assert str(replace(SHOWN.hops[0], leg="return")) == "back: internet gateway igw: lets <it> in"
    names = [tag for tag, _ in tags]
    assert "script" not in names
    assert names.count("li") == 1
    assert "ol" in names


def test_a_time_out_is_shown_with_the_hop_that_stopped_it() -> None:
    block = Hop(kind="security_group", id="sg-1", name="web-group", detail="no rule lets it in", code="X")
    blocked = replace(SHOWN, outcome="timed_out", status=0, body=b"", blocked_by=block, seconds=10.0)
    shown = blocked._repr_html_()
    assert "timed out after 10 s" in shown
    assert "Stopped here:" in shown
    assert "security group web-group: no rule lets it in" in shown
    assert "iframe" not in {tag for tag, _ in Tags(shown).found}


def test_text_and_pictures_are_shown_as_such() -> None:
    text = replace(SHOWN, headers={"content-type": "text/plain"}, body=b"<b>plain</b>")
    assert "<pre>&lt;b&gt;plain" in text._repr_html_()
    picture = replace(SHOWN, headers={"Content-Type": "image/png"}, body=b"\x89PNG")
    image = next(attributes for tag, attributes in Tags(picture._repr_html_()).found if tag == "img")
    assert image["src"] == "data:image/png;base64,iVBORw=="
    assert image["alt"]


def test_in_text_there_is_one_line_and_the_head_of_the_page() -> None:
    long = replace(SHOWN, body=b"line\n" * 100)
    first, *rest = str(long).splitlines()
    assert first == f"200 OK: {URL} from internet (text/html, 500 bytes)"
    assert rest == ["line"] * 12 + ["..."]
    assert repr(long) == str(long)


def test_an_unknown_charset_does_not_matter() -> None:
    assert replace(SHOWN, headers={"Content-Type": "text/html; charset=klingon"}, body=b"x").text == "x"
    assert (
        replace(SHOWN, headers={"Content-Type": "text/html; charset=shift_jis"}, body="夏".encode("shift_jis")).text
        == "夏"
    )


# --- ordinary clients


def test_urllib_reaches_the_page(kernel: SimpleNamespace) -> None:
    with urllib.request.urlopen(URL, timeout=10) as response:
        assert b"Campaign" in response.read()
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{URL}nothing", timeout=10)


def test_requests_reaches_the_page_and_keeps_the_connection(kernel: SimpleNamespace) -> None:
    with requests.Session() as session:
        session.trust_env = False
        assert [session.get(URL, timeout=10).status_code for _ in range(3)] == [200] * 3
        assert session.get(f"http://{kernel.web_ip}/", timeout=10).status_code == 200


def test_http_client_and_plain_sockets_reach_the_page(kernel: SimpleNamespace) -> None:
    connection = http.client.HTTPConnection(NAME, timeout=10)
    connection.request("GET", "/")
    assert b"Campaign" in connection.getresponse().read()
    connection.close()
    for host in (NAME, kernel.web_ip):
        with socket.create_connection((host, 80), timeout=10) as client:
            client.sendall(b"GET / HTTP/1.0\r\n\r\n")
            assert client.recv(15) == b"HTTP/1.1 200 OK"
    with socket.socket() as client:
        assert client.connect_ex((NAME, 80)) == 0


def test_asyncio_reaches_the_page(kernel: SimpleNamespace) -> None:
    async def fetch() -> bytes:
        reader, writer = await asyncio.wait_for(asyncio.open_connection(NAME, 80), 10)
        writer.write(f"GET / HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode())
        page = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        return page

    assert b"Campaign" in asyncio.run(fetch())


def test_names_are_answered_as_dns_does(kernel: SimpleNamespace) -> None:
    assert socket.gethostbyname(NAME) == kernel.web_ip
    assert socket.gethostbyname_ex(NAME) == (NAME, [], [kernel.web_ip])
    found = socket.getaddrinfo(NAME, 443, type=socket.SOCK_STREAM)
    assert [each[4] for each in found] == [(kernel.web_ip, 443)]
    assert socket.getaddrinfo(NAME.encode(), 80, socket.AF_INET, socket.SOCK_STREAM)[0][4] == (kernel.web_ip, 80)
    with pytest.raises(socket.gaierror, match="no record"):
        socket.getaddrinfo("wwww.example.co.jp", 80)


def test_a_wall_is_a_time_out_at_once_that_names_it(kernel: SimpleNamespace, session: Session) -> None:
    close_port(session, kernel)
    with pytest.raises(TimeoutError, match="web-group"):
        socket.create_connection((NAME, 80), timeout=600)
    with pytest.raises(urllib.error.URLError, match="web-group"):
        urllib.request.urlopen(URL, timeout=600)
    with pytest.raises(requests.exceptions.ConnectTimeout):
        requests.get(URL, timeout=600)
    with socket.socket() as client:
        assert client.connect_ex((NAME, 80)) == errno.ETIMEDOUT

    async def fetch() -> None:
        await asyncio.open_connection(NAME, 80)

    with pytest.raises(TimeoutError, match="web-group"):
        asyncio.run(fetch())


def test_a_port_without_a_listener_refuses(kernel: SimpleNamespace, session: Session) -> None:
    open_ports(session, kernel, 8080, 8080)
    with pytest.raises(ConnectionRefusedError, match="port 8080"):
        socket.create_connection((NAME, 8080), timeout=10)
    with socket.socket() as client:
        assert client.connect_ex((NAME, 8080)) == errno.ECONNREFUSED


def test_ssh_s_port_leads_to_an_ssh_server(session: Session, living: SimpleNamespace) -> None:
    traffic.install(session, source="203.0.113.10")
    try:
        with socket.create_connection((NAME, 22), timeout=10) as client:
            assert client.recv(8) == b"SSH-2.0-"
    finally:
        traffic.uninstall()


def test_as_an_instance_it_sees_private_addresses(session: Session, living: SimpleNamespace) -> None:
    web = session.client("ec2").describe_instances(InstanceIds=[living.web])["Reservations"][0]["Instances"][0]
    traffic.install(session, source="db")
    try:
        assert socket.gethostbyname(web["PrivateDnsName"]) == web["PrivateIpAddress"]
        with urllib.request.urlopen(f"http://{web['PrivateDnsName']}/", timeout=10) as response:
            assert response.status == 200
    finally:
        traffic.uninstall()


def test_everything_else_is_left_alone(kernel: SimpleNamespace, stays_on_loopback: Any) -> None:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep the test output clean."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for host in ("127.0.0.1", "localhost"):
            with urllib.request.urlopen(f"http://{host}:{server.server_address[1]}/", timeout=10) as response:
                assert response.status == 204
        server.shutdown()
    with socket.socket() as client, pytest.raises(OSError, match=r"a test connects to .*192\.88\.99\.1"):
        client.connect(("192.88.99.1", 80))
    assert stays_on_loopback.offenders
    stays_on_loopback.offenders.clear()


@pytest.fixture
def theirs(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the resolver of the system is asked, this machine aside."""
    asked: list[Any] = []
    real = socket.getaddrinfo

    def look_up(host: Any, *rest: Any, **named: Any) -> Any:
        if host == "127.0.0.1":
            return real(host, *rest, **named)
        asked.append((host, *rest))
        return ["theirs"]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def test_a_name_of_nobody_s_is_looked_up_as_before(session: Session, theirs: list[Any]) -> None:
    traffic.install(session)
    try:
        assert socket.getaddrinfo("www.example.org", 80) == ["theirs"]
        assert theirs == [("www.example.org", 80, 0)]
    finally:
        traffic.uninstall()


def test_uninstalled_nothing_is_left(session: Session) -> None:
    names = ("getaddrinfo", "gethostbyname", "gethostbyname_ex")
    before = [getattr(socket, name) for name in names] + [socket.socket.connect, socket.socket.connect_ex]
    traffic.install(session)
    traffic.install(session, source="203.0.113.7")
    assert socket.getaddrinfo is not before[0]
    traffic.uninstall()
    traffic.uninstall()
    assert [getattr(socket, name) for name in names] + [socket.socket.connect, socket.socket.connect_ex] == before


def test_whoever_took_over_since_stays(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    traffic.install(session)
    ours = socket.gethostbyname
    try:
        monkeypatch.setattr(socket, "gethostbyname", lambda host: f"later, then {ours(host)}")
    finally:
        traffic.uninstall()
    assert socket.gethostbyname("127.0.0.1") == "later, then 127.0.0.1"


def test_it_follows_the_session(session: Session) -> None:
    before = socket.getaddrinfo
    traffic.follow(session)
    assert socket.getaddrinfo is not before
    traffic.follow(SimpleNamespace(place=replace(session.place, target="aws", control=None)))  # type: ignore[arg-type]
    assert socket.getaddrinfo is before


def test_when_the_emulator_has_ended_names_go_the_old_way(session: Session, theirs: list[Any]) -> None:
    gone = replace(session.place.control, port=9)  # type: ignore[type-var]
    resolver = traffic.Resolver(gone, "internet")
    resolver.install()
    try:
        assert socket.getaddrinfo(NAME, 80) == ["theirs"]
        with socket.socket() as client, pytest.raises(ConnectionRefusedError, match="does not answer"):
            client.connect(("198.51.100.1", 80))
    finally:
        resolver.uninstall()


# --- TLS


def build_secure(session: Session, site: SimpleNamespace, ami: str) -> str:
    """Launch a server with Apache's TLS module and give it a name; return the name."""
    ec2, route53, name = session.client("ec2"), session.client("route53"), "secure.example.co.jp"
    open_ports(session, site, 443, 443)
    ec2.modify_subnet_attribute(SubnetId=site.public, MapPublicIpOnLaunch={"Value": True})
    data = USER_DATA.replace("httpd\n", "httpd mod_ssl\n", 1)
    server = launch(ec2, ami, "secure", site.public, site.web_group, UserData=data)
    session.advance(1800)
    told = ec2.describe_instances(InstanceIds=[server])["Reservations"][0]["Instances"][0]
    record(route53, site.zone, name, told["PublicIpAddress"])
    return name


def test_tls_end_to_end(session: Session, living: SimpleNamespace, ami: str) -> None:
    name = build_secure(session, living, ami)
    url = f"https://{name}/"
    answer = traffic.request(session, url)
    assert (answer.outcome, answer.status) == ("answered", 200)
    assert traffic.request(session, f"http://{name}/").status == 200
    assert traffic.request(session, f"http://{name}:443/").outcome == "reset"
    assert traffic.request(session, f"https://{name}:80/").outcome == "reset"
    traffic.install(session)
    try:
        with urllib.request.urlopen(url, timeout=10, context=traffic.tls_context(session)) as response:
            assert b"Campaign" in response.read()
        ca_file = session.status()["ca_file"]
        assert requests.get(url, timeout=10, verify=ca_file).status_code == 200
        with pytest.raises(ssl.SSLCertVerificationError):
            http.client.HTTPSConnection(name, timeout=10).request("GET", "/")
    finally:
        traffic.uninstall()


# --- not the embedded AWS


def test_it_is_never_installed_elsewhere(session: Session) -> None:
    for target in ("aws", "endpoint"):
        place = replace(session.place, target=target, control=None)
        elsewhere = SimpleNamespace(place=place, target=target)
        before = socket.getaddrinfo
        with pytest.raises(NotAvailable, match="for the embedded AWS only"):
            traffic.install(elsewhere)  # type: ignore[arg-type]
        assert socket.getaddrinfo is before


def test_on_a_real_account_it_is_an_ordinary_request(session: Session) -> None:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"real")

        def log_message(self, *_: object) -> None:
            """Keep the test output clean."""

    real: Any = SimpleNamespace(place=replace(session.place, target="aws", control=None), target="aws")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        answer = traffic.request(real, f"http://127.0.0.1:{port}/")
        server.shutdown()
    assert (answer.outcome, answer.text, answer.hops) == ("answered", "real", ())
    assert traffic.request(real, f"http://127.0.0.1:{port}/").outcome == "refused"
    with pytest.raises(NotAvailable, match="from db"):
        traffic.request(real, "http://127.0.0.1/", source="db")


def test_at_another_endpoint_there_are_no_names(session: Session) -> None:
    other: Any = SimpleNamespace(place=replace(session.place, target="endpoint", control=None), target="endpoint")
    with pytest.raises(NotAvailable, match="endpoint"):
        traffic.request(other, URL)
