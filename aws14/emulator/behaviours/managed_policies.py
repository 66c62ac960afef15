"""Managed policies: AWS's own policies are there when somebody asks for them.

What AWS does
    Keeps well over a thousand policies of its own, such as AmazonSSMManagedInstanceCore, that can be attached in any
    account.
What moto leaves out
    Has them in a file and leaves them out, since to load them all takes a second and makes every later step slower.
What this adds
    Takes a policy out of that file when it is attached to a role, a user or a group for the first time.
What it still does not do
    List those that nobody has attached yet.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from aws14.emulator.behaviours.hooks import before

__all__ = ["install"]

_AWS = "arn:aws:iam::aws:policy/"


def install() -> None:
    """Take hold of where policies are attached."""
    from moto.iam.models import IAMBackend

    for attach in ("attach_role_policy", "attach_user_policy", "attach_group_policy"):
        before(IAMBackend, attach, _there)


def _there(backend: Any, policy_arn: str, *_: Any, **__: Any) -> None:
    if not policy_arn.startswith(_AWS) or policy_arn in backend.managed_policies:
        return
    from moto.iam.models import AWSManagedPolicy

    name = policy_arn.rpartition("/")[2]
    data = _file().get(name)
    if data is not None:
        policy = AWSManagedPolicy.from_data(name, backend.account_id, backend.region_name, data)
        backend.aws_managed_policies.append(policy)
        backend.managed_policies[policy.arn] = policy


@cache
def _file() -> dict[str, Any]:
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    policies: dict[str, Any] = json.loads(aws_managed_policies_data)
    return policies
