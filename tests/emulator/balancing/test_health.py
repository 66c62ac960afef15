"""Target health on the clock: when states change, to the second, and that quiet days are cheap."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from aws14.cloud.process import Emulator
from aws14.emulator.durations import typical_s
from tests.emulator.balancing.balanced_site import INTERVAL, forward, listen, target_group
from tests.emulator.conftest import tcp

Health = Callable[..., list[tuple[str, str]]]
TIMEOUT, HEALTHY, UNHEALTHY = 4, 3, 2
FIRST = "ELB target registered to first health check"


def changes(
    emulator: Emulator, health: Health, arn: str = "", *, seconds: int, step: float = 1.0
) -> list[tuple[float, str, str]]:
    """Seconds, state and reason of the first target, each time they differ from before."""
    seen: list[tuple[float, str, str]] = []
    for tick in range(int(seconds / step) + 1):
        state = health(arn)[0] if health(arn) else ("", "")
        if not seen or seen[-1][1:] != state:
            seen.append((tick * step, *state))
        emulator.advance(step)
    return seen


def test_a_new_target_is_healthy_with_its_first_check(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any], health: Health
) -> None:
    arn = target_group(aws("elbv2"), site, "more")
    aws("elbv2").register_targets(TargetGroupArn=arn, Targets=[{"Id": site.webs[0]}])
    assert health(arn) == [("unused", "Target.NotInUse")]
    listen(aws("elbv2"), site, 8080, [forward(arn)])
    seen = changes(emulator, health, arn, seconds=20)
    assert [each[1:] for each in seen] == [("initial", "Elb.RegistrationInProgress"), ("healthy", "")]
    assert seen[1][0] == pytest.approx(typical_s(FIRST), abs=1.1)


def test_a_target_that_never_answers_is_unhealthy_after_its_threshold(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any], health: Health
) -> None:
    arn = target_group(aws("elbv2"), site, "walled", Port=81)
    aws("elbv2").register_targets(TargetGroupArn=arn, Targets=[{"Id": site.webs[0]}])
    listen(aws("elbv2"), site, 8080, [forward(arn)])
    seen = changes(emulator, health, arn, seconds=40)
    assert [each[1:] for each in seen] == [
        ("initial", "Elb.RegistrationInProgress"),
        ("initial", "Elb.InitialHealthChecking"),
        ("unhealthy", "Target.Timeout"),
    ]
    expected = typical_s(FIRST) + INTERVAL * (UNHEALTHY - 1) + TIMEOUT
    assert seen[2][0] == pytest.approx(expected, abs=1.1)


@pytest.mark.parametrize(
    ("changed", "reason", "description"),
    [
        ({"HealthCheckPath": "/none"}, "Target.ResponseCodeMismatch", "Health checks failed with these codes: [404]"),
        (
            {"Matcher": {"HttpCode": "201-299"}},
            "Target.ResponseCodeMismatch",
            "Health checks failed with these codes: [200]",
        ),
        ({"HealthCheckPort": "8081"}, "Target.Timeout", "Request timed out"),
        ({"HealthCheckProtocol": "HTTPS"}, "Target.FailedHealthChecks", "Health checks failed"),
    ],
)
def test_reasons(
    changed: dict[str, Any],
    reason: str,
    description: str,
    site: SimpleNamespace,
    emulator: Emulator,
    aws: Callable[..., Any],
) -> None:
    elbv2 = aws("elbv2")
    elbv2.modify_target_group(TargetGroupArn=site.targets, **changed)
    emulator.advance(INTERVAL * UNHEALTHY + TIMEOUT)
    told = elbv2.describe_target_health(TargetGroupArn=site.targets)["TargetHealthDescriptions"][0]["TargetHealth"]
    assert told == {"State": "unhealthy", "Reason": reason, "Description": description}


def test_both_thresholds_count_whole_intervals(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any], health: Health
) -> None:
    rules = {"GroupId": site.web_group, "IpPermissions": tcp(80, UserIdGroupPairs=[{"GroupId": site.elb_group}])}
    emulator.advance(1234.5)
    aws("ec2").revoke_security_group_ingress(**rules)
    down = changes(emulator, health, seconds=40, step=0.5)
    assert [each[1] for each in down] == ["healthy", "unhealthy"]
    # The first check after the change comes within one interval; the last one needed is heard after its time-out.
    least = INTERVAL * (UNHEALTHY - 1) + TIMEOUT
    assert least <= down[1][0] <= least + INTERVAL + 0.5
    aws("ec2").authorize_security_group_ingress(**rules)
    up = changes(emulator, health, seconds=60, step=0.5)
    assert [each[1] for each in up] == ["unhealthy", "healthy"]
    least = INTERVAL * (HEALTHY - 1)
    assert least <= up[1][0] <= least + INTERVAL + 0.5


def test_a_change_that_is_over_before_the_next_check_is_not_seen(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any], health: Health
) -> None:
    rules = {"GroupId": site.web_group, "IpPermissions": tcp(80, UserIdGroupPairs=[{"GroupId": site.elb_group}])}
    emulator.advance(100)
    aws("ec2").revoke_security_group_ingress(**rules)
    emulator.advance(INTERVAL)  # one check fails, one is not enough
    aws("ec2").authorize_security_group_ingress(**rules)
    seen = changes(emulator, health, seconds=60)
    assert [each[1] for each in seen] == ["healthy"]


def test_a_quiet_day_runs_no_checks(site: SimpleNamespace, emulator: Emulator, health: Health) -> None:
    emulator.advance(60)
    _, events = emulator.advance(86_400)
    assert len([name for _, name in events if name.startswith("target_health.")]) <= 4
    assert health() == [("healthy", "")] * 2
    del site


def test_what_happens_in_a_quiet_day_is_seen_in_time(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any], health: Health
) -> None:
    emulator.damage("instance", site.webs[0], 3600)
    emulator.advance(INTERVAL * UNHEALTHY + TIMEOUT + 1)
    assert health()[0] == ("unhealthy", "Target.Timeout")
    _, events = emulator.advance(7200)
    checks = [t for t, name in events if name == "target_health.checks"]
    assert health()[0] == ("healthy", ""), "the failure ended by itself, the machine booted"
    assert len(checks) < 60, "two hours have 1440"
    del aws


def test_a_deregistered_target_drains_for_its_delay(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any], health: Health
) -> None:
    elbv2 = aws("elbv2")
    elbv2.modify_target_group_attributes(
        TargetGroupArn=site.targets, Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}]
    )
    elbv2.deregister_targets(TargetGroupArn=site.targets, Targets=[{"Id": site.webs[0]}])
    assert health() == [("draining", "Target.DeregistrationInProgress"), ("healthy", "")]
    emulator.advance(29)
    assert len(health()) == 2
    emulator.advance(2)
    assert health() == [("healthy", "")]
    asked = elbv2.describe_target_health(TargetGroupArn=site.targets, Targets=[{"Id": site.webs[0]}])
    assert asked["TargetHealthDescriptions"][0]["TargetHealth"]["Reason"] == "Target.NotRegistered"


def test_one_that_comes_back_while_draining_begins_again(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any], health: Health
) -> None:
    target = {"TargetGroupArn": site.targets, "Targets": [{"Id": site.webs[0]}]}
    aws("elbv2").deregister_targets(**target)
    aws("elbv2").register_targets(**target)
    assert health()[0][0] == "initial"
    emulator.advance(400)
    assert health() == [("healthy", "")] * 2, "the old delay has no say any more"


def test_a_stopped_instance_is_unused_and_comes_back(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any], health: Health
) -> None:
    aws("ec2").stop_instances(InstanceIds=[site.webs[0]])
    assert health()[0] == ("unused", "Target.InvalidState")
    emulator.advance(300)
    aws("ec2").start_instances(InstanceIds=[site.webs[0]])
    emulator.advance(600)
    assert health()[0] == ("healthy", "")


def test_a_terminated_instance_leaves(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any], health: Health
) -> None:
    aws("ec2").terminate_instances(InstanceIds=[site.webs[0]])
    emulator.advance(1)
    assert health() == [("healthy", "")]


def test_a_group_without_a_listener_is_not_in_use_any_more(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any], health: Health
) -> None:
    aws("elbv2").delete_listener(ListenerArn=site.listener)
    assert health() == [("unused", "Target.NotInUse")] * 2
    emulator.advance(100)
    assert health() == [("unused", "Target.NotInUse")] * 2


def test_health_goes_with_a_save(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any], health: Health
) -> None:
    aws("ec2").revoke_security_group_ingress(
        GroupId=site.web_group, IpPermissions=tcp(80, UserIdGroupPairs=[{"GroupId": site.elb_group}])
    )
    emulator.advance(5)
    emulator.save("half-noticed")
    emulator.advance(60)
    assert health()[0][0] == "unhealthy"
    emulator.restore("half-noticed")
    assert health()[0][0] == "healthy"
    emulator.advance(60)
    assert health()[0][0] == "unhealthy"


def test_each_change_costs_one_check_a_target(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any]
) -> None:
    emulator.advance(60)
    for _ in range(3):
        aws("ec2").create_tags(Resources=[site.vpc], Tags=[{"Key": "hour", "Value": "x"}])
        _, events = emulator.advance(3600)
        assert len([name for _, name in events if name.startswith("target_health.")]) == 2


def test_cloudwatch_counts_healthy_hosts_and_its_alarms_hear(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any]
) -> None:
    group = aws("elbv2").describe_target_groups()["TargetGroups"][0]
    arns = {"LoadBalancer": group["LoadBalancerArns"][0], "TargetGroup": group["TargetGroupArn"]}
    names = {key: arn.rsplit(":", 1)[-1].removeprefix("loadbalancer/") for key, arn in arns.items()}
    metric = {
        "Namespace": "AWS/ApplicationELB",
        "MetricName": "HealthyHostCount",
        "Dimensions": [{"Name": key, "Value": value} for key, value in names.items()],
        "Statistic": "Minimum",
    }
    rule = {"Period": 60, "EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "LessThanThreshold"}
    aws("cloudwatch").put_metric_alarm(AlarmName="all-ill", TreatMissingData="breaching", **metric, **rule)

    def state() -> str:
        return str(aws("cloudwatch").describe_alarms(AlarmNames=["all-ill"])["MetricAlarms"][0]["StateValue"])

    emulator.advance(180)
    assert state() == "OK"
    aws("ec2").stop_instances(InstanceIds=list(site.webs))
    emulator.advance(240)
    assert state() == "ALARM"
    aws("ec2").start_instances(InstanceIds=list(site.webs))
    emulator.advance(300)
    assert state() == "OK"
