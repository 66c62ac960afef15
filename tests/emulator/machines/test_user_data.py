"""User data through plain boto3: refused before it is done, served after, kept, changed."""

from __future__ import annotations

import json
import urllib.request
from types import SimpleNamespace
from urllib.error import HTTPError

import pytest
from botocore.exceptions import ClientError

from aws14.emulator.durations import typical_s
from tests.emulator.conftest import build_groups, build_nat, build_subnets, tcp

SITE = """#!/bin/bash
dnf install -y httpd
systemctl enable --now httpd
TOKEN=$(curl -s -X PUT http://169.254.169.254/latest/api/token -H 'X-aws-ec2-metadata-token-ttl-seconds: 60')
ID=$(curl -s -H "X-aws-ec2-metadata-token: $TOKEN" http://169.254.169.254/latest/meta-data/instance-id)
echo "{text} $ID" > /var/www/html/index.html
"""
BEGINS = typical_s("EC2 instance pending to running") + typical_s("EC2 instance running to user data begins")
TAKES = sum(map(typical_s, ("package manager reads its lists", "package installation", "Linux service start")))


def control(emulator, verb: str, **body):
    request = urllib.request.Request(
        f"{emulator.endpoint}/_aws14/{verb}",
        json.dumps(body).encode(),
        {"X-Aws14-Key": emulator.access_key},
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)
    except HTTPError as refused:
        return json.load(refused)


def outcome(emulator, host: str, port: int = 80, source: str = "internet") -> str:
    return control(emulator, "connect", host=host, port=port, source=source)["outcome"]


def body(emulator, host: str, port: int = 80) -> str:
    found = control(emulator, "connect", host=host, port=port)
    assert found["outcome"] == "open", found["explanation"]
    with urllib.request.urlopen(f"http://127.0.0.1:{found['loopback_port']}/", timeout=20) as answer:
        return answer.read().decode()


def console(ec2, instance: str) -> str:
    return ec2.get_console_output(InstanceId=instance).get("Output", "")


@pytest.fixture
def net(clean_emulator, aws) -> SimpleNamespace:
    ec2 = aws("ec2")
    built = build_subnets(ec2)
    build_groups(ec2, built)
    ec2.modify_subnet_attribute(SubnetId=built.public, MapPublicIpOnLaunch={"Value": True})
    return built


@pytest.fixture
def launch(aws, ami, net):
    def run(data: str | bytes, subnet: str = "public", group: str = "web_group", **more) -> str:
        given = {"SubnetId": getattr(net, subnet), "SecurityGroupIds": [getattr(net, group)], "UserData": data}
        started = aws("ec2").run_instances(
            ImageId=ami, InstanceType="t3.small", MinCount=1, MaxCount=1, **given, **more
        )
        return started["Instances"][0]["InstanceId"]

    return run


def address(aws, instance: str) -> str:
    found = aws("ec2").describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]
    return found.get("PublicIpAddress", "")


def test_it_answers_when_boot_and_user_data_are_done_not_before(emulator, aws, launch):
    instance = launch(SITE.replace("{text}", "one"))
    emulator.advance(typical_s("EC2 instance pending to running") + 1)
    ip = address(aws, instance)
    assert outcome(emulator, ip) == "refused"
    emulator.advance(BEGINS + TAKES - typical_s("EC2 instance pending to running") - 6)
    assert outcome(emulator, ip) == "refused"
    emulator.advance(10)
    assert body(emulator, ip) == f"one {instance}\n"


def test_another_script_is_another_page(emulator, aws, launch):
    first, second = launch(SITE.replace("{text}", "one")), launch(SITE.replace("{text}", "two"))
    emulator.advance(120)
    assert body(emulator, address(aws, first)) == f"one {first}\n"
    assert body(emulator, address(aws, second)) == f"two {second}\n"


def test_the_console_is_the_machines_own_up_to_now(emulator, aws, launch):
    ec2 = aws("ec2")
    instance = launch("#!/bin/bash\necho before\nsleep 300\necho after\n")
    emulator.advance(BEGINS + 100)
    shown = console(ec2, instance)
    assert "before" in shown
    assert "after" not in shown
    emulator.advance(300)
    assert "after" in console(ec2, instance)
    assert "Cloud-init v." in console(ec2, instance)


def test_beyond_the_subset_the_console_says_it_and_nothing_is_served(emulator, aws, launch):
    instance = launch(SITE + "perl -v\n")
    emulator.advance(120)
    assert outcome(emulator, address(aws, instance)) == "refused"
    assert "cloud-init: unsupported by the embedded AWS: line 7: perl -v; docs/fidelity.md" in console(
        aws("ec2"), instance
    )


def test_in_a_private_subnet_it_needs_the_nat(emulator, aws, net, launch):
    ec2 = aws("ec2")
    database = "#!/bin/bash\ndnf install -y mariadb105-server\nsystemctl enable --now mariadb\n"
    alone = launch(database, "private", "db_group")
    emulator.advance(600)
    assert "Timeout was reached" in console(ec2, alone)
    build_nat(ec2, net)
    emulator.advance(typical_s("NAT gateway pending to available") + 1)
    led = launch(database, "private", "db_group")
    web = launch(SITE)
    emulator.advance(600)
    found = ec2.describe_instances(InstanceIds=[alone, led])["Reservations"]
    ips = {one["InstanceId"]: one["PrivateIpAddress"] for group in found for one in group["Instances"]}
    assert outcome(emulator, ips[led], 3306, web) == "open"
    assert outcome(emulator, ips[alone], 3306, web) == "refused"


def test_a_gateway_endpoint_of_s3_is_a_way_to_the_packages(emulator, aws, net, launch):
    ec2 = aws("ec2")
    service = "com.amazonaws.ap-northeast-1.s3"
    ec2.create_vpc_endpoint(VpcId=net.vpc, ServiceName=service, RouteTableIds=[net.private_table])
    instance = launch("#!/bin/bash\ndnf install -y httpd && echo installed\n", "private", "db_group")
    emulator.advance(600)
    assert "installed" in console(ec2, instance)


def test_it_waits_for_a_machine_that_comes_later(emulator, aws, net, launch):
    ec2 = aws("ec2")
    ec2.authorize_security_group_ingress(
        GroupId=net.web_group, IpPermissions=tcp(8000, UserIdGroupPairs=[{"GroupId": net.web_group}])
    )
    late = launch("#!/bin/bash\nsleep 200\ncd /srv\necho late > index.html\npython3 -m http.server 8000 &\n")
    ip = ec2.describe_instances(InstanceIds=[late])["Reservations"][0]["Instances"][0]["PrivateIpAddress"]
    waits = launch(f"#!/bin/bash\nuntil curl -s http://{ip}:8000/; do sleep 10; done\necho got it\n")
    emulator.advance(BEGINS + 150)
    assert "got it" not in console(ec2, waits)
    emulator.advance(120)
    assert "late" in console(ec2, waits)
    assert "got it" in console(ec2, waits)


def test_stop_and_start_keep_the_page_and_do_not_run_user_data_again(emulator, aws, launch):
    ec2 = aws("ec2")
    instance = launch(SITE.replace("{text}", "$(date +%s)"))
    emulator.advance(120)
    before = body(emulator, address(aws, instance))
    ec2.stop_instances(InstanceIds=[instance])
    emulator.advance(120)
    ec2.start_instances(InstanceIds=[instance])
    emulator.advance(typical_s("EC2 instance pending to running") + 1)
    ip = address(aws, instance)
    assert outcome(emulator, ip) == "refused"
    emulator.advance(60)
    assert body(emulator, ip) == before


def test_a_reboot_ends_what_was_started_by_hand(emulator, aws, net, launch):
    ec2 = aws("ec2")
    ec2.authorize_security_group_ingress(
        GroupId=net.web_group, IpPermissions=tcp(8000, IpRanges=[{"CidrIp": "0.0.0.0/0"}])
    )
    instance = launch(SITE + "cd /srv\npython3 -m http.server 8000 &\n")
    emulator.advance(120)
    ip = address(aws, instance)
    assert (outcome(emulator, ip), outcome(emulator, ip, 8000)) == ("open", "open")
    ec2.reboot_instances(InstanceIds=[instance])
    emulator.advance(300)
    assert (outcome(emulator, ip), outcome(emulator, ip, 8000)) == ("open", "refused")


def test_a_terminated_instance_is_gone(emulator, aws, launch):
    instance = launch(SITE)
    emulator.advance(120)
    ip = address(aws, instance)
    aws("ec2").terminate_instances(InstanceIds=[instance])
    emulator.advance(120)
    assert outcome(emulator, ip) == "timed_out"


def test_a_save_keeps_machines_also_in_the_middle_of_user_data(emulator, aws, launch):
    done = launch(SITE.replace("{text}", "done"))
    emulator.advance(120)
    going = launch(SITE.replace("{text}", "going"))
    emulator.advance(BEGINS + 8)
    control(emulator, "save", name="machines")
    aws("ec2").terminate_instances(InstanceIds=[done, going])
    emulator.advance(120)
    control(emulator, "restore", name="machines")
    assert body(emulator, address(aws, done)) == f"done {done}\n"
    assert outcome(emulator, address(aws, going)) == "refused"
    emulator.advance(60)
    assert body(emulator, address(aws, going)) == f"going {going}\n"


def test_too_much_is_refused(launch):
    with pytest.raises(ClientError, match=r"InvalidParameterValue.*User data is limited to 16384 bytes"):
        launch("#!/bin/bash\n" + "#" * 16_373)
    assert launch("#!/bin/bash\n" + "#" * 16_372)


def test_instances_of_an_auto_scaling_group_run_theirs_too(emulator, aws, ami, net):
    import base64

    ec2, groups = aws("ec2"), aws("autoscaling")
    data = base64.b64encode(SITE.replace("{text}", "group").encode()).decode()
    template = {"ImageId": ami, "InstanceType": "t3.small", "SecurityGroupIds": [net.web_group], "UserData": data}
    ec2.create_launch_template(LaunchTemplateName="site", LaunchTemplateData=template)
    groups.create_auto_scaling_group(
        AutoScalingGroupName="g",
        MinSize=1,
        MaxSize=1,
        VPCZoneIdentifier=net.public,
        LaunchTemplate={"LaunchTemplateName": "site"},
    )
    emulator.advance(120)
    found = ec2.describe_instances()["Reservations"][0]["Instances"][0]
    assert f"group {found['InstanceId']}" in body(emulator, found["PublicIpAddress"])
