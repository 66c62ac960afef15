"""SSH with asyncssh as the client: the right key from the right place gets in, nobody else."""

from __future__ import annotations

import asyncio

import asyncssh
import pytest

from tests.emulator.machines.test_user_data import control, net  # noqa: F401 - a fixture

OFFICE = "203.0.113.9"


@pytest.fixture
def web(clean_emulator, aws, ami, net):  # noqa: F811 - the fixture
    """An instance with a created key, its group open to the office; with its private key."""
    ec2 = aws("ec2")
    net.key = ec2.create_key_pair(KeyName="k", KeyType="ed25519")["KeyMaterial"]
    given = {"ImageId": ami, "InstanceType": "t3.small", "MinCount": 1, "MaxCount": 1, "SubnetId": net.public}
    data = "#!/bin/bash\ndnf install -y httpd\nsystemctl enable --now httpd\necho page > /var/www/html/index.html\n"
    started = ec2.run_instances(**given, SecurityGroupIds=[net.web_group], KeyName="k", UserData=data)
    net.instance = started["Instances"][0]["InstanceId"]
    clean_emulator.advance(120)
    found = ec2.describe_instances(InstanceIds=[net.instance])["Reservations"][0]["Instances"][0]
    net.ip, net.name = found["PublicIpAddress"], found["PrivateDnsName"]
    return net


def port_of(emulator, web, source: str = OFFICE) -> int:
    found = control(emulator, "connect", host=web.ip, port=22, source=source)
    assert found["outcome"] == "open", found["explanation"]
    return found["loopback_port"]


async def connected(port: int, key, user: str = "ec2-user", **more):
    keys = [asyncssh.import_private_key(key)] if isinstance(key, str) else [key]
    settings = {"known_hosts": None, "client_keys": keys, "username": user, "config": None, "agent_path": None}
    return await asyncssh.connect("127.0.0.1", port, **(settings | more))


def run(port: int, key, command: str, user: str = "ec2-user"):
    async def go():
        async with await connected(port, key, user) as connection:
            return await connection.run(command)

    return asyncio.run(asyncio.wait_for(go(), 20))


def test_the_right_key_sees_the_instance_it_asked_for(emulator, web):
    done = run(
        port_of(emulator, web), web.key, "whoami; hostname; cat /var/www/html/index.html; systemctl is-active httpd"
    )
    assert (done.exit_status, done.stdout) == (0, f"ec2-user\n{web.name}\npage\nactive\n")


def test_a_wrong_key_and_other_users_are_refused(emulator, web):
    port = port_of(emulator, web)
    stranger = asyncssh.generate_private_key("ssh-ed25519")
    for key, user in ((stranger, "ec2-user"), (web.key, "ubuntu"), (web.key, "admin")):
        with pytest.raises(asyncssh.PermissionDenied):
            run(port, key, "whoami", user)


def test_root_is_told_to_be_somebody_else(emulator, web):
    done = run(port_of(emulator, web), web.key, "whoami", "root")
    assert done.stdout == 'Please login as the user "ec2-user" rather than the user "root".\n\n'
    assert done.exit_status == 142


def test_passwords_are_not_asked_for(emulator, web):
    async def go(port):
        await connected(port, asyncssh.generate_private_key("ssh-ed25519"), password="secret")

    with pytest.raises(asyncssh.PermissionDenied):
        asyncio.run(asyncio.wait_for(go(port_of(emulator, web)), 20))


def test_another_source_does_not_get_a_door(emulator, web):
    assert control(emulator, "connect", host=web.ip, port=22, source="internet")["outcome"] == "timed_out"


def test_an_open_door_closes_when_the_group_does(emulator, aws, web):
    port = port_of(emulator, web)
    permission = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "203.0.113.0/24"}]}
    aws("ec2").revoke_security_group_ingress(GroupId=web.web_group, IpPermissions=[permission])
    with pytest.raises((asyncssh.ConnectionLost, asyncssh.DisconnectError, OSError)):
        run(port, web.key, "whoami")
    aws("ec2").authorize_security_group_ingress(GroupId=web.web_group, IpPermissions=[permission])
    assert run(port, web.key, "whoami").stdout == "ec2-user\n"


def test_an_imported_key_and_one_added_by_hand_get_in(emulator, aws, ami, web):
    mine = asyncssh.generate_private_key("ssh-rsa")
    other = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
    ec2 = aws("ec2")
    ec2.import_key_pair(KeyName="mine", PublicKeyMaterial=mine.export_public_key())
    started = ec2.run_instances(
        ImageId=ami,
        InstanceType="t3.small",
        MinCount=1,
        MaxCount=1,
        SubnetId=web.public,
        SecurityGroupIds=[web.web_group],
        KeyName="mine",
    )
    emulator.advance(120)
    instance = started["Instances"][0]["InstanceId"]
    web.ip = ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]["PublicIpAddress"]
    ec2.delete_key_pair(KeyName="mine")
    port = port_of(emulator, web)
    line = other.export_public_key().decode().strip()
    assert run(port, mine, f"echo '{line}' >> ~/.ssh/authorized_keys").exit_status == 0
    assert run(port, other, "whoami").stdout == "ec2-user\n"
    with pytest.raises(asyncssh.PermissionDenied):
        run(port, web.key, "whoami")


def test_sudo_changes_what_is_served(emulator, web):
    port = port_of(emulator, web)
    assert run(port, web.key, "echo new > /var/www/html/index.html").exit_status == 1
    assert run(port, web.key, "echo new | sudo tee /var/www/html/index.html; curl -s localhost").stdout == "new\nnew\n"


def test_a_terminal_has_a_prompt_keeps_its_folder_and_takes_several_lines(emulator, web):
    async def go(port):
        async with await connected(port, web.key) as connection:
            process = await connection.create_process(term_type="xterm")
            process.stdin.write("cd /var/www\nfor i in 1 2\ndo echo n$i\ndone\ncat <<X\nhere $i\nX\nexit 3\n")
            text = await process.stdout.read()
            return text.replace("\r", ""), (await process.wait()).exit_status

    text, status = asyncio.run(asyncio.wait_for(go(port_of(emulator, web)), 20))
    short = web.name.partition(".")[0]
    assert f"[ec2-user@{short} ~]$ " in text
    assert f"[ec2-user@{short} www]$ > > n1\nn2\n" in text
    assert "here 2\n" in text
    assert status == 3


def test_work_takes_aws_time_not_the_clients(emulator, web):
    port, before = port_of(emulator, web), control_now(emulator)
    assert run(port, web.key, "sleep 600; echo done").stdout == "done\n"
    assert control_now(emulator) - before >= 600


def control_now(emulator) -> float:
    import json
    import urllib.request

    request = urllib.request.Request(f"{emulator.endpoint}/_aws14/status", headers={"X-Aws14-Key": emulator.access_key})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return float(json.load(answer)["now"])


def test_the_host_key_stays_with_the_instance(emulator, aws, web):
    async def key(port):
        async with await connected(port, web.key) as connection:
            return connection.get_server_host_key().export_public_key()

    first = asyncio.run(asyncio.wait_for(key(port_of(emulator, web)), 20))
    aws("ec2").reboot_instances(InstanceIds=[web.instance])
    emulator.advance(300)
    assert asyncio.run(asyncio.wait_for(key(port_of(emulator, web, "203.0.113.10")), 20)) == first


def test_a_stopped_instance_lets_nobody_in(emulator, aws, web):
    port = port_of(emulator, web)
    aws("ec2").stop_instances(InstanceIds=[web.instance])
    emulator.advance(120)
    with pytest.raises((asyncssh.ConnectionLost, asyncssh.DisconnectError, OSError)):
        run(port, web.key, "whoami")
