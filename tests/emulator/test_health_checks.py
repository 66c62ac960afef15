"""Route 53's health checks: they look at what is there, and names answer accordingly."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from aws14.cloud.process import Emulator
from tests.emulator.dataplane.site_builder import USER_DATA, launch, record

NAME, AWAY = "shop.example.jp", "203.0.113.77"


@pytest.fixture(scope="session")
def built_once() -> dict[str, Any]:
    return {}


@pytest.fixture
def site(
    emulator: Emulator,
    aws: Callable[..., Any],
    built_once: dict[str, Any],
    request: pytest.FixtureRequest,
) -> SimpleNamespace:
    """A web server with a page and an address, and a zone."""
    if built_once:
        emulator.restore("checked-site")
        return SimpleNamespace(**built_once)
    net = request.getfixturevalue("small_network")
    ec2, route53 = aws("ec2"), aws("route53")
    ami = request.getfixturevalue("ami")
    net.page = launch(ec2, ami, "page", net.public, net.web_group, UserData=USER_DATA)
    address = ec2.allocate_address(Domain="vpc")
    net.ip = address["PublicIp"]
    ec2.associate_address(AllocationId=address["AllocationId"], InstanceId=net.page)
    net.zone = route53.create_hosted_zone(Name="example.jp", CallerReference="c")["HostedZone"]["Id"]
    emulator.advance(600)
    built_once |= vars(net)
    emulator.save("checked-site")
    return net


@pytest.fixture
def route53(aws: Callable[..., Any]) -> Any:
    return aws("route53")


def check(route53: Any, **config: Any) -> str:
    reference = str(sorted(config.items()))[:60]
    made = route53.create_health_check(CallerReference=reference, HealthCheckConfig=config)
    return str(made["HealthCheck"]["Id"])


def of(site: SimpleNamespace, **more: Any) -> dict[str, Any]:
    return {"IPAddress": site.ip, "Port": 80, "Type": "HTTP", "RequestInterval": 10, "FailureThreshold": 3, **more}


def status(route53: Any, key: str) -> str:
    seen = route53.get_health_check_status(HealthCheckId=key)["HealthCheckObservations"]
    assert len({each["Region"] for each in seen}) == 8
    return str(seen[0]["StatusReport"]["Status"])


def pair(route53: Any, site: SimpleNamespace, key: str) -> None:
    record(route53, site.zone, NAME, site.ip, SetIdentifier="a", Failover="PRIMARY", HealthCheckId=key, TTL=30)
    record(route53, site.zone, NAME, AWAY, SetIdentifier="b", Failover="SECONDARY", TTL=30)


def answers(emulator: Emulator) -> str:
    return str(emulator.resolve(NAME)["addresses"][0])


@pytest.mark.parametrize(("interval", "threshold"), [(10, 3), (30, 2), (30, 1)])
def test_the_name_moves_after_interval_times_threshold_and_back(
    interval: int, threshold: int, site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any], route53: Any
) -> None:
    key = check(route53, **of(site, RequestInterval=interval, FailureThreshold=threshold))
    pair(route53, site, key)
    emulator.advance(600.5 - emulator.status()["now"] % 1)
    assert status(route53, key).startswith("Success: HTTP Status Code 200, OK. Resolved IP: ")
    assert answers(emulator) == site.ip
    emulator.damage("instance", site.page, 900)
    began = emulator.status()["now"]
    while answers(emulator) == site.ip:
        assert emulator.status()["now"] - began < 200
        emulator.advance(1)
    moved = emulator.status()["now"] - began
    assert interval * (threshold - 1) <= moved <= interval * threshold + 3
    assert "Connection timed out" in status(route53, key)
    emulator.advance(3600)
    assert answers(emulator) == site.ip
    reason = route53.get_health_check_last_failure_reason(HealthCheckId=key)["HealthCheckObservations"]
    assert reason[0]["StatusReport"]["Status"].startswith("Failure: Connection ")


def test_a_quiet_day_costs_no_probes(site: SimpleNamespace, emulator: Emulator, route53: Any) -> None:
    key = check(route53, **of(site))
    emulator.advance(600)
    _, events = emulator.advance(86_400)
    assert sum(name == "health_checks.probes" for _, name in events) < 10
    assert status(route53, key).startswith("Success")


def test_statuses_of_all_kinds(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any], route53: Any
) -> None:
    kinds = {
        "page": of(site),
        "missing": of(site, ResourcePath="/nothing"),
        "string": of(site, Type="HTTP_STR_MATCH", SearchString="Campaign"),
        "other string": of(site, Type="HTTP_STR_MATCH", SearchString="Order"),
        "connection": of(site, Type="TCP"),
        "closed port": of(site, Type="TCP", Port=8080),
        "no name": {"FullyQualifiedDomainName": "nobody.example.jp", "Type": "HTTP"},
        "not TLS": of(site, Type="HTTPS", Port=80),
    }
    keys = {name: check(route53, **config) for name, config in kinds.items()}
    emulator.advance(300)
    told = {name: status(route53, key) for name, key in keys.items()}
    passed = {name for name, text in told.items() if text.startswith("Success")}
    assert passed == {"page", "string", "connection"}
    assert "404, Not Found" in told["missing"]
    assert "NXDomain" in told["no name"]


def test_inside_addresses_are_refused_and_inside_names_never_healthy(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any], route53: Any
) -> None:
    with pytest.raises(ClientError) as caught:
        check(route53, **of(site, IPAddress="10.0.0.4"))
    assert caught.value.response["Error"]["Code"] == "InvalidInput"
    record(route53, site.zone, "inside.example.jp", site.web_address)
    key = check(route53, FullyQualifiedDomainName="inside.example.jp", Type="HTTP", RequestInterval=10)
    pair(route53, site, key)
    emulator.advance(120)
    assert "Connection timed out" in status(route53, key)
    assert answers(emulator) == AWAY


def test_inverted_disabled_and_changed(site: SimpleNamespace, emulator: Emulator, route53: Any) -> None:
    key = check(route53, **of(site, Inverted=True))
    pair(route53, site, key)
    emulator.advance(120)
    assert answers(emulator) == AWAY
    changed = route53.update_health_check(HealthCheckId=key, Inverted=False)["HealthCheck"]
    assert changed["HealthCheckVersion"] == 2
    assert answers(emulator) == site.ip
    route53.update_health_check(HealthCheckId=key, ResourcePath="/nothing")
    emulator.advance(120)
    assert answers(emulator) == AWAY
    route53.update_health_check(HealthCheckId=key, Disabled=True)
    assert answers(emulator) == site.ip


def test_calculated_checks_count(site: SimpleNamespace, emulator: Emulator, route53: Any) -> None:
    well, ill = check(route53, **of(site)), check(route53, **of(site, ResourcePath="/nothing"))
    both = check(route53, Type="CALCULATED", ChildHealthChecks=[well, ill], HealthThreshold=2)
    pair(route53, site, both)
    emulator.advance(120)
    assert answers(emulator) == AWAY
    route53.update_health_check(HealthCheckId=both, HealthThreshold=1)
    assert answers(emulator) == site.ip
    with pytest.raises(ClientError, match="no health checkers"):
        route53.get_health_check_status(HealthCheckId=both)


def test_alarm_checks_follow_their_alarm(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any], route53: Any
) -> None:
    cloudwatch = aws("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="healthy-hosts",
        Namespace="Course",
        MetricName="Healthy",
        Statistic="Minimum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="LessThanThreshold",
    )
    alarm = {"Region": "ap-northeast-1", "Name": "healthy-hosts"}
    keys = {
        each: check(route53, Type="CLOUDWATCH_METRIC", AlarmIdentifier=alarm, InsufficientDataHealthStatus=each)
        for each in ("Healthy", "Unhealthy", "LastKnownStatus")
    }
    shown = route53.get_health_check(HealthCheckId=keys["Unhealthy"])["HealthCheck"]["HealthCheckConfig"]
    assert shown["AlarmIdentifier"] == alarm
    assert shown["InsufficientDataHealthStatus"] == "Unhealthy"

    def all_of(state: str) -> dict[str, bool]:
        cloudwatch.set_alarm_state(AlarmName="healthy-hosts", StateValue=state, StateReason="test")
        found = {}
        for each, key in keys.items():
            pair(route53, site, key)
            found[each] = answers(emulator) == site.ip
        return found

    assert set(all_of("OK").values()) == {True}
    assert all_of("INSUFFICIENT_DATA") == {"Healthy": True, "Unhealthy": False, "LastKnownStatus": True}
    assert set(all_of("ALARM").values()) == {False}
    assert all_of("INSUFFICIENT_DATA") == {"Healthy": True, "Unhealthy": False, "LastKnownStatus": False}


def test_a_record_is_deleted_by_its_name_too(site: SimpleNamespace, emulator: Emulator, route53: Any) -> None:
    for name in ("a.example.jp", "b.example.jp"):
        record(route53, site.zone, name, site.ip, SetIdentifier="same", Weight=1, TTL=30)
    told = {
        "Name": "a.example.jp",
        "Type": "A",
        "SetIdentifier": "same",
        "Weight": 1,
        "TTL": 30,
        "ResourceRecords": [{"Value": site.ip}],
    }
    route53.change_resource_record_sets(
        HostedZoneId=site.zone, ChangeBatch={"Changes": [{"Action": "DELETE", "ResourceRecordSet": told}]}
    )
    assert emulator.resolve("a.example.jp")["code"] == "NXDOMAIN"
    assert emulator.resolve("b.example.jp")["addresses"] == [site.ip]


def test_a_machine_keeps_an_old_answer_for_its_ttl(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any], route53: Any
) -> None:
    aws("ec2").modify_vpc_attribute(VpcId=site.vpc, EnableDnsHostnames={"Value": True})
    record(route53, site.zone, NAME, site.ip, TTL=60)

    def called(source: str) -> str:
        return str(emulator.connect(NAME, 80, source)["address"])

    assert [called("db"), called("internet")] == [site.ip, site.ip]
    record(route53, site.zone, NAME, AWAY, TTL=60)
    emulator.advance(50)
    assert [called("db"), called("web"), called("internet")] == [site.ip, AWAY, AWAY]
    emulator.advance(15)
    assert called("db") == AWAY
