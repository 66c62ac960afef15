"""connect and Session: the embedded AWS by default, another endpoint on loopback when it is named, clear refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import aws14
from aws14 import cloud
from aws14.cloud.connecting import connect
from aws14.cloud.place import Place
from aws14.cloud.process import Emulator
from aws14.cloud.session import Session
from aws14.errors import CloudError, GuardError, NotAvailable


@pytest.fixture
def home(emulator_home: Path, clean_emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AWS14_HOME", str(emulator_home))
    monkeypatch.delenv("AWS14_ENDPOINT_URL", raising=False)
    return emulator_home


def test_the_emulator_is_the_default_also_where_real_credentials_lie(
    home: Path, clean_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    session = aws14.connect()
    assert (session.target, session.region, session.account_id) == ("emulator", "ap-northeast-1", "123456789012")
    assert session.client("ec2").meta.endpoint_url == clean_emulator.endpoint
    assert session.ledger.path == home / "ledger-emulator-123456789012.jsonl"
    assert "Session(emulator, account 123456789012, ap-northeast-1, no pattern)" in repr(session)


def test_clients_are_kept_and_have_their_region(session: Session) -> None:
    assert session.client("ec2") is session.client("ec2")
    assert session.client("ec2", "us-west-2").meta.region_name == "us-west-2"
    assert session.client("ec2", "us-west-2") is not session.client("ec2")


def test_for_pattern_shares_account_and_ledger(session: Session) -> None:
    other = session.for_pattern("p02")
    assert (other.pattern, session.pattern) == ("p02", "p01")
    assert other.ledger is session.ledger
    assert other.account_id == session.account_id


def test_time_passes_when_told(session: Session) -> None:
    before = session.now()
    after = session.advance(3600)
    assert 3600 <= after - before < 3660
    assert session.now() >= after
    assert session.status()["pending_events"] == 0


def test_save_restore_and_reset(session: Session) -> None:
    ec2 = session.client("ec2")
    ec2.create_vpc(CidrBlock="10.9.0.0/16")
    session.save("one")
    session.reset()
    assert len(ec2.describe_vpcs()["Vpcs"]) == 1
    session.restore("one")
    assert len(ec2.describe_vpcs()["Vpcs"]) == 2


@pytest.mark.parametrize("explicit", [True, False])
def test_another_endpoint_on_loopback(
    explicit: bool, home: Path, clean_emulator: Emulator, monkeypatch: pytest.MonkeyPatch, said: list[str]
) -> None:
    """The emulator plays the other endpoint: it refuses the course's stand-in keys, in one readable line."""
    monkeypatch.setenv("AWS14_ENDPOINT_URL", clean_emulator.endpoint)
    with pytest.raises(CloudError, match=r"AWS refused GetCallerIdentity"):
        connect("endpoint" if explicit else "emulator", say=said.append)
    assert said == [f"working on {clean_emulator.endpoint} (AWS14_ENDPOINT_URL)"]


@pytest.mark.parametrize("url", ["https://ec2.amazonaws.com", "http://192.0.2.1:4566", "", "localhost:4566"])
def test_an_endpoint_elsewhere_is_refused(url: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS14_ENDPOINT_URL", url)
    with pytest.raises(GuardError, match="AWS14_ENDPOINT_URL is"):
        connect("endpoint")


def test_what_only_the_emulator_can_do(place: Place, tmp_path: Path) -> None:
    elsewhere = Session(
        Place(target="endpoint", region="ap-northeast-1", account_id="0", endpoint=place.endpoint),
        ledger=cloud.connecting.Ledger(tmp_path / "l"),
    )
    for verb, argument in (("advance", (1,)), ("save", ("x",)), ("restore", ("x",)), ("reset", ())):
        with pytest.raises(NotAvailable, match=f"{verb} works on the embedded AWS only"):
            getattr(elsewhere, verb)(*argument)
    assert elsewhere.status()["target"] == "endpoint"
    assert elsewhere.now() > 1_700_000_000


def test_an_unknown_target() -> None:
    with pytest.raises(GuardError, match=r"'gcp' is no target\. Allowed: 'emulator'"):
        connect("gcp")


def test_every_public_name_is_there_and_sorted() -> None:
    assert cloud.__all__ == sorted(cloud.__all__)
    assert all(hasattr(cloud, name) for name in cloud.__all__)


def test_the_learners_clients_are_boto3s(session: Session, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"x" * 10)
    s3: Any = session.client("s3")
    s3.create_bucket(Bucket="aws14-up", CreateBucketConfiguration={"LocationConstraint": session.region})
    s3.upload_file(str(file), "aws14-up", "k")
    assert s3.get_object(Bucket="aws14-up", Key="k")["Body"].read() == b"x" * 10
