"""Users, rights and what only root may do."""

from __future__ import annotations

from tests.emulator.machines.test_cloud_config import HOME


def test_the_images_user_is_not_root(sh):
    done = sh(
        "whoami; id -un; echo ~; dnf install -y httpd; systemctl start sshd; touch /etc/x",
        user="ec2-user",
    )
    assert done.output.splitlines()[:3] == ["ec2-user", "ec2-user", "/home/ec2-user"]
    assert "superuser privileges" in done.errors
    assert "touch: cannot touch '/etc/x': Permission denied" in done.errors


def test_sudo_is_root_for_one_command(sh):
    done = sh(
        "sudo whoami; whoami; sudo -u ec2-user id -un; sudo sh -c 'echo $USER; cd /root; pwd'; "
        "A=b; sudo env | grep ^A=",
        user="ec2-user",
    )
    assert done.output == "root\nec2-user\nec2-user\nroot\n/root\n"


def test_a_redirection_behind_sudo_is_still_the_users(sh):
    done = sh("sudo echo x > /etc/motd; echo y | sudo tee /etc/motd", user="ec2-user")
    assert "/etc/motd: Permission denied" in done.errors
    assert done.output == "y\n"


def test_a_new_user_has_a_home_and_no_sudo(sh):
    done = sh(
        "useradd -m -s /bin/bash ops && id ops && ls -ld ~ops | cut -c1-10; "
        "sudo -u ops sudo whoami; grep ops /etc/passwd"
    )
    assert (
        done.output == f"uid=1001(ops) gid=1001(ops) groups=1001(ops)\ndrwx------\nops:x:1001:1001::{HOME}:/bin/bash\n"
    )
    assert "ops is not in the sudoers file" in done.errors


def test_groups_open_folders(sh):
    script = "groupadd web; mkdir /srv/w; chgrp web /srv/w; chmod 2775 /srv/w;"
    script += "sudo -u ec2-user touch /srv/w/a || echo closed;"
    script += "usermod -aG web ec2-user; sudo -u ec2-user touch /srv/w/a && ls -l /srv/w/a | cut -d' ' -f3,4"
    assert sh(script).output == "closed\nec2-user web\n"


def test_unknown_names_are_refused(sh):
    done = sh("chown nobody2 /tmp; usermod -aG none ec2-user; id ghost; useradd root")
    assert "invalid user: 'nobody2'" in done.errors
    assert "group 'none' does not exist" in done.errors
    assert "'ghost': no such user" in done.errors
    assert "user 'root' already exists" in done.errors
