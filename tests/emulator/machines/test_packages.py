"""Package managers, by image."""

from __future__ import annotations

import pytest

from tests.emulator.machines.conftest import build, console


def test_installing_twice_has_nothing_to_do(sh):
    first, again = sh("dnf install -y httpd"), sh("dnf install -y httpd")
    assert "Complete!" in first.output
    assert "already installed" in again.output
    assert again.took_s < first.took_s


def test_yes_may_come_from_standard_input(sh, machine):
    assert sh("dnf install httpd < /dev/null").status == 1
    assert sh("yes | dnf install httpd").status == 0
    assert "httpd" in machine.packages


def test_programs_come_with_their_package(sh):
    done = sh("command -v nginx || echo no; which jq; dnf install -y nginx; command -v nginx; rpm -q nginx httpd")
    assert done.output.startswith("no\n")
    assert "nginx\nnginx-1:1.28.0-1.x86_64\npackage httpd is not installed\n" in done.output
    assert "no jq in" in done.errors


def test_removing_takes_the_service_away(sh, machine):
    machine.ready = True
    sh("dnf install -y httpd; systemctl start httpd")
    assert machine.listens(80)
    sh("dnf remove -y httpd")
    assert not machine.listens(80)
    assert "not found" in sh("systemctl start httpd").errors


def test_nginx_of_amazon_linux_2_is_an_extra(start):
    without = start("#!/bin/bash\nyum install -y nginx\nsystemctl start nginx\n", "al2")
    assert not without.listens(80)
    extra = start(
        "#!/bin/bash\namazon-linux-extras enable nginx1\nyum install -y nginx\nsystemctl start nginx\n", "al2"
    )
    assert extra.listens(80), console(extra)


def test_ubuntu_starts_what_it_installs_after_an_update(start):
    machine = start(
        "#!/bin/bash\napt-get update -y\napt-get install -y apache2\necho hi > /var/www/html/index.html\n", "ubuntu"
    )
    assert machine.answer("GET", "/", {})[2] == b"hi\n"
    assert machine.services["apache2"].enabled
    fresh = start("#!/bin/bash\napt-get install -y apache2\n", "ubuntu")
    assert "Unable to locate package apache2" in console(fresh)


@pytest.mark.parametrize(("image", "login"), [("al2023", "ec2-user"), ("al2", "ec2-user"), ("ubuntu", "ubuntu")])
def test_the_images_user(image, login):
    machine = build(image)
    assert machine.login == login
    assert machine.users[login].home == f"/home/{login}"


def test_other_images_run_nothing(start):
    assert "user data on this image" in start("#!/bin/bash\necho x\n", "other").refusal
