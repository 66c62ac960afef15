"""Requests through a load balancer: rules, turns, stickiness, and what comes when targets do not answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import pytest

from aws14.cloud.process import Emulator
from tests.emulator.balancing.balanced_site import EVERYBODY, INTERVAL, forward, listen, target_group
from tests.emulator.conftest import tcp

Get = Callable[..., Any]


def fixed(text: str, status: str = "200") -> list[dict[str, Any]]:
    config = {"StatusCode": status, "MessageBody": text, "ContentType": "text/plain"}
    return [{"Type": "fixed-response", "FixedResponseConfig": config}]


def rule(aws: Callable[..., Any], site: SimpleNamespace, priority: int, actions: list[Any], **condition: Any) -> None:
    aws("elbv2").create_rule(ListenerArn=site.listener, Priority=priority, Conditions=[condition], Actions=actions)


def test_targets_take_turns(site: SimpleNamespace, get: Get) -> None:
    pages = [get(f"http://{site.dns}/").text for _ in range(8)]
    assert Counter(pages) == {"server a\n": 4, "server c\n": 4}
    assert all(one != other for one, other in pairwise(pages))


def test_rules_go_by_priority_not_by_age(site: SimpleNamespace, aws: Callable[..., Any], get: Get) -> None:
    rule(aws, site, 20, fixed("late"), Field="path-pattern", Values=["/images/*"])
    rule(aws, site, 10, fixed("early"), Field="path-pattern", Values=["/images/*.svg"])
    assert get(f"http://{site.dns}/images/logo.svg").text == "early"
    assert get(f"http://{site.dns}/images/logo.png").text == "late"
    assert get(f"http://{site.dns}/Images/logo.png").status == 404, "paths are compared with case"
    answer = get(f"http://{site.dns}/images/x?y=.svg")
    assert answer.text == "late", "the query is no part of the path"
    assert answer.all("Server") == ["awselb/2.0"]


@pytest.mark.parametrize(
    ("condition", "fitting", "other"),
    [
        (
            {"Field": "host-header", "HostHeaderConfig": {"Values": ["*.example.jp"]}},
            {"headers": {"Host": "WWW.example.jp:80"}},
            {"headers": {"Host": "example.jp"}},
        ),
        (
            {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Kind", "Values": ["b?d", "new*"]}},
            {"headers": {"x-kind": "NEWER"}},
            {"headers": {"x-kind": "bread"}},
        ),
        (
            {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["HEAD"]}},
            {"method": "HEAD"},
            {"method": "GET"},
        ),
        (
            {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "lang", "Value": "j*"}]}},
            {"path": "/?a=1&lang=JA"},
            {"path": "/?lang=en&a=j"},
        ),
        (
            {"Field": "source-ip", "SourceIpConfig": {"Values": ["203.0.113.0/25"]}},
            {"source": "203.0.113.9"},
            {"source": "203.0.113.130"},
        ),
    ],
)
def test_each_condition(
    condition: dict[str, Any],
    fitting: dict[str, Any],
    other: dict[str, Any],
    site: SimpleNamespace,
    aws: Callable[..., Any],
    get: Get,
) -> None:
    aws("elbv2").create_rule(ListenerArn=site.listener, Priority=1, Conditions=[condition], Actions=fixed("met", "403"))
    for asked, status in ((fitting, 403), (other, 200)):
        path = asked.get("path", "/")
        rest = {key: value for key, value in asked.items() if key != "path"}
        assert get(f"http://{site.dns}{path}", **rest).status == status, asked


def test_conditions_of_a_rule_all_have_to_hold(site: SimpleNamespace, aws: Callable[..., Any], get: Get) -> None:
    conditions = [
        {"Field": "path-pattern", "Values": ["/a*"]},
        {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Kind", "Values": ["x"]}},
    ]
    aws("elbv2").create_rule(ListenerArn=site.listener, Priority=1, Conditions=conditions, Actions=fixed("both"))
    assert get(f"http://{site.dns}/a").status == 404
    assert get(f"http://{site.dns}/a", headers={"X-Kind": "x"}).text == "both"


def test_a_redirect_fills_in_what_it_does_not_say(site: SimpleNamespace, aws: Callable[..., Any], get: Get) -> None:
    config = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
    listen(aws("elbv2"), site, 8080, [{"Type": "redirect", "RedirectConfig": config}])
    answer = get(f"http://{site.dns}:8080/a/b?c=d")
    assert (answer.status, answer.all("Location")) == (301, [f"https://{site.dns}:443/a/b?c=d"])
    whole = {
        "Host": "new.#{host}", "Path": "/old/#{path}", "Query": "was=#{query}", "StatusCode": "HTTP_302",
    }  # fmt: skip
    rule(aws, site, 1, [{"Type": "redirect", "RedirectConfig": whole}], Field="path-pattern", Values=["/go"])
    answer = get(f"http://{site.dns}/go?x=1")
    assert (answer.status, answer.all("Location")) == (302, [f"http://new.{site.dns}:80/old/go?was=x=1"])


def test_weights_share_the_requests(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any], get: Get
) -> None:
    elbv2 = aws("elbv2")
    blue, green = (target_group(elbv2, site, name) for name in ("blue", "green"))
    for arn, web in ((blue, site.webs[0]), (green, site.webs[1])):
        elbv2.register_targets(TargetGroupArn=arn, Targets=[{"Id": web}])
    groups = [{"TargetGroupArn": blue, "Weight": 9}, {"TargetGroupArn": green, "Weight": 1}]

    def split(**more: Any) -> None:
        action = [{"Type": "forward", "ForwardConfig": {"TargetGroups": groups, **more}}]
        elbv2.modify_listener(ListenerArn=site.listener, DefaultActions=action)

    split()
    emulator.advance(60)
    assert Counter(get(f"http://{site.dns}/").text for _ in range(20)) == {"server a\n": 18, "server c\n": 2}
    split(TargetGroupStickinessConfig={"Enabled": True, "DurationSeconds": 600})
    first = get(f"http://{site.dns}/")
    crumbs = [line.partition(";")[0] for line in first.all("Set-Cookie")]
    assert {each.partition("=")[0] for each in crumbs} == {"AWSALBTG", "AWSALBTGCORS"}
    kept = {"Cookie": "; ".join(crumbs)}
    assert {get(f"http://{site.dns}/", headers=kept).text for _ in range(12)} == {first.text}
    emulator.advance(601)
    assert len({get(f"http://{site.dns}/", headers=kept).text for _ in range(12)}) == 2


def stick(aws: Callable[..., Any], site: SimpleNamespace, **attributes: str) -> None:
    told = {"stickiness.enabled": "true", "stickiness.type": "lb_cookie", **attributes}
    aws("elbv2").modify_target_group_attributes(
        TargetGroupArn=site.targets, Attributes=[{"Key": key, "Value": value} for key, value in told.items()]
    )


def test_a_sticky_group_keeps_its_clients_for_its_duration(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any], get: Get
) -> None:
    assert get(f"http://{site.dns}/").all("Set-Cookie") == []
    stick(aws, site, **{"stickiness.lb_cookie.duration_seconds": "100"})
    first = get(f"http://{site.dns}/")
    crumb = next(line for line in first.all("Set-Cookie") if line.startswith("AWSALB="))
    assert "Path=/" in crumb
    assert "Expires=" in crumb
    kept = {"Cookie": f"other=1; {crumb.partition(';')[0]}"}
    assert {get(f"http://{site.dns}/", headers=kept).text for _ in range(6)} == {first.text}
    emulator.advance(101)
    assert len({get(f"http://{site.dns}/", headers=kept).text for _ in range(6)}) == 2
    spoilt = {"Cookie": "AWSALB=nonsense"}
    assert len({get(f"http://{site.dns}/", headers=spoilt).text for _ in range(6)}) == 2


def test_a_client_of_a_target_that_is_gone_gets_another_one(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any], get: Get
) -> None:
    stick(aws, site)
    first = get(f"http://{site.dns}/")
    kept = {"Cookie": first.all("Set-Cookie")[-1].partition(";")[0]}
    web = site.webs[0 if "a" in first.text.split()[1] else 1]
    aws("elbv2").deregister_targets(TargetGroupArn=site.targets, Targets=[{"Id": web}])
    emulator.advance(1)
    moved = get(f"http://{site.dns}/", headers=kept)
    assert moved.status == 200
    assert moved.text != first.text
    again = {"Cookie": moved.all("Set-Cookie")[-1].partition(";")[0]}
    assert get(f"http://{site.dns}/", headers=again).text == moved.text


def test_no_targets_is_503(site: SimpleNamespace, aws: Callable[..., Any], get: Get) -> None:
    aws("elbv2").deregister_targets(TargetGroupArn=site.targets, Targets=[{"Id": each} for each in site.webs])
    answer = get(f"http://{site.dns}/")
    assert (answer.status, answer.all("Server")) == (503, ["awselb/2.0"])
    assert "<h1>503 Service Temporarily Unavailable</h1>" in answer.text


def test_a_target_that_refuses_is_502(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any], get: Get
) -> None:
    aws("ec2").authorize_security_group_ingress(
        GroupId=site.web_group, IpPermissions=tcp(81, UserIdGroupPairs=[{"GroupId": site.elb_group}])
    )
    arn = target_group(aws("elbv2"), site, "wrong-port", Port=81)
    aws("elbv2").register_targets(TargetGroupArn=arn, Targets=[{"Id": site.webs[0]}])
    rule(aws, site, 1, [forward(arn)], Field="path-pattern", Values=["/wrong"])
    emulator.advance(60)
    answer = get(f"http://{site.dns}/wrong")
    assert (answer.status, "<h1>502 Bad Gateway</h1>" in answer.text) == (502, True)


def test_a_wall_before_all_targets_is_504_by_fail_open(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any], get: Get, health: Callable[..., Any]
) -> None:
    aws("ec2").revoke_security_group_ingress(
        GroupId=site.web_group, IpPermissions=tcp(80, UserIdGroupPairs=[{"GroupId": site.elb_group}])
    )
    assert get(f"http://{site.dns}/").status == 504
    emulator.advance(60)
    assert health() == [("unhealthy", "Target.Timeout")] * 2
    answer = get(f"http://{site.dns}/")
    assert (answer.status, "<h1>504 Gateway Time-out</h1>" in answer.text) == (504, True)


def test_a_rule_for_one_subnet_covers_half_of_the_load_balancer(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any], get: Get
) -> None:
    ec2 = aws("ec2")
    ec2.revoke_security_group_ingress(
        GroupId=site.web_group, IpPermissions=tcp(80, UserIdGroupPairs=[{"GroupId": site.elb_group}])
    )
    half = tcp(80, IpRanges=[{"CidrIp": "10.0.0.0/24"}])
    ec2.authorize_security_group_ingress(GroupId=site.web_group, IpPermissions=half)
    emulator.advance(60)
    assert Counter(get(f"http://{site.dns}/").status for _ in range(8)) == {200: 4, 504: 4}
    ec2.authorize_security_group_ingress(GroupId=site.web_group, IpPermissions=tcp(80, IpRanges=EVERYBODY))
    emulator.advance(60)
    assert {get(f"http://{site.dns}/").status for _ in range(8)} == {200}


def test_a_dark_zone_costs_half_of_the_requests_until_it_is_noticed(
    site: SimpleNamespace, emulator: Emulator, get: Get, health: Callable[..., Any]
) -> None:
    emulator.damage("az", "ap-northeast-1a", None)
    assert Counter(get(f"http://{site.dns}/").status for _ in range(8)) == {200: 4, 504: 4}
    emulator.advance(3 * INTERVAL)
    assert health() == [("unhealthy", "Target.Timeout"), ("healthy", "")]
    assert {get(f"http://{site.dns}/").status for _ in range(8)} == {200}


def test_nodes_keep_to_their_zone_where_the_group_says_so(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any], get: Get
) -> None:
    attributes = [{"Key": "load_balancing.cross_zone.enabled", "Value": "false"}]
    aws("elbv2").modify_target_group_attributes(TargetGroupArn=site.targets, Attributes=attributes)
    for address, text in zip(
        sorted(emulator.resolve(site.dns)["addresses"]), ("server a\n", "server c\n"), strict=True
    ):
        assert {get(f"http://{address}/").text for _ in range(4)} == {text}


def test_a_target_that_starts_slowly_gets_its_share_by_and_by(
    site: SimpleNamespace, emulator: Emulator, aws: Callable[..., Any], get: Get
) -> None:
    elbv2 = aws("elbv2")
    elbv2.modify_target_group_attributes(
        TargetGroupArn=site.targets, Attributes=[{"Key": "slow_start.duration_seconds", "Value": "900"}]
    )
    emulator.advance(1000)
    elbv2.deregister_targets(TargetGroupArn=site.targets, Targets=[{"Id": site.webs[1]}])
    elbv2.register_targets(TargetGroupArn=site.targets, Targets=[{"Id": site.webs[1]}])
    emulator.advance(300)
    early = Counter(get(f"http://{site.dns}/").text for _ in range(20))["server c\n"]
    emulator.advance(700)
    late = Counter(get(f"http://{site.dns}/").text for _ in range(20))["server c\n"]
    assert 4 <= early <= 6, "a third of a full share: one in four"
    assert late == 10
