"""Secrets through a course session: made once, deleted at once with the rest, not kept in case."""

from __future__ import annotations

from aws14.cloud.session import Session
from aws14.cloud.teardown import tear_down


def test_a_secret_is_made_once_and_goes_with_the_pattern(session: Session, said: list[str]) -> None:
    secrets = session.client("secretsmanager")
    first = secrets.create_secret(Name="members-db", SecretString="one")["ARN"]
    assert secrets.create_secret(Name="members-db", SecretString="one")["ARN"] == first
    assert any("already built" in each for each in said)
    report = tear_down(session)
    assert report.ok
    assert secrets.list_secrets(IncludePlannedDeletion=True)["SecretList"] == []
