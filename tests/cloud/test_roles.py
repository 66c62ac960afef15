"""A role for a server: made once however often its cell is run, and gone after the clean-up."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from aws14.cloud import leftovers, tear_down
from aws14.cloud.session import Session

POLICY = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"}]}


def give_role(session: Session, instance: str) -> str:
    """What the notebook's cell does; returns the id of the association."""
    iam, ec2 = session.client("iam"), session.client("ec2")
    iam.create_role(RoleName="web", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.attach_role_policy(RoleName="web", PolicyArn=POLICY)
    iam.create_instance_profile(InstanceProfileName="web")
    iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="web")
    answer = ec2.associate_iam_instance_profile(IamInstanceProfile={"Name": "web"}, InstanceId=instance)
    return str(answer["IamInstanceProfileAssociation"]["AssociationId"])


def test_a_role_is_made_once_tagged_and_torn_down(session: Session, site: SimpleNamespace) -> None:
    first = give_role(session, site.web)
    made = session.ledger.writes
    assert give_role(session, site.web) == first
    assert session.ledger.writes == made
    iam = session.client("iam")
    tags = {tag["Key"]: tag["Value"] for tag in iam.list_role_tags(RoleName="web")["Tags"]}
    assert tags["aws14:pattern"] == "p01"
    assert {"role", "instance-profile"} <= {thing.kind for thing in leftovers(session)}
    assert tear_down(session).ok
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_role(RoleName="web")
    assert leftovers(session) == ()


def test_what_was_taken_away_is_given_again(session: Session, site: SimpleNamespace) -> None:
    give_role(session, site.web)
    iam: Any = session.client("iam")
    iam.detach_role_policy(RoleName="web", PolicyArn=POLICY)
    iam.remove_role_from_instance_profile(InstanceProfileName="web", RoleName="web")
    give_role(session, site.web)
    assert [each["PolicyArn"] for each in iam.list_attached_role_policies(RoleName="web")["AttachedPolicies"]] == [
        POLICY
    ]
    profile = iam.get_instance_profile(InstanceProfileName="web")["InstanceProfile"]
    assert [role["RoleName"] for role in profile["Roles"]] == ["web"]
