"""AWS's own policies can be attached, and only those that there are."""

from __future__ import annotations

import pytest

POLICY = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"


@pytest.fixture
def iam(clean_emulator, aws):
    client = aws("iam")
    client.create_role(RoleName="web", AssumeRolePolicyDocument="{}")
    client.create_user(UserName="anna")
    client.create_group(GroupName="team")
    return client


def test_a_policy_of_aws_is_attached_and_read_like_on_aws(iam):
    iam.attach_role_policy(RoleName="web", PolicyArn=POLICY)
    iam.attach_user_policy(UserName="anna", PolicyArn=POLICY)
    iam.attach_group_policy(GroupName="team", PolicyArn=POLICY)
    attached = iam.list_attached_role_policies(RoleName="web")["AttachedPolicies"]
    assert attached == [{"PolicyName": "AmazonSSMManagedInstanceCore", "PolicyArn": POLICY}]
    policy = iam.get_policy(PolicyArn=POLICY)["Policy"]
    version = iam.get_policy_version(PolicyArn=POLICY, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
    assert any("ssm:UpdateInstanceInformation" in each["Action"] for each in version["Document"]["Statement"])


def test_a_policy_that_aws_does_not_have_is_refused(iam):
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.attach_role_policy(RoleName="web", PolicyArn="arn:aws:iam::aws:policy/AmazonNothingAtAll")
