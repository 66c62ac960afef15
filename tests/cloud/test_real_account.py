"""A real account, without one: the whole path against recorded answers, and pattern 1 against a stand-in for AWS."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import botocore.waiter
import pytest
from botocore.stub import Stubber

from aws14.cloud import leftovers, read_back, real, tear_down
from aws14.cloud.connecting import connect
from aws14.cloud.place import Place
from aws14.cloud.process import Emulator
from aws14.cloud.session import Session
from aws14.errors import BuildError, GuardError, NotAvailable

ACCOUNT = "123456789012"
TERMS: dict[str, Any] = {
    "account": ACCOUNT,
    "budget_usd": 5.0,
    "hours": 3.0,
    "quote_usd_per_hour": 0.18,
    "quote_text": "NAT gateway 0.062 USD/h ...",
}


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Stubber]]:
    """Let STS and IAM answer what AWS would: whose account it is, and what it is called."""

    def answer(account: str = ACCOUNT, aliases: tuple[str, ...] = (), refused: bool = False) -> list[Stubber]:
        stubs: list[Stubber] = []

        def client(place: Place, opened: Any, service: str, region: str) -> Any:
            made = opened.client(service, region_name=region, aws_access_key_id="k", aws_secret_access_key="s")
            stub = Stubber(made)
            if service == "sts":
                arn = f"arn:aws:iam::{account}:user/learner"
                stub.add_response("get_caller_identity", {"UserId": "AIDA", "Account": account, "Arn": arn})
            elif refused:
                stub.add_client_error("list_account_aliases", "AccessDenied")
            else:
                stub.add_response("list_account_aliases", {"AccountAliases": list(aliases), "IsTruncated": False})
            stub.activate()
            stubs.append(stub)
            return made

        monkeypatch.setattr(Place, "client", client)
        return stubs

    return answer


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AWS14_HOME", str(tmp_path / "home"))
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path / "home"


def refusal(**changed: Any) -> str:
    terms = {**TERMS, "region": "ap-northeast-1", **changed}
    with pytest.raises(GuardError) as caught:
        connect("aws", say=lambda _: None, **{name: value for name, value in terms.items() if value is not None})
    return str(caught.value)


@pytest.mark.parametrize("name", [*TERMS, "region"])
def test_each_term_is_asked_for(name: str) -> None:
    assert f"missing: {name}." in refusal(**{name: None})


def test_all_that_is_missing_is_listed_at_once() -> None:
    with pytest.raises(GuardError, match="missing: account, budget_usd, hours, quote_usd_per_hour, quote_text, region"):
        connect("aws")


@pytest.mark.parametrize("account", ["12345678901", "prod", "1234-5678-9012", "１２３４５６７８９０１２"])
def test_an_account_is_twelve_digits(account: str) -> None:
    assert "is not an account number" in refusal(account=account)


@pytest.mark.parametrize(("name", "value"), [("hours", -1.0), ("budget_usd", -5.0), ("hours", float("nan"))])
def test_hours_and_budget_are_positive(name: str, value: float) -> None:
    assert f"{name} is {value}" in refusal(**{name: value})


def test_a_quote_over_the_budget_is_refused_before_aws_is_asked(answers: Callable[..., list[Stubber]]) -> None:
    stubs = answers()
    assert "30 hours come to 5.40 USD, over the budget of 5.00 USD" in refusal(hours=30.0)
    assert stubs == []


def test_the_typed_account_must_be_the_one_aws_names(answers: Callable[..., Any]) -> None:
    answers(account="999999999999")
    assert "you typed the account 123456789012, but these credentials belong to 999999999999" in refusal()


@pytest.mark.parametrize("alias", ["acme-prod", "PRODUCTION", "preprod-1"])
def test_a_production_account_is_refused(alias: str, answers: Callable[..., Any]) -> None:
    answers(aliases=("acme", alias))
    assert f"the account is called '{alias}'" in refusal()


def test_an_account_whose_name_cannot_be_read_is_refused(answers: Callable[..., Any]) -> None:
    answers(refused=True)
    assert "iam:ListAccountAliases" in refusal()


def test_without_credentials_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    assert "No AWS credentials were found" in refusal()


def test_the_quote_is_shown_before_aws_is_asked(answers: Callable[..., list[Stubber]], said: list[str]) -> None:
    stubs = answers(aliases=("learning",))
    heard: list[tuple[str, int]] = []
    session = connect("aws", region="ap-northeast-1", say=lambda line: heard.append((line, len(stubs))), **TERMS)
    assert heard[0] == ("NAT gateway 0.062 USD/h ...", 0)
    assert heard[1] == ("3 hours at 0.1800 USD: 0.54 USD of 5.00 USD", 0)
    assert f"account {ACCOUNT} in ap-northeast-1, until " in heard[2][0]
    assert (session.target, session.account_id) == ("aws", ACCOUNT)
    with pytest.raises(NotAvailable):
        session.advance(1)
    for stub in stubs:
        stub.assert_no_pending_responses()


@pytest.fixture
def on_aws(clean_emulator: Emulator, home: Path, monkeypatch: pytest.MonkeyPatch, said: list[str]) -> Session:
    """A session with target aws; the embedded AWS stands in for AWS, reached as a learner's own configuration is."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", clean_emulator.endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", clean_emulator.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", clean_emulator.secret_key)
    # Real waiters sleep; here the stand-in's clock goes on instead.
    monkeypatch.setattr(botocore.waiter.time, "sleep", clean_emulator.advance)
    return connect("aws", region="ap-northeast-1", pattern="p01", say=said.append, **TERMS)


def test_pattern_1_on_aws_twice_read_back_and_torn_down(
    on_aws: Session, build: Callable[[Session], SimpleNamespace], home: Path, said: list[str]
) -> None:
    first = build(on_aws)
    assert vars(build(on_aws)) == vars(first)
    assert "web" in read_back(on_aws)
    path = home / f"ledger-aws-{ACCOUNT}.jsonl"
    assert on_aws.ledger.path == path
    assert tear_down(on_aws).ok
    assert leftovers(on_aws) == ()


def test_everything_says_when_it_ends(on_aws: Session) -> None:
    ec2 = on_aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    tags = {tag["Key"]: tag["Value"] for tag in ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Tags"]}
    end = datetime.strptime(tags["aws14:expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert abs(end - datetime.now(UTC) - timedelta(hours=3)) < timedelta(minutes=2)
    assert tags["aws14:pattern"] == "p01"


def test_after_the_hours_nothing_more_is_built_but_torn_down(on_aws: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    on_aws.client("ec2").create_vpc(CidrBlock="10.9.0.0/16")

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(tz) + timedelta(hours=4)

    monkeypatch.setattr(real, "datetime", Later)
    with pytest.raises(GuardError, match="the hours asked for ended"):
        on_aws.client("ec2").create_vpc(CidrBlock="10.8.0.0/16")
    assert tear_down(on_aws).ok


def test_a_private_key_is_not_stored_but_said_again_in_this_kernel(on_aws: Session, said: list[str]) -> None:
    ec2 = on_aws.client("ec2")
    first, second = (ec2.create_key_pair(KeyName="k", KeyType="ed25519") for _ in range(2))
    assert second["KeyMaterial"] == first["KeyMaterial"]
    assert "PRIVATE KEY" not in on_aws.ledger.path.read_text()
    assert any("not stored by the course" in line for line in said)
    again = Session(on_aws.place, ledger=type(on_aws.ledger)(on_aws.ledger.path), pattern="p01", say=said.append)
    with pytest.raises(BuildError, match="AWS gave its KeyMaterial only once"):
        again.client("ec2").create_key_pair(KeyName="k", KeyType="ed25519")


def test_no_credential_is_written_anywhere(on_aws: Session, clean_emulator: Emulator, home: Path) -> None:
    on_aws.client("ec2").create_vpc(CidrBlock="10.9.0.0/16")
    written = "".join(path.read_text() for path in home.rglob("*") if path.is_file())
    assert json.loads(written.splitlines()[0])["operation"] == "CreateVpc"
    assert clean_emulator.secret_key not in written
    assert clean_emulator.access_key not in written
    assert clean_emulator.access_key not in repr(on_aws.place)
