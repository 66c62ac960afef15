"""A site built through the API answers, and stops answering, as it is configured; DNS of real zones."""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import botocore.exceptions
import pytest

from aws14.cloud.process import Emulator
from aws14.errors import EmulatorError
from tests.conftest import client
from tests.emulator.dataplane.site_builder import NAME, USER_DATA, build, launch, record

EVERYBODY = [{"CidrIp": "0.0.0.0/0"}]


@pytest.fixture(scope="session")
def built_once() -> dict[str, Any]:
    return {}


@pytest.fixture
def site(emulator: Emulator, aws: Callable[..., Any], built_once: dict[str, Any]) -> SimpleNamespace:
    """The site, as it was built once and saved."""
    if not built_once:
        emulator.reset()
        built_once |= vars(build(aws, emulator.advance))
        emulator.save("data-plane-site")
    else:
        emulator.restore("data-plane-site")
    return SimpleNamespace(**built_once)


@pytest.fixture
def page(emulator: Emulator) -> Callable[..., str]:
    """Fetch a page by the shared port; the outcome where there is none."""

    def fetch(host: str, **headers: str) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", emulator.status()["http_port"], timeout=10)
        try:
            connection.request("GET", "/", headers={"Host": host, **headers})
            return connection.getresponse().read().decode()
        except ConnectionError:
            return ""
        finally:
            connection.close()

    return fetch


def test_the_site_answers_by_name_and_by_address(
    site: SimpleNamespace, emulator: Emulator, page: Callable[..., str]
) -> None:
    assert "<h1>Campaign</h1>" in page(NAME)
    assert "<h1>Campaign</h1>" in page(site.web_ip)
    found = emulator.connect(NAME, 80)
    assert (found["outcome"], found["address"], found["instance"]) == ("open", site.web_ip, site.web)
    assert {hop["name"] for hop in found["hops"]} >= {"igw", "web-group", "public"}
    connection = http.client.HTTPConnection("127.0.0.1", found["loopback_port"], timeout=10)
    connection.request("GET", "/")
    assert connection.getresponse().status == 200
    connection.close()


def no_route(ec2: Any, site: SimpleNamespace) -> None:
    ec2.delete_route(RouteTableId=site.public_table, DestinationCidrBlock="0.0.0.0/0")


def no_rule(ec2: Any, site: SimpleNamespace) -> None:
    permissions = [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": EVERYBODY}]
    ec2.revoke_security_group_ingress(GroupId=site.web_group, IpPermissions=permissions)


def wall_in(ec2: Any, site: SimpleNamespace) -> None:
    deny(ec2, site, egress=False, ports=(80, 80))


def wall_out(ec2: Any, site: SimpleNamespace) -> None:
    deny(ec2, site, egress=True, ports=(1024, 65_535))


def deny(ec2: Any, site: SimpleNamespace, *, egress: bool, ports: tuple[int, int]) -> None:
    acls = ec2.describe_network_acls(Filters=[{"Name": "association.subnet-id", "Values": [site.public]}])
    ec2.create_network_acl_entry(
        NetworkAclId=acls["NetworkAcls"][0]["NetworkAclId"],
        RuleNumber=1,
        Protocol="6",
        RuleAction="deny",
        Egress=egress,
        CidrBlock="0.0.0.0/0",
        PortRange={"From": ports[0], "To": ports[1]},
    )


@pytest.mark.parametrize(
    ("wall", "kind"),
    [
        (no_route, "route_table"),
        (no_rule, "security_group"),
        (wall_in, "network_acl"),
        (wall_out, "network_acl"),
    ],
)
def test_each_wall_stops_the_page_alone(
    wall: Callable[[Any, SimpleNamespace], None],
    kind: str,
    site: SimpleNamespace,
    emulator: Emulator,
    aws: Callable[..., Any],
    page: Callable[..., str],
) -> None:
    assert "Campaign" in page(NAME)
    wall(aws("ec2"), site)
    found = emulator.connect(NAME, 80)
    assert (found["outcome"], found["blocked_by"]["kind"], found["loopback_port"]) == ("timed_out", kind, None)
    assert page(NAME) == ""


def test_another_port_and_another_name_do_not_answer(site: SimpleNamespace, emulator: Emulator) -> None:
    del site
    assert emulator.connect(NAME, 443)["outcome"] == "timed_out"
    assert emulator.connect("wwww.example.co.jp", 80)["outcome"] == "name_not_found"


def test_a_machine_refuses_where_it_does_not_listen(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any]
) -> None:
    assert emulator.connect(NAME, 22, "203.0.113.10")["outcome"] == "open"
    assert emulator.connect(NAME, 22)["outcome"] == "timed_out"
    everything = [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 65_535, "IpRanges": EVERYBODY}]
    aws("ec2").authorize_security_group_ingress(GroupId=site.web_group, IpPermissions=everything)
    found = emulator.connect(NAME, 8080)
    assert (found["outcome"], found["instance"]) == ("refused", site.web)


def test_with_an_elastic_ip_the_name_holds_over_a_stop_and_a_start(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any], page: Callable[..., str]
) -> None:
    ec2 = aws("ec2")
    ec2.stop_instances(InstanceIds=[site.web])
    emulator.advance(600)
    found = emulator.connect(NAME, 80)
    assert (found["outcome"], found["blocked_by"]["kind"]) == ("timed_out", "instance")
    ec2.start_instances(InstanceIds=[site.web])
    emulator.advance(1800)
    assert "Campaign" in page(NAME)


def test_without_one_the_record_points_to_nobody(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any], ami: str, page: Callable[..., str]
) -> None:
    ec2, route53 = aws("ec2"), aws("route53")
    ec2.modify_subnet_attribute(SubnetId=site.public, MapPublicIpOnLaunch={"Value": True})
    second = launch(ec2, ami, "second", site.public, site.web_group, UserData=USER_DATA)
    emulator.advance(1800)

    def address() -> str:
        told = ec2.describe_instances(InstanceIds=[second])["Reservations"][0]["Instances"][0]
        return str(told["PublicIpAddress"])

    before = address()
    record(route53, site.zone, "second.example.co.jp", before)
    assert "Campaign" in page("second.example.co.jp")
    ec2.stop_instances(InstanceIds=[second])
    emulator.advance(600)
    ec2.start_instances(InstanceIds=[second])
    emulator.advance(1800)
    assert address() != before
    assert "Campaign" in page(address())
    found = emulator.connect("second.example.co.jp", 80)
    assert (found["outcome"], found["address"]) == ("timed_out", before)
    assert "Nobody has the address" in found["explanation"]


def test_ssh_comes_with_a_door(site: SimpleNamespace, emulator: Emulator) -> None:
    del site
    found = emulator.connect(NAME, 22, "203.0.113.10")
    with socket.create_connection(("127.0.0.1", found["loopback_port"]), timeout=10) as client:
        assert client.recv(8) == b"SSH-2.0-"


def test_a_private_zone_says_something_else_inside(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any]
) -> None:
    ec2, route53 = aws("ec2"), aws("route53")
    private = route53.create_hosted_zone(
        Name="example.co.jp",
        CallerReference="inside",
        VPC={"VPCRegion": "ap-northeast-1", "VPCId": site.vpc},
        HostedZoneConfig={"PrivateZone": True},
    )["HostedZone"]["Id"]
    record(route53, private, NAME, "10.0.0.4")
    assert emulator.resolve(NAME, "db")["addresses"] == [site.web_ip], "DNS hostnames are off: the zone is not seen"
    ec2.modify_vpc_attribute(VpcId=site.vpc, EnableDnsHostnames={"Value": True})
    assert emulator.resolve(NAME, "db")["addresses"] == ["10.0.0.4"]
    assert emulator.resolve(NAME)["addresses"] == [site.web_ip]
    assert emulator.resolve("shop.example.co.jp", "db")["code"] == "NXDOMAIN"
    ec2.modify_vpc_attribute(VpcId=site.vpc, EnableDnsSupport={"Value": False})
    assert emulator.resolve(NAME, "db")["code"] == "SERVFAIL"
    assert emulator.resolve(NAME)["code"] == "NOERROR"


def test_the_name_that_ec2_gave(site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any]) -> None:
    ec2 = aws("ec2")
    ec2.modify_vpc_attribute(VpcId=site.vpc, EnableDnsHostnames={"Value": True})
    web = ec2.describe_instances(InstanceIds=[site.web])["Reservations"][0]["Instances"][0]
    assert emulator.resolve(web["PublicDnsName"])["addresses"] == [site.web_ip]
    assert emulator.resolve(web["PublicDnsName"], site.db)["addresses"] == [web["PrivateIpAddress"]]
    assert emulator.resolve(web["PrivateDnsName"], site.db)["addresses"] == [web["PrivateIpAddress"]]
    assert emulator.resolve(web["PrivateDnsName"])["code"] == "NXDOMAIN"
    assert emulator.connect(web["PublicDnsName"], 80)["outcome"] == "open"


def test_route_53_says_what_it_would_answer(site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any]) -> None:
    route53 = aws("route53")

    def said(name: str, kind: str = "A") -> tuple[str, list[str]]:
        told = route53.test_dns_answer(HostedZoneId=site.zone, RecordName=name, RecordType=kind)
        assert (told["RecordName"], told["RecordType"], told["Protocol"]) == (f"{name}.", kind, "UDP")
        assert told["Nameserver"].startswith("ns-")
        return told["ResponseCode"], told["RecordData"]

    assert said(NAME) == ("NOERROR", [site.web_ip])
    assert said("wwww.example.co.jp") == ("NXDOMAIN", [])
    record(route53, site.zone, "shop.example.co.jp", NAME, kind="CNAME")
    assert said("shop.example.co.jp") == ("NOERROR", [NAME, site.web_ip])
    alias = {"HostedZoneId": site.zone.rpartition("/")[2], "DNSName": NAME, "EvaluateTargetHealth": False}
    record(route53, site.zone, "example.co.jp", AliasTarget=alias)
    assert said("example.co.jp") == ("NOERROR", [site.web_ip])
    assert said("example.co.jp", "NS")[0] == "NOERROR"
    assert emulator.resolve("shop.example.co.jp")["chain"] == [NAME]
    assert emulator.connect("example.co.jp", 80)["outcome"] == "open"


def test_route_53_refuses_what_it_does_not_answer(site: SimpleNamespace, aws: Callable[..., Any]) -> None:
    route53 = aws("route53")
    private = route53.create_hosted_zone(
        Name="inside.example",
        CallerReference="refused",
        VPC={"VPCRegion": "ap-northeast-1", "VPCId": site.vpc},
        HostedZoneConfig={"PrivateZone": True},
    )["HostedZone"]["Id"]
    for zone, code in ((private, "InvalidInput"), ("Z0000000000", "NoSuchHostedZone")):
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            route53.test_dns_answer(HostedZoneId=zone, RecordName="x.inside.example", RecordType="A")
        assert caught.value.response["Error"]["Code"] == code


def test_weighted_records_share_the_visitors_also_over_a_restore(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any]
) -> None:
    route53 = aws("route53")
    for identifier, address, weight in (("old", "198.51.100.201", 90), ("new", "198.51.100.202", 10)):
        record(route53, site.zone, "w.example.co.jp", address, SetIdentifier=identifier, Weight=weight)
    asked = [emulator.resolve("w.example.co.jp")["addresses"][0] for _ in range(20)]
    assert 1 <= asked.count("198.51.100.202") <= 3
    emulator.save("weighted")
    after = [emulator.resolve("w.example.co.jp")["addresses"][0] for _ in range(5)]
    emulator.restore("weighted")
    assert [emulator.resolve("w.example.co.jp")["addresses"][0] for _ in range(5)] == after


def test_the_ports_are_told(emulator: Emulator, emulator_home: Path) -> None:
    status = emulator.status()
    told = json.loads((emulator_home / "emulator.json").read_text())
    assert {name: told[name] for name in ("http_port", "tls_port")} == {
        name: status[name] for name in ("http_port", "tls_port")
    }
    assert Path(status["ca_file"]).read_text().startswith("-----BEGIN CERTIFICATE-----")


@pytest.mark.parametrize(
    ("host", "port", "source", "problem"),
    [("www", 0, "internet", "0 is no port"), ("", 80, "internet", "the host"), ("www", 80, "cafe", "cafe")],
)
def test_what_cannot_be_asked_is_refused_in_words(
    host: str, port: int, source: str, problem: str, emulator: Emulator
) -> None:
    with pytest.raises(EmulatorError, match=problem):
        emulator.connect(host, port, source)


def test_an_outage_of_an_availability_zone_stops_the_page(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any]
) -> None:
    web = aws("ec2").describe_instances(InstanceIds=[site.web])["Reservations"][0]["Instances"][0]
    emulator.damage("az", web["Placement"]["AvailabilityZone"], None)
    found = emulator.connect(NAME, 80)
    assert (found["outcome"], found["blocked_by"]["id"]) == ("timed_out", site.web)
    emulator.heal()
    emulator.advance(1800)  # the machine starts again
    assert emulator.connect(NAME, 80)["outcome"] == "open"


@pytest.mark.slow
def test_names_and_the_authority_outlive_the_process(home: Path, start: Callable[..., Emulator]) -> None:
    first = start()
    route53 = client(first, "route53")
    zone = route53.create_hosted_zone(Name="example.co.jp", CallerReference="kept")["HostedZone"]["Id"]
    record(route53, zone, NAME, "198.51.100.9")
    authority = Path(first.ca_file).read_bytes()
    first.shutdown()
    second = start()
    assert second.pid != first.pid
    assert second.resolve(NAME)["addresses"] == ["198.51.100.9"]
    assert Path(second.ca_file).read_bytes() == authority
    told = json.loads((home / "emulator.json").read_text())
    assert (told["http_port"], told["tls_port"]) == (second.http_port, second.tls_port)


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not on this machine")
def test_curl_reaches_the_site_as_the_documents_say(site: SimpleNamespace, emulator: Emulator) -> None:
    del site
    command = ["curl", "-sS", "--max-time", "10", "-H", f"Host: {NAME}", f"http://127.0.0.1:{emulator.http_port}/"]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout
    assert "Campaign" in shown
    proxied = ["curl", "-sS", "--max-time", "10", "-x", f"http://127.0.0.1:{emulator.http_port}", f"http://{NAME}/"]
    assert "Campaign" in subprocess.run(proxied, capture_output=True, text=True, timeout=30, check=True).stdout
    blocked = [*command[:5], f"Host: wwww{NAME}", command[-1]]
    assert subprocess.run(blocked, capture_output=True, timeout=30, check=False).returncode == 52, "an empty reply"
