"""Machines that share a file system: the same bytes, whoever writes, as long as the network lets them."""

from __future__ import annotations

import pytest


def name_of(office, region="ap-northeast-1"):
    return f"{office.efs}.efs.{region}.amazonaws.com"


def mount(office, options="nfsvers=4.1"):
    return f"mkdir -p /mnt/shared\nmount -t nfs4 -o {options} {name_of(office)}:/ /mnt/shared"


def test_what_one_writes_the_other_reads(office, run):
    done = run(office.first, f"{mount(office)}\necho hello > /mnt/shared/note.txt\nmkdir /mnt/shared/plans")
    assert (done.status, done.err) == (0, "")
    read = run(office.second, f"{mount(office)}\ncat /mnt/shared/note.txt\nls /mnt/shared")
    assert read.out == "hello\nnote.txt\nplans\n"
    run(office.second, "rm /mnt/shared/note.txt\necho more >> /mnt/shared/plans/a.txt")
    assert run(office.first, "ls /mnt/shared\ncat /mnt/shared/plans/a.txt").out == "plans\nmore\n"


def test_the_files_outlive_the_machine_and_are_not_on_its_disk(office, run, aws, emulator):
    run(office.first, f"{mount(office)}\necho kept > /mnt/shared/note.txt\necho own > /mnt/own.txt")
    assert run(office.first, "umount /mnt/shared\nls /mnt/shared").out == ""
    run(office.first, mount(office))
    aws("ec2").stop_instances(InstanceIds=[office.first])
    emulator.advance(600)
    aws("ec2").start_instances(InstanceIds=[office.first])
    emulator.advance(600)
    assert run(office.first, "ls /mnt/shared; cat /mnt/own.txt").out == "own\n"
    assert run(office.first, f"{mount(office)}\ncat /mnt/shared/note.txt").out == "kept\n"


def test_fstab_mounts_at_boot(office, run, aws, emulator):
    line = f"{name_of(office)}:/ /mnt/shared nfs4 nfsvers=4.1,_netdev 0 0"
    run(office.first, f"mkdir /mnt/shared\necho '{line}' >> /etc/fstab\nmount -a\necho x > /mnt/shared/x")
    aws("ec2").reboot_instances(InstanceIds=[office.first])
    emulator.advance(600)
    assert run(office.first, "ls /mnt/shared").out == "x\n"


def test_without_the_rule_the_mount_times_out(office, run, aws):
    pairs = [{"GroupId": office.desks}]
    rule = [{"IpProtocol": "tcp", "FromPort": 2049, "ToPort": 2049, "UserIdGroupPairs": pairs}]
    aws("ec2").revoke_security_group_ingress(GroupId=office.files, IpPermissions=rule)
    done = run(office.first, mount(office))
    assert done.status == 32
    assert "Connection timed out" in done.err


def test_a_rule_taken_away_hangs_those_who_have_mounted(office, run, aws):
    run(office.first, f"{mount(office)}\necho x > /mnt/shared/x")
    efs = aws("efs")
    for target in efs.describe_mount_targets(FileSystemId=office.efs)["MountTargets"]:
        efs.modify_mount_target_security_groups(MountTargetId=target["MountTargetId"], SecurityGroups=[office.desks])
    done = run(office.first, "cat /mnt/shared/x")
    assert done.status == 1
    assert "Connection timed out" in done.err
    for target in efs.describe_mount_targets(FileSystemId=office.efs)["MountTargets"]:
        efs.modify_mount_target_security_groups(MountTargetId=target["MountTargetId"], SecurityGroups=[office.files])
    assert run(office.first, "cat /mnt/shared/x").out == "x\n"


def test_a_zone_without_a_mount_target_does_not_resolve(office, run, aws, emulator):
    efs = aws("efs")
    for target in efs.describe_mount_targets(FileSystemId=office.efs)["MountTargets"]:
        if target["AvailabilityZoneName"] == "ap-northeast-1c":
            efs.delete_mount_target(MountTargetId=target["MountTargetId"])
    emulator.advance(60)
    done = run(office.second, mount(office))
    assert done.status == 32
    assert "Failed to resolve server" in done.err
    assert run(office.first, mount(office)).status == 0


def test_a_zone_that_fails_takes_its_mount_target_only(office, run, emulator):
    run(office.first, f"{mount(office)}\necho x > /mnt/shared/x")
    run(office.second, mount(office))
    emulator.damage("az", "ap-northeast-1a", None)
    assert run(office.second, "cat /mnt/shared/x").out == "x\n"
    assert emulator.connect(name_of(office), 2049, office.second)["outcome"] == "open"
    emulator.heal()


def test_the_mount_helper_and_an_access_point(office, run, aws, emulator):
    efs = aws("efs")
    info = {"OwnerUid": 1000, "OwnerGid": 1000, "Permissions": "750"}
    point = efs.create_access_point(
        ClientToken="sales",
        FileSystemId=office.efs,
        PosixUser={"Uid": 1000, "Gid": 1000},
        RootDirectory={"Path": "/sales", "CreationInfo": info},
    )["AccessPointId"]
    command = f"mkdir -p /mnt/sales\nmount -t efs -o tls,accesspoint={point} {office.efs}:/ /mnt/sales"
    missing = run(office.first, command)
    assert "helper program" in missing.err
    done = run(office.first, f"dnf install -y amazon-efs-utils\n{command}\necho x > /mnt/sales/x")
    assert done.status == 0, done.err
    assert " ec2-user ec2-user " in run(office.first, "ls -l /mnt/sales").out
    assert run(office.second, f"{mount(office)}\ncat /mnt/shared/sales/x").out == "x\n"


DENY = '{"Effect": "Deny", "Principal": "*", "Action": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}'
ALLOW = '{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["elasticfilesystem:Client*"]}'


@pytest.mark.parametrize(
    ("statements", "plain", "by_tls"), [((ALLOW, DENY), 32, 0), ((DENY,), 32, 32), ((ALLOW,), 0, 0)]
)
def test_a_policy_decides_who_mounts(office, run, aws, statements, plain, by_tls):
    policy = f'{{"Version": "2012-10-17", "Statement": [{", ".join(statements)}]}}'
    aws("efs").put_file_system_policy(FileSystemId=office.efs, Policy=policy)
    done = run(office.first, mount(office))
    assert (done.status, "access denied by server" in done.err) == (plain, plain == 32)
    helper = f"mkdir -p /mnt/e\nmount -t efs -o tls {office.efs}:/ /mnt/e"
    assert run(office.first, f"dnf install -y amazon-efs-utils\n{helper}").status == by_tls


def test_user_data_mounts_and_a_web_server_serves_the_shared_pages(office, run, aws, emulator):
    from tests.emulator.files.conftest import build_machine

    data = f"""#!/bin/bash
dnf install -y httpd
mount -t nfs4 -o nfsvers=4.1 {name_of(office)}:/ /var/www/html
systemctl enable --now httpd
"""
    web = build_machine(aws, office.subnets[0], office.desks, "web", data)
    emulator.advance(900)
    run(office.second, f"{mount(office)}\necho '<p>from the other</p>' > /mnt/shared/index.html")
    page = run(web, "curl -s http://localhost/")
    assert page.out == "<p>from the other</p>\n"


@pytest.mark.parametrize("name", ["fs-00000000", "nobody"])
def test_a_name_that_is_nothing(office, run, name):
    done = run(office.first, f"mkdir -p /mnt/x\nmount -t nfs4 {name}.efs.ap-northeast-1.amazonaws.com:/ /mnt/x")
    assert done.status == 32
    assert "Failed to resolve server" in done.err
