"""Logging in: the right key and user from an admitted address, and nobody else."""

from __future__ import annotations

from pathlib import Path

import asyncssh
import pytest

from aws14.cloud import Login, log_in
from aws14.errors import CloudError
from aws14.lab import Lab

OFFICE, STRANGER = "203.0.113.10", "198.18.0.7"
NAME = "www.example.co.jp"


@pytest.fixture(scope="module")
def site(emulator, emulator_home):
    """Pattern 1, built once from its notebook: the lab and the names its cells left."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS14_HOME", str(emulator_home))
        emulator.reset()
        for ledger in emulator_home.glob("ledger-*.jsonl"):
            ledger.unlink()
        lab = Lab("p01", say=lambda _: None)
        names = lab.catch_up()
        lab.client("ec2").get_waiter("instance_status_ok").wait(InstanceIds=[names.web_id])
        yield lab, names


def enter(site, **changes) -> Login:
    lab, names = site
    asked = {"key_file": names.key_file, "source": OFFICE, "command": "whoami", **changes}
    return log_in(lab.session, NAME, asked.pop("command"), **asked)


def test_ec2_user_with_the_key_from_the_office_gets_in(site):
    login = enter(site, command="whoami; cat /var/www/html/index.html")
    assert login.outcome == "logged_in"
    assert login.status == 0
    assert str(login) == "ec2-user\n<h1>Kaede Drinks: the tea quiz</h1>"


def test_a_failing_command_keeps_its_status(site):
    assert enter(site, command="cat /no/such/file").status == 1


def test_a_stranger_is_stopped_by_the_security_group(site):
    login = enter(site, source=STRANGER)
    assert login.outcome == "timed_out"
    assert "tcp/22" in login.explanation


def test_another_user_or_key_is_denied(site, tmp_path):
    assert enter(site, user="admin").outcome == "denied"
    other = tmp_path / "other.pem"
    asyncssh.generate_private_key("ssh-ed25519").write_private_key(str(other))
    assert enter(site, key_file=other).outcome == "denied"


def test_the_key_of_an_imported_pair_is_not_that_of_the_instance(site, tmp_path):
    lab, _ = site
    key = asyncssh.generate_private_key("ssh-ed25519")
    path = tmp_path / "mine.pem"
    key.write_private_key(str(path))
    lab.client("ec2").import_key_pair(KeyName="mine", PublicKeyMaterial=key.export_public_key())
    assert enter(site, key_file=path).outcome == "denied"


def test_a_file_that_is_no_key_is_told_before_anything_is_sent(site, tmp_path):
    with pytest.raises(CloudError, match="no key file"):
        enter(site, key_file=tmp_path / "nowhere.pem")
    (tmp_path / "text.pem").write_text("hello")
    with pytest.raises(CloudError, match=r"text\.pem' holds no private key"):
        enter(site, key_file=Path(tmp_path / "text.pem"))
