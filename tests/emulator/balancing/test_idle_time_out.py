"""A page that takes its time behind a load balancer, and whom it takes for its client."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from aws14.cloud.process import Emulator
from tests.emulator.balancing.balanced_site import forward, listen, target_group

Get = Callable[..., Any]
PHP_PAGE = """#!/bin/bash
dnf install -y httpd php
cat > /var/www/html/index.php <<'EOF'
<?php sleep((int) ($_GET['s'] ?? 0)); echo $_SERVER['REMOTE_ADDR'];
EOF
echo ok > /var/www/html/health.html
systemctl enable --now httpd
"""


@pytest.fixture
def sleeper(site: SimpleNamespace, aws: Callable[..., Any], emulator: Emulator) -> str:
    """Host and port of a listener in front of a server whose page sleeps as long as one asks it to."""
    ec2, elbv2 = aws("ec2"), aws("elbv2")
    image = ec2.describe_instances(InstanceIds=site.webs[:1])["Reservations"][0]["Instances"][0]["ImageId"]
    where = {"SubnetId": site.web_subnets["a"], "SecurityGroupIds": [site.web_group]}
    kind = {"ImageId": image, "InstanceType": "t3.small", "MinCount": 1, "MaxCount": 1}
    started = ec2.run_instances(**kind, **where, UserData=PHP_PAGE)["Instances"][0]["InstanceId"]
    emulator.advance(900)
    arn = target_group(elbv2, site, "sleepers")
    elbv2.register_targets(TargetGroupArn=arn, Targets=[{"Id": started}])
    listen(elbv2, site, 8080, [forward(arn)])
    emulator.advance(60)
    return f"{site.dns}:8080"


def test_a_page_that_takes_longer_than_the_idle_time_out_is_a_504(
    sleeper: str, site: SimpleNamespace, aws: Callable[..., Any], get: Get
) -> None:
    elbv2 = aws("elbv2")
    told = elbv2.describe_load_balancer_attributes(LoadBalancerArn=site.alb)["Attributes"]
    assert {"Key": "idle_timeout.timeout_seconds", "Value": "60"} in told
    assert get(f"http://{sleeper}/index.php?s=50").status == 200
    assert get(f"http://{sleeper}/index.php?s=70").status == 504
    longer = [{"Key": "idle_timeout.timeout_seconds", "Value": "120"}]
    elbv2.modify_load_balancer_attributes(LoadBalancerArn=site.alb, Attributes=longer)
    assert get(f"http://{sleeper}/index.php?s=70").status == 200


def test_a_page_sees_the_node_as_its_client(sleeper: str, aws: Callable[..., Any], get: Get) -> None:
    nodes = [{"Name": "description", "Values": ["ELB app/*"]}]
    enis = aws("ec2").describe_network_interfaces(Filters=nodes)["NetworkInterfaces"]
    assert get(f"http://{sleeper}/index.php").text in {each["PrivateIpAddress"] for each in enis}
