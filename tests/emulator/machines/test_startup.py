"""How long a machine takes to start: what a simulated run reckons, and what the embedded one does."""

from __future__ import annotations

import re

import pytest

from aws14.emulator.durations import typical_s
from aws14.sim.startup import ready_after_s
from tests.emulator.conftest import build_groups, build_subnets

SCRIPTS = {
    "nothing": "",
    "site": "#!/bin/bash\ndnf install -y httpd\necho hello > /var/www/html/index.html\nsystemctl enable --now httpd\n",
    "several": "#!/bin/bash -xe\nyum -y update && yum -y install httpd php # both\nsudo systemctl start httpd.service\n"
    "systemctl enable httpd\nservice httpd restart\n",
    "refreshed": "#!/bin/bash\ndnf -y upgrade --refresh\n",
    "waits": "#!/bin/bash\nsleep 90; sleep 2m\ntrue || sleep 1000\n",
    "here": "#!/bin/bash\ncat > /etc/motd <<'END'\ndnf install -y httpd\nsleep 500\nEND\n"
    "echo 'sleep 50; sleep 60'\nsleep 7\n",
    "twice": "#!/bin/bash\ndnf install -y httpd\ndnf install -y httpd\nsystemctl start httpd\nsystemctl start httpd\n",
    "config": "#cloud-config\npackages:\n  - httpd\n  - php\nruncmd:\n  - [systemctl, enable, --now, httpd]\n"
    "  - sleep 30\n  - |\n    sleep 3\n    sleep 4\n",
    "flow": '#cloud-config\npackage_update: true\npackages: [httpd, php]\nruncmd:\n- \'sleep 11\'\n- ["sleep", "12"]\n'
    "timezone: Asia/Tokyo\n",
}


@pytest.fixture
def up_s(clean_emulator, aws, ami):
    """Run each script on a machine of its own; name -> seconds from launch until cloud-init was done."""
    ec2 = aws("ec2")
    net = build_subnets(ec2)
    build_groups(ec2, net)
    ec2.modify_subnet_attribute(SubnetId=net.public, MapPublicIpOnLaunch={"Value": True})
    where = {"SubnetId": net.public, "SecurityGroupIds": [net.web_group], "ImageId": ami, "InstanceType": "t3.small"}
    made = {}
    for name, script in SCRIPTS.items():
        started = ec2.run_instances(MinCount=1, MaxCount=1, UserData=script, **where)
        made[name] = started["Instances"][0]["InstanceId"]
    clean_emulator.advance(1200)

    def up_s(name):
        output = ec2.get_console_output(InstanceId=made[name])["Output"]
        found = re.search(r"finished at .* Up (\d+\.\d+) seconds", output)
        assert found, output
        return float(found[1]) + typical_s("EC2 instance pending to running")

    return up_s


def test_runs_reckon_with_what_machines_take(up_s):
    assert {name: up_s(name) for name in SCRIPTS} == {
        name: pytest.approx(ready_after_s(script), abs=0.05) for name, script in SCRIPTS.items()
    }
