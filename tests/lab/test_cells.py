"""Around a cell: the meter ticks when something was created, and only then."""

from __future__ import annotations

import pytest
from IPython.core.interactiveshell import InteractiveShell

from aws14.cloud import traffic
from aws14.lab import Lab, cells


@pytest.fixture
def shell():
    yield InteractiveShell.instance()
    InteractiveShell.clear_instance()
    traffic.uninstall()


@pytest.fixture
def shown(monkeypatch):
    readings: list[object] = []
    monkeypatch.setattr(cells, "_display", readings.append)
    return readings


def test_the_meter_follows_creating_cells_only(shell, lab: Lab, shown):
    cells.attach(lab)
    shell.push({"lab": lab, "ec2": lab.client("ec2")})
    shell.run_cell("ec2.describe_vpcs()")
    assert shown == []
    shell.run_cell("address = ec2.allocate_address(Domain='vpc')")
    assert len(shown) == 1
    assert "Elastic" in str(shown[0]) or "IPv4" in str(shown[0])
    shell.run_cell("ec2.describe_vpcs()")
    assert len(shown) == 1


def test_a_new_lab_takes_the_meter_over(shell, lab: Lab, shown):
    cells.attach(lab)
    cells.attach(lab)
    shell.push({"ec2": lab.client("ec2")})
    shell.run_cell("ec2.allocate_address(Domain='vpc')")
    assert len(shown) == 1


def test_the_notebook_s_own_clients_find_the_names_of_the_embedded_aws(shell, lab: Lab):
    cells.attach(lab)
    route53 = lab.client("route53")
    zone = route53.create_hosted_zone(Name="example.co.jp", CallerReference="cells")["HostedZone"]["Id"]
    record = {"Name": "www.example.co.jp", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "198.51.100.9"}]}
    changes = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=changes)
    shell.run_cell("import socket; found = socket.gethostbyname('www.example.co.jp')")
    assert shell.user_ns["found"] == "198.51.100.9"


def test_a_refusal_is_one_readable_line(shell, lab: Lab, capsys):
    cells.attach(lab)
    shell.push({"ec2": lab.client("ec2")})
    result = shell.run_cell("ec2.create_vpc(CidrBlock='10.0.0.0/40')")
    printed = capsys.readouterr()
    text = printed.out + printed.err
    assert not result.success
    assert "Traceback" not in text
    assert "InvalidVpc" in text or "InvalidParameterValue" in text


def test_the_meter_follows_a_change_of_type(shell, lab: Lab, shown):
    lab.catch_up()
    cells.attach(lab)
    shell.push({"ec2": lab.client("ec2"), "web": lab.built().node("web").aws_id})
    shell.run_cell("""
ec2.stop_instances(InstanceIds=[web])
ec2.get_waiter("instance_stopped").wait(InstanceIds=[web])
ec2.modify_instance_attribute(InstanceId=web, InstanceType={"Value": "c5.xlarge"})
ec2.start_instances(InstanceIds=[web])
ec2.get_waiter("instance_running").wait(InstanceIds=[web])
""")
    assert len(shown) == 1
    assert "c5.xlarge" in str(shown[0])
    shell.run_cell("ec2.describe_instances()")
    assert len(shown) == 1


def test_a_name_that_earlier_cells_define_leads_to_catching_up(shell, lab: Lab, capsys):
    cells.attach(lab)
    result = shell.run_cell("1 + 1\nprint(vpc_id)")
    printed = capsys.readouterr()
    assert isinstance(result.error_in_exec, NameError)
    assert (
        "NameError in line 2: name 'vpc_id' is not there: run the cells above, or lab.catch_up()"
        in printed.out + printed.err
    )
    assert "Traceback" not in printed.out + printed.err


def test_a_name_of_nobody_s_keeps_python_s_own_words(shell, lab: Lab, capsys):
    cells.attach(lab)
    shell.run_cell("print(nothing_of_the_course)")
    printed = capsys.readouterr()
    assert "is not defined" in printed.out + printed.err
    assert "catch_up" not in printed.out + printed.err
