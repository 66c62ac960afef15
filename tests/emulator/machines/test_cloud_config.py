"""What a cloud-config asks for, in cloud-init's order."""

from __future__ import annotations

from tests.emulator.machines.conftest import console, page

HOME = "/home" + "/ops"  # in two: no file names a home of this computer


def test_files_are_written_with_owner_mode_and_encoding(start):
    machine = start(
        "#cloud-config\nwrite_files:\n"
        "- {path: /etc/app/a.conf, content: 'one', permissions: '0600', owner: 'ec2-user:ec2-user'}\n"
        "- {path: /etc/app/b, content: aGVsbG8=, encoding: b64}\n"
        "- {path: /etc/app/a.conf, content: 'two', append: true}\n"
    )
    node = machine.disk.find("/etc/app/a.conf")
    assert (node.data, node.mode, node.owner) == (b"onetwo", 0o644, "root")
    assert machine.disk.text("/etc/app/b") == "hello"


def test_files_come_before_packages_and_commands_last(start):
    machine = start(
        "#cloud-config\nruncmd:\n- cat /var/www/html/index.html > /tmp/seen\n- systemctl start httpd\n"
        "packages: [httpd]\nwrite_files:\n- {path: /var/www/html/index.html, content: first}\n"
    )
    assert machine.disk.text("/tmp/seen") == "first"
    assert page(machine) == (200, "first")


def test_users_groups_and_keys(start):
    machine = start(
        "#cloud-config\ngroups: [admins]\nusers:\n- default\n- name: ops\n  groups: [admins]\n"
        "  sudo: ALL=(ALL) NOPASSWD:ALL\n  ssh_authorized_keys: [ssh-ed25519 AAAA ops@office]\n"
    )
    assert machine.users["ops"].groups == {"admins", "wheel"}
    assert machine.disk.text(HOME + "/.ssh/authorized_keys") == "ssh-ed25519 AAAA ops@office\n"
    node = machine.disk.find(HOME + "/.ssh")
    assert (node.owner, node.mode) == ("ops", 0o700)


def test_host_name_and_time_zone(start):
    machine = start(
        "#cloud-config\nhostname: web-1\ntimezone: Asia/Tokyo\nruncmd:\n- date +%Z > /tmp/z\n- hostname > /tmp/h\n"
    )
    assert machine.disk.text("/tmp/z") == "JST\n"
    assert machine.disk.text("/tmp/h") == "web-1\n"


def test_a_command_that_fails_does_not_stop_the_next(start):
    machine = start("#cloud-config\nruncmd:\n- cat /nothing\n- [touch, /tmp/after]\n")
    assert machine.disk.find("/tmp/after") is not None
    assert "No such file" in console(machine)


def test_a_list_is_not_split_again(start):
    machine = start("#cloud-config\nruncmd:\n- [touch, 'a b', '$HOME']\n")
    assert {"/a b", "/$HOME"} <= set(machine.disk.nodes)
